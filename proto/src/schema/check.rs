//! What core asks of a schema. A schema that breaks these rules is refused by Terraform, or crashes it, so they
//! are checked in debug builds before a schema is sent, and by any test that calls [`problems`].
//! <https://github.com/hashicorp/terraform/blob/main/internal/configs/configschema/internal_validate.go>
//!
//! The plan pipeline has rules of its own: it does not look into sets, whose members have no counterpart in the
//! prior state.

use std::collections::BTreeSet;

use super::{Attribute, Block, BlockNesting, Nesting, Schema, Shape, Signature};
use crate::codec::msgpack;

/// Names that mean something to Terraform in every block of this kind.
/// <https://developer.hashicorp.com/terraform/language/meta-arguments>
const RESERVED: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// Where an attribute or block stands.
#[derive(Clone, Copy)]
struct Place {
    /// Directly in the resource, data source or provider block.
    top: bool,
    /// Inside a set that configuration fills, at any depth.
    in_set: bool,
}

/// Everything that is wrong with a schema, a sentence each; empty for a good one.
pub fn problems(name: &str, schema: &Schema) -> Vec<String> {
    let mut problems = Vec::new();
    if schema.version < 0 {
        problems.push(format!("{name}: the version is negative"));
    }
    let names = schema.block.attributes.keys().chain(schema.block.blocks.keys());
    for reserved in names.filter(|name| RESERVED.contains(&name.as_str())) {
        problems.push(format!("{name}.{reserved}: a name that Terraform has taken"));
    }
    block(name, &schema.block, Place { top: true, in_set: false }, &mut problems);
    problems
}

/// Everything that is wrong with a function's signature, a sentence each; empty for a good one.
pub fn signature_problems(name: &str, signature: &Signature) -> Vec<String> {
    let path = format!("{name}()");
    let mut problems = Vec::new();
    identifier(&path, name, &mut problems);
    let mut rule = |broken: bool, path: &str, text: &str| {
        if broken {
            problems.push(format!("{path}: {text}"));
        }
    };
    rule(signature.summary.trim().is_empty(), &path, "no summary");
    rule(signature.summary.contains('\n'), &path, "a summary of more than one line");
    rule(signature.description.trim().is_empty(), &path, "no description");
    rule(
        signature.returns.has_dynamic(),
        &path,
        "a dynamic part in what it returns, which this crate does not support",
    );
    let mut names = BTreeSet::new();
    for parameter in signature.parameters.iter().chain(&signature.variadic) {
        let path = format!("{path}.{}", parameter.name);
        rule(!names.insert(&parameter.name), &path, "a name that another parameter has");
        rule(parameter.description.trim().is_empty(), &path, "no description");
    }
    for name in names {
        identifier(&format!("{path}.{name}"), name, &mut problems);
    }
    problems
}

fn block(path: &str, block_: &Block, place: Place, problems: &mut Vec<String>) {
    for (name, attribute_) in &block_.attributes {
        let path = format!("{path}.{name}");
        identifier(&path, name, problems);
        if block_.blocks.contains_key(name) {
            problems.push(format!("{path}: both an attribute and a block"));
        }
        attribute(&path, attribute_, place, problems);
    }
    for (name, nested) in &block_.blocks {
        let path = format!("{path}.{name}");
        identifier(&path, name, problems);
        if nested.ty().has_dynamic() {
            problems.push(format!("{path}: a dynamic attribute inside a block changes the block's shape"));
        }
        let in_set = place.in_set || nested.nesting == BlockNesting::Set;
        block(&path, &nested.block, Place { top: false, in_set }, problems);
    }
}

fn attribute(path: &str, attribute_: &Attribute, place: Place, problems: &mut Vec<String>) {
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
    rule(attribute_.replace && !place.top, "forces replacement, but is not at the top level");
    rule(attribute_.description.trim().is_empty(), "no description");
    rule(place.in_set && write_only, "a write-only attribute inside a set");
    rule(place.in_set && computed, "a computed attribute inside a set");
    if let Some(default) = &attribute_.default {
        rule(msgpack::encode(default, &attribute_.ty()).is_err(), "a default of another type");
        rule(!attribute_.objections(default).is_empty(), "a default that its own check refuses");
    }
    // Core refuses it in sets, and has no way to tell elements of several types from each other in the rest.
    rule(attribute_.ty().has_dynamic_elements(), "a dynamic value inside a collection");
    let Shape::Nested(nested) = &attribute_.shape else { return };
    let set = nested.nesting == Nesting::Set;
    // A set that only the provider fills comes whole, so its members may be computed.
    let in_set = place.in_set || (set && (required || optional));
    for (name, inner) in &nested.attributes {
        let path = format!("{path}.{name}");
        identifier(&path, name, problems);
        attribute(&path, inner, Place { top: false, in_set }, problems);
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
    use crate::schema::Parameter;

    /// A schema with one attribute.
    fn with(attribute: Attribute) -> Schema {
        Schema::new("Test.").attribute("a", attribute.describe("A."))
    }

    /// Objects with one attribute.
    fn objects(nesting: Nesting, attribute: Attribute) -> Attribute {
        Attribute::nested(nesting, [("i", attribute.describe("I."))])
    }

    /// A schema with one set of blocks.
    fn with_blocks(attribute: Attribute) -> Schema {
        let attributes = [("i".to_owned(), attribute.describe("I."))].into();
        Schema::new("Test.").block("b", BlockNesting::Set, Block { attributes, ..Block::default() })
    }

    #[test]
    fn each_broken_rule_of_a_signature_is_named() {
        let good = Signature::new("Test.", Type::Bool).describe("Test.");
        let parameter = |name: &str, description: &str| Parameter::new(name, Type::String, description);
        let with = |parameter: Parameter| good.clone().parameter(parameter);
        for (name, signature, expected) in [
            ("f", with(parameter("a", "A.")).variadic(parameter("b", "B.")), ""),
            ("", good.clone(), "(): a name of other than lower-case letters, digits and underscores"),
            ("f", Signature::new("", Type::Bool), "f(): no summary; f(): no description"),
            ("f", Signature::new("a\nb", Type::Bool).describe("D."), "f(): a summary of more than one line"),
            (
                "f",
                Signature::new("Test.", Type::list(Type::Dynamic)).describe("Test."),
                "f(): a dynamic part in what it returns, which this crate does not support",
            ),
            ("f", with(parameter("a", " ")), "f().a: no description"),
            (
                "f",
                with(parameter("a", "A.")).variadic(parameter("a", "A.")),
                "f().a: a name that another parameter has",
            ),
            (
                "f",
                with(parameter("1", "A.")),
                "f().1: a name of other than lower-case letters, digits and underscores",
            ),
        ] {
            assert_eq!(signature_problems(name, &signature).join("; "), expected);
        }
    }

    #[test]
    fn each_broken_rule_is_named() {
        let text = Attribute::string;
        let computed = || text().computed();
        for (schema, expected) in [
            (with(text().optional()), ""),
            (with(text()), "t.a: neither required nor optional nor computed"),
            (with(text().required().computed()), "t.a: required, and optional or computed too"),
            (with(text().optional().computed().write_only()), "t.a: write-only and computed"),
            (
                with(Attribute::of(Type::map(Type::Dynamic)).optional()),
                "t.a: a dynamic value inside a collection",
            ),
            (
                Schema::new("Test.").attribute("Bad", Attribute::bool().optional().describe("B.")),
                "t.Bad: a name of other than lower-case letters, digits and underscores",
            ),
            (
                Schema::new("Test.").attribute("count", Attribute::bool().optional().describe("C.")),
                "t.count: a name that Terraform has taken",
            ),
            (Schema { version: -1, ..with(text().optional()) }, "t: the version is negative"),
            (with(text().optional().default("d")), ""),
            (with(text().optional().default(1)), "t.a: a default of another type"),
            (
                with(text().optional().default("c").one_of(&["a"])),
                "t.a: a default that its own check refuses",
            ),
        ] {
            assert_eq!(problems("t", &schema).join("; "), expected);
        }
        let any = || Attribute::of(Type::Dynamic).optional().computed();
        let collection = "t.a: a dynamic value inside a collection";
        for (schema, expected) in [
            (with(any()), ""),
            (with(Attribute::of(Type::object([("x", Type::Dynamic)])).optional()), ""),
            (with(objects(Nesting::Single, any()).optional()), ""),
            (with(objects(Nesting::Map, any()).optional()), collection),
            (with(objects(Nesting::List, any()).optional()), collection),
            (with(objects(Nesting::Set, any()).computed()), collection),
            (with(objects(Nesting::Map, computed()).optional()), ""),
            (with(objects(Nesting::Set, computed()).computed()), ""),
            (with(objects(Nesting::Set, computed()).optional()), "t.a.i: a computed attribute inside a set"),
            (
                with(objects(Nesting::Set, objects(Nesting::Single, computed()).optional()).optional()),
                "t.a.i.i: a computed attribute inside a set",
            ),
            (with_blocks(text().optional()), ""),
            (with_blocks(text().optional().default("d")), "t.b.i: a computed attribute inside a set"),
            (with_blocks(text().optional().write_only()), "t.b.i: a write-only attribute inside a set"),
        ] {
            assert_eq!(problems("t", &schema).join("; "), expected);
        }
    }
}
