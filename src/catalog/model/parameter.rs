//! Values of parameters: always the same, or from what users give.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that users give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The id of a Log Analytics workspace.
    WorkspaceId,
    /// The region in which the identities of assignments live.
    Location,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Parameter {
    /// Follows from what users give.
    Placeholder(Placeholder),
    /// Is always the same.
    Fixed(Value),
}

/// What stands for something that follows from an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// The id of the workspace in Azure Resource Manager.
    WorkspaceId,
    /// The region of the workspace, which Azure knows.
    WorkspaceRegion,
    /// The GUID of the workspace, its `customerId`, which Azure knows.
    WorkspaceGuid,
    /// The region in which the identities of assignments live.
    Location,
    /// The id of the machine or cluster.
    TargetId,
    /// What onboards a machine to Defender for Endpoint, which Azure hands out and which is secret.
    OnboardingScript,
    /// The key of the workspace, which is secret.
    WorkspaceKey,
}

impl Placeholder {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::WorkspaceId,
        Self::WorkspaceRegion,
        Self::WorkspaceGuid,
        Self::Location,
        Self::TargetId,
        Self::OnboardingScript,
        Self::WorkspaceKey,
    ];

    /// How it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WorkspaceId => "{workspace_id}",
            Self::WorkspaceRegion => "{workspace_region}",
            Self::WorkspaceGuid => "{workspace_guid}",
            Self::Location => "{location}",
            Self::TargetId => "{target_id}",
            Self::OnboardingScript => "{onboarding_script}",
            Self::WorkspaceKey => "{workspace_key}",
        }
    }

    /// The input that it follows from; none where it follows from what is deployed to.
    pub fn input(self) -> Option<Input> {
        match self {
            Self::WorkspaceId | Self::WorkspaceRegion | Self::WorkspaceGuid | Self::WorkspaceKey => {
                Some(Input::WorkspaceId)
            }
            Self::Location => Some(Input::Location),
            Self::TargetId | Self::OnboardingScript => None,
        }
    }
}

impl TryFrom<Value> for Parameter {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let braces = |text: &&str| text.starts_with('{') && text.ends_with('}');
        let Some(text) = value.as_str().filter(braces) else { return Ok(Self::Fixed(value)) };
        let found = Placeholder::ALL.into_iter().find(|placeholder| placeholder.as_str() == text);
        found.map(Self::Placeholder).ok_or_else(|| {
            let known = Placeholder::ALL.map(Placeholder::as_str).join(", ");
            format!("there is no placeholder {text:?}; there are: {known}")
        })
    }
}

impl From<Parameter> for Value {
    fn from(parameter: Parameter) -> Self {
        match parameter {
            Parameter::Placeholder(placeholder) => placeholder.as_str().into(),
            Parameter::Fixed(value) => value,
        }
    }
}
