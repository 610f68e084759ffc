//! Monitoring components: what is deployed on machines and clusters, where, and since when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reference::{Citation, Cloud};
use super::{Day, Deployments, Lifecycle};

/// A monitoring component: one file in `data/components`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its name in configurations; the file's name, too.
    pub id: String,
    /// What Microsoft's pages call it.
    pub title: String,
    /// What it is for, in a sentence.
    pub summary: String,
    /// Other names that people know it by, to guess what a wrong one means.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How its end comes, if it does.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
    /// Kinds of it that have come to an end while others go on.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// Where it is available, a row for each target and operating system.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// What is called for it to get there.
    #[serde(default)]
    pub deploy: Deployments,
    /// The page for a user to read.
    pub page: String,
}

/// A kind of a component: who provides it, or by which way it collects.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name in configurations.
    pub id: String,
    /// What it is called, to stand behind the component's title.
    pub title: String,
    /// Other names for it, such as Azure's own.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How its end comes, if it does.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
}

/// What a component is on one kind of target.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The row's number in the normalised matrix of the document that the rows began with, `M01` to `M19`.
    #[serde(default)]
    pub number: Option<String>,
    /// The target.
    pub target: String,
    /// The operating system.
    #[serde(default)]
    pub os: Os,
    /// How far it is released.
    pub state: State,
    /// How it gets there.
    pub mechanism: Mechanism,
    /// Whether Azure Policy deploys it.
    pub policy_based: Answer,
    /// Plans of which one must be on; none where no plan is needed.
    #[serde(default)]
    pub plans: Vec<String>,
    /// Whether a cloud has it. A cloud that is not named is not known.
    #[serde(default)]
    pub clouds: BTreeMap<Cloud, Answer>,
    /// What people need to set it up, or to see what it finds.
    #[serde(default)]
    pub roles: Vec<RoleNeed>,
    /// What else is said, in a sentence.
    #[serde(default)]
    pub note: String,
    /// Where the row stands.
    pub source: Citation,
    /// The day of the text that the row was taken from.
    pub as_of: Day,
    /// The day from which the row holds: of days before it nothing is known. Rows without one held when they were
    /// written, and nothing tells since when.
    #[serde(default)]
    pub since: Option<Day>,
    /// What other sources say against the row.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// What has changed, in order of days. It never edits the row itself.
    #[serde(default)]
    pub overrides: Vec<Override>,
}

/// A change of a row from a day on: what is not named stays as it was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The day.
    pub from: Day,
    /// The new state.
    #[serde(default)]
    pub state: Option<State>,
    /// The new way in which it gets there.
    #[serde(default)]
    pub mechanism: Option<Mechanism>,
    /// Whether Azure Policy deploys it now.
    #[serde(default)]
    pub policy_based: Option<Answer>,
    /// The plans of which one must be on now.
    #[serde(default)]
    pub plans: Option<Vec<String>>,
    /// What has changed in clouds. It ends disputes about them.
    #[serde(default)]
    pub clouds: BTreeMap<Cloud, Answer>,
    /// What else is said, in a sentence.
    #[serde(default)]
    pub note: String,
    /// Where it stands.
    pub sources: Vec<String>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Sources that say otherwise for the same time, and are not followed.
    #[serde(default)]
    pub conflicts_with: Vec<String>,
}

/// A contradiction that nothing settles: a warning, never an error.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// The clouds it is about.
    pub clouds: Vec<Cloud>,
    /// What the other sources say.
    pub says: Answer,
    /// Since when they say so; as long as the row itself where no day is given.
    #[serde(default)]
    pub since: Option<Day>,
    /// Which they are.
    pub sources: Vec<String>,
}

/// A role that somebody needs.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleNeed {
    /// For what: `enable` or `view`.
    pub action: String,
    /// Role definitions by GUID, of which one is enough.
    pub any_of: Vec<String>,
    /// The smallest scope at which the role must be held.
    pub scope: RoleScope,
}

/// Where a role must be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleScope {
    /// The subscription.
    Subscription,
    /// A resource group.
    ResourceGroup,
}

/// An operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    /// All of them, or none that matters.
    #[default]
    Any,
    /// Linux.
    Linux,
    /// Windows.
    Windows,
}

/// How far something is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Generally available.
    Ga,
    /// In preview, under supplemental terms.
    Preview,
    /// No source says.
    Unknown,
}

/// How a component gets to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// Policy assignments that deploy what is missing.
    Policy,
    /// A setting of Defender for Cloud.
    Setting,
    /// An extension of a Defender plan.
    PlanExtension,
    /// Nothing is deployed: it comes with the plan or with the target.
    Included,
    /// Something that must be there before.
    Prerequisite,
    /// By other means than Defender for Cloud, or not at all.
    Other,
}

/// An answer of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It says yes.
    Yes,
    /// It says no.
    No,
    /// It does not say.
    Unknown,
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// One source, or one that others contradict.
    Medium,
    /// A dated note of Microsoft's, or two sources that do not depend on each other.
    #[default]
    High,
}
