//! What is known of each scope in this process, and whose turn it is to write.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::{LISTING, Plans, Pricing, plan_named};
use crate::arm::{Call, Error, ErrorKind, Scope, SingleFlight, Turns};

/// All scopes that were read or written.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    known: Mutex<HashMap<Scope, Arc<Known>>>,
    /// One queue a subscription; Azure refuses a second pricing write with 409 while one is under way.
    /// <https://github.com/hashicorp/terraform-provider-azurerm/issues/32451>
    queues: Turns,
}

/// One scope.
#[derive(Debug, Default)]
pub(super) struct Known {
    lists: SingleFlight<Listed>,
    /// How many writes this process has made; a list from before the last one is old.
    writes: AtomicU64,
    history: Mutex<History>,
}

/// A list, and how many writes came before it was asked for.
#[derive(Clone, Debug)]
struct Listed {
    writes: u64,
    plans: Arc<Plans>,
}

#[derive(Debug, Default)]
struct History {
    /// The first list of this process, kept for what stood there before.
    first: Option<Arc<Plans>>,
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
        let turn = self.queues.at(scope.subscription_id().unwrap_or_default(), call).await;
        turn.map_err(|kind| {
            let why = if kind == ErrorKind::Cancelled {
                "Terraform was interrupted before the request was sent"
            } else {
                "the time ran out while other writes to the subscription were under way; Azure takes one at a time"
            };
            Error::not_sent(kind, act, scope.as_str(), why)
        })
    }
}

impl Known {
    /// The newest list, fetched if there is none since the last write.
    pub(super) async fn list<F>(&self, call: &Call, fetch: impl FnOnce() -> F) -> Result<Arc<Plans>, Error>
    where
        F: Future<Output = Result<Plans, Error>>,
    {
        let flight = || async {
            let writes = self.writes.load(Ordering::Acquire);
            fetch().await.map(|plans| Listed { writes, plans: Arc::new(plans) })
        };
        let is_newest = |listed: &Listed| listed.writes == self.writes.load(Ordering::Acquire);
        let Listed { plans, .. } = self.lists.get(call, is_newest, flight).await?;
        self.history().first.get_or_insert_with(|| Arc::clone(&plans));
        Ok(plans)
    }

    /// The list of this process, if it has one and has written nothing since.
    pub(super) fn seen(&self) -> Option<Arc<Plans>> {
        let history = self.history();
        history.first.clone().filter(|_| history.written.is_empty())
    }

    /// A plan before the first write of this process to it, or as this process left it.
    pub(super) async fn before<F>(
        &self,
        name: &str,
        call: &Call,
        fetch: impl FnOnce() -> F,
    ) -> Result<Option<Pricing>, Error>
    where
        F: Future<Output = Result<Plans, Error>>,
    {
        let find = |list: &Plans| match list.problem(name) {
            Some(problem) => Err(Error::unreadable(LISTING, name, problem)),
            None => Ok(plan_named(list, name).cloned()),
        };
        {
            let history = self.history();
            match (history.written.get(&name.to_ascii_lowercase()), &history.first) {
                (Some(Some(left)), _) => return Ok(Some(left.clone())),
                (None, Some(first)) => return find(first),
                (Some(None) | None, _) => {}
            }
        }
        find(&*self.list(call, fetch).await?)
    }

    /// Notes a write; without an answer it is not known what came of it.
    pub(super) fn written(&self, name: &str, answer: Option<&Pricing>) {
        self.writes.fetch_add(1, Ordering::Release);
        self.history().written.insert(name.to_ascii_lowercase(), answer.cloned());
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use serde_json::{Value, json};
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn entry(name: &str, tier: &str) -> Value {
        json!({"name": name, "properties": {"pricingTier": tier}})
    }

    fn plan(name: &str, tier: &str) -> Pricing {
        Pricing::from_body(&entry(name, tier)).unwrap()
    }

    fn call() -> Call {
        Call { deadline: Instant::now() + Duration::from_secs(60), cancel: CancellationToken::new() }
    }

    #[tokio::test]
    async fn a_list_is_fetched_once_and_again_only_after_a_write() {
        let (known, fetches, call) = (Known::default(), AtomicUsize::new(0), call());
        let fetch = || async {
            fetches.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(Plans::read(&[entry("A", "Free"), entry("B", "Free"), entry("C", "Other")]))
        };
        let (first, second) = tokio::join!(known.list(&call, fetch), known.list(&call, fetch));
        assert_eq!(first.unwrap(), second.unwrap());
        assert_eq!(fetches.load(Ordering::Relaxed), 1);

        known.written("a", Some(&plan("A", "Standard")));
        assert_eq!(known.before("A", &call, fetch).await.unwrap(), Some(plan("A", "Standard")));
        assert_eq!(known.before("B", &call, fetch).await.unwrap(), Some(plan("B", "Free")));
        assert!(known.before("C", &call, fetch).await.is_err(), "what it was before is not known");
        assert_eq!(fetches.load(Ordering::Relaxed), 1, "what was there before needs no new list");
        known.list(&call, fetch).await.unwrap();
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn an_error_is_for_those_who_waited_and_for_nobody_after() {
        let (known, fetches, call) = (Known::default(), AtomicUsize::new(0), call());
        let fetch = || async {
            fetches.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Err(Error::not_sent(ErrorKind::Forbidden, "listing", "/", "no"))
        };
        let (first, second) = tokio::join!(known.list(&call, fetch), known.list(&call, fetch));
        assert!(first.is_err() && second.is_err());
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
        assert!(known.list(&call, fetch).await.is_err());
        assert_eq!(fetches.load(Ordering::Relaxed), 2);
    }
}
