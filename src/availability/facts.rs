//! What is known when a question is asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};

use crate::catalog::model::{Cloud, Day, Os};

/// A fact. The rules keep one law: an unknown can only take findings away.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Fact<T> {
    /// It is so.
    Known(T),
    /// Nobody has looked, or it cannot be said yet.
    #[default]
    Unknown,
    /// Somebody has looked, and there is nothing.
    Absent,
}

impl<T> Fact<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The same case, with a known value converted.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(convert(value)),
            Self::Unknown => Fact::Unknown,
            Self::Absent => Fact::Absent,
        }
    }

    /// Whether nobody has looked.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether there is nothing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T: PartialEq> Fact<T> {
    /// Whether it is known to be this.
    pub fn is(&self, value: &T) -> bool {
        self.known() == Some(value)
    }
}

impl<T> From<Option<T>> for Fact<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Known)
    }
}

/// In cases, whatever is written is known; the rest is unknown, or named in a list of what is absent.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Known)
    }
}

/// Declares the facts, and for tests what can be done with any of them by its name.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident: $ty:ty,)*) => {
        /// All facts that rules ask for. Each of them is unknown unless somebody says otherwise.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Facts {
            $($(#[$doc])* pub $name: Fact<$ty>,)*
        }

        #[cfg(test)]
        impl Facts {
            /// The names of all facts.
            pub(super) const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Makes a fact unknown.
            pub(super) fn forget(&mut self, name: &str) {
                match name {
                    $(stringify!($name) => self.$name = Fact::Unknown,)*
                    other => panic!("there is no fact {other:?}"),
                }
            }

            /// Makes a fact what it is elsewhere, if anything is known of it there.
            pub(super) fn take_from(&mut self, other: &Self, name: &str) {
                match name {
                    $(stringify!($name) if !other.$name.is_unknown() => self.$name.clone_from(&other.$name),)*
                    _ => {}
                }
            }

            /// Makes a fact absent.
            pub(super) fn rule_out(&mut self, name: &str) {
                match name {
                    $(stringify!($name) => self.$name = Fact::Absent,)*
                    other => panic!("there is no fact {other:?}"),
                }
            }
        }
    };
}

facts! {
    /// The cloud.
    cloud: Cloud,
    /// Whether the plan or component is to be on.
    enabled: bool,

    /// A plan, by Azure's name.
    plan: String,
    /// Its sub-plan; absent where none is named.
    subplan: String,
    /// Whether it is for a single resource, and not for a subscription.
    resource_level: bool,
    /// Its extensions; absent where none is listed.
    extensions: Vec<Wish>,
    /// The plan as Azure has it; absent where the resource has no setting of its own.
    live: Live,
    /// Whether a subscription allows its resources no other setting.
    enforce: bool,
    /// Single resources below the subscription that are to have a setting of their own.
    overrides: BTreeSet<String>,
    /// Whether the subscription above a single resource allows no other setting.
    enforced_above: bool,
    /// The names of the plans that Azure lists; absent where it was asked and gave no list.
    offered: BTreeSet<String>,
    /// What the caller may do at the scope, an entry for each role.
    granted: Vec<Grant>,
    /// The scope, for people to read.
    scope: String,
    /// Whether the setting is removed.
    removed: bool,
    /// A setting that is neither a plan nor a component, by Azure's resource type.
    setting: String,

    /// A component, by its id.
    component: String,
    /// A variant of it: who provides it.
    variant: String,
    /// What it goes on, by the target's id.
    target: String,
    /// The operating system.
    os: Os,
    /// Whether it is there already.
    deployed: bool,
    /// Whether previews are accepted.
    accept_preview: bool,
    /// The way that was asked for: `policy`, `setting`.
    deployment: String,
    /// Whether some machines are to be left out.
    excludes_machines: bool,
    /// Plans that are on.
    plans_on: BTreeSet<String>,
    /// The Azure region of what it goes on.
    region: String,
    /// Whether existing resources are remediated.
    remediation: bool,
    /// How many resources exist already.
    existing_resources: u32,
    /// A built-in policy definition, by GUID.
    policy: String,
    /// The names of the policy's parameters that are set.
    policy_parameters: BTreeSet<String>,
    /// Roles that the policy's definition asks for, by GUID.
    policy_roles: BTreeSet<String>,
    /// Roles that the assignment's identity holds, by GUID.
    identity_roles: BTreeSet<String>,
    /// Whether a policy denies resources without certain tags.
    tags_required: bool,
    /// Other components that are on as well.
    components_on: BTreeSet<String>,
    /// Settings of Defender for Cloud that are on, such as `WDATP`.
    settings_on: BTreeSet<String>,

    /// Whether the machine or cluster is connected to Azure Arc.
    arc_connected: bool,
    /// The image that the machine was made from.
    image: Image,
    /// The operating system's name, such as `windows_10_pro`.
    os_name: String,
    /// Whether the machine has a system-assigned identity.
    identity: bool,
    /// An agent that is there already.
    agent: Agent,
    /// The workspace that data is to go to; absent for the default one.
    workspace: Workspace,
    /// The workspace before a change.
    former_workspace: Workspace,
    /// The tenant of the machine.
    tenant: String,
    /// The day on which the subscription was onboarded.
    onboarded_on: Day,
    /// Whether Microsoft Sentinel collects security events in the workspace.
    sentinel_events: bool,

    /// Whether Kubernetes RBAC is on.
    kubernetes_rbac: bool,
    /// The cluster's distribution.
    distribution: String,
    /// The cluster's version, as major and minor.
    kubernetes_version: (u16, u16),
    /// Whether the cluster has Arm64 nodes.
    arm64_nodes: bool,
    /// The operating system of the nodes.
    node_os: String,
    /// Tags of the machine or cluster.
    tags: BTreeMap<String, String>,
    /// Whether the sensor is installed by Helm.
    helm: bool,
}

/// An extension as it is wished for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    /// Its name.
    pub name: String,
    /// Whether it is to be on.
    pub enabled: Fact<bool>,
    /// Its properties; absent where they are left as they are.
    pub properties: Fact<BTreeMap<String, Fact<String>>>,
}

/// A plan as Azure has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Live {
    /// Whether it is on.
    pub on: bool,
    /// Its sub-plan.
    pub subplan: Option<String>,
    /// Its extensions that are on, and their properties.
    pub extensions: BTreeMap<String, BTreeSet<String>>,
    /// Who manages it, if it is not Azure Resource Manager.
    pub managed_by: Option<String>,
    /// Whether Azure calls it deprecated, and what takes its place.
    pub deprecated: bool,
    /// The plans that take its place.
    pub replaced_by: Vec<String>,
}

/// What one role allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grant {
    /// Actions, with `*` for anything.
    pub actions: Vec<String>,
    /// Actions that are taken out of them again.
    pub not_actions: Vec<String>,
}

/// The image of a machine, as the marketplace knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Image {
    /// Who publishes it.
    pub publisher: String,
    /// The offer.
    pub offer: String,
    /// The edition.
    pub sku: String,
    /// Whether it is a generalized image of somebody's own.
    pub generalized: bool,
}

/// An agent that is on a machine already.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// How it came there.
    pub kind: AgentKind,
    /// The workspaces that it reports to.
    #[serde(default)]
    pub workspaces: Vec<String>,
    /// Its version, as far as it matters: the year for Operations Manager.
    #[serde(default)]
    pub version: Option<u16>,
    /// The security solutions of its workspace.
    #[serde(default)]
    pub solutions: Option<BTreeSet<String>>,
}

/// How an agent came to a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentKind {
    /// Installed on the machine, not as an extension.
    Direct,
    /// As an extension of Azure.
    Extension,
    /// System Center Operations Manager.
    OperationsManager,
}

/// A Log Analytics workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workspace {
    /// Its name or id.
    pub id: String,
    /// Whether Defender for Cloud has made it.
    pub default: bool,
    /// Its solutions, where somebody has looked.
    pub solutions: Option<BTreeSet<String>>,
    /// Its tenant, where somebody has looked.
    pub tenant: Option<String>,
}
