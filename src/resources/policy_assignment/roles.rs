//! Roles of the assignment's identity: which are wanted, which are there, which are ours.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tfplugin_protocol::Attr;
use tfplugin_protocol::provider::Private;

use super::model::{Model, Texts, known_texts};
use crate::arm::Scope;
use crate::policy::{Granted, Grantee, role_definition_id, role_guid};

/// Private data: ids of role assignments that we made for an identity that the assignment does not have any more.
const LEFT_OVER: &str = "role_assignments_left_over";
/// Private data: what the last apply was to make true.
const WANTED: &str = "wanted";

/// Roles by GUID.
pub(super) type Roles = BTreeSet<String>;

/// Roles of an attribute, as far as they are known.
pub(super) fn of_texts(ids: &Texts) -> Roles {
    known_texts(ids).iter().map(|id| role_guid(id)).collect()
}

/// Roles as an attribute.
pub(super) fn to_texts(roles: &Roles) -> Texts {
    Attr::Known(roles.iter().map(|role| Attr::Known(role_definition_id(role))).collect())
}

/// Ids of role assignments by role.
pub(super) fn assignments(model: &Model) -> BTreeMap<String, String> {
    let known = model.role_assignments.known().into_iter().flatten();
    known.filter_map(|(role, id)| Some((role.clone(), id.known()?.clone()))).collect()
}

/// Those role assignments of a state that this resource has made. What somebody else made is used, and stays.
pub(super) fn ours(model: &Model, scope: &Scope) -> BTreeMap<String, String> {
    let (Attr::Known(assignment), Attr::Known(principal)) = (&model.id, &model.principal_id) else {
        return BTreeMap::new();
    };
    let to = Grantee { scope, assignment, principal };
    let is_ours = |role: &String, id: &String| to.role_assignment_id(role).eq_ignore_ascii_case(id);
    assignments(model).into_iter().filter(|(role, id)| is_ours(role, id)).collect()
}

/// What was made for an identity of before, and is to go.
pub(super) fn left_over(private: &Private) -> BTreeSet<String> {
    private.get(LEFT_OVER).unwrap_or_default()
}

/// Notes that these, by role, are to go.
pub(super) fn leave_over(private: &mut Private, more: BTreeMap<String, String>) {
    let mut ids = left_over(private);
    ids.extend(more.into_values());
    if !ids.is_empty() {
        private.set(LEFT_OVER, &ids);
    }
}

/// Notes that nothing of it is left.
pub(super) fn nothing_left_over(private: &mut Private) {
    private.remove(LEFT_OVER);
}

/// What the last apply was to make true: to see when a role is missing, and when something is not written any more.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// The roles, by GUID.
    pub(super) roles: Roles,
    /// The kind of the identity.
    pub(super) identity: Option<String>,
    /// Whether the user chose the roles, and not the definition.
    pub(super) roles_chosen: bool,
    /// Whether the user chose the identity, and not the definition.
    pub(super) identity_chosen: bool,
    /// Whether remediations were to start and have not started.
    pub(super) is_pending: bool,
}

/// Notes what is meant to be there.
pub(super) fn want(private: &mut Private, record: &Record) {
    private.set(WANTED, record);
}

/// What is meant to be there, unless this was imported.
pub(super) fn wanted(private: &Private) -> Option<Record> {
    private.get(WANTED)
}

/// The state of roles, by what is there. Roles that nobody asked for are no difference.
pub(super) fn refresh(model: &mut Model, private: &Private, there: &[Granted]) {
    let wanted = wanted(private).map(|record| record.roles);
    let known = assignments(model);
    let mut by_role: BTreeMap<String, String> = BTreeMap::new();
    for granted in
        there.iter().filter(|granted| wanted.as_ref().is_none_or(|wanted| wanted.contains(&granted.role)))
    {
        let spelt = known.get(&granted.role).filter(|id| id.eq_ignore_ascii_case(&granted.id));
        match spelt {
            Some(id) => drop(by_role.insert(granted.role.clone(), id.clone())),
            None => drop(by_role.entry(granted.role.clone()).or_insert_with(|| granted.id.clone())),
        }
    }
    let present: Roles = by_role.keys().cloned().collect();
    if of_texts(&model.role_definition_ids) != present || model.role_definition_ids.known().is_none() {
        model.role_definition_ids = to_texts(&present);
    }
    model.role_assignments =
        Attr::Known(by_role.into_iter().map(|(role, id)| (role, Attr::Known(id))).collect());
}
