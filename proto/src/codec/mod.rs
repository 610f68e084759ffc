//! Values to and from bytes, directed by their type.
//!
//! Core sends [`msgpack`] everywhere and [`json`] only for stored state. What core wrote is canonical, so
//! `encode(decode(bytes)) == bytes` holds for every value it sends; what it will not accept is an error here,
//! with the path to it, and never a panic.

pub mod json;
pub mod msgpack;
mod storable;

use std::fmt;

pub(crate) use storable::storable;

use crate::path::{AttributePath, Step};
use crate::wire::tfplugin6 as pb;
use crate::{Type, Value};

/// Nesting beyond this is no configuration that anybody wrote; the limit keeps hostile bytes off the stack.
pub(crate) const DEPTH_LIMIT: usize = 128;

/// Why bytes are not a value of the expected type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError {
    /// Where in the value.
    pub path: AttributePath,
    /// What is wrong there. Never the value itself, which may be secret.
    pub problem: String,
    not_known: bool,
}

impl CodecError {
    /// That a value is not known yet, where only a known one has a place.
    pub(crate) fn not_known() -> Self {
        Self { not_known: true, ..Self::new("a value that is not known yet") }
    }

    /// Whether nothing is wrong but that the value is not known yet.
    pub fn is_not_known(&self) -> bool {
        self.not_known
    }

    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { path: AttributePath::default(), problem: problem.into(), not_known: false }
    }

    /// The same error, seen from one level further out.
    pub(crate) fn inside(self, step: Step) -> Self {
        let outer = AttributePath::default().then(step);
        let path = self.path.steps().iter().cloned().fold(outer, |path, step| path.then(step));
        Self { path, ..self }
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.path, self.problem)
        }
    }
}

impl std::error::Error for CodecError {}

/// Reads a value as core sends it: msgpack if there is any, else JSON, else null.
///
/// # Errors
///
/// Where the bytes are not a value of type `ty`.
pub fn decode(value: Option<&pb::DynamicValue>, ty: &Type) -> Result<Value, CodecError> {
    match value {
        Some(value) if !value.msgpack.is_empty() => msgpack::decode(&value.msgpack, ty),
        Some(value) if !value.json.is_empty() => json::decode(&value.json, ty),
        Some(_) | None => Ok(Value::Null),
    }
}

/// Writes a value as core reads it.
///
/// # Errors
///
/// Where the value does not conform to `ty`.
pub fn encode(value: &Value, ty: &Type) -> Result<pb::DynamicValue, CodecError> {
    Ok(pb::DynamicValue { msgpack: msgpack::encode(value, ty)?.into(), ..Default::default() })
}

#[cfg(test)]
mod tests;
