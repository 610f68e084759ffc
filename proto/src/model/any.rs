//! A value of whatever type the configuration gives.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value as Json;

use crate::codec::{CodecError, msgpack};
use crate::value::{Dynamic, Number};
use crate::{Attr, Type, Value};

/// The name under which the (de)serialisers of this module recognise an [`AnyValue`].
pub(super) const NAME: &str = "\0tfplugin_protocol::AnyValue";

/// What an attribute of type [`Type::Dynamic`] holds: a value of any type, any part of which may be null or
/// unknown. It goes back to Terraform exactly as it came, its type included.
///
/// In a struct it stands as `Attr<AnyValue>`; then the whole of it is set and known, though parts of it need not be.
/// Give the attribute [`same_if`](crate::schema::Attribute::same_if)`(Value::means)` where its values come back as
/// JSON, which has fewer types. `==` is exact, type included; [`means`](Self::means) is not.
///
/// ```
/// use serde_json::json;
/// use tfplugin_protocol::AnyValue;
/// use tfplugin_protocol::model::Kind;
///
/// let parameters = AnyValue::from_json(&json!({ "effect": "Audit", "days": 30 }));
/// let entries = parameters.entries().unwrap();
/// assert_eq!(entries["effect"].as_str(), Some("Audit"));
/// assert_eq!(entries["days"].kind(), Some(Kind::Number));
/// assert_eq!(parameters.to_json(), Some(json!({ "days": 30, "effect": "Audit" })));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AnyValue(Value);

/// What a value is, as JSON tells values apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// A number; [`Number::is_whole`] tells whether it is an integer.
    Number,
    /// `true` or `false`.
    Bool,
    /// A list, a set or a tuple.
    List,
    /// An object or a map.
    Object,
}

impl AnyValue {
    /// A value of a certain type.
    ///
    /// # Errors
    ///
    /// Where the value does not conform to the type.
    pub fn new(ty: Type, value: Value) -> Result<Self, CodecError> {
        let value = Self::typed(ty, value);
        msgpack::encode(&value.0, &Type::Dynamic).map(|_| value)
    }

    /// The value of a piece of JSON, of the type that Terraform would give it: objects, tuples, and null without
    /// a type.
    pub fn from_json(json: &Json) -> Self {
        let (ty, value) = read(json);
        Self::typed(ty, value)
    }

    /// The value as plain JSON: lists, sets and tuples as arrays, maps and objects as objects, whole numbers as
    /// integers. Nothing if any part of it is unknown.
    pub fn to_json(&self) -> Option<Json> {
        self.0.to_json()
    }

    /// Whether both mean the same, whatever their types and spelling; see [`Value::means`].
    pub fn means(&self, other: &Self) -> bool {
        self.0.means(&other.0)
    }

    /// The entries of an object or a map, each possibly null or unknown; nothing if this is neither, or is not
    /// known.
    pub fn entries(&self) -> Option<BTreeMap<String, Self>> {
        let Value::Dynamic(dynamic) = &self.0 else { return None };
        let entry = |(name, value): (&String, &Value)| {
            let ty =
                if let Type::Map(element) = &dynamic.ty { element } else { dynamic.ty.attribute(name)? };
            Some((name.clone(), Self::typed(ty.clone(), value.clone())))
        };
        dynamic.value.as_map()?.iter().map(entry).collect()
    }

    /// An object of such entries: the way back from [`entries`](Self::entries).
    pub fn object(entries: impl IntoIterator<Item = (String, Self)>) -> Self {
        let (mut types, mut values) = (BTreeMap::new(), BTreeMap::new());
        for (name, Self(value)) in entries {
            let (ty, value) = if let Value::Dynamic(dynamic) = value {
                (dynamic.ty, dynamic.value)
            } else {
                (Type::Dynamic, value)
            };
            types.insert(name.clone(), ty);
            values.insert(name, value);
        }
        Self::typed(Type::Object(types), Value::Map(values))
    }

    /// Whether neither this value nor anything inside it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        self.0.is_wholly_known()
    }

    /// Whether this value itself is unknown; what it contains may be unknown all the same.
    pub fn is_unknown(&self) -> bool {
        self.0.is_unknown()
    }

    /// Whether this is null, of whatever type.
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// What it is, also while it is not known yet, as far as its type tells; nothing for null.
    pub fn kind(&self) -> Option<Kind> {
        match self.ty().filter(|_| !self.is_null())? {
            Type::String => Some(Kind::String),
            Type::Number => Some(Kind::Number),
            Type::Bool => Some(Kind::Bool),
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => Some(Kind::List),
            Type::Map(_) | Type::Object(_) => Some(Kind::Object),
            Type::Dynamic => None,
        }
    }

    /// What it is, for messages: `string`, `list`, `object`. A tuple is a list, which is what users call it.
    pub fn type_name(&self) -> &'static str {
        match self.ty() {
            _ if self.is_null() => "null",
            None | Some(Type::Dynamic) => "unknown",
            Some(Type::String) => "string",
            Some(Type::Number) => "number",
            Some(Type::Bool) => "bool",
            Some(Type::List(_) | Type::Tuple(_)) => "list",
            Some(Type::Set(_)) => "set",
            Some(Type::Map(_)) => "map",
            Some(Type::Object(_)) => "object",
        }
    }

    /// The type, unless it is not known or null has none.
    pub fn ty(&self) -> Option<&Type> {
        if let Value::Dynamic(dynamic) = &self.0 { Some(&dynamic.ty) } else { None }
    }

    /// The text, if this is a known string.
    pub fn as_str(&self) -> Option<&str> {
        self.0.bare().as_str()
    }

    /// The number, if this is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        if let Value::Number(number) = self.0.bare() { Some(number) } else { None }
    }

    /// The bool, if this is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(bool) = self.0.bare() { Some(*bool) } else { None }
    }

    /// The value as it stands in a [`Value`] of an object.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    fn typed(ty: Type, value: Value) -> Self {
        if ty == Type::Dynamic {
            Self(value)
        } else {
            Self(Value::Dynamic(Box::new(Dynamic::new(ty, value))))
        }
    }
}

impl From<AnyValue> for Value {
    fn from(any: AnyValue) -> Self {
        any.0
    }
}

/// What the whole of it is: not set, not known, or set and known.
impl From<AnyValue> for Attr<AnyValue> {
    fn from(any: AnyValue) -> Self {
        if any.is_null() {
            Self::Null
        } else if any.is_unknown() {
            Self::Unknown
        } else {
            Self::Known(any)
        }
    }
}

/// The type and the value of a piece of JSON.
fn read(json: &Json) -> (Type, Value) {
    match json {
        Json::Null => (Type::Dynamic, Value::Null),
        Json::Bool(bool) => (Type::Bool, Value::Bool(*bool)),
        Json::Number(number) => (Type::Number, Value::Number(Number::from_json(number))),
        Json::String(text) => (Type::String, Value::from(text.as_str())),
        Json::Array(items) => {
            let (types, values) = items.iter().map(read).unzip();
            (Type::Tuple(types), Value::List(values))
        }
        Json::Object(entries) => {
            let entry = |(name, json): (&String, &Json)| {
                let (ty, value) = read(json);
                ((name.clone(), ty), (name.clone(), value))
            };
            let (types, values) = entries.iter().map(entry).unzip();
            (Type::Object(types), Value::Map(values))
        }
    }
}

/// Text through which serde carries a value without knowing of types, unknowns and refinements: what stands on
/// the wire.
pub(super) fn to_text(value: &Value) -> Result<String, CodecError> {
    msgpack::encode(value, &Type::Dynamic).map(|bytes| STANDARD_NO_PAD.encode(bytes))
}

pub(super) fn from_text(text: &str) -> Result<Value, CodecError> {
    let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| CodecError::new("no value of any type"))?;
    msgpack::decode(&bytes, &Type::Dynamic)
}

/// Meant for structs of attributes and for private data, which is never read by anybody else.
impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = to_text(&self.0).map_err(ser::Error::custom)?;
        serializer.serialize_newtype_struct(NAME, &text)
    }
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, Text)
    }
}

struct Text;

impl<'de> de::Visitor<'de> for Text {
    type Value = AnyValue;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value of any type")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<AnyValue, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_text(&text).map(AnyValue).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use rmpv::Value as Rmpv;
    use serde_json::json;

    use super::*;
    use crate::model::{from_value, keep_untouched, to_storable, to_value};
    use crate::provider::Private;

    #[derive(Clone, Serialize, Deserialize)]
    struct Model {
        any: Attr<AnyValue>,
    }

    fn ty() -> Type {
        Type::object([("any", Type::Dynamic)])
    }

    fn unknown() -> Rmpv {
        Rmpv::Ext(0, vec![0])
    }

    fn refined() -> Rmpv {
        Rmpv::Ext(12, vec![0x81, 0x01, 0xc2])
    }

    fn typed(ty: &str, value: Rmpv) -> Rmpv {
        Rmpv::Array(vec![Rmpv::Binary(ty.as_bytes().to_vec()), value])
    }

    fn map(entries: Vec<(&str, Rmpv)>) -> Rmpv {
        Rmpv::Map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// An object whose only attribute is of any type, as core sends it.
    fn bytes(any: Rmpv) -> Vec<u8> {
        let mut out = Vec::new();
        rmpv::encode::write_value(&mut out, &map(vec![("any", any)])).unwrap();
        out
    }

    /// Everything that core may send for such an attribute.
    fn sent() -> Vec<Rmpv> {
        // The way core spells it: Go's JSON escapes the bracket.
        let object = r#"["object",{"\u003c":"string","d":"dynamic","l":["list","number"],"n":"dynamic"}]"#;
        let tuple = r#"["tuple",["string",["object",{"deep":["map","bool"]}],"number"]]"#;
        vec![
            Rmpv::Nil,
            unknown(),
            typed(r#""string""#, Rmpv::Nil),
            typed(r#"["map","string"]"#, Rmpv::Nil),
            typed(r#""string""#, unknown()),
            typed(r#""string""#, refined()),
            typed(r#""string""#, "text".into()),
            typed(r#""bool""#, true.into()),
            typed(r#""number""#, "0.1".into()),
            typed(r#""number""#, "123456789012345678901234567890".into()),
            typed(r#"["set","string"]"#, Rmpv::Array(vec!["b".into(), "a".into()])),
            typed(r#"["tuple",[]]"#, Rmpv::Array(vec![])),
            typed(r#"["object",{}]"#, map(vec![])),
            typed(
                object,
                map(vec![
                    ("<", refined()),
                    ("d", unknown()),
                    ("l", Rmpv::Array(vec![1.into(), unknown(), "0.5".into()])),
                    ("n", Rmpv::Nil),
                ]),
            ),
            typed(
                tuple,
                Rmpv::Array(vec![
                    Rmpv::Nil,
                    map(vec![("deep", map(vec![("k", unknown()), ("l", Rmpv::Nil)]))]),
                    1.5.into(),
                ]),
            ),
        ]
    }

    #[test]
    fn what_is_not_touched_goes_back_byte_for_byte() {
        for any in sent() {
            let bytes = bytes(any);
            let before = msgpack::decode(&bytes, &ty()).unwrap();
            let model: Model = from_value(&before).unwrap();
            let echoed = to_value(&model, &ty()).unwrap();
            let after = keep_untouched(&before, &echoed, to_value(&model, &ty()).unwrap());
            assert_eq!(msgpack::encode(&after, &ty()).unwrap(), bytes, "{before:?}");
            if matches!(model.any, Attr::Known(_)) {
                assert_eq!(msgpack::encode(&echoed, &ty()).unwrap(), bytes, "{before:?}");
            }
            let stored = to_storable(&model, &ty()).unwrap();
            assert!(stored.is_wholly_known() && msgpack::encode(&stored, &ty()).is_ok(), "{before:?}");
            assert!(!before.is_wholly_known() || stored.get("any").means(before.get("any")), "{before:?}");
        }
    }

    #[test]
    fn without_an_attr_and_in_private_data_every_value_is_itself() {
        for any in sent() {
            let mut bytes = Vec::new();
            rmpv::encode::write_value(&mut bytes, &any).unwrap();
            let value = msgpack::decode(&bytes, &Type::Dynamic).unwrap();
            let any: AnyValue = from_value(&value).unwrap();
            let again = to_value(&any, &Type::Dynamic).unwrap();
            assert_eq!(msgpack::encode(&again, &Type::Dynamic).unwrap(), bytes, "{value:?}");
            let mut private = Private::default();
            private.set("any", &any);
            let kept: AnyValue = Private::from_bytes(&private.to_bytes()).get("any").unwrap();
            assert_eq!(msgpack::encode(&kept.0, &Type::Dynamic).unwrap(), bytes, "{value:?}");
        }
    }

    #[test]
    fn an_attr_knows_null_and_unknown_of_every_type() {
        let attr =
            |any: Rmpv| from_value::<Model>(&msgpack::decode(&bytes(any), &ty()).unwrap()).unwrap().any;
        assert_eq!(attr(typed(r#""string""#, Rmpv::Nil)), Attr::Null);
        assert_eq!(attr(typed(r#""string""#, refined())), Attr::Unknown);
        assert_eq!(Attr::from(AnyValue::from_json(&Json::Null)), Attr::Null);
        assert_eq!(Attr::from(AnyValue::new(Type::Bool, Value::UNKNOWN).unwrap()), Attr::Unknown);
        assert!(matches!(AnyValue::from_json(&json!(1)).into(), Attr::Known(_)));
        assert_eq!(attr(Rmpv::Nil), Attr::Null);
        assert_eq!(attr(unknown()), Attr::Unknown);
    }

    #[test]
    fn json_goes_both_ways() {
        let json = json!({
            "text": "t", "on": true, "none": null, "list": [1, 0.1, null, []], "big": u64::MAX, "o": {}
        });
        let any = AnyValue::from_json(&json);
        assert_eq!(any.to_json(), Some(json));
        let list = r#"["tuple",["number","number","dynamic",["tuple",[]]]]"#;
        let expected = format!(
            r#"["object",{{"big":"number","list":{list},"none":"dynamic","o":["object",{{}}],"on":"bool","text":"string"}}]"#
        );
        assert_eq!(any.ty().map(Type::to_json), Some(expected));
        assert!(msgpack::encode(any.as_value(), &Type::Dynamic).is_ok());
        assert_eq!(AnyValue::from_json(&Json::Null).as_value(), &Value::Null);
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        assert!(AnyValue::new(Type::set(Type::String), Value::Set(vec!["a".into()])).is_ok());
        let error = AnyValue::new(Type::list(Type::String), Value::List(vec![1.into()])).unwrap_err();
        assert_eq!(error.to_string(), r#"[0]: the value does not conform to the type "string""#);
        assert!(AnyValue::new(Type::Dynamic, "bare".into()).is_err());
        assert!(AnyValue::new(Type::Dynamic, Value::UNKNOWN).is_ok());
    }

    #[test]
    fn what_a_value_is_shows_before_it_is_known() {
        let of = |ty: Type, value: Value| AnyValue::new(ty, value).unwrap();
        for (any, name, kind) in [
            (of(Type::String, "a".into()), "string", Some(Kind::String)),
            (of(Type::Number, Value::UNKNOWN), "number", Some(Kind::Number)),
            (of(Type::Bool, true.into()), "bool", Some(Kind::Bool)),
            (of(Type::list(Type::String), Value::UNKNOWN), "list", Some(Kind::List)),
            (of(Type::Tuple(vec![]), Value::List(vec![])), "list", Some(Kind::List)),
            (of(Type::set(Type::String), Value::Set(vec![])), "set", Some(Kind::List)),
            (of(Type::map(Type::Bool), Value::UNKNOWN), "map", Some(Kind::Object)),
            (AnyValue::from_json(&json!({ "a": 1 })), "object", Some(Kind::Object)),
            (of(Type::String, Value::Null), "null", None),
            (of(Type::Dynamic, Value::Null), "null", None),
            (of(Type::Dynamic, Value::UNKNOWN), "unknown", None),
        ] {
            assert_eq!((any.type_name(), any.kind()), (name, kind), "{any:?}");
        }
    }

    #[test]
    fn entries_may_be_anything_that_an_attribute_may_be() {
        let types =
            [("known", Type::Number), ("later", Type::String), ("none", Type::Bool), ("what", Type::Dynamic)];
        let value = Value::from_iter([
            ("known", Value::from(1)),
            ("later", Value::UNKNOWN),
            ("none", Value::Null),
            ("what", Value::UNKNOWN),
        ]);
        let object = AnyValue::new(Type::object(types), value).unwrap();
        let entries = object.entries().unwrap();
        assert_eq!(AnyValue::object(entries.clone()), object);
        assert_eq!(entries["known"].as_number().and_then(Number::as_i64), Some(1));
        assert!(entries["later"].is_unknown() && entries["later"].kind() == Some(Kind::String));
        assert!(entries["none"].is_null() && entries["what"].is_unknown());
        assert!(!object.is_wholly_known() && object.to_json().is_none());
        let map = AnyValue::new(Type::map(Type::Bool), Value::from_iter([("k", Value::from(true))])).unwrap();
        assert_eq!(map.entries().unwrap()["k"].as_bool(), Some(true));
        assert_eq!(AnyValue::from_json(&json!([1])).entries(), None);
        assert_eq!(AnyValue::new(Type::map(Type::Bool), Value::UNKNOWN).unwrap().entries(), None);
    }
}
