//! Walks configuration, prior and planned value side by side, along the schema.

use std::collections::BTreeMap;

use crate::schema::{Attribute, Block, BlockNesting, Nesting, Shape};
use crate::{AttributePath, Value};

/// What an attribute is in the configuration, in the prior state, and in the plan.
pub(crate) struct Sides<'a> {
    /// What the user wrote.
    pub(crate) config: &'a Value,
    /// What state holds.
    pub(crate) prior: &'a Value,
    /// What will be; may be changed.
    pub(crate) planned: &'a mut Value,
}

/// Calls `visit` for each attribute of `block` and of what is nested in it, outer ones first.
///
/// Elements of sets are not entered: they have no path and no counterpart on the other sides, which is why a
/// schema may not have computed attributes, defaults or write-only attributes inside a set.
pub(crate) fn block(block: &Block, sides: Sides<'_>, visit: &mut dyn FnMut(&Attribute, Sides<'_>)) {
    let Sides { config, prior, planned } = sides;
    let Value::Map(entries) = planned else { return };
    attributes(&block.attributes, config, prior, entries, visit);
    for (name, nested) in &block.blocks {
        let Some(planned) = entries.get_mut(name) else { continue };
        let sides = Sides { config: config.get(name), prior: prior.get(name), planned };
        let nesting = match nested.nesting {
            BlockNesting::Single => Nesting::Single,
            BlockNesting::List => Nesting::List,
            BlockNesting::Set => Nesting::Set,
        };
        elements(nesting, sides, &mut |sides| self::block(&nested.block, sides, visit));
    }
}

fn attributes(
    schema: &BTreeMap<String, Attribute>,
    config: &Value,
    prior: &Value,
    planned: &mut BTreeMap<String, Value>,
    visit: &mut dyn FnMut(&Attribute, Sides<'_>),
) {
    for (name, attribute) in schema {
        let Some(planned) = planned.get_mut(name) else { continue };
        let (config, prior) = (config.get(name), prior.get(name));
        visit(attribute, Sides { config, prior, planned });
        let Shape::Nested(nested) = &attribute.shape else { continue };
        elements(nested.nesting, Sides { config, prior, planned }, &mut |sides| {
            let Sides { config, prior, planned } = sides;
            if let Value::Map(entries) = planned {
                attributes(&nested.attributes, config, prior, entries, visit);
            }
        });
    }
}

/// Pairs up the objects of a nested attribute or block: by key, by place, or the one with the one.
fn elements(nesting: Nesting, sides: Sides<'_>, each: &mut dyn FnMut(Sides<'_>)) {
    let Sides { config, prior, planned } = sides;
    // What configuration does not set has no counterpart inside.
    if config.is_null() {
        return;
    }
    match (nesting, planned) {
        (Nesting::Single, planned) => each(Sides { config, prior, planned }),
        (Nesting::Map, Value::Map(entries)) => {
            for (key, planned) in entries {
                each(Sides { config: config.get(key), prior: prior.get(key), planned });
            }
        }
        (Nesting::List, Value::List(items)) => {
            for (index, planned) in items.iter_mut().enumerate() {
                each(Sides { config: item(config, index), prior: item(prior, index), planned });
            }
        }
        _ => {}
    }
}

/// The element at `index` of a list; null where there is none.
pub(crate) fn item(list: &Value, index: usize) -> &Value {
    if let Value::List(items) = list { items.get(index).unwrap_or(&Value::Null) } else { &Value::Null }
}

/// Calls `visit` with the path and value of each attribute that is set in `value`, nested ones included.
pub(crate) fn values<'v>(
    block: &Block,
    value: &'v Value,
    path: &AttributePath,
    visit: &mut dyn FnMut(&Attribute, AttributePath, &'v Value),
) {
    attribute_values(&block.attributes, value, path, visit);
    for (name, nested) in &block.blocks {
        let path = path.attribute(name);
        match (nested.nesting, value.get(name)) {
            (BlockNesting::Single, value) => values(&nested.block, value, &path, visit),
            (_, Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    values(&nested.block, item, &path.index(index), visit);
                }
            }
            (_, Value::Set(items)) => {
                for item in items {
                    values(&nested.block, item, &path, visit);
                }
            }
            _ => {}
        }
    }
}

fn attribute_values<'v>(
    schema: &BTreeMap<String, Attribute>,
    value: &'v Value,
    path: &AttributePath,
    visit: &mut dyn FnMut(&Attribute, AttributePath, &'v Value),
) {
    for (name, attribute) in schema {
        let (path, value) = (path.attribute(name), value.get(name));
        if value.is_null() {
            continue;
        }
        visit(attribute, path.clone(), value);
        let Shape::Nested(nested) = &attribute.shape else { continue };
        match (nested.nesting, value) {
            (Nesting::Single, value) => attribute_values(&nested.attributes, value, &path, visit),
            (Nesting::Map, Value::Map(entries)) => {
                for (key, value) in entries {
                    attribute_values(&nested.attributes, value, &path.key(key), visit);
                }
            }
            (_, Value::List(items)) => {
                for (index, value) in items.iter().enumerate() {
                    attribute_values(&nested.attributes, value, &path.index(index), visit);
                }
            }
            (_, Value::Set(items)) => {
                for item in items {
                    attribute_values(&nested.attributes, item, &path, visit);
                }
            }
            _ => {}
        }
    }
}
