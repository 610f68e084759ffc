//! `data.defender_machine` and `data.defender_machines`: what is there, what could be, and what cannot.

use super::{aks, arc_cluster, arc_machine, group, linux, machine, on};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use serde_json::{Value, json};

const TODAY: &str = "2026-11-22";

fn output(scene: &crate::harness::Scene, configuration: &str) -> Result<Value, Failure> {
    scene.workspace.write("main.tf", configuration)?;
    scene.workspace.apply()?.require(0)?;
    let output = scene.workspace.run(["output", "-json", "it"])?.require(0)?;
    serde_json::from_str(&output.stdout).map_err(Failure::of("read the output"))
}

fn one(target: &str) -> String {
    format!(
        "data \"defender_machine\" \"it\" {{\n  target_id = \"{target}\"\n}}\noutput \"it\" {{\n  value = data.defender_machine.it\n}}\n"
    )
}

/// An extension that is there, in a state.
fn installed(scene: &crate::harness::Scene, target: &str, kind: &str, state: &str) {
    let id = format!("{target}/extensions/{kind}");
    let body = json!({"id": id, "name": kind, "type": "Microsoft.Compute/virtualMachines/extensions", "location": "westeurope",
        "properties": {"publisher": "Microsoft.Azure.AzureDefenderForServers", "type": kind, "typeHandlerVersion": "1.0",
            "provisioningState": state}});
    scene.azure.put_resource(&id, body);
}

#[test]
fn a_machine_and_what_is_on_it() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    installed(&scene, &target, "MDE.Linux", "Succeeded");
    let it = output(&scene, &one(&target))?;
    assert_eq!(
        (&it["target"], &it["os"], &it["state"]),
        (&json!("azure_vm"), &json!("linux"), &json!("running"))
    );
    assert_eq!(it["extensions"][0]["type"], "MDE.Linux");
    let coverage = &it["coverage"];
    assert_eq!(coverage["defender_for_endpoint"]["state"], "covered");
    assert_eq!(coverage["guest_configuration"]["state"], "not_covered");
    assert_eq!(coverage["log_analytics_agent"]["state"], "unsupported");
    assert_eq!(coverage["log_analytics_agent"]["rule"], "MDC100");
    installed(&scene, &target, "MDE.Linux", "Failed");
    assert_eq!(output(&scene, &one(&target))?["coverage"]["defender_for_endpoint"]["state"], "failed");
    let desktop = machine(&scene, "Windows", ("MicrosoftWindowsDesktop", "windows-11", "win11-23h2-ent"));
    let it = output(&scene, &one(&desktop))?;
    assert_eq!(it["coverage"]["defender_for_endpoint"]["rule"], "MDC022");
    let none = target.replace("/web", "/none");
    scene.workspace.write("main.tf", &one(&none))?;
    scene.workspace.plan()?.require(1)?.require_text("The machine or cluster is not there")?;
    Ok(())
}

#[test]
fn clusters() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let profile = json!({"defender": {"logAnalyticsWorkspaceResourceId": "/w", "securityMonitoring": {"enabled": true}}});
    let target = aks(&scene, &json!({"securityProfile": profile}), &json!({}));
    let it = output(&scene, &one(&target))?;
    assert_eq!(it["coverage"]["defender_sensor"]["state"], "covered");
    assert_eq!(it["coverage"]["azure_policy_kubernetes"]["state"], "not_covered");
    assert_eq!(it["reports_to"], json!(["/w"]));
    let target = aks(&scene, &json!({"enableRBAC": false}), &json!({}));
    assert_eq!(output(&scene, &one(&target))?["coverage"]["defender_sensor"]["rule"], "MDC040");
    Ok(())
}

/// A fleet is asked for in pages, whatever its number.
#[test]
fn a_scope_and_all_that_is_in_it() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    installed(&scene, &target, "MDE.Linux", "Succeeded");
    arc_machine(&scene);
    arc_cluster(&scene, "generic");
    aks(&scene, &json!({}), &json!({}));
    for number in 0..1200 {
        let id = format!(
            "{SUBSCRIPTION}/resourceGroups/many/providers/Microsoft.HybridCompute/machines/m{number:04}"
        );
        scene.azure.put_resource(
            &id,
            json!({"id": id, "name": format!("m{number:04}"), "type": "Microsoft.HybridCompute/machines",
            "location": "westeurope", "properties": {"osType": "windows", "status": "Connected"}}),
        );
    }
    let all = |scope: &str| {
        format!(
            "data \"defender_machines\" \"it\" {{\n{scope}\n}}\noutput \"it\" {{\n  value = [for one in data.defender_machines.it.machines : {{ id = one.id, target = one.target, mde = try(one.coverage[\"defender_for_endpoint\"].state, null), state = one.state }}]\n}}\n"
        )
    };
    let listed = output(&scene, &all(""))?;
    assert_eq!(listed.as_array().map(Vec::len), Some(1204));
    let pages =
        scene.azure.requests().iter().filter(|one| one.path.contains("/Microsoft.ResourceGraph/")).count();
    assert!(pages <= 8, "pages of a thousand, twice: {pages}");
    let web = listed
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["id"].as_str().is_some_and(|id| id.ends_with("/web")));
    assert_eq!(web, Some(&json!({"id": target, "target": "azure_vm", "mde": "covered", "state": "running"})));
    let scope = format!("scope = \"{SUBSCRIPTION}/resourceGroups/app\"");
    let listed = output(&scene, &all(&scope))?;
    assert_eq!(listed.as_array().map(Vec::len), Some(4), "{}", group());
    scene.workspace.write("main.tf", &all(&format!("scope = \"{target}\"")))?;
    scene.workspace.plan()?.require(1)?.require_text("is a single resource")?;
    Ok(())
}
