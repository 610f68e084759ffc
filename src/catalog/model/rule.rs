//! Rules: what is said of each in documents; what they do is code.

use serde::{Deserialize, Serialize};

/// A rule: one row in `data/rules.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id, which never changes its meaning.
    pub id: String,
    /// What it says, for a list of rules.
    pub title: String,
    /// What it rests on, which decides how grave it is.
    pub basis: Basis,
    /// The statements that it enforces, by their numbers in the project's notes on Microsoft's documents.
    #[serde(default)]
    pub statements: Vec<String>,
    /// Where it stands.
    pub sources: Vec<String>,
    /// The page for a user to read.
    pub page: String,
}

/// What a rule rests on. How grave that is stands in one place, `availability::severity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What was written cannot be meant.
    Input,
    /// Azure refuses it; this was documented or seen.
    ApiRejects,
    /// A source says that it does not work, and none contradicts it.
    Unsupported,
    /// Something comes to its end; its milestones decide.
    Retirement,
    /// Sources contradict each other.
    Disputed,
    /// The catalogue does not know it, which Azure may.
    NotListed,
    /// Somebody may lack a role.
    Role,
    /// It is in preview.
    Preview,
    /// It works, and has a consequence that is easily overlooked.
    Advice,
    /// Nothing is wrong; it explains why nothing happens.
    Note,
}
