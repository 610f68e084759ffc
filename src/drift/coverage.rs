//! What `data.defender_coverage`, where a configuration has it, says of who has set the plans of a subscription.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cause::Cause;
use super::finding::{Finding, Place};
use super::kinds::text;
use super::printable::printable;

/// Terraform's name of the data source.
pub(super) const NAME: &str = "defender_coverage";

/// The most plans of which something is kept.
const MOST: usize = 20_000;

/// Who has set plans, by subscription and plan, in lower case.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    causes: BTreeMap<(String, String), Cause>,
}

impl Coverage {
    /// Takes in the values of a data source.
    pub(super) fn learn(&mut self, values: &Value) {
        for subscription in values["subscriptions"].as_array().into_iter().flatten() {
            let id = text(subscription, "id").map(super::change::place_of);
            let Some(Place::Subscription(id)) = id else { continue };
            for (name, plan) in subscription["plans"].as_object().into_iter().flatten() {
                if let Some(cause) = cause(plan).filter(|_| self.causes.len() < MOST) {
                    self.causes.insert((id.clone(), name.to_lowercase()), cause);
                }
            }
        }
    }

    /// Who has set what a finding is about, where nothing else says so.
    pub(super) fn explain(&self, finding: &mut Finding) {
        let Place::Subscription(id) = &finding.place else { return };
        if finding.cause != Cause::Unknown || !finding.subscription_wide || finding.kind != "defender_plan" {
            return;
        }
        if let Some(cause) = self.causes.get(&(id.clone(), finding.subject.to_lowercase())) {
            finding.cause = cause.clone();
        }
    }
}

fn cause(plan: &Value) -> Option<Cause> {
    match text(plan, "cause")? {
        "defender_portal" => Some(Cause::DefenderPortal),
        "inherited" => Some(Cause::Inherited("a scope above".to_owned())),
        "policy" => {
            let first = plan["policy_assignments"].get(0).and_then(Value::as_str).unwrap_or("a policy");
            Some(Cause::PolicyAssignment(printable(first)))
        }
        "azure_default" => Some(Cause::AzureDefault),
        _ => None,
    }
}
