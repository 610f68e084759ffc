//! Defender plans, their sub-plans and extensions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reference::Cloud;
use super::{Answer, Confidence, Day, Lifecycle, RoleNeed};

/// A Defender plan: one file in `data/plans`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Azure's name, letter case included, as it stands in ids; the file's name, too.
    pub name: String,
    /// What the portal calls it.
    pub title: String,
    /// Variants; none where the plan has none.
    #[serde(default)]
    pub subplans: Vec<Subplan>,
    /// How its end comes, if it does.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
    /// Whether Azure refuses to set it to `Free`.
    #[serde(default)]
    pub always_standard: bool,
    /// Sub-plans that can be switched on for a single resource; none where the plan is for subscriptions only.
    #[serde(default)]
    pub resource_level: Vec<String>,
    /// Built-in policies and initiatives, by GUID, that switch it on for a subscription; none of those that do so only if
    /// their effect is given.
    #[serde(default)]
    pub policies: Vec<String>,
    /// Whether the portal switches its extensions on with it, which no page says of the API.
    #[serde(default)]
    pub portal_enables_extensions: bool,
    /// Extensions that it is known to have. Azure may have more.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// Whether a cloud has it. The list of the subscription itself comes first.
    pub clouds: BTreeMap<Cloud, Answer>,
    /// What has changed in clouds, in order of days.
    #[serde(default)]
    pub overrides: Vec<PlanOverride>,
    /// What people need to switch it.
    pub roles: Vec<RoleNeed>,
    /// Where the row's facts stand.
    pub sources: Vec<String>,
    /// The page for a user to read.
    pub page: String,
    /// The day on which somebody last compared the row with its sources.
    pub checked: Day,
}

/// A change of the clouds that have a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanOverride {
    /// The day.
    pub from: Day,
    /// What has changed.
    pub clouds: BTreeMap<Cloud, Answer>,
    /// Where it stands.
    pub sources: Vec<String>,
    /// How sure that is.
    pub confidence: Confidence,
}

/// A variant of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subplan {
    /// Azure's name.
    pub name: String,
    /// Whether Azure takes it where a request names none.
    #[serde(default)]
    pub default: bool,
    /// How its end comes, if it does.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
}

/// An extension of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Azure's name.
    pub name: String,
    /// What it does, in a few words.
    pub title: String,
    /// Sub-plans that have it; all of them if none is named.
    #[serde(default)]
    pub subplans: Vec<String>,
    /// Whether Azure assigns roles to an identity of its own when it is switched on, which takes an Owner.
    #[serde(default)]
    pub assigns_roles: bool,
    /// Clouds in which it is always on.
    #[serde(default)]
    pub always_on: Vec<Cloud>,
    /// Properties that it is known to take.
    #[serde(default)]
    pub properties: Vec<Property>,
    /// How its end comes, if it does.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
}

/// A property of an extension.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// Azure's name.
    pub name: String,
    /// What its text means.
    pub kind: PropertyKind,
    /// The texts that it takes, in any letter case; all of its kind if none is named.
    #[serde(default)]
    pub values: Vec<String>,
    /// Whether the extension does not work without it.
    #[serde(default)]
    pub required: bool,
}

/// What the text of a property means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// Any text, or one of a list.
    Text,
    /// `True` or `False`.
    Flag,
    /// A whole number.
    Integer,
    /// A JSON array.
    JsonArray,
    /// The id of a Log Analytics workspace.
    Workspace,
}
