//! Configuration, plan and state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::{AnyValue, Attr, Diagnostic, Result};

use crate::arm::{IdError, Scope};
use crate::policy::Policy;

/// The attributes of an assignment; what they mean stands in the schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Model {
    pub(crate) id: Attr<String>,
    pub(crate) scope: Attr<String>,
    pub(crate) name: Attr<String>,
    pub(crate) policy_definition_id: Attr<String>,
    pub(crate) definition_version: Attr<String>,
    pub(crate) display_name: Attr<String>,
    pub(crate) description: Attr<String>,
    pub(crate) location: Attr<String>,
    pub(crate) identity: Attr<Identity>,
    pub(crate) parameters: Attr<AnyValue>,
    pub(crate) metadata: Attr<AnyValue>,
    pub(crate) not_scopes: Texts,
    pub(crate) enforcement_mode: Attr<String>,
    pub(crate) non_compliance_messages: Attr<Vec<Attr<Message>>>,
    pub(crate) resource_selectors: Attr<Vec<Attr<ResourceSelector>>>,
    pub(crate) overrides: Attr<Vec<Attr<Override>>>,
    pub(crate) role_definition_ids: Texts,
    pub(crate) remediation: Attr<Remediation>,
    pub(crate) principal_id: Attr<String>,
    pub(crate) tenant_id: Attr<String>,
    pub(crate) role_assignments: Attr<BTreeMap<String, Attr<String>>>,
    pub(crate) remediations: Attr<Vec<Attr<Remediated>>>,
}

/// Texts in order.
pub(crate) type Texts = Attr<Vec<Attr<String>>>;

/// The identity of an assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    #[serde(rename = "type")]
    pub(crate) kind: Attr<String>,
    pub(crate) identity_ids: Texts,
}

/// A message for people whose resources do not comply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) message: Attr<String>,
    pub(crate) policy_definition_reference_id: Attr<String>,
}

/// A named choice of resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResourceSelector {
    pub(crate) name: Attr<String>,
    pub(crate) selectors: Attr<Vec<Attr<Selector>>>,
}

/// A condition on resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Selector {
    pub(crate) kind: Attr<String>,
    #[serde(rename = "in")]
    pub(crate) one_of: Texts,
    pub(crate) not_in: Texts,
}

/// Another effect or version for some.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Override {
    pub(crate) kind: Attr<String>,
    pub(crate) value: Attr<String>,
    pub(crate) selectors: Attr<Vec<Attr<Selector>>>,
}

/// Whether and how existing resources are brought in line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remediation {
    pub(crate) enabled: Attr<bool>,
    pub(crate) wait: Attr<bool>,
    pub(crate) mode: Attr<String>,
    pub(crate) resource_count: Attr<u32>,
    pub(crate) parallel_deployments: Attr<u32>,
    pub(crate) failure_threshold: Attr<f64>,
    pub(crate) locations: Texts,
}

/// A remediation that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remediated {
    pub(crate) id: Attr<String>,
    pub(crate) policy_definition_reference_id: Attr<String>,
    pub(crate) state: Attr<String>,
    pub(crate) total: Attr<u32>,
    pub(crate) succeeded: Attr<u32>,
    pub(crate) failed: Attr<u32>,
}

impl Model {
    /// An assignment of which only the place is known, as after an import.
    pub(crate) fn at(scope: &Scope, name: &str) -> Self {
        Self {
            id: Attr::Known(Policy::assignment_id(scope, name)),
            scope: scope.as_str().into(),
            name: name.into(),
            ..Self::default()
        }
    }

    /// Whether existing resources are to be brought in line; nothing where that is not known yet.
    pub(crate) fn remediates(&self) -> Option<bool> {
        match &self.remediation {
            Attr::Null => Some(false),
            Attr::Unknown => None,
            Attr::Known(wish) => wish.enabled.known().copied(),
        }
    }
}

/// Texts that are set and known.
pub(crate) fn known_texts(texts: &Texts) -> Vec<String> {
    texts.known_items().cloned().collect()
}

/// Items as an attribute; null where there are none.
pub(crate) fn items<T>(items: impl IntoIterator<Item = T>) -> Attr<Vec<Attr<T>>> {
    let items: Vec<_> = items.into_iter().map(Attr::Known).collect();
    if items.is_empty() { Attr::Null } else { Attr::Known(items) }
}

/// Parses a scope: anything that a policy can be assigned to.
///
/// # Errors
///
/// What is wrong with it, at the attribute.
pub(crate) fn scope(text: &str) -> std::result::Result<Scope, Diagnostic> {
    text.parse().map_err(|error: IdError| {
        let beginning: String = text.chars().take(300).collect();
        let detail = format!(
            "{beginning:?} is not an id: {}. Write \"/subscriptions/00000000-0000-0000-0000-000000000000\" or \
             \"/providers/Microsoft.Management/managementGroups/NAME\", or the id of a resource group or resource.",
            error.problem()
        );
        Diagnostic::error("Not a scope of a policy assignment", detail).at("scope")
    })
}

/// Scope and id of an assignment that is planned or stored.
///
/// # Errors
///
/// Where they are missing.
pub(crate) fn place(model: &Model) -> Result<(Scope, String)> {
    if let (Attr::Known(text), Attr::Known(id)) = (&model.scope, &model.id) {
        return Ok((scope(text)?, id.clone()));
    }
    let detail = "The state of the policy assignment is incomplete.";
    Err(Diagnostic::error("Scope or name is missing", detail).into())
}
