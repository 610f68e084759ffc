//! What a report is made of.

use std::fmt;

use serde::Serialize;

use super::cause::Cause;
use crate::catalog::model::Day;

/// What is lost where something is not as it should be, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A plan is off.
    ProtectionOff,
    /// A part of the protection is missing.
    CapabilityLost,
    /// Something is set otherwise.
    Configuration,
    /// Nothing in Azure behaves differently.
    Cosmetic,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 4] =
        [Self::ProtectionOff, Self::CapabilityLost, Self::Configuration, Self::Cosmetic];

    /// The word for it in options and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProtectionOff => "protection_off",
            Self::CapabilityLost => "capability_lost",
            Self::Configuration => "configuration",
            Self::Cosmetic => "cosmetic",
        }
    }

    /// The words for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::ProtectionOff => "protection off",
            Self::CapabilityLost => "capability lost",
            Self::Configuration => "configuration",
            Self::Cosmetic => "cosmetic",
        }
    }

    /// Reads the word for it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A subscription, by its GUID.
    Subscription(String),
    /// A management group, by its name.
    ManagementGroup(String),
    /// The plan does not say.
    Unknown,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subscription(id) => write!(f, "subscription {id}"),
            Self::ManagementGroup(name) => write!(f, "management group {name}"),
            Self::Unknown => f.write_str("not known before apply"),
        }
    }
}

/// A value, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As text, cut where it is long.
    Text(String),
    /// There is none.
    Absent,
    /// Terraform counts it as sensitive.
    Sensitive,
    /// The plan file does not have it.
    Untold,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(text) if text.is_empty() => "\"\"",
            Self::Text(text) => text,
            Self::Absent => "(none)",
            Self::Sensitive => "(sensitive)",
            Self::Untold => "(not in the plan's stream)",
        })
    }
}

/// One thing that is not as it should be. Every text in it is printable.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Made of what it is about, and not of values: the same today and tomorrow.
    pub id: String,
    /// What is lost.
    pub severity: Severity,
    /// Whether the severity is known; a stream does not say what has changed in a resource.
    pub exact: bool,
    /// Where it is.
    pub place: Place,
    /// Whether it is about the subscription's own setting, and not one of a machine's.
    pub subscription_wide: bool,
    /// The plan that it is about, or what else.
    pub subject: String,
    /// The resource's type.
    pub kind: String,
    /// The resource's address in the configuration.
    pub address: String,
    /// The module's address; empty for the root module.
    pub module: String,
    /// The attribute; nothing where the whole resource is meant.
    pub path: Vec<String>,
    /// What the configuration, or in a refresh-only plan the state, says.
    pub expected: Shown,
    /// What Azure has.
    pub actual: Shown,
    /// How it may have come about.
    pub cause: Cause,
    /// What to read about it.
    pub link: String,
    /// Other attributes of the resource that differ because of this one.
    pub implied: Vec<String>,
    /// The entry of the baseline that accepts it.
    pub accepted: Option<Accepted>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// In the words of whoever accepted it.
    pub reason: String,
    /// The last day on which it is accepted.
    pub expires: Day,
}

impl Finding {
    /// The attribute, as people write it: `extensions.AgentlessVmScanning.enabled`.
    pub fn attribute(&self) -> String {
        if self.path.is_empty() { "the resource".to_owned() } else { joined(&self.path) }
    }

    /// Resource and attribute, as baselines name them.
    pub fn full_path(&self) -> String {
        if self.path.is_empty() {
            self.address.clone()
        } else {
            format!("{}.{}", self.address, joined(&self.path))
        }
    }

    /// The kind of finding: the resource's type and its attribute.
    pub fn rule(&self) -> String {
        match self.path.first() {
            None => self.kind.clone(),
            Some(attribute) => format!("{}.{attribute}", self.kind),
        }
    }
}

/// Steps with dots between them, but for indexes.
pub(super) fn joined(path: &[String]) -> String {
    let mut text = String::new();
    for step in path {
        if !text.is_empty() && !step.starts_with('[') {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}
