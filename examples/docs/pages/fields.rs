//! From schemas to what a page says of each attribute and block.

use defender::guide::code;
use std::collections::BTreeMap;

use tfplugin_protocol::schema::{Attribute, Block, BlockNesting, Nesting, Shape};
use tfplugin_protocol::{Type, Value};

/// Who sets a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Required,
    Optional,
    ReadOnly,
}

/// An attribute or a block.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// What stands in parentheses behind the name: its type, and what is special about it.
    pub(super) label: String,
    pub(super) text: String,
    pub(super) class: Class,
    /// What the anchor of its nested schema begins with.
    pub(super) anchor: &'static str,
    pub(super) inside: Vec<Self>,
}

/// Where Terraform explains what it does with write-only attributes.
const WRITE_ONLY: &str =
    "[Write-only](https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only)";

/// All fields of a block, by name.
pub(super) fn of_block(block: &Block) -> Vec<Field> {
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let label = match nested.nesting {
            BlockNesting::Single => "Block, Optional",
            BlockNesting::List => "Block List",
            BlockNesting::Set => "Block Set",
        };
        Field {
            name: name.clone(),
            label: label.to_owned(),
            text: nested.block.description.clone(),
            class: Class::Optional,
            anchor: "nestedblock",
            inside: of_block(&nested.block),
        }
    });
    let mut fields = of_attributes(&block.attributes);
    fields.extend(blocks);
    fields.sort_by(|one, other| one.name.cmp(&other.name));
    fields
}

fn of_attributes(attributes: &BTreeMap<String, Attribute>) -> Vec<Field> {
    attributes.iter().map(|(name, attribute)| of_attribute(name, attribute)).collect()
}

fn of_attribute(name: &str, attribute: &Attribute) -> Field {
    let (kind, inside) = match &attribute.shape {
        Shape::Type(ty) => (of_type(ty), of_objects(ty)),
        Shape::Nested(nested) => {
            let kind = match nested.nesting {
                Nesting::Single => "Attributes",
                Nesting::List => "Attributes List",
                Nesting::Set => "Attributes Set",
                Nesting::Map => "Attributes Map",
            };
            (kind.to_owned(), of_attributes(&nested.attributes))
        }
    };
    let special = [
        (attribute.sensitive, "Sensitive"),
        (attribute.write_only, WRITE_ONLY),
        (!attribute.deprecation.is_empty(), "Deprecated"),
    ];
    let special = special.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned());
    Field {
        name: name.to_owned(),
        label: std::iter::once(kind).chain(special).collect::<Vec<_>>().join(", "),
        text: said(attribute),
        class: match attribute {
            Attribute { required: true, .. } => Class::Required,
            Attribute { optional: true, .. } => Class::Optional,
            Attribute { .. } => Class::ReadOnly,
        },
        anchor: "nestedatt",
        inside,
    }
}

/// The description, and what the schema knows beyond it.
fn said(attribute: &Attribute) -> String {
    let mut parts = vec![attribute.description.trim().to_owned()];
    if !attribute.deprecation.is_empty() {
        parts.push(format!("**Deprecated:** {}", attribute.deprecation));
    }
    let unsaid = |value: &String| !attribute.description.contains(&code(value));
    if attribute.allowed.iter().any(unsaid) {
        let allowed = attribute.allowed.iter().map(code).collect::<Vec<_>>().join(", ");
        parts.push(format!("Allowed: {allowed}."));
    }
    if let Some(default) = attribute.default.as_ref().and_then(plain)
        && !attribute.description.contains("Default:")
    {
        parts.push(format!("Default: `{default}`."));
    }
    if attribute.replace {
        parts.push("Changing this forces a new resource to be created.".to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// A value that can be written in a line.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null
        | Value::Unknown(_)
        | Value::List(_)
        | Value::Set(_)
        | Value::Map(_)
        | Value::Dynamic(_) => None,
    }
}

/// A type in words.
pub(super) fn of_type(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", of_type(element)),
        Type::Set(element) => format!("Set of {}", of_type(element)),
        Type::Map(element) => format!("Map of {}", of_type(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}

/// What stands in objects that have no schema of their own.
pub(super) fn of_objects(ty: &Type) -> Vec<Field> {
    match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => of_objects(element),
        Type::Object(attributes) => {
            let field = |(name, ty): (&String, &Type)| Field {
                name: name.clone(),
                label: of_type(ty),
                text: String::new(),
                class: Class::ReadOnly,
                anchor: "nestedobjatt",
                inside: of_objects(ty),
            };
            attributes.iter().map(field).collect()
        }
        Type::String | Type::Number | Type::Bool | Type::Dynamic | Type::Tuple(_) => Vec::new(),
    }
}
