//! One assignment as if a user had written it: from the catalogue's row, and from what the user gives. Pure.

use std::collections::{BTreeMap, BTreeSet};

use tfplugin_protocol::{AnyValue, Attr};

use super::model::Model;
use super::record::Found;
use crate::arm::Scope;
use crate::assignment::completing::{self, name};
use crate::assignment::model as assignment;
use crate::catalog::model::{Assignment, Parameter, Placeholder};
use crate::policy::{Definition, Policy};

/// The id of the definition that is assigned.
pub(super) fn definition_id(assignment: &Assignment) -> String {
    let kind = if assignment.initiative { "policySetDefinitions" } else { "policyDefinitions" };
    format!("/providers/Microsoft.Authorization/{kind}/{}", assignment.definition)
}

/// What parameters are made from.
pub(super) struct Given<'a> {
    pub(super) planned: &'a Model,
    /// The workspace, where Azure was asked.
    pub(super) workspace: Option<&'a Found>,
}

/// Whether Azure has to be asked for the workspace.
pub(super) fn asks_for_workspace(assignment: &Assignment) -> bool {
    let asks = |parameter: &Parameter| {
        matches!(parameter, Parameter::Placeholder(Placeholder::WorkspaceRegion | Placeholder::WorkspaceGuid))
    };
    assignment.parameters.values().any(asks)
}

/// The assignment as it is to be, with everything computed still unknown. Which of the user's parameters it takes may not
/// be known yet.
pub(super) fn written(
    given: &Given<'_>,
    assignment: &Assignment,
    takes: Option<&BTreeSet<String>>,
) -> assignment::Model {
    let Given { planned, .. } = *given;
    let definition = definition_id(assignment);
    let scope: Option<Scope> = planned.scope.known().and_then(|text| text.parse().ok());
    let name = scope.as_ref().map(|scope| name(scope, &definition));
    let id = scope.as_ref().zip(name.as_deref()).map(|(scope, name)| Policy::assignment_id(scope, name));
    let later = |text: Option<String>| text.map_or(Attr::Unknown, Attr::Known);
    let identity = completing::identity(&planned.as_one(), None).unwrap_or(Attr::Unknown);
    assignment::Model {
        id: later(id),
        scope: planned.scope.clone(),
        name: later(name),
        policy_definition_id: definition.into(),
        display_name: assignment.title.as_str().into(),
        location: planned.location.clone(),
        identity,
        parameters: parameters(given, assignment, takes),
        enforcement_mode: "Default".into(),
        remediation: planned.wish(),
        role_definition_ids: Attr::Unknown,
        principal_id: Attr::Unknown,
        tenant_id: Attr::Unknown,
        role_assignments: Attr::Unknown,
        remediations: Attr::Unknown,
        ..assignment::Model::default()
    }
}

/// The same of one that is there: what only Azure knows stays, and so does a spelling that means the same. Where the
/// definition chooses the identity, it has chosen.
pub(super) fn rewritten(
    prior: &assignment::Model,
    written: assignment::Model,
    identity_chosen: bool,
) -> assignment::Model {
    let parameters = match (&prior.parameters, written.parameters) {
        (Attr::Known(before), Attr::Known(now)) if before.means(&now) => Attr::Known(before.clone()),
        (_, now) => now,
    };
    let identity = if identity_chosen { written.identity } else { prior.identity.clone() };
    assignment::Model {
        display_name: written.display_name,
        identity,
        parameters,
        enforcement_mode: written.enforcement_mode,
        not_scopes: Attr::Null,
        resource_selectors: Attr::Null,
        overrides: Attr::Null,
        remediation: written.remediation,
        location: written.location,
        ..prior.clone()
    }
}

/// Those of the user's parameters that a definition has.
pub(super) fn taken(definition: &Definition, user: &Attr<AnyValue>) -> BTreeSet<String> {
    let has = |name: &String| definition.parameters.keys().any(|known| known.eq_ignore_ascii_case(name));
    entries(user).into_keys().filter(has).collect()
}

/// The user's parameters that are set.
pub(super) fn entries(user: &Attr<AnyValue>) -> BTreeMap<String, AnyValue> {
    let entries = user.known().and_then(AnyValue::entries).unwrap_or_default().into_iter();
    entries.filter(|(_, value)| !value.is_null()).collect()
}

/// What the catalogue gives, and over it what the user gives.
fn parameters(
    given: &Given<'_>,
    assignment: &Assignment,
    takes: Option<&BTreeSet<String>>,
) -> Attr<AnyValue> {
    let Some(takes) = takes else { return Attr::Unknown };
    if given.planned.parameters.is_unknown()
        || given.planned.parameters.known().is_some_and(AnyValue::is_unknown)
    {
        return Attr::Unknown;
    }
    let mut values: BTreeMap<String, AnyValue> = BTreeMap::new();
    for (name, parameter) in &assignment.parameters {
        let value = match parameter {
            Parameter::Fixed(json) => Attr::Known(AnyValue::from_json(json)),
            Parameter::Placeholder(placeholder) => given.value(*placeholder),
        };
        match value {
            Attr::Null => {}
            Attr::Unknown => return Attr::Unknown,
            Attr::Known(value) => drop(values.insert(name.clone(), value)),
        }
    }
    for (name, value) in entries(&given.planned.parameters) {
        if takes.contains(&name) {
            values.retain(|known, _| !known.eq_ignore_ascii_case(&name));
            values.insert(name, value);
        }
    }
    if values.is_empty() { Attr::Null } else { Attr::Known(AnyValue::object(values)) }
}

impl Given<'_> {
    fn value(&self, placeholder: Placeholder) -> Attr<AnyValue> {
        let text = |text: &str| AnyValue::from_json(&text.into());
        let of = |attribute: &Attr<String>| attribute.clone().map(|known| text(&known));
        let asked = |found: fn(&Found) -> &str| match &self.planned.workspace_id {
            Attr::Null => Attr::Null,
            // What was not asked for is not known yet.
            Attr::Unknown | Attr::Known(_) => {
                self.workspace.map_or(Attr::Unknown, |workspace| Attr::Known(text(found(workspace))))
            }
        };
        match placeholder {
            Placeholder::WorkspaceId => of(&self.planned.workspace_id),
            Placeholder::WorkspaceRegion => asked(|workspace| &workspace.region),
            Placeholder::WorkspaceGuid => asked(|workspace| &workspace.guid),
            Placeholder::Location => of(&self.planned.location),
            // What is for one machine is no parameter of a policy.
            Placeholder::TargetId | Placeholder::OnboardingScript | Placeholder::WorkspaceKey => Attr::Null,
        }
    }
}
