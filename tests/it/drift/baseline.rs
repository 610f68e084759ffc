//! What is accepted, what counts, and what the command ends with.

use super::{drift, file, report};
use crate::shared::process::Failure;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// A plan in which a plan is off, an extension is off, and a texts differs.
pub(super) fn document() -> Value {
    let change = |name: &str, kind: &str, before: Value, after: Value| {
        json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": {}}})
    };
    let id = |rest: &str| format!("/subscriptions/00000000-0000-0000-0000-000000000001/providers/{rest}");
    let plan = |name: &str, key: &str, value: Value| json!({"id": id(&format!("Microsoft.Security/pricings/{name}")), "name": name, key: value});
    let extension = |on: bool| plan("Containers", "extensions", json!({"ContainerSensor": {"enabled": on}}));
    let policy =
        |text: &str| json!({"id": id("Microsoft.Authorization/policyAssignments/p"), "description": text});
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        change("a", "defender_plan", plan("Arm", "tier", json!("Free")), plan("Arm", "tier", json!("Standard"))),
        change("b", "defender_plan", extension(false), extension(true)),
        change("c", "defender_policy_assignment", policy("one"), policy("two")),
    ]})
}

fn written() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let plan = file(&directory, "plan.json", document().to_string());
    (directory, plan)
}

#[test]
fn what_counts_is_for_the_caller_to_say() -> Result<(), Failure> {
    let (_directory, plan) = written();
    let told = report(&plan, &[])?;
    assert_eq!(
        told["summary"],
        json!({"protection_off": 1, "capability_lost": 1, "configuration": 0, "cosmetic": 1})
    );
    for word in ["cosmetic", "configuration", "capability_lost", "protection_off"] {
        drift(&plan, &["--fail-on", word])?.require(2)?;
    }
    drift(&plan, &["--fail-on", "never"])?.require(0)?.require_text("3 findings in 1 subscription")?;
    Ok(())
}

#[test]
fn a_baseline_accepts_for_a_while() -> Result<(), Failure> {
    let (directory, plan) = written();
    let told = report(&plan, &[])?;
    let id = told["findings"][0]["id"].as_str().unwrap_or_default();
    let text = format!(
        "[[accept]]\nid = \"{id}\"\nexpires = \"2999-01-01\"\nreason = \"a test's plan\"\n
        [[accept]]\npath = \"*.extensions.*\"\nexpires = \"2999-01-01\"\nreason = \"known\"\n
        [[accept]]\npath = \"*.description\"\nexpires = \"2020-01-01\"\nreason = \"was known\"\n
        [[accept]]\npath = \"*.none\"\nexpires = \"2999-01-01\"\nreason = \"nothing\"\n"
    );
    let baseline = file(&directory, "baseline.toml", text);
    let arguments = ["--baseline", baseline.to_str().unwrap_or_default()];
    let told = report(&plan, &arguments)?;
    let accepted = told["findings"].as_array().unwrap().iter().filter(|one| !one["accepted"].is_null());
    assert_eq!((accepted.count(), &told["accepted"]), (2, &json!(2)));
    assert_eq!(told["baseline"]["expired"], json!(["path *.description, until 2020-01-01: was known"]));
    assert_eq!(told["baseline"]["unused"], json!(["path *.none, until 2999-01-01: nothing"]));
    drift(&plan, &arguments)?
        .require(2)?
        .require_text("The baseline's entry has expired: path *.description")?;
    drift(&plan, &[&arguments[..], &["--fail-on", "configuration"]].concat())?.require(0)?;
    for format in super::FORMATS {
        let output = drift(&plan, &[&arguments[..], &["--format", format]].concat())?.require(2)?;
        assert!(output.stdout.contains("a test") && output.stdout.contains("2999-01-01"), "{format}");
    }
    Ok(())
}

#[test]
fn mistakes_end_with_one() -> Result<(), Failure> {
    let (directory, plan) = written();
    let broken = file(&directory, "broken.toml", "[[accept]]\nid = \"a\"\n");
    for (arguments, text) in [
        (&["--format", "pdf"][..], "--format: \"pdf\" is none of text, markdown, html, sarif, junit, json"),
        (&["--baseline", "nowhere.toml"], "the baseline nowhere.toml: cannot be read"),
        (&["--baseline", broken.to_str().unwrap_or_default()], "missing field"),
        (&["--out", "nowhere/at/all"], "cannot write nowhere/at/all"),
    ] {
        let output = drift(&plan, arguments)?.require(1)?;
        assert!(output.stdout.is_empty() && output.stderr.lines().count() == 1, "{output:?}");
        output.require_text(text)?;
    }
    drift("nowhere.json".as_ref(), &[])?.require(1)?.require_text("nowhere.json: cannot be opened")?;
    drift(directory.path(), &[])?.require(1)?.require_text("it is a directory")?;
    Ok(())
}

#[test]
fn a_report_goes_into_a_file() -> Result<(), Failure> {
    let (directory, plan) = written();
    let out = directory.path().join("report.html");
    let arguments = ["--format", "html", "--out", out.to_str().unwrap_or_default()];
    for _ in 0..2 {
        let output = drift(&plan, &arguments)?
            .require(2)?
            .require_text("drift: 3 findings in 1 subscription; wrote ")?;
        assert!(output.stdout.is_empty());
    }
    assert!(std::fs::read_to_string(&out).unwrap().ends_with("</html>\n"));
    Ok(())
}

#[test]
fn a_plan_that_failed_is_no_answer() -> Result<(), Failure> {
    let directory = tempfile::tempdir().unwrap();
    let mut document = document();
    document["errored"] = json!(true);
    let plan = file(&directory, "plan.json", document.to_string());
    for format in super::FORMATS {
        let output = drift(&plan, &["--format", format, "--fail-on=never"])?.require(1)?;
        assert!(output.stdout.contains("the plan failed"), "{format} has the report: {}", output.stdout);
        assert!(output.stderr.contains("Terraform failed while it made the plan"), "{}", output.stderr);
    }
    Ok(())
}
