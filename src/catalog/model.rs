//! The rows of the catalogue. The build script reads the same types, so a row that does not fit stops the build.

use serde::{Deserialize, Serialize};

/// Everything that is known, packed by the build script.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Defender plans, sorted by name.
    pub plans: Vec<Plan>,
    /// Built-in roles of Azure.
    pub roles: Vec<Role>,
}

/// A Defender plan: one file in `data/plans`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Azure's name, letter case included, as it stands in ids.
    pub name: String,
    /// What the portal calls it.
    pub title: String,
    /// Sub-plans, today's first; none where the plan has no variants.
    #[serde(default)]
    pub subplans: Vec<String>,
    /// Plans that took its place; none while it is current.
    #[serde(default)]
    pub replaced_by: Vec<String>,
    /// Whether Azure refuses to set it to `Free`.
    #[serde(default)]
    pub always_standard: bool,
    /// Extensions that it is known to have. Azure may have more.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// Where the row's facts stand.
    pub source: String,
    /// The day on which somebody last compared the row with its source.
    pub checked: String,
}

/// An extension of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Azure's name.
    pub name: String,
    /// Sub-plans that have it; all of them if none is named.
    #[serde(default)]
    pub subplans: Vec<String>,
    /// Properties that it is known to take.
    #[serde(default)]
    pub properties: Vec<String>,
}

/// A built-in role.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The role definition's GUID, in lower case.
    pub id: String,
    /// What the portal calls it.
    pub name: String,
    /// Where that stands.
    pub source: String,
    /// The day on which somebody last compared the row with its source.
    pub checked: String,
}
