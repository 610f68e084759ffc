//! `Microsoft.Kubernetes/connectedClusters`: get and list. Clients cannot write them.
//! <https://learn.microsoft.com/rest/api/hybridkubernetes/connected-cluster>

use hyper::Method;
use serde_json::{Value, json};

use super::{CONNECTED_VERSIONS, PAGE};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Kubernetes/connectedClusters", versions: CONNECTED_VERSIONS, answer };

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET || visit.place.scope.is_empty() {
        return not_implemented(visit.call);
    }
    if visit.place.name().is_some() {
        let id = resource::id(visit.place, TYPE.name);
        return world.store.get(&id).map_or_else(
            || resource::not_found(&id),
            |cluster| Answer::json(200, &shown(resource::whole(cluster.clone(), &id, TYPE.name))),
        );
    }
    let clusters = resource::within(&world.store, &visit.place.scope, TYPE.name);
    let clusters: Vec<Value> = clusters.into_iter().map(shown).collect();
    page::of(world, visit.call, &clusters, PAGE).unwrap_or_else(|refusal| refusal)
}

/// A cluster is connected where its document does not say.
fn shown(mut cluster: Value) -> Value {
    if cluster["properties"]["connectivityStatus"].is_null() {
        cluster["properties"]["connectivityStatus"] = json!("Connected");
    }
    cluster
}
