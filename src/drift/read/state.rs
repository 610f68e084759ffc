//! The state within a plan: which resources there are, drifted or not.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::bounded::{Bounded, Budget, Short};
use crate::drift::change::Change;
use crate::drift::coverage;
use crate::drift::difference::holds_true;
use crate::drift::kinds::is_ours;
use crate::drift::plan::Plan;

/// What may be kept of one resource, in bytes.
const RESOURCE: usize = 8 << 20;

/// Reads `prior_state`, or a part of it, into a plan: an object whose members `values`, `root_module`, `child_modules` and
/// `resources` lead on, in lists or not.
pub(super) struct State<'a>(pub(super) &'a mut Plan);

impl<'de> DeserializeSeed<'de> for State<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for State<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a state")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(State(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                "values" | "root_module" | "child_modules" => fields.next_value_seed(State(self.0))?,
                "resources" => fields.next_value_seed(Resources(self.0))?,
                _ => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// Reads a list of resources.
struct Resources<'a>(&'a mut Plan);

impl<'de> DeserializeSeed<'de> for Resources<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Resources<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(resource) = items.next_element_seed(Resource)? {
            match resource {
                Some(resource) if resource.kind == coverage::NAME => self.0.coverage.learn(&resource.before),
                Some(resource) => self.0.watch(resource.place(), &resource.subject()),
                None => {}
            }
        }
        Ok(())
    }
}

/// Reads one resource, if it is this provider's.
struct Resource;

impl<'de> DeserializeSeed<'de> for Resource {
    type Value = Option<Change>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Change>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Resource {
    type Value = Option<Change>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Option<Change>, A::Error> {
        let mut resource = Change::default();
        let mut budget = Budget::of(RESOURCE);
        let (mut skipped, mut managed) = (false, true);
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                "mode" => managed = fields.next_value_seed(Short)? == "managed",
                "type" => {
                    resource.kind = fields.next_value_seed(Short)?;
                    // Of the data sources only one says more than its resources.
                    skipped |= !is_ours(&resource.kind) || (managed == (resource.kind == coverage::NAME));
                }
                "values" if !skipped => resource.before = fields.next_value_seed(Bounded(&mut budget))?,
                "sensitive_values" if !skipped => {
                    resource.before_sensitive = fields.next_value_seed(Bounded(&mut budget))?;
                }
                _ => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        skipped |= managed == (resource.kind == coverage::NAME);
        skipped |= !managed && holds_true(&resource.before_sensitive);
        Ok((!skipped && !budget.exceeded && is_ours(&resource.kind)).then_some(resource))
    }
}
