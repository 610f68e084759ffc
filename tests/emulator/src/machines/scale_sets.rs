//! `Microsoft.Compute/virtualMachineScaleSets`: get and list. Clients cannot write them.
//! <https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets>
//!
//! An extension of a scale set is a document of its own; the set shows it in its `extensionProfile`.

use hyper::Method;
use serde_json::Value;

use super::{COMPUTE_VERSIONS, PAGE, extension, extensions};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Compute/virtualMachineScaleSets", versions: COMPUTE_VERSIONS, answer };

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET || visit.call.query.contains_key("$expand") {
        return not_implemented(visit.call);
    }
    if visit.place.name().is_some() {
        let id = resource::id(visit.place, TYPE.name);
        return world.store.get(&id).map_or_else(
            || resource::not_found(&id),
            |set| Answer::json(200, &shown(&world.store, resource::whole(set.clone(), &id, TYPE.name))),
        );
    }
    if visit.place.scope.is_empty() {
        return not_implemented(visit.call);
    }
    let sets = resource::within(&world.store, &visit.place.scope, TYPE.name);
    let sets: Vec<Value> = sets.into_iter().map(|set| shown(&world.store, set)).collect();
    page::of(world, visit.call, &sets, PAGE).unwrap_or_else(|refusal| refusal)
}

fn shown(store: &Store, mut set: Value) -> Value {
    let id = set["id"].as_str().unwrap_or_default();
    let below = resource::children(store, id, extensions::SCALE_SET.name);
    if !below.is_empty() {
        let models = below.into_iter().map(extension::model_of_set).collect();
        set["properties"]["virtualMachineProfile"]["extensionProfile"]["extensions"] = models;
    }
    set
}
