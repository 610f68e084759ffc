//! How operations fail. A seed or a test says it, in a document `{"value":[…]}` with the id
//! `{machine or cluster}/providers/Emulator.Faults/extensions`, or, for all machines and clusters of a scope,
//! `{scope}/providers/Emulator.Faults/extensions`; the nearest one counts. An element is
//! `{"publisher"?, "type" | "extensionType"?, "name"?, "on"?, "code"?, "message"}`: the fields before `code` narrow it to
//! one extension and to `"write"` (the default) or `"delete"`, in any letter case. The `type` of a whole AKS cluster is
//! `Microsoft.ContainerService/managedClusters`. Without such a document everything succeeds.

use serde_json::Value;

use crate::arm::hierarchy::reaching;
use crate::world::World;

/// What might fail.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    /// The id of the machine or cluster.
    pub(crate) host: &'a str,
    /// The extension's publisher; empty for Kubernetes.
    pub(crate) publisher: &'a str,
    /// The extension's type.
    pub(crate) kind: &'a str,
    /// The extension's name.
    pub(crate) name: &'a str,
    /// `write` or `delete`.
    pub(crate) on: &'a str,
}

/// Azure's code, empty where nothing is said of it, and the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The code; empty for the usual one.
    pub(crate) code: String,
    /// The message.
    pub(crate) message: String,
}

/// How an attempt fails; nothing where it does not.
pub(crate) fn of(world: &World, attempt: &Attempt<'_>) -> Option<Failure> {
    let scopes = reaching(&world.store, attempt.host);
    let said = |scope: &String| world.store.get(&format!("{scope}/providers/Emulator.Faults/extensions"));
    let document = scopes.iter().find_map(said)?;
    let faults = document["value"].as_array()?;
    let fault = faults.iter().find(|fault| concerns(fault, attempt))?;
    let text = |field: &str| fault[field].as_str().unwrap_or_default().to_owned();
    Some(Failure { code: text("code"), message: text("message") })
}

fn concerns(fault: &Value, attempt: &Attempt<'_>) -> bool {
    let fits = |field: &str, actual: &str| {
        fault[field].as_str().is_none_or(|wanted| wanted.eq_ignore_ascii_case(actual))
    };
    let on = fault["on"].as_str().unwrap_or("write");
    fits("publisher", attempt.publisher)
        && fits("type", attempt.kind)
        && fits("extensionType", attempt.kind)
        && fits("name", attempt.name)
        && on.eq_ignore_ascii_case(attempt.on)
}
