//! What Azure Resource Graph knows: the documents as they are, or as they were when it last looked.
//! <https://learn.microsoft.com/azure/governance/resource-graph/overview#how-resource-graph-is-kept-current>

use std::time::Duration;

use crate::store::Store;
use crate::world::World;

/// The documents as Graph last saw them.
#[derive(Debug)]
pub(crate) struct Index {
    taken: Duration,
    store: Store,
}

/// Sets how long Graph goes without looking; without a delay it sees every write at once.
pub(crate) fn set_delay(world: &mut World, delay: Duration) {
    world.delays.graph = delay;
    world.index = None;
    refresh(world);
}

/// Looks again where the time has come.
pub(crate) fn refresh(world: &mut World) {
    let (delay, now) = (world.delays.graph, world.clock.elapsed());
    let is_due = world.index.as_ref().is_none_or(|index| now.saturating_sub(index.taken) >= delay);
    if delay.is_zero() {
        world.index = None;
    } else if is_due {
        world.index = Some(Index { taken: now, store: world.store.clone() });
    }
}

/// The documents that Graph knows.
pub(crate) fn store(world: &World) -> &Store {
    world.index.as_ref().map_or(&world.store, |index| &index.store)
}
