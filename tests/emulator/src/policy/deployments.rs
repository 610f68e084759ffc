//! What a remediation deploys, and how that ends. Nothing is evaluated here: a seed or a test says what is not
//! compliant, in a document `{"value":[…]}` with the id `{assignment}/providers/Microsoft.PolicyInsights/policyStates`
//! or, for all assignments of a scope, `{scope}/providers/Microsoft.PolicyInsights/policyStates`. An element is
//! `{"resourceId", "resourceLocation"?, "policyDefinitionId"?, "policyDefinitionReferenceId"?, "failure"?}`: the two
//! policy fields narrow it to one definition or member, and `failure` (`{"code","message"}`) is how its deployment
//! fails. Without such a document everything is compliant. A remediation does not change the document.

use serde_json::{Value, json};

use super::builtin::Known;
use super::{assignments, definition};
use crate::access::{directory, role_assignments};
use crate::store::key;
use crate::uuid;
use crate::world::World;

/// Azure's number of resources where a request names none: <https://learn.microsoft.com/azure/governance/policy/concepts/remediation-structure#resource-count-and-parallel-deployments>.
const RESOURCES: u64 = 500;

/// The deployments of a remediation as they end; all fail that the assignment's identity has no roles for.
pub(crate) fn of(world: &World, remediation: &Value) -> Vec<Value> {
    let properties = &remediation["properties"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(assignment) = world.store.get(&text(&properties["policyAssignmentId"])) else {
        return Vec::new();
    };
    let Some(definition) = remediated(world, assignment, properties["policyDefinitionReferenceId"].as_str())
    else {
        return Vec::new();
    };
    let limit = properties["resourceCount"].as_u64().unwrap_or(RESOURCES);
    let now = world.clock.document_timestamp();
    let remediation_id = text(&remediation["id"]);
    let scope = remediation_id.split("/providers/microsoft.policyinsights/").next().unwrap_or_default();
    states(world, assignment)
        .iter()
        .filter(|state| concerns(state, properties, &definition))
        .filter(|state| crate::arm::hierarchy::is_within(&world.store, &text(&state["resourceId"]), scope))
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .map(|state| {
            let resource = key(&text(&state["resourceId"]));
            let error = lacking(world, assignment, &definition, &resource)
                .or_else(|| state["failure"].is_object().then(|| state["failure"].clone()));
            let mut deployment = json!({
                "remediatedResourceId": resource,
                "deploymentId": deployment_id(&resource, &remediation_id),
                "status": if error.is_some() { "Failed" } else { "Succeeded" },
                "resourceLocation": state["resourceLocation"].as_str().unwrap_or("westeurope"),
                "createdOn": now,
                "lastUpdatedOn": now,
            });
            if let Some(error) = error {
                deployment["error"] = error;
            }
            deployment
        })
        .collect()
}

/// The definition that an assignment applies, or the member of its initiative with this reference id.
pub(crate) fn remediated(world: &World, assignment: &Value, reference: Option<&str>) -> Option<Value> {
    let id = assignment["properties"]["policyDefinitionId"].as_str()?;
    let Known::Here(assigned) = definition::find(world, id) else { return None };
    if !definition::is_set(id) {
        return Some(assigned);
    }
    let member = definition::member(&assigned, reference?)?;
    match definition::find(world, member["policyDefinitionId"].as_str()?) {
        Known::Here(definition) => Some(definition),
        Known::Elsewhere | Known::Nowhere => None,
    }
}

fn states<'a>(world: &'a World, assignment: &Value) -> &'a [Value] {
    let own = assignment["id"].as_str().unwrap_or_default().to_owned();
    let documents = [own, assignments::scope_of(assignment)]
        .map(|scope| world.store.get(&format!("{scope}/providers/Microsoft.PolicyInsights/policyStates")));
    let document = documents.into_iter().flatten().next();
    document.and_then(|document| document["value"].as_array()).map_or(&[], Vec::as_slice)
}

fn concerns(state: &Value, remediation: &Value, definition: &Value) -> bool {
    let same = |one: &Value, other: &Value| match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) => key(one) == key(other),
        (None, _) => true,
        (Some(_), None) => false,
    };
    let listed = |list: &Value, value: &Value| {
        list.as_array().is_none_or(|list| list.is_empty() || list.iter().any(|one| same(one, value)))
    };
    let filters = &remediation["filters"];
    same(&state["policyDefinitionId"], &definition["id"])
        && same(&state["policyDefinitionReferenceId"], &remediation["policyDefinitionReferenceId"])
        && listed(&filters["locations"], &state["resourceLocation"])
        && listed(&filters["resourceIds"], &state["resourceId"])
}

/// Why the identity cannot deploy: <https://github.com/Azure/manage-azure-policy/issues/23>. It needs the definition's
/// roles where the resource is, or above.
fn lacking(world: &World, assignment: &Value, definition: &Value, resource: &str) -> Option<Value> {
    let principals = directory::principals(&assignment["identity"]);
    let able = |role: &&str| {
        principals.iter().any(|principal| role_assignments::holds(&world.store, principal, role, resource))
    };
    definition::roles(definition).iter().find(|role| !able(role))?;
    let principal = principals.first().copied().unwrap_or_default();
    let message = format!(
        "The client '{principal}' with object id '{principal}' does not have authorization to perform action \
         'Microsoft.Resources/deployments/validate/action' over scope '{resource}' or the scope is invalid. If access was \
         recently granted, please refresh your credentials."
    );
    Some(json!({ "code": "AuthorizationFailed", "message": message }))
}

fn deployment_id(resource: &str, remediation: &str) -> String {
    let scope = resource.split("/providers/").next().unwrap_or_default();
    let name = uuid::of(&format!("deployment {remediation} {resource}"));
    format!("{scope}/providers/microsoft.resources/deployments/{name}")
}
