//! Initiatives: the roles of all members, a remediation for each that deploys, and what failed.

use super::{objects, one, require_settled, sensor};
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::state::instance;
use serde_json::json;

/// What Guest Configuration needs on virtual machines.
const INITIATIVE: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/12794019-7a00-42cf-95c2-882eed337cc8";

fn prerequisites() -> String {
    one(&format!(
        "policy_definition_id = \"{INITIATIVE}\"\nlocation = \"westeurope\"\n\
         remediation = {{ mode = \"ReEvaluateCompliance\" }}"
    ))
}

#[test]
fn each_member_that_deploys_is_remediated() -> Result<(), Failure> {
    let scene = Scene::new(&prerequisites())?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    let stored = instance(&scene, "defender_policy_assignment.this")?.unwrap_or_default();
    let remediations = stored["attributes"]["remediations"].as_array().cloned().unwrap_or_default();
    assert_eq!(remediations.len(), 4, "{remediations:#?}");
    assert!(remediations.iter().all(|one| one["state"] == "Succeeded"), "{remediations:#?}");
    let roles = stored["attributes"]["role_definition_ids"].as_array().map(Vec::len);
    assert_eq!(Some(objects(&scene, "/roleAssignments/").len()), roles);
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

#[test]
fn what_a_remediation_could_not_do_is_a_warning() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    let cluster = |name: &str| {
        format!(
            "{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/{name}"
        )
    };
    let states = json!({"value": [
        {"resourceId": cluster("good"), "resourceLocation": "westeurope"},
        {"resourceId": cluster("bad"), "resourceLocation": "westeurope",
         "failure": {"code": "ClusterStopped", "message": "Start the cluster first."}},
    ]});
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.PolicyInsights/policyStates");
    scene.azure.put_resource(&id, states);
    let mut output = scene.workspace.apply()?.require(0)?;
    for text in ["The remediation has not reached everything", "of 2 resources 1", "/bad", "ClusterStopped"] {
        output = output.require_text(text)?;
    }
    let stored = instance(&scene, "defender_policy_assignment.this")?.unwrap_or_default();
    assert_eq!(stored["attributes"]["remediations"][0]["failed"], 1);
    require_settled(&scene)
}

#[test]
fn a_management_group() -> Result<(), Failure> {
    let seed = json!({"subscriptions": [SUBSCRIPTION.trim_start_matches("/subscriptions/")], "resources": [],
        "management_groups": [{"name": "all", "subscriptions": [SUBSCRIPTION.trim_start_matches("/subscriptions/")]}]});
    let options = arm_emulator::Options { seed: Some(seed), ..arm_emulator::Options::default() };
    let scope = "/providers/Microsoft.Management/managementGroups/all";
    let scene = Scene::with(
        crate::harness::terraform()?,
        options,
        &sensor(&format!("scope = \"{scope}\"\nremediation = {{}}")),
    )?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    assert_eq!(
        objects(&scene, &format!("{scope}/providers/Microsoft.Authorization/roleAssignments/")).len(),
        2
    );
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// Azure lists a thousand deployments a page.
#[test]
fn a_failure_on_the_second_page_is_found() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = { resource_count = 1001 }"))?;
    let state = |number: usize| {
        let cluster = format!(
            "{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c{number:04}"
        );
        let failure = json!({"code": "ClusterStopped", "message": "Start the cluster first."});
        let failure = if number == 1000 { failure } else { serde_json::Value::Null };
        json!({"resourceId": cluster, "resourceLocation": "westeurope", "failure": failure})
    };
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.PolicyInsights/policyStates");
    scene.azure.put_resource(&id, json!({"value": (0..1001).map(state).collect::<Vec<_>>()}));
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("of 1001 resources 1000")?.require_text("/c1000: ClusterStopped")?;
    Ok(())
}
