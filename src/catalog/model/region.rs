//! Regions and the codes in the names of default workspaces.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The regions that one family of policies knows: one row in `data/region_maps.toml`. A policy's template fails for a
/// machine in any other region.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionMap {
    /// Its name.
    pub id: String,
    /// The policies that have this map, by GUID.
    pub policies: Vec<String>,
    /// The components and targets that they deploy, as `component/target`.
    pub deploys: Vec<String>,
    /// Whether a region that is not in the map stands for itself.
    #[serde(default)]
    pub falls_back_to_location: bool,
    /// Regions and their codes, as in `DefaultWorkspace-<subscription>-<code>`.
    pub codes: BTreeMap<String, String>,
    /// Where it stands.
    pub sources: Vec<String>,
}
