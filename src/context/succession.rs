//! One object in the place of another: replacements, and who manages what.
//!
//! A replacement is a deletion and a creation to Terraform. It plans it in two calls, hands the private data of the first to
//! the second, and deletes the old object with what the second returned. What is tainted it plans as if there were none. When
//! it applies, it plans the creation once more, with nothing of the old object. What is in Azure only changes hands meanwhile:
//! it must stay as it is, and what stood there before the first object must not be forgotten. So private data carries marks
//! from one call to the next; none of them is stored in the end.
//! <https://github.com/hashicorp/terraform/blob/main/internal/terraform/node_resource_abstract_instance.go>

use serde::{Deserialize, Serialize};
use tfplugin_protocol::Attr;
use tfplugin_protocol::provider::{Call, Private};

use super::{Context, Managed};

/// The ids of what this object has claimed.
const CLAIMED: &str = "claimed";
/// The id of what the object of this call takes over from another object.
const SUCCEEDED: &str = "succeeded";
/// What the other object leaves.
const LEGACY: &str = "legacy";

/// The private data of the object that had a place before. An object may leave one place for another at once, so this
/// stands beside its own.
#[derive(Serialize, Deserialize)]
struct Legacy {
    id: String,
    left: Private,
}

/// What other resources of the configuration are about with the same object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// One manages it, too.
    pub manage: bool,
    /// One that managed it is destroyed.
    pub go: bool,
}

/// Notes that the object being planned manages `id`.
pub fn claim(call: &mut Call<Context>, id: &str, is_new: bool) -> Others {
    let mut claimed = claimed(&call.private);
    let is_second_call = is_new && contains(&claimed, id);
    let managed = if is_new { Managed::Anew } else { Managed::AsBefore };
    let others = |context: &Context| Others {
        manage: !context.claim(id, managed),
        go: is_new && context.is_doomed(id),
    };
    let context = call.context_if_configured();
    let others = context.as_deref().filter(|_| !is_second_call).map(others).unwrap_or_default();
    if !contains(&claimed, id) {
        claimed.push(id.to_owned());
    }
    call.private.set(CLAIMED, &claimed);
    others
}

/// The same, and notes what it takes over from the object that had this place before.
pub fn succeed(call: &mut Call<Context>, id: &str, is_new: bool) -> Others {
    let is_second_call = is_new && contains(&claimed(&call.private), id);
    let others = claim(call, id, is_new);
    if is_new {
        let other = call.context_if_configured().and_then(|context| context.private_data_of(id));
        if is_second_call || other.is_some() {
            call.private.set(SUCCEEDED, &id);
        }
        if let Some(left) = other {
            call.private.set(LEGACY, &Legacy { id: id.to_owned(), left });
        }
    }
    others
}

/// Gives the plan of a new object the private data of the one that was read under this id: what is tainted is planned as if
/// there were none, and what that plan returns is what the old object is destroyed with.
pub fn inherit(call: &mut Call<Context>, context: &Context, id: &Attr<String>) {
    if let Some(before) = id.known().and_then(|id| context.private_data_of(id)) {
        let claimed = claimed(&call.private);
        call.private = before;
        call.private.set(CLAIMED, &claimed);
    }
}

/// Notes that an object is planned to be destroyed, and says how another one manages the same.
pub fn give_up(call: &Call<Context>, id: &str) -> Option<Managed> {
    let context = call.context_if_configured()?;
    context.note_destruction(id);
    context.managed(id)
}

/// Before a deletion: whether another object takes over `id`, so that deleting this one is to change nothing. Keeps what
/// the successors of this and of other objects need, for when they are planned again.
pub fn hand_over(context: &Context, private: &Private, id: &str) -> bool {
    let is_succeeded = names(private, SUCCEEDED, id);
    if is_succeeded {
        let mut own = private.clone();
        forget(&mut own);
        context.note_private_data(id, own);
    }
    if let Some(Legacy { id, left }) = private.get(LEGACY) {
        context.note_private_data(&id, left);
    }
    is_succeeded || context.has_created(id)
}

/// Before a creation: accepts what another object leaves, and says whether one does.
pub fn take_over(private: &mut Private, id: &str) -> bool {
    let succeeds = names(private, SUCCEEDED, id);
    if let Some(Legacy { id: place, left }) = private.get(LEGACY)
        && place.eq_ignore_ascii_case(id)
    {
        *private = left;
    }
    forget(private);
    succeeds
}

/// Takes the marks off before private data is stored.
pub fn forget(private: &mut Private) {
    for mark in [CLAIMED, SUCCEEDED, LEGACY] {
        private.remove(mark);
    }
}

fn claimed(private: &Private) -> Vec<String> {
    private.get(CLAIMED).unwrap_or_default()
}

fn contains(claimed: &[String], id: &str) -> bool {
    claimed.iter().any(|one| one.eq_ignore_ascii_case(id))
}

fn names(private: &Private, mark: &str, id: &str) -> bool {
    private.get::<String>(mark).is_some_and(|named| named.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_for_their_own_place_only_and_are_never_stored() {
        let mut left = Private::default();
        left.set("before", &"b");
        let mut private = Private::default();
        private.set(SUCCEEDED, &"/B");
        private.set(CLAIMED, &["/b"]);
        private.set(LEGACY, &Legacy { id: "/b".to_owned(), left: left.clone() });
        private.set("before", &"a");

        let mut elsewhere = private.clone();
        assert!(!take_over(&mut elsewhere, "/c"));
        assert_eq!(elsewhere.get::<String>("before").as_deref(), Some("a"), "its own past");
        assert!(take_over(&mut private, "/b"));
        assert_eq!(private, left, "the past of the place, and no mark");
        assert_eq!(
            [CLAIMED, SUCCEEDED, LEGACY].map(|mark| elsewhere.get::<serde_json::Value>(mark)),
            [const { None }; 3]
        );
    }
}
