//! Laws of the codec: what core writes comes back byte for byte, and no bytes make it panic.

use proptest::prelude::*;
use rmpv::Value as Rmpv;

use super::{json, msgpack};
use crate::value::Number;
use crate::{Type, Value};

fn bytes(value: &Rmpv) -> Vec<u8> {
    let mut out = Vec::new();
    rmpv::encode::write_value(&mut out, value).unwrap();
    out
}

/// Checks that `bytes` decode, and encode to the same bytes again.
#[track_caller]
fn round_trip(bytes: &[u8], ty: &Type) -> Value {
    let value = msgpack::decode(bytes, ty).unwrap();
    assert_eq!(msgpack::encode(&value, ty).unwrap(), bytes, "{value:?}");
    value
}

#[test]
fn values_of_every_type_come_back_byte_for_byte() {
    let map =
        |entries: Vec<(&str, Rmpv)>| Rmpv::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect());
    let object = Type::object([("a", Type::String), ("b", Type::list(Type::Number))]);
    for (ty, value) in [
        (Type::String, Rmpv::from("text")),
        (Type::Bool, Rmpv::from(true)),
        (Type::Number, Rmpv::from(42)),
        (Type::Number, Rmpv::from(-7_000_000_000_i64)),
        (Type::Number, Rmpv::from(u64::MAX)),
        (Type::Number, Rmpv::from(1.5)),
        (Type::Number, Rmpv::from("0.1")),
        (Type::Number, Rmpv::from("123456789012345678901234567890")),
        (Type::String, Rmpv::Nil),
        (Type::String, Rmpv::Ext(0, vec![0])),
        (Type::String, Rmpv::Ext(12, vec![0x81, 0x01, 0xc2])),
        (Type::set(Type::String), Rmpv::Array(vec!["b".into(), "a".into()])),
        (Type::map(Type::Bool), map(vec![("x", true.into()), ("y", Rmpv::Ext(0, vec![0]))])),
        (Type::Tuple(vec![Type::String, Type::Bool]), Rmpv::Array(vec!["b".into(), false.into()])),
        (object, map(vec![("a", Rmpv::Nil), ("b", Rmpv::Array(vec![1.into(), "0.5".into()]))])),
        (Type::Dynamic, Rmpv::Array(vec![Rmpv::Binary(br#""string""#.to_vec()), "x".into()])),
        (Type::Dynamic, Rmpv::Array(vec![Rmpv::Binary(br#""string""#.to_vec()), Rmpv::Ext(0, vec![0])])),
        (Type::Dynamic, Rmpv::Ext(0, vec![0])),
    ] {
        round_trip(&bytes(&value), &ty);
    }
}

#[test]
fn long_text_keeps_its_length_prefix() {
    for length in [31, 32, 255, 256, 65_535, 65_536, 6 << 20] {
        round_trip(&bytes(&Rmpv::from("x".repeat(length))), &Type::String);
    }
}

#[test]
fn errors_name_the_place_and_not_the_value() {
    let ty = Type::object([("rules", Type::list(Type::map(Type::Number)))]);
    let inner = Rmpv::Array(vec![Rmpv::Map(vec![("k".into(), "secret".into())])]);
    let error = msgpack::decode(&bytes(&Rmpv::Map(vec![("rules".into(), inner)])), &ty).unwrap_err();
    assert_eq!(error.to_string(), r#"rules[0]["k"]: a number is required"#);
    let missing = msgpack::decode(&bytes(&Rmpv::Map(vec![])), &ty).unwrap_err();
    assert_eq!(
        missing.to_string(),
        r#"an object with 1 attributes is required (0 given): "rules" is missing"#
    );
}

#[test]
fn hostile_bytes_are_errors() {
    let deep = vec![0x91; 100_000];
    let mut nested = Type::String;
    for _ in 0..1_000 {
        nested = Type::list(nested);
    }
    for (bytes, ty) in [
        (&[][..], &Type::String),
        (&[0xdd, 0xff, 0xff, 0xff, 0xff], &Type::list(Type::String)),
        (&[0xdb, 0xff, 0xff, 0xff, 0xff, b'x'], &Type::String),
        (&[0xa2, 0xff, 0xfe], &Type::String),
        (&[0xc0, 0xc0], &Type::String),
        (&[0xd5, 0x05, 0x00, 0x00], &Type::String),
        (&[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], &Type::Number),
        (&[0xca, 0x7f, 0xc0, 0, 0], &Type::Number),
        (&deep, &nested),
    ] {
        assert!(msgpack::decode(bytes, ty).is_err(), "{:?}", &bytes[..bytes.len().min(8)]);
    }
}

#[test]
fn what_is_no_number_is_not_written() {
    let nan = Value::List(vec![Value::Number(Number::Float(f64::NAN))]);
    let error = msgpack::encode(&nan, &Type::list(Type::Number)).unwrap_err();
    assert_eq!(error.to_string(), "[0]: a number is required");
}

#[test]
fn bad_json_is_an_error_without_its_text() {
    let object = Type::object([("a", Type::map(Type::String))]);
    let mut deep = "1".to_owned();
    for _ in 0..3_000 {
        deep = format!(r#"{{"value":{deep},"type":"dynamic"}}"#);
    }
    for (text, ty, expected) in [
        (r#"{"a":"hunter2"}"#, &object, "a: not the JSON that is expected"),
        (r#"{"a":["hunter2"]}"#, &object, "a: not the JSON that is expected"),
        (r#"{"a":{"k":{"hunter2":1}}}"#, &object, r#"a["k"]: a single value is required"#),
        (r#""hunter2"#, &Type::String, "not the JSON that is expected"),
        (r#""hunter2""#, &Type::Number, "a number is required"),
        (r#""hunter2""#, &Type::Dynamic, "not the JSON that is expected"),
        (&deep, &Type::Dynamic, "nested too deeply"),
    ] {
        let error = json::decode(text.as_bytes(), ty).unwrap_err();
        assert_eq!(error.to_string(), expected, "{}", &text[..text.len().min(40)]);
    }
}

#[test]
fn stored_state_may_be_older_than_the_schema_and_loses_no_digit() {
    let ty = Type::object([
        ("count", Type::Number),
        ("enabled", Type::Bool),
        ("name", Type::String),
        ("new", Type::String),
        ("any", Type::Dynamic),
    ]);
    let state = br#"{
        "count": 12345678901234567890.5, "enabled": "true", "name": 7, "gone": [1],
        "any": {"value": [1, 0.1], "type": ["list", "number"]}
    }"#;
    let value = json::decode(state, &ty).unwrap();
    assert_eq!(value.get("count"), &Value::Number(Number::Decimal("12345678901234567890.5".into())));
    assert_eq!(value.get("enabled"), &Value::Bool(true));
    assert_eq!(value.get("name"), &Value::from("7"));
    assert_eq!(value.get("new"), &Value::Null);
    assert_eq!(value.as_map().unwrap().len(), 5);
    let again = json::decode(json::encode(&value).as_bytes(), &ty).unwrap();
    assert_eq!(again, value);
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Dynamic)];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Type::Tuple),
            prop::collection::btree_map("[a-z]{1,3}", inner, 0..3).prop_map(Type::Object),
        ]
    })
}

proptest! {
    #[test]
    fn decoding_never_panics(ty in any_type(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = msgpack::decode(&bytes, &ty) {
            let written = msgpack::encode(&value, &ty).unwrap();
            prop_assert_eq!(msgpack::decode(&written, &ty).unwrap(), value);
        }
        drop(json::decode(&bytes, &ty));
    }

    #[test]
    fn types_come_back(ty in any_type()) {
        prop_assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
    }
}
