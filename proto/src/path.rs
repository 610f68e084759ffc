//! Paths to attributes, for diagnostics and for what a plan must replace.

use std::fmt;

use crate::wire::tfplugin6::{self as pb, attribute_path::step::Selector};

/// A step from a value to something inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute of an object or a block.
    Attribute(String),
    /// An entry of a map.
    Key(String),
    /// An element of a list or tuple, from 0. Elements of sets have no step: a path stops at the set.
    Index(usize),
}

/// Where in a resource, data source or provider block something stands. The empty path is the block itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributePath(Vec<Step>);

impl AttributePath {
    /// The path of a top-level attribute.
    pub fn of(attribute: impl Into<String>) -> Self {
        Self::default().attribute(attribute)
    }

    /// The path one attribute further in.
    #[must_use]
    pub fn attribute(&self, name: impl Into<String>) -> Self {
        self.then(Step::Attribute(name.into()))
    }

    /// The path one map entry further in.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.then(Step::Key(key.into()))
    }

    /// The path one list element further in.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    /// The path one step further in.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps from the block to the value.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the block itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn to_wire(&self) -> pb::AttributePath {
        let selector = |step: &Step| match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)),
        };
        let steps =
            self.0.iter().map(|step| pb::attribute_path::Step { selector: Some(selector(step)) }).collect();
        pb::AttributePath { steps }
    }
}

/// The way Terraform writes it: `extensions["AgentlessVmScanning"].enabled`.
impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if place == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl From<&str> for AttributePath {
    fn from(attribute: &str) -> Self {
        Self::of(attribute)
    }
}

impl From<String> for AttributePath {
    fn from(attribute: String) -> Self {
        Self::of(attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_expressions() {
        let path = AttributePath::of("rules").index(2).attribute("tags").key("a b");
        assert_eq!(path.to_string(), r#"rules[2].tags["a b"]"#);
        assert_eq!(path.to_wire().steps.len(), 4);
        assert!(AttributePath::default().is_root());
    }
}
