//! Everything the emulator knows, behind one lock that is held only while a rule decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::Cloud;
use crate::arm::quota::Quotas;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::graph::index::Index;
use crate::graph::window::Window;
use crate::journal::Journal;
use crate::operations;
use crate::policy::remediations;
use crate::seed;
use crate::snapshot::Snapshot;
use crate::store::{Store, key};

/// How long Azure takes for what it does after its answer; all zero unless a test wants them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delays {
    /// Until a new identity can be given a role.
    pub(crate) replication: Duration,
    /// Until a read sees that a policy assignment was made or deleted, or the workspace of a setting.
    pub(crate) consistency: Duration,
    /// How long a remediation stays in each of its states.
    pub(crate) remediation_step: Duration,
    /// How long an operation on a machine or cluster takes.
    pub(crate) operation: Duration,
    /// How long Azure Resource Graph goes without looking at the documents.
    pub(crate) graph: Duration,
    /// After how many seconds its client is to look again.
    pub(crate) operation_retry_after: u64,
}

/// The emulated cloud.
#[derive(Debug)]
pub(crate) struct World {
    /// Which of Azure's clouds this is.
    pub(crate) cloud: Cloud,
    /// The address under which clients see it, without a trailing slash.
    pub(crate) origin: String,
    /// Its time.
    pub(crate) clock: Clock,
    /// Its documents.
    pub(crate) store: Store,
    /// How many requests each subscription has left.
    pub(crate) quotas: Quotas,
    /// How many queries to Azure Resource Graph are left.
    pub(crate) queries: Window,
    /// What Azure Resource Graph knows, where that is not the documents as they are.
    pub(crate) index: Option<Index>,
    /// What tests injected.
    pub(crate) faults: Faults,
    /// What was asked.
    pub(crate) journal: Journal,
    /// How long every answer takes.
    pub(crate) latency: Duration,
    /// How long Azure takes for what it does after its answer.
    pub(crate) delays: Delays,
    /// Deleted documents that some reads still see, and until when, in the clock's elapsed time.
    pub(crate) ghosts: BTreeMap<String, (Duration, Value)>,
    /// When something began, in the clock's elapsed time; what is not in it began before this run.
    since: BTreeMap<String, Duration>,
    snapshot: Option<Snapshot>,
    writing: BTreeSet<String>,
    answered: u64,
}

impl World {
    /// A cloud with these documents.
    pub(crate) fn new(cloud: Cloud, origin: String, store: Store, snapshot: Option<Snapshot>) -> Self {
        Self {
            cloud,
            origin,
            clock: Clock::start(),
            store,
            quotas: Quotas::default(),
            queries: Window::default(),
            index: None,
            faults: Faults::default(),
            journal: Journal::default(),
            latency: Duration::ZERO,
            delays: Delays::default(),
            ghosts: BTreeMap::new(),
            since: BTreeMap::new(),
            snapshot,
            writing: BTreeSet::new(),
            answered: 0,
        }
    }

    /// Writes a document from outside, and all that must exist around it (its subscription, that one's plans).
    pub(crate) fn plant(&mut self, id: &str, document: Value) {
        seed::plant(&mut self.store, self.cloud, id, document);
        self.keep();
    }

    /// Writes the store to disk where that was asked for and something changed.
    pub(crate) fn keep(&mut self) {
        if self.store.take_changed()
            && let Some(snapshot) = &self.snapshot
            && let Err(error) = snapshot.save(&self.store)
        {
            crate::report(&error.to_string());
        }
    }

    /// Starts to measure how long ago `what` began.
    pub(crate) fn begin(&mut self, what: &str) {
        self.since.insert(key(what), self.clock.elapsed());
    }

    /// How long ago `what` began; for ever where that was before this run.
    pub(crate) fn age(&self, what: &str) -> Duration {
        self.since.get(&key(what)).map_or(Duration::MAX, |&since| self.clock.elapsed().saturating_sub(since))
    }

    /// Stops measuring.
    pub(crate) fn forget(&mut self, what: &str) {
        self.since.remove(&key(what));
    }

    /// Brings the documents up to what should have happened by now.
    pub(crate) fn settle(&mut self) {
        remediations::settle_all(self);
        operations::settle_all(self);
        self.keep();
    }

    /// A UUID that differs for every answer and is the same in every run.
    pub(crate) fn next_request_id(&mut self) -> String {
        self.answered += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.answered)
    }
}

/// The one world that connections, the control endpoint and tests share.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// Shares a world.
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The world, for a short while. A rule that panicked leaves its documents whole, so a poisoned lock is fine.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the right to write under `key`, which only one request at a time can have.
    pub(crate) fn claim(&self, key: String) -> Option<Writing> {
        self.lock().writing.insert(key.clone()).then(|| Writing { world: self.clone(), key })
    }
}

/// The right to write; given back on drop.
#[derive(Debug)]
pub(crate) struct Writing {
    world: Shared,
    key: String,
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.world.lock().writing.remove(&self.key);
    }
}
