//! Azure's reads lag behind its writes: a new assignment may be missing from a GET, a deleted one may still be there.
//! <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/policy/assignment_base_resource.go>
//! waits for twenty equal answers. Here they lag only where a test asks for it, and only for a GET of one assignment.

use serde_json::Value;

use crate::world::World;

/// Notes that an assignment was made now.
pub(crate) fn made(world: &mut World, id: &str) {
    world.ghosts.remove(&crate::store::key(id));
    world.begin(&of_making(id));
}

/// Notes that an assignment was deleted now.
pub(crate) fn deleted(world: &mut World, id: &str, document: Value) {
    world.forget(&of_making(id));
    if !world.delays.consistency.is_zero() {
        let ends = world.clock.elapsed().saturating_add(world.delays.consistency);
        world.ghosts.insert(crate::store::key(id), (ends, document));
    }
}

/// The assignment as a GET sees it.
pub(crate) fn seen(world: &mut World, id: &str) -> Option<Value> {
    let now = world.clock.elapsed();
    world.ghosts.retain(|_, (ends, _)| *ends > now);
    if let Some(document) = world.store.get(id) {
        return (world.age(&of_making(id)) >= world.delays.consistency).then(|| document.clone());
    }
    world.ghosts.get(&crate::store::key(id)).map(|(_, document)| document.clone())
}

fn of_making(id: &str) -> String {
    format!("making/{}", id.trim_start_matches('/'))
}
