//! How bad a difference is: a table of what is lost by which attribute.

use serde_json::Value;

use super::finding::Severity;
use crate::catalog::Catalog;

/// A row of the table; the first one that fits counts.
struct Row {
    kind: &'static str,
    /// The attribute; `*` is any step.
    path: &'static [&'static str],
    when: When,
    severity: Severity,
}

/// How the values must differ.
enum When {
    Always,
    /// It is to be on, and is not.
    Off,
    /// It is to be off, and is on.
    On,
    /// It is to be this.
    IsNot(&'static str),
    /// Something of a list is not there.
    Lacks,
    /// There is more in a list.
    Exceeds,
    /// The sub-plan has not all the extensions.
    LosesExtensions,
}

const fn row(kind: &'static str, path: &'static [&'static str], when: When, severity: Severity) -> Row {
    Row { kind, path, when, severity }
}

const ANY: &str = "";
const PLAN: &str = "defender_plan";
const CONTACT: &str = "defender_security_contact";
const STORAGE: &str = "defender_storage_protection";
const AUTO: &str = "defender_autoprovisioning";
const POLICY: &str = "defender_policy_assignment";

/// What differs in no row is configuration.
const TABLE: &[Row] = &[
    row(PLAN, &["tier"], When::IsNot("Standard"), Severity::ProtectionOff),
    row(PLAN, &["subplan"], When::LosesExtensions, Severity::CapabilityLost),
    row(PLAN, &["extensions", "*"], When::Off, Severity::CapabilityLost),
    row(PLAN, &["extensions", "*", "enabled"], When::Off, Severity::CapabilityLost),
    row(STORAGE, &["enabled"], When::Off, Severity::ProtectionOff),
    row(STORAGE, &["malware_scanning"], When::Off, Severity::CapabilityLost),
    row(STORAGE, &["malware_scanning", "enabled"], When::Off, Severity::CapabilityLost),
    row(STORAGE, &["sensitive_data_discovery"], When::Off, Severity::CapabilityLost),
    row(STORAGE, &["sensitive_data_discovery", "enabled"], When::Off, Severity::CapabilityLost),
    row("defender_setting", &["enabled"], When::Off, Severity::CapabilityLost),
    row(CONTACT, &["enabled"], When::Off, Severity::CapabilityLost),
    row(CONTACT, &["emails"], When::Lacks, Severity::CapabilityLost),
    row(CONTACT, &["*", "enabled"], When::Off, Severity::CapabilityLost),
    row(CONTACT, &["alert_notifications"], When::Off, Severity::CapabilityLost),
    row(CONTACT, &["attack_path_notifications"], When::Off, Severity::CapabilityLost),
    row(CONTACT, &["notifications_by_role"], When::Off, Severity::CapabilityLost),
    row(AUTO, &["targets"], When::Lacks, Severity::CapabilityLost),
    row(AUTO, &["assignments"], When::Lacks, Severity::CapabilityLost),
    row(AUTO, &["assignments", "*", "enforcement_mode"], When::IsNot("Default"), Severity::CapabilityLost),
    row(AUTO, &["assignments", "*", "role_definition_ids"], When::Lacks, Severity::CapabilityLost),
    row(AUTO, &["assignments", "*", "role_assignments"], When::Lacks, Severity::CapabilityLost),
    row(AUTO, &["assignments", "*", "display_name"], When::Always, Severity::Cosmetic),
    row(AUTO, &["settings"], When::Lacks, Severity::CapabilityLost),
    row(AUTO, &["settings", "*", "value"], When::Always, Severity::CapabilityLost),
    row(POLICY, &["enforcement_mode"], When::IsNot("Default"), Severity::CapabilityLost),
    row(POLICY, &["identity"], When::Lacks, Severity::CapabilityLost),
    row(POLICY, &["role_definition_ids"], When::Lacks, Severity::CapabilityLost),
    row(POLICY, &["not_scopes"], When::Exceeds, Severity::CapabilityLost),
    row(POLICY, &["description"], When::Always, Severity::Cosmetic),
    row(POLICY, &["display_name"], When::Always, Severity::Cosmetic),
    row(POLICY, &["metadata"], When::Always, Severity::Cosmetic),
    row(POLICY, &["metadata", "*"], When::Always, Severity::Cosmetic),
    row(POLICY, &["non_compliance_messages"], When::Always, Severity::Cosmetic),
    // What only steers the provider: Azure has no such thing.
    row(ANY, &["accept_preview"], When::Always, Severity::Cosmetic),
    row(ANY, &["extension_ownership"], When::Always, Severity::Cosmetic),
    row(ANY, &["on_destroy"], When::Always, Severity::Cosmetic),
    row(ANY, &["on_unavailable"], When::Always, Severity::Cosmetic),
    row(ANY, &["timeouts"], When::Always, Severity::Cosmetic),
    row(ANY, &["timeouts", "*"], When::Always, Severity::Cosmetic),
];

/// This setting leaves machines out where it is on.
const INVERTED: &str = "WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW";

/// How bad it is that an attribute of a resource is not as expected. `name` is that of the plan or setting.
pub(super) fn severity(
    kind: &str,
    name: Option<&str>,
    path: &[String],
    expected: &Value,
    actual: &Value,
) -> Severity {
    let inverted = name.is_some_and(|name| name.eq_ignore_ascii_case(INVERTED));
    let fits = |row: &&Row| {
        (row.kind == kind || row.kind == ANY) && matches(row.path, path) && {
            let when = if inverted { &When::On } else { &row.when };
            when.holds(name, expected, actual)
        }
    };
    TABLE.iter().find(fits).map_or(Severity::Configuration, |row| row.severity)
}

fn matches(pattern: &[&str], path: &[String]) -> bool {
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(step, given)| *step == "*" || step == given)
}

impl When {
    fn holds(&self, plan: Option<&str>, expected: &Value, actual: &Value) -> bool {
        match self {
            Self::Always => true,
            Self::Off => is_on(expected) && !is_on(actual),
            Self::On => is_on(actual) && !is_on(expected),
            Self::IsNot(wanted) => expected == wanted && actual != wanted,
            Self::Lacks => !is_within(expected, actual),
            Self::Exceeds => !is_within(actual, expected),
            Self::LosesExtensions => loses_extensions(plan.unwrap_or_default(), expected, actual),
        }
    }
}

/// A switch, or an object with one.
fn is_on(value: &Value) -> bool {
    *value == Value::Bool(true) || value.get("enabled") == Some(&Value::Bool(true))
}

/// Whether all of a list is in another one; nothing is in everything.
fn is_within(part: &Value, whole: &Value) -> bool {
    let Some(part) = part.as_array() else { return part.is_null() };
    let whole = whole.as_array().map(Vec::as_slice).unwrap_or_default();
    part.iter().all(|item| whole.contains(item))
}

/// Whether the expected sub-plan has an extension that the actual one does not have.
fn loses_extensions(plan: &str, expected: &Value, actual: &Value) -> bool {
    let (Some(plan), Some(expected)) = (Catalog::get().plan(plan), expected.as_str()) else { return false };
    let mut had = plan.extensions.iter().filter(|extension| extension.is_in(expected));
    had.any(|extension| !actual.as_str().is_some_and(|actual| extension.is_in(actual)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn severity_is_what_is_lost() {
        use Severity::{CapabilityLost, Configuration, Cosmetic, ProtectionOff};
        for (kind, name, path, expected, actual, found) in [
            (PLAN, "KeyVaults", "tier", json!("Standard"), json!("Free"), ProtectionOff),
            (PLAN, "KeyVaults", "tier", json!("Free"), json!("Standard"), Configuration),
            (PLAN, "VirtualMachines", "subplan", json!("P2"), json!("P1"), CapabilityLost),
            (PLAN, "VirtualMachines", "subplan", json!("P1"), json!("P2"), Configuration),
            (PLAN, "VirtualMachines", "extensions.A.enabled", json!(true), json!(false), CapabilityLost),
            (PLAN, "VirtualMachines", "extensions.A.enabled", json!(false), json!(true), Configuration),
            (PLAN, "VirtualMachines", "extensions.A", json!({"enabled": true}), json!(null), CapabilityLost),
            (PLAN, "VirtualMachines", "extensions.A.properties.x", json!("1"), json!("2"), Configuration),
            (PLAN, "VirtualMachines", "on_destroy", json!("keep"), json!("free"), Cosmetic),
            (PLAN, "VirtualMachines", "of_tomorrow", json!(1), json!(2), Configuration),
            ("defender_setting", "MCAS", "enabled", json!(true), json!(false), CapabilityLost),
            ("defender_setting", "MCAS", "enabled", json!(false), json!(true), Configuration),
            ("defender_setting", INVERTED, "enabled", json!(false), json!(true), CapabilityLost),
            ("defender_setting", INVERTED, "enabled", json!(true), json!(false), Configuration),
            (POLICY, "", "not_scopes", json!([]), json!(["/a"]), CapabilityLost),
            (POLICY, "", "not_scopes", json!(["/a"]), json!([]), Configuration),
            (POLICY, "", "role_definition_ids", json!(["a", "b"]), json!(["a"]), CapabilityLost),
            (POLICY, "", "display_name", json!("a"), json!("b"), Cosmetic),
            (CONTACT, "", "emails", json!(["a"]), json!(["a", "b"]), Configuration),
            (CONTACT, "", "emails", json!(["a"]), json!(null), CapabilityLost),
            ("defender_of_tomorrow", "", "enabled", json!(true), json!(false), Configuration),
        ] {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            assert_eq!(
                severity(kind, Some(name), &path, &expected, &actual),
                found,
                "{kind} {name} {path:?}"
            );
        }
    }
}
