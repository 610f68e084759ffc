//! Configuration, plan and state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::{AnyValue, Attr};

use crate::arm::Scope;
use crate::policy::Policy;

/// The resource's attributes; what they mean stands in the schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::resources) struct Model {
    pub(super) id: Attr<String>,
    pub(super) scope: Attr<String>,
    pub(super) name: Attr<String>,
    pub(super) policy_definition_id: Attr<String>,
    pub(super) definition_version: Attr<String>,
    pub(super) display_name: Attr<String>,
    pub(super) description: Attr<String>,
    pub(super) location: Attr<String>,
    pub(super) identity: Attr<Identity>,
    pub(super) parameters: Attr<AnyValue>,
    pub(super) metadata: Attr<AnyValue>,
    pub(super) not_scopes: Texts,
    pub(super) enforcement_mode: Attr<String>,
    pub(super) non_compliance_messages: Attr<Vec<Attr<Message>>>,
    pub(super) resource_selectors: Attr<Vec<Attr<ResourceSelector>>>,
    pub(super) overrides: Attr<Vec<Attr<Override>>>,
    pub(super) role_definition_ids: Texts,
    pub(super) remediation: Attr<Remediation>,
    pub(super) principal_id: Attr<String>,
    pub(super) tenant_id: Attr<String>,
    pub(super) role_assignments: Attr<BTreeMap<String, Attr<String>>>,
    pub(super) remediations: Attr<Vec<Attr<Remediated>>>,
}

/// Texts in order.
pub(super) type Texts = Attr<Vec<Attr<String>>>;

/// The identity of an assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Identity {
    #[serde(rename = "type")]
    pub(super) kind: Attr<String>,
    pub(super) identity_ids: Texts,
}

/// A message for people whose resources do not comply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) message: Attr<String>,
    pub(super) policy_definition_reference_id: Attr<String>,
}

/// A named choice of resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ResourceSelector {
    pub(super) name: Attr<String>,
    pub(super) selectors: Attr<Vec<Attr<Selector>>>,
}

/// A condition on resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Selector {
    pub(super) kind: Attr<String>,
    #[serde(rename = "in")]
    pub(super) one_of: Texts,
    pub(super) not_in: Texts,
}

/// Another effect or version for some.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Override {
    pub(super) kind: Attr<String>,
    pub(super) value: Attr<String>,
    pub(super) selectors: Attr<Vec<Attr<Selector>>>,
}

/// Whether and how existing resources are brought in line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Remediation {
    pub(super) enabled: Attr<bool>,
    pub(super) wait: Attr<bool>,
    pub(super) mode: Attr<String>,
    pub(super) resource_count: Attr<u32>,
    pub(super) parallel_deployments: Attr<u32>,
    pub(super) failure_threshold: Attr<f64>,
    pub(super) locations: Texts,
}

/// A remediation that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Remediated {
    pub(super) id: Attr<String>,
    pub(super) policy_definition_reference_id: Attr<String>,
    pub(super) state: Attr<String>,
    pub(super) total: Attr<u32>,
    pub(super) succeeded: Attr<u32>,
    pub(super) failed: Attr<u32>,
}

impl Model {
    /// An assignment of which only the place is known, as after an import.
    pub(super) fn at(scope: &Scope, name: &str) -> Self {
        Self {
            id: Attr::Known(Policy::assignment_id(scope, name)),
            scope: scope.as_str().into(),
            name: name.into(),
            policy_definition_id: Attr::Null,
            definition_version: Attr::Null,
            display_name: Attr::Null,
            description: Attr::Null,
            location: Attr::Null,
            identity: Attr::Null,
            parameters: Attr::Null,
            metadata: Attr::Null,
            not_scopes: Attr::Null,
            enforcement_mode: Attr::Null,
            non_compliance_messages: Attr::Null,
            resource_selectors: Attr::Null,
            overrides: Attr::Null,
            role_definition_ids: Attr::Null,
            remediation: Attr::Null,
            principal_id: Attr::Null,
            tenant_id: Attr::Null,
            role_assignments: Attr::Null,
            remediations: Attr::Null,
        }
    }

    /// Whether existing resources are to be brought in line; nothing where that is not known yet.
    pub(super) fn remediates(&self) -> Option<bool> {
        match &self.remediation {
            Attr::Null => Some(false),
            Attr::Unknown => None,
            Attr::Known(wish) => wish.enabled.known().copied(),
        }
    }
}

/// Texts that are set and known.
pub(super) fn known_texts(texts: &Texts) -> Vec<String> {
    known_items(texts).cloned().collect()
}

/// Items that are set and known.
pub(super) fn known_items<T>(items: &Attr<Vec<Attr<T>>>) -> impl Iterator<Item = &T> {
    items.known().into_iter().flatten().filter_map(Attr::known)
}

/// Items as an attribute; null where there are none.
pub(super) fn items<T>(items: impl IntoIterator<Item = T>) -> Attr<Vec<Attr<T>>> {
    let items: Vec<_> = items.into_iter().map(Attr::Known).collect();
    if items.is_empty() { Attr::Null } else { Attr::Known(items) }
}
