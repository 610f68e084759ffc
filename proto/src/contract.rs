//! What core asserts of plans and of results, asserted here first.
//!
//! Core reports a breach as "Provider produced invalid plan" or "inconsistent result after apply" and leaves the
//! user alone with it. In debug builds, and so in every test, the same rules are checked before the answer is
//! sent, and the message says which attribute broke which rule.
//! <https://github.com/hashicorp/terraform/blob/main/internal/plans/objchange/plan_valid.go> and
//! <https://github.com/hashicorp/terraform/blob/main/internal/plans/objchange/compatible.go>

use std::collections::BTreeMap;

use crate::path::{AttributePath, Step};
use crate::schema::{Attribute, Nesting, Schema, Shape};
use crate::{Diagnostic, Diagnostics, Value, walk};

/// Breaches of a plan against configuration and prior state.
pub(crate) fn check_plan(schema: &Schema, config: &Value, prior: &Value, planned: &Value) -> Diagnostics {
    let mut breaches = Breaches::default();
    attributes(&schema.block.attributes, [config, prior, planned], &AttributePath::default(), &mut breaches);
    for name in schema.block.blocks.keys() {
        breaches.unless(
            planned.get(name) == config.get(name),
            &AttributePath::of(name.as_str()),
            "a block is planned other than it is configured",
        );
    }
    breaches.0
}

/// Breaches of a result against the plan that it came from.
pub(crate) fn check_apply(schema: &Schema, planned: &Value, new: &Value) -> Diagnostics {
    let mut breaches = Breaches::default();
    compatible(planned, new, &AttributePath::default(), &mut breaches);
    let mut stored = new.clone();
    crate::plan::null_write_only(schema, &mut stored);
    breaches.unless(&stored == new, &AttributePath::default(), "a write-only attribute would be stored");
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

fn attributes(
    schema: &BTreeMap<String, Attribute>,
    [config, prior, planned]: [&Value; 3],
    path: &AttributePath,
    breaches: &mut Breaches,
) {
    for (name, attribute) in schema {
        let sides = [config.get(name), prior.get(name), planned.get(name)];
        valid(attribute, sides, &path.attribute(name), breaches);
    }
}

fn valid(attribute: &Attribute, sides: [&Value; 3], path: &AttributePath, breaches: &mut Breaches) {
    let [config, prior, planned] = sides;
    if attribute.write_only {
        breaches.unless(planned.is_null(), path, "a write-only attribute is planned to be stored");
        return;
    }
    let suppressed = !prior.is_null() && !config.is_null() && planned == prior;
    let provided = attribute.computed && (config.is_null() || !attribute.optional);
    if planned == config || suppressed || provided {
        return;
    }
    let Shape::Nested(nested) = &attribute.shape else {
        breaches.unless(false, path, "planned is neither what is configured nor what was there before");
        return;
    };
    breaches.unless(!planned.is_unknown(), path, "a configured object is planned to be unknown");
    match (nested.nesting, config, planned) {
        (Nesting::Single, Value::Map(_), Value::Map(_)) => {
            attributes(&nested.attributes, sides, path, breaches);
        }
        (Nesting::Map, Value::Map(configured), Value::Map(entries)) => {
            let same = configured.keys().eq(entries.keys());
            breaches.unless(same, path, "other keys are planned than are configured");
            for key in entries.keys() {
                let sides = [config.get(key), prior.get(key), planned.get(key)];
                attributes(&nested.attributes, sides, &path.key(key), breaches);
            }
        }
        (Nesting::List, Value::List(configured), Value::List(items)) => {
            let same = configured.len() == items.len();
            breaches.unless(same, path, "another number of objects is planned than is configured");
            for (index, planned) in items.iter().enumerate() {
                let sides = [walk::item(config, index), walk::item(prior, index), planned];
                attributes(&nested.attributes, sides, &path.index(index), breaches);
            }
        }
        (Nesting::Set, Value::Set(configured), Value::Set(items)) => {
            let same = configured.len() == items.len();
            breaches.unless(same, path, "another number of objects is planned than is configured");
        }
        _ => breaches.unless(false, path, "a configured object appears or vanishes in the plan"),
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
        (Value::Dynamic(planned), Value::Dynamic(new)) => {
            compatible(&planned.value, &new.value, path, breaches);
        }
        _ => breaches.unless(planned == new, path, "differs from what was planned"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            expect(&check_apply(&schema(), &planned, &new), expected);
        }
    }
}
