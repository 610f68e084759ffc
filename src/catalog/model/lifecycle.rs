//! How something comes to its end: of components, plans, sub-plans, extensions and clouds alike.

use serde::{Deserialize, Serialize};

use super::reference::Cloud;
use super::{Confidence, Day};

/// Announcement, end, and what takes its place.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The rule that speaks of it.
    pub rule: String,
    /// Since when its end was announced, or it was called deprecated: a warning from that day on. Where no day is
    /// given, the first milestone is the first that is heard of it.
    #[serde(default)]
    pub announced_on: Option<Day>,
    /// The day of its end; none while there is no such day.
    #[serde(default)]
    pub retired_on: Option<Day>,
    /// What takes its place, of the same kind: plans for a plan, sub-plans for a sub-plan.
    #[serde(default)]
    pub replaced_by: Vec<String>,
    /// What users do instead, in a sentence or two; it may name what no row has.
    pub instead: String,
    /// What Azure does from which day on, in order.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Where all of this stands.
    pub sources: Vec<String>,
    /// The page for a user to read.
    pub page: String,
}

/// Something that Azure does from a day on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// The day.
    pub on: Day,
    /// Whom it concerns.
    pub applies_to: Reach,
    /// What happens.
    pub effect: Effect,
    /// Azure's error code; none where it is not known, or nothing is refused.
    #[serde(default)]
    pub code: Option<String>,
    /// The clouds that it holds for; all of them if none is named.
    #[serde(default)]
    pub clouds: Vec<Cloud>,
    /// How sure that is.
    #[serde(default)]
    pub confidence: Confidence,
    /// Where it stands.
    pub sources: Vec<String>,
}

/// Whom a milestone concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Whoever does not have it yet, or has left it.
    NewEnablement,
    /// Everybody.
    All,
}

/// What a milestone means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Azure answers requests with an error.
    ApiRejects,
    /// Azure takes requests, and nothing comes of them.
    NoFunction,
    /// Microsoft's pages say so, and nothing more is known.
    DocsOnly,
}
