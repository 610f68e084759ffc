//! What is kept beside the state: what stood in the place before, and what Azure could not do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tfplugin_protocol::Diagnostic;
use tfplugin_protocol::provider::{Call, Private};

use super::kind::Place;
use crate::context::Context;

const BEFORE: &str = "before";
const FAILURES: &str = "failures";

/// What Azure could not do, and why, by the attribute that asked for it.
pub(crate) type Failures = BTreeMap<String, String>;

/// What stood in a place before this resource was created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Before {
    Nothing,
    /// What puts it back.
    Body(Json),
}

/// What stood in one place. Private data of a replaced object is passed to the new one, which may be elsewhere.
#[derive(Serialize, Deserialize)]
struct Noted {
    id: String,
    before: Before,
}

/// Notes what stood in a place, for the day on which the resource is destroyed. What was noted before stays: an object that
/// takes the place of another one gives back what that one found.
pub(super) fn note(private: &mut Private, place: &Place, found: Before) {
    if before(private, place).is_none() {
        private.set(BEFORE, &Noted { id: place.id.clone(), before: found });
    }
}

/// What was noted; nothing for an object that was imported, or of which Azure did not tell.
pub(super) fn before(private: &Private, place: &Place) -> Option<Before> {
    let noted: Noted = private.get(BEFORE)?;
    noted.id.eq_ignore_ascii_case(&place.id).then_some(noted.before)
}

/// What has failed: what Azure says now, or where it says nothing, what it said at the last write.
pub(super) fn failures(private: &Private, now: Option<Failures>) -> Failures {
    now.or_else(|| private.get(FAILURES)).unwrap_or_default()
}

/// Remembers what has failed, because Azure may tell it in the answer to the write only.
pub(super) fn remember(private: &mut Private, failures: &Failures) {
    if failures.is_empty() { private.remove(FAILURES) } else { private.set(FAILURES, failures) }
}

/// Keeps what has failed in sight of whoever reads a plan.
pub(super) fn warn_of_failures(call: &mut Call<Context>, place: &Place, failures: &Failures) {
    for (attribute, reason) in failures {
        let detail = format!(
            "{attribute} of {} was not in effect when this was read: Azure said {reason:?}. Until a write succeeds it counts \
             as off here, and the next apply tries again.",
            place.what
        );
        let path = attribute.as_str();
        call.warn(Diagnostic::warning("A part of the setting is not in effect", detail).at(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_note_of_a_place_stays() {
        let place = |id: &str| Place {
            scope: "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap(),
            id: id.to_owned(),
            what: String::new(),
        };
        let mut private = Private::default();
        assert_eq!(before(&private, &place("/a")), None);
        note(&mut private, &place("/a"), Before::Nothing);
        note(&mut private, &place("/A"), Before::Body(Json::Bool(true)));
        assert_eq!(before(&private, &place("/a")), Some(Before::Nothing), "there was nothing at first");
        assert_eq!(before(&private, &place("/b")), None, "another place's past is not this one's");
        note(&mut private, &place("/b"), Before::Body(Json::Bool(true)));
        assert_eq!(before(&private, &place("/b")), Some(Before::Body(Json::Bool(true))));
    }
}
