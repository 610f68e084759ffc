//! Deployments: what is called for a component to get to its targets.
//!
//! They belong to the component and not to its rows, because one call often serves several targets: it is told once, and
//! made once. Which of them a row stands for follows from its target, its operating system and its mechanism.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::component::Os;
use super::reference::Cloud;
use super::{Day, Handler, Input, Mechanism, Parameter};

/// All deployments of a component, by mechanism.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deployments {
    /// Policy assignments.
    pub assignments: Vec<Assignment>,
    /// Settings of the subscription.
    pub settings: Vec<Setting>,
    /// Extensions of plans. Those of one plan belong together; one plan is enough.
    pub extensions: Vec<PlanExtension>,
    /// Where nothing is deployed, and why.
    pub nothing: Vec<Nothing>,
    /// What puts it on one machine or cluster.
    pub handlers: Vec<Handler>,
}

/// What a deployment is for, and when and where it is made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// The targets.
    pub targets: Vec<String>,
    /// The operating system.
    #[serde(default)]
    pub os: Os,
    /// The clouds that are known to have it, where others are known not to; all of them if none is named.
    #[serde(default)]
    pub clouds: Vec<Cloud>,
    /// The first day.
    #[serde(default)]
    pub from: Option<Day>,
    /// The first day on which it is not made any more.
    #[serde(default)]
    pub until: Option<Day>,
}

/// A policy assignment that deploys what is missing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The policy definition by its GUID, or the set definition.
    pub definition: String,
    /// Whether that is a set definition, an initiative: remediations go to its members, one by one.
    #[serde(default)]
    pub initiative: bool,
    /// What it does, in a few words.
    pub title: String,
    /// What it is for.
    pub holds: Holding,
    /// Role definitions, by GUID, that its identity gets: those of the definition, or of all members of the initiative.
    pub roles: Vec<String>,
    /// Values of the definition's parameters. What is not named keeps the definition's default.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// What the parameters cannot be without.
    #[serde(default)]
    pub needs: Vec<Input>,
    /// What the parameters take where it is given; where it is not, they keep their defaults.
    #[serde(default)]
    pub takes: Vec<Input>,
    /// Whose workspace it is for, where that is told by the choice of the definition.
    #[serde(default)]
    pub workspace: Option<WorkspaceKind>,
    /// Where that stands.
    pub sources: Vec<String>,
}

/// Whose workspace data goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceKind {
    /// One that users name.
    Own,
    /// One that the policy finds or makes, because users name none.
    Default,
}

/// A setting of the subscription, with its values for on and off.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Which of Azure's calls it takes.
    pub call: Call,
    /// The name in the call's path.
    pub name: String,
    /// The `kind` of the body, where it has one.
    #[serde(default)]
    pub kind: Option<String>,
    /// The value that switches it on.
    pub on: SettingValue,
    /// The value that switches it off; none where it is deleted for that.
    #[serde(default)]
    pub off: Option<SettingValue>,
    /// What it is for.
    pub holds: Holding,
    /// Where that stands.
    pub sources: Vec<String>,
}

/// A call of `Microsoft.Security` that writes one setting of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `settings`.
    Settings,
    /// `serverVulnerabilityAssessmentsSettings`.
    ServerVulnerabilityAssessments,
    /// `autoProvisioningSettings`.
    AutoProvisioning,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Yes or no.
    Switch(bool),
    /// A word.
    Word(String),
}

/// An extension of a Defender plan: it is set on the plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanExtension {
    /// The plan.
    pub plan: String,
    /// The extension.
    pub name: String,
    /// Its properties, where it takes more than to be on.
    #[serde(default)]
    pub properties: BTreeMap<String, Parameter>,
    /// What it is for.
    pub holds: Holding,
    /// Where that stands.
    pub sources: Vec<String>,
}

/// Targets on which nothing is deployed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {
    /// Why, in a sentence.
    pub why: String,
    /// Where.
    pub holds: Holding,
    /// Where that stands.
    pub sources: Vec<String>,
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => on.fmt(f),
            Self::Word(word) => word.fmt(f),
        }
    }
}

impl Deployments {
    /// What the deployments of a mechanism are for; none of a mechanism that has no deployments.
    pub fn holdings(&self, mechanism: Mechanism) -> Vec<&Holding> {
        match mechanism {
            Mechanism::Policy => self.assignments.iter().map(|one| &one.holds).collect(),
            Mechanism::Setting => self.settings.iter().map(|one| &one.holds).collect(),
            Mechanism::PlanExtension => self.extensions.iter().map(|one| &one.holds).collect(),
            Mechanism::Included | Mechanism::Prerequisite => {
                self.nothing.iter().map(|one| &one.holds).collect()
            }
            Mechanism::Other => Vec::new(),
        }
    }

    /// What each of them is for, and its sources.
    pub fn all(&self) -> impl Iterator<Item = (&Holding, &[String])> {
        let assignments = self.assignments.iter().map(|one| (&one.holds, &*one.sources));
        let settings = self.settings.iter().map(|one| (&one.holds, &*one.sources));
        let extensions = self.extensions.iter().map(|one| (&one.holds, &*one.sources));
        let nothing = self.nothing.iter().map(|one| (&one.holds, &*one.sources));
        let handlers = self.handlers.iter().map(|one| (&one.holds, &*one.sources));
        assignments.chain(settings).chain(extensions).chain(nothing).chain(handlers)
    }
}

impl Holding {
    /// Whether it is for a target with this operating system.
    pub fn covers(&self, target: &str, os: Os) -> bool {
        let same_os = self.os == os || self.os == Os::Any || os == Os::Any;
        same_os && self.targets.iter().any(|covered| covered == target)
    }

    /// Whether it is made on a day.
    pub fn is_on(&self, date: Day) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }

    /// Whether a cloud has it.
    pub fn is_in(&self, cloud: Cloud) -> bool {
        self.clouds.is_empty() || self.clouds.contains(&cloud)
    }
}

impl Call {
    /// The type of the resource that it writes.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::Settings => "Microsoft.Security/settings",
            Self::ServerVulnerabilityAssessments => {
                "Microsoft.Security/serverVulnerabilityAssessmentsSettings"
            }
            Self::AutoProvisioning => "Microsoft.Security/autoProvisioningSettings",
        }
    }

    /// The property that holds the value.
    pub fn property(self) -> &'static str {
        match self {
            Self::Settings => "enabled",
            Self::ServerVulnerabilityAssessments => "selectedProvider",
            Self::AutoProvisioning => "autoProvision",
        }
    }
}

impl Assignment {
    /// Whether it is made where users name a workspace, or where they name none.
    pub fn is_for(&self, own_workspace: bool) -> bool {
        self.workspace.is_none_or(|kind| (kind == WorkspaceKind::Own) == own_workspace)
    }

    /// All that users must give for it: an identity that gets roles lives in a region.
    pub fn required(&self) -> Vec<Input> {
        let mut inputs = self.needs.clone();
        if !self.roles.is_empty() && !inputs.contains(&Input::Location) {
            inputs.push(Input::Location);
        }
        inputs
    }
}
