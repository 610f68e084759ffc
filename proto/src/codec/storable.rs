//! What of a value Terraform can store, when storing less is better than storing nothing.

use std::collections::BTreeMap;

use crate::value::Dynamic;
use crate::{Type, Value};

/// The value with null in place of everything that cannot stand in a state of type `ty`: what is unknown, what
/// is of another type, and what is no number. Attributes that the type does not have are gone.
pub(crate) fn storable(value: Value, ty: &Type) -> Value {
    match (value, ty) {
        (value @ Value::Bool(_), Type::Bool) | (value @ Value::String(_), Type::String) => value,
        (Value::Number(number), Type::Number) if !number.is_nan() => Value::Number(number),
        (Value::List(items), Type::List(element)) => {
            Value::List(items.into_iter().map(|item| storable(item, element)).collect())
        }
        (Value::List(items) | Value::Set(items), Type::Set(element)) => {
            Value::Set(items.into_iter().map(|item| storable(item, element)).collect())
        }
        (Value::List(items), Type::Tuple(types)) if items.len() == types.len() => {
            Value::List(items.into_iter().zip(types).map(|(item, ty)| storable(item, ty)).collect())
        }
        (Value::Map(entries), Type::Map(element)) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, storable(value, element))).collect())
        }
        (Value::Map(mut entries), Type::Object(types)) => {
            let attribute = |(name, ty): (&String, &Type)| {
                (name.clone(), storable(entries.remove(name).unwrap_or(Value::Null), ty))
            };
            Value::Map(types.iter().map(attribute).collect::<BTreeMap<_, _>>())
        }
        (Value::Dynamic(dynamic), Type::Dynamic) => {
            let Dynamic { type_json, ty, value } = *dynamic;
            Value::Dynamic(Box::new(Dynamic { value: storable(value, &ty), type_json, ty }))
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::msgpack;
    use crate::value::Number;

    #[test]
    fn what_has_no_place_is_null_and_the_rest_stays() {
        let inner = Type::object([("n", Type::Number), ("s", Type::String)]);
        let ty = Type::object([
            ("list", Type::list(inner)),
            ("set", Type::set(Type::String)),
            ("any", Type::Dynamic),
            ("new", Type::Bool),
        ]);
        let nan = Value::Number(Number::Float(f64::NAN));
        let item = |n: Value, s: Value| Value::from_iter([("n", n), ("s", s)]);
        let dynamic = |value: Value| Value::Dynamic(Box::new(Dynamic::new(Type::list(Type::String), value)));
        let value = Value::from_iter([
            ("list", Value::List(vec![item(nan, "kept".into()), item(1.into(), true.into())])),
            ("set", Value::List(vec!["a".into(), Value::UNKNOWN])),
            ("any", dynamic(Value::List(vec![Value::UNKNOWN]))),
            ("foreign", "x".into()),
        ]);
        let stored = storable(value, &ty);
        let expected = Value::from_iter([
            ("list", Value::List(vec![item(Value::Null, "kept".into()), item(1.into(), Value::Null)])),
            ("set", Value::Set(vec!["a".into(), Value::Null])),
            ("any", dynamic(Value::List(vec![Value::Null]))),
            ("new", Value::Null),
        ]);
        assert_eq!(stored, expected);
        assert!(stored.is_wholly_known() && msgpack::encode(&stored, &ty).is_ok());
    }
}
