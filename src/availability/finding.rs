//! What the rules find.

use crate::catalog::model::Rule;

/// Something to tell a user.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that speaks.
    pub rule: &'static Rule,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// One line, at most 80 characters.
    pub summary: String,
    /// What was written, why it is wrong, since when, and what to do.
    pub detail: String,
}

/// How grave a finding is, the lightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong.
    Note,
    /// It works, or may.
    Warning,
    /// It does not.
    Error,
}

/// What a finding is about, in words that say nothing of Terraform's attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The cloud.
    Cloud,
    /// The plan's name.
    Plan,
    /// Whether the plan is on.
    Tier,
    /// The sub-plan.
    Subplan,
    /// Where the plan applies.
    Scope,
    /// Whether resources below may differ.
    Enforce,
    /// All extensions together.
    Extensions,
    /// An extension, by name.
    Extension(String),
    /// A property of an extension.
    Property(String, String),
    /// The component.
    Component,
    /// What a component goes on.
    Target,
    /// The workspace.
    Workspace,
    /// The region.
    Region,
    /// Whether existing resources are remediated.
    Remediation,
    /// The policy.
    Policy,
    /// What happens on removal.
    Removal,
    /// A setting that is neither a plan nor a component.
    Setting,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
