//! The configuration within a plan: where each module comes from.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::bounded::Short;
use crate::drift::plan::Plan;

/// The longest address of a module, in bytes: names must not add up.
const ADDRESS: usize = 4096;

/// Reads `configuration`, a module or its calls into a plan.
pub(super) struct Modules<'a> {
    pub(super) plan: &'a mut Plan,
    /// The address of the module without indexes; empty for the root module.
    pub(super) address: String,
    /// Whether what is read are the calls, by name, and not the module.
    pub(super) calls: bool,
}

impl<'de> DeserializeSeed<'de> for Modules<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Modules<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a module's configuration")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Self { plan, address, calls } = self;
        while let Some(name) = fields.next_key::<String>()? {
            let (address, calls) = match name.as_str() {
                _ if calls && address.len() + name.len() < ADDRESS => (child(&address, &name), false),
                "root_module" | "module" if !calls => (address.clone(), false),
                "module_calls" if !calls => (address.clone(), true),
                "source" if !calls => {
                    let source = fields.next_value_seed(Short)?;
                    plan.locate(&address, &source);
                    continue;
                }
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            fields.next_value_seed(Modules { plan, address, calls })?;
        }
        Ok(())
    }
}

fn child(parent: &str, name: &str) -> String {
    if parent.is_empty() { format!("module.{name}") } else { format!("{parent}.module.{name}") }
}
