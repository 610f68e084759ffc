//! On each kind of target: deployed, planned again, changed in place, imported, destroyed.

use super::{
    aks, arc_cluster, arc_machine, attributes, extension, linux, on, scale_set, settled, windows, workspace,
    writes,
};
use crate::harness::Scene;
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use serde_json::json;

const TODAY: &str = "2026-11-22";

/// What is deployed and changed, and what Azure is told.
struct Trip<'a> {
    target: &'a str,
    first: &'a str,
    then: &'a str,
    id: &'a str,
    put: &'a str,
}

fn round(scene: &Scene, trip: &Trip<'_>) -> Result<(), Failure> {
    let before = scene.azure.resources();
    scene.workspace.write("main.tf", &extension(trip.target, trip.first))?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(plan, &[trip.id, "= \"deploy\""])?;
    scene.workspace.apply()?.require(0)?;
    settled(scene)?;
    writes(scene);
    scene.workspace.write("main.tf", &extension(trip.target, trip.then))?;
    scene.workspace.apply()?.require(0)?.require_text("0 added, 1 changed, 0 destroyed")?;
    assert_eq!(writes(scene), [trip.put], "{}", trip.target);
    settled(scene)?;
    scene.workspace.run(["state", "rm", "defender_extension.this"])?.require(0)?;
    scene.workspace.import("defender_extension.this", trip.id)?.require(0)?;
    scene.workspace.apply()?.require(0)?;
    settled(scene)?;
    scene.workspace.destroy()?.require(0)?;
    let strip = |all: Vec<(String, serde_json::Value)>| all.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(strip(scene.azure.resources()), strip(before), "{}", trip.target);
    Ok(())
}

#[test]
fn a_virtual_machine() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let id = format!("{target}/extensions/AzurePolicyforLinux");
    let settings =
        |text: &str| format!("component = \"guest_configuration\"\nsettings = {{ mode = \"{text}\" }}");
    round(
        &scene,
        &Trip {
            target: &target,
            first: &settings("one"),
            then: &settings("two"),
            id: &id,
            put: "PUT AzurePolicyforLinux",
        },
    )
}

#[test]
fn a_scale_set() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = scale_set(&scene);
    let id = format!("{target}/extensions/CustomScript");
    let script = |text: &str| {
        format!(
            "publisher = \"Microsoft.Azure.Extensions\"\ntype = \"CustomScript\"\ntype_handler_version = \"2.1\"\nsettings = {{ x = \"{text}\" }}"
        )
    };
    round(
        &scene,
        &Trip {
            target: &target,
            first: &script("one"),
            then: &script("two"),
            id: &id,
            put: "PUT CustomScript",
        },
    )
}

#[test]
fn an_arc_machine() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = arc_machine(&scene);
    let id = format!("{target}/extensions/AzureMonitorLinuxAgent");
    let agent = |text: &str| format!("component = \"azure_monitor_agent\"\nsettings = {{ x = \"{text}\" }}");
    round(
        &scene,
        &Trip {
            target: &target,
            first: &agent("one"),
            then: &agent("two"),
            id: &id,
            put: "PUT AzureMonitorLinuxAgent",
        },
    )
}

#[test]
fn an_arc_cluster() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let (target, workspace) = (arc_cluster(&scene, "generic"), workspace(&scene));
    let id = format!(
        "{target}/providers/Microsoft.KubernetesConfiguration/extensions/microsoft.azuredefender.kubernetes"
    );
    let sensor = |text: &str| {
        format!(
            "component = \"defender_sensor\"\nworkspace_id = \"{workspace}\"\naccept_preview = true\nsettings = {{ x = \"{text}\" }}"
        )
    };
    round(
        &scene,
        &Trip {
            target: &target,
            first: &sensor("one"),
            then: &sensor("two"),
            id: &id,
            put: "PUT microsoft.azuredefender.kubernetes",
        },
    )
}

/// The cluster keeps everything else that it has.
#[test]
fn parts_of_an_aks_cluster() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let properties = json!({"addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": true}},
        "securityProfile": {"imageCleaner": {"enabled": true, "intervalHours": 24}}, "somethingNew": {"a": [1, 2]}});
    let (target, workspace) = (aks(&scene, &properties, &json!({"team": "a"})), workspace(&scene));
    let sensor = format!("component = \"defender_sensor\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&target, &sensor))?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)?;
    let now = scene.azure.resource(&target).unwrap_or_default();
    let profile = &now["properties"]["securityProfile"];
    assert_eq!(profile["defender"]["securityMonitoring"]["enabled"], true);
    assert_eq!(profile["defender"]["logAnalyticsWorkspaceResourceId"], workspace);
    assert_eq!(profile["imageCleaner"]["intervalHours"], 24);
    assert_eq!(now["properties"]["somethingNew"], json!({"a": [1, 2]}));
    assert_eq!(now["tags"], json!({"team": "a"}));
    let other = workspace.replace("/central", "/other");
    let sensor = format!("component = \"defender_sensor\"\nworkspace_id = \"{other}\"");
    scene.workspace.write("main.tf", &extension(&target, &sensor))?;
    scene.workspace.apply()?.require(0)?.require_text("0 added, 1 changed, 0 destroyed")?;
    let now = scene.azure.resource(&target).unwrap_or_default();
    assert_eq!(now["properties"]["securityProfile"]["defender"]["logAnalyticsWorkspaceResourceId"], other);
    settled(&scene)?;
    scene.workspace.run(["state", "rm", "defender_extension.this"])?.require(0)?;
    let id = format!("{target}/securityProfile/defender");
    scene.workspace.import("defender_extension.this", &id)?.require(0)?;
    settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    let now = scene.azure.resource(&target).unwrap_or_default();
    assert_eq!(now["properties"]["securityProfile"]["defender"]["securityMonitoring"]["enabled"], false);

    scene.workspace.write("main.tf", &extension(&target, "component = \"azure_policy_kubernetes\""))?;
    scene.workspace.apply()?.require(0)?;
    let now = scene.azure.resource(&target).unwrap_or_default();
    assert_eq!(now["properties"]["addonProfiles"]["azurepolicy"]["enabled"], true);
    assert_eq!(now["properties"]["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"], true);
    settled(&scene)?;
    scene.workspace.run(["state", "rm", "defender_extension.this"])?.require(0)?;
    let id = format!("{target}/addonProfiles/azurepolicy");
    scene.workspace.import("defender_extension.this", &id)?.require(0)?;
    settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    let now = scene.azure.resource(&target).unwrap_or_default();
    assert_eq!(now["properties"]["addonProfiles"]["azurepolicy"]["enabled"], false);
    Ok(())
}

/// An extension of the same publisher and type under another name is taken over, and goes on when the resource goes.
#[test]
fn what_is_there_under_another_name_is_adopted() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = windows(&scene);
    let id = format!("{target}/extensions/gc");
    let body = json!({"id": id, "name": "gc", "type": "Microsoft.Compute/virtualMachines/extensions", "location": "westeurope",
        "properties": {"publisher": "Microsoft.GuestConfiguration", "type": "ConfigurationforWindows",
            "typeHandlerVersion": "1.1", "autoUpgradeMinorVersion": true, "provisioningState": "Succeeded"}});
    scene.azure.put_resource(&id, body);
    scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(plan, &["= \"adopt\"", &id])?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["name"], "gc");
    settled(&scene)?;
    scene.workspace.destroy()?.require(0)?.require_text("The extension stays")?;
    assert!(scene.azure.resource(&id).is_some());
    Ok(())
}

/// What is imported is known by publisher and type, in any letter case, and is not made anew.
#[test]
fn imports_are_no_replacements() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let id = format!("{target}/extensions/gc");
    let body = json!({"id": id, "name": "gc", "type": "Microsoft.Compute/virtualMachines/extensions", "location": "westeurope",
        "properties": {"publisher": "Microsoft.guestconfiguration", "type": "ConfigurationForLinux",
            "typeHandlerVersion": "1.0", "autoUpgradeMinorVersion": true, "provisioningState": "Succeeded"}});
    scene.azure.put_resource(&id, body);
    for further in [
        "component = \"guest_configuration\"",
        "publisher = \"Microsoft.GuestConfiguration\"\ntype = \"ConfigurationforLinux\"",
    ] {
        scene.workspace.write("main.tf", &extension(&target, further))?;
        scene.workspace.import("defender_extension.this", &id)?.require(0)?;
        let plan = scene.workspace.plan()?;
        assert!(!plan.stdout.contains("must be replaced"), "{}", plan.stdout);
        scene.workspace.apply()?.require(0)?;
        settled(&scene)?;
        scene.workspace.run(["state", "rm", "defender_extension.this"])?.require(0)?;
    }
    let cluster = aks(&scene, &json!({"addonProfiles": {"azurePolicy": {"enabled": true}}}), &json!({}));
    scene.workspace.write("main.tf", &extension(&cluster, "component = \"azure_policy_kubernetes\""))?;
    scene
        .workspace
        .import("defender_extension.this", &format!("{cluster}/addonProfiles/azurePolicy"))?
        .require(0)?;
    settled(&scene)?;
    let output =
        scene.workspace.import("defender_extension.other", &format!("{cluster}/addonProfiles/omsagent"))?;
    assert_ne!(output.code, Some(0));
    Ok(())
}

/// Clusters take texts only, and a bool comes back as one.
#[test]
fn settings_of_a_cluster_are_texts() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = arc_cluster(&scene, "generic");
    scene.workspace.write(
        "main.tf",
        &extension(&target, "component = \"azure_policy_kubernetes\"\nsettings = { a = true, b = 3 }"),
    )?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)
}
