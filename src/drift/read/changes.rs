//! The lists `resource_drift` and `resource_changes` of a plan: one object a resource.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::bounded::{Bounded, Budget, Short};
use crate::drift::change::{Change, Direction};
use crate::drift::kinds::is_ours;
use crate::drift::plan::Plan;

/// What may be kept of one resource, in bytes.
const RESOURCE: usize = 4 << 20;

/// Reads a list into a plan.
pub(super) struct Changes<'a> {
    pub(super) plan: &'a mut Plan,
    pub(super) direction: Direction,
}

impl<'de> DeserializeSeed<'de> for Changes<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Changes<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of changes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let candidates = self.plan.candidates(self.direction);
        while let Some(change) = items.next_element_seed(Element)? {
            if let Some(change) = change {
                candidates.add(change.findings(self.direction));
            }
        }
        Ok(())
    }
}

/// Reads one change, if it is about a resource of this provider.
struct Element;

impl<'de> DeserializeSeed<'de> for Element {
    type Value = Option<Change>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Change>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Element {
    type Value = Option<Change>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a resource's change")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Option<Change>, A::Error> {
        let mut change = Change::default();
        let mut budget = Budget::of(RESOURCE);
        let mut skipped = false;
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                "address" => change.address = fields.next_value_seed(Short)?,
                "module_address" => change.module = fields.next_value_seed(Short)?,
                "mode" => skipped |= fields.next_value_seed(Short)? != "managed",
                "type" => {
                    change.kind = fields.next_value_seed(Short)?;
                    skipped |= !is_ours(&change.kind);
                }
                "deposed" => change.deposed = Some(fields.next_value_seed(Short)?),
                // The type stands before it, so the values of others are never kept.
                "change" if !skipped => fields.next_value_seed(Values(&mut change, &mut budget))?,
                _ => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        change.cut = budget.exceeded;
        Ok((!skipped && is_ours(&change.kind)).then_some(change))
    }
}

/// Reads the values of a change.
struct Values<'a>(&'a mut Change, &'a mut Budget);

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the values of a change")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Self(change, budget) = self;
        while let Some(name) = fields.next_key::<String>()? {
            let place = match name.as_str() {
                "actions" => {
                    let actions = fields.next_value_seed(Bounded(budget))?;
                    change.actions = texts(&actions);
                    continue;
                }
                "before" => &mut change.before,
                "after" => &mut change.after,
                "after_unknown" => &mut change.unknown,
                "before_sensitive" => &mut change.before_sensitive,
                "after_sensitive" => &mut change.after_sensitive,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = fields.next_value_seed(Bounded(budget))?;
        }
        if budget.exceeded {
            // What is sensitive may be among what was left out.
            (change.before_sensitive, change.after_sensitive) = (Value::Bool(true), Value::Bool(true));
        }
        Ok(())
    }
}

/// The texts of a list; what is no text is some action that is not known.
fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}
