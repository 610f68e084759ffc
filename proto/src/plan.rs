//! The plan pipeline: from configuration, prior state and core's proposal to what is planned.
//!
//! The steps and their order are those of Terraform's own framework, as they are the proven way to satisfy
//! core: defaults; nothing for write-only attributes; the prior value where the new one means the same; and,
//! only if anything changed, "known after apply" for what the provider computes. The resource's own `plan`
//! comes after that, and what must be replaced is found last.
//! <https://developer.hashicorp.com/terraform/plugin/framework/resources/plan-modification>

use crate::schema::{Attribute, Schema};
use crate::walk;
use crate::{AttributePath, Diagnostic, Diagnostics, Result, Value};

/// What is planned before the resource itself has had a say.
pub(crate) fn prepare(schema: &Schema, config: &Value, prior: &Value, proposed: Value) -> Value {
    let mut planned = proposed;
    adopt_unknowns(config, &mut planned);
    walk::block(&schema.block, [config, prior], &mut planned, &mut settle);
    if &planned != prior {
        walk::block(&schema.block, [config, prior], &mut planned, &mut mark_unknown);
    }
    planned
}

/// Nulls what must never be stored.
pub(crate) fn null_write_only(schema: &Schema, value: &mut Value) {
    walk::block(&schema.block, [], value, &mut |attribute, [], value| {
        if attribute.write_only {
            *value = Value::Null;
        }
        true
    });
}

/// Writes what was read or reached in the words of the state or plan before it, wherever it means the same.
pub(crate) fn keep_spelling(schema: &Schema, before: &Value, value: &mut Value) {
    walk::block(&schema.block, [before], value, &mut |attribute, [before], value| {
        if means_the_same(attribute, value, before) {
            *value = before.clone();
        }
        true
    });
}

/// The attributes whose change needs a new object.
pub(crate) fn replacements(schema: &Schema, prior: &Value, planned: &Value) -> Vec<AttributePath> {
    if prior.is_null() {
        return Vec::new();
    }
    let changed = |name: &str| {
        let (planned, prior) = (planned.get(name), prior.get(name));
        planned != prior && !(planned.is_null() && prior.is_null())
    };
    let replaced =
        schema.block.attributes.iter().filter(|(name, attribute)| attribute.replace && changed(name));
    replaced.map(|(name, _)| AttributePath::of(name)).collect()
}

/// What is wrong with a configuration: first by the schema, and then by `check`, because a value that the schema
/// refuses has no place in the author's struct either.
pub(crate) fn validate(
    schema: &Schema,
    config: &Value,
    check: impl FnOnce(&Value) -> Result<Diagnostics>,
) -> Result<Diagnostics> {
    let mut diagnostics = objections(schema, config);
    if !diagnostics.has_errors() {
        diagnostics.extend(check(config)?);
    }
    Ok(diagnostics)
}

/// What is wrong with the values of a configuration, as far as they are known.
fn objections(schema: &Schema, config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    walk::values(&schema.block, config, &mut |attribute, path, value| {
        // Core finds this by itself for the attributes of the block, but not for those of nested objects.
        if attribute.computed && !attribute.optional {
            let detail = format!("{path} is set by the provider and is there to be read. Remove it.");
            diagnostics.push(Diagnostic::error(format!("{path} is read-only"), detail).at(path.clone()));
        } else if value.is_wholly_known() {
            for objection in attribute.objections(value) {
                let summary = format!("Invalid value for {path}");
                diagnostics.push(Diagnostic::error(summary, objection).at(path.clone()));
            }
        }
    });
    diagnostics
}

/// Puts back the unknowns of the configuration where core proposes what was there before: it does so for an
/// element of a collection of objects whose counterpart in the prior state is known.
fn adopt_unknowns(config: &Value, planned: &mut Value) {
    match (config, planned) {
        (Value::Unknown(_), planned) => planned.clone_from(config),
        (Value::Map(config), Value::Map(planned)) => {
            for (key, planned) in planned {
                if let Some(config) = config.get(key) {
                    adopt_unknowns(config, planned);
                }
            }
        }
        (Value::List(config), Value::List(planned)) => {
            for (config, planned) in config.iter().zip(planned) {
                adopt_unknowns(config, planned);
            }
        }
        _ => {}
    }
}

/// Goes on inside only of what configuration sets: the rest has no counterpart there.
fn settle(attribute: &Attribute, [config, prior]: [&Value; 2], planned: &mut Value) -> bool {
    if attribute.write_only {
        *planned = Value::Null;
    } else if config.is_null() {
        if let Some(default) = &attribute.default {
            planned.clone_from(default);
        }
    } else if means_the_same(attribute, config, prior) {
        planned.clone_from(prior);
    }
    !config.is_null()
}

fn mark_unknown(attribute: &Attribute, [config, prior]: [&Value; 2], planned: &mut Value) -> bool {
    if attribute.computed && config.is_null() && attribute.default.is_none() {
        *planned = if attribute.keep && !prior.is_null() { prior.clone() } else { Value::UNKNOWN };
    }
    !config.is_null()
}

fn means_the_same(attribute: &Attribute, new: &Value, before: &Value) -> bool {
    let comparable = |value: &Value| !value.is_null() && value.is_wholly_known();
    let same = attribute.same.as_ref().filter(|_| comparable(new) && comparable(before) && new != before);
    same.is_some_and(|same| same(before, new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Nesting;

    fn schema() -> Schema {
        let same =
            |a: &Value, b: &Value| a.as_str().map(str::to_lowercase) == b.as_str().map(str::to_lowercase);
        let part = [
            ("on", Attribute::bool().optional().default(true)),
            ("state", Attribute::string().computed()),
            ("tag", Attribute::string().optional().same_if(same)),
        ];
        Schema::new("Test.")
            .attribute("id", Attribute::string().computed().keep())
            .attribute("name", Attribute::string().required().replace().same_if(same))
            .attribute("tier", Attribute::string().optional().default("Standard"))
            .attribute("status", Attribute::string().computed())
            .attribute("secret", Attribute::string().optional().write_only())
            .attribute("parts", Attribute::nested(Nesting::Map, part).optional())
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        let names = ["id", "name", "tier", "status", "secret", "parts"];
        let value =
            |name: &str| entries.iter().find(|(n, _)| *n == name).map_or(Value::Null, |(_, v)| v.clone());
        names.into_iter().map(|name| (name, value(name))).collect()
    }

    fn part(on: Value, state: Value, tag: &str) -> Value {
        let part = Value::from_iter([("on", on), ("state", state), ("tag", tag.into())]);
        Value::from_iter([("p", part)])
    }

    #[test]
    fn creation_fills_defaults_and_leaves_the_rest_for_apply() {
        let config = object(&[
            ("name", "n".into()),
            ("secret", "s".into()),
            ("parts", part(Value::Null, Value::Null, "T")),
        ]);
        let planned = prepare(&schema(), &config, &Value::Null, config.clone());
        assert_eq!(
            planned,
            object(&[
                ("id", Value::UNKNOWN),
                ("name", "n".into()),
                ("tier", "Standard".into()),
                ("status", Value::UNKNOWN),
                ("parts", part(true.into(), Value::UNKNOWN, "T")),
            ])
        );
        assert!(replacements(&schema(), &Value::Null, &planned).is_empty());
    }

    fn prior() -> Value {
        object(&[
            ("id", "i".into()),
            ("name", "n".into()),
            ("tier", "Standard".into()),
            ("status", "ok".into()),
            ("parts", part(true.into(), "on".into(), "t")),
        ])
    }

    #[test]
    fn what_only_is_written_differently_is_no_change() {
        let config = object(&[("name", "N".into()), ("parts", part(Value::Null, Value::Null, "T"))]);
        let proposed = object(&[
            ("id", "i".into()),
            ("name", "N".into()),
            ("tier", Value::Null),
            ("status", "ok".into()),
            ("parts", part(Value::Null, "on".into(), "T")),
        ]);
        assert_eq!(prepare(&schema(), &config, &prior(), proposed), prior());
    }

    #[test]
    fn a_change_makes_computed_values_unknown_but_for_those_that_are_kept() {
        let config = object(&[
            ("name", "m".into()),
            ("tier", "Free".into()),
            ("parts", part(false.into(), Value::Null, "t")),
        ]);
        let mut proposed = prior();
        if let Value::Map(entries) = &mut proposed {
            entries.insert("tier".into(), "Free".into());
            entries.insert("name".into(), "m".into());
            entries.insert("parts".into(), part(false.into(), "on".into(), "t"));
        }
        let planned = prepare(&schema(), &config, &prior(), proposed);
        assert_eq!(planned.get("id"), &"i".into());
        assert_eq!(planned.get("status"), &Value::UNKNOWN);
        assert_eq!(planned.get("parts"), &part(false.into(), Value::UNKNOWN, "t"));
        assert_eq!(replacements(&schema(), &prior(), &planned), [AttributePath::of("name")]);
    }

    #[test]
    fn unknown_values_are_not_judged() {
        let schema = Schema::new("Test.")
            .attribute("size", Attribute::string().optional().one_of(&["small", "large"]));
        let problems = |value: Value| objections(&schema, &Value::from_iter([("size", value)])).to_string();
        assert_eq!(problems(Value::UNKNOWN), "");
        assert_eq!(problems("small".into()), "");
        assert_eq!(
            problems("Small".into()),
            r#"size: Invalid value for size: "Small" is not one of the allowed values: "small", "large"."#
        );
    }

    #[test]
    fn a_sensitive_value_is_not_repeated() {
        for attribute in [
            Attribute::string().optional().one_of(&["small"]).sensitive(),
            Attribute::string().optional().sensitive().one_of(&["small"]),
        ] {
            let schema = Schema::new("Test.").attribute("size", attribute);
            let problems = objections(&schema, &Value::from_iter([("size", Value::from("hunter2"))]));
            assert!(problems.to_string().contains("The value is not one of"), "{problems}");
            assert!(!problems.to_string().contains("hunter2"), "{problems}");
        }
    }

    #[test]
    fn whole_numbers_are_asked_for() {
        let schema = Schema::new("Test.").attribute("n", Attribute::integer().optional());
        let number = |text: &str| Value::Number(crate::value::Number::parse(text).unwrap());
        for (value, expected) in [
            (number("3"), ""),
            (number("3.0"), ""),
            (number("1.5"), "n: Invalid value for n: A whole number is required."),
            (number("1e30"), "n: Invalid value for n: A whole number is required."),
            (Value::UNKNOWN, ""),
        ] {
            assert_eq!(objections(&schema, &Value::from_iter([("n", value)])).to_string(), expected);
        }
    }

    /// Core proposes the prior object for an element that configuration does not know yet.
    #[test]
    fn an_element_that_is_not_known_yet_is_planned_as_such() {
        let refined = || Value::Unknown(crate::value::Unknown::refined(b"\x81\x01\xc2"));
        let config = object(&[("name", "n".into()), ("parts", Value::from_iter([("p", refined())]))]);
        let planned = prepare(&schema(), &config, &prior(), prior());
        assert_eq!(planned.get("parts"), &Value::from_iter([("p", refined())]));
        assert_eq!(planned.get("status"), &Value::UNKNOWN, "something may change");

        let config = object(&[("name", "n".into()), ("parts", refined())]);
        assert_eq!(prepare(&schema(), &config, &prior(), prior()).get("parts"), &refined());
    }

    #[test]
    fn what_was_reached_keeps_the_spelling_of_the_plan() {
        let planned = object(&[("name", "N".into()), ("parts", part(true.into(), Value::UNKNOWN, "T"))]);
        let mut new = object(&[("name", "n".into()), ("parts", part(true.into(), "on".into(), "t"))]);
        keep_spelling(&schema(), &planned, &mut new);
        let kept = object(&[("name", "N".into()), ("parts", part(true.into(), "on".into(), "T"))]);
        assert_eq!(new, kept);
    }

    #[test]
    fn what_the_provider_says_is_not_for_the_user_to_set() {
        let config = object(&[("name", "n".into()), ("parts", part(true.into(), "mine".into(), "t"))]);
        let problems = objections(&schema(), &config).to_string();
        assert!(problems.contains(r#"parts["p"].state is read-only"#), "{problems}");
        let config = object(&[("name", "n".into()), ("parts", part(true.into(), Value::Null, "t"))]);
        assert_eq!(objections(&schema(), &config).to_string(), "");
    }

    #[test]
    fn null_is_null_whatever_its_type() {
        use crate::value::Dynamic;
        use crate::{AnyValue, Type};

        let any = || Attribute::of(Type::Dynamic).optional();
        let schema = Schema::new("Test.")
            .attribute("any", any().replace().same_if(Value::means))
            .attribute("maybe", any().computed())
            .attribute("usual", any().default(AnyValue::from_json(&true.into())));
        let typed = |value: Value| Value::Dynamic(Box::new(Dynamic::new(Type::list(Type::String), value)));
        let all = |any: Value, maybe: Value, usual: Value| {
            Value::from_iter([("any", any), ("maybe", maybe), ("usual", usual)])
        };
        let usual = || AnyValue::from_json(&true.into()).into();
        let config = all(typed(Value::Null), typed(Value::Null), typed(Value::Null));
        let prior = all(Value::Null, typed(Value::List(vec![])), usual());
        let planned = prepare(&schema, &config, &prior, config.clone());
        assert_eq!(planned, all(typed(Value::Null), Value::UNKNOWN, usual()));
        assert_eq!(replacements(&schema, &prior, &planned), []);

        let tuple: Value = AnyValue::from_json(&serde_json::json!(["a"])).into();
        let config = all(typed(Value::List(vec!["a".into()])), Value::Null, Value::Null);
        let prior = all(tuple, Value::Null, usual());
        let planned =
            prepare(&schema, &config, &prior, all(config.get("any").clone(), Value::Null, Value::Null));
        assert_eq!(planned, prior, "a list and a tuple of the same elements");
    }
}
