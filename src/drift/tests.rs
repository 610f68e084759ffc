//! What the tests of several modules start from.

use super::cause::Cause;
use super::finding::{Finding, Place, Severity, Shown};

/// A finding of a plan's tier with this id, at this address.
pub(super) fn finding(id: &str, address: &str) -> Finding {
    Finding {
        id: id.to_owned(),
        severity: Severity::ProtectionOff,
        exact: true,
        place: Place::Subscription("00000000-0000-0000-0000-000000000001".to_owned()),
        subscription_wide: true,
        subject: "KeyVaults".to_owned(),
        kind: "defender_plan".to_owned(),
        address: address.to_owned(),
        module: String::new(),
        path: vec!["tier".to_owned()],
        expected: Shown::Text("Standard".to_owned()),
        actual: Shown::Text("Free".to_owned()),
        cause: Cause::Unknown,
        link: "https://learn.microsoft.com".to_owned(),
        implied: Vec::new(),
        accepted: None,
    }
}
