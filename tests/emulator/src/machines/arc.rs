//! `Microsoft.HybridCompute/machines`: get and list. Clients cannot write them.
//! <https://learn.microsoft.com/rest/api/hybridcompute/machines>

use hyper::Method;
use serde_json::{Value, json};

use super::{ARC_VERSIONS, PAGE, arc_extensions};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.HybridCompute/machines", versions: ARC_VERSIONS, answer };

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET {
        return not_implemented(visit.call);
    }
    let result = if visit.place.name().is_some() { get(world, visit) } else { list(world, visit) };
    result.unwrap_or_else(|refusal| refusal)
}

/// The view is the list `extensions`, with what the agent reports of each.
fn get(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let expand = visit.call.query.get("$expand").map_or("", String::as_str).to_ascii_lowercase();
    if !["", "instanceview"].contains(&expand.as_str()) {
        return Err(not_implemented(visit.call));
    }
    let id = resource::id(visit.place, TYPE.name);
    let stored = world.store.get(&id).ok_or_else(|| resource::not_found(&id))?;
    let mut machine = shown(&world.store, resource::whole(stored.clone(), &id, TYPE.name));
    if expand == "instanceview" {
        let below = resource::children(&world.store, &id, arc_extensions::TYPE.name);
        let views = below
            .into_iter()
            .map(|extension| arc_extensions::shown(extension)["properties"]["instanceView"].clone());
        machine["properties"]["extensions"] = views.collect();
    }
    Ok(Answer::json(200, &machine))
}

fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    if visit.place.scope.is_empty() || visit.call.query.contains_key("$expand") {
        return Err(not_implemented(visit.call));
    }
    let machines = resource::within(&world.store, &visit.place.scope, TYPE.name);
    let machines: Vec<Value> = machines.into_iter().map(|machine| shown(&world.store, machine)).collect();
    page::of(world, visit.call, &machines, PAGE)
}

/// A machine is connected where its document does not say.
fn shown(store: &Store, mut machine: Value) -> Value {
    if machine["properties"]["status"].is_null() {
        machine["properties"]["status"] = json!("Connected");
    }
    let id = machine["id"].as_str().unwrap_or_default();
    let below = resource::children(store, id, arc_extensions::TYPE.name);
    machine["resources"] = below.into_iter().map(arc_extensions::shown).collect();
    machine
}
