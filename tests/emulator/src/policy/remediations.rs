//! `Microsoft.PolicyInsights/remediations`: list, get, put, delete, cancel, and the list of deployments. Replies have
//! lower-cased ids. <https://learn.microsoft.com/rest/api/policy-insights/remediations>

use hyper::Method;
use serde_json::{Value, json};

use super::{deployments, remediation};
use crate::arm::{ResourceType, Visit, page};
use crate::entra::OBJECT_ID;
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::key;
use crate::uuid;
use crate::world::World;

const VERSIONS: &[&str] = &["2024-10-01", "2021-10-01", "2019-07-01"];

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.PolicyInsights/remediations", versions: VERSIONS, answer };

/// The row of the action that stops one.
pub(crate) static CANCEL: ResourceType = ResourceType {
    name: "Microsoft.PolicyInsights/remediations/cancel",
    versions: VERSIONS,
    answer: |world, visit| action(world, visit, cancel),
};

/// The row of the action that lists what one deploys.
pub(crate) static LIST_DEPLOYMENTS: ResourceType = ResourceType {
    name: "Microsoft.PolicyInsights/remediations/listDeployments",
    versions: VERSIONS,
    answer: |world, visit| action(world, visit, list_deployments),
};

/// Brings all remediations to where they should be by now.
pub(crate) fn settle_all(world: &mut World) {
    for id in ids(world, "") {
        settle(world, &id);
    }
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.place.scope.is_empty() {
        return not_implemented(visit.call);
    }
    let Some(name) = visit.place.name() else {
        return list(world, visit).unwrap_or_else(|refusal| refusal);
    };
    let id = id(visit, name);
    settle(world, &id);
    let result = match visit.call.method {
        Method::GET => found(world, &id, name).map(|document| Answer::json(200, &document)),
        Method::PUT => put(world, visit, &id, name),
        Method::DELETE => delete(world, &id, name),
        _ => Err(not_implemented(visit.call)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

fn put(world: &mut World, visit: &Visit<'_>, id: &str, name: &str) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let existing = world.store.get(id).cloned();
    if existing.as_ref().is_some_and(|existing| !remediation::is_over(existing)) {
        // <https://github.com/Azure/azure-policy/issues/1234>
        let message = format!(
            "The request to update remediation '{name}' is invalid. A remediation may not be changed or replaced while \
             it is active."
        );
        return Err(Answer::error(400, "InvalidUpdateRemediationRequest", &message));
    }
    let mut properties = remediation::wanted(world, visit, name, &body)?;
    let now = world.clock.document_timestamp();
    let created =
        existing.as_ref().map_or_else(|| json!(now), |before| before["properties"]["createdOn"].clone());
    properties["createdOn"] = created.clone();
    properties["lastUpdatedOn"] = json!(now);
    properties["correlationId"] = json!(uuid::of(&format!("correlation {id}")));
    let document = json!({
        "id": id,
        "name": name,
        "type": TYPE.name,
        "properties": properties,
        "systemData": {
            "createdBy": OBJECT_ID,
            "createdByType": "Application",
            "createdAt": created,
            "lastModifiedBy": OBJECT_ID,
            "lastModifiedByType": "Application",
            "lastModifiedAt": now,
        },
    });
    world.store.delete(id);
    world.store.put(id, document.clone());
    world.begin(id);
    Ok(Answer::json(if existing.is_some() { 200 } else { 201 }, &document))
}

/// One that evaluates first must have ended: <https://github.com/hashicorp/terraform-provider-azurerm/pull/7914>.
fn delete(world: &mut World, id: &str, name: &str) -> Result<Answer, Answer> {
    let Some(document) = world.store.get(id).cloned() else { return Ok(Answer::empty(204)) };
    let evaluates = document["properties"]["resourceDiscoveryMode"] == "ReEvaluateCompliance";
    if evaluates && !remediation::is_over(&document) {
        let message = format!(
            "The request to delete remediation '{name}' is invalid. The remediation must be in a terminal provisioning \
             state (Succeeded, Canceled, Failed) before it can be deleted."
        );
        return Err(Answer::error(400, "InvalidDeleteRemediationRequest", &message));
    }
    world.store.delete(id);
    world.forget(id);
    Ok(Answer::json(200, &shown(document)))
}

fn list(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    if visit.call.query.contains_key("$filter") {
        return Err(not_implemented(visit.call));
    }
    let ids = ids(world, &visit.place.scope);
    for id in &ids {
        settle(world, id);
    }
    let value: Vec<Value> = ids.iter().filter_map(|id| world.store.get(id)).cloned().map(shown).collect();
    page::of(world, visit.call, &value, 1000)
}

fn action(
    world: &mut World,
    visit: &Visit<'_>,
    act: fn(&mut World, &Visit<'_>, &str) -> Result<Answer, Answer>,
) -> Answer {
    let name = visit.place.names.first().filter(|_| visit.call.method == Method::POST);
    let Some(name) = name.filter(|_| !visit.place.scope.is_empty()) else {
        return not_implemented(visit.call);
    };
    settle(world, &id(visit, name));
    act(world, visit, name).unwrap_or_else(|refusal| refusal)
}

/// Only before anything is deployed. The refusal's words are those of
/// <https://github.com/Azure/azure-sdk-for-net/tree/main/sdk/policyinsights>.
fn cancel(world: &mut World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let id = id(visit, name);
    let mut document = found(world, &id, name)?;
    let state = document["properties"]["provisioningState"].as_str().unwrap_or_default().to_owned();
    if !["Accepted", "Evaluating", "Cancelling"].contains(&state.as_str()) {
        let what = if state == "Running" { "running" } else { "completed" };
        let message = format!(
            "The request to cancel remediation '{name}' is invalid. A {what} remediation cannot be cancelled."
        );
        return Err(Answer::error(400, "InvalidCancelRemediationRequest", &message));
    }
    document["properties"]["provisioningState"] = json!("Cancelling");
    document["properties"]["lastUpdatedOn"] = json!(world.clock.document_timestamp());
    world.store.put(&id, document.clone());
    world.begin(&id);
    Ok(Answer::json(200, &document))
}

fn list_deployments(world: &mut World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let id = id(visit, name);
    let document = found(world, &id, name)?;
    let mut deployments = world.store.memory(&id)["deployments"].as_array().cloned().unwrap_or_default();
    if !remediation::is_over(&document) {
        for deployment in &mut deployments {
            deployment["status"] = json!("Running");
            deployment.as_object_mut().and_then(|fields| fields.remove("error"));
        }
    }
    page::of(world, visit.call, &deployments, 1000)
}

/// Brings a remediation to where it should be by now. What it deploys, and whether it may, is decided when it begins
/// to run.
fn settle(world: &mut World, id: &str) {
    let Some(mut document) = world.store.get(id).filter(|document| !remediation::is_over(document)).cloned()
    else {
        return;
    };
    let steps = steps(world, id);
    let before = document["properties"]["provisioningState"].as_str().unwrap_or_default().to_owned();
    let mut state = match before.as_str() {
        "Cancelling" if steps > 0 => "Canceled",
        "Cancelling" => "Cancelling",
        _ => remediation::state_after(steps),
    };
    if matches!(state, "Running" | "Succeeded") {
        if !world.store.memory(id)["deployments"].is_array() {
            let deployments = deployments::of(world, &document);
            world.store.remember(id, json!({ "deployments": deployments }));
        }
        let deployments = world.store.memory(id)["deployments"].as_array().cloned().unwrap_or_default();
        if state == "Succeeded" {
            state = remediation::outcome(&document, &deployments);
        }
        document["properties"]["deploymentStatus"] = remediation::counts(&deployments, state != "Running");
    }
    if state != before {
        document["properties"]["provisioningState"] = json!(state);
        document["properties"]["lastUpdatedOn"] = json!(world.clock.document_timestamp());
        world.store.put(id, document);
    }
}

/// How many steps ago this state of affairs began; all of them where steps take no time.
fn steps(world: &World, id: &str) -> u64 {
    let step = world.delays.remediation_step;
    if step.is_zero() {
        return u64::MAX;
    }
    let steps = world.age(id).as_millis().checked_div(step.as_millis()).unwrap_or(u128::MAX);
    u64::try_from(steps).unwrap_or(u64::MAX)
}

fn ids(world: &World, scope: &str) -> Vec<String> {
    let kind = format!("/providers/{}/", TYPE.name.to_ascii_lowercase());
    let scope = scope.to_ascii_lowercase();
    let at = |id: &str| {
        id.split_once(&kind)
            .is_some_and(|(at, _)| scope.is_empty() || at == scope || at.starts_with(&format!("{scope}/")))
    };
    world.store.documents().map(|(id, _)| id).filter(|id| at(id)).map(str::to_owned).collect()
}

fn found(world: &World, id: &str, name: &str) -> Result<Value, Answer> {
    let document = world.store.get(id).cloned().ok_or_else(|| {
        Answer::error(404, "ResourceNotFound", &format!("The remediation '{name}' could not be found."))
    })?;
    Ok(shown(document))
}

/// A seed may have ids in any letter case.
fn shown(mut document: Value) -> Value {
    for pointer in ["/id", "/properties/policyAssignmentId", "/properties/policyDefinitionReferenceId"] {
        if let Some(id) = document.pointer_mut(pointer).filter(|id| id.is_string()) {
            *id = json!(id.as_str().unwrap_or_default().to_ascii_lowercase());
        }
    }
    document
}

fn id(visit: &Visit<'_>, name: &str) -> String {
    key(&format!("{}/providers/{}/{name}", visit.place.scope, TYPE.name))
}
