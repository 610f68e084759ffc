//! Turns at objects: Terraform destroys the resource of an object and creates another one of it at the same time, if the
//! configuration does not say which comes first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Whose turn it is, by id in lower case.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<String, Arc<AsyncMutex<()>>>>);

impl Turns {
    /// Waits until nobody else has the turn at `id`, and takes it until the guard is dropped.
    pub(super) async fn at(&self, id: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(id.to_ascii_lowercase()).or_default())
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn an_object_has_one_turn_at_a_time() {
        let turns = Turns::default();
        let first = turns.at("/A").await;
        assert!(turns.at("/a").now_or_never().is_none(), "it is somebody else's turn");
        assert!(turns.at("/b").now_or_never().is_some(), "another object has turns of its own");
        drop(first);
        assert!(turns.at("/a").now_or_never().is_some());
    }
}
