//! The provider's resources, as a report needs to know them.

use serde_json::Value;

use super::finding::Severity;
use super::printable::printable;
use crate::catalog::Catalog;

/// A type of resource.
#[derive(Debug)]
pub struct Kind {
    /// Terraform's name of the type.
    pub name: &'static str,
    /// What its findings stand under, beside the plans.
    pub subject: &'static str,
    /// What to read about it.
    link: &'static str,
    /// What is lost where it is gone.
    pub(super) gone: Severity,
    /// Attributes that only tell what Azure says, and that nobody decides on.
    pub(super) told_only: &'static [&'static str],
}

/// All types that there are, sorted by name.
pub const KINDS: [Kind; 9] = [
    Kind {
        name: "defender_autoprovisioning",
        subject: "Auto-provisioning",
        link: "https://learn.microsoft.com/azure/defender-for-cloud/monitoring-components",
        gone: Severity::CapabilityLost,
        told_only: &[],
    },
    Kind {
        name: "defender_extension",
        subject: "Machines",
        link: "https://learn.microsoft.com/azure/defender-for-cloud/monitoring-components",
        gone: Severity::CapabilityLost,
        told_only: &["all_settings", "current_version", "reports_to"],
    },
    Kind {
        name: "defender_plan",
        subject: "Plans",
        link: "https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update",
        gone: Severity::Configuration,
        told_only: &[
            "all_extensions",
            "deprecated",
            "inherited",
            "inherited_from",
            "replaced_by",
            "resources_coverage_status",
        ],
    },
    Kind {
        name: "defender_policy_assignment",
        subject: "Policies",
        link: "https://learn.microsoft.com/azure/governance/policy/how-to/remediate-resources",
        gone: Severity::CapabilityLost,
        told_only: &["remediations", "role_assignments", "tenant_id"],
    },
    Kind {
        name: "defender_security_contact",
        subject: "Contact",
        link: "https://learn.microsoft.com/rest/api/defenderforcloud/security-contacts",
        gone: Severity::CapabilityLost,
        told_only: &[],
    },
    Kind {
        name: "defender_setting",
        subject: "Settings",
        link: "https://learn.microsoft.com/rest/api/defenderforcloud/settings",
        gone: Severity::CapabilityLost,
        told_only: &[],
    },
    Kind {
        name: "defender_storage_protection",
        subject: "StorageAccounts",
        link: "https://learn.microsoft.com/rest/api/defenderforcloud/defender-for-storage",
        gone: Severity::Configuration,
        told_only: &[],
    },
    Kind {
        name: "defender_vulnerability_assessment",
        subject: "Assessment",
        link: "https://learn.microsoft.com/rest/api/defenderforcloud/server-vulnerability-assessments-settings",
        gone: Severity::CapabilityLost,
        told_only: &[],
    },
    Kind {
        name: "defender_workspace",
        subject: "Workspace",
        link: "https://learn.microsoft.com/rest/api/defenderforcloud/workspace-settings",
        gone: Severity::Configuration,
        told_only: &[],
    },
];

/// What all the provider's types begin with.
const PREFIX: &str = "defender_";

/// Whether a type is the provider's, also one of a newer version.
pub(super) fn is_ours(kind: &str) -> bool {
    kind.starts_with(PREFIX)
}

/// The type of this name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// What findings of a resource stand under: the plan, by its name, or what else it is.
pub(super) fn subject(kind_name: &str, plan: Option<&str>) -> String {
    match (plan, kind(kind_name)) {
        (Some(plan), Some(Kind { name: "defender_plan", .. })) => plan_name(plan),
        (_, Some(kind)) => kind.subject.to_owned(),
        (_, None) => "Other".to_owned(),
    }
}

/// The plan's name as Azure writes it.
fn plan_name(given: &str) -> String {
    Catalog::get().plan(given).map_or_else(|| printable(given), |plan| plan.name.clone())
}

/// What to read about a resource: of a plan the page of its row.
pub(super) fn link(kind_name: &str, subject: &str) -> String {
    let catalog = Catalog::get();
    let page = catalog.plan(subject).and_then(|plan| catalog.page(&plan.page));
    match (kind(kind_name), page) {
        (Some(Kind { name: "defender_plan", .. }), Some(page)) => page.url.clone(),
        (Some(kind), _) => kind.link.to_owned(),
        (None, _) => "https://learn.microsoft.com/azure/defender-for-cloud/".to_owned(),
    }
}

/// The plan's name in the id of a plan.
pub(super) fn plan_in(id: &str) -> Option<&str> {
    let (rest, name) = id.rsplit_once('/')?;
    rest.to_ascii_lowercase().ends_with("/providers/microsoft.security/pricings").then_some(name)
}

/// The text of an attribute.
pub(super) fn text<'a>(values: &'a Value, name: &str) -> Option<&'a str> {
    values.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}
