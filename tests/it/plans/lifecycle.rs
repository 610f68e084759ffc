//! One plan of a subscription: taken over, changed in place, drifted, given back.

use super::story::{Story, one};
use crate::shared::process::Failure;
use serde_json::{Value, json};

/// What the user writes, what Azure sees, and how the plan stands then.
type Step<'a> = (&'a str, &'a str, &'a str);

/// Applies one body of a plan after the other, and destroys in the end, which leads back to the beginning.
fn check(start: &[(&str, Value)], beginning: &str, steps: &[Step<'_>]) -> Result<(), Failure> {
    let story = Story::new(start)?;
    for (body, sends, leaves) in steps {
        story.apply(&one(body), sends, leaves)?;
    }
    let name = beginning.split(' ').next().unwrap_or_default();
    story.destroy(&format!("GET *, PUT {name}"), beginning).map(drop)
}

/// Servers on P1, which is not what Azure takes where nothing is said.
fn servers() -> (&'static str, Value) {
    let extension = json!({"name": "MdeDesignatedSubscription", "isEnabled": "False"});
    ("VirtualMachines", json!({"pricingTier": "Standard", "subPlan": "P1", "extensions": [extension]}))
}

const SERVERS: &str = "VirtualMachines Standard P1 -MdeDesignatedSubscription";

#[test]
fn a_plan_goes_on_and_off() -> Result<(), Failure> {
    let set = "GET *, PUT SqlServers";
    check(
        &[],
        "SqlServers Free",
        &[
            ("name = \"SqlServers\"\ntier = \"Free\"", set, "SqlServers Free"),
            ("name = \"SqlServers\"", set, "SqlServers Standard"),
            ("name = \"SqlServers\"\ntier = \"Free\"", set, "SqlServers Free"),
            ("name = \"SqlServers\"\nenforce = true", set, "SqlServers Standard enforced"),
            ("name = \"SqlServers\"", "GET *", "SqlServers Standard enforced"),
            ("name = \"SqlServers\"\nenforce = false", set, "SqlServers Standard"),
        ],
    )
}

#[test]
fn a_subplan_that_is_not_configured_stays() -> Result<(), Failure> {
    let set = "GET *, PUT VirtualMachines";
    let extension = |enabled: bool| {
        format!(
            "name = \"VirtualMachines\"\nextensions = {{ MdeDesignatedSubscription = {{ enabled = {enabled} }} }}"
        )
    };
    check(
        &[servers()],
        SERVERS,
        &[
            ("name = \"VirtualMachines\"", set, SERVERS),
            (&extension(true), set, "VirtualMachines Standard P1 MdeDesignatedSubscription"),
            (&extension(false), set, SERVERS),
        ],
    )
}

#[test]
fn a_subplan_changes_in_place() -> Result<(), Failure> {
    let set = "GET *, PUT VirtualMachines";
    let full = "VirtualMachines Standard P2 -MdeDesignatedSubscription AgentlessVmScanning{ExclusionTags=[]} \
                -FileIntegrityMonitoring";
    check(
        &[servers()],
        SERVERS,
        &[
            ("name = \"VirtualMachines\"\nsubplan = \"P2\"", set, full),
            ("name = \"VirtualMachines\"", "GET *", full),
            ("name = \"VirtualMachines\"\nsubplan = \"P1\"", set, SERVERS),
            ("name = \"VirtualMachines\"\ntier = \"Free\"", set, "VirtualMachines Free"),
            ("name = \"VirtualMachines\"\nsubplan = \"P1\"", set, SERVERS),
        ],
    )
}

/// Azure takes the default sub-plan of a plan that is switched on again, which is what a first switching on does.
#[test]
fn a_plan_that_is_switched_on_gets_azures_subplan() -> Result<(), Failure> {
    let set = "GET *, PUT KeyVaults";
    check(
        &[],
        "KeyVaults Free",
        &[
            ("name = \"KeyVaults\"", set, "KeyVaults Standard PerKeyVault"),
            ("name = \"KeyVaults\"\ntier = \"Free\"", set, "KeyVaults Free"),
            ("name = \"KeyVaults\"\ntier = \"Standard\"", set, "KeyVaults Standard PerKeyVault"),
            ("name = \"KeyVaults\"\nsubplan = \"PerKeyVault\"", "GET *", "KeyVaults Standard PerKeyVault"),
        ],
    )
}

#[test]
fn what_exists_is_taken_over_as_it_is() -> Result<(), Failure> {
    let scanning = json!({"name": "OnUploadMalwareScanning", "isEnabled": "True",
        "additionalExtensionProperties": {"CapGBPerMonthPerStorageAccount": "10"}});
    let discovery = json!({"name": "SensitiveDataDiscovery", "isEnabled": "False"});
    let storage = json!({"pricingTier": "Standard", "subPlan": "DefenderForStorageV2", "enforce": "True",
        "extensions": [scanning, discovery]});
    let there = "StorageAccounts Standard DefenderForStorageV2 enforced \
                 OnUploadMalwareScanning{CapGBPerMonthPerStorageAccount=10} -SensitiveDataDiscovery";
    let set = "GET *, PUT StorageAccounts";
    let scanning = "name = \"StorageAccounts\"\nextensions = { OnUploadMalwareScanning = {} }";
    check(
        &[("StorageAccounts", storage)],
        there,
        &[("name = \"StorageAccounts\"", set, there), (scanning, set, there)],
    )
}

/// Azure would switch it on again with its own default, P2, which costs more.
#[test]
fn a_plan_that_was_switched_off_gets_its_sub_plan_back() -> Result<(), Failure> {
    let story = Story::new(&[servers()])?;
    let configuration = one("name = \"VirtualMachines\"");
    story.begin(&configuration)?;
    story.edit("VirtualMachines", &json!({"pricingTier": "Standard", "subPlan": "P1"}));
    story.begin(&configuration)?;
    story.edit("VirtualMachines", &json!({"pricingTier": "Free"}));
    let there = "VirtualMachines Standard P1 -MdeDesignatedSubscription";
    story.apply(&configuration, "GET *, PUT VirtualMachines", there)
}

#[test]
fn drift_is_found_and_mended() -> Result<(), Failure> {
    let story = Story::new(&[servers()])?;
    let configuration =
        one("name = \"VirtualMachines\"\nsubplan = \"P1\"\nextensions = { MdeDesignatedSubscription = {} }");
    let set = "GET *, PUT VirtualMachines";
    let there = "VirtualMachines Standard P1 MdeDesignatedSubscription";
    story.apply(&configuration, set, there)?;
    let extension = |enabled: &str| json!([{"name": "MdeDesignatedSubscription", "isEnabled": enabled}]);
    for (properties, shows) in [
        (json!({"pricingTier": "Free"}), r#"~ tier = "Free" -> "Standard""#),
        (
            json!({"pricingTier": "Standard", "subPlan": "P1", "extensions": extension("False")}),
            "~ enabled = false -> true",
        ),
        (json!({"pricingTier": "Standard", "subPlan": "P1"}), "~ enabled = false -> true"),
    ] {
        story.edit("VirtualMachines", &properties);
        story.plan(2, &[shows, "1 to change"])?;
        story.apply(&configuration, set, there)?;
    }
    story.scene.azure.delete_resource(&super::story::id("VirtualMachines"));
    story.plan(1, &["Azure does not list the plan", "with defender_plan.it"]).map(drop)
}
