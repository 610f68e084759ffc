//! `moved` from the types of other providers: the state files are written by hand from the schemas of azurerm 5 and
//! azapi 2. The object comes over, and nothing changes.

mod assignments;
mod extensions;
mod retired;

use crate::harness::{NO_PREFLIGHT, PROVIDER, SUBSCRIPTION, Scene};
use crate::shared::process::{Failure, Output};
use serde_json::{Value, json};
use std::path::Path;
use std::{env, fs};

/// What stood in another provider's state, and what a user writes instead.
struct Move<'a> {
    /// Where the state says that the provider comes from.
    provider: &'a str,
    /// The resource's type there.
    from: &'a str,
    /// The version of that type's schema.
    version: u64,
    /// The object there.
    attributes: Value,
    /// The resource's type here.
    to: &'a str,
    /// Its configuration.
    configuration: &'a str,
}

const AZURERM: &str = "registry.terraform.io/hashicorp/azurerm";
const WORKSPACE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central";
const AZAPI: &str = "registry.terraform.io/azure/azapi";

fn security(path: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/{path}")
}

impl Move<'_> {
    /// An Azure with these documents, and a Terraform that still has the old object in its state.
    fn scene(&self, there: &[(String, Value)]) -> Result<Scene, Failure> {
        let Self { provider, from, version, attributes, to, configuration } = self;
        let mut scene = Scene::new(&format!(
            "resource \"{to}\" \"this\" {{\n{configuration}\n}}\nmoved {{\n  from = {from}.old\n  to   = {to}.this\n}}\n"
        ))?;
        scene.configure(NO_PREFLIGHT)?;
        install_old(&mut scene, provider)?;
        for (id, document) in there {
            scene.azure.put_resource(id, document.clone());
        }
        let state = json!({
            "version": 4, "terraform_version": "1.11.4", "serial": 1,
            "lineage": "00000000-0000-0000-0000-00000000000a", "outputs": {},
            "resources": [{
                "mode": "managed", "type": from, "name": "old", "provider": format!("provider[\"{provider}\"]"),
                "instances": [{"schema_version": version, "attributes": attributes, "sensitive_attributes": []}],
            }],
        });
        scene.workspace.write("terraform.tfstate", &state.to_string())?;
        scene.azure.clear_requests();
        Ok(scene)
    }

    /// The plan moves and changes nothing, as does applying it, and nothing is written. Returns what the plan said.
    fn moves(&self, there: &[(String, Value)]) -> Result<(Scene, Output), Failure> {
        let scene = self.scene(there)?;
        let planned = scene.workspace.plan()?;
        let planned = planned.require_text(&format!("{}.old has moved to {}.this", self.from, self.to))?;
        let planned = planned.require_text("Plan: 0 to add, 0 to change, 0 to destroy.")?;
        scene.workspace.apply()?.require(0)?.require_text("0 added, 0 changed, 0 destroyed")?;
        scene.workspace.plan()?.require(0)?;
        let wrote: Vec<String> = scene
            .take_requests()
            .into_iter()
            .filter(|line| line.contains("PUT ") || line.contains("DELETE "))
            .collect();
        assert_eq!(wrote, Vec::<String>::new(), "{}", self.from);
        Ok((scene, planned))
    }

    /// The same, and destroying leaves all as it is.
    fn changes_nothing(&self, there: &[(String, Value)]) -> Result<(), Failure> {
        let (scene, _) = self.moves(there)?;
        // What stood there before the other provider is not known, so it stays.
        let before: Vec<_> = there.iter().map(|(id, _)| scene.azure.resource(id)).collect();
        scene.workspace.destroy()?.require(0)?;
        let after: Vec<_> = there.iter().map(|(id, _)| scene.azure.resource(id)).collect();
        assert_eq!(before, after, "{}", self.from);
        Ok(())
    }
}

/// Terraform wants the provider that the state names, though it only asks it for a schema. Any will do for that, so it
/// gets ours under the other name.
fn install_old(scene: &mut Scene, provider: &str) -> Result<(), Failure> {
    let name = provider.rsplit('/').next().unwrap_or_default();
    let folder = scene.workspace.path().join("old");
    fs::create_dir_all(&folder).map_err(Failure::of("create a folder"))?;
    fs::copy(PROVIDER, folder.join(format!("terraform-provider-{name}{}", env::consts::EXE_SUFFIX)))
        .map_err(Failure::of("copy the provider"))?;
    let path = |path: &Path| path.display().to_string().replace('\\', "/");
    let ours = path(Path::new(PROVIDER).parent().unwrap_or(Path::new("")));
    let overrides = format!(
        "provider_installation {{\n  dev_overrides {{\n    \"defender-tf/defender\" = \"{ours}\"\n    \"{provider}\" = \
         \"{}\"\n  }}\n  direct {{}}\n}}\n",
        path(&folder)
    );
    scene.workspace.write("old.tfrc", &overrides)?;
    let file = scene.workspace.path().join("old.tfrc");
    scene.workspace.set("TF_CLI_CONFIG_FILE", file);
    Ok(())
}

#[test]
fn plans_move_from_azurerm_and_azapi() -> Result<(), Failure> {
    let id = security("pricings/VirtualMachines");
    let on = json!({"properties": {"pricingTier": "Standard", "subPlan": "P1"}});
    let azurerm = json!({
        "id": id, "tier": "Standard", "resource_type": "VirtualMachines", "subplan": "P1", "extension": [],
        "timeouts": null,
    });
    let azapi = json!({
        "id": id, "resource_id": id, "type": "Microsoft.Security/pricings@2024-01-01", "name": "VirtualMachines",
        "parent_id": SUBSCRIPTION, "body": {"type": ["object", {"properties": ["object", {"pricingTier": "string", "subPlan": "string"}]}],
        "value": {"properties": {"pricingTier": "Standard", "subPlan": "P1"}}}, "output": null,
    });
    for (provider, from, version, attributes) in [
        (AZURERM, "azurerm_security_center_subscription_pricing", 1, &azurerm),
        (
            "registry.opentofu.org/hashicorp/azurerm",
            "azurerm_security_center_subscription_pricing",
            1,
            &azurerm,
        ),
        (AZAPI, "azapi_update_resource", 2, &azapi),
    ] {
        Move {
            provider,
            from,
            version,
            attributes: attributes.clone(),
            to: "defender_plan",
            configuration: "  name    = \"VirtualMachines\"\n  subplan = \"P1\"",
        }
        .changes_nothing(&[(id.clone(), on.clone())])?;
    }
    Ok(())
}

#[test]
fn settings_move_from_azurerm_and_azapi() -> Result<(), Failure> {
    let id = security("settings/Sentinel");
    let on = json!({"kind": "AlertSyncSettings", "properties": {"enabled": true}});
    let old = json!({"id": security("settings/SENTINEL"), "setting_name": "SENTINEL", "enabled": true});
    let azapi = json!({"id": id, "resource_id": id, "type": "Microsoft.Security/settings@2022-05-01"});
    for (provider, from, version, attributes) in
        [(AZURERM, "azurerm_security_center_setting", 0, old), (AZAPI, "azapi_update_resource", 2, azapi)]
    {
        let configuration = "  name    = \"Sentinel\"\n  enabled = true";
        Move { provider, from, version, attributes, to: "defender_setting", configuration }
            .changes_nothing(&[(id.clone(), on.clone())])?;
    }
    Ok(())
}

#[test]
fn a_contact_moves_from_azurerm() -> Result<(), Failure> {
    let there = json!({"properties": {
        "emails": "security@example.com", "phone": "", "isEnabled": true,
        "notificationsByRole": {"state": "On", "roles": ["Owner"]},
        "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "High"}],
    }});
    Move {
        provider: AZURERM,
        from: "azurerm_security_center_contact",
        version: 0,
        attributes: json!({
            "id": security("securityContacts/default1"), "name": "default1", "email": "security@example.com", "phone": "",
            "alert_notifications": true, "alerts_to_admins": true,
        }),
        to: "defender_security_contact",
        configuration: "  emails = [\"security@example.com\"]\n  notifications_by_role = { roles = [\"Owner\"] }\n  \
                        alert_notifications = { minimal_severity = \"High\" }",
    }
    .changes_nothing(&[(security("securityContacts/default"), there)])
}

#[test]
fn the_other_settings_move_from_azurerm() -> Result<(), Failure> {
    let assessment = security("serverVulnerabilityAssessmentsSettings/AzureServersSetting");
    let workspace = security("workspaceSettings/default");
    Move {
        provider: AZURERM,
        from: "azurerm_security_center_server_vulnerability_assessments_setting",
        version: 0,
        attributes: json!({"id": assessment, "vulnerability_assessment_provider": "MdeTvm"}),
        to: "defender_vulnerability_assessment",
        configuration: "",
    }
    .changes_nothing(&[(
        assessment.clone(),
        json!({"kind": "AzureServersSetting", "properties": {"selectedProvider": "MdeTvm"}}),
    )])?;
    Move {
        provider: AZURERM,
        from: "azurerm_security_center_workspace",
        version: 0,
        attributes: json!({"id": workspace, "scope": SUBSCRIPTION, "workspace_id": WORKSPACE}),
        to: "defender_workspace",
        configuration: &format!("  workspace_id = \"{WORKSPACE}\""),
    }
    .changes_nothing(&[
        (WORKSPACE.to_owned(), json!({"location": "westeurope", "properties": {"customerId": "00000000-0000-0000-0000-00000000000c"}})),
        (workspace.clone(), json!({"properties": {"workspaceId": WORKSPACE, "scope": SUBSCRIPTION}})),
    ])
}

#[test]
fn storage_protection_moves_from_azurerm_by_the_id_of_the_account() -> Result<(), Failure> {
    let account = format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a");
    let setting = format!("{account}/providers/Microsoft.Security/defenderForStorageSettings/current");
    let there = json!({"properties": {
        "isEnabled": true, "overrideSubscriptionLevelSettings": true,
        "malwareScanning": {"onUpload": {"isEnabled": true, "capGBPerMonth": 10}},
        "sensitiveDataDiscovery": {"isEnabled": true},
    }});
    Move {
        provider: AZURERM,
        from: "azurerm_security_center_storage_defender",
        version: 0,
        attributes: json!({
            "id": account, "storage_account_id": account, "override_subscription_settings_enabled": true,
            "malware_scanning_on_upload_enabled": true, "malware_scanning_on_upload_cap_gb_per_month": 10,
            "sensitive_data_discovery_enabled": true, "scan_results_event_grid_topic_id": null,
        }),
        to: "defender_storage_protection",
        configuration: &format!(
            "  storage_account_id = \"{account}\"\n  malware_scanning = {{\n    on_upload = {{ cap_gb_per_month = 10 \
             }}\n  }}\n  sensitive_data_discovery = {{}}"
        ),
    }
    .changes_nothing(&[(account.clone(), json!({"location": "westeurope"})), (setting.clone(), there)])
}
