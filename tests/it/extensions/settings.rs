//! Settings, seen and unseen, versions, and what changes behind Terraform's back.

use super::{arc_machine, attributes, extension, linux, on, settled, windows, writes};
use crate::shared::process::Failure;
use serde_json::json;
use std::fs;

const TODAY: &str = "2026-11-22";
const SECRET: &str = "sEcReT-0123456789";

fn script(further: &str) -> String {
    format!("publisher = \"Microsoft.Azure.Extensions\"\ntype = \"CustomScript\"\n{further}")
}

#[test]
fn protected_settings_are_nowhere_but_in_the_write() -> Result<(), Failure> {
    let mut scene = on(TODAY)?;
    let target = arc_machine(&scene);
    scene.workspace.set("TF_LOG", "trace");
    let log = scene.workspace.path().join("terraform.log");
    scene.workspace.set("TF_LOG_PATH", &log);
    let protected = |version: &str| {
        script(&format!(
            "protected_settings = {{ commandToExecute = \"echo {SECRET}\" }}\nprotected_settings_version = \"{version}\""
        ))
    };
    scene.workspace.write("main.tf", &extension(&target, &protected("1")))?;
    let applied = scene.workspace.apply()?.require(0)?;
    assert!(!applied.stdout.contains(SECRET) && !applied.stderr.contains(SECRET));
    settled(&scene)?;
    let sent = json!({"commandToExecute": format!("echo {SECRET}")});
    assert!(scene.azure.got_protected_settings(&format!("{target}/extensions/CustomScript"), &sent));
    writes(&scene);
    scene.workspace.write("main.tf", &extension(&target, &protected("2")))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(writes(&scene), ["PUT CustomScript"], "a change of the version sends them again");
    for file in ["terraform.tfstate", "terraform.log"] {
        let text = fs::read(scene.workspace.path().join(file)).map_err(Failure::of(file))?;
        let text = String::from_utf8_lossy(&text);
        let ours = text.lines().filter(|line| {
            line.contains("provider.terraform-provider-defender") || file.ends_with("tfstate")
        });
        assert!(ours.into_iter().all(|line| !line.contains(SECRET)), "{file} has the secret");
    }
    Ok(())
}

/// Defender for Endpoint is onboarded with what Azure hands out, which nobody sees.
#[test]
fn what_onboards_machines_is_read_and_not_shown() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = windows(&scene);
    scene.workspace.write("main.tf", &extension(&target, "component = \"defender_for_endpoint\""))?;
    scene.workspace.apply()?.require(0)?;
    let reads = scene.azure.requests().iter().filter(|one| one.path.contains("/mdeOnboardings/")).count();
    assert_eq!(reads, 1);
    let state = attributes(&scene)?;
    let settings: serde_json::Value =
        serde_json::from_str(state["all_settings"].as_str().unwrap_or_default()).unwrap_or_default();
    assert_eq!(settings, json!({"azureResourceId": target, "vNextEnabled": "true"}));
    settled(&scene)
}

#[test]
fn a_version_counts_only_where_it_is_pinned() -> Result<(), Failure> {
    for (pin, code) in [("", 0), ("type_handler_version = \"2.0\"", 2)] {
        let scene = on(TODAY)?;
        let target = linux(&scene);
        scene.workspace.write("main.tf", &extension(&target, &script(pin)))?;
        if pin.is_empty() {
            scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
        }
        scene.workspace.apply()?.require(0)?;
        let id = attributes(&scene)?["id"].as_str().unwrap_or_default().to_owned();
        let mut body = scene.azure.resource(&id).unwrap_or_default();
        body["properties"]["typeHandlerVersion"] = json!("2.9");
        scene.azure.put_resource(&id, body);
        scene.workspace.plan()?.require(code)?;
    }
    Ok(())
}

#[test]
fn what_somebody_changed_comes_back() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let further = script("type_handler_version = \"2.1\"\nsettings = { a = { b = [1, true] } }");
    scene.workspace.write("main.tf", &extension(&target, &further))?;
    scene.workspace.apply()?.require(0)?;
    let id = attributes(&scene)?["id"].as_str().unwrap_or_default().to_owned();
    let change = |path: &str, value: serde_json::Value| {
        let mut body = scene.azure.resource(&id).unwrap_or_default();
        body["properties"][path] = value;
        scene.azure.put_resource(&id, body);
    };
    change("settings", json!({"a": {"b": [1, false]}}));
    scene.workspace.plan()?.require(2)?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)?;
    let body = scene.azure.resource(&id).unwrap_or_default();
    assert_eq!(body["properties"]["settings"], json!({"a": {"b": [1, true]}}));
    change("autoUpgradeMinorVersion", json!(false));
    scene.workspace.plan()?.require(2)?;
    scene.workspace.apply()?.require(0)?;
    settled(&scene)?;
    scene.azure.delete_resource(&id);
    scene.workspace.plan()?.require(2)?.require_text("1 to add")?;
    Ok(())
}
