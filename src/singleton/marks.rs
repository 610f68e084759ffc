//! Who manages a setting: one resource of a configuration does.

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Diagnostic, Result};

use super::kind::Place;
use crate::context::{Context, succession};

/// Notes that the object being planned manages a setting, and what it takes over.
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
    let others = succession::succeed(call, &place.id, is_new);
    if others.manage {
        let detail = format!(
            "Another resource of this configuration manages {} already. Keep one of them: each would undo what the other \
             does. To take one out of the state without touching Azure, use a `removed` block with destroy = false.",
            place.id
        );
        return Err(Diagnostic::error("Two resources for one setting", detail).at(decided_by).into());
    }
    if others.go {
        warn_of_move(call, place);
    }
    Ok(())
}

/// Notes that the resource that manages a setting is to be destroyed.
pub(super) fn give_up(call: &mut Call<Context>, place: &Place) {
    if succession::give_up(call, &place.id).is_some() {
        warn_of_move(call, place);
    }
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
