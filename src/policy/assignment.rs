//! Assignments, in Azure's own shape.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an assignment is to be: the body of a write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// Where its identity lives; needed with an identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Who deploys in its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Everything else.
    pub properties: Properties,
}

/// An assignment as Azure has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Assignment {
    /// Its id, as Azure writes it.
    pub id: String,
    /// What it is.
    #[serde(flatten)]
    pub is: Wanted,
}

/// The identity of an assignment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// `SystemAssigned`, `UserAssigned` or `None`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The user-assigned identity, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_assigned_identities: Option<BTreeMap<String, UserAssigned>>,
    /// The object id of a system-assigned one; never sent.
    #[serde(default, skip_serializing)]
    pub principal_id: Option<String>,
    /// The tenant of a system-assigned one; never sent.
    #[serde(default, skip_serializing)]
    pub tenant_id: Option<String>,
}

/// What Azure says of a user-assigned identity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserAssigned {
    /// Its object id; never sent.
    #[serde(default, skip_serializing)]
    pub principal_id: Option<String>,
}

/// What an assignment says. What is absent is Azure's default.
/// <https://learn.microsoft.com/rest/api/policyauthorization/policy-assignments/create?view=rest-policyauthorization-2025-03-01>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Properties {
    /// The definition or initiative, by its id.
    pub policy_definition_id: String,
    /// Which of its versions, such as `1.*.*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition_version: Option<String>,
    /// What the portal calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Values of the definition's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeMap<String, ParameterValue>>,
    /// Scopes below that it does not apply to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_scopes: Option<Vec<String>>,
    /// Anything; Azure adds who wrote it and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// `Default`, `DoNotEnforce` or `Enroll`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement_mode: Option<String>,
    /// What people read whose resources do not comply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_compliance_messages: Option<Vec<Message>>,
    /// Which resources it applies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_selectors: Option<Vec<ResourceSelector>>,
    /// Effects or versions of single definitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Vec<Override>>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterValue {
    /// The value, of any type.
    pub value: Value,
}

/// A message for people whose resources do not comply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The message.
    pub message: String,
    /// The member of an initiative that it is about; all of them if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_definition_reference_id: Option<String>,
}

/// A named choice of resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceSelector {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What all must hold.
    #[serde(default)]
    pub selectors: Vec<Selector>,
}

/// A condition: a property is one of some values, or none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Selector {
    /// The property: `resourceLocation`, `resourceType`, `resourceWithoutLocation`, `policyDefinitionReferenceId`.
    pub kind: String,
    /// One of these.
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<String>>,
    /// None of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_in: Option<Vec<String>>,
}

/// Another effect, or another version, for some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// `policyEffect` or `definitionVersion`.
    pub kind: String,
    /// The effect or version.
    pub value: String,
    /// For which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selectors: Option<Vec<Selector>>,
}

impl Identity {
    /// The object id that roles are granted to.
    pub fn principal(&self) -> Option<&str> {
        let users =
            || self.user_assigned_identities.as_ref()?.values().find_map(|user| user.principal_id.as_deref());
        self.principal_id.as_deref().or_else(users)
    }
}

impl Assignment {
    /// The object id that roles are granted to.
    pub fn principal(&self) -> Option<&str> {
        self.is.identity.as_ref()?.principal()
    }
}
