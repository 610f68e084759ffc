//! `data.defender_coverage`, and `data.defender_plans` of many subscriptions: a management group of thirty subscriptions of all
//! kinds.

mod arguments;
mod failures;
mod fleet;
mod plans;

use crate::harness::{Scene, terraform};
use crate::shared::process::Failure;
use arm_emulator::{Cloud, Options};
use serde_json::{Value, json};

/// The management group of all but one subscription.
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/fleet";
/// The group within it that has the second half of them.
const INNER: &str = "/providers/Microsoft.Management/managementGroups/landing";

fn subscription(number: usize) -> String {
    format!("/subscriptions/00000000-0000-0000-0000-{number:012}")
}

fn plan(number: usize, name: &str, properties: &Value) -> Value {
    let id = format!("{}/providers/Microsoft.Security/pricings/{name}", subscription(number));
    json!({"id": id, "name": name, "type": "Microsoft.Security/pricings", "properties": properties})
}

fn assignment(scope: &str, definition: &str, more: &Value) -> Value {
    let name = definition.split('-').next().unwrap_or_default();
    let mut properties = more.clone();
    properties["policyDefinitionId"] =
        json!(format!("/providers/Microsoft.Authorization/policyDefinitions/{definition}"));
    json!({"id": format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}"), "name": name,
        "type": "Microsoft.Authorization/policyAssignments", "properties": properties})
}

/// A fleet of this many: 1 is not registered, 2 may not be read, 3 is disabled; 0 stands elsewhere. Key Vault is on
/// everywhere but in 5, and a policy of the group switches it on, not in 6. In 4 the Defender portal manages Servers.
fn scene(count: usize, configuration: &str) -> Result<Scene, Failure> {
    let ids: Vec<String> =
        (1..=count).map(|number| subscription(number).replace("/subscriptions/", "")).collect();
    let (outer, inner) = ids.split_at(count / 2);
    let groups = json!([
        {"name": "fleet", "subscriptions": outer},
        {"name": "landing", "parent": "fleet", "subscriptions": inner},
    ]);
    let mut resources = vec![
        json!({"id": format!("{}/providers/Microsoft.Security", subscription(1)), "registrationState": "NotRegistered"}),
        json!({"id": format!("{}/providers/Microsoft.Authorization/permissions", subscription(2)), "value": []}),
        json!({"id": subscription(3), "state": "Disabled", "displayName": "Old"}),
        plan(
            4,
            "VirtualMachines",
            &json!({"pricingTier": "Standard", "subPlan": "P1",
            "managedBy": "M365 security rule: /management/rules/1", "originatedFrom": "M365",
            "enablementTime": "2026-01-01T00:00:00Z",
            "extensions": [{"name": "MdeDesignatedSubscription", "isEnabled": "True"}]}),
        ),
        plan(5, "KeyVaults", &json!({"pricingTier": "Free", "enablementTime": "2026-01-01T00:00:00Z"})),
        // Key Vault, all of the group but 6.
        assignment(GROUP, "1f725891-01c0-420a-9059-4fa46cb770b7", &json!({"notScopes": [subscription(6)]})),
        // Resource Manager, of one subscription, switched off.
        assignment(
            &subscription(7),
            "b7021b2b-08fd-4dc0-9de7-3c6ece09faf9",
            &json!({"parameters": {"effect": {"value": "Disabled"}}}),
        ),
    ];
    let vaults = json!({"pricingTier": "Standard", "subPlan": "PerKeyVault", "enablementTime": "2026-01-01T00:00:00Z"});
    resources
        .extend((1..=count).filter(|number| *number != 5).map(|number| plan(number, "KeyVaults", &vaults)));
    let outside = subscription(0).replace("/subscriptions/", "");
    let seed = json!([{"management_groups": groups, "subscriptions": [outside]}, resources]);
    let options = Options { seed: Some(seed), cloud: Cloud::Public, ..Options::default() };
    Scene::with(terraform()?, options, configuration)
}

/// What the output `it` is.
fn told(scene: &Scene) -> Result<Value, Failure> {
    Ok(scene.workspace.show_json()?["values"]["outputs"]["it"]["value"].take())
}

/// A configuration with the data source and all of its results as the output `it`.
fn coverage(arguments: &str) -> String {
    format!(
        "data \"defender_coverage\" \"it\" {{\n{arguments}\n}}\noutput \"it\" {{ value = data.defender_coverage.it }}\n"
    )
}
