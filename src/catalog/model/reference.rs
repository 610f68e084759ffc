//! What rows refer to: sources, pages, roles, clouds, targets.

use serde::{Deserialize, Serialize};

use super::{Day, Lifecycle};

/// One of Microsoft's clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Global Azure.
    Public,
    /// Azure Government.
    UsGovernment,
    /// Azure operated by 21Vianet.
    China,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::UsGovernment, Self::China];

    /// The name in the provider block and in the rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGovernment => "usgovernment",
            Self::China => "china",
        }
    }

    /// The cloud of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.as_str() == name)
    }
}

/// A cloud: one row in `data/clouds.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudRow {
    /// Which one.
    pub id: Cloud,
    /// What Microsoft's pages call it.
    pub title: String,
    /// Its name in the metadata document, such as `AzureCloud`.
    pub azure_name: String,
    /// How Defender for Cloud comes to its end there, if it does.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
}

/// Something that components can be deployed on: one row in `data/targets.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name in rows and configurations.
    pub id: String,
    /// What Microsoft's pages call it.
    pub title: String,
    /// What kind of thing it is.
    pub family: TargetFamily,
    /// Its type in Azure Resource Manager; none for what is no resource of its own.
    #[serde(default)]
    pub resource_type: Option<String>,
    /// Whether it becomes a resource only through Azure Arc.
    #[serde(default)]
    pub through_arc: bool,
    /// Where that stands.
    pub sources: Vec<String>,
}

/// Kinds of targets: a component is for one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetFamily {
    /// A machine with an operating system.
    Machine,
    /// A Kubernetes cluster.
    Kubernetes,
    /// A container outside of a cluster.
    Container,
}

/// A built-in role: one row in `data/roles.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The role definition's GUID, in lower case. It never changes, so roles are matched by it alone.
    pub id: String,
    /// What the portal calls it.
    pub name: String,
    /// Other names that it has been seen with.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// Where that stands.
    pub source: String,
    /// The day on which somebody last compared the row with its source.
    pub checked: Day,
}

/// Where facts stand: one row in `data/sources.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name in rows.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// Its address. What it says today may be another thing; `read` says which state was read.
    pub url: String,
    /// The state that was read: the day of its text, or of its last change before that.
    pub read: Day,
}

/// A page that diagnostics may link: one row in `data/pages.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its name in rows.
    pub id: String,
    /// Its address.
    pub url: String,
    /// The day on which it was last seen alive.
    pub checked: Day,
}

/// A place in a source.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The source.
    pub id: String,
    /// Where in it: lines, a column, a heading.
    #[serde(default)]
    pub at: String,
}
