//! `terraform-provider-defender adopt`, run as people run it, and what Terraform makes of what it writes.

mod command;
mod fleet;
mod whole;

use crate::harness::{PROVIDER, ROOT, Scene};
use crate::shared::process::{self, Failure, Output};
use crate::shared::terraform::Terraform;
use crate::shared::workspace::{PROVIDER_FILE, emulator_variables};
use arm_emulator::{Emulator, Options};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// No command takes this long unless it hangs, even on a loaded machine.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// Microsoft's published list, where it lies beside the repository.
const EXAMPLE: &str = "../shared/azure-examples/security-pricings-2024-01-01/ListPricings_example.json";

/// Runs the command with the emulator as its only Azure.
fn adopt(azure: &Emulator, arguments: &[&str]) -> Result<Output, Failure> {
    let mut command = Command::new(PROVIDER);
    command.env_clear().envs(emulator_variables(azure.ready())).arg("adopt").args(arguments);
    process::run(&mut command, TIME_LIMIT)
}

/// A scene in whose workspace nothing is configured yet, not even the provider.
fn scene(terraform: &Terraform, seed: Value) -> Result<Scene, Failure> {
    let scene = Scene::with(terraform, Options { seed: Some(seed), ..Options::default() }, "")?;
    for name in ["main.tf", PROVIDER_FILE] {
        fs::remove_file(scene.workspace.path().join(name)).map_err(Failure::of(format!("remove {name}")))?;
    }
    Ok(scene)
}

/// Adopts into the workspace; the files are as `terraform fmt` writes them.
fn adopt_into(scene: &Scene, arguments: &[&str]) -> Result<Output, Failure> {
    let directory = scene.workspace.path().display().to_string();
    let arguments = [arguments, &["--out", &directory]].concat();
    let output = adopt(&scene.azure, &arguments)?.require(0)?;
    assert!(output.stdout.is_empty(), "{}", output.stdout);
    scene.workspace.run(["fmt", "-check", "-diff"])?.require(0)?;
    Ok(output)
}

/// The first plan imports so many objects and changes nothing; after that there is nothing to do. Azure is never written to.
fn assert_adopted(scene: &Scene, count: usize) -> Result<(), Failure> {
    let counts = format!("Plan: {count} to import, 0 to add, 0 to change, 0 to destroy.");
    scene.workspace.plan()?.require(2)?.require_text(&counts)?;
    let counts = format!("{count} imported, 0 added, 0 changed, 0 destroyed");
    scene.workspace.apply()?.require(0)?.require_text(&counts)?;
    assert_empty(scene)
}

/// Nothing is to be done, and nothing was ever written to Azure.
fn assert_empty(scene: &Scene) -> Result<(), Failure> {
    scene.workspace.plan()?.require(0)?.require_text("No changes.")?;
    let writes: Vec<_> =
        scene.azure.requests().into_iter().filter(|request| request.method == "PUT").collect();
    assert!(writes.is_empty(), "{writes:?}");
    Ok(())
}

/// A plan as a document of the emulator's seed.
fn plan(subscription: &str, name: &str, properties: &Value) -> Value {
    json!({
        "id": format!("/subscriptions/{subscription}/providers/Microsoft.Security/pricings/{name}"),
        "name": name,
        "type": "Microsoft.Security/pricings",
        "properties": properties,
    })
}

/// Microsoft's published list, or one with the same peculiarities.
fn published() -> Value {
    let read = fs::read(Path::new(ROOT).join(EXAMPLE)).ok();
    if let Some(example) = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        return example;
    }
    let subscription = "20ff7fc3-e762-44dd-bd96-b71116dcdc23";
    let tags = json!({"ExclusionTags": "[{\"Key\":\"TestKey1\",\"Value\":\"TestValue1\"}]"});
    json!({"resources": [
        plan(subscription, "VirtualMachines", &json!({"pricingTier": "Standard", "subPlan": "P2", "enforce": "False",
            "extensions": [
                {"name": "AgentlessVmScanning", "isEnabled": "True", "additionalExtensionProperties": tags},
                {"name": "MdeDesignatedSubscription", "isEnabled": "True"}]})),
        plan(subscription, "StorageAccounts", &json!({"pricingTier": "Standard", "subPlan": "DefenderForStorageV2",
            "extensions": [{"name": "OnUploadMalwareScanning", "isEnabled": "True",
                "additionalExtensionProperties": {"capGBPerMonthPerStorageAccount": 10}}]})),
        plan(subscription, "Dns", &json!({"pricingTier": "Standard", "deprecated": true, "replacedBy": ["VirtualMachines"]})),
        plan(subscription, "Arm", &json!({"pricingTier": "Standard", "subPlan": "PerSubscription"})),
    ]})
}

/// How many objects of the emulator are written: plans and settings that are on, and whatever else is set.
fn written(azure: &Emulator) -> usize {
    let is_written = |(id, document): &(String, Value)| {
        let properties = &document["properties"];
        let is = |kind: &str| id.contains(&format!("/{kind}/"));
        (is("pricings") && properties["pricingTier"] == "Standard")
            || (is("microsoft.security/settings") && properties["enabled"] == true)
            || (is("defenderforstoragesettings") && properties["overrideSubscriptionLevelSettings"] == true)
            || is("securitycontacts")
            || is("policyassignments")
    };
    azure.resources().iter().filter(|one| is_written(one)).count()
}
