//! What is kept beside the state.

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::Private;

/// The key of the private data.
const KEY: &str = "extension";

/// What is kept beside the state. After an import there is nothing of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// All settings that were asked for.
    pub(super) wanted: Option<String>,
    /// Settings of an extension that was taken over, which stay where nobody speaks of them.
    pub(super) base: Option<String>,
    /// Whether it was there before, and goes on when this resource goes.
    pub(super) is_anothers: bool,
}

impl Record {
    pub(super) fn of(private: &Private) -> Self {
        private.get(KEY).unwrap_or_default()
    }

    pub(super) fn keep(&self, private: &mut Private) {
        private.set(KEY, self);
    }
}
