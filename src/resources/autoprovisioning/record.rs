//! What is kept beside the state.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::Private;

use crate::assignment::notes::Notes;
use crate::catalog::model::{Day, SettingValue};
use crate::workspaces::Workspace;

/// The key of the private data.
const KEY: &str = "autoprovisioning";

/// What is kept beside the state. After an import there is nothing of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// The day on which each target was decided on.
    pub(super) decided: BTreeMap<String, Day>,
    /// Which of the user's parameters each policy takes, by the definition's GUID.
    pub(super) takes: BTreeMap<String, BTreeSet<String>>,
    /// What Azure said of the workspace.
    pub(super) workspace: Option<Found>,
    /// What is kept beside each assignment, by the definition's GUID.
    pub(super) notes: BTreeMap<String, Notes>,
    /// What each setting was before, by its name; nothing where it was not set.
    pub(super) before: BTreeMap<String, Option<SettingValue>>,
}

/// A workspace, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) region: String,
    pub(super) guid: String,
}

impl Record {
    pub(super) fn of(private: &Private) -> Self {
        private.get(KEY).unwrap_or_default()
    }

    pub(super) fn keep(&self, private: &mut Private) {
        private.set(KEY, self);
    }
}

impl Found {
    pub(super) fn new(id: &str, workspace: Workspace) -> Self {
        Self { id: id.to_owned(), region: workspace.region, guid: workspace.guid }
    }
}
