//! What is known of each scope in this process, and whose turn it is to write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::Pricing;
use crate::arm::{Call, Error, ErrorKind, Scope};

/// All scopes that were read or written.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    known: Mutex<HashMap<Scope, Arc<Known>>>,
    /// One queue a subscription; Azure refuses a second pricing write with 409 while one is under way.
    /// <https://github.com/hashicorp/terraform-provider-azurerm/issues/32451>
    queues: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
}

/// One scope. The lock is held while a list is fetched, so that those who come meanwhile share it.
#[derive(Debug, Default)]
pub(super) struct Known(AsyncMutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The first list of this process, kept for what stood there before.
    first: Option<Arc<Vec<Pricing>>>,
    /// The newest list; none after a write. An error is shared too: asking again would only fail again.
    newest: Option<Result<Arc<Vec<Pricing>>, Error>>,
    /// What this process wrote, by lower-cased name; nothing where the outcome is not known.
    written: HashMap<String, Option<Pricing>>,
}

impl Scopes {
    /// What is known of a scope.
    pub(super) fn of(&self, scope: &Scope) -> Arc<Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(scope.clone()).or_default())
    }

    /// Waits until no other write to the subscription is under way.
    pub(super) async fn turn(
        &self,
        scope: &Scope,
        call: &Call,
        act: &str,
    ) -> Result<OwnedMutexGuard<()>, Error> {
        let key = scope.subscription_id().unwrap_or_default().to_owned();
        let queue =
            Arc::clone(self.queues.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        tokio::select! {
            turn = queue.lock_owned() => Ok(turn),
            () = tokio::time::sleep_until(call.deadline) => Err(Error::not_sent(
                ErrorKind::Timeout, act, scope.as_str(),
                "the time ran out while other writes to the subscription were under way; Azure takes one at a time",
            )),
            () = call.cancel.cancelled() => Err(Error::not_sent(
                ErrorKind::Cancelled, act, scope.as_str(), "Terraform was interrupted before the request was sent",
            )),
        }
    }
}

impl Known {
    /// The newest list, fetched if there is none.
    pub(super) async fn list<F>(&self, fetch: impl FnOnce() -> F) -> Result<Arc<Vec<Pricing>>, Error>
    where
        F: Future<Output = Result<Vec<Pricing>, Error>>,
    {
        let mut state = self.0.lock().await;
        if let Some(known) = &state.newest {
            return known.clone();
        }
        let fetched = fetch().await.map(Arc::new);
        if let Ok(list) = &fetched {
            state.first.get_or_insert_with(|| Arc::clone(list));
        }
        // Another caller may have more time, or may not be interrupted.
        let own = |error: &Error| matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Cancelled);
        if !fetched.as_ref().is_err_and(own) {
            state.newest = Some(fetched.clone());
        }
        fetched
    }

    /// A plan before the first write of this process to it, or as this process left it.
    pub(super) async fn before<F>(
        &self,
        name: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<Option<Pricing>, Error>
    where
        F: Future<Output = Result<Vec<Pricing>, Error>>,
    {
        let find = |list: &[Pricing]| list.iter().find(|plan| plan.name.eq_ignore_ascii_case(name)).cloned();
        {
            let state = self.0.lock().await;
            match (state.written.get(&name.to_ascii_lowercase()), &state.first) {
                (Some(Some(left)), _) => return Ok(Some(left.clone())),
                (None, Some(first)) => return Ok(find(first)),
                (Some(None) | None, _) => {}
            }
        }
        Ok(find(&self.list(fetch).await?))
    }

    /// Notes a write; without an answer it is not known what came of it.
    pub(super) async fn written(&self, name: &str, answer: Option<&Pricing>) {
        let mut state = self.0.lock().await;
        state.newest = None;
        state.written.insert(name.to_ascii_lowercase(), answer.cloned());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;

    fn plan(name: &str, tier: &str) -> Pricing {
        Pricing::from_body(&json!({"name": name, "properties": {"pricingTier": tier}}))
    }

    #[tokio::test]
    async fn a_list_is_fetched_once_and_again_only_after_a_write() {
        let (known, fetches) = (Known::default(), AtomicUsize::new(0));
        let fetch = || async {
            fetches.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(vec![plan("A", "Free"), plan("B", "Free")])
        };
        let (first, second) = tokio::join!(known.list(fetch), known.list(fetch));
        assert_eq!(first.unwrap(), second.unwrap());
        assert_eq!(fetches.load(Ordering::Relaxed), 1);

        known.written("a", Some(&plan("A", "Standard"))).await;
        assert_eq!(known.before("A", fetch).await.unwrap(), Some(plan("A", "Standard")));
        assert_eq!(known.before("B", fetch).await.unwrap(), Some(plan("B", "Free")));
        assert_eq!(fetches.load(Ordering::Relaxed), 1, "what was there before needs no new list");
        known.list(fetch).await.unwrap();
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn an_error_is_shared_too() {
        let (known, fetches) = (Known::default(), AtomicUsize::new(0));
        let fetch = || async {
            fetches.fetch_add(1, Ordering::Relaxed);
            Err(Error::not_sent(ErrorKind::Forbidden, "listing", "/", "no"))
        };
        assert!(known.list(fetch).await.is_err());
        assert!(known.list(fetch).await.is_err());
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
    }
}
