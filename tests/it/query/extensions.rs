//! Extensions of one machine or cluster, and of all of a scope.

use super::{found, list, scene};
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use serde_json::{Value, json};

const ONE: &str = "00000000-0000-0000-0000-000000000001";

fn resource(kind: &str, name: &str, rest: &Value) -> (String, Value) {
    let id = format!("{SUBSCRIPTION}/resourceGroups/app/providers/{kind}/{name}");
    let mut document = json!({"id": id, "location": "westeurope", "properties": {}});
    for (field, value) in rest.as_object().into_iter().flatten() {
        document[field] = value.clone();
    }
    (id, document)
}

fn extension(name: &str, publisher: &str, kind: &str) -> (String, Value) {
    let properties = json!({"publisher": publisher, "type": kind, "typeHandlerVersion": "1.0", "autoUpgradeMinorVersion": true,
        "settings": {"a": 1}, "provisioningState": "Succeeded"});
    resource("Microsoft.Compute/virtualMachines/vm/extensions", name, &json!({"properties": properties}))
}

/// A virtual machine with a component and with something else, and clusters of both kinds.
fn azure() -> Result<Option<Scene>, Failure> {
    let disk = json!({"osDisk": {"osType": "Linux"}});
    let parts = json!({"currentKubernetesVersion": "1.31", "addonProfiles": {"azurePolicy": {"enabled": true},
            "httpApplicationRouting": {"enabled": true}},
        "securityProfile": {"defender": {"securityMonitoring": {"enabled": true}}}});
    let sensor = json!({"extensionType": "microsoft.azuredefender.kubernetes", "autoUpgradeMinorVersion": true,
        "configurationSettings": {"logAnalyticsWorkspaceResourceID": "/w"}, "provisioningState": "Succeeded"});
    let there = [
        resource("Microsoft.Compute/virtualMachines", "vm", &json!({"properties": {"storageProfile": disk}})),
        extension("MDE.Linux", "Microsoft.Azure.AzureDefenderForServers", "MDE.Linux"),
        extension("script", "Microsoft.Azure.Extensions", "CustomScript"),
        resource("Microsoft.ContainerService/managedClusters", "aks", &json!({"properties": parts})),
        resource("Microsoft.Kubernetes/connectedClusters", "arc", &json!({})),
        resource(
            "Microsoft.Kubernetes/connectedClusters/arc/providers/Microsoft.KubernetesConfiguration/extensions",
            "sensor",
            &json!({"properties": sensor}),
        ),
    ];
    scene(&[ONE], &there)
}

#[test]
fn of_one_target_or_of_all() -> Result<(), Failure> {
    let Some(scene) = azure()? else { return Ok(()) };
    let all = ["defender on aks", "azurepolicy on aks", "MDE.Linux on vm", "script on vm", "sensor on arc"];
    let on = |path: &str| format!("scope = \"{SUBSCRIPTION}/resourceGroups/app/providers/{path}\"");
    for (config, expected) in [
        (String::new(), &all[..]),
        (format!("scope = \"{SUBSCRIPTION}/resourceGroups/APP\""), &all),
        (format!("scope = \"{SUBSCRIPTION}/resourceGroups/other\""), &[]),
        (format!("scope = \"{}\"", super::GROUP), &all),
        (on("Microsoft.Compute/virtualMachines/vm"), &all[2..4]),
        (on("Microsoft.ContainerService/managedClusters/aks"), &all[..2]),
        (on("Microsoft.Kubernetes/connectedClusters/arc"), &all[4..]),
        ("component = \"defender_sensor\"".to_owned(), &["defender on aks", "sensor on arc"]),
        ("component = \"azure_policy_kubernetes\"".to_owned(), &all[1..2]),
        ("publisher = \"microsoft.azure.extensions\"".to_owned(), &all[3..4]),
        ("type = \"mde.linux\"".to_owned(), &all[2..3]),
    ] {
        let mut found = found(&scene, &list("defender_extension", "", &config))?;
        let place = |name: &String| all.iter().position(|one| one == name);
        found.sort_by_key(place);
        assert_eq!(found, expected, "{config}");
    }
    Ok(())
}

#[test]
fn all_of_them_are_taken_over_as_they_are() -> Result<(), Failure> {
    let Some(scene) = azure()? else { return Ok(()) };
    let before = scene.azure.resources();
    scene.workspace.write("l.tfquery.hcl", &list("defender_extension", "", ""))?;
    scene.workspace.run(["query", "-generate-config-out=found.tf"])?.require(0)?;
    scene.workspace.apply()?.require(0)?.require_text("5 imported, 0 added, 0 changed, 0 destroyed.")?;
    scene.workspace.plan()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// An agent that is retired is there all the same.
#[test]
fn an_agent_that_is_retired() -> Result<(), Failure> {
    let Some(scene) = azure()? else { return Ok(()) };
    let (id, agent) =
        extension("OmsAgentForLinux", "Microsoft.EnterpriseCloud.Monitoring", "OmsAgentForLinux");
    scene.azure.put_resource(&id, agent);
    let block = list("defender_extension", "", "component = \"log_analytics_agent\"");
    assert_eq!(found(&scene, &block)?, ["OmsAgentForLinux on vm"]);
    scene.workspace.run(["query", "-generate-config-out=found.tf"])?.require(0)?;
    scene.workspace.apply()?.require(0)?.require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
    scene.workspace.plan()?.require(0).map(drop)
}

#[test]
fn a_machine_that_is_not_there() -> Result<(), Failure> {
    let Some(scene) = azure()? else { return Ok(()) };
    let scope = format!(
        "scope = \"{SUBSCRIPTION}/resourceGroups/app/providers/Microsoft.HybridCompute/machines/gone\""
    );
    let refused = super::query(&scene, &list("defender_extension", "", &scope))?.require(1)?;
    let said = super::refusals::said(&refused);
    assert!(said.starts_with("Error: The machine or cluster is not there"), "{said}");
    assert!(said.contains("5: scope = "), "{said}");
    Ok(())
}
