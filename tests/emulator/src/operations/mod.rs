//! Long-running operations: what Azure still does after its answer, and the URLs under which a client asks how far it
//! is. <https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/async-api-reference.md>
//!
//! The whole outcome is decided when an operation begins; after `--operation-time` (or as soon as its host is connected
//! again) it becomes true. What fails, a seed or a test says: see `faults`. The URLs are as long as Azure's, which carry
//! a signed certificate, and must be followed as they are.

pub(crate) mod faults;
pub(crate) mod polls;

use std::iter;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::message::Answer;
use crate::store::{Store, key};
use crate::uuid;
use crate::world::World;

/// Where operations are remembered; no document has such an id.
const MEMORIES: &str = "/operations/";

/// One operation, as it is remembered.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Operation {
    /// The id of the resource that it makes, changes or deletes.
    target: String,
    /// What runs there, as the resource's `provisioningState` says it.
    doing: String,
    /// The document that stands there afterwards; null where none does.
    outcome: Value,
    /// How it fails; null where it does not.
    error: Value,
    /// The id of the machine or cluster without which it cannot go on.
    host: String,
    began: String,
    ended: Option<String>,
}

/// What is to happen.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    /// The id of the resource that it makes, changes or deletes.
    pub(crate) target: &'a str,
    /// What runs there: `Creating`, `Updating`, `Deleting`.
    pub(crate) doing: &'a str,
    /// The document that stands there afterwards; null where none does.
    pub(crate) outcome: Value,
    /// How it fails; null where it does not.
    pub(crate) error: Value,
    /// The id of the machine or cluster without which it cannot go on; empty where it needs none.
    pub(crate) host: &'a str,
}

/// Begins an operation and says what it is called. One that still runs on the same resource is given up.
pub(crate) fn begin(world: &mut World, work: Work<'_>) -> String {
    let now = world.clock.document_timestamp();
    for (id, mut other) in open(world).into_iter().filter(|(_, other)| key(&other.target) == key(work.target))
    {
        other.error = json!({
            "code": "OperationPreempted",
            "message": "Operation execution has been preempted by a more recent operation.",
        });
        other.outcome = Value::Null;
        other.ended = Some(now.clone());
        keep(world, &id, &other);
    }
    let count = world.store.count_making(&format!("{}/operations", work.target));
    let name = uuid::of(&format!("operation {} {count}", key(work.target)));
    let operation = Operation {
        target: work.target.to_owned(),
        doing: work.doing.to_owned(),
        outcome: work.outcome,
        error: work.error,
        host: work.host.to_owned(),
        began: now,
        ended: None,
    };
    let id = format!("{MEMORIES}{name}");
    keep(world, &id, &operation);
    world.begin(&id);
    name
}

/// Whether an operation still runs on this resource.
pub(crate) fn runs_on(world: &World, target: &str) -> bool {
    open(world).iter().any(|(_, operation)| key(&operation.target) == key(target))
}

/// Ends all operations that should be over by now.
pub(crate) fn settle_all(world: &mut World) {
    for (id, mut operation) in open(world) {
        let over = world.age(&id) >= world.delays.operation && !is_disconnected(world, &operation.host);
        if !over {
            continue;
        }
        operation.ended = Some(world.clock.document_timestamp());
        let outcome = operation.outcome.take();
        keep(world, &id, &operation);
        world.forget(&id);
        if outcome.is_null() {
            world.store.delete(&operation.target);
        } else if world.store.get(&operation.target).is_some() {
            world.store.put(&operation.target, outcome);
        }
    }
}

/// The URL of an operation: a path of the caller's, and the query that makes it long.
pub(crate) fn url(world: &World, path: &str, name: &str, version: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("api-version", version).extend_pairs(signature(name));
    format!("{}{path}/{name}?{}", world.origin, query.finish())
}

/// An answer with the time after which to look.
pub(crate) fn announced(world: &World, answer: Answer) -> Answer {
    answer.with_header("Retry-After", world.delays.operation_retry_after.to_string())
}

/// Whether a machine or cluster has lost its connection.
pub(crate) fn is_disconnected(world: &World, host: &str) -> bool {
    let Some(document) = world.store.get(host) else { return false };
    let properties = &document["properties"];
    let lost =
        |state: &Value| state.as_str().is_some_and(|state| matches!(state, "Disconnected" | "Offline"));
    lost(&properties["status"]) || lost(&properties["connectivityStatus"])
}

/// Remembers that a resource got a secret, not the secret. One that a request leaves out stays as it is.
pub(crate) fn remember_secret(store: &mut Store, id: &str, secret: &Value) {
    if !secret.is_null() {
        store.remember(id, json!({ "secret": uuid::of(&secret.to_string()) }));
    }
}

/// Whether this is the secret that a resource last got.
pub(crate) fn got_secret(store: &Store, id: &str, secret: &Value) -> bool {
    store.memory(id)["secret"] == uuid::of(&secret.to_string())
}

/// The operations that are not over.
fn open(world: &World) -> Vec<(String, Operation)> {
    let memories = world.store.memories_under(MEMORIES).filter(|(_, memory)| memory["ended"].is_null());
    memories.filter_map(|(id, memory)| Some((id.to_owned(), read(memory)?))).collect()
}

fn find(world: &World, name: &str) -> Option<Operation> {
    read(world.store.memory(&format!("{MEMORIES}{name}")))
}

fn read(memory: &Value) -> Option<Operation> {
    serde_json::from_value(memory.clone()).ok()
}

fn keep(world: &mut World, id: &str, operation: &Operation) {
    world.store.remember(id, json!(operation));
}

/// What Azure adds to the URLs of operations: a time, a certificate, a signature and a hash. More than three kilobytes.
fn signature(name: &str) -> [(&'static str, String); 4] {
    let filler = |what: &str, length: usize| -> String {
        let parts = iter::successors(Some(uuid::of(&format!("{what} {name}"))), |part| Some(uuid::of(part)));
        let digits = |part: String| part.chars().filter(char::is_ascii_hexdigit).collect::<Vec<_>>();
        parts.flat_map(digits).take(length).collect()
    };
    [
        ("t", "638991936000000000".to_owned()),
        ("c", format!("MIIH{}", filler("certificate", 2600))),
        ("s", filler("signature", 342)),
        ("h", filler("hash", 43)),
    ]
}
