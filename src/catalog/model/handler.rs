//! Handlers: what puts a component on one machine or cluster.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Holding, Parameter};

/// What puts a component on one machine or cluster.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// What it is to Azure.
    pub via: Via,
    /// Who publishes an extension of a machine.
    #[serde(default)]
    pub publisher: Option<String>,
    /// The type of the extension; of a cluster, the name of the part.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name that the extension usually has.
    pub name: String,
    /// The version of a machine's extension, as major and minor, without which Azure takes none.
    #[serde(default)]
    pub version: Option<String>,
    /// The namespace in the cluster.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Whether the cluster's extension has an identity of its own.
    #[serde(default)]
    pub identity: bool,
    /// Settings that everybody sees.
    #[serde(default)]
    pub settings: BTreeMap<String, Parameter>,
    /// Settings that nobody sees.
    #[serde(default)]
    pub protected: BTreeMap<String, Parameter>,
    /// What it is for.
    pub holds: Holding,
    /// Where that stands.
    pub sources: Vec<String>,
}

/// What a handler is to Azure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// An extension of a virtual machine, a scale set or an Arc machine.
    MachineExtension,
    /// An extension of a cluster, `Microsoft.KubernetesConfiguration/extensions`.
    ClusterExtension,
    /// The Defender profile of an AKS cluster, `securityProfile.defender`.
    DefenderProfile,
    /// An add-on of an AKS cluster, in `addonProfiles`.
    Addon,
}

impl Via {
    /// Whether it is a part of the cluster itself, and no resource of its own.
    pub fn is_part(self) -> bool {
        matches!(self, Self::DefenderProfile | Self::Addon)
    }
}
