//! `Microsoft.ContainerService/managedClusters`: get, list, and put of the whole cluster, guarded by its `eTag`.
//! <https://learn.microsoft.com/rest/api/aks/managed-clusters>
//!
//! Fields are kept as they were sent. What a client cannot write stays: it need not be sent.

use hyper::Method;
use serde_json::{Value, json};

use super::{AKS_VERSIONS, PAGE};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::operations::faults::{self, Attempt};
use crate::operations::{self, Work};
use crate::route::not_implemented;
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.ContainerService/managedClusters", versions: AKS_VERSIONS, answer };

/// Properties that Azure writes.
const READ_ONLY: [&str; 10] = [
    "azurePortalFQDN",
    "currentKubernetesVersion",
    "fqdn",
    "identityProfile",
    "maxAgentPools",
    "nodeResourceGroup",
    "powerState",
    "privateFQDN",
    "provisioningState",
    "resourceUID",
];

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    answered(world, visit).unwrap_or_else(|refusal| refusal)
}

fn answered(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    if visit.place.scope.is_empty() {
        return Err(not_implemented(visit.call));
    }
    let id = resource::id(visit.place, TYPE.name);
    match (&visit.call.method, visit.place.name()) {
        (&Method::GET, None) => {
            let clusters = resource::within(&world.store, &visit.place.scope, TYPE.name);
            let clusters: Vec<Value> = clusters.into_iter().map(shown).collect();
            page::of(world, visit.call, &clusters, PAGE)
        }
        (&Method::GET, Some(_)) => {
            let cluster = existing(world, &id).ok_or_else(|| resource::not_found(&id))?;
            Ok(tagged(200, &cluster))
        }
        (&Method::PUT, Some(_)) => put(world, visit, &id),
        _ => Err(not_implemented(visit.call)),
    }
}

fn existing(world: &World, id: &str) -> Option<Value> {
    world.store.get(id).map(|cluster| shown(resource::whole(cluster.clone(), id, TYPE.name)))
}

/// A seed need not give an eTag: it is made from what stands there, so that it changes with every change. Id and type
/// have AKS's own spelling: <https://learn.microsoft.com/rest/api/aks/managed-clusters/get>.
fn shown(mut cluster: Value) -> Value {
    let id = cluster["id"].as_str().unwrap_or_default();
    cluster["id"] = json!(id.replacen("/resourceGroups/", "/resourcegroups/", 1));
    cluster["type"] = json!("Microsoft.ContainerService/ManagedClusters");
    if cluster["properties"]["provisioningState"].is_null() {
        cluster["properties"]["provisioningState"] = json!("Succeeded");
    }
    if let Some(fields) = cluster.as_object_mut() {
        fields.remove("eTag");
    }
    cluster["eTag"] = json!(uuid::of(&cluster.to_string()));
    cluster
}

fn tagged(status: u16, cluster: &Value) -> Answer {
    let tag = cluster["eTag"].as_str().unwrap_or_default();
    Answer::json(status, cluster).with_header("ETag", format!("\"{tag}\""))
}

fn put(world: &mut World, visit: &Visit<'_>, id: &str) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let before = existing(world, id);
    check_tag(visit, before.as_ref())?;
    if operations::runs_on(world, id) {
        let now = world.clock.document_timestamp();
        let message = format!(
            "Operation is not allowed because there's an in progress PutManagedClusterHandler.PUT operation on the managed \
             cluster started on {now}. Please wait for it to finish before starting a new operation. See \
             https://aka.ms/aks-pending-operations for more details"
        );
        return Err(Answer::error(409, "OperationNotAllowed", &message));
    }
    resource::require_location(&body)?;
    let mut cluster = wanted(body, before.as_ref(), id);
    let mut outcome = cluster.clone();
    outcome["properties"]["provisioningState"] = json!("Succeeded");
    let mut error = Value::Null;
    let name = visit.place.name().unwrap_or_default();
    if let Some(failure) =
        faults::of(world, &Attempt { host: id, publisher: "", kind: TYPE.name, name, on: "write" })
    {
        outcome["properties"]["provisioningState"] = json!("Failed");
        let code = if failure.code.is_empty() { "InternalOperationError" } else { &failure.code };
        error = json!({ "code": code, "message": failure.message });
    }
    let doing = if before.is_some() { "Updating" } else { "Creating" };
    cluster["properties"]["provisioningState"] = json!(doing);
    world.store.put(id, cluster.clone());
    let operation = operations::begin(world, Work { target: id, doing, outcome, error, host: "" });
    let (subscription, region) = (visit.place.subscription().unwrap_or_default(), resource::region(&cluster));
    let path = format!(
        "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{region}/operations"
    );
    let status = if before.is_some() { 200 } else { 201 };
    let url = operations::url(world, &path, &operation, visit.version);
    let answer = tagged(status, &shown(cluster)).with_header("Azure-AsyncOperation", url);
    Ok(operations::announced(world, answer))
}

/// `If-Match` and `If-None-Match: *`: <https://learn.microsoft.com/azure/aks/use-etags>.
fn check_tag(visit: &Visit<'_>, before: Option<&Value>) -> Result<(), Answer> {
    let current = before.and_then(|before| before["eTag"].as_str());
    let wanted = visit.call.header("if-match").map(|tag| tag.trim().trim_matches('"'));
    let stale = match (wanted, current) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(wanted), Some(current)) => wanted != "*" && wanted != current,
    };
    let unwanted =
        visit.call.header("if-none-match").is_some_and(|tag| tag.trim() == "*") && current.is_some();
    if !stale && !unwanted {
        return Ok(());
    }
    let message = format!(
        "The value of the condition header did not match the eTag '{}' of the managed cluster.",
        current.unwrap_or_default()
    );
    Err(Answer::error(412, "PreconditionFailed", &message))
}

fn wanted(body: Value, before: Option<&Value>, id: &str) -> Value {
    let mut cluster = body;
    if let Some(fields) = cluster.as_object_mut() {
        fields.retain(|name, _| !matches!(name.as_str(), "eTag" | "id" | "name" | "systemData" | "type"));
        fields.entry("properties").or_insert_with(|| json!({}));
    }
    let Some(before) = before else { return resource::whole(cluster, id, TYPE.name) };
    for field in ["id", "name", "systemData"].into_iter().filter(|field| !before[*field].is_null()) {
        cluster[field] = before[field].clone();
    }
    let same_identity =
        cluster["identity"].is_null() || cluster["identity"]["type"] == before["identity"]["type"];
    if same_identity && !before["identity"].is_null() {
        cluster["identity"] = before["identity"].clone();
    }
    for field in READ_ONLY.into_iter().filter(|field| !before["properties"][*field].is_null()) {
        cluster["properties"][field] = before["properties"][field].clone();
    }
    keep_spelling(&mut cluster, before);
    resource::whole(cluster, id, TYPE.name)
}

/// An add-on keeps the letter case in which it is there: replies have `azurepolicy` or `azurePolicy`.
/// <https://github.com/Azure/azure-cli/blob/dev/src/azure-cli/azure/cli/command_modules/acs/_consts.py>
fn keep_spelling(cluster: &mut Value, before: &Value) {
    let (Some(sent), Some(there)) = (
        cluster["properties"]["addonProfiles"].as_object().cloned(),
        before["properties"]["addonProfiles"].as_object(),
    ) else {
        return;
    };
    let spelt =
        |name: String| there.keys().find(|known| known.eq_ignore_ascii_case(&name)).cloned().unwrap_or(name);
    let profiles = sent.into_iter().map(|(name, profile)| (spelt(name), profile)).collect();
    cluster["properties"]["addonProfiles"] = Value::Object(profiles);
}
