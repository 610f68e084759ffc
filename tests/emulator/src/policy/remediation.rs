//! One remediation: what a request wants, and where it stands after a while. Pure but for looking up its assignment.

use serde_json::{Value, json};

use super::builtin::Known;
use super::{assignments, definition, deployments};
use crate::arm::hierarchy::is_within;
use crate::arm::{Visit, groups};
use crate::message::Answer;
use crate::store::key;
use crate::world::World;

/// The first api-version with `filters.resourceIds`.
const RESOURCE_IDS: &str = "2024-10-01";

/// States that nothing follows.
const TERMINAL: [&str; 4] = ["Succeeded", "Failed", "Canceled", "Complete"];

/// The properties of a new remediation.
///
/// # Errors
/// Azure's answer to what it does not take.
pub(crate) fn wanted(world: &World, visit: &Visit<'_>, name: &str, body: &Value) -> Result<Value, Answer> {
    let asked = &body["properties"];
    let refused = |why: &str| {
        let message = format!("The request to create remediation '{name}' is invalid. {why}");
        Answer::error(400, "InvalidCreateRemediationRequest", &message)
    };
    let Some(assignment_id) = asked["policyAssignmentId"].as_str() else {
        // <https://github.com/Azure/azure-cli/pull/25575>
        let message = "The request content was invalid and could not be deserialized: 'Required property \
                       'policyAssignmentId' not found in JSON. Path 'properties'.'.";
        return Err(Answer::error(400, "InvalidRequestContent", message));
    };
    let scope = &visit.place.scope;
    let assignment_key = key(assignment_id);
    let Some(assignment) = world.store.get(assignment_id) else {
        return Err(refused(&format!("The policy assignment '{assignment_key}' could not be found.")));
    };
    let assigned_at = assignments::scope_of(assignment);
    if !is_within(&world.store, scope, &assigned_at) && !is_within(&world.store, &assigned_at, scope) {
        return Err(refused(&format!(
            "The policy assignment '{assignment_key}' does not apply to '{}'.",
            key(scope)
        )));
    }
    let reference = asked["policyDefinitionReferenceId"].as_str();
    check_definition(world, visit, assignment, reference).map_err(|misfit| match misfit {
        Misfit::Unknown(answer) => answer,
        Misfit::Refused(why) => refused(&why),
    })?;
    let resource_ids = asked["filters"]["resourceIds"].as_array().filter(|_| visit.version >= RESOURCE_IDS);
    let mode = asked["resourceDiscoveryMode"].as_str().unwrap_or("ExistingNonCompliant");
    match mode {
        "ExistingNonCompliant" => {}
        // <https://github.com/hashicorp/terraform-provider-azurerm/issues/17007>
        "ReEvaluateCompliance" if groups::name_in(scope).is_some() => {
            return Err(refused(
                "Evaluating compliance before remediation is only supported for remediations at subscription scope and \
                 below.",
            ));
        }
        "ReEvaluateCompliance" if resource_ids.is_none() => {}
        _ => {
            return Err(refused("The resource discovery mode is not valid, or not valid with resource ids."));
        }
    }
    check_numbers(asked, resource_ids.map_or(0, Vec::len)).map_err(|why| refused(&why))?;
    Ok(properties(asked, &assignment_key, mode, resource_ids.is_some()))
}

/// Ids are lower case from here on, the reference id, too:
/// <https://github.com/Azure/azure-rest-api-specs/issues/8353>.
fn properties(asked: &Value, assignment: &str, mode: &str, resource_ids: bool) -> Value {
    let mut properties = json!({
        "policyAssignmentId": assignment,
        "resourceDiscoveryMode": mode,
        "provisioningState": "Accepted",
        "deploymentStatus": counts(&[], false),
    });
    if let Some(reference) = asked["policyDefinitionReferenceId"].as_str() {
        properties["policyDefinitionReferenceId"] = json!(reference.to_ascii_lowercase());
    }
    for field in ["filters", "resourceCount", "parallelDeployments", "failureThreshold"] {
        if !asked[field].is_null() {
            properties[field] = asked[field].clone();
        }
    }
    if let Some(filters) = properties.get_mut("filters").and_then(Value::as_object_mut) {
        filters.retain(|name, _| name == "locations" || name == "resourceIds" && resource_ids);
        let ids = filters.get_mut("resourceIds").and_then(Value::as_array_mut);
        for id in ids.into_iter().flatten() {
            *id = json!(key(id.as_str().unwrap_or_default()));
        }
    }
    properties
}

enum Misfit {
    /// The emulator does not know enough.
    Unknown(Answer),
    /// Azure refuses, for this reason.
    Refused(String),
}

/// An initiative needs the reference id of one member:
/// <https://github.com/gettek/terraform-azurerm-policy-as-code/issues/49>.
fn check_definition(
    world: &World,
    visit: &Visit<'_>,
    assignment: &Value,
    reference: Option<&str>,
) -> Result<(), Misfit> {
    let assignment_key = key(assignment["id"].as_str().unwrap_or_default());
    let id = assignment["properties"]["policyDefinitionId"].as_str().unwrap_or_default();
    let unknown = || Misfit::Unknown(crate::route::not_implemented(visit.call));
    if definition::is_set(id) {
        let Some(reference) = reference.filter(|reference| !reference.is_empty()) else {
            return Err(Misfit::Refused(format!(
                "The policy assignment '{assignment_key}' assigns a policy set definition. Remediations must specify a \
                 single policy definition reference ID within the policy set definition."
            )));
        };
        let Known::Here(set) = definition::find(world, id) else { return Err(unknown()) };
        if definition::member(&set, reference).is_none() {
            return Err(Misfit::Refused(format!(
                "The policy definition reference ID '{reference}' does not exist in the policy set definition that the \
                 policy assignment '{assignment_key}' assigns."
            )));
        }
    }
    let definition = deployments::remediated(world, assignment, reference).ok_or_else(unknown)?;
    if definition::changing_effect(&definition).is_none() {
        return Err(Misfit::Refused(
            "Only policies with the effect 'DeployIfNotExists' or 'Modify' can be remediated.".to_owned(),
        ));
    }
    Ok(())
}

/// <https://learn.microsoft.com/azure/governance/policy/concepts/remediation-structure>
fn check_numbers(asked: &Value, resource_ids: usize) -> Result<(), String> {
    let within = |field: &str, most: u64| {
        let number = &asked[field];
        if number.is_null() || number.as_u64().is_some_and(|number| (1..=most).contains(&number)) {
            return Ok(());
        }
        Err(format!("The value {number} of '{field}' is not between 1 and {most}."))
    };
    within("resourceCount", 50_000)?;
    within("parallelDeployments", 30)?;
    let percentage = &asked["failureThreshold"]["percentage"];
    if !percentage.is_null() && !percentage.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)) {
        return Err(format!("The failure threshold {percentage} is not between 0 and 1."));
    }
    if resource_ids > 100 {
        return Err(format!("{resource_ids} resource ids are given; the most are 100."));
    }
    Ok(())
}

/// Whether nothing follows the state that a remediation is in.
pub(crate) fn is_over(remediation: &Value) -> bool {
    TERMINAL.iter().any(|state| remediation["properties"]["provisioningState"] == *state)
}

/// The state after so many steps since the request, as long as nobody cancels.
pub(crate) fn state_after(steps: u64) -> &'static str {
    ["Accepted", "Evaluating", "Running"]
        .get(usize::try_from(steps).unwrap_or(usize::MAX))
        .copied()
        .unwrap_or("Succeeded")
}

/// How a remediation ends: failed where more than the threshold failed, or anything where there is no threshold.
pub(crate) fn outcome(remediation: &Value, deployments: &[Value]) -> &'static str {
    let failed = deployments.iter().filter(|deployment| deployment["status"] == "Failed").count();
    let threshold = remediation["properties"]["failureThreshold"]["percentage"].as_f64().unwrap_or(0.0);
    let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if share(failed) > threshold * share(deployments.len()) { "Failed" } else { "Succeeded" }
}

/// How many deployments there are, and how they ended where they have.
pub(crate) fn counts(deployments: &[Value], over: bool) -> Value {
    let ended =
        |status: &str| deployments.iter().filter(|deployment| over && deployment["status"] == status).count();
    json!({
        "totalDeployments": deployments.len(),
        "successfulDeployments": ended("Succeeded"),
        "failedDeployments": ended("Failed"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_decides_how_it_ends() {
        let check = |threshold: Value, failed: usize, expected: &str| {
            let deployments: Vec<Value> = (0..4)
                .map(|number| json!({ "status": if number < failed { "Failed" } else { "Succeeded" } }))
                .collect();
            let remediation = json!({ "properties": { "failureThreshold": { "percentage": threshold } } });
            assert_eq!(outcome(&remediation, &deployments), expected, "{threshold} {failed}");
        };
        check(Value::Null, 0, "Succeeded");
        check(Value::Null, 1, "Failed");
        check(json!(0.5), 2, "Succeeded");
        check(json!(0.5), 3, "Failed");
        check(json!(1), 4, "Succeeded");
    }

    #[test]
    fn states_follow_each_other() {
        let states: Vec<&str> = [0, 1, 2, 3, u64::MAX].into_iter().map(state_after).collect();
        assert_eq!(states, ["Accepted", "Evaluating", "Running", "Succeeded", "Succeeded"]);
    }
}
