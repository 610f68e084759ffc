//! How a difference may have come about, as far as the plan file and the catalogue say. Nothing is guessed.

use serde::Serialize;
use serde_json::Value;

use super::kinds::text;
use super::printable::printable;
use crate::catalog::Catalog;

/// How something came to be as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Cause {
    /// The configuration was changed, and not applied since.
    NotApplied,
    /// A scope above sets it.
    Inherited(String),
    /// An Azure policy sets it, by this assignment.
    PolicyAssignment(String),
    /// The Defender portal does so by itself.
    DefenderPortal,
    /// It is what Azure takes where nobody names anything.
    AzureDefault,
    /// It was changed outside of Terraform, by nobody knows whom.
    Unknown,
}

impl Cause {
    /// The word for it in tables.
    pub fn title(&self) -> &'static str {
        match self {
            Self::NotApplied => "not applied",
            Self::Inherited(_) => "inherited",
            Self::PolicyAssignment(_) => "policy assignment",
            Self::DefenderPortal => "Defender portal",
            Self::AzureDefault => "Azure default",
            Self::Unknown => "unknown",
        }
    }

    /// The sentence for it.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotApplied => {
                "The configuration says so since the last apply; in Azure nothing has changed.".to_owned()
            }
            Self::Inherited(from) => format!("The setting is inherited from {from}."),
            Self::PolicyAssignment(by) => {
                format!("Changed outside of Terraform; a policy switches the plan on, assigned as {by}.")
            }
            Self::DefenderPortal => {
                "Changed outside of Terraform; the Defender portal sets it, or switches it on with the plan."
                    .to_owned()
            }
            Self::AzureDefault => {
                "Changed outside of Terraform; it is what Azure takes where nobody says otherwise.".to_owned()
            }
            Self::Unknown => "Changed outside of Terraform; the plan does not say by whom.".to_owned(),
        }
    }
}

/// What the values of a resource as Azure has it say about an attribute of it. `name` is that of the plan.
pub(super) fn cause(kind: &str, name: Option<&str>, path: &[String], actual: &Value, value: &Value) -> Cause {
    if kind != "defender_plan" {
        return Cause::Unknown;
    }
    if actual.get("inherited") == Some(&Value::Bool(true)) {
        let from = text(actual, "inherited_from").map_or_else(|| "a scope above".to_owned(), printable);
        return Cause::Inherited(from);
    }
    let Some(plan) = name.and_then(|name| Catalog::get().plan(name)) else { return Cause::Unknown };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let is_on = *value == Value::Bool(true) || value.get("enabled") == Some(&Value::Bool(true));
    match path[..] {
        ["subplan"] => {
            let default = plan.default_subplan().map(|subplan| subplan.name.as_str());
            if default.is_some() && value.as_str() == default { Cause::AzureDefault } else { Cause::Unknown }
        }
        ["extensions", _] | ["extensions", _, "enabled"] if is_on && plan.portal_enables_extensions => {
            Cause::DefenderPortal
        }
        _ => Cause::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn causes_come_from_the_file_and_the_catalogue() {
        let from = "/subscriptions/1";
        for (plan, path, actual, value, expected) in [
            ("Arm", "subplan", json!({}), json!("PerSubscription"), Cause::AzureDefault),
            ("Arm", "subplan", json!({}), json!("PerApiCall"), Cause::Unknown),
            ("KeyVaults", "tier", json!({}), json!("Free"), Cause::Unknown),
            ("Containers", "extensions.A.enabled", json!({}), json!(true), Cause::DefenderPortal),
            ("Containers", "extensions.A.enabled", json!({}), json!(false), Cause::Unknown),
            ("CloudPosture", "extensions.A.enabled", json!({}), json!(true), Cause::Unknown),
            (
                "VirtualMachines",
                "tier",
                json!({"inherited": true, "inherited_from": from}),
                json!("Free"),
                Cause::Inherited(from.to_owned()),
            ),
        ] {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            assert_eq!(
                cause("defender_plan", Some(plan), &path, &actual, &value),
                expected,
                "{plan} {path:?}"
            );
        }
    }
}
