//! How grave a finding is: the one place that decides it.
//!
//! | what it rests on | something new | not known | there already |
//! |---|---|---|---|
//! | what was written cannot be meant | error | error | error |
//! | Azure refuses it | error | warning | warning |
//! | a source says that it does not work, and none contradicts it | error | warning | warning |
//! | it comes to its end | by its milestones: see [`lifecycle`](super::lifecycle) | | |
//! | sources contradict each other | warning | - | - |
//! | the catalogue does not know it | warning | warning | warning |
//! | somebody may lack a role | warning | warning | warning |
//! | it is in preview | warning, unless previews are accepted | - | - |
//! | advice | warning | warning | warning |
//!
//! What a user has set in `rule_severity` comes last: data can be wrong, and nobody must be stuck because of it.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use crate::catalog::model::Basis;

/// Whether something is new, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not there yet.
    New,
    /// It is there already.
    Live,
    /// Nobody knows.
    Unclear,
}

/// How grave it is; nothing where there is nothing to say.
pub fn severity(basis: Basis, standing: Standing) -> Option<Severity> {
    match (basis, standing) {
        (Basis::Input, _) | (Basis::ApiRejects | Basis::Unsupported | Basis::Retirement, Standing::New) => {
            Some(Severity::Error)
        }
        (Basis::Disputed | Basis::Preview, Standing::Live | Standing::Unclear) => None,
        (Basis::ApiRejects | Basis::Unsupported | Basis::Retirement, Standing::Live | Standing::Unclear)
        | (Basis::Disputed | Basis::Preview, Standing::New)
        | (Basis::NotListed | Basis::Role | Basis::Advice, _) => Some(Severity::Warning),
        (Basis::Note, _) => Some(Severity::Note),
    }
}

/// What a user wants a rule to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// Nothing.
    Off,
}

impl Level {
    /// The words for them.
    pub const NAMES: [&'static str; 3] = ["error", "warning", "off"];

    /// The level of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "error" => Some(Self::Error),
            "warning" => Some(Self::Warning),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Levels by rule id.
pub type Levels = BTreeMap<String, Level>;

/// Applies what a user wants to what was found.
pub fn at_levels(findings: Vec<Finding>, levels: &Levels) -> Vec<Finding> {
    let set = |finding: Finding| match levels.get(&finding.rule.id) {
        None => Some(finding),
        Some(Level::Error) => Some(Finding { severity: Severity::Error, ..finding }),
        Some(Level::Warning) => Some(Finding { severity: Severity::Warning, ..finding }),
        Some(Level::Off) => None,
    };
    findings.into_iter().filter_map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise an unknown could make a finding graver, or bring one up.
    #[test]
    fn what_is_not_known_is_judged_as_mildly_as_anything_known() {
        for basis in [
            Basis::Input,
            Basis::ApiRejects,
            Basis::Unsupported,
            Basis::Retirement,
            Basis::Disputed,
            Basis::NotListed,
            Basis::Role,
            Basis::Preview,
            Basis::Advice,
            Basis::Note,
        ] {
            let mildest = severity(basis, Standing::New).min(severity(basis, Standing::Live));
            assert_eq!(severity(basis, Standing::Unclear), mildest, "{basis:?}");
        }
    }
}
