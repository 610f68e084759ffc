//! What the rules say of a machine or cluster, from what Azure tells of it.

use super::{
    aks, arc_cluster, arc_machine, extension, linux, machine, on, settled, windows, workspace, writes,
};
use crate::plans::story::{require_texts, warnings};
use crate::shared::process::Failure;
use serde_json::json;

const TODAY: &str = "2026-11-22";

/// T12 to T14, T30 and the Arm64 nodes: what an AKS cluster must be.
#[test]
fn aks_clusters() -> Result<(), Failure> {
    for (component, properties, tags, code, texts) in [
        (
            "defender_sensor",
            json!({"enableRBAC": false}),
            json!({}),
            1,
            vec!["needs Kubernetes RBAC", "target_id", "rule MDC040"],
        ),
        ("azure_policy_kubernetes", json!({"enableRBAC": false}), json!({}), 2, vec![]),
        ("defender_sensor", json!({"enableRBAC": null}), json!({}), 2, vec![]),
        (
            "defender_sensor",
            json!({}),
            json!({"ms_defender_container_exclude_sensors": "true"}),
            2,
            vec!["A tag keeps the sensor from the cluster", "rule MDC042"],
        ),
        (
            "defender_sensor",
            json!({"currentKubernetesVersion": "1.28.5", "agentPoolProfiles": [{"vmSize": "Standard_D4ps_v5"}]}),
            json!({}),
            1,
            vec!["does not run on these Arm64 nodes", "rule MDC043"],
        ),
    ] {
        let scene = on(TODAY)?;
        let (target, workspace) = (aks(&scene, &properties, &tags), workspace(&scene));
        let workspace = if component == "defender_sensor" {
            format!("workspace_id = \"{workspace}\"")
        } else {
            String::new()
        };
        scene
            .workspace
            .write("main.tf", &extension(&target, &format!("component = \"{component}\"\n{workspace}")))?;
        let output = scene.workspace.plan()?.require(code)?;
        if texts.is_empty() {
            assert_eq!(warnings(&output), 0, "{component} {properties}");
        }
        require_texts(output, &texts)?;
    }
    Ok(())
}

/// T15: any certified distribution should work, and the one is in preview.
#[test]
fn distributions() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let (target, workspace) = (arc_cluster(&scene, "k3s"), workspace(&scene));
    let further = format!("component = \"defender_sensor\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    let output = scene.workspace.plan()?.require(2)?;
    require_texts(output, &["The Kubernetes distribution is not tested", "rule MDC041", "rule MDC060"])?;
    Ok(())
}

/// T16 and T17: desktop editions are refused, servers are not, and multi-session editions are warned of.
#[test]
fn editions_of_windows() -> Result<(), Failure> {
    let desktop = "MicrosoftWindowsDesktop";
    for (image, code, texts) in [
        ((desktop, "windows-11", "win11-23h2-ent"), 1, vec!["Desktop editions of Windows", "rule MDC022"]),
        ((desktop, "Windows-10", "win10-22h2-pro"), 1, vec!["rule MDC022"]),
        ((desktop, "windows-11", "win11-23h2-avd"), 2, vec!["licensed as desktops", "rule MDC025"]),
        ((desktop, "Windows-10", "20h2-evd"), 2, vec!["rule MDC025"]),
        (("MicrosoftWindowsServer", "WindowsServer", "2019-datacenter"), 2, vec![]),
        (("fortinet", "fortigate", "x"), 2, vec!["Appliances are left out", "rule MDC026"]),
    ] {
        let scene = on(TODAY)?;
        let target = machine(&scene, "Windows", image);
        scene.workspace.write("main.tf", &extension(&target, "component = \"defender_for_endpoint\""))?;
        let output = scene.workspace.plan()?.require(code)?;
        if texts.is_empty() {
            assert_eq!(warnings(&output), 0, "{image:?}");
        }
        require_texts(output, &texts)?;
    }
    Ok(())
}

/// T22 and T23: Guest Configuration is part of the Arc agent, and signs in with the machine's identity elsewhere.
#[test]
fn guest_configuration() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = arc_machine(&scene);
    scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
    let output = scene.workspace.plan()?.require(2)?;
    require_texts(output, &["The Azure Connected Machine agent contains it", "= \"skip\""])?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)?;
    assert_eq!(writes(&scene), Vec::<String>::new());
    scene.workspace.destroy()?.require(0)?;
    let target = linux(&scene);
    let mut body = scene.azure.resource(&target).unwrap_or_default();
    body["identity"] = json!(null);
    scene.azure.put_resource(&target, body);
    scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(output, &["The machine has no identity", "rule MDC014"])?;
    Ok(())
}

/// Components that are not known, are not for the target, or are gone.
#[test]
fn components_and_targets() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let (target, workspace) = (windows(&scene), workspace(&scene));
    for (further, texts) in [
        ("component = \"mde\"", vec!["There is no component", "Did you mean \"defender_for_endpoint\""]),
        ("component = \"defender_sensor\"", vec!["does not go on this target", "rule MDC012"]),
        ("component = \"log_analytics_agent\"", vec!["Log Analytics agent is retired", "rule MDC100"]),
        ("", vec!["Set component", "publisher and type"]),
        ("component = \"guest_configuration\"\ntype = \"X\"", vec!["Set either component or type"]),
        ("type = \"X\"", vec!["set publisher as well"]),
        ("type = \"X\"\npublisher = \"Y\"", vec!["The version is missing", "type_handler_version = \"1.0\""]),
        ("component = \"guest_configuration\"\nonboarded_on = \"soon\"", vec!["Not a day"]),
        ("component = \"guest_configuration\"\nsettings = [1]", vec!["settings takes an object"]),
    ] {
        scene.workspace.write("main.tf", &extension(&target, further))?;
        let output = scene.workspace.plan()?.require(1)?;
        require_texts(output, &texts).map_err(Failure::of(further))?;
    }
    let cluster = aks(&scene, &json!({}), &json!({}));
    scene.workspace.write("main.tf", &extension(&cluster, "component = \"defender_sensor\""))?;
    scene.workspace.plan()?.require(1)?.require_text("The component needs a workspace")?;
    for (further, text) in [
        ("component = \"azure_policy_kubernetes\"\nsettings = { a = 1 }", "There are no such settings"),
        ("component = \"azure_policy_kubernetes\"\nname = \"x\"", "The name does not fit"),
        ("type = \"x\"\nautomatic_upgrade_enabled = true", "This is for machines"),
        ("type = \"x\"\ntype_handler_version = \"1.0\"", "The version is not taken"),
        ("type = \"x\"\npublisher = \"y\"", "Extensions of clusters have no publisher"),
    ] {
        scene.workspace.write("main.tf", &extension(&cluster, further))?;
        scene.workspace.plan()?.require(1)?.require_text(text)?;
    }
    let none = target.replace("/web", "/none");
    scene.workspace.write("main.tf", &extension(&none, "component = \"guest_configuration\""))?;
    scene.workspace.plan()?.require(1)?.require_text("The target is not there")?;
    let further = format!("component = \"guest_configuration\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&format!("{target}/disks/x"), &further))?;
    scene.workspace.plan()?.require(1)?.require_text("Not a target of an extension")?;
    Ok(())
}
