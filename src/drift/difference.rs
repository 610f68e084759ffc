//! Where two values of a resource differ, attribute by attribute.

use serde_json::{Map, Value};

use super::finding::Shown;
use super::printable::printable;

/// One side: values, and which of them are sensitive, in the same shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'a> {
    pub(super) value: &'a Value,
    pub(super) sensitive: &'a Value,
}

/// An attribute that differs.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    /// Its steps; indexes in brackets. Not yet printable.
    pub(super) path: Vec<String>,
    pub(super) expected: Side<'a>,
    pub(super) actual: Side<'a>,
}

const NULL: &Value = &Value::Null;
const SENSITIVE: &Value = &Value::Bool(true);

impl Side<'_> {
    /// What may be shown of it.
    pub(super) fn shown(self) -> Shown {
        if holds_true(self.sensitive) {
            return Shown::Sensitive;
        }
        match (self.value, self.value.as_str()) {
            (Value::Null, _) => Shown::Absent,
            (_, Some(text)) => Shown::Text(printable(text)),
            (value, None) => Shown::Text(printable(&value.to_string())),
        }
    }
}

impl Side<'_> {
    fn step(self, name: &str) -> Self {
        Self {
            value: self.value.get(name).unwrap_or(NULL),
            sensitive: below(self.sensitive, |value| value.get(name)),
        }
    }

    fn item(self, index: usize) -> Self {
        Self {
            value: self.value.get(index).unwrap_or(NULL),
            sensitive: below(self.sensitive, |value| value.get(index)),
        }
    }
}

/// What differs. `unknown` has, in the shape of the values, `true` where a value is known after apply only: what is not
/// known is no difference.
pub(super) fn differences<'a>(expected: Side<'a>, actual: Side<'a>, unknown: &Value) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    compare(&mut Vec::new(), expected, actual, unknown, &mut found);
    found
}

fn compare<'a>(
    path: &mut Vec<String>,
    expected: Side<'a>,
    actual: Side<'a>,
    unknown: &Value,
    found: &mut Vec<Difference<'a>>,
) {
    if *unknown == Value::Bool(true) || expected.value == actual.value {
        return;
    }
    match (expected.value, actual.value) {
        (Value::Object(one), other) | (other, Value::Object(one)) if are_maps(one, other) => {
            let further = other.as_object().into_iter().flat_map(Map::keys);
            for name in one.keys().chain(further.filter(|name| !one.contains_key(*name))) {
                path.push(step(name));
                let unknown = unknown.get(name).unwrap_or(NULL);
                compare(path, expected.step(name), actual.step(name), unknown, found);
                path.pop();
            }
        }
        (Value::Array(one), Value::Array(other)) if are_alike(one, other) => {
            for index in 0..one.len() {
                path.push(format!("[{index}]"));
                let unknown = unknown.get(index).unwrap_or(NULL);
                compare(path, expected.item(index), actual.item(index), unknown, found);
                path.pop();
            }
        }
        _ => found.push(Difference { path: path.clone(), expected, actual }),
    }
}

/// Objects are compared field by field; of a map of objects that is not there, each entry is missing.
fn are_maps(one: &Map<String, Value>, other: &Value) -> bool {
    let entries = !one.is_empty() && one.values().all(Value::is_object);
    other.is_object() || (other.is_null() && entries)
}

/// Lists of objects of the same length can be compared item by item; of others, as of sets of texts, the whole is told.
fn are_alike(one: &[Value], other: &[Value]) -> bool {
    one.len() == other.len() && one.iter().chain(other).all(Value::is_object)
}

/// A name as it stands in a path: in quotes where dots or brackets could be taken for more steps.
fn step(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-".contains(c);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("[{name:?}]") }
}

fn below<'a>(sensitive: &'a Value, get: impl Fn(&'a Value) -> Option<&'a Value>) -> &'a Value {
    if *sensitive == Value::Bool(true) { SENSITIVE } else { get(sensitive).unwrap_or(NULL) }
}

/// Whether anything in it is sensitive.
pub(super) fn holds_true(sensitive: &Value) -> bool {
    match sensitive {
        Value::Bool(is) => *is,
        Value::Array(items) => items.iter().any(holds_true),
        Value::Object(fields) => fields.values().any(holds_true),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::drift::finding::joined;

    fn told(expected: &Value, actual: &Value, unknown: &Value, sensitive: &Value) -> Vec<String> {
        let side = |value| Side { value, sensitive };
        let found = differences(side(expected), side(actual), unknown);
        let told = |one: &Difference<'_>| {
            format!("{}: {} {}", joined(&one.path), one.expected.shown(), one.actual.shown())
        };
        found.iter().map(told).collect()
    }

    #[test]
    fn attributes_are_told_one_by_one() {
        for (expected, actual, unknown, told_of) in [
            (json!({"a": 1, "b": null}), json!({"a": 1}), json!({}), vec![]),
            (json!({"tier": "Standard"}), json!({"tier": "Free"}), json!({}), vec!["tier: Standard Free"]),
            (json!({"a": null}), json!({"a": "x"}), json!({"a": true}), vec![]),
            (
                json!({"e": {"A": {"on": true}}}),
                json!({"e": {"A": {"on": false}}}),
                json!({}),
                vec!["e.A.on: true false"],
            ),
            (json!({"e": {"A.b": {}}}), json!({"e": {}}), json!({}), vec!["e[\"A.b\"]: {} (none)"]),
            (json!({"e": {"A": {"x": 1}}}), json!({"e": null}), json!({}), vec!["e.A: {\"x\":1} (none)"]),
            (json!({"i": null}), json!({"i": {"x": 1}}), json!({}), vec!["i: (none) {\"x\":1}"]),
            (json!({"l": ["a"]}), json!({"l": ["b"]}), json!({}), vec!["l: [\"a\"] [\"b\"]"]),
            (
                json!({"l": [{"m": 1}]}),
                json!({"l": [{"m": 2, "n": 3}]}),
                json!({"l": [{"n": true}]}),
                vec!["l[0].m: 1 2"],
            ),
            (json!({"l": [{}]}), json!({"l": [{}, {}]}), json!({}), vec!["l: [{}] [{},{}]"]),
            (json!({"t": ""}), json!({"t": "\u{7}"}), json!({}), vec!["t: \"\" \\u{7}"]),
        ] {
            assert_eq!(told(&expected, &actual, &unknown, &json!({})), told_of, "{expected} {actual}");
        }
    }

    #[test]
    fn sensitive_values_are_compared_and_not_shown() {
        let (expected, actual) = (json!({"a": {"b": "one"}}), json!({"a": {"b": "two"}}));
        for sensitive in [json!(true), json!({"a": true}), json!({"a": {"b": true}})] {
            let told = told(&expected, &actual, &json!({}), &sensitive);
            assert_eq!(told, ["a.b: (sensitive) (sensitive)"], "{sensitive}");
        }
        let (expected, actual) = (json!({"a": ["x", "y"]}), json!({"a": ["x"]}));
        let told = told(&expected, &actual, &json!({}), &json!({"a": [false, true]}));
        assert_eq!(told, ["a: (sensitive) (sensitive)"]);
    }
}
