//! The JSON form of values, in which core stores state.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::{CodecError, DEPTH_LIMIT};
use crate::path::Step;
use crate::value::{Dynamic, Number};
use crate::{Type, Value};

/// Reads a value of type `ty` from JSON text.
///
/// Reading is lenient where stored state may be older than the schema: an attribute that is missing is null,
/// one that the schema no longer has is dropped, and a number or bool may stand as text and the reverse.
///
/// # Errors
///
/// Where the text is not JSON or not of the type.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let text = std::str::from_utf8(bytes).map_err(|_| CodecError::new("text that is not UTF-8"))?;
    read(parse(text)?, ty, 0)
}

/// Writes a value as JSON text. Numbers keep every digit. Unknown values become null, as JSON has no word for
/// them.
pub fn encode(value: &Value) -> String {
    match value {
        Value::Null | Value::Unknown(_) => "null".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => Json::from(text.as_str()).to_string(),
        Value::List(items) | Value::Set(items) => {
            format!("[{}]", items.iter().map(encode).collect::<Vec<_>>().join(","))
        }
        Value::Map(entries) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}:{}", Json::from(key.as_str()), encode(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
        Value::Dynamic(dynamic) => {
            format!(r#"{{"value":{},"type":{}}}"#, encode(&dynamic.value), dynamic.type_json)
        }
    }
}

/// Parses one level; what is inside stays text until its type is known, so that no digit of a number is lost.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, CodecError> {
    // What serde says of an error may quote the text.
    serde_json::from_str(text).map_err(|_| CodecError::new("not the JSON that is expected"))
}

/// Reads a value that stands inside `depth` others.
fn read(raw: &RawValue, ty: &Type, depth: usize) -> Result<Value, CodecError> {
    if depth >= DEPTH_LIMIT {
        return Err(CodecError::new("nested too deeply"));
    }
    let text = raw.get();
    if text == "null" {
        return Ok(Value::Null);
    }
    match ty {
        Type::String => scalar(text).map(Value::String),
        Type::Number => {
            let number =
                Number::parse(&scalar(text)?).ok_or_else(|| CodecError::new("a number is required"))?;
            Ok(Value::Number(number))
        }
        Type::Bool => match scalar(text)?.as_str() {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(CodecError::new("a bool is required")),
        },
        Type::Dynamic => dynamic(text, depth),
        Type::List(element) => elements(text, depth, |_| Some(element)).map(Value::List),
        Type::Set(element) => elements(text, depth, |_| Some(element)).map(Value::Set),
        Type::Tuple(types) => elements(text, depth, |index| types.get(index)).map(Value::List),
        Type::Map(element) => {
            let entries: BTreeMap<String, &RawValue> = parse(text)?;
            let entry = |(key, raw): (String, &RawValue)| {
                let value =
                    read(raw, element, depth + 1).map_err(|error| error.inside(Step::Key(key.clone())))?;
                Ok((key, value))
            };
            entries.into_iter().map(entry).collect::<Result<_, _>>().map(Value::Map)
        }
        Type::Object(types) => {
            let entries: BTreeMap<String, &RawValue> = parse(text)?;
            let attribute = |(name, ty): (&String, &Type)| {
                let value =
                    entries.get(name.as_str()).map_or(Ok(Value::Null), |raw| read(raw, ty, depth + 1));
                Ok((name.clone(), value.map_err(|error| error.inside(Step::Attribute(name.clone())))?))
            };
            types.iter().map(attribute).collect::<Result<_, _>>().map(Value::Map)
        }
    }
}

fn elements<'t>(
    text: &str,
    depth: usize,
    ty: impl Fn(usize) -> Option<&'t Type>,
) -> Result<Vec<Value>, CodecError> {
    let items: Vec<&RawValue> = parse(text)?;
    let item = |(index, raw)| {
        let ty = ty(index).ok_or_else(|| CodecError::new("too many elements"))?;
        read(raw, ty, depth + 1).map_err(|error| error.inside(Step::Index(index)))
    };
    items.into_iter().enumerate().map(item).collect()
}

fn dynamic(text: &str, depth: usize) -> Result<Value, CodecError> {
    #[derive(Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        value: &'a RawValue,
        #[serde(borrow, rename = "type")]
        ty: &'a RawValue,
    }
    let Wrapped { value, ty } = parse(text)?;
    let type_json = ty.get().to_owned();
    let ty = Type::from_json(&type_json).map_err(CodecError::new)?;
    let value = read(value, &ty, depth + 1)?;
    Ok(Value::Dynamic(Box::new(Dynamic { type_json, ty, value })))
}

/// The text of a string, number or bool.
fn scalar(text: &str) -> Result<String, CodecError> {
    match text.as_bytes().first() {
        Some(b'"') => parse(text),
        Some(b'{' | b'[') => Err(CodecError::new("a single value is required")),
        _ => Ok(text.to_owned()),
    }
}
