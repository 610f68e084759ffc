//! What Azure will and will not do, decided from rows and facts: facts in, findings with their source out.
//!
//! Pure: no I/O, no async, no clock. Knows no Terraform. Start with [`evaluate`]; the rules are in [`rules`], one
//! file a topic; what rows say on a day is in [`matrix`], and what of it is shown to anybody in [`view`].
//!
//! The law that every rule keeps, and a property test holds: an unknown fact can only take findings away, or make them
//! milder. So nothing is judged before it is known.

mod agents;
mod deployment;
mod facts;
mod finding;
mod lifecycle;
pub mod matrix;
mod permissions;
mod query;
mod rules;
mod severity;
pub mod view;

pub use agents::{Action, Outcome, outcome};
pub use deployment::Deployment;
pub use facts::{Agent, AgentKind, Fact, Facts, Grant, Image, Live, Wish, Workspace};
pub use finding::{Finding, Severity, Subject};
pub use permissions::allows;
pub use query::{Field, Query, Wrong, no_such, plan_named};
pub use severity::{Level, Levels, Standing, at_levels, severity};

use crate::catalog::model::{Catalog, Day};

/// Everything that the rules say of these facts on this day, in the order of their ids. Without a day only rules speak
/// that hold on any day.
pub fn evaluate(catalog: &'static Catalog, facts: &Facts, date: Fact<Day>) -> Vec<Finding> {
    rules::evaluate(catalog, facts, date.known().copied())
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod document;
#[cfg(test)]
mod laws;
