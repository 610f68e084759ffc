//! Terraform's types and their JSON form.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// A type of Terraform's type system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// A number of any size.
    Number,
    /// `true` or `false`.
    Bool,
    /// Whatever the configuration gives; the value carries its type.
    Dynamic,
    /// An ordered sequence of one element type.
    List(Box<Self>),
    /// An unordered collection of one element type.
    Set(Box<Self>),
    /// Text keys with values of one type.
    Map(Box<Self>),
    /// A sequence with a type per place.
    Tuple(Vec<Self>),
    /// Named attributes, each with its type.
    Object(BTreeMap<String, Self>),
}

impl Type {
    /// A list of `element`.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of `element`.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map to `element`.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// An object with these attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(attributes.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }

    /// The JSON form of the type, without spaces and with sorted attribute names, for example `["list","string"]`.
    pub fn to_json(&self) -> String {
        self.json().to_string()
    }

    /// Reads the JSON form of a type. Names of optional attributes, which only module variables know, are
    /// accepted and dropped.
    ///
    /// # Errors
    ///
    /// A sentence that names the part which is no type.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let json: Json = serde_json::from_str(text).map_err(|error| format!("not a type: {error}"))?;
        Self::read(&json)
    }

    /// Whether a collection in the type has dynamic elements, or elements with a dynamic part.
    pub(crate) fn has_dynamic_elements(&self) -> bool {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Tuple(elements) => elements.iter().any(Self::has_dynamic_elements),
            Self::Object(attributes) => attributes.values().any(Self::has_dynamic_elements),
            Self::String | Self::Number | Self::Bool | Self::Dynamic => false,
        }
    }

    /// Whether the type or anything in it is [`Type::Dynamic`].
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Tuple(elements) => elements.iter().any(Self::has_dynamic),
            Self::Object(attributes) => attributes.values().any(Self::has_dynamic),
            Self::String | Self::Number | Self::Bool => false,
        }
    }

    /// The type of an attribute of an object.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Self> {
        if let Self::Object(attributes) = self { attributes.get(name) } else { None }
    }

    /// Whether a value of this type may stand where one of type `wanted` is: the same type, save that a dynamic part
    /// of the wanted one may be anything.
    pub(crate) fn conforms_to(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (_, Self::Dynamic) => true,
            (Self::List(given), Self::List(wanted))
            | (Self::Set(given), Self::Set(wanted))
            | (Self::Map(given), Self::Map(wanted)) => given.conforms_to(wanted),
            (Self::Tuple(given), Self::Tuple(wanted)) => {
                let all = || given.iter().zip(wanted).all(|(given, wanted)| given.conforms_to(wanted));
                given.len() == wanted.len() && all()
            }
            (Self::Object(given), Self::Object(wanted)) => {
                given.keys().eq(wanted.keys())
                    && given.values().zip(wanted.values()).all(|(given, wanted)| given.conforms_to(wanted))
            }
            _ => self == wanted,
        }
    }

    fn json(&self) -> Json {
        match self {
            Self::String => json!("string"),
            Self::Number => json!("number"),
            Self::Bool => json!("bool"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.json()]),
            Self::Set(element) => json!(["set", element.json()]),
            Self::Map(element) => json!(["map", element.json()]),
            Self::Tuple(elements) => json!(["tuple", elements.iter().map(Self::json).collect::<Vec<_>>()]),
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.json())).collect();
                json!(["object", attributes])
            }
        }
    }

    fn read(json: &Json) -> Result<Self, String> {
        let parts: &[Json] = match json {
            Json::String(name) => return Self::primitive(name),
            Json::Array(parts) => parts,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => &[],
        };
        match parts {
            [Json::String(kind), element] if kind == "list" => Self::read(element).map(Self::list),
            [Json::String(kind), element] if kind == "set" => Self::read(element).map(Self::set),
            [Json::String(kind), element] if kind == "map" => Self::read(element).map(Self::map),
            [Json::String(kind), Json::Array(elements)] if kind == "tuple" => {
                elements.iter().map(Self::read).collect::<Result<_, _>>().map(Self::Tuple)
            }
            [Json::String(kind), Json::Object(attributes), ..] if kind == "object" => attributes
                .iter()
                .map(|(name, ty)| Ok((name.clone(), Self::read(ty)?)))
                .collect::<Result<_, String>>()
                .map(Self::Object),
            _ => Err(format!("not a type: {json}")),
        }
    }

    fn primitive(name: &str) -> Result<Self, String> {
        match name {
            "string" => Ok(Self::String),
            "number" => Ok(Self::Number),
            "bool" => Ok(Self::Bool),
            "dynamic" => Ok(Self::Dynamic),
            other => Err(format!("not a type: {other:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_and_print_their_json_form() {
        for text in [
            r#""string""#,
            r#"["list",["map","number"]]"#,
            r#"["set",["tuple",["bool","dynamic"]]]"#,
            r#"["object",{"a":"string","b":["list","string"]}]"#,
        ] {
            assert_eq!(Type::from_json(text).map(|ty| ty.to_json()), Ok(text.to_owned()));
        }
        let optional = r#"["object",{"a":"string"},["a"]]"#;
        assert_eq!(Type::from_json(optional), Ok(Type::object([("a", Type::String)])));
        for text in ["", "{}", r#""text""#, r#"["list"]"#, r#"["map","string","string"]"#, "[1,2]"] {
            assert!(Type::from_json(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_dynamic_part_may_become_anything_and_the_rest_nothing_else() {
        let object = |inner: Type| Type::object([("a", inner), ("b", Type::list(Type::Number))]);
        for (given, wanted, conforms) in [
            (Type::String, Type::Dynamic, true),
            (Type::Dynamic, Type::String, false),
            (object(Type::set(Type::Bool)), object(Type::Dynamic), true),
            (object(Type::String), object(Type::String), true),
            (object(Type::String), object(Type::Number), false),
            (object(Type::String), Type::object([("a", Type::String)]), false),
            (Type::Tuple(vec![Type::String]), Type::Tuple(vec![Type::Dynamic]), true),
            (Type::Tuple(vec![]), Type::Tuple(vec![Type::Dynamic]), false),
            (Type::Tuple(vec![Type::String]), Type::list(Type::String), false),
            (Type::map(Type::String), Type::map(Type::Dynamic), true),
        ] {
            assert_eq!(given.conforms_to(&wanted), conforms, "{given:?} for {wanted:?}");
        }
    }
}
