//! Machines that take no extension now, and extensions that fail: in Azure's words and in the extension's own.

use super::{aks, arc_machine, attributes, extension, linux, on, settled, workspace};
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::json;

const TODAY: &str = "2026-11-22";

#[test]
fn a_machine_that_is_stopped() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let mut body = scene.azure.resource(&target).unwrap_or_default();
    body["properties"]["instanceView"] = json!({"statuses": [{"code": "PowerState/deallocated"}]});
    scene.azure.put_resource(&target, body);
    scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(plan, &["Warning: The target does not run", "deallocated"])?;
    let output = scene.workspace.apply()?.require(1)?;
    require_texts(output, &["Cannot modify extensions in the VM when the VM is not running"])?;
    assert!(attributes(&scene)?.is_null(), "nothing was made");
    Ok(())
}

/// What the machine's own handler says is in the error, and the extension stays managed.
#[test]
fn a_handler_that_fails() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let fault = format!("{target}/providers/Emulator.Faults/extensions");
    let failure = json!({"publisher": "Microsoft.GuestConfiguration", "code": "VMExtensionProvisioningError",
        "message": "The handler could not reach its service."});
    scene.azure.put_resource(&fault, json!({"value": [failure]}));
    scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
    let output = scene.workspace.apply()?.require(1)?;
    require_texts(
        output,
        &["The handler could not reach its service", "Deploying the extension AzurePolicyforLinux"],
    )?;
    assert_eq!(attributes(&scene)?["name"], "AzurePolicyforLinux", "what is there is managed");
    scene.azure.delete_resource(&fault);
    scene.workspace.apply()?.require(0)?;
    settled(&scene)
}

/// Somebody else changes the cluster between our read and our write.
#[test]
fn a_cluster_that_changes_meanwhile() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let (target, workspace) = (aks(&scene, &json!({}), &json!({})), workspace(&scene));
    scene.azure.add_fault(Fault {
        method: Some("PUT".into()),
        path: Some("/managedClusters/prod".into()),
        status: Some(412),
        body: Some(json!({"error": {"code": "PreconditionFailed", "message": "The Etag does not match."}})),
        ..Fault::default()
    });
    let further = format!("component = \"defender_sensor\"\nworkspace_id = \"{workspace}\"");
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    scene.workspace.apply()?.require(0)?;
    let puts: Vec<_> = scene.azure.requests().into_iter().filter(|one| one.method == "PUT").collect();
    assert_eq!(puts.len(), 2, "the cluster is read again, and written again");
    let sent = puts.iter().all(|one| one.headers.keys().any(|name| name.eq_ignore_ascii_case("if-match")));
    assert!(sent, "{puts:?}");
    settled(&scene)
}

/// Azure takes one operation of a type at a time; that is waited for.
#[test]
fn an_arc_machine_that_is_busy() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = arc_machine(&scene);
    let body = json!({"error": {"code": "HCRP409",
        "message": "An extension of type AzureMonitorLinuxAgent is still processing. Only one instance of an extension may be in progress at a time for the same resource."}});
    scene.azure.add_fault(Fault {
        method: Some("PUT".into()),
        path: Some("/extensions/".into()),
        status: Some(409),
        body: Some(body),
        times: 2,
        ..Fault::default()
    });
    scene.workspace.write("main.tf", &extension(&target, "component = \"azure_monitor_agent\""))?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)
}
