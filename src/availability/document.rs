//! The document that the rows began with, row by row: `seed/monitoring-components.md` of the project's notes, numbered M01
//! to M21 as in their normalised matrix. What it said must be present as written; what is enforced on a day follows from
//! it and from everything that came later.

use super::cases::short;
use super::matrix::{self, Filter};
use super::{Fact, Facts, evaluate};
use crate::catalog::Catalog;
use crate::catalog::model::{Answer, Cloud, Day, Mechanism, Os, Row, State};

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const SECURITY_ADMIN: &str = "fb1c8493-542b-48eb-b624-b4c8fea62acd";
const USER_ACCESS_ADMINISTRATOR: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";

/// Number, component, target, system, state, by policy, plans, clouds (public, Government, China), who may enable.
type Written = (
    &'static str,
    &'static str,
    &'static str,
    Os,
    State,
    Answer,
    &'static str,
    &'static str,
    &'static [&'static str],
);

use Answer::{No, Unknown as Silent, Yes};
use Os::{Any, Linux, Windows};
use State::{Ga, Preview, Unknown};

const LOG_ANALYTICS: &str = "FoundationalCspm VirtualMachines SqlServerVirtualMachines";
const ENDPOINT: &[&str] = &[SECURITY_ADMIN, OWNER];
const CONTAINERS: &[&str] = &[OWNER, USER_ACCESS_ADMINISTRATOR];

#[rustfmt::skip]
const WRITTEN: [Written; 19] = [
    ("M01", "azure_monitor_agent", "azure_vm", Any, Ga, Yes, "SqlServerVirtualMachines", "yes no no", &[OWNER]),
    ("M02", "azure_monitor_agent", "arc_machine", Any, Ga, Yes, "SqlServerVirtualMachines", "yes no no", &[OWNER]),
    ("M03", "log_analytics_agent", "azure_vm", Any, Ga, No, LOG_ANALYTICS, "yes yes yes", &[OWNER]),
    ("M04", "log_analytics_agent", "arc_machine", Any, Ga, Yes, LOG_ANALYTICS, "yes no no", &[OWNER]),
    ("M05", "defender_for_endpoint", "azure_vm", Linux, Ga, No, "VirtualMachines", "yes no no", ENDPOINT),
    ("M06", "defender_for_endpoint", "arc_machine", Linux, Ga, No, "VirtualMachines", "yes no no", ENDPOINT),
    ("M07", "defender_for_endpoint", "azure_vm", Windows, Ga, No, "VirtualMachines", "yes yes yes", ENDPOINT),
    ("M08", "defender_for_endpoint", "avd_session_host", Windows, Ga, No, "VirtualMachines", "yes yes yes", ENDPOINT),
    ("M09", "defender_for_endpoint", "arc_machine", Windows, Ga, No, "VirtualMachines", "yes yes yes", ENDPOINT),
    ("M10", "vulnerability_assessment", "azure_vm", Any, Ga, Yes, "VirtualMachines", "yes no no", &[OWNER]),
    ("M11", "vulnerability_assessment", "arc_machine", Any, Ga, Yes, "VirtualMachines", "yes no no", &[OWNER]),
    ("M12", "guest_configuration", "azure_vm", Any, Preview, Silent, "", "yes no no", &[OWNER]),
    ("M13", "defender_sensor", "aks_cluster", Any, Ga, Yes, "Containers", "yes no no", CONTAINERS),
    ("M14", "defender_sensor", "arc_k8s_cluster", Any, Preview, Yes, "Containers", "yes no no", CONTAINERS),
    ("M15", "azure_policy_kubernetes", "aks_cluster", Any, Ga, Yes, "Containers", "yes yes yes", CONTAINERS),
    ("M16", "azure_policy_kubernetes", "arc_k8s_cluster", Any, Preview, Yes, "Containers", "yes no no", CONTAINERS),
    ("M17", "azure_arc_agent", "arc_machine", Any, Unknown, Silent, "VirtualMachines SqlServerVirtualMachines Containers", "unknown unknown unknown", &[]),
    ("M18", "sql_server_discovery", "azure_vm", Windows, Unknown, Silent, "SqlServerVirtualMachines", "unknown unknown unknown", &[]),
    ("M19", "kubernetes_audit_logs", "aks_cluster", Any, Unknown, Silent, "Containers", "unknown unknown unknown", &[]),
];

fn row(number: &str) -> Option<(&'static str, &'static Row)> {
    let components = Catalog::get().components.iter();
    let mut rows =
        components.flat_map(|component| component.rows.iter().map(|row| (component.id.as_str(), row)));
    rows.find(|(_, row)| row.number.as_deref() == Some(number))
}

#[test]
fn every_row_is_there_as_it_was_written() {
    for (number, component, target, os, state, policy_based, plans, clouds, roles) in WRITTEN {
        let (found, row) = row(number).unwrap_or_else(|| panic!("{number} is missing"));
        assert_eq!((found, row.target.as_str(), row.os), (component, target, os), "{number}");
        assert_eq!((row.state, row.policy_based), (state, policy_based), "{number}");
        assert_eq!(row.plans.join(" "), plans, "{number}");
        let answers = Cloud::ALL.map(|cloud| match row.clouds.get(&cloud) {
            Some(Yes) => "yes",
            Some(No) => "no",
            Some(Silent) | None => "unknown",
        });
        assert_eq!(answers.join(" "), clouds, "{number}");
        let enabling: Vec<&str> = row
            .roles
            .iter()
            .filter(|need| need.action == "enable")
            .flat_map(|need| &need.any_of)
            .map(String::as_str)
            .collect();
        assert_eq!(enabling, roles, "{number}");
        assert!(row.source.id.starts_with("seed") && row.as_of == Day::new(2024, 8, 11).unwrap(), "{number}");
    }
    let numbered = Catalog::get().components.iter().flat_map(|component| &component.rows);
    assert_eq!(numbered.filter(|row| row.number.is_some()).count(), WRITTEN.len());
}

/// Who may see what Defender for Endpoint finds: a list of its own, down to resource groups.
#[test]
fn viewing_needs_less_than_enabling() {
    let (_, row) = row("M05").unwrap();
    let viewing: Vec<_> =
        row.roles.iter().filter(|need| need.action == "view").map(|need| need.any_of.len()).collect();
    assert_eq!(viewing, [3, 2]);
}

/// M20 and M21: named as where data comes from, and in no table.
#[test]
fn scale_sets_and_containers_are_targets_that_no_row_is_about() {
    for target in ["azure_vmss", "iaas_container"] {
        assert!(Catalog::get().target(target).is_some(), "{target}");
        let filter = Filter { target: Some(target), ..Filter::default() };
        assert_eq!(matrix::rows(Catalog::get(), filter, Catalog::get().as_of).count(), 0, "{target}");
    }
    let audit = row("M19").unwrap().1;
    assert_eq!(audit.mechanism, Mechanism::Included);
}

/// What enabling a row's component comes to on a day in the three clouds.
fn enforced(number: &str, date: &str) -> [String; 3] {
    let (component, row) = row(number).unwrap();
    Cloud::ALL.map(|cloud| {
        let facts = Facts {
            component: Fact::Known(component.to_owned()),
            target: Fact::Known(row.target.clone()),
            os: Fact::Known(row.os),
            cloud: Fact::Known(cloud),
            enabled: Fact::Known(true),
            accept_preview: Fact::Known(false),
            deployed: Fact::Absent,
            ..Facts::default()
        };
        let findings = evaluate(Catalog::get(), &facts, Fact::Known(Day::parse(date).unwrap()));
        let words: Vec<String> = findings.iter().map(short).collect();
        words.join(", ")
    })
}

/// Positive and negative of each row, on the document's own day and on the day of the rules. China has come to its end
/// in between, which is said besides.
#[test]
fn what_is_enforced_on_two_days() {
    let mut wrong = Vec::new();
    for (number, then, now) in ENFORCED {
        for (date, expected) in [("2024-03-13", then), ("2026-11-22", now)] {
            let found = enforced(number, date);
            if found != **expected {
                wrong.push(format!("{number} on {date}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Number, then public, Government and China: on 2024-03-13, and on 2026-11-22. The sensor in Government (M13) was said to
/// be supported by a release note two weeks before the document's day, which is followed.
#[rustfmt::skip]
const ENFORCED: &[(&str, &[&str; 3], &[&str; 3])] = &[
    ("M01", &["", "error MDC020", "error MDC020"], &["warning MDC106", "warning MDC023, warning MDC106", "error MDC020, error MDC110"]),
    ("M02", &["", "error MDC020", "error MDC020"], &["warning MDC106", "warning MDC023, warning MDC106", "error MDC020, error MDC110"]),
    ("M03", &["warning MDC100", "warning MDC100", "warning MDC100"], &["error MDC100", "error MDC100", "error MDC100, error MDC110"]),
    ("M04", &["warning MDC100", "error MDC020, warning MDC100", "error MDC020, warning MDC100"], &["error MDC100", "error MDC020, error MDC100", "error MDC020, error MDC100, error MDC110"]),
    ("M05", &["", "warning MDC023", "error MDC020"], &["", "warning MDC023", "error MDC020, error MDC110"]),
    ("M06", &["", "warning MDC023", "error MDC020"], &["", "warning MDC023", "error MDC020, error MDC110"]),
    ("M07", &["", "", "warning MDC023"], &["", "", "warning MDC023, error MDC110"]),
    ("M08", &["", "", "warning MDC023"], &["", "", "warning MDC023, error MDC110"]),
    ("M09", &["", "", "warning MDC023"], &["", "", "warning MDC023, error MDC110"]),
    ("M10", &["", "error MDC020", "error MDC020"], &["", "", "error MDC020, error MDC110"]),
    ("M11", &["", "error MDC020", "error MDC020"], &["", "", "error MDC020, error MDC110"]),
    ("M12", &["warning MDC060", "error MDC020, warning MDC060", "error MDC020, warning MDC060"], &["", "", "error MDC020, error MDC110"]),
    ("M13", &["", "", ""], &["", "", "error MDC110"]),
    ("M14", &["warning MDC060", "warning MDC023, warning MDC060", "error MDC020, warning MDC060"], &["warning MDC060", "warning MDC023, warning MDC060", "error MDC020, warning MDC060, error MDC110"]),
    ("M15", &["", "", ""], &["", "", "error MDC110"]),
    ("M16", &["warning MDC060", "warning MDC023, warning MDC060", "error MDC020, warning MDC060"], &["", "warning MDC023", "error MDC020, error MDC110"]),
    ("M17", &["", "", ""], &["", "", "error MDC110"]),
    ("M18", &["", "", ""], &["", "", "error MDC110"]),
    ("M19", &["note MDC018", "note MDC018", "note MDC018"], &["note MDC018", "note MDC018", "note MDC018, error MDC110"]),
];
