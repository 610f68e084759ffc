//! A subscription that has everything, with names that mean something to Terraform.

use super::{adopt, adopt_into, assert_adopted, assert_empty, plan, scene};
use crate::harness::{SUBSCRIPTION, Scene, terraform};
use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;
use serde_json::{Value, json};
use std::fs;

/// The built-in policy that puts the Defender sensor on AKS clusters.
const SENSOR: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5";
/// The roles of that policy.
const ROLES: [&str; 2] = ["5e93ba01-8f92-4c7a-b12a-801e3df23824", "8bb6f106-b146-4ee6-a3f9-b9c5a96e0ae5"];
/// The identity of the assignment of that policy.
const PRINCIPAL: &str = "99999999-0000-0000-0000-000000000001";
/// A text in which everything means something somewhere.
const HOSTILE: &str = "Say \"hi\" to ${path.module} %{if true}\n\\o/ \u{202E}日本\t'$${x}'";

/// An object of the subscription.
fn object(id: &str, kind: &str, further: &Value) -> Value {
    let mut object =
        json!({"id": format!("{SUBSCRIPTION}{id}"), "name": id.rsplit('/').next(), "type": kind});
    for (name, value) in further.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}

fn security(kind: &str, name: &str, further: &Value) -> Value {
    let kind = format!("Microsoft.Security/{kind}");
    object(&format!("/providers/{kind}/{name}"), &kind, further)
}

fn account(name: &str, own: Option<&Value>) -> Vec<Value> {
    let kind = "Microsoft.Storage/storageAccounts";
    let id = format!("/resourceGroups/data/providers/{kind}/{name}");
    let setting = own.map(|properties| {
        let kind = "Microsoft.Security/defenderForStorageSettings";
        object(&format!("{id}/providers/{kind}/current"), kind, &json!({"properties": properties}))
    });
    [object(&id, kind, &json!({"location": "westeurope"}))].into_iter().chain(setting).collect()
}

fn storage() -> Vec<Value> {
    let own = json!({"isEnabled": true, "overrideSubscriptionLevelSettings": true,
        "malwareScanning": {
            "onUpload": {"isEnabled": true, "capGBPerMonth": 7, "filters": {
                "excludeBlobsWithPrefix": [HOSTILE, "logs/"], "excludeBlobsLargerThan": 1000}},
            "blobScanResultsOptions": "None"},
        "sensitiveDataDiscovery": {"isEnabled": false}});
    let off = json!({"isEnabled": false, "overrideSubscriptionLevelSettings": true});
    let follows = json!({"isEnabled": true, "overrideSubscriptionLevelSettings": false});
    let accounts = [("own", Some(&own)), ("off", Some(&off)), ("follows", Some(&follows)), ("bare", None)];
    accounts.into_iter().flat_map(|(name, own)| account(name, own)).collect()
}

/// Assignments: one that deploys, with its roles; one that only looks; and one that is not Defender's.
fn assignments() -> Vec<Value> {
    let kind = "Microsoft.Authorization/policyAssignments";
    let assignment = |name: &str, definition: &str, further: &Value| {
        let mut properties = json!({"policyDefinitionId": definition, "scope": SUBSCRIPTION,
            "enforcementMode": "Default", "definitionVersion": "1.*.*"});
        for (name, value) in further["properties"].as_object().into_iter().flatten() {
            properties[name] = value.clone();
        }
        let mut body = further.clone();
        body["properties"] = properties;
        object(&format!("/providers/{kind}/{name}"), kind, &body)
    };
    let definition = |name: &str, category: &str| {
        let kind = "Microsoft.Authorization/policyDefinitions";
        object(
            &format!("/providers/{kind}/{name}"),
            kind,
            &json!({"properties": {
            "policyType": "Custom", "mode": "All", "displayName": name, "metadata": {"category": category},
            "parameters": {"words": {"type": "Array", "defaultValue": []}},
            "policyRule": {"if": {"field": "type", "equals": "x"}, "then": {"effect": "audit"}}}}),
        )
    };
    let custom =
        |name: &str| format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/{name}");
    let sensor = json!({"location": "westeurope",
        "identity": {"type": "SystemAssigned", "principalId": PRINCIPAL, "tenantId": PRINCIPAL},
        "properties": {"displayName": HOSTILE, "definitionVersion": "4.*.*",
            "notScopes": [format!("{SUBSCRIPTION}/resourceGroups/sandbox")],
            "parameters": {"effect": {"value": "DeployIfNotExists"}},
            "overrides": [{"kind": "policyEffect", "value": "Disabled",
                "selectors": [{"kind": "resourceLocation", "notIn": ["westeurope"]}]}]}});
    let audit = json!({"properties": {"enforcementMode": "DoNotEnforce", "description": HOSTILE,
        "parameters": {"words": {"value": [HOSTILE, "plain"]}},
        "nonComplianceMessages": [{"message": HOSTILE}],
        "metadata": {"createdOn": "2026-01-01T00:00:00Z", "a \"key\" ${x}": {"null": null, "list": [1, true, 0.5]}}}});
    let grant = |role: &&str| {
        let kind = "Microsoft.Authorization/roleAssignments";
        object(
            &format!("/providers/{kind}/{role}"),
            kind,
            &json!({"properties": {
            "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            "principalId": PRINCIPAL, "principalType": "ServicePrincipal", "scope": SUBSCRIPTION}}),
        )
    };
    let all = [
        definition("audit", "Security Center"),
        definition("tags", "Tags"),
        assignment("sensor", SENSOR, &sensor),
        assignment("audit", &custom("audit"), &audit),
        assignment("tags", &custom("tags"), &json!({})),
    ];
    all.into_iter().chain(ROLES.iter().map(grant)).collect()
}

/// The seed: one subscription with something of every kind.
pub(super) fn everything() -> Value {
    let contact = json!({"properties": {"emails": "b@example.com;a@example.com", "phone": "+49 1", "isEnabled": true,
        "notificationsByRole": {"state": "On", "roles": ["Owner"]},
        "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "High"}]}});
    let workspaces = "/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central";
    let workspace =
        json!({"properties": {"workspaceId": format!("{SUBSCRIPTION}{workspaces}"), "scope": SUBSCRIPTION}});
    let on = json!({"kind": "DataExportSettings", "properties": {"enabled": true}});
    let subscription = SUBSCRIPTION.trim_start_matches("/subscriptions/");
    let mut resources = vec![
        json!({"id": SUBSCRIPTION, "displayName": HOSTILE}),
        plan(subscription, "KeyVaults", &json!({"pricingTier": "Standard", "subPlan": "PerTransaction"})),
        security("settings", "WDATP", &on),
        security("securityContacts", "default", &contact),
        object(workspaces, "Microsoft.OperationalInsights/workspaces", &json!({"location": "westeurope"})),
        security("workspaceSettings", "default", &workspace),
        security(
            "serverVulnerabilityAssessmentsSettings",
            "azureServersSetting",
            &json!({"kind": "AzureServersSetting", "properties": {"selectedProvider": "MdeTvm"}}),
        ),
    ];
    resources.extend(storage());
    resources.extend(assignments());
    json!({"subscriptions": [subscription], "resources": resources})
}

/// What was written.
fn read(scene: &Scene) -> Result<String, Failure> {
    fs::read_to_string(scene.workspace.path().join("defender_adopted.tf"))
        .map_err(Failure::of("read what adopt wrote"))
}

/// Three plans, of which two are always on; a setting; the contact, the workspace, the assessment; two accounts; two
/// assignments.
const COUNT: usize = 3 + 1 + 3 + 2 + 2;

#[test]
fn everything_is_imported_and_nothing_changes() -> Result<(), Failure> {
    let scene = scene(terraform()?, everything())?;
    let said = adopt_into(&scene, &[])?;
    said.require_text(
        "3 plans, 1 setting, 1 security contact, 1 workspace, 1 vulnerability assessment, 2 storage accounts, 2 policy \
         assignments of 1 subscription",
    )?;
    insta::assert_snapshot!("everything", read(&scene)?);
    assert_adopted(&scene, COUNT)
}

#[test]
fn everything_in_an_older_terraform() -> Result<(), Failure> {
    let Some(core) = Terraform::if_to_be_had("0.7.0", "1.6.6")? else { return Ok(()) };
    let scene = scene(&core, everything())?;
    adopt_into(&scene, &[])?;
    assert_adopted(&scene, COUNT)
}

#[test]
fn with_what_is_off_and_what_is_not_defenders() -> Result<(), Failure> {
    let scene = scene(terraform()?, everything())?;
    adopt_into(&scene, &["--only=settings,assignments", "--include-free", "--all-assignments"])?;
    let written = read(&scene)?;
    assert!(!written.contains("defender_plan"), "{written}");
    assert!(written.contains("\"Sentinel\"") && written.contains("policyDefinitions/tags\""), "{written}");
    assert_adopted(&scene, 5 + 3)
}

#[test]
fn everything_by_commands() -> Result<(), Failure> {
    let scene = scene(terraform()?, everything())?;
    let shown = adopt(&scene.azure, &["--format=import"])?.require(0)?;
    let commands = shown.stdout.lines().filter_map(|line| line.strip_prefix("# terraform import '"));
    let commands: Vec<(&str, &str)> =
        commands.filter_map(|command| command.strip_suffix('\'')?.split_once("' '")).collect();
    assert_eq!(commands.len(), COUNT);
    scene.workspace.write("main.tf", &shown.stdout)?;
    for (address, id) in commands {
        scene.workspace.import(address, id)?.require(0)?;
    }
    assert_empty(&scene)
}
