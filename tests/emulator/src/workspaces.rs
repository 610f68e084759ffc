//! `Microsoft.OperationalInsights/workspaces`: those that a test or a seed has put there can be read.
//! <https://learn.microsoft.com/rest/api/loganalytics/workspaces/get>

use hyper::Method;
use serde_json::json;

use crate::arm::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.OperationalInsights/workspaces",
    versions: &["2025-07-01", "2025-02-01", "2023-09-01", "2022-10-01", "2021-06-01"],
    answer,
};

/// The action's row in the table.
pub(crate) static KEYS: ResourceType = ResourceType {
    name: "Microsoft.OperationalInsights/workspaces/sharedKeys",
    versions: TYPE.versions,
    answer: keys,
};

/// Keys are secrets; these are the same for everybody here.
/// <https://learn.microsoft.com/rest/api/loganalytics/shared-keys/get-shared-keys>
fn keys(_: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::POST {
        return not_implemented(visit.call);
    }
    Answer::json(200, &json!({ "primarySharedKey": "a2V5LW9uZQ==", "secondarySharedKey": "a2V5LXR3bw==" }))
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let (&Method::GET, Some(name)) = (&visit.call.method, visit.place.name()) else {
        return not_implemented(visit.call);
    };
    let id = format!("{}/providers/{}/{name}", visit.place.scope, TYPE.name);
    world.store.get(&id).map_or_else(
        || {
            let message = format!("The Resource '{}/{name}' was not found.", TYPE.name);
            Answer::error(404, "ResourceNotFound", &message)
        },
        |document| Answer::json(200, document),
    )
}
