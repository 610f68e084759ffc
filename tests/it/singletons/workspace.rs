//! `defender_workspace`.

use super::{Begun, comes_and_goes, flat, id, one, scene, settle};
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::{Value, json};
use std::time::Duration;

const TYPE: &str = "defender_workspace";

fn workspace(name: &str) -> (String, Value) {
    let id = format!(
        "{SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/{name}"
    );
    let document = json!({"id": id, "name": name, "location": "westeurope",
        "properties": {"customerId": "0c0ffee0-0000-4000-8000-000000000001"}});
    (id, document)
}

/// What is written of a workspace.
pub(super) fn body(name: &str) -> String {
    format!("workspace_id = \"{}\"", workspace(name).0)
}

fn setting(name: &str) -> (String, Value) {
    let id = id("workspaceSettings/default");
    let document = json!({"id": id, "name": "default", "type": "Microsoft.Security/workspaceSettings",
        "properties": {"workspaceId": workspace(name).0, "scope": SUBSCRIPTION}});
    (id, document)
}

/// A subscription with two workspaces, one of which may be set.
fn begun(set: Option<&str>, body: &str) -> Result<Scene, Failure> {
    let (there, _) = there(set);
    let there: Vec<(&str, Value)> = there.iter().map(|(id, body)| (id.as_str(), body.clone())).collect();
    scene(&there, &one(TYPE, body))
}

/// The two workspaces, one of which may be set, and the id of the setting.
pub(super) fn there(set: Option<&str>) -> (Begun, String) {
    let there = ["old", "new"].map(workspace).into_iter().chain(set.map(setting));
    (there.collect(), id("workspaceSettings/default"))
}

fn set_to(scene: &Scene) -> Option<String> {
    let setting = scene.azure.resource(&id("workspaceSettings/default"))?;
    setting["properties"]["workspaceId"].as_str()?.rsplit('/').next().map(str::to_owned)
}

#[test]
fn it_comes_and_goes() -> Result<(), Failure> {
    for (name, set) in [("absent", None), ("present", Some("old"))] {
        let scene = begun(set, &body("new"))?;
        let asked = comes_and_goes(&scene, &id("workspaceSettings/default"))?;
        insta::assert_snapshot!(
            format!("workspace_was_{name}"),
            asked.map(|lines| lines.join("\n")).join("\n\n")
        );
    }
    Ok(())
}

#[test]
fn it_changes_in_place_and_its_agent_is_said_to_be_retired() -> Result<(), Failure> {
    let scene = begun(None, &body("old"))?;
    settle(&scene)?;
    scene.workspace.write("main.tf", &one(TYPE, &body("NEW").replace("logs", "LOGS")))?;
    let plan = scene.workspace.plan()?.require(2)?.require_text("0 to add, 1 to change, 0 to destroy")?;
    insta::assert_snapshot!("workspace_warning", said(&flat(&plan)));
    settle(&scene)?;
    assert_eq!(set_to(&scene).map(|name| name.to_lowercase()), Some("new".to_owned()));
    Ok(())
}

/// The provider's own warning.
fn said(text: &str) -> String {
    let warning = text.split("Warning: ").find(|part| part.starts_with("The agent")).unwrap_or_default();
    warning.split("prepare-deprecation").next().unwrap_or_default().to_owned()
}

#[test]
fn what_azure_does_not_show_yet_is_waited_for() -> Result<(), Failure> {
    let scene = begun(None, &body("new"))?;
    scene.azure.set_consistency_delay(Duration::from_mins(1));
    let looks =
        || scene.azure.requests().iter().filter(|one| one.path.contains("/workspaceSettings/")).count();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            // What is there, the write, and at least one look after it.
            while looks() < 3 {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            scene.azure.advance(Duration::from_mins(1));
        });
        scene.workspace.apply()?.require(0)
    })?;
    scene.workspace.plan()?.require(0).map(drop)
}

/// <https://github.com/Azure/azure-rest-api-specs/issues/21287>
#[test]
fn a_write_that_fails_and_took_effect_is_no_failure() -> Result<(), Failure> {
    let scene = begun(None, &body("new"))?;
    let refusal = json!({"error": {"code": "BadRequest", "message": "no"}});
    let put = || Fault {
        method: Some("PUT".to_owned()),
        path: Some("workspaceSettings".to_owned()),
        ..Fault::default()
    };
    scene.azure.add_fault(Fault { status: Some(400), body: Some(refusal.clone()), apply: true, ..put() });
    settle(&scene)?;
    assert_eq!(set_to(&scene).as_deref(), Some("new"));
    scene.workspace.write("main.tf", &one(TYPE, &body("old")))?;
    scene.azure.add_fault(Fault { status: Some(400), body: Some(refusal), ..put() });
    let refused = scene.workspace.apply()?.require(1)?;
    assert!(flat(&refused).contains("BadRequest: no"), "{}", flat(&refused));
    Ok(())
}

#[test]
fn destroying_leaves_what_is_asked_for() -> Result<(), Failure> {
    for (on_destroy, left) in [("keep", Some("new")), ("delete", None), ("restore", Some("old"))] {
        let scene = begun(Some("old"), &format!("{}\non_destroy = \"{on_destroy}\"", body("new")))?;
        settle(&scene)?;
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(set_to(&scene).as_deref(), left, "{on_destroy}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_meant_is_refused() -> Result<(), Failure> {
    for (name, body) in [
        ("gone", body("nowhere")),
        ("type", format!("workspace_id = \"{SUBSCRIPTION}/resourceGroups/logs\"")),
        ("id", "workspace_id = \"central\"".to_owned()),
    ] {
        let scene = begun(None, &body)?;
        let refused = scene.workspace.plan()?.require(1)?;
        let text = flat(&refused);
        insta::assert_snapshot!(
            format!("workspace_refused_{name}"),
            text.split("request id").next().unwrap_or_default()
        );
    }
    Ok(())
}

/// Azure takes no setting without a workspace, and what it does not show yet is not known: nothing is put back, and that
/// is said.
#[test]
fn a_workspace_that_azure_does_not_show_is_not_known() -> Result<(), Failure> {
    let scene = begun(None, &body("new"))?;
    let (id, mut unnamed) = setting("old");
    unnamed["properties"] = json!({"scope": SUBSCRIPTION});
    scene.azure.put_resource(&id, unnamed);
    settle(&scene)?;
    let destroyed = scene.workspace.destroy()?.require(0)?;
    assert!(flat(&destroyed).contains("or Azure did not show it"), "{}", flat(&destroyed));
    assert_eq!(set_to(&scene).as_deref(), Some("new"), "nothing that may have been there is lost");
    Ok(())
}
