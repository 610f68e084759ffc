//! The extensions of virtual machines and of scale sets: list, get, put, patch, delete, with operations.
//! <https://learn.microsoft.com/rest/api/compute/virtual-machine-extensions>,
//! <https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-set-extensions>

use hyper::Method;
use serde_json::{Value, json};

use super::extension::{self, is_same_kind};
use super::{COMPUTE_VERSIONS, PAGE, view};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::operations::faults::{self, Attempt};
use crate::operations::{self, Work};
use crate::route::not_implemented;
use crate::world::World;

/// The row of the extensions of virtual machines.
pub(crate) static VIRTUAL_MACHINE: ResourceType = ResourceType {
    name: "Microsoft.Compute/virtualMachines/extensions",
    versions: COMPUTE_VERSIONS,
    answer: |world, visit| answer(world, visit, VIRTUAL_MACHINE.name),
};

/// The row of the extensions of scale sets.
pub(crate) static SCALE_SET: ResourceType = ResourceType {
    name: "Microsoft.Compute/virtualMachineScaleSets/extensions",
    versions: COMPUTE_VERSIONS,
    answer: |world, visit| answer(world, visit, SCALE_SET.name),
};

/// What a request is about.
struct Site {
    kind: &'static str,
    id: String,
    machine_id: String,
    machine: Value,
    existing: Option<Value>,
}

fn answer(world: &mut World, visit: &Visit<'_>, kind: &'static str) -> Answer {
    answered(world, visit, kind).unwrap_or_else(|refusal| refusal)
}

fn answered(world: &mut World, visit: &Visit<'_>, kind: &'static str) -> Result<Answer, Answer> {
    let (id, machine_id) = (resource::id(visit.place, kind), resource::parent_id(visit.place, kind));
    let verb = match visit.call.method {
        Method::GET => "read",
        Method::PUT | Method::PATCH => "write",
        Method::DELETE => "delete",
        _ => return Err(not_implemented(visit.call)),
    };
    let Some(machine) = world.store.get(&machine_id).cloned() else {
        return Err(resource::parent_not_found(&machine_id, kind, verb));
    };
    if visit.place.name().is_none() {
        return if verb == "read" { list(world, visit, kind) } else { Err(not_implemented(visit.call)) };
    }
    let existing = world.store.get(&id).map(|document| resource::whole(document.clone(), &id, kind));
    let site = Site { kind, id, machine_id, machine, existing };
    match verb {
        "read" => get(visit, site),
        "write" => write(world, visit, &site),
        _ => delete(world, visit, &site),
    }
}

fn get(visit: &Visit<'_>, site: Site) -> Result<Answer, Answer> {
    let extension = site.existing.ok_or_else(|| resource::not_found(&site.id))?;
    let show = shower(visit, site.kind)?;
    Ok(Answer::json(200, &show(extension)))
}

/// Azure pages those of scale sets only.
fn list(world: &World, visit: &Visit<'_>, kind: &str) -> Result<Answer, Answer> {
    let show = shower(visit, kind)?;
    let below = resource::children(&world.store, &resource::parent_id(visit.place, kind), kind);
    let value: Vec<Value> = below.into_iter().map(show).collect();
    let size = if kind == SCALE_SET.name { PAGE } else { value.len().max(1) };
    page::of(world, visit.call, &value, size)
}

fn shower(visit: &Visit<'_>, kind: &str) -> Result<fn(Value) -> Value, Answer> {
    let expand = visit.call.query.get("$expand").map_or("", String::as_str);
    match (kind == SCALE_SET.name, expand.to_ascii_lowercase().as_str()) {
        (true, "") => Ok(extension::model_of_set),
        (false, "") => Ok(extension::model),
        (false, "instanceview") => Ok(extension::viewed),
        _ => Err(not_implemented(visit.call)),
    }
}

fn write(world: &mut World, visit: &Visit<'_>, site: &Site) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let patch = visit.call.method == Method::PATCH;
    if patch && site.existing.is_none() {
        return Err(resource::not_found(&site.id));
    }
    let of_machine = site.kind == VIRTUAL_MACHINE.name;
    if of_machine && !patch {
        resource::require_location(&body)?;
    }
    let before = site.existing.as_ref().map(|existing| &existing["properties"]);
    let properties = extension::wanted(before.filter(|_| patch), &body["properties"]);
    extension::require(&properties, &["publisher", "type", "typeHandlerVersion"])?;
    let properties = Value::Object(properties);
    check_running(site)?;
    check_kind(world, site, &properties)?;

    let doing = if site.existing.is_some() { "Updating" } else { "Creating" };
    let mut document = resource::whole(json!({ "properties": properties }), &site.id, site.kind);
    if of_machine {
        extension::locate(&mut document, &body, site.existing.as_ref().filter(|_| patch));
    }
    let failure = fails(world, site, &document, "write");
    let (outcome, error) =
        extension::ended(document.clone(), failure.as_ref(), &world.clock.document_timestamp());
    document["properties"]["provisioningState"] = json!(doing);
    world.store.put(&site.id, document.clone());
    operations::remember_secret(&mut world.store, &site.id, &body["properties"]["protectedSettings"]);
    let work = Work { target: &site.id, doing, outcome, error, host: &site.machine_id };
    let url = begin(world, visit, site, work);
    let show = if of_machine { extension::model } else { extension::model_of_set };
    let status = if doing == "Creating" { 201 } else { 200 };
    let answer = Answer::json(status, &show(document)).with_header("Azure-AsyncOperation", url);
    Ok(operations::announced(world, answer.with_header("Azure-AsyncNotification", "Enabled")))
}

fn delete(world: &mut World, visit: &Visit<'_>, site: &Site) -> Result<Answer, Answer> {
    let Some(mut document) = site.existing.clone() else { return Ok(Answer::empty(204)) };
    check_running(site)?;
    let failure = fails(world, site, &document, "delete");
    document["properties"]["provisioningState"] = json!("Deleting");
    let (outcome, error) = match &failure {
        None => (Value::Null, Value::Null),
        some => extension::ended(document.clone(), some.as_ref(), &world.clock.document_timestamp()),
    };
    world.store.put(&site.id, document);
    let work = Work { target: &site.id, doing: "Deleting", outcome, error, host: &site.machine_id };
    let url = begin(world, visit, site, work);
    let answer = Answer::empty(202)
        .with_header("Location", format!("{url}&monitor=true"))
        .with_header("Azure-AsyncOperation", url)
        .with_header("Azure-AsyncNotification", "Enabled");
    Ok(operations::announced(world, answer))
}

fn begin(world: &mut World, visit: &Visit<'_>, site: &Site, work: Work<'_>) -> String {
    let name = operations::begin(world, work);
    let (subscription, region) =
        (visit.place.subscription().unwrap_or_default(), resource::region(&site.machine));
    let path =
        format!("/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{region}/operations");
    operations::url(world, &path, &name, visit.version)
}

fn fails(world: &World, site: &Site, extension: &Value, on: &str) -> Option<faults::Failure> {
    let text = |field: &str| extension["properties"][field].as_str().unwrap_or_default();
    let name = extension["name"].as_str().unwrap_or_default();
    let (publisher, kind) = (text("publisher"), text("type"));
    faults::of(world, &Attempt { host: &site.machine_id, publisher, kind, name, on })
}

/// <https://github.com/hashicorp/terraform-provider-azurerm/issues/6098>; the shape is that of [`check_kind`]'s link.
fn check_running(site: &Site) -> Result<(), Answer> {
    if site.kind == SCALE_SET.name || view::is_running(&site.machine) {
        return Ok(());
    }
    let message = "Cannot modify extensions in the VM when the VM is not running.";
    Err(refusal(409, "OperationNotAllowed", "CannotModifyExtensionsWhenVMNotRunning", message))
}

/// One extension of a kind per machine, under one name, which stays of that kind:
/// <https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/reset-rdp#error-messages>.
fn check_kind(world: &World, site: &Site, wanted: &Value) -> Result<(), Answer> {
    if let Some(existing) = &site.existing
        && !is_same_kind(&existing["properties"], wanted)
    {
        let same_publisher = existing["properties"]["publisher"] == wanted["publisher"];
        let property = if same_publisher { "type" } else { "publisher" };
        let message = format!("Changing property '{property}' is not allowed.");
        let error = json!({ "code": "PropertyChangeNotAllowed", "message": message, "target": property });
        return Err(Answer::json(409, &json!({ "error": error })));
    }
    let others = resource::children(&world.store, &site.machine_id, site.kind).into_iter();
    let other_of_kind = others
        .filter(|other| !other["id"].as_str().unwrap_or_default().eq_ignore_ascii_case(&site.id))
        .find(|other| is_same_kind(&other["properties"], wanted));
    let Some(other) = other_of_kind else { return Ok(()) };
    let profiles = ["/properties/storageProfile", "/properties/virtualMachineProfile/storageProfile"];
    let profile = profiles.iter().find_map(|pointer| site.machine.pointer(pointer));
    let system = profile.and_then(|profile| profile["osDisk"]["osType"].as_str()).unwrap_or("Linux");
    let message = format!(
        "Multiple VMExtensions per handler not supported for OS type '{system}'. VMExtension '{}' with handler '{}' \
         already added or specified in input.",
        other["name"].as_str().unwrap_or_default(),
        extension::handler(&other["properties"]),
    );
    Err(refusal(400, "BadRequest", "MultipleExtensionsPerHandlerNotAllowed", &message))
}

/// Compute's error with a second code inside.
fn refusal(status: u16, code: &str, inner: &str, message: &str) -> Answer {
    let error = json!({ "innererror": { "internalErrorCode": inner }, "code": code, "message": message });
    Answer::json(status, &json!({ "error": error }))
}
