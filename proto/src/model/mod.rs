//! Plain structs for configuration, plan and state.
//!
//! A provider author writes one serde struct per resource. Its fields are [`Attr`]s, because any attribute of a
//! configuration may be unknown; nested objects are structs of their own, lists are `Vec`s, maps are
//! `BTreeMap`s. Elements may be null or unknown as well, so they are [`Attr`]s too:
//! `parts: Attr<BTreeMap<String, Attr<Part>>>`. What may be of any type is an [`AnyValue`]. [`from_value`] and
//! [`to_value`] convert, and report errors with the path to the attribute.

mod any;
mod attr;
mod de;
mod exact;
mod fit;
mod ser;

pub use any::{AnyValue, Kind};
pub use attr::Attr;
pub(crate) use exact::keep_untouched;
pub use fit::{argument_misfits, misfits};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec::{CodecError, storable};
use crate::{Type, Value};

/// Reads a struct from a value.
///
/// # Errors
///
/// Where the struct and the value do not fit together; for a value that conforms to the schema that is a
/// mistake of the provider's author, and the message says at which attribute.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, CodecError> {
    T::deserialize(de::ValueReader(value))
}

/// Writes a struct as a value of type `ty`: sequences become the list, set or tuple that the type asks for, and
/// attributes that the struct does not have are null.
///
/// # Errors
///
/// Where the struct holds something that the type does not have.
pub fn to_value<T: Serialize>(model: &T, ty: &Type) -> Result<Value, CodecError> {
    ser::conform(model.serialize(ser::ValueWriter)?, ty)
}

/// Writes a struct as a value of type `ty` that Terraform can store: null wherever it cannot.
///
/// # Errors
///
/// Where the struct cannot be written at all.
pub(crate) fn to_storable<T: Serialize>(model: &T, ty: &Type) -> Result<Value, CodecError> {
    Ok(storable(model.serialize(ser::ValueWriter)?, ty))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::value::Number;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        Small,
        Large,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        on: Attr<bool>,
        tags: Attr<BTreeMap<String, Attr<String>>>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Model {
        name: String,
        size: Attr<Size>,
        count: Attr<i64>,
        share: Attr<f64>,
        note: Option<String>,
        parts: Attr<BTreeMap<String, Attr<Inner>>>,
        list: Attr<Vec<String>>,
    }

    fn ty() -> Type {
        let inner = Type::object([("on", Type::Bool), ("tags", Type::map(Type::String))]);
        Type::object([
            ("name", Type::String),
            ("size", Type::String),
            ("count", Type::Number),
            ("share", Type::Number),
            ("note", Type::String),
            ("parts", Type::map(inner)),
            ("list", Type::set(Type::String)),
            ("other", Type::Bool),
        ])
    }

    #[test]
    fn structs_and_values_convert_both_ways() {
        let inner = Inner {
            on: Attr::Unknown,
            tags: Attr::Known(BTreeMap::from([("k".to_owned(), Attr::Known("v".to_owned()))])),
        };
        let model = Model {
            name: "n".to_owned(),
            size: Attr::Known(Size::Large),
            count: Attr::Unknown,
            share: Attr::Known(0.5),
            note: None,
            parts: Attr::Known(BTreeMap::from([
                ("p".to_owned(), Attr::Known(inner)),
                ("u".to_owned(), Attr::Unknown),
            ])),
            list: Attr::Null,
        };
        let value = to_value(&model, &ty()).unwrap();
        assert_eq!(value.get("size"), &Value::from("large"));
        assert_eq!(value.get("count"), &Value::UNKNOWN);
        assert_eq!(value.get("list"), &Value::Null);
        assert_eq!(value.get("other"), &Value::Null);
        assert_eq!(value.get("parts").get("p").get("on"), &Value::UNKNOWN);
        assert_eq!(from_value::<Model>(&value).unwrap(), model);
    }

    #[test]
    fn sequences_become_what_the_type_asks_for_and_numbers_may_be_text() {
        let number = Value::Number(Number::Decimal("3".into()));
        assert_eq!(from_value::<i64>(&number).unwrap(), 3);
        let set = to_value(&vec!["b", "a"], &Type::set(Type::String)).unwrap();
        assert_eq!(set, Value::Set(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn errors_name_the_attribute() {
        let parts = Value::from_iter([("p", Value::from_iter([("on", Value::from("text"))]))]);
        let value = Value::from_iter([("name", "n".into()), ("parts", parts)]);
        let error = from_value::<Model>(&value).unwrap_err();
        assert!(error.to_string().starts_with(r#"parts["p"]"#), "{error}");
        let unknown = from_value::<Vec<String>>(&Value::List(vec![Value::UNKNOWN])).unwrap_err();
        assert_eq!(unknown.to_string(), "[0]: a value that is not known yet");
        assert!(unknown.is_not_known() && !error.is_not_known());
    }

    #[test]
    fn errors_do_not_hold_the_value() {
        let secret = || Value::from("hunter2");
        let number = Value::Number(Number::Float(1.5));
        for (error, expected) in [
            (from_value::<i64>(&secret()).map(drop), "a whole number (i64) is required, and not a string"),
            (
                from_value::<i64>(&number).map(drop),
                "a whole number (i64) is required, and not a number with a fraction",
            ),
            (from_value::<u8>(&Value::from(300)).map(drop), "a whole number (u8) is required"),
            (from_value::<Size>(&secret()).map(drop), r#"not one of the allowed values: "small", "large""#),
            (from_value::<Inner>(&secret()).map(drop), "an object is required, and not a string"),
            (from_value::<Inner>(&Value::Null).map(drop), "an object is required, and not null"),
        ] {
            assert_eq!(error.unwrap_err().to_string(), expected);
        }
    }
}
