//! `check` blocks over all subscriptions: they warn, say who it was, and are silent when all is on.

use super::text;
use crate::harness::Scene;
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use serde_json::{Value, json};

#[test]
fn what_is_off_is_warned_of() -> Result<(), Failure> {
    let scene = Scene::new(&text("checks/main.tf")?)?;
    scene.read_only();
    let off = scene.workspace.run(["plan", "-input=false"])?.require(0)?;
    let parts =
        ["Warning: Check block assertion failed", "KeyVaults, tier is Free and not Standard (azure_default)"];
    require_texts(off, &parts)?;
    for (id, document) in scene.azure.resources() {
        if id.contains("/microsoft.security/pricings/") {
            scene.azure.put_resource(&id, on(document));
        }
    }
    let on = scene.workspace.run(["plan", "-input=false"])?.require(0)?;
    assert!(!on.stdout.contains("Check block assertion failed"), "{}", on.stdout);
    Ok(())
}

/// A plan that is on, with what the checks want of the one for servers.
fn on(mut plan: Value) -> Value {
    plan["properties"]["pricingTier"] = json!("Standard");
    if plan["name"] == "VirtualMachines" {
        plan["properties"]["subPlan"] = json!("P2");
        plan["properties"]["extensions"] = json!([{"name": "AgentlessVmScanning", "isEnabled": "True"}]);
    }
    plan
}
