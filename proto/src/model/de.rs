//! Values to structs, through serde.

#![expect(clippy::wildcard_enum_match_arm, reason = "whatever serde did not ask for goes one way")]

use std::fmt::Display;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{any, attr};
use crate::Value;
use crate::codec::CodecError;
use crate::path::Step;
use crate::schema::quoted;

impl Error for CodecError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    // The rest says what serde's own texts say, without the value that they quote.

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("{} is required, and not {}", wanted(expected), kind(found)))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("{} is required", wanted(expected)))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("not one of the allowed values: {}", quoted(expected)))
    }
}

/// What was expected, in words that also users of the provider understand.
fn wanted(expected: &dyn Expected) -> String {
    const WHOLE: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];
    match expected.to_string() {
        number if WHOLE.contains(&number.as_str()) => format!("a whole number ({number})"),
        object if object.starts_with("struct ") => "an object".to_owned(),
        other => other,
    }
}

/// What was found, without the value itself.
fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a bool",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object or a map",
        _ => "something else",
    }
}

/// A value as serde reads it.
pub(super) struct ValueReader<'a>(pub(super) &'a Value);

impl<'de> Deserializer<'de> for ValueReader<'_> {
    type Error = CodecError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Unknown(_) => Err(CodecError::not_known()),
            Value::Bool(bool) => visitor.visit_bool(*bool),
            Value::Number(number) => match number.as_i64() {
                Some(int) => visitor.visit_i64(int),
                None => visitor.visit_f64(number.as_f64()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::List(items) | Value::Set(items) => {
                let mut rest = Items { items, next: 0 };
                let sequence = visitor.visit_seq(&mut rest)?;
                rest.end().map(|()| sequence)
            }
            Value::Map(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), value: None, named: false })
            }
            Value::Dynamic(dynamic) => ValueReader(&dynamic.value).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.0 {
            Value::Number(number) => visitor.visit_f64(number.as_f64()),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        match self.0 {
            Value::Map(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), value: None, named: true })
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        if name == any::NAME {
            return visitor.visit_newtype_struct(StringDeserializer::new(any::to_text(self.0)?));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        let variant = match self.0 {
            value if name == attr::NAME && value.is_null() => attr::VARIANTS[0],
            value if name == attr::NAME && value.is_unknown() => attr::VARIANTS[1],
            _ if name == attr::NAME => attr::VARIANTS[2],
            Value::String(text) => text,
            Value::Unknown(_) => return Err(CodecError::not_known()),
            _ => return Err(CodecError::new("a string is required")),
        };
        visitor.visit_enum(Variant { name: variant, value: self.0 })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map identifier
    }
}

struct Variant<'a> {
    name: &'a str,
    value: &'a Value,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = CodecError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), CodecError> {
        let name = seed.deserialize(StringDeserializer::new(self.name.to_owned()))?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = CodecError;

    fn unit_variant(self) -> Result<(), CodecError> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, CodecError> {
        seed.deserialize(ValueReader(self.value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, CodecError> {
        Err(CodecError::new("a tuple variant, which no attribute has"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, CodecError> {
        Err(CodecError::new("a struct variant, which no attribute has"))
    }
}

struct Items<'a> {
    items: &'a [Value],
    next: usize,
}

impl Items<'_> {
    /// Only a tuple leaves something behind: it has a place for each of its own elements, and no more.
    fn end(&self) -> Result<(), CodecError> {
        match (self.next, self.items.len()) {
            (read, all) if read < all => {
                Err(CodecError::new(format!("there is room for only {read} of {all} elements")))
            }
            _ => Ok(()),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_> {
    type Error = CodecError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CodecError> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        let value = seed.deserialize(ValueReader(item)).map_err(|error| error.inside(Step::Index(index)))?;
        Ok(Some(value))
    }
}

struct Entries<'a> {
    rest: std::collections::btree_map::Iter<'a, String, Value>,
    value: Option<(&'a str, &'a Value)>,
    /// Whether the keys are attribute names, which only matters for the paths of errors.
    named: bool,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, CodecError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(StringDeserializer::new(key.clone())).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, CodecError> {
        let (key, value) = self.value.take().ok_or_else(|| CodecError::new("a value without a key"))?;
        let step = if self.named { Step::Attribute } else { Step::Key };
        seed.deserialize(ValueReader(value)).map_err(|error| error.inside(step(key.to_owned())))
    }
}
