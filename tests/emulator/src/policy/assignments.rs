//! `Microsoft.Authorization/policyAssignments`: list, get, put, patch and delete.
//! <https://learn.microsoft.com/rest/api/policy/policy-assignments>

use hyper::Method;
use serde_json::{Map, Value, json};

use super::builtin::Known;
use super::parameters::{self, Names};
use super::{consistency, definition, identity, wish};
use crate::access::directory;
use crate::arm::hierarchy::{is_within, reaching};
use crate::arm::{ResourceType, Visit, groups, page, resource};
use crate::entra::OBJECT_ID;
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::{Store, key};
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Authorization/policyAssignments",
    versions: &[
        "2026-06-01",
        "2025-11-01",
        "2025-03-01",
        "2024-05-01",
        "2023-04-01",
        "2022-06-01",
        "2021-06-01",
    ],
    answer,
};

/// How many assignments a page has where the request does not say.
const PAGE: usize = 500;

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let result = match (&visit.call.method, visit.place.name()) {
        // Nothing can be assigned to the tenant itself.
        _ if visit.place.scope.is_empty() => Err(not_implemented(visit.call)),
        (&Method::GET, None) => list(world, visit),
        (&Method::GET, Some(name)) => get(world, visit, name),
        (&Method::PUT, Some(name)) => put(world, visit, name),
        (&Method::PATCH, Some(name)) => patch(world, visit, name),
        (&Method::DELETE, Some(name)) => Ok(delete(world, visit, name)),
        _ => Err(not_implemented(visit.call)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

fn get(world: &mut World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let document = consistency::seen(world, &id(visit, name)).ok_or_else(|| not_found(name))?;
    Ok(Answer::json(200, &expanded(world, visit, document)))
}

/// Always 201, also for what was there: recorded by Azure's own clients,
/// <https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/resources>.
fn put(world: &mut World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let scope = &visit.place.scope;
    wish::check_name(name, groups::name_in(scope).is_some())?;
    let body = visit.call.json()?;
    let mut properties = wish::properties(&body, visit.version)?;
    let assigned = assigned(world, visit, name, &properties)?;
    let id = id(visit, name);
    let existing = world.store.get(&id).cloned();
    let before = existing.as_ref().unwrap_or(&Value::Null);
    check_against(
        world,
        name,
        &assigned,
        &properties,
        identity::meant(&before["identity"], &body["identity"]),
    )?;
    check_location(name, before, &body)?;
    let identity = identity::change(&mut world.store, &id, &before["identity"], &body["identity"])?;

    let followed = definition::followed_version(&assigned);
    properties.entry("definitionVersion").or_insert_with(|| json!(followed));
    properties.insert("scope".to_owned(), json!(scope));
    let instance = match before["properties"]["instanceId"].as_str() {
        Some(instance) => instance.to_owned(),
        None => uuid::of(&format!("instance {} {}", key(&id), world.store.count_making(&id))),
    };
    properties.insert("instanceId".to_owned(), json!(instance));
    let now = world.clock.document_timestamp();
    stamp(&mut properties, &before["properties"]["metadata"], existing.is_some(), &now);

    let mut document = json!({ "properties": properties, "id": id, "type": TYPE.name, "name": name });
    // What is there has a place already.
    let location = if body["location"].is_null() { &before["location"] } else { &body["location"] };
    for (field, value) in [("location", location), ("identity", &identity)] {
        if !value.is_null() {
            document[field] = value.clone();
        }
    }
    document["systemData"] = resource::system_data(&before["systemData"], &now);
    settle_principals(world, &before["identity"], &identity);
    world.store.put(&id, document.clone());
    if existing.is_none() {
        consistency::made(world, &id);
    }
    Ok(Answer::json(201, &wish::shown(document, visit.version)))
}

fn patch(world: &mut World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let id = id(visit, name);
    let mut document = world.store.get(&id).cloned().ok_or_else(|| not_found(name))?;
    let body = visit.call.json()?;
    wish::check_patch(&body)?;
    let before = document["identity"].clone();
    if body["location"].is_string() {
        check_location(name, &document, &body)?;
        document["location"] = body["location"].clone();
    }
    if body["identity"].is_object() {
        if identity::acts(&body["identity"]) && !document["location"].is_string() {
            return Err(location_required(name));
        }
        document["identity"] = identity::change(&mut world.store, &id, &before, &body["identity"])?;
    }
    for field in ["resourceSelectors", "overrides"] {
        if let Some(value) = body["properties"].get(field) {
            document["properties"][field] = value.clone();
        }
    }
    let now = world.clock.document_timestamp();
    let metadata = document["properties"]["metadata"].clone();
    if let Some(properties) = document["properties"].as_object_mut() {
        stamp(properties, &metadata, true, &now);
    }
    settle_principals(world, &before, &document["identity"]);
    world.store.put(&id, document.clone());
    Ok(Answer::json(200, &wish::shown(document, visit.version)))
}

fn delete(world: &mut World, visit: &Visit<'_>, name: &str) -> Answer {
    let id = id(visit, name);
    let Some(document) = world.store.get(&id).cloned() else { return Answer::empty(204) };
    settle_principals(world, &document["identity"], &Value::Null);
    world.store.delete(&id);
    consistency::deleted(world, &id, document.clone());
    Answer::json(200, &wish::shown(document, visit.version))
}

/// The definition or initiative to assign. Refusals as quoted in
/// <https://github.com/Azure/Enterprise-Scale/issues/804> (400, not 404) and
/// <https://github.com/Azure/Azure-Landing-Zones/issues/2063>.
fn assigned(
    world: &World,
    visit: &Visit<'_>,
    name: &str,
    properties: &Map<String, Value>,
) -> Result<Value, Answer> {
    let id = properties.get("policyDefinitionId").and_then(Value::as_str).unwrap_or_default();
    let document = match definition::find(world, id) {
        Known::Here(document) => document,
        Known::Elsewhere => return Err(not_implemented(visit.call)),
        Known::Nowhere => {
            let set = definition::is_set(id);
            let (code, what) = if set {
                ("PolicySetDefinitionNotFound", "policy set definition")
            } else {
                ("PolicyDefinitionNotFound", "policy definition")
            };
            let message = format!(
                "The policy assignment create request is invalid. The {what} '{id}' could not be found."
            );
            return Err(Answer::error(400, code, &message));
        }
    };
    let outside =
        definition::scope(id).is_some_and(|scope| !is_within(&world.store, &visit.place.scope, &scope));
    if outside {
        let message = format!(
            "The policy definition specified in policy assignment '{name}' is out of scope. Policy definitions should be \
             specified only at or above the policy assignment scope. If the management groups hierarchy changed recently \
             or if assigning a management group policy to new subscription, please allow up to 30 minutes for the \
             hierarchy changes to apply and try again."
        );
        return Err(Answer::error(400, "InvalidCreatePolicyAssignmentRequest", &message));
    }
    Ok(document)
}

/// What the definition demands: parameters, an identity, references that exist.
fn check_against(
    world: &World,
    name: &str,
    assigned: &Value,
    properties: &Map<String, Value>,
    identity: &Value,
) -> Result<(), Answer> {
    let names = Names {
        assignment: name,
        definition: assigned["name"].as_str().unwrap_or_default(),
        version: definition::version(assigned),
    };
    let given = properties.get("parameters").unwrap_or(&Value::Null);
    parameters::check(&names, &definition::parameters(assigned), given)?;
    if let Some(effect) =
        definition::changing_effect_of(world, assigned).filter(|_| !identity::acts(identity))
    {
        // <https://github.com/Azure/azure-powershell/issues/11996>, with today's words.
        let message = format!(
            "The policy assignment '{name}' request is invalid. Policy assignments must include a 'managed identity' when \
             assigning '{effect}' policy definitions. Please see https://aka.ms/azurepolicyremediation for usage details."
        );
        return Err(Answer::error(400, "ResourceIdentityRequired", &message));
    }
    let messages = properties.get("nonComplianceMessages").and_then(Value::as_array);
    let references =
        messages.into_iter().flatten().filter_map(|one| one["policyDefinitionReferenceId"].as_str());
    let unknown: Vec<&str> =
        references.filter(|reference| definition::member(assigned, reference).is_none()).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    // <https://github.com/Azure/enterprise-azure-policy-as-code/issues/753>
    let message = format!(
        "The policy assignment request is invalid. The following policy definition reference IDs used in non-compliance \
         messages do not exist in the assigned policy set definition: '{}'.",
        unknown.join(",")
    );
    Err(Answer::error(400, "InvalidCreatePolicyAssignmentRequest", &message))
}

fn check_location(name: &str, before: &Value, body: &Value) -> Result<(), Answer> {
    if !body["location"].is_null() {
        identity::check_location(&before["location"], &body["location"])?;
    }
    let located = body["location"].as_str().is_some_and(|location| !location.is_empty());
    if identity::acts(&body["identity"]) && !located && before["location"].is_null() {
        Err(location_required(name))
    } else {
        Ok(())
    }
}

fn location_required(name: &str) -> Answer {
    let message =
        format!("The policy assignment '{name}' has an identity: the location property is required with it.");
    Answer::error(400, "LocationRequired", &message)
}

/// Adds what Azure writes into the metadata; a client cannot.
fn stamp(properties: &mut Map<String, Value>, before: &Value, update: bool, now: &str) {
    let metadata = properties.entry("metadata").or_insert_with(|| json!({}));
    let (by, on) = if update { (json!(OBJECT_ID), json!(now)) } else { (Value::Null, Value::Null) };
    let kept = |field: &str, new: &str| before.get(field).cloned().unwrap_or_else(|| json!(new));
    metadata["createdBy"] = kept("createdBy", OBJECT_ID);
    metadata["createdOn"] = kept("createdOn", now);
    metadata["updatedBy"] = by;
    metadata["updatedOn"] = on;
}

/// Lets go of a system-assigned identity that went, and starts the delay of one that came.
fn settle_principals(world: &mut World, before: &Value, after: &Value) {
    if before["principalId"] == after["principalId"] {
        return;
    }
    if let Some(principal) = before["principalId"].as_str() {
        directory::forget(world, principal);
    }
    if let Some(principal) = after["principalId"].as_str() {
        directory::begin(world, principal);
    }
}

fn expanded(world: &World, visit: &Visit<'_>, document: Value) -> Value {
    let mut document = wish::shown(document, visit.version);
    let expand = visit.call.query.get("$expand").map_or("", String::as_str).to_ascii_lowercase();
    let assigned = document["properties"]["policyDefinitionId"].as_str().unwrap_or_default();
    if let Known::Here(assigned) = definition::find(world, assigned) {
        for (name, field) in [
            ("latestdefinitionversion", "latestDefinitionVersion"),
            ("effectivedefinitionversion", "effectiveDefinitionVersion"),
        ] {
            if expand.contains(name) {
                document["properties"][field] = json!(definition::version(&assigned));
            }
        }
    }
    document
}

/// What applies to the scope; at a subscription or resource group also what lies in it, unless `atScope()`.
/// <https://learn.microsoft.com/rest/api/policy/policy-assignments/list>
fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let scope = &visit.place.scope;
    let filter = visit.call.query.get("$filter").map_or("", |filter| filter.trim());
    let wanted = filter.strip_prefix("policyDefinitionId eq '").and_then(|rest| rest.strip_suffix('\''));
    let above = reaching(&world.store, scope);
    let group = groups::name_in(scope).is_some();
    let applies = |assigned: &str| above.contains(&key(assigned));
    let below = |assigned: &str| !group && is_within(&world.store, assigned, scope);
    let matches = |assignment: &&Value| {
        let properties = &assignment["properties"];
        let assigned = scope_of(assignment);
        match filter {
            "atExactScope()" => key(&assigned) == key(scope),
            "atScope()" => applies(&assigned),
            _ => {
                let definition = properties["policyDefinitionId"].as_str().unwrap_or_default();
                (applies(&assigned) || below(&assigned))
                    && wanted.is_none_or(|wanted| key(wanted) == key(definition))
            }
        }
    };
    if wanted.is_none() && !["", "atScope()", "atExactScope()"].contains(&filter) {
        let message = format!("The filter '{filter}' in the query string is not supported.");
        return Err(Answer::error(400, "InvalidFilterInQueryString", &message));
    }
    let found: Vec<Value> =
        all(&world.store).filter(matches).map(|found| expanded(world, visit, found.clone())).collect();
    page::of(world, visit.call, &found, PAGE)
}

fn all(store: &Store) -> impl Iterator<Item = &Value> {
    let kind = format!("/providers/{}/", TYPE.name.to_ascii_lowercase());
    // What hangs below an assignment, such as what is not compliant, is none.
    let own = move |id: &str| id.rsplit_once(&kind).is_some_and(|(_, name)| !name.contains('/'));
    store.documents().filter(move |(id, _)| own(id)).map(|(_, document)| document)
}

/// Where an assignment is, by its id: a seed may say nothing else.
pub(crate) fn scope_of(assignment: &Value) -> String {
    let id = key(assignment["id"].as_str().unwrap_or_default());
    definition::scope(&id).unwrap_or_default()
}

fn id(visit: &Visit<'_>, name: &str) -> String {
    format!("{}/providers/{}/{name}", visit.place.scope, TYPE.name)
}

fn not_found(name: &str) -> Answer {
    Answer::error(404, "PolicyAssignmentNotFound", &format!("The policy assignment '{name}' is not found."))
}
