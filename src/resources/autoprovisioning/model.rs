//! Configuration, plan and state, and what of them is about one assignment.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tfplugin_protocol::{AnyValue, Attr};

use crate::assignment::model::{self as assignment, Identity, Remediated, Remediation, Texts};
use crate::assignment::roles;
use crate::assignment::wire::{restricted, restrictions};
use crate::catalog::model::Setting;

/// The resource's attributes; what they mean stands in the schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::resources) struct Model {
    pub(super) id: Attr<String>,
    pub(super) scope: Attr<String>,
    pub(super) component: Attr<String>,
    pub(super) targets: Texts,
    pub(super) location: Attr<String>,
    pub(super) workspace_id: Attr<String>,
    pub(super) parameters: Attr<AnyValue>,
    pub(super) identity: Attr<Identity>,
    pub(super) remediation: Attr<Remediation>,
    pub(super) on_unavailable: Attr<String>,
    pub(super) accept_preview: Attr<bool>,
    pub(super) mechanism: Attr<BTreeMap<String, Attr<String>>>,
    pub(super) assignments: Attr<Vec<Attr<Assigned>>>,
    pub(super) settings: Attr<Vec<Attr<Switched>>>,
    pub(super) skipped: Attr<Vec<Attr<Skipped>>>,
}

/// A policy assignment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Assigned {
    pub(super) targets: Texts,
    pub(super) display_name: Attr<String>,
    pub(super) policy_definition_id: Attr<String>,
    pub(super) name: Attr<String>,
    pub(super) id: Attr<String>,
    pub(super) enforcement_mode: Attr<String>,
    pub(super) parameters: Attr<String>,
    pub(super) restrictions: Attr<String>,
    pub(super) role_definition_ids: Texts,
    pub(super) identity_type: Attr<String>,
    pub(super) identity_ids: Texts,
    pub(super) principal_id: Attr<String>,
    pub(super) tenant_id: Attr<String>,
    pub(super) role_assignments: Attr<BTreeMap<String, Attr<String>>>,
    pub(super) remediations: Attr<Vec<Attr<Remediated>>>,
}

/// A setting of the subscription.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Switched {
    pub(super) id: Attr<String>,
    pub(super) name: Attr<String>,
    pub(super) value: Attr<String>,
}

/// A target, or an operating system on it, to which nothing is deployed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Skipped {
    pub(super) target: Attr<String>,
    pub(super) os: Attr<String>,
    pub(super) rule: Attr<String>,
    pub(super) reason: Attr<String>,
}

impl Model {
    /// A component at a scope of which nothing else is known, as after an import.
    pub(super) fn at(scope: &str, component: &str) -> Self {
        Self {
            id: Attr::Known(id(scope, component)),
            scope: scope.into(),
            component: component.into(),
            on_unavailable: "fail".into(),
            accept_preview: Attr::Known(false),
            ..Self::default()
        }
    }

    /// Whether what the rules refuse is left out, and does not stop the plan.
    pub(super) fn skips(&self) -> bool {
        self.on_unavailable.known().is_some_and(|word| word == "skip")
    }

    /// Targets that something is deployed to, or nothing has to be.
    pub(super) fn accepted(&self) -> impl Iterator<Item = &str> {
        self.mechanism.known().into_iter().flatten().map(|(target, _)| target.as_str())
    }

    /// Ids of what it manages, its own first.
    pub(super) fn managed(&self) -> impl Iterator<Item = &Attr<String>> {
        let assignments = self.assignments.known().into_iter().flatten();
        let assignments = assignments.filter_map(|one| Some(&one.known()?.id));
        let settings = self.settings.known().into_iter().flatten().filter_map(|one| Some(&one.known()?.id));
        std::iter::once(&self.id).chain(assignments).chain(settings)
    }

    /// How existing resources are brought in line: in Azure's portal that is part of it.
    pub(super) fn wish(&self) -> Attr<Remediation> {
        let default = Remediation {
            enabled: Attr::Known(true),
            wait: Attr::Known(true),
            mode: "ExistingNonCompliant".into(),
            ..Remediation::default()
        };
        if self.remediation.is_null() { Attr::Known(default) } else { self.remediation.clone() }
    }

    /// What is said of all assignments, as if it were said of one.
    pub(super) fn as_one(&self) -> assignment::Model {
        assignment::Model {
            identity: self.identity.clone(),
            location: self.location.clone(),
            remediation: self.remediation.clone(),
            ..assignment::Model::default()
        }
    }

    /// One of its assignments, whole.
    pub(super) fn whole(&self, one: &Assigned) -> assignment::Model {
        let parsed = |text: String| serde_json::from_str(&text).unwrap_or(Value::Null);
        let identity = |kind: String| Identity { kind: kind.into(), identity_ids: one.identity_ids.clone() };
        let whole = assignment::Model {
            id: one.id.clone(),
            scope: self.scope.clone(),
            name: one.name.clone(),
            policy_definition_id: one.policy_definition_id.clone(),
            display_name: one.display_name.clone(),
            location: self.location.clone(),
            identity: one.identity_type.clone().map(identity),
            parameters: one.parameters.clone().map(|text| AnyValue::from_json(&parsed(text))),
            enforcement_mode: one.enforcement_mode.clone(),
            role_definition_ids: one.role_definition_ids.clone(),
            remediation: self.wish(),
            principal_id: one.principal_id.clone(),
            tenant_id: one.tenant_id.clone(),
            role_assignments: one.role_assignments.clone(),
            remediations: one.remediations.clone(),
            ..assignment::Model::default()
        };
        match one.restrictions.known() {
            Some(text) => restricted(whole, text),
            None => whole,
        }
    }
}

/// Role assignments of assignments that go. One that stays may have used them: it deploys by the same identity.
pub(super) fn roles_that_go<'a>(going: impl Iterator<Item = &'a Assigned>) -> BTreeSet<String> {
    let ids = going.flat_map(|one| one.role_assignments.known().into_iter().flatten());
    ids.filter_map(|(_, id)| Some(id.known()?.to_ascii_lowercase())).collect()
}

/// An assignment without roles that go.
pub(super) fn without_roles(mut whole: assignment::Model, going: &BTreeSet<String>) -> assignment::Model {
    let Attr::Known(granted) = &mut whole.role_assignments else { return whole };
    let goes = |id: &Attr<String>| id.known().is_some_and(|id| going.contains(&id.to_ascii_lowercase()));
    if granted.values().any(goes) {
        granted.retain(|_, id| !goes(id));
        let left: BTreeSet<String> = granted.keys().cloned().collect();
        whole.role_definition_ids = roles::to_texts(&left);
    }
    whole
}

impl Switched {
    /// A setting that is on.
    pub(super) fn on(id: Attr<String>, setting: &Setting) -> Self {
        Self { id, name: setting.name.as_str().into(), value: setting.on.to_string().into() }
    }
}

impl Assigned {
    /// What of an assignment belongs to it, and is not said for all of them.
    pub(super) fn of(whole: &assignment::Model, targets: Texts) -> Self {
        let (identity_type, identity_ids) = match &whole.identity {
            Attr::Null => (Attr::Null, Attr::Null),
            Attr::Unknown => (Attr::Unknown, Attr::Unknown),
            Attr::Known(identity) => (identity.kind.clone(), identity.identity_ids.clone()),
        };
        Self {
            targets,
            display_name: whole.display_name.clone(),
            policy_definition_id: whole.policy_definition_id.clone(),
            name: whole.name.clone(),
            id: whole.id.clone(),
            enforcement_mode: whole.enforcement_mode.clone(),
            parameters: text(&whole.parameters),
            restrictions: restrictions(whole).map_or(Attr::Null, Attr::Known),
            role_definition_ids: whole.role_definition_ids.clone(),
            identity_type,
            identity_ids,
            principal_id: whole.principal_id.clone(),
            tenant_id: whole.tenant_id.clone(),
            role_assignments: whole.role_assignments.clone(),
            remediations: whole.remediations.clone(),
        }
    }
}

/// The id of a component at a scope.
pub(super) fn id(scope: &str, component: &str) -> String {
    format!("{scope}|{component}")
}

/// Parameters as JSON: a list cannot hold values of any type.
fn text(parameters: &Attr<AnyValue>) -> Attr<String> {
    match parameters {
        Attr::Null => Attr::Null,
        Attr::Unknown => Attr::Unknown,
        Attr::Known(any) => any.to_json().map_or(Attr::Unknown, |json| Attr::Known(json.to_string())),
    }
}
