//! Bad input, and an Azure that refuses: each with an error that says what to do, and nothing left unmanaged.

use super::{attributes, component, on};
use crate::assignments::{objects, require_settled};
use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::plans::story::require_texts;
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::json;

#[test]
fn mistakes_are_told_where_they_stand() -> Result<(), Failure> {
    let sensor = |further: &str| component("defender_sensor", further);
    for (configuration, texts) in [
        (component("defender_sensr", ""), vec!["component", "Did you mean \"defender_sensor\"?"]),
        (
            sensor("targets = [\"storage_account\"]"),
            vec!["targets", "Components go on compute resources only"],
        ),
        (sensor("targets = []"), vec!["targets", "Leave targets out"]),
        (sensor("targets = [null]"), vec!["targets", "compact()"]),
        (sensor("scope = \"/subscriptions/x\""), vec!["scope", "managementGroups/NAME"]),
        (
            sensor(&format!("scope = \"{SUBSCRIPTION}/resourceGroups/rg\"")),
            vec!["neither a subscription nor a management group"],
        ),
        (
            sensor("workspace_id = \"0c0ffee0-0000-4000-8000-000000000001\""),
            vec!["Not the id of a workspace"],
        ),
        (sensor("parameters = [1]"), vec!["parameters takes an object"]),
        (sensor("identity = { type = \"UserAssigned\" }"), vec!["exactly one user-assigned identity"]),
        (sensor("identity = {}"), vec!["The identity needs a location"]),
        (
            sensor(
                "scope = \"/providers/Microsoft.Management/managementGroups/m\"\nremediation = { mode = \"ReEvaluateCompliance\" }",
            ),
            vec!["Azure does not look again at a management group"],
        ),
        (sensor("on_unavailable = \"ignore\""), vec!["on_unavailable", "\"fail\", \"skip\""]),
    ] {
        let scene = Scene::new(&configuration)?;
        let output = scene.workspace.run(["validate"])?.require(1)?;
        require_texts(output, &texts)?;
        assert_eq!(scene.take_requests(), Vec::<String>::new(), "checks ask nobody");
    }
    Ok(())
}

#[test]
fn the_definition_has_the_last_word_on_parameters() -> Result<(), Failure> {
    let sensor = |further: &str| component("defender_sensor", further);
    for (configuration, texts) in [
        (sensor(""), vec!["The identity needs a location", "location = \"westeurope\""]),
        (
            sensor("location = \"westeurope\"\nparameters = { efect = \"Disabled\" }"),
            vec!["None of the policies that deploy this has a parameter efect", "There are: effect"],
        ),
        (
            sensor("location = \"westeurope\"\nparameters = { effect = \"Audit\" }"),
            vec!["takes one of \"DeployIfNotExists\", \"Disabled\""],
        ),
        (
            component("defender_for_endpoint", "parameters = { effect = \"Disabled\" }"),
            vec!["Nothing is deployed by a policy here"],
        ),
        (
            component(
                "defender_for_endpoint",
                "scope = \"/providers/Microsoft.Management/managementGroups/m\"",
            ),
            vec!["Settings are for subscriptions", "for_each"],
        ),
    ] {
        let scene = Scene::new(&configuration)?;
        let output = scene.workspace.plan()?.require(1)?;
        require_texts(output, &texts)?;
    }
    Ok(())
}

/// A parameter that is added later is held against the definitions as well.
#[test]
fn parameters_go_to_those_that_have_them() -> Result<(), Failure> {
    let sensor =
        |further: &str| component("defender_sensor", &format!("location = \"westeurope\"\n{further}"));
    let scene = on("2026-11-22", &sensor("targets = [\"aks_cluster\"]"))?;
    scene.workspace.apply()?.require(0)?;
    scene
        .workspace
        .write("main.tf", &sensor("targets = [\"aks_cluster\"]\nparameters = { efect = \"Disabled\" }"))?;
    scene.workspace.plan()?.require(1)?.require_text("has a parameter efect")?;
    scene
        .workspace
        .write("main.tf", &sensor("targets = [\"aks_cluster\"]\nparameters = { effect = \"Disabled\" }"))?;
    scene.workspace.apply()?.require(0)?;
    let id = objects(&scene, "/policyAssignments/").concat();
    let made = scene.azure.resource(&id).unwrap_or_default();
    assert_eq!(made["properties"]["parameters"], json!({"effect": {"value": "Disabled"}}));
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor("targets = [\"aks_cluster\"]"))?;
    scene.workspace.apply()?.require(0)?;
    let made = scene.azure.resource(&id).unwrap_or_default();
    assert!(made["properties"]["parameters"]["effect"].is_null(), "{made:#}");
    require_settled(&scene)
}

#[test]
fn a_definition_that_the_cloud_does_not_have() -> Result<(), Failure> {
    let scene = Scene::new(&component("defender_sensor", "location = \"westeurope\""))?;
    let body = json!({"error": {"code": "PolicyDefinitionNotFound", "message": "The policy definition could not be found."}});
    scene.azure.add_fault(Fault {
        path: Some("/policyDefinitions/".into()),
        status: Some(404),
        body: Some(body),
        times: 0,
        ..Fault::default()
    });
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(
        output,
        &["There is no such policy definition", "Not every cloud has every built-in definition", "component"],
    )
    .map(drop)
}

#[test]
fn a_workspace_that_is_not_there() -> Result<(), Failure> {
    let id =
        format!("{SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/none");
    let further = format!("location = \"westeurope\"\nworkspace_id = \"{id}\"");
    let scene = on("2026-11-22", &component("azure_monitor_agent", &further))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(output, &["Error: The workspace is not there", "workspace_id", "Its region and its GUID"])
        .map(drop)
}

#[test]
fn a_scope_that_is_not_there() -> Result<(), Failure> {
    let further =
        "scope = \"/subscriptions/00000000-0000-0000-0000-00000000dead\"\nlocation = \"westeurope\"";
    let scene = Scene::new(&component("defender_sensor", further))?;
    let output = scene.workspace.apply()?.require(1)?;
    require_texts(output, &["SubscriptionNotFound", "00000000-0000-0000-0000-00000000dead", "Check the id"])
        .map(drop)
}

/// Who may assign policies and not roles is warned, gets an error, and can go on when that is mended.
#[test]
fn a_caller_without_role_rights() -> Result<(), Failure> {
    let scene =
        Scene::new(&component("defender_sensor", "targets = [\"aks_cluster\"]\nlocation = \"westeurope\""))?;
    let permissions = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions");
    let not = ["Microsoft.Authorization/roleAssignments/write"];
    scene.azure.put_resource(&permissions, json!({"value": [{"actions": ["*"], "notActions": not}]}));
    let plan = scene.workspace.plan()?.require(2)?;
    require_texts(
        plan,
        &[
            "Warning: A permission seems to be missing",
            "Microsoft.Authorization/roleAssignments/write",
            "rule MDC070",
        ],
    )?;
    let output = scene.workspace.apply()?.require(1)?;
    require_texts(output, &["permission is missing", "Granting a role", "Owner"])?;
    let state = attributes(&scene)?;
    assert_eq!(state["assignments"].as_array().map(Vec::len), Some(1), "what was made is managed: {state:#}");
    assert_eq!(state["assignments"][0]["role_assignments"], json!({}));
    scene.azure.delete_resource(&permissions);
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());
    Ok(())
}

#[test]
fn one_thing_belongs_to_one_resource() -> Result<(), Failure> {
    let one = |name: &str, kind: &str, body: &str| {
        format!("resource \"{kind}\" \"{name}\" {{\n{body}\nlocation = \"westeurope\"\n}}\n")
    };
    let sensor = |name| one(name, "defender_autoprovisioning", "component = \"defender_sensor\"");
    let definition = "policy_definition_id = \"/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5\"";
    for other in [sensor("b"), one("b", "defender_policy_assignment", definition)] {
        let scene = Scene::new(&format!("{}{other}", sensor("a")))?;
        scene.configure(NO_PREFLIGHT)?;
        let output = scene.workspace.plan()?.require(1)?;
        output.require_text("Two resources for one thing")?;
    }
    Ok(())
}
