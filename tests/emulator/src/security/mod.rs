//! Microsoft Defender for Cloud (`Microsoft.Security`): the plans, called pricings in its API, and the settings of a
//! subscription.
//!
//! `pricings` answers requests, `desired` reads what a client wants, `change` decides what becomes of it, `view`
//! shows a document as an api-version has it, `facts` is the table of plans. Only `pricings` touches the store.
//! The settings are one small file each; those of storage accounts read what clients want in `storage_wish`.

pub(crate) mod assessment_settings;
pub(crate) mod auto_provisioning;
mod change;
pub(crate) mod contacts;
mod desired;
mod facts;
pub(crate) mod onboarding;
pub(crate) mod pricings;
pub(crate) mod settings;
pub(crate) mod storage_settings;
mod storage_wish;
mod view;
pub(crate) mod workspace_settings;

use crate::Cloud;
use crate::arm::Visit;
use crate::message::Answer;
use crate::store::Store;

#[cfg(test)]
mod contacts_tests;
#[cfg(test)]
mod settings_tests;
#[cfg(test)]
mod storage_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod workspace_tests;

/// Gives a new subscription the settings that every subscription has.
pub(crate) fn populate_settings(store: &mut Store, cloud: Cloud, subscription: &str) {
    settings::populate(store, cloud, subscription);
    auto_provisioning::populate(store, subscription);
}

/// The answer to what a setting cannot be.
fn refused(message: &str) -> Answer {
    Answer::error(400, "InvalidInput", message)
}

/// Whether the scope of a request is a subscription, which alone has settings.
fn at_subscription(visit: &Visit<'_>) -> bool {
    let scope = visit.place.subscription().map(|subscription| format!("/subscriptions/{subscription}"));
    scope.is_some_and(|scope| scope.eq_ignore_ascii_case(&visit.place.scope))
}
