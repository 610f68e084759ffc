//! Providers that fail, panic or break their word: state is always true, and the message says where the fault lies.

use super::scene::{Scene, thing};
use crate::shared::process::{self, Failure};
use std::time::Duration;

/// A creation that ends half-way.
struct Case {
    misbehave: &'static str,
    says: &'static str,
}

#[test]
fn what_was_reached_is_stored() -> Result<(), Failure> {
    check(&Case { misbehave: "error", says: "Error: It failed half-way" })?;
    check(&Case { misbehave: "panic", says: "The provider panicked: it was told to panic" })
}

/// Builds with debug assertions hold answers to core's rules before core does, and name the attribute.
#[cfg(debug_assertions)]
#[test]
fn broken_promises_are_found_by_the_provider_itself() -> Result<(), Failure> {
    check(&Case { misbehave: "change", says: "size: differs from what was planned." })?;
    check(&Case { misbehave: "unknown", says: "echo: still unknown after apply." })
}

/// Creates a thing that misbehaves, finds it stored and tainted, and mends it by a replacement.
fn check(case: &Case) -> Result<(), Failure> {
    let Case { misbehave, says } = case;
    let scene = Scene::new(&thing(&format!("name = \"t\"\nmisbehave = \"{misbehave}\"")))?;
    scene.apply(1, says)?;
    let instance = scene.instance()?;
    assert_eq!(instance["status"], "tainted", "{misbehave}: {instance:#}");
    assert_eq!(instance["attributes"]["id"], "t", "{misbehave}: {instance:#}");
    scene.write("main.tf", &thing("name = \"t\""))?;
    scene.apply(0, "1 added, 0 changed, 1 destroyed")?;
    scene.plan(0, "No changes.")
}

/// Core holds the second plan of an apply to the first one, and so finds a plan that depends on where it is made.
#[test]
fn a_plan_that_wavers_is_refused_by_core() -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"t\"\nmisbehave = \"waver\""))?;
    scene.apply(1, "Provider produced inconsistent final plan")
}

/// A panic is reported with its message and place, and with nothing of what was configured: neither to the user nor
/// in the most talkative log.
#[test]
fn a_panic_tells_no_secret() -> Result<(), Failure> {
    const SECRET: &str = "hunter2-in-the-configuration";
    let configuration = format!("name = \"t\"\nsecret = \"{SECRET}\"\nmisbehave = \"panic\"");
    let scene = Scene::new(&thing(&configuration))?;
    let log = tempfile::NamedTempFile::new().map_err(Failure::of("making a log file"))?;
    let mut apply = scene.command(&["apply", "-auto-approve"]);
    apply.env("TF_LOG", "trace").env("TF_LOG_PATH", log.path());
    let output = process::run(&mut apply, Duration::from_secs(120))?.require(1)?;
    let log = std::fs::read_to_string(log.path()).map_err(Failure::of("reading the log"))?;
    assert!(log.contains("apply_resource_change") || log.contains("ApplyResourceChange"), "the log is empty");
    let state = scene.instance()?.to_string();
    for (place, text) in
        [("log", &log), ("output", &output.stdout), ("errors", &output.stderr), ("state", &state)]
    {
        assert!(!text.contains(SECRET), "the secret stands in the {place}");
    }
    Ok(())
}

/// An object that was there before is not tainted.
#[test]
fn a_change_that_fails_stores_what_was_reached() -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"t\"\ntext = \"before\""))?;
    scene.apply(0, "1 added")?;
    scene.write("main.tf", &thing("name = \"t\"\ntext = \"after\"\nmisbehave = \"panic\""))?;
    scene.apply(1, "The provider has a bug")?;
    let instance = scene.instance()?;
    assert_eq!(instance["status"], serde_json::Value::Null, "{instance:#}");
    assert_eq!(instance["attributes"]["text"], "after", "{instance:#}");
    Ok(())
}

#[test]
fn a_deletion_that_fails_keeps_the_object() -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"t\"\nmisbehave = \"keep\""))?;
    scene.apply(0, "1 added")?;
    let before = scene.instance()?;
    scene.run(&["destroy", "-auto-approve"])?.require(1)?.require_text("Error: It stays")?;
    assert_eq!(scene.instance()?, before);
    scene.write("main.tf", &thing("name = \"t\""))?;
    scene.apply(0, "1 changed")?;
    scene.run(&["destroy", "-auto-approve"])?.require(0)?.require_text("1 destroyed").map(drop)
}

#[test]
fn what_is_gone_is_created_again() -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"t\"\nmisbehave = \"vanish\""))?;
    scene.apply(0, "1 added")?;
    scene.plan(2, "1 to add, 0 to change, 0 to destroy")
}
