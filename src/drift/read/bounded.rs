//! A JSON value of which no more is kept than a budget allows.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// What a value takes beside its text.
const NODE: usize = 64;

/// What may still be kept.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    /// Whether something was left out.
    pub(super) exceeded: bool,
}

impl Budget {
    pub(super) fn of(bytes: usize) -> Self {
        Self { left: bytes, exceeded: false }
    }

    fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes + NODE);
        self.exceeded |= left.is_none();
        self.left = left.unwrap_or(0);
        !self.exceeded
    }
}

/// The longest name, address or type, in bytes.
const NAME: usize = 16 << 10;

/// Reads a short text; nothing where it is long, or none.
pub(super) struct Short;

impl<'de> DeserializeSeed<'de> for Short {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let mut budget = Budget::of(NAME);
        let value = Bounded(&mut budget).deserialize(deserializer)?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }
}

/// Reads any value; what the budget does not allow becomes null.
pub(super) struct Bounded<'a>(pub(super) &'a mut Budget);

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.0.exceeded {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl Bounded<'_> {
    fn kept(self, bytes: usize, value: impl FnOnce() -> Value) -> Value {
        if self.0.take(bytes) { value() } else { Value::Null }
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(self.kept(0, || Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(self.kept(0, || Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(self.kept(0, || Value::from(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(self.kept(0, || Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(self.kept(text.len(), || Value::from(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        self.0.take(0);
        while let Some(item) = items.next_element_seed(Bounded(self.0))? {
            if !self.0.exceeded {
                kept.push(item);
            }
        }
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        self.0.take(0);
        while !self.0.exceeded {
            let Some(name) = fields.next_key::<String>()? else { return Ok(Value::Object(kept)) };
            self.0.take(name.len());
            let value = fields.next_value_seed(Bounded(self.0))?;
            if !self.0.exceeded {
                kept.insert(name, value);
            }
        }
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, budget: usize) -> (String, bool) {
        let mut budget = Budget::of(budget);
        let value = Bounded(&mut budget).deserialize(&mut serde_json::Deserializer::from_str(json)).unwrap();
        (value.to_string(), budget.exceeded)
    }

    #[test]
    fn what_fits_is_kept_and_the_rest_is_read_over() {
        let json = r#"{"a":[1,-2,3.5,true,null,"x"],"b":{"c":"d"}}"#;
        assert_eq!(read(json, 4096), (json.to_owned(), false));
        let (cut, exceeded) = read(json, 400);
        assert!(exceeded && cut.len() < json.len(), "{cut}");
        let long = format!("[\"{}\", [[1]], {{\"a\": 2}}]", "x".repeat(10_000));
        assert_eq!(read(&long, 4096), ("[]".to_owned(), true));
    }
}
