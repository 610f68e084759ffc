//! Roles of the assignment's identity: which are wanted, which are there, which are ours.

use std::collections::{BTreeMap, BTreeSet};

use tfplugin_protocol::Attr;

use super::model::{Model, Texts, known_texts};
use super::notes::Notes;
use crate::arm::Scope;
use crate::policy::{Granted, Grantee, guid_of, role_definition_id};

/// Roles by GUID.
pub(crate) type Roles = BTreeSet<String>;

/// Roles of an attribute, as far as they are known.
pub(crate) fn of_texts(ids: &Texts) -> Roles {
    known_texts(ids).iter().map(|id| guid_of(id)).collect()
}

/// Roles as an attribute.
pub(crate) fn to_texts(roles: &Roles) -> Texts {
    Attr::Known(roles.iter().map(|role| Attr::Known(role_definition_id(role))).collect())
}

/// Ids of role assignments by role.
pub(crate) fn assignments(model: &Model) -> BTreeMap<String, String> {
    let known = model.role_assignments.known().into_iter().flatten();
    known.filter_map(|(role, id)| Some((role.clone(), id.known()?.clone()))).collect()
}

/// Those role assignments of a state that this resource has made. What somebody else made is used, and stays.
pub(crate) fn ours(model: &Model, scope: &Scope) -> BTreeMap<String, String> {
    let (Attr::Known(assignment), Attr::Known(principal)) = (&model.id, &model.principal_id) else {
        return BTreeMap::new();
    };
    let to = Grantee { scope, assignment, principal };
    let is_ours = |role: &String, id: &String| to.role_assignment_id(role).eq_ignore_ascii_case(id);
    assignments(model).into_iter().filter(|(role, id)| is_ours(role, id)).collect()
}

/// The state of roles, by what is there. Roles that nobody asked for are no difference.
pub(crate) fn refresh(model: &mut Model, notes: &Notes, there: &[Granted]) {
    let wanted = notes.wanted.as_ref().map(|record| &record.roles);
    let known = assignments(model);
    let mut by_role: BTreeMap<String, String> = BTreeMap::new();
    for granted in there.iter().filter(|granted| wanted.is_none_or(|wanted| wanted.contains(&granted.role))) {
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
