//! Import: by azurerm's id, by identity, and what is said of an id that is none.

use super::story::{Story, id, machine, one, require_texts};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use crate::singletons::newest;
use serde_json::{Value, json};
use std::fs;

fn storage() -> (&'static str, Value) {
    let scanning = json!({"name": "OnUploadMalwareScanning", "isEnabled": "True",
        "additionalExtensionProperties": {"CapGBPerMonthPerStorageAccount": "10"}});
    let discovery = json!({"name": "SensitiveDataDiscovery", "isEnabled": "False"});
    let properties = json!({"pricingTier": "Standard", "subPlan": "DefenderForStorageV2", "enforce": "False",
        "extensions": [scanning, discovery]});
    ("StorageAccounts", properties)
}

const STORAGE: &str = r#"
  name    = "StorageAccounts"
  subplan = "DefenderForStorageV2"
  extensions = {
    OnUploadMalwareScanning = { properties = { CapGBPerMonthPerStorageAccount = 10 } }
  }
"#;

/// After an import of this id the plan is empty, and the state holds the id as Azure writes it.
fn check(start: (&str, Value), body: &str, imported: &str, stored: &str) -> Result<(), Failure> {
    let story = Story::new(&[start])?;
    story.write(&one(body))?;
    story.import(imported, 0, &["Import successful!"])?;
    assert_eq!(story.take_sent().len(), 1, "one list");
    story.plan(0, &["No changes."])?;
    assert_eq!(story.state()?["values"]["id"], stored, "{imported}");
    Ok(())
}

#[test]
fn ids_in_any_letter_case() -> Result<(), Failure> {
    let azurerm = id("StorageAccounts");
    check(storage(), STORAGE, &azurerm, &azurerm)?;
    let odd = azurerm
        .replace("subscriptions", "SUBSCRIPTIONS")
        .replace("Microsoft.Security/pricings", "microsoft.SECURITY/Pricings");
    check(storage(), STORAGE, &odd.replace("StorageAccounts", "storageaccounts"), &azurerm)?;
    let override_ = id("arc1/VirtualMachines");
    let body = format!("scope = \"{}\"\nname = \"VirtualMachines\"\nsubplan = \"P1\"", machine("arc1"));
    let start = ("arc1/VirtualMachines", json!({"pricingTier": "Standard", "subPlan": "P1"}));
    check(start, &body, &override_, &override_)
}

#[test]
fn ids_of_something_else() -> Result<(), Failure> {
    let story = Story::new(&[("VirtualMachines", json!({"pricingTier": "Standard", "subPlan": "P2"}))])?;
    story.write(&one("name = \"Arm\""))?;
    for (id, texts) in [
        (
            "Arm",
            &[
                "Not the id of a Defender plan",
                "\"Arm\"",
                "/subscriptions/00000000-0000-0000-0000-000000000000",
            ][..],
        ),
        (SUBSCRIPTION, &["Not the id of a Defender plan", "it has no \"/providers/\" part"]),
        (
            &format!("{SUBSCRIPTION}/providers/Microsoft.Security/settings/MCAS"),
            &["it is the id of a Microsoft.Security/settings"],
        ),
        (
            "/subscriptions/1/providers/Microsoft.Security/pricings/Arm",
            &["\"1\" is not a subscription id, which is a GUID"],
        ),
        (
            &format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Security/pricings/Arm"),
            &["Not a scope of a Defender plan", "is none of them"],
        ),
        (
            "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Security/pricings/Arm",
            &["For all subscriptions of a management group, use for_each"],
        ),
    ] {
        story.import(id, 1, texts)?;
        assert_eq!(story.take_sent(), Vec::<String>::new(), "{id}");
    }
    // These look right; only Azure knows that nothing is there.
    story.import(&id("NoSuchPlan"), 1, &["Azure does not list the plan", "has no plan NoSuchPlan"])?;
    story.import(&id("vm1/VirtualMachines"), 1, &["Cannot import non-existent remote object"])
}

#[test]
fn an_import_block_with_an_identity_writes_the_configuration() -> Result<(), Failure> {
    let block =
        |identity: &str| format!("import {{\n  to = defender_plan.it\n  identity = {{ {identity} }}\n}}\n");
    let Some(scene) = newest(&block("name = \"StorageAccounts\""))? else { return Ok(()) };
    let story = Story { scene };
    let (name, properties) = storage();
    story.edit(name, &properties);
    let generate = ["plan", "-input=false", "-generate-config-out=generated.tf"];
    let plan = story.scene.workspace.run(generate)?.require(0)?;
    require_texts(plan, &["1 to import, 0 to add, 0 to change, 0 to destroy."])?;
    let path = story.scene.workspace.path().join("generated.tf");
    let generated = fs::read_to_string(path).map_err(Failure::of("read what Terraform generated"))?;
    assert!(generated.contains("OnUploadMalwareScanning"), "{generated}");
    story
        .scene
        .workspace
        .apply()?
        .require(0)?
        .require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
    let sent = story.take_sent();
    assert!(sent.iter().all(|line| line == "GET *"), "{sent:?}");
    story.plan(0, &["No changes."])?;
    let identity = story.state()?["identity"].clone();
    assert_eq!(identity, json!({"name": "StorageAccounts", "scope": SUBSCRIPTION}));
    Ok(())
}
