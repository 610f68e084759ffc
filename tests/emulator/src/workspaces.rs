//! `Microsoft.OperationalInsights/workspaces`: those that a test or a seed has put there can be read.
//! <https://learn.microsoft.com/rest/api/loganalytics/workspaces/get>

use hyper::Method;

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
