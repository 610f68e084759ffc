//! How a plan looks from outside: which fields an api-version shows, and how durations are written. Pure.

use serde_json::{Value, json};

/// The first api-version with scopes below the subscription, `enforce` and `$filter`.
pub(crate) const SCOPED: &str = "2024-01-01";

/// The api-versions, newest first. <https://learn.microsoft.com/azure/templates/microsoft.security/pricings>
pub(crate) const VERSIONS: &[&str] = &["2026-07-01", SCOPED, "2023-01-01", "2022-03-01", "2018-06-01"];

/// Properties and the api-version that brought them.
const SINCE: [(&str, &str); 12] = [
    ("subPlan", "2022-03-01"),
    ("deprecated", "2022-03-01"),
    ("replacedBy", "2022-03-01"),
    ("enablementTime", "2023-01-01"),
    ("extensions", "2023-01-01"),
    ("enforce", SCOPED),
    ("inherited", SCOPED),
    ("inheritedFrom", SCOPED),
    ("resourcesCoverageStatus", SCOPED),
    ("managedBy", "2025-10-01-preview"),
    ("originatedFrom", "2025-10-01-preview"),
    ("securityOperatorResourceId", "2025-10-01-preview"),
];

/// Properties that only a subscription's plans have.
const SUBSCRIPTION_ONLY: [&str; 2] = ["enforce", "resourcesCoverageStatus"];

/// A document as an api-version shows it, under the id by which it was asked for.
pub(crate) fn document(scope: &str, name: &str, mut properties: Value, version: &str) -> Value {
    if let Some(fields) = properties.as_object_mut() {
        fields.retain(|field, _| SINCE.iter().all(|(name, since)| field != name || *since <= version));
    }
    json!({
        "id": format!("{scope}/providers/Microsoft.Security/pricings/{name}"),
        "name": name,
        "type": "Microsoft.Security/pricings",
        "properties": properties,
    })
}

/// What a machine shows that has no setting of its own.
pub(crate) fn inherited(parent: &Value, parent_scope: &str, standard: bool) -> Value {
    let mut properties = without_subscription_fields(parent.clone());
    properties["inherited"] = json!(if standard { "True" } else { "False" });
    properties["inheritedFrom"] = if standard { json!(parent_scope) } else { Value::Null };
    properties
}

/// What a machine shows that has a setting of its own.
pub(crate) fn explicit(properties: Value) -> Value {
    let mut properties = without_subscription_fields(properties);
    properties["inherited"] = json!("False");
    properties["inheritedFrom"] = Value::Null;
    properties
}

/// A duration as Azure writes it: `P29DT23H55M`, `PT0S`.
pub(crate) fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let part = |amount: i64, unit: &str| if amount > 0 { format!("{amount}{unit}") } else { String::new() };
    let days = part(seconds / 86_400, "D");
    let time =
        [part(seconds / 3600 % 24, "H"), part(seconds / 60 % 60, "M"), part(seconds % 60, "S")].concat();
    match (days.is_empty(), time.is_empty()) {
        (true, true) => "PT0S".to_owned(),
        (_, true) => format!("P{days}"),
        (_, false) => format!("P{days}T{time}"),
    }
}

fn without_subscription_fields(mut properties: Value) -> Value {
    if let Some(fields) = properties.as_object_mut() {
        fields.retain(|field, _| !SUBSCRIPTION_ONLY.contains(&field.as_str()));
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_leave_out_what_is_zero() {
        for (seconds, text) in
            [(0, "PT0S"), (-5, "PT0S"), (2_591_700, "P29DT23H55M"), (2_592_000, "P30D"), (61, "PT1M1S")]
        {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn an_older_version_shows_fewer_properties() {
        let properties =
            json!({ "pricingTier": "Free", "subPlan": "", "extensions": [], "enforce": "False" });
        for (version, count) in [("2018-06-01", 1), ("2022-03-01", 2), ("2023-01-01", 3), (SCOPED, 4)] {
            let shown = document("/subscriptions/s", "Arm", properties.clone(), version);
            assert_eq!(shown["properties"].as_object().unwrap().len(), count, "{version}");
        }
    }
}
