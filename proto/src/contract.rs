//! What core asserts of plans and of results, asserted here first.
//!
//! Core reports a breach as "Provider produced invalid plan" or "inconsistent result after apply" and leaves the
//! user alone with it. In debug builds, and so in every test, the same rules are checked before the answer is
//! sent, and the message says which attribute broke which rule.
//! <https://github.com/hashicorp/terraform/blob/main/internal/plans/objchange/plan_valid.go> and
//! <https://github.com/hashicorp/terraform/blob/main/internal/plans/objchange/compatible.go>

use std::collections::BTreeMap;

use crate::path::{AttributePath, Step};
use crate::schema::{Attribute, Block, Nesting, Schema, Shape};
use crate::{Diagnostic, Diagnostics, Value, walk};

/// Breaches of a plan against configuration and prior state.
pub(crate) fn check_plan(schema: &Schema, config: &Value, prior: &Value, planned: &Value) -> Diagnostics {
    let mut breaches = Breaches::default();
    // Core compares without what is known of unknown values all the same.
    let [config, prior, planned] = [config, prior, planned].map(|value| value.clone().unrefined());
    block(&schema.block, [&config, &prior, &planned], &AttributePath::default(), &mut breaches);
    breaches.0
}

/// Breaches of a result against the plan that it came from.
pub(crate) fn check_apply(planned: &Value, new: &Value) -> Diagnostics {
    let mut breaches = Breaches::default();
    compatible(planned, new, &AttributePath::default(), &mut breaches);
    breaches.0
}

#[derive(Default)]
struct Breaches(Diagnostics);

impl Breaches {
    fn unless(&mut self, holds: bool, path: &AttributePath, rule: &str) {
        if !holds {
            let detail = format!("{path}: {rule}. This is a bug in the provider; please report it.");
            self.0
                .push(Diagnostic::error("The provider broke Terraform's contract", detail).at(path.clone()));
        }
    }
}

/// The rules for one object, given what it is in configuration, prior state and plan.
type Rules<'a> = &'a dyn Fn([&Value; 3], &AttributePath, &mut Breaches);

fn block(schema: &Block, sides: [&Value; 3], path: &AttributePath, breaches: &mut Breaches) {
    attributes(&schema.attributes, sides, path, breaches);
    for (name, nested) in &schema.blocks {
        let path = path.attribute(name);
        let sides @ [config, _, planned] = sides.map(|side| side.get(name));
        if config.is_unknown() {
            breaches.unless(planned == config, &path, "a block is planned before it is known");
            continue;
        }
        let rules: Rules<'_> =
            &|sides, path, breaches: &mut Breaches| block(&nested.block, sides, path, breaches);
        objects(nested.nesting.into(), sides, &path, breaches, rules);
    }
}

fn attributes(
    schema: &BTreeMap<String, Attribute>,
    sides: [&Value; 3],
    path: &AttributePath,
    breaches: &mut Breaches,
) {
    for (name, attribute) in schema {
        valid(attribute, sides.map(|side| side.get(name)), &path.attribute(name), breaches);
    }
}

fn valid(attribute: &Attribute, sides: [&Value; 3], path: &AttributePath, breaches: &mut Breaches) {
    let [config, prior, planned] = sides;
    let suppressed = !prior.is_null() && !config.is_null() && planned == prior;
    let provided = attribute.computed && (config.is_null() || !attribute.optional);
    // What is write-only is taken out of every plan after this.
    if planned == config || suppressed || provided || attribute.write_only {
        return;
    }
    let Shape::Nested(nested) = &attribute.shape else {
        breaches.unless(false, path, "planned is neither what is configured nor what was there before");
        return;
    };
    let rules: Rules<'_> =
        &|sides, path, breaches: &mut Breaches| attributes(&nested.attributes, sides, path, breaches);
    objects(nested.nesting, sides, path, breaches, rules);
}

/// The rules for the objects of a nested attribute or block: as many as are configured, and each by the rules.
fn objects(
    nesting: Nesting,
    sides: [&Value; 3],
    path: &AttributePath,
    breaches: &mut Breaches,
    rules: Rules<'_>,
) {
    const COUNT: &str = "another number of objects is planned than is configured";
    let [config, _, planned] = sides;
    match (nesting, config, planned) {
        (_, _, Value::Unknown(_)) => {
            breaches.unless(false, path, "configured objects are planned to be unknown");
        }
        (Nesting::Single, Value::Null, Value::Null) => {}
        (Nesting::Single, Value::Map(_), Value::Map(_)) => rules(sides, path, breaches),
        (Nesting::Map, Value::Map(configured), Value::Map(entries)) => {
            let same = configured.keys().eq(entries.keys());
            breaches.unless(same, path, "other keys are planned than are configured");
            for key in entries.keys() {
                element(sides.map(|side| side.get(key)), &path.key(key), breaches, rules);
            }
        }
        (Nesting::List, Value::List(configured), Value::List(items)) => {
            breaches.unless(configured.len() == items.len(), path, COUNT);
            for index in 0..items.len() {
                element(sides.map(|side| walk::item(side, index)), &path.index(index), breaches, rules);
            }
        }
        (Nesting::Set, Value::Set(configured), Value::Set(items)) => {
            // Nothing tells which member came from which, so core asks no more either.
            breaches.unless(configured.len() == items.len(), path, COUNT);
        }
        _ => breaches.unless(false, path, "a configured object appears or vanishes in the plan"),
    }
}

/// The rules for one object of several, which may be null or unknown as a whole where configuration says so.
fn element(sides: [&Value; 3], path: &AttributePath, breaches: &mut Breaches, rules: Rules<'_>) {
    let [config, _, planned] = sides;
    match (config, planned) {
        (Value::Map(_), Value::Map(_)) => rules(sides, path, breaches),
        _ => breaches.unless(planned == config, path, "an object is planned other than it is configured"),
    }
}

fn compatible(planned: &Value, new: &Value, path: &AttributePath, breaches: &mut Breaches) {
    match (planned, new) {
        (_, Value::Unknown(_)) => breaches.unless(false, path, "still unknown after apply"),
        (Value::Unknown(_), _) => {}
        (Value::Map(planned), Value::Map(new)) if planned.keys().eq(new.keys()) => {
            for (key, value) in planned {
                // Whether a key is an attribute or a map entry does not matter to a reader of the message.
                compatible(value, &new[key], &path.then(Step::Attribute(key.clone())), breaches);
            }
        }
        (Value::List(planned), Value::List(new)) if planned.len() == new.len() => {
            for (index, (planned, new)) in planned.iter().zip(new).enumerate() {
                compatible(planned, new, &path.index(index), breaches);
            }
        }
        (Value::Set(items), Value::Set(new)) if !planned.is_wholly_known() => {
            breaches.unless(new.len() <= items.len(), path, "a set has more elements than were planned");
        }
        (Value::Dynamic(planned), Value::Dynamic(new)) if new.ty.conforms_to(&planned.ty) => {
            compatible(&planned.value, &new.value, path, breaches);
        }
        (Value::Dynamic(_), Value::Dynamic(_)) => {
            breaches.unless(false, path, "is of another type than was planned");
        }
        _ => breaches.unless(planned == new, path, "differs from what was planned"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;

    fn schema() -> Schema {
        let part = [("on", Attribute::bool().optional()), ("state", Attribute::string().computed())];
        Schema::new("Test.")
            .attribute("name", Attribute::string().required())
            .attribute("id", Attribute::string().computed())
            .attribute("tier", Attribute::string().optional().computed())
            .attribute("secret", Attribute::string().optional().write_only())
            .attribute("parts", Attribute::nested(Nesting::Map, part).optional())
    }

    fn object(name: &str, id: Value, tier: Value, parts: Value) -> Value {
        Value::from_iter([
            ("name", name.into()),
            ("id", id),
            ("tier", tier),
            ("secret", Value::Null),
            ("parts", parts),
        ])
    }

    fn parts(key: &str, on: bool) -> Value {
        Value::from_iter([(key, Value::from_iter([("on", Value::from(on)), ("state", Value::Null)]))])
    }

    #[track_caller]
    fn expect(breaches: &Diagnostics, expected: &str) {
        match expected {
            "" => assert_eq!(breaches.to_string(), ""),
            _ => assert!(breaches.to_string().contains(expected), "{breaches:?}"),
        }
    }

    #[test]
    fn plans_are_held_to_cores_rules() {
        let config = object("n", Value::Null, "Standard".into(), parts("p", true));
        let prior = object("N", "i".into(), "standard".into(), parts("p", false));
        for (planned, expected) in [
            (object("n", Value::UNKNOWN, "Standard".into(), parts("p", true)), ""),
            (object("N", "i".into(), "standard".into(), parts("p", true)), ""),
            (object("x", Value::UNKNOWN, "Standard".into(), parts("p", true)), "name: planned is neither"),
            (object("n", Value::UNKNOWN, Value::UNKNOWN, parts("p", true)), "tier: planned is neither"),
            (object("n", Value::UNKNOWN, "Standard".into(), parts("q", true)), "parts: other keys"),
            (object("n", Value::UNKNOWN, "Standard".into(), Value::Null), "parts: a configured object"),
        ] {
            expect(&check_plan(&schema(), &config, &prior, &planned), expected);
        }
    }

    /// Blocks may hold more than is configured: defaults, what is computed, what only is spelt otherwise.
    #[test]
    fn blocks_are_held_to_cores_rules() {
        use crate::schema::BlockNesting;
        use crate::value::Unknown;

        let attributes = [
            ("x".to_owned(), Attribute::string().optional().default("d")),
            ("y".to_owned(), Attribute::string().computed()),
            ("z".to_owned(), Attribute::string().optional()),
        ];
        let nested = || Block { attributes: attributes.clone().into(), ..Block::default() };
        let schema = Schema::new("Test.")
            .block("list", BlockNesting::List, nested())
            .block("set", BlockNesting::Set, nested())
            .block("one", BlockNesting::Single, nested());
        let one = |x: Value, y: Value, z: &str| Value::from_iter([("x", x), ("y", y), ("z", z.into())]);
        let written = |z: &str| one(Value::Null, Value::Null, z);
        let filled = |z: &str| one("d".into(), Value::UNKNOWN, z);
        let both = |list: Value, single: Value| {
            let set = if let Value::List(items) = &list { Value::Set(items.clone()) } else { list.clone() };
            Value::from_iter([("list", list), ("set", set), ("one", single)])
        };
        let list = |items: &[Value]| Value::List(items.to_vec());
        let refined = || Value::Unknown(Unknown::refined(b"\x81\x01\xc2"));
        let config = both(list(&[written("c")]), Value::Null);
        let prior = both(list(&[one("d".into(), "y".into(), "C")]), Value::Null);
        for (config, planned, expected) in [
            (&config, both(list(&[filled("c")]), Value::Null), ""),
            (&config, prior.clone(), ""),
            (&config, both(list(&[]), Value::Null), "list: another number of objects"),
            (&config, both(Value::Null, Value::Null), "list: a configured object appears or vanishes"),
            (&config, both(list(&[filled("other")]), Value::Null), "list[0].z: planned is neither"),
            (&config, both(list(&[]), Value::Null), "set: another number of objects"),
            (&config, both(Value::Null, Value::Null), "set: a configured object appears or vanishes"),
            (&config, both(list(&[filled("c")]), filled("c")), "one: a configured object appears"),
            (
                &config,
                both(Value::UNKNOWN, Value::Null),
                "list: configured objects are planned to be unknown",
            ),
            (&both(refined(), written("c")), both(Value::UNKNOWN, filled("c")), ""),
            (&both(refined(), Value::Null), both(list(&[]), Value::Null), "list: a block is planned before"),
        ] {
            expect(&check_plan(&schema, config, &prior, &planned), expected);
        }
    }

    #[test]
    fn results_are_held_to_the_plan() {
        let planned = object("n", Value::UNKNOWN, "Standard".into(), parts("p", true));
        for (new, expected) in [
            (object("n", "i".into(), "Standard".into(), parts("p", true)), ""),
            (object("m", "i".into(), "Standard".into(), parts("p", true)), "name: differs"),
            (object("n", Value::UNKNOWN, "Standard".into(), parts("p", true)), "id: still unknown"),
            (object("n", "i".into(), "Standard".into(), parts("p", false)), "parts.p.on: differs"),
            (object("n", "i".into(), "Standard".into(), Value::Null), "parts: differs"),
        ] {
            expect(&check_apply(&planned, &new), expected);
        }
    }

    /// What is of any type is held to its type as well, save where that was not known.
    #[test]
    fn values_of_any_type_are_held_to_cores_rules() {
        use crate::value::Dynamic;

        let one = [("any", Attribute::of(Type::Dynamic).optional())];
        let schema = Schema::new("Test.")
            .attribute("any", Attribute::of(Type::Dynamic).optional())
            .attribute("maybe", Attribute::of(Type::Dynamic).optional().computed())
            .attribute("one", Attribute::nested(Nesting::Single, one).optional());
        let any = |ty: Type, value: Value| Value::Dynamic(Box::new(Dynamic::new(ty, value)));
        let text = |text: &str| any(Type::String, text.into());
        let list = |items: &[Value]| any(Type::list(Type::String), Value::List(items.to_vec()));
        let tuple =
            |items: &[Value]| any(Type::Tuple(vec![Type::String; items.len()]), Value::List(items.to_vec()));
        let object =
            |ty: Type, value: Value| any(Type::object([("k", ty)]), Value::from_iter([("k", value)]));
        let all = |any: Value, maybe: Value| {
            let one = Value::from_iter([("any", any.clone())]);
            Value::from_iter([("any", any), ("maybe", maybe), ("one", one)])
        };
        let null = || any(Type::String, Value::Null);
        let prior = all(tuple(&["a".into()]), text("m"));
        for (config, planned, expected) in [
            (all(list(&["a".into()]), null()), all(list(&["a".into()]), Value::UNKNOWN), ""),
            (all(list(&["a".into()]), null()), all(tuple(&["a".into()]), text("m")), ""),
            (all(list(&["b".into()]), null()), all(tuple(&["b".into()]), null()), "any: planned is neither"),
            (all(null(), null()), all(Value::Null, null()), "one.any: planned is neither"),
            (all(null(), text("c")), all(null(), text("d")), "maybe: planned is neither"),
        ] {
            expect(&check_plan(&schema, &config, &prior, &planned), expected);
        }
        let later = object(Type::Dynamic, Value::UNKNOWN);
        for (planned, new, expected) in [
            (later.clone(), object(Type::String, "v".into()), ""),
            (later.clone(), object(Type::String, Value::UNKNOWN), "any.k: still unknown"),
            (later, text("v"), "any: is of another type"),
            (list(&[Value::UNKNOWN]), list(&["v".into()]), ""),
            (list(&["v".into()]), tuple(&["v".into()]), "any: is of another type"),
            (any(Type::String, Value::UNKNOWN), any(Type::Bool, true.into()), "any: is of another type"),
            (Value::UNKNOWN, any(Type::Bool, true.into()), ""),
            (null(), Value::Null, "any: differs"),
        ] {
            expect(&check_apply(&all(planned, Value::Null), &all(new, Value::Null)), expected);
        }
    }
}
