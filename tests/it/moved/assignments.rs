//! Policy assignments: each of azurerm's types, and azapi.

use super::{AZAPI, AZURERM, Move};
use crate::assignments::{SENSOR, SENSOR_ROLES, objects};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use serde_json::{Value, json};

const PRINCIPAL: &str = "00000000-0000-0000-0000-0000000000aa";
const TENANT: &str = "00000000-0000-0000-0000-0000000000bb";

fn id(scope: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/policyAssignments/sensor")
}

/// Everything that azurerm knows of, as Azure has it.
fn properties(scope: &str) -> Value {
    json!({
        "policyDefinitionId": SENSOR, "scope": scope, "displayName": "The sensor", "description": "For all clusters",
        "enforcementMode": "DoNotEnforce", "parameters": {"effect": {"value": "DeployIfNotExists"}},
        "metadata": {"category": "Security", "createdBy": PRINCIPAL}, "notScopes": [format!("{SUBSCRIPTION}/resourceGroups/x")],
        "nonComplianceMessages": [{"message": "There is no sensor"}],
        "overrides": [{"kind": "policyEffect", "value": "Disabled",
            "selectors": [{"kind": "resourceLocation", "in": ["northeurope"]}]}],
        "resourceSelectors": [{"name": "Region", "selectors": [{"kind": "resourceLocation", "notIn": ["eastus"]}]}],
    })
}

/// The assignment, with roles that somebody else has granted to its identity.
fn there(scope: &str) -> Vec<(String, Value)> {
    let identity = json!({"type": "SystemAssigned", "principalId": PRINCIPAL, "tenantId": TENANT});
    let assignment = json!({"id": id(scope), "name": "sensor", "type": "Microsoft.Authorization/policyAssignments",
        "location": "westeurope", "identity": identity, "properties": properties(scope)});
    let granted = SENSOR_ROLES.iter().zip(1..).map(|(role, number)| {
        let providers = format!("{scope}/providers/Microsoft.Authorization");
        let id = format!("{providers}/roleAssignments/11111111-2222-3333-4444-00000000000{number}");
        let properties = json!({"scope": scope, "principalId": PRINCIPAL, "principalType": "ServicePrincipal",
            "roleDefinitionId": format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}")});
        let body = json!({"id": id, "type": "Microsoft.Authorization/roleAssignments", "properties": properties});
        (id, body)
    });
    granted.chain([(id(scope), assignment)]).collect()
}

/// The same in the words of azurerm; `scoped` is its attribute for the scope.
fn azurerm(scope: &str, scoped: &str) -> Value {
    let selector = |one_of: &[&str], not_in: &[&str]| json!([{"kind": "resourceLocation", "in": one_of, "not_in": not_in}]);
    let mut state = json!({
        "id": id(scope), "name": "sensor", "policy_definition_id": SENSOR, "display_name": "The sensor",
        "description": "For all clusters", "location": "westeurope", "enforce": false,
        "identity": [{"type": "SystemAssigned", "identity_ids": [], "principal_id": PRINCIPAL, "tenant_id": TENANT}],
        "parameters": "{\"effect\":{\"value\":\"DeployIfNotExists\"}}",
        "metadata": format!("{{\"category\":\"Security\",\"createdBy\":\"{PRINCIPAL}\"}}"),
        "not_scopes": [format!("{SUBSCRIPTION}/resourceGroups/x")],
        "non_compliance_message": [{"content": "There is no sensor", "policy_definition_reference_id": ""}],
        "overrides": [{"value": "Disabled", "selectors": selector(&["northeurope"], &[])}],
        "resource_selectors": [{"name": "Region", "selectors": selector(&[], &["eastus"])}], "timeouts": null,
    });
    state[scoped] = scope.into();
    state
}

/// What a user writes instead.
fn configuration(scope: &str) -> String {
    format!(
        r#"
  scope                   = "{scope}"
  name                    = "sensor"
  policy_definition_id    = "{SENSOR}"
  display_name            = "The sensor"
  description             = "For all clusters"
  location                = "westeurope"
  enforcement_mode        = "DoNotEnforce"
  parameters              = {{ effect = "DeployIfNotExists" }}
  metadata                = {{ category = "Security" }}
  not_scopes              = ["{SUBSCRIPTION}/resourceGroups/x"]
  non_compliance_messages = [{{ message = "There is no sensor" }}]
  overrides = [{{
    value     = "Disabled"
    selectors = [{{ kind = "resourceLocation", in = ["northeurope"] }}]
  }}]
  resource_selectors = [{{
    name      = "Region"
    selectors = [{{ kind = "resourceLocation", not_in = ["eastus"] }}]
  }}]
"#
    )
}

/// It moves, and destroying removes it as the old provider would have. Roles are somebody else's.
fn round(provider: &str, from: &str, scope: &str, attributes: Value) -> Result<(), Failure> {
    let moved = Move {
        provider,
        from,
        version: 0,
        attributes,
        to: "defender_policy_assignment",
        configuration: &configuration(scope),
    };
    let (scene, _) = moved.moves(&there(scope))?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new(), "{from}");
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2, "{from}");
    Ok(())
}

#[test]
fn each_type_of_azurerm_moves() -> Result<(), Failure> {
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg");
    let account = format!("{group}/providers/Microsoft.Storage/storageAccounts/a");
    for (kind, scoped, scope) in [
        ("subscription", "subscription_id", SUBSCRIPTION),
        ("management_group", "management_group_id", "/providers/Microsoft.Management/managementGroups/all"),
        ("resource_group", "resource_group_id", &group),
        ("resource", "resource_id", &account),
    ] {
        let from = format!("azurerm_{kind}_policy_assignment");
        round(AZURERM, &from, scope, azurerm(scope, scoped))?;
    }
    let opentofu = "registry.opentofu.org/hashicorp/azurerm";
    let state = azurerm(SUBSCRIPTION, "subscription_id");
    round(opentofu, "azurerm_subscription_policy_assignment", SUBSCRIPTION, state)
}

#[test]
fn one_of_azapi_moves() -> Result<(), Failure> {
    let attributes = json!({
        "id": id(SUBSCRIPTION), "name": "sensor", "parent_id": SUBSCRIPTION, "location": "westeurope",
        "type": "Microsoft.Authorization/policyAssignments@2024-05-01", "tags": null, "output": null,
        "identity": [{"type": "SystemAssigned", "identity_ids": [], "principal_id": PRINCIPAL, "tenant_id": TENANT}],
        "body": {"value": {"properties": properties(SUBSCRIPTION)}, "type": "dynamic"},
    });
    round(AZAPI, "azapi_resource", SUBSCRIPTION, attributes)
}

/// What is not carried over is said with the plan.
#[test]
fn what_azapi_sends_beyond_that_is_told() -> Result<(), Failure> {
    let mut sent = properties(SUBSCRIPTION);
    sent["selfServeExemptionSettings"] = json!({"enabled": true});
    let attributes = json!({"id": id(SUBSCRIPTION), "type": "Microsoft.Authorization/policyAssignments@2025-11-01",
        "location": "westeurope", "body": {"value": {"properties": sent}, "type": "dynamic"}});
    let moved = Move {
        provider: AZAPI,
        from: "azapi_resource",
        version: 2,
        attributes,
        to: "defender_policy_assignment",
        configuration: &configuration(SUBSCRIPTION),
    };
    let (_, planned) = moved.moves(&there(SUBSCRIPTION))?;
    planned.require_text("Not all of the assignment is carried over")?;
    Ok(())
}
