//! The Azure of the tour: what is in it at the start, what somebody changes by hand, and what it holds.

use crate::shared::process::Failure;
use arm_emulator::{Emulator, Options};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

/// What a plan is set to, by the plan's name.
pub(crate) type Plans = BTreeMap<String, Value>;

/// Starts an Azure in which Defender for Servers is on already, as plan P1.
pub(crate) fn start() -> Result<Emulator, Failure> {
    let seed = json!({ "resources": [{
        "id": plan_id("VirtualMachines"),
        "name": "VirtualMachines",
        "type": "Microsoft.Security/pricings",
        "properties": {
            "pricingTier": "Standard",
            "subPlan": "P1",
            "resourcesCoverageStatus": "FullyCovered",
            "extensions": [{ "name": "MdeDesignatedSubscription", "isEnabled": "False" }],
        },
    }]});
    Emulator::start(Options { seed: Some(seed), ..Options::default() })
        .map_err(Failure::of("start the emulator"))
}

/// Turns a plan off as somebody in the portal would, without Terraform.
pub(crate) fn turn_off(azure: &Emulator, plan: &str) -> Result<(), Failure> {
    let id = plan_id(plan);
    let mut document =
        azure.resource(&id).ok_or_else(|| Failure::new(format!("the emulator has no plan {plan}")))?;
    document["properties"] = json!({ "pricingTier": "Free", "freeTrialRemainingTime": "PT0S" });
    azure.put_resource(&id, document);
    Ok(())
}

/// Returns the settings of all plans, without what only the clock changes.
pub(crate) fn plans(azure: &Emulator) -> Plans {
    let documents = azure.resources().into_iter().map(|(_, document)| document);
    let plans = documents.filter(|document| document["type"] == "Microsoft.Security/pricings");
    plans.filter_map(|plan| Some((plan["name"].as_str()?.to_owned(), settings(&plan)))).collect()
}

/// Says a plan's settings in a few words: `Standard P2 + AgentlessVmScanning`.
pub(crate) fn in_words(settings: &Value) -> String {
    let tier = settings["pricingTier"].as_str().unwrap_or("?").to_owned();
    let subplan = settings["subPlan"].as_str().map(|subplan| format!(" {subplan}"));
    let extensions = settings["extensions"].as_array().into_iter().flatten();
    let enabled = extensions.filter(|extension| extension["isEnabled"] == "True");
    let enabled = enabled.filter_map(|extension| Some(format!(" + {}", extension["name"].as_str()?)));
    tier + &subplan.unwrap_or_default() + &enabled.collect::<String>()
}

fn plan_id(plan: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{plan}")
}

fn settings(plan: &Value) -> Value {
    let mut settings = plan["properties"].clone();
    if let Some(fields) = settings.as_object_mut() {
        fields.retain(|name, _| !["enablementTime", "freeTrialRemainingTime"].contains(&name.as_str()));
    }
    settings
}
