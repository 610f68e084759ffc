//! Machines that take no extension now, and extensions that fail: in Azure's words and in the extension's own.

use super::{aks, arc_machine, attributes, extension, linux, on, settled, workspace};
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::json;
use std::time::Duration;

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
    require_texts(
        output,
        &["Cannot modify extensions in the VM when the VM is not running", "Start the machine"],
    )?;
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

/// What waits for a machine that is away ends with the time that the user gives it, and is managed from then on.
#[test]
fn an_arc_machine_that_is_disconnected() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = arc_machine(&scene);
    let state = |status: &str| {
        let mut body = scene.azure.resource(&target).unwrap_or_default();
        body["properties"]["status"] = json!(status);
        scene.azure.put_resource(&target, body);
    };
    state("Disconnected");
    scene.azure.set_operation_retry_after(1);
    let further = "component = \"azure_monitor_agent\"\ntimeouts { create = \"4s\" }";
    scene.workspace.write("main.tf", &extension(&target, further))?;
    scene.workspace.plan()?.require(2)?.require_text("The target does not run")?;
    let output = scene.workspace.apply()?.require(1)?;
    require_texts(output, &["The time ran out", "Azure has not finished the operation", "timeouts"])?;
    assert_eq!(attributes(&scene)?["name"], "AzureMonitorLinuxAgent", "what was begun is managed");
    state("Connected");
    scene.workspace.write("main.tf", &extension(&target, "component = \"azure_monitor_agent\""))?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)
}

/// Fifty machines: nobody looks more often than Azure asks, and of one that is skipped nobody is asked at all.
#[test]
fn fifty_machines() -> Result<(), Failure> {
    let scene = on("2024-08-20")?;
    let id = |number: usize| format!("{}/Microsoft.HybridCompute/machines/m{number:02}", super::group());
    for number in 0..50 {
        scene.azure.put_resource(
            &id(number),
            json!({"id": id(number), "name": format!("m{number:02}"),
            "type": "Microsoft.HybridCompute/machines", "location": "westeurope",
            "properties": {"osType": "linux", "status": "Connected"}}),
        );
    }
    let workspace = workspace(&scene);
    let group = super::group();
    let configuration = format!(
        r#"
resource "defender_extension" "this" {{
  count          = 50
  target_id      = format("{group}/Microsoft.HybridCompute/machines/m%02d", count.index)
  component      = "log_analytics_agent"
  workspace_id   = "{workspace}"
  existing_agent = count.index < 10 ? {{ kind = "direct", workspaces = ["A"] }} : null
}}
"#
    );
    scene.workspace.write("main.tf", &configuration)?;
    scene.workspace.run(["plan", "-out=plan"])?.require(0)?;
    scene.azure.set_operation_time(Duration::from_secs(2));
    scene.azure.set_operation_retry_after(1);
    scene.azure.clear_requests();
    scene.workspace.run(["apply", "plan"])?.require(0)?;
    let requests = scene.azure.requests();
    let polls =
        requests.iter().filter(|one| one.path.to_ascii_lowercase().contains("operationstatus")).count();
    assert!(polls <= 40 * 3, "two seconds, a look a second: {polls}");
    let writes: Vec<_> = requests.iter().filter(|one| one.method == "PUT").collect();
    assert_eq!(writes.len(), 40);
    assert!(writes.iter().all(|one| !(0..10).any(|number| one.path.contains(&format!("/m{number:02}/")))));
    scene.azure.clear_requests();
    scene.workspace.plan()?.require(0)?;
    let of_skipped = |path: &str| (0..10).any(|number| path.contains(&format!("/m{number:02}")));
    assert!(
        scene.azure.requests().iter().all(|one| !of_skipped(&one.path)),
        "of what is skipped nobody is asked"
    );
    Ok(())
}

/// An interrupt while Azure is at it: the state says what has been begun, and the next apply goes on.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_in_the_middle() -> Result<(), Failure> {
    use crate::interruptions::{start_apply, until};
    use rustix::process::{Pid, Signal, kill_process_group};
    let scene = on(TODAY)?;
    let target = arc_machine(&scene);
    scene.workspace.write("main.tf", &extension(&target, "component = \"azure_monitor_agent\""))?;
    scene.azure.set_operation_time(Duration::from_hours(1));
    scene.azure.set_operation_retry_after(1);
    let mut terraform = start_apply(&scene)?;
    until("Azure is at it", || scene.azure.requests().iter().any(|one| one.method == "PUT"))?;
    let group = Pid::from_child(&terraform);
    kill_process_group(group, Signal::INT).map_err(Failure::of("interrupt Terraform"))?;
    let status = terraform.wait().map_err(Failure::of("wait for Terraform"))?;
    assert!(!status.success());
    assert_eq!(attributes(&scene)?["name"], "AzureMonitorLinuxAgent", "what was begun is managed");
    scene.azure.set_operation_time(Duration::ZERO);
    scene.workspace.apply()?.require(0)?;
    settled(&scene)
}

/// A write that was refused is tried again: the state says what was before.
#[test]
fn a_change_that_is_refused_comes_again() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let further = |version: &str| {
        format!(
            "publisher = \"P\"\ntype = \"T\"\ntype_handler_version = \"1.0\"\nprotected_settings = {{ a = \"b\" }}\nprotected_settings_version = \"{version}\""
        )
    };
    scene.workspace.write("main.tf", &extension(&target, &further("1")))?;
    scene.workspace.apply()?.require(0)?;
    scene.azure.add_fault(Fault {
        method: Some("PUT".into()),
        path: Some("/extensions/".into()),
        status: Some(403),
        body: Some(json!({"error": {"code": "AuthorizationFailed", "message": "no"}})),
        ..Fault::default()
    });
    scene.workspace.write("main.tf", &extension(&target, &further("2")))?;
    scene.workspace.apply()?.require(1)?;
    scene.workspace.plan()?.require(2)?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)
}

/// An extension that was there before stays there, also where taking it over has failed.
#[test]
fn an_adoption_that_fails() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let id = format!("{target}/extensions/gc");
    let body = json!({"id": id, "name": "gc", "type": "Microsoft.Compute/virtualMachines/extensions", "location": "westeurope",
        "tags": {"owner": "them"}, "properties": {"publisher": "Microsoft.GuestConfiguration", "type": "ConfigurationforLinux",
            "typeHandlerVersion": "1.0", "provisionAfterExtensions": ["x"], "provisioningState": "Succeeded", "settings": {"theirs": 1}}});
    scene.azure.put_resource(&id, body);
    let fault = format!("{target}/providers/Emulator.Faults/extensions");
    scene.azure.put_resource(&fault, json!({"value": [{"message": "No."}]}));
    scene.workspace.write(
        "main.tf",
        &extension(&target, "component = \"guest_configuration\"\nsettings = { ours = 2 }"),
    )?;
    scene.workspace.apply()?.require(1)?;
    scene.azure.delete_resource(&fault);
    scene.workspace.apply()?.require(0)?;
    settled(&scene)?;
    let now = scene.azure.resource(&id).unwrap_or_default();
    assert_eq!(now["properties"]["settings"], json!({"theirs": 1, "ours": 2}));
    assert_eq!(
        (&now["tags"], &now["properties"]["provisionAfterExtensions"]),
        (&json!({"owner": "them"}), &json!(["x"]))
    );
    scene.workspace.destroy()?.require(0)?;
    assert!(scene.azure.resource(&id).is_some());
    Ok(())
}

/// Azure goes on with a cluster that nobody waits for any more; it is ours all the same.
#[test]
fn a_cluster_that_takes_too_long() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = aks(&scene, &json!({}), &json!({}));
    scene.azure.set_operation_time(Duration::from_hours(1));
    scene.azure.set_operation_retry_after(1);
    let policy = "component = \"azure_policy_kubernetes\"";
    scene
        .workspace
        .write("main.tf", &extension(&target, &format!("{policy}\ntimeouts {{ create = \"3s\" }}")))?;
    scene.workspace.apply()?.require(1)?.require_text("The time ran out")?;
    assert!(attributes(&scene)?["id"].is_string());
    scene.azure.set_operation_time(Duration::ZERO);
    scene.workspace.write("main.tf", &extension(&target, policy))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.destroy()?.require(0)?;
    let now = scene.azure.resource(&target).unwrap_or_default();
    assert_eq!(now["properties"]["addonProfiles"]["azurepolicy"]["enabled"], false);
    Ok(())
}

/// One that is only replaced is one resource, however often it is planned; what it was taken over from is not forgotten.
#[test]
fn a_second_resource_for_an_extension_that_is_managed() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let configuration = extension(&target, "component = \"guest_configuration\"");
    scene.workspace.write("main.tf", &configuration)?;
    scene.workspace.apply()?.require(0)?;
    let other =
        extension(&target, "component = \"guest_configuration\"\ndepends_on = [defender_extension.this]");
    scene.workspace.write("other.tf", &other.replace("\"this\"", "\"other\""))?;
    scene.workspace.plan()?.require(1)?.require_text("Two resources for one thing")?;
    scene.workspace.write("other.tf", "")?;
    scene.workspace.run(["apply", "-auto-approve", "-replace=defender_extension.this"])?.require(0)?;
    settled(&scene)?;
    scene.workspace.run(["taint", "defender_extension.this"])?.require(0)?;
    scene.workspace.apply()?.require(0)?.require_text("1 added, 0 changed, 1 destroyed")?;
    settled(&scene)
}
