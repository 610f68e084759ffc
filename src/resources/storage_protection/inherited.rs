//! What an account has from its subscription.
//!
//! <https://learn.microsoft.com/azure/defender-for-cloud/advanced-configurations-for-malware-scanning#override-defender-for-storage-subscription-level-settings>

use serde_json::{Value as Json, json};
use tfplugin_protocol::Result;

use crate::arm::{self, Scope};
use crate::context::Context;
use crate::pricings::Tier;

/// The subscription's plan.
const PLAN: &str = "StorageAccounts";
/// The only variant of it that accounts inherit from.
const SUBPLAN: &str = "DefenderForStorageV2";

/// What makes an account follow its subscription.
pub(super) fn follow() -> Json {
    json!({"properties": {"isEnabled": false, "overrideSubscriptionLevelSettings": false}})
}

/// Whether the subscription's plan is on, and is one that its accounts inherit.
///
/// # Errors
///
/// Why the plan cannot be read.
pub(super) async fn is_passed_on(context: &Context, account: &Scope, call: &arm::Call) -> Result<bool> {
    let subscription = account.subscription_id().unwrap_or_default();
    let Ok(subscription) = format!("/subscriptions/{subscription}").parse::<Scope>() else {
        return Ok(false);
    };
    // As it is now: this run may have switched it on a moment ago.
    let plan = context.pricings()?.read(&subscription, PLAN, call).await?;
    let is_subplan = |subplan: String| subplan.eq_ignore_ascii_case(SUBPLAN);
    Ok(plan.tier == Tier::Standard && plan.subplan.is_some_and(is_subplan))
}
