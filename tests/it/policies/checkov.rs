//! The Checkov policies, judged as Checkov 3.3 judges them; that one said the same of the same plans when they were written.
//! It takes too long to install for a test.
//! <https://www.checkov.io/3.Custom%20Policies/YAML%20Custom%20Policies.html>

use super::{Value, texts};
use crate::shared::process::Failure;

/// The policies, sorted by id.
pub(super) struct Pack(Vec<Value>);

impl Pack {
    pub(super) fn read() -> Result<Self, Failure> {
        let read = |(name, text): (String, String)| {
            serde_saphyr::from_str::<Value>(&text).map_err(Failure::of(format!("read {name}")))
        };
        let mut policies = texts("checkov")?.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        policies.sort_by_key(id);
        Ok(Self(policies))
    }

    /// The ids with the names.
    pub(super) fn controls(&self) -> Vec<(String, String)> {
        let name = |policy: &Value| policy["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        self.0.iter().map(|policy| (id(policy), name(policy))).collect()
    }

    /// The ids of what a resource of the plan fails.
    pub(super) fn failed(&self, plan: &Value) -> Vec<String> {
        let resources = plan["planned_values"]["root_module"]["resources"].as_array();
        let resources: Vec<&Value> = resources.into_iter().flatten().collect();
        let fails = |policy: &&Value| {
            resources.iter().any(|resource| {
                is_about(&policy["definition"], resource)
                    && !holds(&policy["definition"], &resource["values"])
            })
        };
        self.0.iter().filter(fails).map(id).collect()
    }
}

fn id(policy: &Value) -> String {
    policy["metadata"]["id"].as_str().unwrap_or_default().to_owned()
}

/// The parts of a definition that is put together, and whether all of them must hold.
fn parts(definition: &Value) -> Option<(&Vec<Value>, bool)> {
    let and = definition["and"].as_array().map(|parts| (parts, true));
    and.or_else(|| Some((definition["or"].as_array()?, false)))
}

fn is_about(definition: &Value, resource: &Value) -> bool {
    match parts(definition) {
        Some((parts, _)) => parts.iter().any(|part| is_about(part, resource)),
        None => {
            definition["resource_types"].as_array().is_some_and(|types| types.contains(&resource["type"]))
        }
    }
}

fn holds(definition: &Value, values: &Value) -> bool {
    match parts(definition) {
        Some((parts, true)) => parts.iter().all(|part| holds(part, values)),
        Some((parts, false)) => parts.iter().any(|part| holds(part, values)),
        None => condition(definition, values),
    }
}

fn condition(condition: &Value, values: &Value) -> bool {
    assert_eq!(condition["cond_type"], "attribute", "{condition}");
    let path = condition["attribute"].as_str().expect("an attribute");
    let found = path.split('.').fold(values, |value, part| &value[part]);
    let wanted = &condition["value"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    match condition["operator"].as_str().expect("an operator") {
        "exists" => !found.is_null(),
        "not_exists" => found.is_null(),
        "equals" => found == wanted,
        "not_equals" => found != wanted,
        "not_equals_ignore_case" => text(found) != text(wanted),
        "within" => wanted.as_array().expect("a list").contains(found),
        "contains" => found.as_array().is_some_and(|items| items.contains(wanted)),
        "is_not_empty" => {
            found.as_array().is_some_and(|items| !items.is_empty())
                || found.as_str().is_some_and(|text| !text.is_empty())
        }
        "regex_match" => {
            let pattern = wanted.as_str().and_then(|pattern| pattern.strip_prefix("(?i)"));
            text(found).contains(pattern.expect("letter case does not matter"))
        }
        other => panic!("{other} is not known here: {condition}"),
    }
}
