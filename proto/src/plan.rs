//! The plan pipeline: from configuration, prior state and core's proposal to what is planned.
//!
//! The steps and their order are those of Terraform's own framework, as they are the proven way to satisfy
//! core: defaults; nothing for write-only attributes; the prior value where the new one means the same; and,
//! only if anything changed, "known after apply" for what the provider computes. The resource's own `plan`
//! comes after that, and what must be replaced is found last.
//! <https://developer.hashicorp.com/terraform/plugin/framework/resources/plan-modification>

use crate::schema::{Attribute, Schema};
use crate::walk::{self, Sides};
use crate::{AttributePath, Diagnostic, Diagnostics, Value};

/// What is planned before the resource itself has had a say.
pub(crate) fn prepare(schema: &Schema, config: &Value, prior: &Value, proposed: Value) -> Value {
    let mut planned = proposed;
    let sides = Sides { config, prior, planned: &mut planned };
    walk::block(&schema.block, sides, &mut settle);
    if &planned != prior {
        let sides = Sides { config, prior, planned: &mut planned };
        walk::block(&schema.block, sides, &mut mark_unknown);
    }
    planned
}

/// Nulls what must never be stored.
pub(crate) fn null_write_only(schema: &Schema, value: &mut Value) {
    let config = value.clone();
    let sides = Sides { config: &config, prior: &Value::Null, planned: value };
    walk::block(&schema.block, sides, &mut |attribute, sides| {
        if attribute.write_only {
            *sides.planned = Value::Null;
        }
    });
}

/// Writes what was read in the words of the state, wherever it means the same.
pub(crate) fn keep_spelling(schema: &Schema, prior: &Value, value: &mut Value) {
    let config = value.clone();
    let sides = Sides { config: &config, prior, planned: value };
    walk::block(&schema.block, sides, &mut |attribute, sides| {
        if means_the_same(attribute, sides.config, sides.prior) {
            *sides.planned = sides.prior.clone();
        }
    });
}

/// The attributes whose change needs a new object.
pub(crate) fn replacements(schema: &Schema, prior: &Value, planned: &Value) -> Vec<AttributePath> {
    if prior.is_null() {
        return Vec::new();
    }
    let changed = |name: &str| planned.get(name) != prior.get(name);
    let replaced =
        schema.block.attributes.iter().filter(|(name, attribute)| attribute.replace && changed(name));
    replaced.map(|(name, _)| AttributePath::of(name)).collect()
}

/// What is wrong with the values of a configuration, as far as they are known.
pub(crate) fn validate(schema: &Schema, config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    walk::values(&schema.block, config, &AttributePath::default(), &mut |attribute, path, value| {
        // Core finds this by itself for the attributes of the block, but not for those of nested objects.
        if attribute.computed && !attribute.optional && !value.is_null() {
            let detail = format!("{path} is set by the provider and is there to be read. Remove it.");
            diagnostics.push(Diagnostic::error(format!("{path} is read-only"), detail).at(path));
            return;
        }
        if !value.is_wholly_known() {
            return;
        }
        for check in &attribute.checks {
            if let Err(problem) = check(value) {
                diagnostics
                    .push(Diagnostic::error(format!("Invalid value for {path}"), problem).at(path.clone()));
            }
        }
    });
    diagnostics
}

fn settle(attribute: &Attribute, sides: Sides<'_>) {
    let Sides { config, prior, planned } = sides;
    if attribute.write_only {
        *planned = Value::Null;
    } else if config.is_null() {
        if let Some(default) = &attribute.default {
            planned.clone_from(default);
        }
    } else if means_the_same(attribute, config, prior) {
        *planned = prior.clone();
    }
}

fn mark_unknown(attribute: &Attribute, sides: Sides<'_>) {
    let Sides { config, prior, planned } = sides;
    if attribute.computed && config.is_null() && attribute.default.is_none() {
        *planned = if attribute.keep && !prior.is_null() { prior.clone() } else { Value::UNKNOWN };
    }
}

fn means_the_same(attribute: &Attribute, new: &Value, prior: &Value) -> bool {
    let comparable = !new.is_null() && !prior.is_null() && new.is_wholly_known() && new != prior;
    comparable && attribute.same.as_ref().is_some_and(|same| same(prior, new))
}

impl From<String> for AttributePath {
    fn from(attribute: String) -> Self {
        Self::of(attribute)
    }
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
        let problems = |value: Value| validate(&schema, &Value::from_iter([("size", value)])).to_string();
        assert_eq!(problems(Value::UNKNOWN), "");
        assert_eq!(problems("small".into()), "");
        assert_eq!(
            problems("Small".into()),
            r#"size: Invalid value for size: "Small" is not one of the allowed values: "small", "large"."#
        );
    }
    #[test]
    fn what_the_provider_says_is_not_for_the_user_to_set() {
        let config = object(&[("name", "n".into()), ("parts", part(true.into(), "mine".into(), "t"))]);
        let problems = validate(&schema(), &config).to_string();
        assert!(problems.contains(r#"parts["p"].state is read-only"#), "{problems}");
        let config = object(&[("name", "n".into()), ("parts", part(true.into(), Value::Null, "t"))]);
        assert_eq!(validate(&schema(), &config).to_string(), "");
    }
}
