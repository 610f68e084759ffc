//! Turns: what Azure, or a run, takes one at a time.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::sleep_until;

use super::error::ErrorKind;
use super::request::Call;

/// Whose turn it is, by what it is a turn at.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<String, Arc<AsyncMutex<()>>>>);

impl Turns {
    /// Waits until nobody else has the turn at `what`, in any letter case, and takes it until the guard is dropped.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] or [`ErrorKind::Cancelled`] where the call ends first.
    pub async fn at(&self, what: &str, call: &Call) -> Result<OwnedMutexGuard<()>, ErrorKind> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(what.to_ascii_lowercase()).or_default())
        };
        tokio::select! {
            turn = turn.lock_owned() => Ok(turn),
            () = call.cancel.cancelled() => Err(ErrorKind::Cancelled),
            () = sleep_until(call.deadline) => Err(ErrorKind::Timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn there_is_one_turn_at_a_time() {
        let deadline = Instant::now() + Duration::from_secs(60);
        let call = Call { deadline, cancel: CancellationToken::new() };
        let turns = Turns::default();
        let first = turns.at("/A", &call).await.unwrap();
        assert!(turns.at("/a", &call).now_or_never().is_none(), "it is somebody else's turn");
        assert!(turns.at("/b", &call).now_or_never().is_some(), "there are others of something else");
        assert_eq!(turns.at("/a", &call).await.err(), Some(ErrorKind::Timeout));
        let call = Call { deadline: deadline + Duration::from_secs(60), ..call };
        call.cancel.cancel();
        assert_eq!(turns.at("/a", &call).await.err(), Some(ErrorKind::Cancelled));
        drop(first);
    }
}
