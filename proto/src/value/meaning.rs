//! What values mean, whatever their type: their JSON as the rest of the world writes it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::same_members;
use crate::Value;

impl Value {
    /// Whether both values mean the same, though they may be spelt otherwise or be of other types: a list and a
    /// tuple of the same elements, a map and an object of the same entries, `1` and `1.0`, null of any type. A set
    /// means the same as a list of its members in any order. Numbers are the same where JSON has one number for
    /// them; text is never a number. What is unknown means nothing yet, and so never the same.
    ///
    /// Made for [`Attribute::same_if`](crate::schema::Attribute::same_if): an attribute of any type that is read back
    /// from JSON stays as the configuration wrote it.
    pub fn means(&self, other: &Self) -> bool {
        match (self.bare(), other.bare()) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a.to_json() == b.to_json(),
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.means(b)),
            (Self::Set(a), Self::Set(b) | Self::List(b)) | (Self::List(a), Self::Set(b)) => {
                same_members(a, b, Self::means)
            }
            (Self::Map(a), Self::Map(b)) => same_entries(a, b),
            _ => false,
        }
    }

    /// Whether both are texts that differ in letter case at most: ids and names of many services are no other ones then.
    ///
    /// Made for [`Attribute::same_if`](crate::schema::Attribute::same_if), as [`means`](Self::means) is.
    pub fn same_text(&self, other: &Self) -> bool {
        matches!((self.as_str(), other.as_str()), (Some(one), Some(other)) if one.eq_ignore_ascii_case(other))
    }

    /// The value as plain JSON: lists, sets and tuples as arrays, maps and objects as objects, whole numbers as
    /// integers. Nothing if any part of it is unknown.
    pub fn to_json(&self) -> Option<Json> {
        match self {
            Self::Unknown(_) => None,
            Self::Null => Some(Json::Null),
            Self::Bool(bool) => Some(Json::Bool(*bool)),
            Self::Number(number) => Some(number.to_json()),
            Self::String(text) => Some(Json::from(text.as_str())),
            Self::List(items) | Self::Set(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Some((key.clone(), value.to_json()?)));
                entries.collect::<Option<_>>().map(Json::Object)
            }
            Self::Dynamic(dynamic) => dynamic.value.to_json(),
        }
    }
}

fn same_entries(a: &BTreeMap<String, Value>, b: &BTreeMap<String, Value>) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|((key, a), (other, b))| key == other && a.means(b))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Type;
    use crate::value::{Dynamic, Number};

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).unwrap())
    }

    fn typed(ty: Type, value: Value) -> Value {
        Value::Dynamic(Box::new(Dynamic::new(ty, value)))
    }

    #[test]
    fn spelling_and_type_do_not_change_what_a_value_means() {
        let list = |items: &[Value]| Value::List(items.to_vec());
        let set = |items: &[Value]| Value::Set(items.to_vec());
        let float = |float: f64| Value::Number(Number::Float(float));
        let object = |value: Value| Value::from_iter([("k", value)]);
        let (a, b) = (|| Value::from("a"), || Value::from("b"));
        for (one, other, same) in [
            (
                typed(Type::list(Type::String), list(&[a()])),
                typed(Type::Tuple(vec![Type::String]), list(&[a()])),
                true,
            ),
            (
                typed(Type::map(Type::String), object(a())),
                typed(Type::object([("k", Type::String)]), object(a())),
                true,
            ),
            (object(a()), object(b()), false),
            (object(a()), Value::from_iter([("l", a())]), false),
            (object(Value::Null), Value::from_iter::<[(&str, Value); 0]>([]), false),
            (list(&[a(), b()]), list(&[b(), a()]), false),
            (list(&[a(), b()]), list(&[a()]), false),
            (set(&[a(), b()]), set(&[b(), a()]), true),
            (set(&[a(), b()]), list(&[b(), a()]), true),
            (list(&[b(), a()]), set(&[a(), b()]), true),
            (set(&[a(), b()]), list(&[a(), a()]), false),
            (number("1.0"), Value::from(1), true),
            (number("0.1"), float(0.1), true),
            (number("0.12345678901234567891"), float(0.123_456_789_012_345_68), true),
            (number("9007199254740993"), number("9007199254740992"), false),
            (Value::from("1"), Value::from(1), false),
            (Value::from("true"), Value::from(true), false),
            (typed(Type::String, Value::Null), Value::Null, true),
            (Value::Null, Value::from(""), false),
            (Value::UNKNOWN, Value::UNKNOWN, false),
            (list(&[Value::UNKNOWN]), list(&[Value::UNKNOWN]), false),
        ] {
            assert_eq!(one.means(&other), same, "{one:?} and {other:?}");
            assert_eq!(other.means(&one), same, "{other:?} and {one:?}");
        }
    }

    #[test]
    fn json_is_as_exact_as_it_can_be() {
        for (text, expected) in [
            ("3", json!(3)),
            ("3.0", json!(3)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("18446744073709551615", json!(u64::MAX)),
            ("0.1", json!(0.1)),
            ("1e100", json!(1e100)),
            ("1e400", json!(format!("1{}", "0".repeat(400)))),
        ] {
            assert_eq!(number(text).to_json(), Some(expected), "{text}");
        }
        let deep = |inner: Value| {
            Value::from_iter([("set", Value::Set(vec!["a".into()])), ("any", typed(Type::Bool, inner))])
        };
        assert_eq!(deep(true.into()).to_json(), Some(json!({ "any": true, "set": ["a"] })));
        assert_eq!(deep(Value::Null).to_json(), Some(json!({ "any": null, "set": ["a"] })));
        assert_eq!(deep(Value::UNKNOWN).to_json(), None);
    }
}
