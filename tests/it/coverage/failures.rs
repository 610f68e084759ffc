//! Azure Resource Graph throttled, refused, or without policies: the result is whole, and what it took is said.

use super::{coverage, scene, told};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::{Value, json};

const FLEET: &str = "  management_group = \"fleet\"";

fn graph(status: u16, code: &str) -> Fault {
    let path = Some("Microsoft.ResourceGraph".to_owned());
    let body = Some(json!({"error": {"code": code, "message": "Not now."}}));
    Fault { path, status: Some(status), body, ..Fault::default() }
}

fn numbers(all: &Value) -> [&Value; 4] {
    ["subscriptions", "unread", "unregistered", "on"].map(|field| &all["summary"][field])
}

#[test]
fn throttled_queries_are_sent_again() -> Result<(), Failure> {
    let scene = scene(6, &coverage(FLEET))?;
    let headers = [("retry-after".to_owned(), "1".to_owned())].into();
    scene.azure.add_fault(Fault { headers, times: 2, ..graph(429, "RateLimiting") });
    let output = scene.workspace.apply()?.require(0)?;
    assert!(!output.stdout.contains("could not be asked"), "{}", output.stdout);
    assert_eq!(numbers(&told(&scene)?), [&json!(6), &json!(1), &json!(1), &json!(12)]);
    assert_eq!(scene.azure.waiting_faults(), 0);
    Ok(())
}

#[test]
fn without_graph_each_subscription_is_read() -> Result<(), Failure> {
    let scene = scene(6, &coverage(FLEET))?;
    scene.azure.add_fault(Fault { times: 0, ..graph(403, "AuthorizationFailed") });
    let output = scene.workspace.apply()?.require(0)?;
    output
        .require_text("Azure Resource Graph could not be asked")?
        .require_text("AuthorizationFailed: Not now")?
        .require_text("Policies could not be read")?;
    let all = told(&scene)?;
    assert_eq!(numbers(&all), [&json!(6), &json!(1), &json!(1), &json!(12)]);
    let lists = scene.take_requests().into_iter().filter(|line| line.contains("/pricings?")).count();
    assert_eq!(lists, 6, "one for each subscription");
    let cause = |number: usize, name: &str| all["subscriptions"][number - 1]["plans"][name]["cause"].clone();
    assert_eq!(
        (cause(6, "KeyVaults"), cause(4, "VirtualMachines")),
        (json!("unknown"), json!("defender_portal"))
    );
    Ok(())
}

/// Only the query for policies fails: the plans are there, their cause is not known, and that is said.
#[test]
fn without_policies_causes_are_unknown() -> Result<(), Failure> {
    let scene = scene(6, &coverage(FLEET))?;
    let fault = Fault { skip: 1, ..graph(403, "AuthorizationFailed") };
    scene.azure.add_fault(fault);
    let output = scene.workspace.plan()?.require(2)?;
    output.require_text("Policies could not be read")?;
    assert_eq!(scene.azure.waiting_faults(), 0);
    Ok(())
}

#[test]
fn a_group_that_is_not_there_is_an_error() -> Result<(), Failure> {
    let scene = scene(4, &coverage("  management_group = \"nothing\""))?;
    scene.workspace.plan()?.require(1)?.require_text("Listing what is below the management group").map(drop)
}
