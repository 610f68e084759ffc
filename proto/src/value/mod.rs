//! Terraform's values: what attributes hold in configuration, plan and state.
//!
//! A [`Value`] carries no schema; the [`Type`] beside it says how it is read and written
//! ([`crate::codec`]). Providers rarely touch it: [`crate::model`] turns it into plain structs.

mod meaning;
mod number;

use std::collections::BTreeMap;

pub use number::Number;

use crate::Type;

/// A value of Terraform's type system, known or not.
#[derive(Clone, Debug)]
pub enum Value {
    /// Absent: not set in configuration, or nothing to say.
    Null,
    /// Not known before apply.
    Unknown(Unknown),
    /// `true` or `false`.
    Bool(bool),
    /// A number, in the form in which it was received.
    Number(Number),
    /// Text.
    String(String),
    /// A list or a tuple.
    List(Vec<Self>),
    /// A set; compared without regard to order.
    Set(Vec<Self>),
    /// A map, an object or a block, by key or attribute name.
    Map(BTreeMap<String, Self>),
    /// A known value of an attribute whose type is chosen by the configuration.
    Dynamic(Box<Dynamic>),
}

/// What is known of an unknown value: its refinements, kept as they came so that a configuration's unknowns
/// can be echoed unchanged. A plain unknown has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    refinements: Option<Box<[u8]>>,
}

impl Unknown {
    /// An unknown with refinements, in their msgpack form.
    pub(crate) fn refined(body: &[u8]) -> Self {
        Self { refinements: Some(body.into()) }
    }

    /// The refinements in their msgpack form, if there are any.
    pub(crate) fn refinements(&self) -> Option<&[u8]> {
        self.refinements.as_deref()
    }
}

/// A value together with the type that the configuration gave it; compared without regard to how the type is
/// spelt.
#[derive(Clone, Debug)]
pub struct Dynamic {
    /// The type as it stood on the wire, so that it is written back byte for byte.
    pub(crate) type_json: String,
    /// The type.
    pub ty: Type,
    /// The value, conforming to `ty`.
    pub value: Value,
}

impl Dynamic {
    /// Pairs a value with its type.
    pub fn new(ty: Type, value: Value) -> Self {
        Self { type_json: ty.to_json(), ty, value }
    }
}

impl PartialEq for Dynamic {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty && self.value == other.value
    }
}

impl Value {
    /// A plain unknown.
    pub const UNKNOWN: Self = Self::Unknown(Unknown { refinements: None });

    /// Whether this is null, with or without a type of its own.
    pub fn is_null(&self) -> bool {
        matches!(self.bare(), Self::Null)
    }

    /// Whether this value itself is unknown, with or without a type of its own; what it contains may be unknown
    /// all the same.
    pub fn is_unknown(&self) -> bool {
        matches!(self.bare(), Self::Unknown(_))
    }

    /// The value without the type that a configuration gave it.
    pub(crate) fn bare(&self) -> &Self {
        if let Self::Dynamic(dynamic) = self { dynamic.value.bare() } else { self }
    }

    /// Whether neither this value nor anything inside it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(items) | Self::Set(items) => items.iter().all(Self::is_wholly_known),
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Dynamic(dynamic) => dynamic.value.is_wholly_known(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
        }
    }

    /// The value with plain unknowns only: without what is known of them all the same.
    #[must_use]
    pub(crate) fn unrefined(self) -> Self {
        match self {
            Self::Unknown(_) => Self::UNKNOWN,
            Self::List(items) => Self::List(items.into_iter().map(Self::unrefined).collect()),
            Self::Set(items) => Self::Set(items.into_iter().map(Self::unrefined).collect()),
            Self::Map(entries) => Self::Map(entries.into_iter().map(|(k, v)| (k, v.unrefined())).collect()),
            Self::Dynamic(dynamic) => {
                let Dynamic { type_json, ty, value } = *dynamic;
                Self::Dynamic(Box::new(Dynamic { type_json, ty, value: value.unrefined() }))
            }
            plain @ (Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_)) => plain,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The entries, if this is a map, an object or a block.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    /// The attribute or map entry `key`; null where there is none.
    pub fn get(&self, key: &str) -> &Self {
        static NULL: Value = Value::Null;
        self.as_map().and_then(|entries| entries.get(key)).unwrap_or(&NULL)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => same_members(a, b, Self::eq),
            (Self::Map(a), Self::Map(b)) => a == b,
            (Self::Dynamic(a), Self::Dynamic(b)) => a == b,
            _ => false,
        }
    }
}

/// Whether two sets hold the same members, however they are ordered.
fn same_members(a: &[Value], b: &[Value], same: fn(&Value, &Value) -> bool) -> bool {
    let mut rest: Vec<&Value> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|item| {
            let found = rest.iter().position(|other| same(item, other));
            found.map(|index| rest.swap_remove(index)).is_some()
        })
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(Number::Int(value))
    }
}

impl<K: Into<String>> FromIterator<(K, Self)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, Self)>>(entries: I) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_equal_whatever_their_order_and_only_with_the_same_members() {
        let set = |items: &[i64]| Value::Set(items.iter().map(|n| Value::from(*n)).collect());
        assert_eq!(set(&[1, 2, 2]), set(&[2, 1, 2]));
        assert_ne!(set(&[1, 2, 2]), set(&[1, 1, 2]));
        assert_ne!(set(&[1]), set(&[1, 1]));
    }

    #[test]
    fn unrefining_reaches_every_depth() {
        let refined = Value::Unknown(Unknown::refined(b"\x81\x01\xc2"));
        let deep = |inner: Value| Value::from_iter([("a", Value::List(vec![inner, Value::from(1)]))]);
        assert_ne!(deep(refined.clone()), deep(Value::UNKNOWN));
        assert_eq!(deep(refined).unrefined(), deep(Value::UNKNOWN));
    }
}
