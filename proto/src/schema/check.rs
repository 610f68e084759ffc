//! What core asks of a schema. A schema that breaks these rules is refused by Terraform, or crashes it, so they
//! are checked in debug builds before a schema is sent, and by any test that calls [`problems`].
//! <https://github.com/hashicorp/terraform/blob/main/internal/configs/configschema/internal_validate.go>

use super::{Attribute, Block, BlockNesting, Nesting, Schema, Shape};

/// Everything that is wrong with a schema, a sentence each; empty for a good one.
pub fn problems(name: &str, schema: &Schema) -> Vec<String> {
    let mut problems = Vec::new();
    if schema.version < 0 {
        problems.push(format!("{name}: the version is negative"));
    }
    block(name, &schema.block, &mut problems);
    problems
}

fn block(path: &str, block_: &Block, problems: &mut Vec<String>) {
    for (name, attribute_) in &block_.attributes {
        let path = format!("{path}.{name}");
        identifier(&path, name, problems);
        if block_.blocks.contains_key(name) {
            problems.push(format!("{path}: both an attribute and a block"));
        }
        attribute(&path, attribute_, true, problems);
    }
    for (name, nested) in &block_.blocks {
        let path = format!("{path}.{name}");
        identifier(&path, name, problems);
        if nested.ty().has_dynamic() {
            problems.push(format!("{path}: a dynamic attribute inside a block changes the block's shape"));
        }
        if nested.nesting == BlockNesting::Set && nested.block.attributes.values().any(|a| a.write_only) {
            problems.push(format!("{path}: a write-only attribute inside a set"));
        }
        block(&path, &nested.block, problems);
    }
}

fn attribute(path: &str, attribute_: &Attribute, top: bool, problems: &mut Vec<String>) {
    let Attribute { required, optional, computed, write_only, .. } = *attribute_;
    let mut rule = |broken: bool, text: &str| {
        if broken {
            problems.push(format!("{path}: {text}"));
        }
    };
    rule(!(required || optional || computed), "neither required nor optional nor computed");
    rule(required && (optional || computed), "required, and optional or computed too");
    rule(write_only && computed, "write-only and computed");
    rule(attribute_.default.is_some() && !optional, "a default without being optional");
    rule(attribute_.replace && !top, "forces replacement, but is not at the top level");
    rule(attribute_.description.trim().is_empty(), "no description");
    let Shape::Nested(nested) = &attribute_.shape else { return };
    let in_set = nested.nesting == Nesting::Set;
    rule(in_set && nested.ty().has_dynamic(), "a dynamic attribute inside a set");
    rule(in_set && nested.attributes.values().any(|a| a.write_only), "a write-only attribute inside a set");
    rule(in_set && nested.attributes.values().any(|a| a.computed), "a computed attribute inside a set");
    for (name, inner) in &nested.attributes {
        let path = format!("{path}.{name}");
        identifier(&path, name, problems);
        attribute(&path, inner, false, problems);
    }
}

/// Names are what HCL and core accept for blocks; the same for attributes, by convention.
fn identifier(path: &str, name: &str, problems: &mut Vec<String>) {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(legal) || name.starts_with(|c: char| c.is_ascii_digit()) {
        problems.push(format!("{path}: a name of other than lower-case letters, digits and underscores"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;

    /// A schema with one attribute.
    fn with(attribute: Attribute) -> Schema {
        Schema::new("Test.").attribute("a", attribute.describe("A."))
    }

    #[test]
    fn each_broken_rule_is_named() {
        let dynamic = || Attribute::of(Type::Dynamic).optional().describe("Any.");
        for (schema, expected) in [
            (with(Attribute::string().optional()), ""),
            (with(Attribute::string()), "t.a: neither required nor optional nor computed"),
            (with(Attribute::string().required().computed()), "t.a: required, and optional or computed too"),
            (with(Attribute::string().optional().computed().write_only()), "t.a: write-only and computed"),
            (
                with(Attribute::nested(Nesting::Set, [("d", dynamic())]).optional()),
                "t.a: a dynamic attribute inside a set",
            ),
            (
                Schema::new("Test.").attribute("Bad", Attribute::bool().optional().describe("B.")),
                "t.Bad: a name of other than lower-case letters, digits and underscores",
            ),
            (Schema { version: -1, ..with(Attribute::string().optional()) }, "t: the version is negative"),
        ] {
            assert_eq!(problems("t", &schema).join("; "), expected);
        }
    }
}
