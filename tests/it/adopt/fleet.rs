//! Whole estates: Microsoft's published list, and a management group of thirty subscriptions of all kinds.

use super::{adopt, adopt_into, assert_adopted, assert_empty, plan, published, scene, written};
use crate::harness::terraform;
use crate::shared::process::{self, Failure};
use crate::shared::terraform::Terraform;
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

const GROUP: &str = "/providers/Microsoft.Management/managementGroups/fleet";

/// What people call subscriptions; the same name comes again and again.
const NAMES: [&str; 6] =
    ["Contoso Prod", "${path.module} %{if}", "Say \"hi\"\n\\o/", "日本", "7 Zwerge", "contoso-prod"];

fn subscription(number: usize) -> String {
    format!("{number:08}-0000-0000-0000-000000000000")
}

/// The plans of a subscription, by its number; some have none on, some all kinds of extensions.
fn plans(number: usize) -> Vec<Value> {
    let subscription = subscription(number);
    let tags = json!({"ExclusionTags": "[{\"Key\":\"a\\\"b\",\"Value\":\"${x} %{y} $${z}\"}]"});
    let all = [
        (
            "VirtualMachines",
            json!({"pricingTier": "Standard", "subPlan": "P2", "enforce": "True", "extensions": [
            {"name": "AgentlessVmScanning", "isEnabled": "True", "additionalExtensionProperties": tags},
            {"name": "MdeDesignatedSubscription", "isEnabled": "False"}]}),
        ),
        (
            "StorageAccounts",
            json!({"pricingTier": "Standard", "subPlan": "DefenderForStorageV2", "extensions": [
            {"name": "OnUploadMalwareScanning", "isEnabled": "True",
                "additionalExtensionProperties": {"CapGBPerMonthPerStorageAccount": "-1"}},
            {"name": "SensitiveDataDiscovery", "isEnabled": "False"}]}),
        ),
        ("KeyVaults", json!({"pricingTier": "Standard", "subPlan": "PerTransaction"})),
        (
            "CloudPosture",
            json!({"pricingTier": "Standard", "extensions": [
            {"name": "SensitiveDataDiscovery", "isEnabled": "True"}, {"name": "ApiPosture", "isEnabled": "False"}]}),
        ),
        ("Dns", json!({"pricingTier": "Standard", "deprecated": true, "replacedBy": ["VirtualMachines"]})),
    ];
    let chosen = all
        .iter()
        .enumerate()
        .filter(|(index, _)| !(number + index).is_multiple_of(3) && !number.is_multiple_of(7));
    chosen.map(|(_, (name, properties))| plan(&subscription, name, properties)).collect()
}

/// What else a subscription has, by its number.
fn others(number: usize) -> Vec<Value> {
    let scope = format!("/subscriptions/{}", subscription(number));
    let object = |path: &str, properties: &Value| {
        let kind = if path.contains("/settings/") { "DataExportSettings" } else { "" };
        json!({"id": format!("{scope}{path}"), "name": path.rsplit('/').next(), "kind": kind, "properties": properties})
    };
    let account = "/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/uploads";
    let own = json!({"isEnabled": true, "overrideSubscriptionLevelSettings": number.is_multiple_of(2),
        "malwareScanning": {"onUpload": {"isEnabled": true, "capGBPerMonth": number}}});
    let contact =
        json!({"emails": format!("soc{number}@example.com"), "isEnabled": !number.is_multiple_of(4)});
    let all = [
        (2, object("/providers/Microsoft.Security/settings/MCAS", &json!({"enabled": true}))),
        (3, object("/providers/Microsoft.Security/securityContacts/default", &contact)),
        (5, object(account, &json!({}))),
        (
            5,
            object(
                &format!("{account}/providers/Microsoft.Security/defenderForStorageSettings/current"),
                &own,
            ),
        ),
        (7, assignment(&scope, number)),
    ];
    all.into_iter().filter(|(of, _)| number.is_multiple_of(*of)).map(|(_, object)| object).collect()
}

/// An assignment of a definition that the group has.
fn assignment(scope: &str, number: usize) -> Value {
    let definition = format!("{GROUP}/providers/Microsoft.Authorization/policyDefinitions/audit");
    json!({"id": format!("{scope}/providers/Microsoft.Authorization/policyAssignments/audit{number}"),
        "name": format!("audit{number}"), "type": "Microsoft.Authorization/policyAssignments",
        "properties": {"policyDefinitionId": definition, "scope": scope, "displayName": NAMES[number % NAMES.len()],
            "enforcementMode": "Default", "definitionVersion": "1.*.*"}})
}

/// What the groups have: a definition, and assignments of it.
fn of_groups() -> [Value; 3] {
    let definition = json!({"id": format!("{GROUP}/providers/Microsoft.Authorization/policyDefinitions/audit"),
        "name": "audit", "type": "Microsoft.Authorization/policyDefinitions", "properties": {
            "policyType": "Custom", "mode": "All", "displayName": "Audit", "parameters": {},
            "metadata": {"category": "Security Center"},
            "policyRule": {"if": {"field": "type", "equals": "x"}, "then": {"effect": "audit"}}}});
    [definition, assignment(GROUP, 0), assignment(&GROUP.replace("fleet", "below"), 1)]
}

fn fleet(count: usize) -> Value {
    let ids: Vec<String> = (1..=count).map(subscription).collect();
    let (upper, lower) = ids.split_at(count / 2);
    let named = |(index, id): (usize, &String)| json!({"id": format!("/subscriptions/{id}"), "displayName": NAMES[index % NAMES.len()]});
    let mut resources: Vec<Value> = ids.iter().enumerate().map(named).collect();
    resources.extend((1..=count).flat_map(|number| plans(number).into_iter().chain(others(number))));
    resources.extend(of_groups());
    json!({"resources": resources, "management_groups": [
        {"name": "fleet", "subscriptions": upper},
        {"name": "below", "parent": "fleet", "subscriptions": lower}]})
}

#[test]
fn microsofts_list() -> Result<(), Failure> {
    let scene = scene(terraform()?, published())?;
    let ids = scene.azure.ready().subscriptions.clone();
    let scopes: Vec<&str> = ids.iter().flat_map(|id| ["--scope", id]).collect();
    adopt_into(&scene, &scopes)?;
    assert_adopted(&scene, written(&scene.azure))
}

#[test]
fn thirty_subscriptions_of_a_management_group() -> Result<(), Failure> {
    let scene = scene(terraform()?, fleet(30))?;
    let said = adopt_into(&scene, &["--scope", GROUP])?;
    let count = written(&scene.azure);
    said.require_text(
        "15 settings, 10 security contacts, 3 storage accounts, 6 policy assignments of 30 subscriptions and",
    )?
    .require_text("and 2 management groups")?;
    let lists =
        scene.azure.requests().into_iter().filter(|request| request.path.contains("/pricings")).count();
    assert_eq!(lists, 30, "one list a subscription");
    assert_adopted(&scene, count)
}

/// Import blocks in the oldest Terraform that is tested.
#[test]
fn an_older_terraform() -> Result<(), Failure> {
    let Some(core) = Terraform::if_to_be_had("0.7.0", "1.6.6")? else { return Ok(()) };
    let scene = scene(&core, fleet(6))?;
    adopt_into(&scene, &["--scope", GROUP])?;
    assert_adopted(&scene, written(&scene.azure))
}

/// The commands, which do not stumble over what is imported already.
#[test]
fn commands_instead_of_blocks() -> Result<(), Failure> {
    let scene = scene(terraform()?, fleet(2))?;
    let shown = adopt(&scene.azure, &["--scope", GROUP, "--format", "import"])?.require(0)?;
    let count = written(&scene.azure);
    assert_eq!(shown.stdout.matches("\n# terraform import 'defender_").count(), count);
    assert!(!shown.stdout.contains("import {"), "{}", shown.stdout);
    adopt_into(&scene, &["--scope", GROUP, "--format=import"])?;
    let again = |expected: &str| -> Result<(), Failure> {
        let terraform = scene.workspace.command([""; 0]);
        let words = [terraform.get_program()].into_iter().chain(terraform.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
        let mut script = Command::new("sh");
        script.env_clear().envs(terraform.get_envs().filter_map(|(name, value)| Some((name, value?))));
        script
            .env("TERRAFORM", words.join(" "))
            .arg("defender_import.sh")
            .current_dir(scene.workspace.path());
        let output = process::run(&mut script, Duration::from_secs(600))?.require(0)?;
        assert_eq!(output.stdout.matches(expected).count(), count, "{}", output.stdout);
        Ok(())
    };
    again("Import successful!")?;
    again("is there already")?;
    assert_empty(&scene)
}
