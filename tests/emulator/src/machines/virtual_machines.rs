//! `Microsoft.Compute/virtualMachines`: get, list, instance view. Clients cannot write them.
//! <https://learn.microsoft.com/rest/api/compute/virtual-machines>

use hyper::Method;
use serde_json::{Value, json};

use super::{COMPUTE_VERSIONS, PAGE, extensions, view};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Compute/virtualMachines", versions: COMPUTE_VERSIONS, answer };

/// The row of the view by itself.
pub(crate) static INSTANCE_VIEW: ResourceType = ResourceType {
    name: "Microsoft.Compute/virtualMachines/instanceView",
    versions: COMPUTE_VERSIONS,
    answer: instance_view,
};

/// The instance view of a machine and its extensions.
pub(crate) fn viewed(store: &Store, machine: &Value) -> Value {
    let id = machine["id"].as_str().unwrap_or_default();
    view::of_machine(machine, &resource::children(store, id, extensions::VIRTUAL_MACHINE.name))
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET {
        return not_implemented(visit.call);
    }
    let result = if visit.place.name().is_some() { get(world, visit) } else { list(world, visit) };
    result.unwrap_or_else(|refusal| refusal)
}

fn get(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let expand = visit.call.query.get("$expand").map(|expand| expand.to_ascii_lowercase());
    let viewing = match expand.as_deref() {
        None | Some("" | "userdata") => false,
        Some("instanceview") => true,
        Some(_) => return Err(not_implemented(visit.call)),
    };
    let id = resource::id(visit.place, TYPE.name);
    let stored = world.store.get(&id).ok_or_else(|| resource::not_found(&id))?;
    let mut machine = resource::whole(stored.clone(), &id, TYPE.name);
    let view = viewed(&world.store, &machine);
    hide_view(&mut machine);
    if viewing {
        machine["properties"]["instanceView"] = view;
    }
    let below = resource::children(&world.store, &id, extensions::VIRTUAL_MACHINE.name);
    if !below.is_empty() {
        machine["resources"] = below.into_iter().map(super::extension::model).collect();
    }
    Ok(Answer::json(200, &machine))
}

/// A list names the extensions and says no more of them.
fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let options = ["$expand", "$filter", "statusonly"];
    if visit.place.scope.is_empty() || options.iter().any(|option| visit.call.query.contains_key(*option)) {
        return Err(not_implemented(visit.call));
    }
    let mut machines = resource::within(&world.store, &visit.place.scope, TYPE.name);
    for machine in &mut machines {
        hide_view(machine);
        let id = machine["id"].as_str().unwrap_or_default();
        let below = resource::children(&world.store, id, extensions::VIRTUAL_MACHINE.name);
        if !below.is_empty() {
            machine["resources"] = below.iter().map(|extension| json!({ "id": extension["id"] })).collect();
        }
    }
    page::of(world, visit.call, &machines, PAGE)
}

fn instance_view(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET || visit.place.names.len() != 1 {
        return not_implemented(visit.call);
    }
    let id = resource::id(visit.place, TYPE.name);
    let Some(stored) = world.store.get(&id) else {
        return resource::not_found(&id);
    };
    let machine = resource::whole(stored.clone(), &id, TYPE.name);
    Answer::json(200, &viewed(&world.store, &machine))
}

fn hide_view(machine: &mut Value) {
    if let Some(properties) = machine.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove("instanceView");
    }
}
