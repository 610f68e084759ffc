//! The extensions of Azure Arc machines: list, get, put, patch, delete, with operations.
//! <https://learn.microsoft.com/rest/api/hybridcompute/machine-extensions>

use hyper::Method;
use serde_json::{Value, json};

use super::extension::{self, is_same_kind};
use super::{ARC_VERSIONS, PAGE, agent, view};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::clock;
use crate::message::Answer;
use crate::operations::faults::{self, Attempt, Failure};
use crate::operations::{self, Work};
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.HybridCompute/machines/extensions", versions: ARC_VERSIONS, answer };

/// What a request is about.
struct Site {
    id: String,
    machine_id: String,
    machine: Value,
    existing: Option<Value>,
}

/// An extension as Azure shows it, always with what the agent reports.
pub(crate) fn shown(extension: Value) -> Value {
    let stored = extension["properties"]["instanceView"].clone();
    let view = if stored.is_object() { stored } else { viewed(&extension, None, &clock::first_timestamp()) };
    let mut extension = extension::model(extension);
    extension["properties"]["instanceView"] = view;
    extension
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    answered(world, visit).unwrap_or_else(|refusal| refusal)
}

fn answered(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let (id, machine_id) =
        (resource::id(visit.place, TYPE.name), resource::parent_id(visit.place, TYPE.name));
    let verb = match visit.call.method {
        Method::GET => "read",
        Method::PUT | Method::PATCH => "write",
        Method::DELETE => "delete",
        _ => return Err(not_implemented(visit.call)),
    };
    let Some(machine) = world.store.get(&machine_id).cloned() else {
        return Err(resource::parent_not_found(&machine_id, TYPE.name, verb));
    };
    if visit.place.name().is_none() {
        return if verb == "read" {
            list(world, visit, &machine_id)
        } else {
            Err(not_implemented(visit.call))
        };
    }
    let existing = world.store.get(&id).map(|document| resource::whole(document.clone(), &id, TYPE.name));
    let site = Site { id, machine_id, machine, existing };
    match verb {
        "read" => {
            let extension = site.existing.ok_or_else(|| resource::not_found(&site.id))?;
            Ok(Answer::json(200, &shown(extension)))
        }
        "write" => write(world, visit, &site),
        _ => Ok(delete(world, visit, &site)),
    }
}

fn list(world: &World, visit: &Visit<'_>, machine_id: &str) -> Result<Answer, Answer> {
    let below = resource::children(&world.store, machine_id, TYPE.name);
    let value: Vec<Value> = below.into_iter().map(shown).collect();
    page::of(world, visit.call, &value, PAGE)
}

fn write(world: &mut World, visit: &Visit<'_>, site: &Site) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let patch = visit.call.method == Method::PATCH;
    if patch && site.existing.is_none() {
        return Err(resource::not_found(&site.id));
    }
    if !patch {
        resource::require_location(&body)?;
    }
    let before = site.existing.as_ref().map(|existing| &existing["properties"]);
    let properties = extension::wanted(before.filter(|_| patch), &body["properties"]);
    extension::require(&properties, &["publisher", "type"])?;
    let mut properties = Value::Object(properties);
    check_objects(&body["properties"])?;
    check_idle(world, site, &properties)?;
    // The agent answers with the version that it has, which no request can name in full.
    properties["typeHandlerVersion"] = json!(view::full_version(&properties["typeHandlerVersion"]));
    let doing = if site.existing.is_some() { "Updating" } else { "Creating" };
    let mut document = resource::whole(json!({ "properties": properties }), &site.id, TYPE.name);
    extension::locate(&mut document, &body, site.existing.as_ref().filter(|_| patch));
    let failure = fails(world, site, &document, "write");
    let (outcome, error) = ended(document.clone(), failure.as_ref(), &world.clock.document_timestamp());
    document["properties"]["provisioningState"] = json!(doing);
    document["properties"]["instanceView"] = json!({
        "name": document["name"],
        "type": document["properties"]["type"],
        "typeHandlerVersion": document["properties"]["typeHandlerVersion"],
        "status": {},
    });
    world.store.put(&site.id, document);
    operations::remember_secret(&mut world.store, &site.id, &body["properties"]["protectedSettings"]);
    let work = Work { target: &site.id, doing, outcome, error, host: &site.machine_id };
    Ok(accepted(world, visit, site, work))
}

fn delete(world: &mut World, visit: &Visit<'_>, site: &Site) -> Answer {
    let Some(mut document) = site.existing.clone() else { return Answer::empty(204) };
    let (outcome, error) = match fails(world, site, &document, "delete") {
        None => (Value::Null, Value::Null),
        failure => ended(document.clone(), failure.as_ref(), &world.clock.document_timestamp()),
    };
    document["properties"]["provisioningState"] = json!("Deleting");
    world.store.put(&site.id, document);
    let work = Work { target: &site.id, doing: "Deleting", outcome, error, host: &site.machine_id };
    accepted(world, visit, site, work)
}

/// 202 without a body for everything, with both URLs.
fn accepted(world: &mut World, visit: &Visit<'_>, site: &Site, work: Work<'_>) -> Answer {
    let name = operations::begin(world, work);
    let (subscription, region) =
        (visit.place.subscription().unwrap_or_default(), resource::region(&site.machine));
    let url = |what: &str| {
        let path = format!(
            "/subscriptions/{subscription}/providers/Microsoft.HybridCompute/locations/{region}/{what}"
        );
        operations::url(world, &path, &name, visit.version)
    };
    let answer = Answer::empty(202)
        .with_header("Azure-AsyncOperation", url("operationstatus"))
        .with_header("Location", url("operationresults"));
    operations::announced(world, answer)
}

fn fails(world: &World, site: &Site, extension: &Value, on: &str) -> Option<Failure> {
    let properties = &extension["properties"];
    let text = |field: &str| properties[field].as_str().unwrap_or_default();
    let name = extension["name"].as_str().unwrap_or_default();
    let refusal = agent::refusal(&site.machine["properties"]["agentConfiguration"], properties);
    if let Some(message) = refusal.filter(|_| on == "write") {
        return Some(Failure { code: "ExtensionNotAllowed".to_owned(), message });
    }
    let (publisher, kind) = (text("publisher"), text("type"));
    faults::of(world, &Attempt { host: &site.machine_id, publisher, kind, name, on })
}

/// The extension when its operation is over, and the operation's error.
fn ended(mut extension: Value, failure: Option<&Failure>, now: &str) -> (Value, Value) {
    extension["properties"]["provisioningState"] =
        json!(if failure.is_some() { "Failed" } else { "Succeeded" });
    extension["properties"]["instanceView"] = viewed(&extension, failure, now);
    let error = failure.map_or(Value::Null, |failure| {
        let code = if failure.code.is_empty() { "VMExtensionProvisioningError" } else { &failure.code };
        json!({ "code": code, "message": failure.message })
    });
    (extension, error)
}

/// One status, not a list, and a level that the specification does not know:
/// <https://github.com/Azure/azure-powershell/issues/19400>.
fn viewed(extension: &Value, failure: Option<&Failure>, now: &str) -> Value {
    let properties = &extension["properties"];
    let failed = failure.is_some() || properties["provisioningState"] == "Failed";
    let message = failure.map_or_else(
        || {
            let status = if failed { "Error" } else { "Success" };
            format!("Extension Message: ExtensionOperation:enable. Status:{status}")
        },
        |failure| failure.message.clone(),
    );
    json!({
        "name": extension["name"],
        "type": properties["type"],
        "typeHandlerVersion": view::full_version(&properties["typeHandlerVersion"]),
        "status": {
            "code": if failed { "error" } else { "success" },
            "level": if failed { "Error" } else { "Information" },
            "message": message,
            "time": now,
        },
    })
}

/// <https://learn.microsoft.com/rest/api/hybridcompute/machine-extensions/create-or-update> has typed objects here.
fn check_objects(properties: &Value) -> Result<(), Answer> {
    let wrong = ["settings", "protectedSettings"].into_iter().find(|field| {
        let value = &properties[*field];
        !value.is_null() && !value.is_object()
    });
    let Some(field) = wrong else { return Ok(()) };
    let message = format!("The request content was invalid: 'properties.{field}' is not an object.");
    Err(Answer::error(400, "InvalidRequestContent", &message))
}

/// One extension of a kind may be in progress; a deletion can always be asked for.
fn check_idle(world: &World, site: &Site, wanted: &Value) -> Result<(), Answer> {
    let below = resource::children(&world.store, &site.machine_id, TYPE.name);
    let busy = below.iter().find(|other| {
        let id = other["id"].as_str().unwrap_or_default();
        is_same_kind(&other["properties"], wanted) && operations::runs_on(world, id)
    });
    let Some(busy) = busy else { return Ok(()) };
    let kind = wanted["type"].as_str().unwrap_or_default();
    let deleting = busy["properties"]["provisioningState"] == "Deleting";
    let what = if deleting { "marked for deletion" } else { "still processing" };
    let message = format!(
        "An extension of type {kind} is {what}. Only one instance of an extension may be in progress at a time for the \
         same resource. Please retry after sometime."
    );
    Err(Answer::error(409, "HCRP409", &message))
}
