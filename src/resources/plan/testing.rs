//! What the tests of this module share.

use crate::pricings::{Extension, Pricing, Tier};

/// An extension in short: its name, whether it is on, its properties.
pub(super) type Short<'a> = (&'a str, bool, &'a [(&'a str, &'a str)]);

/// An answer of Azure: a plan that is on, with these extensions.
pub(super) fn answer(extensions: &[Short<'_>]) -> Pricing {
    let extension = |(name, enabled, properties): &Short<'_>| {
        let properties =
            properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ((*name).to_owned(), Extension { enabled: *enabled, properties, outcome: None })
    };
    Pricing {
        name: "CloudPosture".to_owned(),
        tier: Tier::Standard,
        subplan: Some("P2".to_owned()),
        enforce: Some(true),
        extensions: extensions.iter().map(extension).collect(),
        deprecated: false,
        replaced_by: Vec::new(),
        inherited: None,
        inherited_from: None,
        resources_coverage_status: None,
        free_trial_remaining_time: None,
        enablement_time: None,
        managed_by: None,
    }
}
