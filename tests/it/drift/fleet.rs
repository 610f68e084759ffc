//! Thirty subscriptions, many of which have drifted: the same findings in every format.

use super::{FORMATS, between, change, drift, kept, planned, report};
use crate::harness::{NO_PREFLIGHT, Scene, terraform};
use crate::shared::process::Failure;
use arm_emulator::Options;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

const CONFIGURATION: &str = r#"
locals {
  subscriptions = toset([for number in range(1, 31) : format("%08d-0000-0000-0000-000000000000", number)])
  plans         = ["Arm", "CloudPosture", "Containers", "KeyVaults", "StorageAccounts"]
}

resource "defender_plan" "servers" {
  for_each = local.subscriptions

  scope      = "/subscriptions/${each.key}"
  name       = "VirtualMachines"
  subplan    = "P2"
  extensions = { AgentlessVmScanning = {} }
}

resource "defender_plan" "others" {
  for_each = { for pair in setproduct(local.subscriptions, local.plans) : "${pair[0]} ${pair[1]}" => pair }

  scope = "/subscriptions/${each.value[0]}"
  name  = each.value[1]
}

resource "defender_setting" "apps" {
  for_each = local.subscriptions

  scope   = "/subscriptions/${each.key}"
  name    = "MCAS"
  enabled = true
}
"#;

fn id(number: usize, rest: &str) -> String {
    format!("/subscriptions/{number:08}-0000-0000-0000-000000000000/providers/Microsoft.Security/{rest}")
}

/// Changes things behind Terraform's back; returns what must be found: subscription, what it is about, how bad it is.
fn disturb(scene: &Scene) -> BTreeSet<(usize, &'static str, &'static str)> {
    let mut expected = BTreeSet::new();
    for number in (1..=30).filter(|number| number % 2 == 0 || number % 3 == 0) {
        if number % 3 == 0 {
            let off = json!({"pricingTier": "Free", "freeTrialRemainingTime": "P30D"});
            change(scene, &id(number, "pricings/KeyVaults"), |properties| *properties = off);
            expected.insert((number, "KeyVaults", "protection_off"));
        }
        if number % 4 == 0 {
            change(scene, &id(number, "pricings/VirtualMachines"), |properties| {
                for extension in properties["extensions"].as_array_mut().into_iter().flatten() {
                    extension["isEnabled"] = json!("False");
                }
            });
            expected.insert((number, "VirtualMachines", "capability_lost"));
        }
        if number % 10 == 0 {
            change(scene, &id(number, "settings/MCAS"), |properties| properties["enabled"] = json!(false));
            expected.insert((number, "Settings", "capability_lost"));
        }
        // Nobody decides on this: it is no drift.
        change(scene, &id(number, "pricings/Arm"), |properties| {
            properties["resourcesCoverageStatus"] = json!("PartiallyCovered");
        });
    }
    expected
}

fn found(report: &Value) -> BTreeSet<(usize, String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .map(|one| {
            let number = text(&one["subscription_id"])[..8].parse().unwrap();
            (number, text(&one["subject"]), text(&one["severity"]))
        })
        .collect()
}

/// The ids of the findings in what a format wrote.
fn ids(format: &str, text: &str) -> BTreeSet<String> {
    let found = match format {
        "text" => between(text, "      id ", ","),
        "markdown" => between(text, ", id `", "`"),
        "html" => between(text, "\" id=\"f-", "\""),
        "sarif" => between(text, "\"findingId/v1\": \"", "\""),
        "junit" => between(text, " (", ")\" time"),
        "json" => between(text, "\"id\": \"", "\""),
        _ => BTreeSet::new(),
    };
    found.into_iter().map(str::to_owned).collect()
}

fn assert_same_everywhere(plan: &Path, count: usize) -> Result<(), Failure> {
    let mut first = None;
    for format in FORMATS {
        let output = drift(plan, &["--format", format])?.require(2)?;
        let ids = ids(format, &output.stdout);
        assert_eq!(ids.len(), count, "{format}");
        assert_eq!(first.get_or_insert_with(|| ids.clone()), &ids, "{format}");
    }
    Ok(())
}

#[test]
fn thirty_subscriptions() -> Result<(), Failure> {
    let ids: Vec<String> =
        (1..=30).map(|number| format!("{number:08}-0000-0000-0000-000000000000")).collect();
    let options =
        Options { seed: Some(json!({"subscriptions": ids, "resources": []})), ..Options::default() };
    let scene = Scene::with(terraform()?, options, CONFIGURATION)?;
    scene.configure(NO_PREFLIGHT)?;
    scene.workspace.apply()?.require(0)?;
    let plan = planned(&scene, &[])?;
    drift(&plan, &[])?.require(0)?.require_text("No drift")?;

    let expected = disturb(&scene);
    let plan = planned(&scene, &[])?;
    let told = report(&plan, &[])?;
    let expected: BTreeSet<_> = expected
        .into_iter()
        .map(|(number, subject, severity)| (number, subject.to_owned(), severity.to_owned()))
        .collect();
    assert_eq!(found(&told), expected);
    assert_eq!(told["watched"].as_array().map(Vec::len), Some(30 * 7), "the clean ones are in the overview");
    assert_same_everywhere(&plan, expected.len())?;

    // The refresh-only variant finds the same, under the same ids.
    let all: BTreeSet<String> =
        told["findings"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    let refreshed = report(&planned(&scene, &["-refresh-only"])?, &[])?;
    let ids = refreshed["findings"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    assert_eq!((all, &refreshed["plan"]["refresh_only"]), (ids, &json!(true)));

    // The stream tells the resources.
    let stream = scene.workspace.run(["plan", "-input=false", "-json"])?.require(0)?;
    let streamed = report(&kept(&scene, "plan.jsonl", &stream.stdout)?, &[])?;
    let resources: BTreeSet<(usize, String)> =
        expected.iter().map(|(number, subject, _)| (*number, subject.clone())).collect();
    let found: BTreeSet<_> =
        found(&streamed).into_iter().map(|(number, subject, _)| (number, subject)).collect();
    assert_eq!(found, resources);
    Ok(())
}
