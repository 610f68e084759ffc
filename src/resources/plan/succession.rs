//! One object in the place of another: replacements, and who manages what.
//!
//! A replacement is a deletion and a creation to Terraform. It plans it in two calls, hands the private data of the
//! first to the second, and deletes the old object with what the second returned. When it applies, it plans the
//! creation once more, with nothing of the old object. A plan of Azure only changes hands meanwhile: it must stay
//! on, and what stood there before the first object must not be forgotten. So private data carries marks from one
//! call to the next; none of them is stored in the end.
//! <https://github.com/hashicorp/terraform/blob/main/internal/terraform/node_resource_abstract_instance.go>

use serde::{Deserialize, Serialize};
use tfplugin_protocol::Diagnostic;
use tfplugin_protocol::provider::{Call, Private};

use super::state::Bequest;
use crate::context::{Context, Managed};

/// The id of the plan that this object has claimed.
const CLAIMED: &str = "claimed";
/// The id of the plan that the object of this call takes over from another object.
const SUCCEEDED: &str = "succeeded";
/// What the other object leaves.
const LEGACY: &str = "legacy";

#[derive(Serialize, Deserialize)]
struct Legacy {
    id: String,
    left: Bequest,
}

/// Notes that the object being planned manages the plan `id`, and what it takes over. Warns where another resource
/// of the configuration manages the plan too, or where one that is destroyed does.
pub(super) fn claim(call: &mut Call<Context>, id: &str, created: bool) {
    let is_second_call = created && names(&call.private, CLAIMED, id);
    if !is_second_call {
        warn_of_others(call, id, created);
        call.private.set(CLAIMED, &id);
    }
    if !created {
        return;
    }
    let other = call.context_if_configured().and_then(|context| context.private_data_of(id));
    if let Some(other) = &other {
        call.private.set(LEGACY, &Legacy { id: id.to_owned(), left: Bequest::of(other, id) });
    }
    if is_second_call || other.is_some() {
        call.private.set(SUCCEEDED, &id);
    }
}

/// Whether another object takes over the plan `id`, so that deleting this one is to change nothing.
pub(super) fn is_succeeded(private: &Private, id: &str) -> bool {
    names(private, SUCCEEDED, id)
}

/// Before a deletion: keeps what the successors of this and of other objects need, for when they are planned again.
pub(super) fn hand_over(context: &Context, private: &Private, id: &str) {
    if is_succeeded(private, id) {
        context.note_private_data(id, private.clone());
    }
    if let Some(Legacy { id, left }) = private.get(LEGACY) {
        let mut other = Private::default();
        left.accept(&mut other, &id);
        context.note_private_data(&id, other);
    }
}

/// Before a creation: accepts what another object leaves, and says whether one does.
pub(super) fn take_over(private: &mut Private, id: &str) -> bool {
    let succeeds = is_succeeded(private, id);
    if let Some(Legacy { id: place, left }) = private.get(LEGACY)
        && place.eq_ignore_ascii_case(id)
    {
        left.accept(private, id);
    }
    forget_marks(private);
    succeeds
}

/// Takes the marks off before private data is stored.
pub(super) fn forget_marks(private: &mut Private) {
    for mark in [CLAIMED, SUCCEEDED, LEGACY] {
        private.remove(mark);
    }
}

/// Notes that an object is planned to be destroyed, and warns where another one manages the same plan.
pub(super) fn note_destruction(call: &mut Call<Context>, id: &str) {
    let Some(context) = call.context_if_configured() else { return };
    context.note_destruction(id);
    match context.managed(id) {
        None => {}
        Some(Managed::Anew) => warn_of_move(call, id),
        Some(Managed::AsBefore) => {
            let detail = format!(
                "Another resource goes on managing {id}; destroying this one puts back what it found, and the other \
                 one will change it again. To take this one out without touching Azure, use a `removed` block with \
                 destroy = false."
            );
            call.warn(Diagnostic::warning("The plan is still managed", detail));
        }
    }
}

fn warn_of_others(call: &mut Call<Context>, id: &str, created: bool) {
    let Some(context) = call.context_if_configured() else { return };
    let managed = if created { Managed::Anew } else { Managed::AsBefore };
    if !context.claim(id, managed) {
        let detail = format!(
            "Two resources of this configuration manage {id}. Each will undo what the other does. Take one of them out: \
             with a `removed` block and destroy = false, if it is in the state."
        );
        call.warn(Diagnostic::warning("The plan is managed twice", detail).at("name"));
    }
    if created && context.is_doomed(id) {
        warn_of_move(call, id);
    }
}

/// Terraform destroys and creates in any order, and tells neither of the other.
fn warn_of_move(call: &mut Call<Context>, id: &str) {
    let detail = format!(
        "One resource of {id} is destroyed and another one created. The plan stays on, but what was there before the \
         first one may be forgotten. If the resource has only been renamed, a `moved` block keeps it."
    );
    call.warn(Diagnostic::warning("The plan goes from one resource to another", detail));
}

fn names(private: &Private, mark: &str, id: &str) -> bool {
    private.get::<String>(mark).is_some_and(|named| named.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::plan::state::Before;

    #[test]
    fn marks_count_for_their_own_plan_only_and_are_never_stored() {
        let left = {
            let mut other = Private::default();
            Before::record(&mut other, "/b", Before::Inherited);
            Bequest::of(&other, "/b")
        };
        let mut private = Private::default();
        private.set(SUCCEEDED, &"/B");
        private.set(LEGACY, &Legacy { id: "/b".to_owned(), left });
        Before::record(&mut private, "/a", Before::Inherited);
        assert!(is_succeeded(&private, "/b") && !is_succeeded(&private, "/a"));

        let mut elsewhere = private.clone();
        assert!(!take_over(&mut elsewhere, "/c"));
        assert_eq!(Before::recorded(&elsewhere, "/b"), None, "another plan's past is not this one's");
        assert!(take_over(&mut private, "/b"));
        assert_eq!(Before::recorded(&private, "/b"), Some(Before::Inherited));
        for mark in [CLAIMED, SUCCEEDED, LEGACY] {
            assert_eq!(private.get::<serde_json::Value>(mark), None);
        }
    }
}
