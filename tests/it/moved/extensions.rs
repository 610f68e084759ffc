//! Extensions of machines and clusters: from azurerm and azapi, known components and others.

use super::{AZAPI, AZURERM, Move};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use crate::singletons::flat;
use serde_json::{Value, json};
use std::fs;

const SECRET: &str = "sEcReT-9876543210";

fn group() -> String {
    format!("{SUBSCRIPTION}/resourceGroups/app/providers")
}

/// A target and an extension on it.
fn there(target: &str, about: &Value, id: &str, properties: &Value) -> [(String, Value); 2] {
    let mut extension =
        json!({"id": id, "name": id.rsplit('/').next(), "location": "westeurope", "properties": properties});
    extension["properties"]["provisioningState"] = json!("Succeeded");
    let target_body = json!({"id": target, "name": target.rsplit('/').next(), "location": "westeurope", "properties": about});
    [(target.to_owned(), target_body), (id.to_owned(), extension)]
}

/// What is on a target, what stood in the old state, and what is written now.
struct Case<'a> {
    provider: &'a str,
    from: &'a str,
    attributes: Value,
    configuration: &'a str,
    there: [(String, Value); 2],
    /// What the plan says.
    told: &'a [&'a str],
}

impl Case<'_> {
    /// It moves, and destroying takes it off, as the old provider would have.
    fn round(self) -> Result<(), Failure> {
        let Self { provider, from, attributes, configuration, there, told } = self;
        let moved = Move { provider, from, version: 0, attributes, to: "defender_extension", configuration };
        let (scene, planned) = moved.moves(&there)?;
        let said = flat(&planned);
        for text in told {
            assert!(said.contains(text), "{from}: {text} in {said}");
        }
        assert_eq!(told.is_empty(), !said.contains("carried over"), "{from}: {said}");
        scene.workspace.destroy()?.require(0)?;
        assert!(scene.azure.resource(&there[1].0).is_none(), "{from}");
        Ok(())
    }
}

/// Neither the plan nor the state has the secret, nor does any line that the provider logs.
#[test]
fn an_extension_of_a_virtual_machine_moves_and_its_secret_stays_behind() -> Result<(), Failure> {
    let target = format!("{}/Microsoft.Compute/virtualMachines/web", group());
    let id = format!("{target}/extensions/script");
    let properties = json!({"publisher": "Microsoft.Azure.Extensions", "type": "CustomScript", "typeHandlerVersion": "2.1",
        "autoUpgradeMinorVersion": true, "enableAutomaticUpgrade": false, "suppressFailures": true, "settings": {"n": 1}});
    let moved = Move {
        provider: AZURERM,
        from: "azurerm_virtual_machine_extension",
        version: 0,
        attributes: json!({
            "id": id, "name": "script", "virtual_machine_id": target, "publisher": "Microsoft.Azure.Extensions",
            "type": "CustomScript", "type_handler_version": "2.1", "auto_upgrade_minor_version": true,
            "automatic_upgrade_enabled": false, "failure_suppression_enabled": true, "settings": "{\"n\":1}",
            "protected_settings": format!("{{\"commandToExecute\":\"{SECRET}\"}}"), "protected_settings_from_key_vault": [],
            "provision_after_extensions": [], "tags": {}, "timeouts": null,
        }),
        to: "defender_extension",
        configuration: &format!(
            "target_id = \"{target}\"\nname = \"script\"\npublisher = \"Microsoft.Azure.Extensions\"\ntype = \
             \"CustomScript\"\ntype_handler_version = \"2.1\"\nsettings = {{ n = 1 }}\nprotected_settings = {{ \
             commandToExecute = \"{SECRET}\" }}"
        ),
    };
    let about = json!({"storageProfile": {"osDisk": {"osType": "Linux"}}});
    let mut scene = moved.scene(&there(&target, &about, &id, &properties))?;
    scene.workspace.set("TF_LOG", "trace");
    let log = scene.workspace.path().join("terraform.log");
    scene.workspace.set("TF_LOG_PATH", &log);
    let planned = scene.workspace.plan()?;
    let said = flat(&planned);
    for text in [
        "0 to add, 0 to change, 0 to destroy",
        "protected_settings of the old resource are not taken into the state",
        "which the old resource has set: failure_suppression_enabled.",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    let applied = scene.workspace.apply()?.require(0)?;
    assert!(!format!("{said}{}{}", applied.stdout, applied.stderr).contains(SECRET));
    scene.workspace.plan()?.require(0)?;
    let state =
        fs::read_to_string(scene.workspace.path().join("terraform.tfstate")).map_err(Failure::of("state"))?;
    assert!(state.contains("defender_extension") && !state.contains(SECRET), "{state}");
    let log = fs::read(&log).map_err(Failure::of("log"))?;
    let log = String::from_utf8_lossy(&log);
    let ours: Vec<&str> =
        log.lines().filter(|line| line.contains("provider.terraform-provider-defender")).collect();
    assert!(ours.len() > 10 && ours.iter().all(|line| !line.contains(SECRET)));
    assert!(scene.azure.requests().iter().all(|request| request.method != "PUT"));
    Ok(())
}

#[test]
fn an_extension_of_a_scale_set_moves() -> Result<(), Failure> {
    let target = format!("{}/Microsoft.Compute/virtualMachineScaleSets/pool", group());
    let id = format!("{target}/extensions/script");
    let properties = json!({"publisher": "P", "type": "T", "typeHandlerVersion": "2.1", "autoUpgradeMinorVersion": false,
        "enableAutomaticUpgrade": true, "settings": {"x": {"y": [1, "2"]}}});
    let about = json!({"virtualMachineProfile": {"storageProfile": {"osDisk": {"osType": "Linux"}}}});
    let configuration = format!(
        "target_id = \"{target}\"\nname = \"script\"\npublisher = \"P\"\ntype = \"T\"\ntype_handler_version = \
         \"2.1\"\nauto_upgrade_minor_version = false\nautomatic_upgrade_enabled = true\nsettings = {{ x = {{ y = [1, \
         \"2\"] }} }}"
    );
    let azurerm = json!({"id": id, "name": "script", "virtual_machine_scale_set_id": target, "publisher": "P", "type": "T",
        "type_handler_version": "2.1", "auto_upgrade_minor_version": false, "automatic_upgrade_enabled": true,
        "failure_suppression_enabled": false, "force_update_tag": "", "settings": "{\"x\":{\"y\":[1,\"2\"]}}",
        "protected_settings": null, "protected_settings_from_key_vault": [], "provision_after_extensions": []});
    let azapi = json!({"id": id, "name": "script", "parent_id": target, "tags": null,
        "type": "Microsoft.Compute/virtualMachineScaleSets/extensions@2024-07-01",
        "body": {"value": {"properties": properties}, "type": "dynamic"}});
    for (provider, from, attributes) in
        [(AZURERM, "azurerm_virtual_machine_scale_set_extension", azurerm), (AZAPI, "azapi_resource", azapi)]
    {
        let there = there(&target, &about, &id, &properties);
        Case { provider, from, attributes, configuration: &configuration, there, told: &[] }.round()?;
    }
    Ok(())
}

/// Defender for Endpoint is known by publisher and type, and goes on as the component.
#[test]
fn a_component_on_an_arc_machine_moves() -> Result<(), Failure> {
    let target = format!("{}/Microsoft.HybridCompute/machines/branch", group());
    let id = format!("{target}/extensions/MDE.Linux");
    let settings = json!({"azureResourceId": target, "forceReOnboarding": false});
    let publisher = "Microsoft.Azure.AzureDefenderForServers";
    let properties = json!({"publisher": publisher, "type": "MDE.Linux", "typeHandlerVersion": "1.0.6.0",
        "enableAutomaticUpgrade": true, "autoUpgradeMinorVersion": true, "settings": settings});
    let about = json!({"osType": "linux", "osName": "linux", "osSku": "Ubuntu 24.04", "status": "Connected"});
    Case {
        provider: "registry.opentofu.org/hashicorp/azurerm",
        from: "azurerm_arc_machine_extension",
        attributes: json!({
            "id": id, "name": "MDE.Linux", "arc_machine_id": target, "location": "westeurope", "publisher": publisher,
            "type": "MDE.Linux", "type_handler_version": "1.0.6.0", "automatic_upgrade_enabled": true,
            "force_update_tag": "", "settings": settings.to_string(), "tags": {"team": "a"},
            "protected_settings": "{\"defenderForEndpointOnboardingScript\":\"x\"}", "timeouts": null,
        }),
        configuration: &format!(
            "target_id = \"{target}\"\ncomponent = \"defender_for_endpoint\"\nsettings = {{ forceReOnboarding = false }}"
        ),
        there: there(&target, &about, &id, &properties),
        told: &[
            "Write component = \"defender_for_endpoint\" in place of publisher, type and type_handler_version",
            "protected_settings of the old resource are not taken into the state",
            "which the old resource has set: tags.",
        ],
    }
    .round()
}

#[test]
fn the_sensor_on_an_arc_cluster_moves() -> Result<(), Failure> {
    let target = format!("{}/Microsoft.Kubernetes/connectedClusters/edge", group());
    let kind = "microsoft.azuredefender.kubernetes";
    let id = format!("{target}/providers/Microsoft.KubernetesConfiguration/extensions/{kind}");
    let workspace = format!("{}/Microsoft.OperationalInsights/workspaces/central", group());
    let settings = json!({"logAnalyticsWorkspaceResourceID": workspace, "a": "1"});
    let properties = json!({"extensionType": kind, "autoUpgradeMinorVersion": true, "releaseTrain": "Stable",
        "scope": {"cluster": {"releaseNamespace": "mdc"}}, "configurationSettings": settings});
    let about =
        json!({"connectivityStatus": "Connected", "distribution": "generic", "kubernetesVersion": "1.30.2"});
    let configuration = format!(
        "target_id = \"{target}\"\ncomponent = \"defender_sensor\"\nworkspace_id = \"{workspace}\"\nsettings = {{ a = \
         \"1\" }}"
    );
    let azurerm = json!({"id": id, "name": kind, "cluster_id": target, "extension_type": kind, "version": "",
        "release_train": "Stable", "release_namespace": "mdc", "target_namespace": "", "configuration_settings": settings,
        "configuration_protected_settings": {}, "current_version": "0.8.1", "timeouts": null,
        "identity": [{"type": "SystemAssigned", "principal_id": "p", "tenant_id": "t"}]});
    let azapi = json!({"id": id, "name": kind, "parent_id": target, "body": {"properties": properties},
        "type": "microsoft.kubernetesconfiguration/extensions@2023-05-01"});
    for (provider, from, attributes, stays) in [
        (
            AZURERM,
            "azurerm_arc_kubernetes_cluster_extension",
            azurerm,
            "which the old resource has set: release_namespace, release_train.",
        ),
        (AZAPI, "azapi_resource", azapi, "which the old resource has set: releaseTrain, scope."),
    ] {
        let there = there(&target, &about, &id, &properties);
        let told = &[stays, "Write component = \"defender_sensor\""];
        Case { provider, from, attributes, configuration: &configuration, there, told }.round()?;
    }
    Ok(())
}
