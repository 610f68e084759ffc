//! Which policy assignments are Defender's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tfplugin_protocol::Diagnostics;
use tfplugin_protocol::provider::Found;

use crate::arm::{Call, Error, ErrorKind};
use crate::catalog::Catalog;
use crate::policy::{Policy, guid_of};

/// How the categories of Defender's own definitions and initiatives begin, as Azure Policy still calls it.
/// <https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies#security-center>
const CATEGORY: &str = "Security Center";

/// Definitions, and whether each is Defender's: every subscription assigns the same few.
#[derive(Debug)]
pub(super) struct Definitions<'a> {
    policy: &'a Policy,
    known: Mutex<HashMap<String, bool>>,
}

impl<'a> Definitions<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        Self { policy, known: Mutex::default() }
    }

    /// Keeps the assignments of Defender's definitions. One whose definition cannot be read becomes an error.
    pub(super) async fn defenders(&self, found: Vec<Found>, call: &Call) -> Vec<Found> {
        let mut kept = Vec::new();
        for one in found {
            let state = one.object.as_ref().ok().map(|object| &object.state);
            let definition = state.and_then(|state| state.get("policy_definition_id").as_str());
            let is_defenders = match definition {
                Some(definition) => self.is_defenders(definition, call).await,
                None => Ok(true),
            };
            match is_defenders {
                Ok(true) => kept.push(one),
                Ok(false) => {}
                Err(error) => kept.push(Found { object: Err(Diagnostics::from(error)), ..one }),
            }
        }
        kept
    }

    async fn is_defenders(&self, id: &str, call: &Call) -> Result<bool, Error> {
        let key = id.to_ascii_lowercase();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let is_defenders = if is_in_catalogue(&key) {
            true
        } else {
            match self.policy.category(id, call).await {
                Ok(category) => category.is_some_and(|category| category.starts_with(CATEGORY)),
                // An assignment outlives a definition that somebody has deleted.
                Err(error) if *error.kind() == ErrorKind::NotFound => false,
                Err(error) => return Err(error),
            }
        };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, is_defenders);
        Ok(is_defenders)
    }
}

fn is_in_catalogue(id: &str) -> bool {
    let guid = guid_of(id);
    let rows = Catalog::get().components.iter().flat_map(|component| &component.deploy.assignments);
    id.starts_with("/providers/") && rows.into_iter().any(|row| row.definition == guid)
}
