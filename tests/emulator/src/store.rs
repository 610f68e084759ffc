//! The document store: JSON documents by lower-cased ARM id, and what the service remembers beside them.
//!
//! It knows ids as text and nothing of any resource type. Start at [`Store::get`] and [`Store::put`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Documents, and for some of them a memory that no API shows (a property that outlives its plan, a poll counter).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Store {
    documents: BTreeMap<String, Value>,
    memories: BTreeMap<String, Value>,
    #[serde(default)]
    makings: BTreeMap<String, u64>,
    #[serde(skip)]
    changed: bool,
}

impl Store {
    /// The document with this id, in any letter case.
    pub(crate) fn get(&self, id: &str) -> Option<&Value> {
        self.documents.get(&key(id))
    }

    /// Writes a document.
    pub(crate) fn put(&mut self, id: &str, document: Value) {
        self.documents.insert(key(id), document);
        self.changed = true;
    }

    /// Removes a document and what was remembered for it; says whether the document was there.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        self.changed = true;
        self.memories.remove(&key(id));
        self.documents.remove(&key(id)).is_some()
    }

    /// All documents in the order of their lower-cased ids.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.documents.iter().map(|(id, document)| (id.as_str(), document))
    }

    /// Documents whose id starts with `prefix`, in the order of their lower-cased ids.
    pub(crate) fn under<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let prefix = key(prefix);
        self.documents
            .range(prefix.clone()..)
            .take_while(move |(id, _)| id.starts_with(&prefix))
            .map(|(id, document)| (id.as_str(), document))
    }

    /// What was remembered for this id; null where nothing was.
    pub(crate) fn memory(&self, id: &str) -> &Value {
        self.memories.get(&key(id)).unwrap_or(&Value::Null)
    }

    /// Replaces what is remembered for this id.
    pub(crate) fn remember(&mut self, id: &str, memory: Value) {
        self.memories.insert(key(id), memory);
        self.changed = true;
    }

    /// What is remembered for ids that start with `prefix`, in the order of the lower-cased ids.
    pub(crate) fn memories_under(&self, prefix: &str) -> impl Iterator<Item = (&str, &Value)> {
        let prefix = key(prefix);
        self.memories
            .range(prefix.clone()..)
            .take_while(move |(id, _)| id.starts_with(&prefix))
            .map(|(id, memory)| (id.as_str(), memory))
    }

    /// How often `what` was made, this time included. It outlives the document, so that the same thing made again
    /// can differ from the first one, in the same way in every run.
    pub(crate) fn count_making(&mut self, what: &str) -> u64 {
        self.changed = true;
        let count = self.makings.entry(key(what)).or_insert(0);
        *count += 1;
        *count
    }

    /// Whether anything was written since the last call.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }
}

/// Lower case, one leading slash, none at the end: Microsoft's own examples leave out the leading one at times.
pub(crate) fn key(id: &str) -> String {
    format!("/{}", id.trim_matches('/').to_ascii_lowercase())
}
