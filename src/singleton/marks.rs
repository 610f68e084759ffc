//! Who manages a setting: one resource of a configuration does. And one object in the place of another.
//!
//! Terraform plans a replacement in two calls, hands the private data of the first to the second, and destroys the old
//! object with what the second returned. What is tainted it plans as if there were none. So private data carries marks from
//! one call to the next; none of them is stored in the end.
//! <https://github.com/hashicorp/terraform/blob/main/internal/terraform/node_resource_abstract_instance.go>

use tfplugin_protocol::provider::{Call, Private};
use tfplugin_protocol::{Diagnostic, Result};

use super::kind::Place;
use crate::context::{Context, Managed};

/// The id of the setting that this object has claimed.
const CLAIMED: &str = "claimed";
/// The id of the setting that the object of this call takes over from another object.
const SUCCEEDED: &str = "succeeded";

/// Notes that the object being planned manages a setting, and takes over what another object has noted of it.
///
/// # Errors
///
/// Another resource manages it.
pub(super) fn claim(
    call: &mut Call<Context>,
    place: &Place,
    is_new: bool,
    decided_by: &'static str,
) -> Result<()> {
    let Some(context) = call.context_if_configured() else { return Ok(()) };
    let is_second_call = is_new && names(&call.private, CLAIMED, &place.id);
    let managed = if is_new { Managed::Anew } else { Managed::AsBefore };
    if !is_second_call && !context.claim(&place.id, managed) {
        let detail = format!(
            "Another resource of this configuration manages {} already. Keep one of them: each would undo what the other \
             does. To take one out of the state without touching Azure, use a `removed` block with destroy = false.",
            place.id
        );
        return Err(Diagnostic::error("Two resources for one setting", detail).at(decided_by).into());
    }
    if is_new {
        let other = context.private_data_of(&place.id);
        let succeeds = is_second_call || other.is_some();
        if let Some(other) = other {
            call.private = other;
        }
        if succeeds {
            call.private.set(SUCCEEDED, &place.id);
        }
        if context.is_doomed(&place.id) {
            warn_of_move(call, place);
        }
    }
    call.private.set(CLAIMED, &place.id);
    Ok(())
}

/// Notes that the resource that manages a setting is to be destroyed.
pub(super) fn give_up(call: &mut Call<Context>, place: &Place) {
    let Some(context) = call.context_if_configured() else { return };
    context.note_destruction(&place.id);
    if context.managed(&place.id).is_some() {
        warn_of_move(call, place);
    }
}

/// Whether another object takes the setting over, so that destroying this one is to change nothing. Keeps what that one
/// needs for when it is planned again.
pub(super) fn hand_over(context: &Context, private: &Private, place: &Place) -> bool {
    let is_succeeded = names(private, SUCCEEDED, &place.id);
    if is_succeeded {
        let mut left = private.clone();
        forget(&mut left);
        context.note_private_data(&place.id, left);
    }
    is_succeeded || context.has_created(&place.id)
}

/// Takes the marks off before private data is stored, and says whether the object takes over from another one.
pub(super) fn forget(private: &mut Private) -> bool {
    let succeeds = private.get::<String>(SUCCEEDED).is_some();
    private.remove(CLAIMED);
    private.remove(SUCCEEDED);
    succeeds
}

/// Terraform destroys and creates in any order, and tells neither of the other.
fn warn_of_move(call: &mut Call<Context>, place: &Place) {
    let detail = format!(
        "One resource that manages {} is destroyed and another one created. If it has only been renamed, a `moved` block \
         keeps it as it is; otherwise what was there before the first one may be forgotten.",
        place.id
    );
    call.warn(Diagnostic::warning("It goes from one resource to another", detail));
}

fn names(private: &Private, mark: &str, id: &str) -> bool {
    private.get::<String>(mark).is_some_and(|named| named.eq_ignore_ascii_case(id))
}
