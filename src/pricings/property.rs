//! Properties of extensions: untyped text to Azure, with meaning to people.

use serde_json::Value;

/// A property's value as text; nothing for null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

/// Whether two texts mean the same to Azure: letter case does not count. Where both are JSON it counts inside
/// values, which are tags and paths, but not in keys; nor do white space, the order of keys, and quotes around
/// numbers.
///
/// Azure itself reports `"True"` for `true`, `"5000"` for `5000`, and `Key` for `key` inside `ExclusionTags`.
/// <https://learn.microsoft.com/rest/api/defenderforcloud/pricings/get?view=rest-defenderforcloud-2024-01-01>
pub fn same_value(a: &str, b: &str) -> bool {
    match (structure(a), structure(b)) {
        (Some(a), Some(b)) => same_json(&a, &b),
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// The array or object that a text encodes.
fn structure(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    (value.is_array() || value.is_object()).then_some(value)
}

fn same_json(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let counterpart = |name: &str| b.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            a.len() == b.len()
                && a.iter().all(|(name, a)| counterpart(name).is_some_and(|(_, b)| same_json(a, b)))
        }
        _ => text(a) == text(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_azure_means_them() {
        for (a, b, expected) in [
            ("5000", "5000", true),
            ("True", "true", true),
            ("[]", "[ ]", true),
            (r#"[{"key":"A","value":"1"}]"#, r#"[{"Value":1,"Key":"A"}]"#, true),
            (r#"[{"key":"A","value":"B"}]"#, r#"[{"Key":"A","Value":"b"}]"#, false),
            (r#"[{"key":"A"},{"key":"B"}]"#, r#"[{"key":"B"},{"key":"A"}]"#, false),
            ("[]", "{}", false),
            ("5000", "500", false),
            ("[", "[ ", false),
        ] {
            assert_eq!(same_value(a, b), expected, "{a} and {b}");
            assert_eq!(same_value(b, a), expected, "{b} and {a}");
        }
    }
}
