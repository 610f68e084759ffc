//! What is kept beside the state of an assignment, and where its states go.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tfplugin_protocol::Diagnostic;

use super::model::Model;
use super::roles::Roles;

/// Who notes what has been reached: one assignment may be all of a resource, or a part of it.
pub(crate) trait Journal: Sync {
    /// Records what is true of the assignment now.
    fn save(&self, state: &Model, notes: &Notes);

    /// Tells the user something that does not stop the work.
    fn warn(&self, warning: Diagnostic);
}

/// What is kept beside the state of an assignment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// What the last apply was to make true, unless the assignment was imported: to see when a role is missing, and when
    /// something is not written any more.
    pub(crate) wanted: Option<Record>,
    /// Ids of role assignments that we made for an identity that the assignment does not have any more.
    #[serde(default)]
    pub(crate) left_over: BTreeSet<String>,
}

/// What an apply was to make true.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The roles, by GUID.
    pub(crate) roles: Roles,
    /// The kind of the identity.
    pub(crate) identity: Option<String>,
    /// Whether the user chose the roles, and not the definition.
    pub(crate) roles_chosen: bool,
    /// Whether the user chose the identity, and not the definition.
    pub(crate) identity_chosen: bool,
    /// Whether remediations were to start and have not started.
    pub(crate) is_pending: bool,
}

impl Notes {
    /// Notes that these, by role, are to go.
    pub(crate) fn leave_over(&mut self, more: BTreeMap<String, String>) {
        self.left_over.extend(more.into_values());
    }

    /// Notes whether remediations have still to start.
    pub(crate) fn is_pending(&mut self, is_pending: bool) {
        if let Some(record) = &mut self.wanted {
            record.is_pending = is_pending;
        }
    }
}
