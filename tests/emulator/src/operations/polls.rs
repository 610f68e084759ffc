//! The answers to whoever asks how far an operation is: in the shape of the resource provider, at the URL of
//! `Azure-AsyncOperation` (200 with a `status`) and at that of `Location` (202 until it is over).

use hyper::Method;
use serde_json::{Value, json};

use super::{Operation, announced, find, signature};
use crate::arm::{ResourceType, Visit, resource};
use crate::clusters::{AKS_VERSIONS, EXTENSION_VERSIONS};
use crate::machines::{ARC_VERSIONS, COMPUTE_VERSIONS};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The row of Compute, which has one path for both: `monitor=true` makes it that of `Location`.
pub(crate) static COMPUTE: ResourceType =
    ResourceType { name: "Microsoft.Compute/locations/operations", versions: COMPUTE_VERSIONS, answer };

/// The row of AKS.
pub(crate) static AKS: ResourceType =
    ResourceType { name: "Microsoft.ContainerService/locations/operations", versions: AKS_VERSIONS, answer };

/// The row of Azure Arc's `Location`.
pub(crate) static ARC_RESULTS: ResourceType = ResourceType {
    name: "Microsoft.HybridCompute/locations/operationresults",
    versions: ARC_VERSIONS,
    answer,
};

/// The row of Azure Arc's `Azure-AsyncOperation`.
pub(crate) static ARC_STATUS: ResourceType = ResourceType {
    name: "Microsoft.HybridCompute/locations/operationstatus",
    versions: ARC_VERSIONS,
    answer,
};

/// The row of Kubernetes extensions.
pub(crate) static KUBERNETES: ResourceType = ResourceType {
    name: "Microsoft.KubernetesConfiguration/extensions/operations",
    versions: EXTENSION_VERSIONS,
    answer,
};

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let (&Method::GET, Some(name)) = (&visit.call.method, visit.place.name()) else {
        return not_implemented(visit.call);
    };
    // A client that cuts or rebuilds the URL must not get away with it.
    if signature(name).iter().any(|(field, value)| visit.call.query.get(*field) != Some(value)) {
        return not_implemented(visit.call);
    }
    let Some(operation) = find(world, name) else {
        let message = format!("The operation '{name}' was not found.");
        return Answer::error(404, "NotFound", &message);
    };
    let monitor = visit.call.query.get("monitor").is_some_and(|monitor| monitor == "true");
    if monitor || visit.place.is(ARC_RESULTS.name) {
        return result(world, &operation);
    }
    let answer = Answer::json(200, &status(world, visit, name, &operation));
    if operation.ended.is_none() { announced(world, answer) } else { answer }
}

fn result(world: &World, operation: &Operation) -> Answer {
    if operation.ended.is_none() {
        return announced(world, Answer::empty(202));
    }
    if !operation.error.is_null() {
        return Answer::json(409, &json!({ "error": operation.error }));
    }
    match world.store.get(&operation.target) {
        Some(document) if operation.doing != "Deleting" => Answer::json(200, document),
        _ => Answer::empty(204),
    }
}

/// Azure Arc shows the extension below `properties`; Kubernetes extensions have a state of their own for what runs.
fn status(world: &World, visit: &Visit<'_>, name: &str, operation: &Operation) -> Value {
    let (kubernetes, arc) = (visit.place.is(KUBERNETES.name), visit.place.is(ARC_STATUS.name));
    let status = match (&operation.ended, operation.error.is_null()) {
        (Some(_), true) => "Succeeded",
        (Some(_), false) => "Failed",
        (None, _) if kubernetes => &operation.doing,
        (None, _) if arc && world.age(&format!("{}{name}", super::MEMORIES)) < world.delays.operation / 2 => {
            "Queued"
        }
        (None, _) => "InProgress",
    };
    let mut body = json!({ "name": name, "status": status });
    let failed = operation.ended.is_some() && !operation.error.is_null();
    if kubernetes {
        body["id"] = json!(resource::id(visit.place, KUBERNETES.name));
        body["properties"] = json!({});
        body["error"] = if failed { operation.error.clone() } else { Value::Null };
        return body;
    }
    body["startTime"] = json!(operation.began);
    if let Some(ended) = &operation.ended {
        body["endTime"] = json!(ended);
    }
    if failed {
        body["error"] = operation.error.clone();
    }
    if arc && let Some(document) = world.store.get(&operation.target) {
        body["properties"] = document.clone();
    }
    body
}
