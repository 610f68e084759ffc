//! What a provider keeps beside an object's state, out of the user's sight.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Private data of one object: JSON by key, stored in Terraform's state file and passed to every operation.
///
/// Parsed defensively, as it may have been written by any version of the provider: what cannot be read is as
/// if it had never been written, and keys that this version does not know are kept. Never for secrets.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private(Map<String, Json>);

impl Private {
    /// The value under `key`, if there is one of this shape.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.0.get(key)?).ok()
    }

    /// Puts a value under `key`. A value that JSON cannot hold, such as a map with keys that are no text, is
    /// not put, and whatever was there before is gone.
    pub fn set<T: Serialize>(&mut self, key: &str, value: &T) {
        match serde_json::to_value(value) {
            Ok(value) => self.0.insert(key.to_owned(), value),
            Err(_) => self.0.remove(key),
        };
    }

    /// Removes what is under `key`.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self(serde_json::from_slice(bytes).unwrap_or_default())
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        if self.0.is_empty() { Vec::new() } else { Json::Object(self.0.clone()).to_string().into_bytes() }
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_data_is_as_if_it_were_not_there_and_unknown_keys_are_kept() {
        for bytes in [&b""[..], b"\xff\xfe", b"[1]", b"{"] {
            assert_eq!(Private::from_bytes(bytes), Private::default());
        }
        let mut private = Private::from_bytes(br#"{"newer":[1],"n":3}"#);
        assert_eq!(private.get::<String>("n"), None);
        assert_eq!(private.get::<i64>("n"), Some(3));
        private.set("n", &4);
        assert_eq!(private.to_bytes(), br#"{"n":4,"newer":[1]}"#);
    }
}
