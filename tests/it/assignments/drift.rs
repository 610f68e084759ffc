//! What changes behind Terraform's back, and what changes in front of it.

use super::{SENSOR, SENSOR_ROLES, assignment, objects, requests, require_settled, sensor};
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::state::instance;
use arm_emulator::Fault;
use serde_json::{Value, json};
use std::time::Duration;

/// A role that has nothing to do with the sensor.
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn attributes(scene: &Scene) -> Result<Value, Failure> {
    Ok(instance(scene, "defender_policy_assignment.this")?.unwrap_or_default()["attributes"].clone())
}

#[test]
fn a_role_that_was_taken_away_comes_back() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    let granted = attributes(&scene)?["role_assignments"].clone();
    let id = granted[SENSOR_ROLES[0]].as_str().unwrap_or_default().to_owned();
    scene.azure.delete_resource(&id);
    scene.workspace.plan()?.require(2)?.require_text(SENSOR_ROLES[0])?;
    requests(&scene);
    scene.workspace.apply()?.require(0)?;
    let writes: Vec<_> = requests(&scene).into_iter().filter(|line| line.starts_with("PUT")).collect();
    assert_eq!(writes, ["PUT roleAssignments 201"], "only what was missing is written");
    assert_eq!(attributes(&scene)?["role_assignments"], granted, "under the same name");
    require_settled(&scene)
}

#[test]
fn an_assignment_that_is_gone_is_made_again() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.workspace.apply()?.require(0)?;
    let principal = attributes(&scene)?["principal_id"].clone();
    scene.azure.delete_resource(&assignment());
    scene.workspace.plan()?.require(2)?.require_text("1 to add")?;
    scene.workspace.apply()?.require(0)?;
    assert_ne!(attributes(&scene)?["principal_id"], principal, "the new one has a new identity");
    require_settled(&scene)
}

#[test]
fn a_remediation_runs_again_when_its_inputs_change_and_only_then() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.workspace.apply()?.require(0)?;
    let first = attributes(&scene)?["remediations"][0]["id"].clone();
    for (further, again) in [
        ("description = \"x\"\nremediation = {}", false),
        ("description = \"x\"\nremediation = { wait = false }", false),
        ("parameters = { effect = \"DeployIfNotExists\" }\nremediation = {}", true),
        ("parameters = { effect = \"DeployIfNotExists\" }\nremediation = { resource_count = 5 }", true),
    ] {
        let before = attributes(&scene)?["remediations"][0]["id"].clone();
        scene.workspace.write("main.tf", &sensor(further))?;
        scene.workspace.apply()?.require(0)?;
        let after = attributes(&scene)?["remediations"][0]["id"].clone();
        assert_eq!(before != after, again, "{further}");
        require_settled(&scene)?;
        assert_eq!(objects(&scene, "/remediations/").len(), 1, "the one before is removed: {further}");
    }
    assert_ne!(first, attributes(&scene)?["remediations"][0]["id"]);
    scene.workspace.write("main.tf", &sensor("remediation = { enabled = false }"))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/remediations/"), Vec::<String>::new());
    require_settled(&scene)
}

#[test]
fn roles_of_the_users_own_choice() -> Result<(), Failure> {
    let role = |guid: &str| {
        format!("role_definition_ids = [\"/providers/Microsoft.Authorization/roleDefinitions/{guid}\"]")
    };
    let scene = Scene::new(&sensor(&role(SENSOR_ROLES[1])))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 1);
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor("role_definition_ids = []"))?;
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("lacks roles")?;
    assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(
        objects(&scene, "/roleAssignments/").len(),
        2,
        "the definition's roles, when none are written"
    );
    require_settled(&scene)
}

#[test]
fn another_location_or_definition_is_another_assignment() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &sensor("").replace("westeurope", "West Europe"))?;
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor("").replace("westeurope", "northeurope"))?;
    scene.workspace.apply()?.require(0)?.require_text("1 added, 0 changed, 1 destroyed")?;
    require_settled(&scene)?;
    let policy = "/providers/Microsoft.Authorization/policyDefinitions/0adc5395-9169-4b9b-8687-af838d69410a";
    scene
        .workspace
        .write("main.tf", &sensor("").replace("westeurope", "northeurope").replace(SENSOR, policy))?;
    scene.workspace.apply()?.require(0)?.require_text("1 added, 0 changed, 1 destroyed")?;
    require_settled(&scene)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 1, "roles of the one before are gone");
    Ok(())
}

#[test]
fn a_role_that_somebody_else_granted_is_used_and_stays() -> Result<(), Failure> {
    let identity = deployer();
    let scene = Scene::new(&sensor(&format!("{identity}\nrole_definition_ids = []")))?;
    scene.workspace.apply()?.require(0)?;
    let principal = attributes(&scene)?["principal_id"].clone();
    assert!(principal.is_string(), "the object id of the user-assigned identity");
    let theirs = granted_by_hand(&scene, SENSOR_ROLES[0], &principal);
    scene.workspace.write("main.tf", &sensor(&identity))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["role_assignments"][SENSOR_ROLES[0]], theirs.as_str());
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2, "one of theirs, one of ours");
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    let left = objects(&scene, "/roleAssignments/");
    assert!(left.len() == 1 && left.iter().all(|id| id.eq_ignore_ascii_case(&theirs)), "{left:?}");
    Ok(())
}

#[test]
fn a_replacement_by_hand() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.workspace.apply()?.require(0)?;
    scene.azure.set_consistency_delay(Duration::from_secs(1));
    let replace = ["apply", "-auto-approve", "-input=false", "-replace=defender_policy_assignment.this"];
    let output = scene.workspace.run(replace)?.require(0)?;
    assert!(!output.stdout.contains("taken over"), "the old one is not found any more: {}", output.stdout);
    require_settled(&scene)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    Ok(())
}

#[test]
fn a_remediation_that_was_refused_is_started_by_the_next_apply() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &sensor("remediation = { resource_count = 5 }"))?;
    scene.azure.add_fault(refuse("/remediations/"));
    let output = scene.workspace.apply()?.require(1)?;
    output.require_text("Starting the remediation")?.require_text("need Owner")?;
    scene.workspace.plan()?.require(2)?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["remediations"][0]["state"], "Succeeded");
    assert_eq!(objects(&scene, "/remediations/").len(), 1);
    require_settled(&scene)
}

#[test]
fn roles_of_an_identity_that_is_given_up_go_even_after_a_failure() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &sensor(&deployer()))?;
    scene.azure.add_fault(refuse("/roleAssignments/"));
    scene.workspace.apply()?.require(1)?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2, "those of the identity of before are gone");
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["identity"]["type"], "SystemAssigned");
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

#[test]
fn roles_that_an_import_finds_are_not_taken_away() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(&deployer()))?;
    scene.workspace.apply()?.require(0)?;
    let principal = attributes(&scene)?["principal_id"].clone();
    granted_by_hand(&scene, READER, &principal);
    require_settled(&scene)?;
    scene.workspace.run(["state", "rm", "defender_policy_assignment.this"])?.require(0)?;
    scene.workspace.import("defender_policy_assignment.this", &assignment().to_uppercase())?.require(0)?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 3);
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 1, "only what we made is gone");
    Ok(())
}

#[test]
fn a_name_that_is_not_written_any_more_stays() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &sensor("description = \"x\"").replace("name = \"sensor\"", ""))?;
    scene.workspace.apply()?.require(0)?.require_text("0 added, 1 changed, 0 destroyed")?;
    require_settled(&scene)
}

/// An identity that exists, and is the user's own.
fn deployer() -> String {
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg");
    let id = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer");
    format!("identity = {{ identity_ids = [\"{id}\"] }}")
}

/// Somebody else grants a role at the subscription. Returns the id of the role assignment.
fn granted_by_hand(scene: &Scene, role: &str, principal: &Value) -> String {
    let name = "11111111-2222-3333-4444-555555555555";
    let providers = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization");
    let id = format!("{providers}/roleAssignments/{name}");
    let properties = json!({"scope": SUBSCRIPTION, "roleDefinitionId": format!("{providers}/roleDefinitions/{role}"),
        "principalId": principal, "principalType": "ServicePrincipal"});
    let body = json!({"id": id, "name": name, "type": "Microsoft.Authorization/roleAssignments",
        "properties": properties});
    scene.azure.put_resource(&id, body);
    id
}

/// The next write to something whose path has this in it is refused.
fn refuse(part: &str) -> Fault {
    Fault {
        method: Some("PUT".to_owned()),
        path: Some(part.to_owned()),
        status: Some(403),
        ..Fault::default()
    }
}
