//! `Microsoft.Storage/storageAccounts`: those that a test or a seed has put there can be read.
//! <https://learn.microsoft.com/rest/api/storagerp/storage-accounts>

use hyper::Method;

use crate::arm::{ResourceType, Visit, page, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Storage/storageAccounts",
    versions: &["2025-06-01", "2025-01-01", "2024-01-01", "2023-05-01", "2023-01-01", "2022-09-01"],
    answer,
};

/// How many accounts a page has.
const PAGE: usize = 1000;

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET || visit.place.scope.is_empty() {
        return not_implemented(visit.call);
    }
    let id = resource::id(visit.place, TYPE.name);
    if visit.place.name().is_none() {
        let accounts = resource::within(&world.store, &visit.place.scope, TYPE.name);
        return page::of(world, visit.call, &accounts, PAGE).unwrap_or_else(|refusal| refusal);
    }
    match world.store.get(&id) {
        Some(account) => Answer::json(200, &resource::whole(account.clone(), &id, TYPE.name)),
        None => resource::not_found(&id),
    }
}
