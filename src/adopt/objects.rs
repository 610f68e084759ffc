//! All that is not a plan: found as `terraform query` finds it, read as an import reads it.

use tfplugin_protocol::provider::{Found, Object as Adopted};
use tfplugin_protocol::value::Dynamic;
use tfplugin_protocol::{Diagnostics, Value};

use super::estate::{Failed, Holding, Object};
use super::hcl::{Expression, text};
use super::kinds::Kind;

/// Attributes that stand first: where it is, and what.
const FIRST: [&str; 4] = ["scope", "storage_account_id", "name", "policy_definition_id"];

/// Sorts what was found into what is written, what is off and not written, and what could not be read.
pub(super) fn take(holding: &mut Holding, kind: Kind, found: Vec<Found>, include_off: bool) -> Vec<Failed> {
    let (mut objects, mut failures) = (Vec::new(), Vec::new());
    for Found { display_name, object } in found {
        match object {
            Ok(adopted) if !include_off && is_off(kind, &adopted.state) => {
                holding.off.entry(kind).or_default().push(label(kind, &adopted.state));
            }
            Ok(adopted) => objects.push(written(kind, adopted)),
            Err(problems) => {
                failures.push(Failed::at(&holding.scope, &called(kind, &display_name), problems));
            }
        }
    }
    objects.sort_by(|one, other| (&one.label, &one.id).cmp(&(&other.label, &other.id)));
    holding.objects.extend(objects);
    if let Some(off) = holding.off.get_mut(&kind) {
        off.sort();
    }
    failures
}

/// What people call an object. Assignments have names of the users' choice, all others say what they are.
fn called(kind: Kind, display_name: &str) -> String {
    if kind == Kind::Assignments {
        return format!("the policy assignment {display_name:?}");
    }
    format!("the {display_name}")
}

/// What a listing said that it left out.
pub(super) fn left_out(holding: &Holding, kind: Kind, warnings: Diagnostics) -> Option<Failed> {
    let what = format!("some {}", kind.many());
    (!warnings.is_empty()).then(|| Failed::at(&holding.scope, &what, warnings))
}

/// Settings are off in a new subscription. All other kinds are there only where somebody has set them.
fn is_off(kind: Kind, state: &Value) -> bool {
    kind == Kind::Settings && *state.get("enabled") == Value::Bool(false)
}

fn label(kind: Kind, state: &Value) -> String {
    let text = |name: &str| state.get(name).as_str().filter(|text| !text.is_empty());
    let label = match kind {
        Kind::Settings | Kind::Plans => text("name"),
        Kind::Storage => text("storage_account_id").and_then(|id| id.rsplit('/').next()),
        Kind::Assignments => text("display_name").or_else(|| text("name")),
        Kind::Contacts | Kind::Workspaces | Kind::Assessments => None,
    };
    label.unwrap_or_default().to_owned()
}

fn written(kind: Kind, Adopted { state, configuration }: Adopted) -> Object {
    let id = state.get("id").as_str().unwrap_or_default().to_owned();
    let mut body = body(&configuration);
    // Without an identity there is nobody to have roles.
    if kind == Kind::Assignments && state.get("identity").is_null() {
        body.retain(|(name, _)| name != "role_definition_ids");
    }
    Object { kind, label: label(kind, &state), id, body }
}

/// What is set, in the order in which people read it.
fn body(configuration: &Value) -> Vec<(String, Expression)> {
    let mut body = entries(configuration);
    body.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    body
}

/// The entries of an object of the schema, short ones first; what is null is not set.
fn entries(object: &Value) -> Vec<(String, Expression)> {
    let entries = object.as_map().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let mut entries: Vec<_> = entries.map(|(name, value)| (name.clone(), expression(value))).collect();
    entries.sort_by_key(|(_, value)| value.is_long());
    entries
}

fn expression(value: &Value) -> Expression {
    match value {
        Value::Dynamic(dynamic) => {
            let Dynamic { value, .. } = &**dynamic;
            anything(value)
        }
        Value::Map(_) => Expression::Object(entries(value)),
        Value::List(items) | Value::Set(items) => Expression::List(items.iter().map(expression).collect()),
        plain @ (Value::Null | Value::Unknown(_) | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            anything(plain)
        }
    }
}

/// A value whose type is the user's choice: a null means something there.
fn anything(value: &Value) -> Expression {
    match value {
        Value::Null | Value::Unknown(_) => Expression::Word("null".to_owned()),
        Value::Bool(flag) => Expression::Word(flag.to_string()),
        Value::Number(number) => Expression::Word(number.to_string()),
        Value::String(string) => text(string.as_str()),
        Value::List(items) | Value::Set(items) => Expression::List(items.iter().map(anything).collect()),
        Value::Map(entries) => {
            Expression::Object(entries.iter().map(|(name, value)| (name.clone(), anything(value))).collect())
        }
        Value::Dynamic(dynamic) => anything(&dynamic.value),
    }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::{AnyValue, Type};

    use super::*;
    use crate::adopt::hcl::block;

    #[test]
    fn unset_attributes_are_left_out_and_nulls_of_the_user_are_not() {
        let any = AnyValue::from_json(&serde_json::json!({"a b": [1, "${x}", null], "c": null}));
        let ty = Type::object([("metadata".to_owned(), Type::Dynamic)]);
        let metadata =
            tfplugin_protocol::model::to_value(&std::collections::BTreeMap::from([("metadata", any)]), &ty)
                .unwrap();
        let selector = Value::from_iter([("kind", Value::from("k")), ("in", Value::List(vec!["x".into()]))]);
        let configuration = Value::from_iter([
            ("description", Value::Null),
            ("metadata", metadata.get("metadata").clone()),
            ("name", "n".into()),
            ("not_scopes", Value::List(Vec::new())),
            ("overrides", Value::List(vec![selector])),
            ("scope", "/s".into()),
        ]);
        let expected = r#"resource "x" "y" {
  scope      = "/s"
  name       = "n"
  not_scopes = []

  metadata = {
    "a b" = [1, "$${x}", null]
    c     = null
  }

  overrides = [
    {
      "in" = ["x"]
      kind = "k"
    },
  ]
}
"#;
        assert_eq!(block("resource", &["x", "y"], &body(&configuration)), expected);
    }
}
