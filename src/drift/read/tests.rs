//! Plans as Terraform writes them, and input that is none.

use std::io::{self, Read};

use serde_json::{Value, json};

use super::read;
use crate::catalog::model::Day;
use crate::drift::{Baseline, Cause, Outcome, Report, Severity};

const SCOPE: &str = "/subscriptions/00000000-0000-0000-0000-00000000000A";

fn plan(name: &str, tier: &str) -> Value {
    json!({
        "id": format!("{SCOPE}/providers/Microsoft.Security/pricings/{name}"), "scope": SCOPE, "name": name, "tier": tier,
        "resources_coverage_status": "FullyCovered",
    })
}

fn change(address: &str, action: &str, before: &Value, after: &Value) -> Value {
    json!({
        "address": address, "mode": "managed", "type": "defender_plan", "name": "x",
        "provider_name": "registry.terraform.io/defender-tf/defender",
        "change": {"actions": [action], "before": before, "after": after, "after_unknown": {"resources_coverage_status": true},
            "before_sensitive": {}, "after_sensitive": {}},
    })
}

/// A plan with one drift, one change that was not applied, and one resource that is as it should be.
fn document() -> Value {
    let (on, off) = (plan("KeyVaults", "Standard"), plan("KeyVaults", "Free"));
    let mut other = change("aws_x.y", "update", &json!({"tier": "a"}), &json!({"tier": "b"}));
    other["type"] = json!("aws_x");
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}},
        "resource_drift": [change("defender_plan.a", "update", &on, &off), other],
        "resource_changes": [
            change("defender_plan.a", "update", &off, &on),
            change("defender_plan.b", "update", &plan("Arm", "Free"), &plan("Arm", "Standard")),
            change("defender_plan.c", "no-op", &plan("Api", "Free"), &plan("Api", "Free")),
            other,
        ],
        "prior_state": {"format_version": "1.0", "values": {"root_module": {
            "resources": [{"address": "defender_plan.a", "mode": "managed", "type": "defender_plan", "values": off}],
            "child_modules": [{"resources": [
                {"address": "module.m.defender_plan.c", "mode": "managed", "type": "defender_plan", "values": plan("Api", "Free")},
                {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "values": {"id": "i"}},
            ]}],
        }}},
        "configuration": {}, "complete": true, "errored": false,
    })
}

fn report(input: &str) -> Result<Report, String> {
    let plan = read(input.as_bytes())?;
    let today = Day::new(2026, 11, 29).unwrap();
    Ok(Report::new(plan, &Baseline::default(), today, Some(Severity::Cosmetic)))
}

fn told(report: &Report) -> Vec<String> {
    let told = report.findings.iter().map(|one| {
        format!(
            "{} {} {} {}>{}",
            one.severity.as_str(),
            one.full_path(),
            one.cause.title(),
            one.expected,
            one.actual
        )
    });
    told.collect()
}

#[test]
fn a_plan_tells_drift_from_what_was_not_applied() {
    let report = report(&document().to_string()).unwrap();
    assert_eq!(
        told(&report),
        [
            "protection_off defender_plan.b.tier not applied Standard>Free",
            "protection_off defender_plan.a.tier unknown Standard>Free",
        ]
    );
    assert_eq!(report.outcome(), Outcome::Drift);
    let watched: Vec<_> = report.watched.values().flat_map(|subjects| subjects.keys()).collect();
    assert_eq!(watched, ["Api", "Arm", "KeyVaults"]);
}

#[test]
fn a_refresh_only_plan_is_its_drift_and_the_ids_are_the_same() {
    let mut document = document();
    let ids =
        |report: Report| report.findings.into_iter().map(|one| (one.full_path(), one.id)).collect::<Vec<_>>();
    let all = ids(report(&document.to_string()).unwrap());
    document.as_object_mut().unwrap().remove("resource_changes");
    let refreshed = report(&document.to_string()).unwrap();
    assert_eq!(told(&refreshed), ["protection_off defender_plan.a.tier unknown Standard>Free"]);
    assert!(ids(refreshed).iter().all(|one| all.contains(one)));
}

/// What Azure only tells is no drift, and drift that needs no change neither.
#[test]
fn what_nobody_decides_on_is_counted_apart() {
    let mut after = plan("KeyVaults", "Standard");
    after["resources_coverage_status"] = json!("NotCovered");
    let mut drift = change("defender_plan.a", "update", &plan("KeyVaults", "Standard"), &after);
    drift["change"]["after_unknown"] = json!({});
    let document = json!({"format_version": "1.2", "resource_drift": [drift], "planned_values": {}});
    let report = report(&document.to_string()).unwrap();
    assert_eq!((report.findings.len(), report.informational, report.outcome()), (0, 1, Outcome::Clean));
}

#[test]
fn what_is_gone_keeps_its_id() {
    let before = plan("KeyVaults", "Standard");
    let drift = change("defender_plan.a", "delete", &before, &Value::Null);
    let mut planned = change("defender_plan.a", "create", &Value::Null, &before);
    planned["change"]["after"].as_object_mut().unwrap().remove("id");
    let refreshed = json!({"format_version": "1.2", "resource_drift": [drift]});
    let both = json!({"format_version": "1.2", "resource_drift": [drift], "resource_changes": [planned]});
    let ids = [refreshed, both].map(|document| {
        let report = report(&document.to_string()).unwrap();
        assert_eq!(told(&report), ["configuration defender_plan.a unknown the resource>(none)"]);
        report.findings[0].id.clone()
    });
    assert_eq!(ids[0], ids[1]);
}

fn message(kind: &str, address: &str, action: &str) -> Value {
    let resource = json!({"addr": address, "module": "", "resource_type": "defender_plan"});
    let id = plan("KeyVaults", "Standard")["id"].clone();
    match kind {
        "refresh_complete" => {
            json!({"type": kind, "hook": {"resource": resource, "id_key": "id", "id_value": id}})
        }
        _ => json!({"type": kind, "change": {"resource": resource, "action": action}}),
    }
}

fn stream(messages: &[Value]) -> String {
    let start = json!({"type": "version", "terraform": "1.11.4", "ui": "1.2"});
    let lines = [start].iter().chain(messages).map(|message| message.to_string() + "\n").collect::<Vec<_>>();
    lines.concat()
}

#[test]
fn a_stream_tells_resources() {
    let summary = json!({"type": "change_summary", "changes": {}});
    let text = stream(&[
        message("refresh_complete", "defender_plan.a", ""),
        message("resource_drift", "defender_plan.a", "update"),
        message("planned_change", "defender_plan.a", "update"),
        message("planned_change", "defender_plan.b", "create"),
        message("planned_change", "defender_plan.c", "noop"),
        summary,
    ]);
    let found = report(&text).unwrap();
    let exact: Vec<_> =
        found.findings.iter().map(|one| (one.address.as_str(), one.exact, &one.cause)).collect();
    let expected =
        [("defender_plan.a", false, &Cause::Unknown), ("defender_plan.b", true, &Cause::NotApplied)];
    assert!(expected.iter().all(|one| exact.contains(one)) && exact.len() == 2, "{exact:?}");
    let a = found.findings.iter().find(|one| one.address == "defender_plan.a").unwrap();
    assert_eq!((a.subject.as_str(), a.place.to_string().ends_with("0a")), ("KeyVaults", true));
}

#[test]
fn a_plan_that_failed_is_no_answer() {
    let error = json!({"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "No\u{1b}[31m"}});
    let failed = report(&stream(&[error])).unwrap();
    assert_eq!((failed.outcome(), failed.errors.concat().as_str()), (Outcome::Failed, "No\\u{1b}[31m"));
    let mut document = document();
    document["errored"] = json!(true);
    assert_eq!(report(&document.to_string()).unwrap().outcome(), Outcome::Failed);
}

#[test]
fn what_is_no_plan_is_refused_with_what_to_do() {
    let deep = format!("{{\"planned_values\": {}", "[".repeat(2000));
    let deep_value = format!(
        "{{\"format_version\": \"1.2\", \"resource_changes\": [{{\"type\": \"defender_plan\", \"change\": {{\"before\": {}",
        "[".repeat(500)
    );
    let document = document().to_string();
    for (input, expected) in [
        ("", "it is empty; write it with: terraform plan"),
        (" \n", "it is empty"),
        ("PK\u{3}\u{4}rest", "it is the saved plan itself"),
        ("Error: no\u{1b}[31m", "it is no JSON ("),
        ("[1, 2]", "it is no plan that can be read: invalid type: sequence, expected a plan"),
        ("{}", "it is JSON, but no plan"),
        ("{\"version\": 4, \"serial\": 1}", "it is JSON, but no plan"),
        ("{\"format_version\": \"1.0\", \"values\": {}}", "it is a state, not a plan"),
        ("{\"format_version\": \"2.0\"}", "it is no plan that can be read: its format_version is \"2.0\""),
        ("{\"type\": \"version\", \"ui\": \"2.0\"}", "it is no plan that can be read: messages of version"),
        ("{\"type\": \"version\", \"ui\": \"1.2\"}", "it has no summary at its end"),
        (&document[..document.len() / 2], "it ends in the middle of line 1"),
        (&format!("{document}{document}"), "it is more than one plan"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": {}}", "it is no plan that can be read"),
        (&deep, "it cannot be read: it is nested deeper than 1000 levels"),
        (&deep_value, "it is no JSON (recursion limit exceeded"),
    ] {
        let problem = report(input).unwrap_err();
        assert!(problem.starts_with(expected), "{input:.60}: {problem}");
        assert!(!problem.contains('\u{1b}') && !problem.contains('\n'), "{problem}");
    }
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(document.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(read(utf16.as_slice()).unwrap_err().contains("UTF-16"));
    let marked = "\u{feff}".to_owned() + &document;
    assert_eq!(report(&marked).unwrap().findings.len(), 2);
}

/// No cut of a plan is taken for the whole.
#[test]
fn every_cut_is_told() {
    let document = document().to_string();
    for end in 0..document.len() {
        assert!(read(document.get(..end).unwrap_or_default().as_bytes()).is_err(), "{end}");
    }
}

/// Texts and lists that are too long are not kept, and the resource is a finding all the same.
#[test]
fn a_resource_that_is_too_large_is_told_as_a_whole() {
    let mut after = plan("KeyVaults", "Standard");
    after["extensions"] = (0..100_000).map(|number| (format!("e{number}"), json!({}))).collect();
    let planned = change("defender_plan.a", "update", &plan("KeyVaults", "Free"), &after);
    let document = json!({"format_version": "1.2", "resource_changes": [planned]});
    let report = report(&document.to_string()).unwrap();
    let whole = report.findings.iter().find(|one| one.path.is_empty()).unwrap();
    assert!(!whole.exact && report.outcome() == Outcome::Drift);
    let endless = (&b"{\"format_version\": \"1.2\", \"x\": \""[..]).chain(io::repeat(b'a').take(100 << 20));
    assert!(read(endless).unwrap_err().contains("longer than 8 MiB"));
}

/// Where the configuration has `data.defender_coverage`, who has set a plan is known; of a machine's plan it is not.
#[test]
fn coverage_tells_who_has_set_a_plan() {
    let assignment = "/subscriptions/a/providers/Microsoft.Authorization/policyAssignments/p";
    let plans = json!({
        "KeyVaults": {"cause": "policy", "policy_assignments": [assignment]}, "Api": {"cause": "defender_portal"},
        "Arm": {"cause": "unknown"},
    });
    let coverage = json!({"subscriptions": [{"id": SCOPE, "plans": plans}]});
    let changed = |name: &str| {
        change(&format!("defender_plan.{name}"), "update", &plan(name, "Standard"), &plan(name, "Free"))
    };
    let mut machine = changed("KeyVaults");
    machine["address"] = json!("defender_plan.machine");
    for side in ["before", "after"] {
        machine["change"][side]["id"] = json!(format!("{SCOPE}/resourceGroups/g/providers/x/y/z"));
    }
    let document = json!({
        "format_version": "1.2", "resource_drift": [changed("KeyVaults"), changed("Api"), changed("Arm"), machine],
        "prior_state": {"values": {"root_module": {"resources": [
            {"mode": "data", "type": "defender_coverage", "values": coverage}]}}},
    });
    let report = report(&document.to_string()).unwrap();
    let causes = report.findings.iter().map(|one| (one.address.as_str(), one.cause.title()));
    let expected = [
        ("Api", "Defender portal"),
        ("Arm", "unknown"),
        ("KeyVaults", "policy assignment"),
        ("machine", "unknown"),
    ];
    let expected = expected.map(|(name, cause)| (format!("defender_plan.{name}"), cause));
    let mut causes: Vec<_> = causes.map(|(address, cause)| (address.to_owned(), cause)).collect();
    causes.sort_unstable();
    assert_eq!(causes, expected);
}
