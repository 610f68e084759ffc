//! Walks a value along its schema: beside its counterparts, to change it, or with paths, to judge it.

use std::collections::BTreeMap;

use crate::path::Step;
use crate::schema::{Attribute, Block, BlockNesting, Nesting, Shape};
use crate::{AttributePath, Value};

/// Calls `visit` for each attribute of `block` in `value`, nested ones included and outer ones first, with what
/// the attribute is in each of the `others`: the configuration, the prior state. Null where it has no
/// counterpart. `visit` says whether to go on with what is nested in the attribute.
///
/// Elements of sets are not entered: they have no path and no counterpart on the other sides, which is why a
/// schema may not have computed attributes, defaults or write-only attributes inside a set.
pub(crate) fn block<const N: usize>(
    block: &Block,
    others: [&Value; N],
    value: &mut Value,
    visit: &mut dyn FnMut(&Attribute, [&Value; N], &mut Value) -> bool,
) {
    let Value::Map(entries) = value else { return };
    attributes(&block.attributes, others, entries, visit);
    for (name, nested) in &block.blocks {
        let Some(value) = entries.get_mut(name) else { continue };
        let others = others.map(|other| other.get(name));
        elements(nested.nesting.into(), others, value, &mut |others, value| {
            self::block(&nested.block, others, value, visit);
        });
    }
}

fn attributes<const N: usize>(
    schema: &BTreeMap<String, Attribute>,
    others: [&Value; N],
    entries: &mut BTreeMap<String, Value>,
    visit: &mut dyn FnMut(&Attribute, [&Value; N], &mut Value) -> bool,
) {
    for (name, attribute) in schema {
        let Some(value) = entries.get_mut(name) else { continue };
        let others = others.map(|other| other.get(name));
        let enter = visit(attribute, others, value);
        let Shape::Nested(nested) = &attribute.shape else { continue };
        if !enter {
            continue;
        }
        elements(nested.nesting, others, value, &mut |others, value| {
            if let Value::Map(entries) = value {
                attributes(&nested.attributes, others, entries, visit);
            }
        });
    }
}

/// Pairs up the objects of a nested attribute or block: by key, by place, or the one with the one.
fn elements<const N: usize>(
    nesting: Nesting,
    others: [&Value; N],
    value: &mut Value,
    each: &mut dyn FnMut([&Value; N], &mut Value),
) {
    match (nesting, value) {
        (Nesting::Single, value) => each(others, value),
        (Nesting::Map, Value::Map(entries)) => {
            for (key, value) in entries {
                each(others.map(|other| other.get(key)), value);
            }
        }
        (Nesting::List, Value::List(items)) => {
            for (index, value) in items.iter_mut().enumerate() {
                each(others.map(|other| item(other, index)), value);
            }
        }
        _ => {}
    }
}

/// The element at `index` of a list; null where there is none.
pub(crate) fn item(list: &Value, index: usize) -> &Value {
    if let Value::List(items) = list { items.get(index).unwrap_or(&Value::Null) } else { &Value::Null }
}

impl From<BlockNesting> for Nesting {
    fn from(nesting: BlockNesting) -> Self {
        match nesting {
            BlockNesting::Single => Self::Single,
            BlockNesting::List => Self::List,
            BlockNesting::Set => Self::Set,
        }
    }
}

/// Calls `visit` with the path and value of each attribute that is set in `value`, nested ones included. What
/// stands in a set has the path of the set.
pub(crate) fn values<'v>(
    block: &Block,
    value: &'v Value,
    visit: &mut dyn FnMut(&Attribute, &AttributePath, &'v Value),
) {
    block_values(block, value, &Trail::default(), visit);
}

/// The way to a value, as far as it has one.
#[derive(Clone, Default)]
struct Trail {
    path: AttributePath,
    in_set: bool,
}

impl Trail {
    fn then(&self, step: Step) -> Self {
        if self.in_set { self.clone() } else { Self { path: self.path.then(step), in_set: false } }
    }

    fn attribute(&self, name: &str) -> Self {
        self.then(Step::Attribute(name.to_owned()))
    }
}

fn block_values<'v>(
    block: &Block,
    value: &'v Value,
    trail: &Trail,
    visit: &mut dyn FnMut(&Attribute, &AttributePath, &'v Value),
) {
    attribute_values(&block.attributes, value, trail, visit);
    for (name, nested) in &block.blocks {
        element_values(
            nested.nesting.into(),
            value.get(name),
            &trail.attribute(name),
            &mut |value, trail| {
                block_values(&nested.block, value, trail, visit);
            },
        );
    }
}

fn attribute_values<'v>(
    schema: &BTreeMap<String, Attribute>,
    value: &'v Value,
    trail: &Trail,
    visit: &mut dyn FnMut(&Attribute, &AttributePath, &'v Value),
) {
    for (name, attribute) in schema {
        let (trail, value) = (trail.attribute(name), value.get(name));
        if value.is_null() {
            continue;
        }
        visit(attribute, &trail.path, value);
        let Shape::Nested(nested) = &attribute.shape else { continue };
        element_values(nested.nesting, value, &trail, &mut |value, trail| {
            attribute_values(&nested.attributes, value, trail, visit);
        });
    }
}

fn element_values<'v>(
    nesting: Nesting,
    value: &'v Value,
    trail: &Trail,
    each: &mut dyn FnMut(&'v Value, &Trail),
) {
    match (nesting, value) {
        (Nesting::Single, value) => each(value, trail),
        (Nesting::Map, Value::Map(entries)) => {
            for (key, value) in entries {
                each(value, &trail.then(Step::Key(key.clone())));
            }
        }
        (Nesting::List, Value::List(items)) => {
            for (index, value) in items.iter().enumerate() {
                each(value, &trail.then(Step::Index(index)));
            }
        }
        (Nesting::Set, Value::Set(items)) => {
            for value in items {
                each(value, &Trail { in_set: true, ..trail.clone() });
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Schema;

    #[test]
    fn paths_end_at_sets() {
        let object = |nesting| Attribute::nested(nesting, [("x", Attribute::string().optional())]).optional();
        let inner = Attribute::nested(Nesting::Set, [("l", object(Nesting::List))]).optional();
        let blocks =
            Block { attributes: [("y".to_owned(), object(Nesting::Map))].into(), ..Block::default() };
        let schema = Schema::new("Test.").attribute("s", inner).attribute("m", object(Nesting::Map)).block(
            "b",
            BlockNesting::Set,
            blocks,
        );
        let x = || Value::from_iter([("x", Value::from("v"))]);
        let value = Value::from_iter([
            ("s", Value::Set(vec![Value::from_iter([("l", Value::List(vec![x()]))])])),
            ("m", Value::from_iter([("k", x())])),
            ("b", Value::Set(vec![Value::from_iter([("y", Value::from_iter([("k", x())]))])])),
        ]);
        let mut paths = Vec::new();
        values(&schema.block, &value, &mut |_, path, _| paths.push(path.to_string()));
        assert_eq!(paths, ["m", r#"m["k"].x"#, "s", "s", "s", "b", "b"]);
    }
}
