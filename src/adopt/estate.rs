//! What was found, and what could not be read. Plain data.

use std::collections::BTreeMap;

use tfplugin_protocol::Diagnostics;

use super::hcl::Expression;
use super::kinds::Kind;
use crate::arm::Scope;

/// What was found.
#[derive(Debug, Default)]
pub struct Estate {
    /// Subscriptions and management groups in the order in which they are written.
    pub holdings: Vec<Holding>,
    /// What could not be read.
    pub failures: Vec<Failed>,
}

/// A subscription or management group, and what is there.
#[derive(Debug)]
pub struct Holding {
    pub(super) scope: Scope,
    pub(super) name: Option<String>,
    /// What is written.
    pub(super) objects: Vec<Object>,
    /// What is off and not written, by name.
    pub(super) off: BTreeMap<Kind, Vec<String>>,
}

/// An object to write.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    /// What tells it apart from others of its kind; empty where there is one in a place.
    pub(super) label: String,
    /// The id to import.
    pub(super) id: String,
    /// What stands in its block.
    pub(super) body: Vec<(String, Expression)>,
}

/// What could not be read, and why.
#[derive(Debug)]
pub struct Failed {
    /// What it is, with its scope.
    pub what: String,
    /// Why, in a line that is the same from try to try.
    pub reason: String,
    /// What to do, in whole sentences; may be empty.
    pub detail: String,
    pub(super) scope: String,
}

impl Holding {
    pub(super) fn new(scope: Scope, name: Option<String>) -> Self {
        Self { scope, name, objects: Vec::new(), off: BTreeMap::new() }
    }
}

impl Failed {
    /// Something at a scope; `what` is empty where it is the whole of it.
    pub(super) fn at(scope: &Scope, what: &str, problems: impl Into<Diagnostics>) -> Self {
        let problems = problems.into();
        let reasons: Vec<&str> = problems.iter().map(|problem| problem.summary.as_str()).collect();
        let details: Vec<&str> = problems.iter().map(|problem| problem.detail.as_str()).collect();
        Self::because(scope, what, reasons.join("; "), details.join("\n"))
    }

    /// The same with a reason that needs no detail, or has some.
    pub(super) fn because(scope: &Scope, what: &str, reason: String, detail: String) -> Self {
        let what = if what.is_empty() { scope.to_string() } else { format!("{what} of {scope}") };
        Self { what, reason, detail, scope: scope.to_string() }
    }
}

impl Estate {
    /// How much of everything there is, in a line.
    pub fn summary(&self) -> String {
        let objects = || self.holdings.iter().flat_map(|holding| &holding.objects);
        let count = |kind: Kind| objects().filter(|object| object.kind == kind).count();
        let counted = Kind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
        let counted: Vec<String> = counted.map(|(kind, count)| kind.counted(count)).collect();
        let what = if counted.is_empty() { "nothing".to_owned() } else { counted.join(", ") };
        let is_group = |holding: &&Holding| holding.scope.subscription_id().is_none();
        let groups = self.holdings.iter().filter(is_group).count();
        let subscriptions = self.holdings.len() - groups;
        let places = [(subscriptions, "subscription"), (groups, "management group")];
        let places = places.into_iter().filter(|(count, _)| *count > 0);
        let places: Vec<String> = places
            .map(|(count, one)| format!("{count} {one}{}", if count == 1 { "" } else { "s" }))
            .collect();
        format!("{what} of {}", places.join(" and "))
    }
}
