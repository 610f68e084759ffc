//! `extension_ownership`: which extensions a plan decides on, and how many writes that takes.

use super::story::{Story, one, warnings};
use crate::shared::process::Failure;
use serde_json::{Value, json};

const ONE: &str = "name = \"Containers\"\nextensions = { ContainerSensor = {} }\n";
const NONE: &str = "name = \"Containers\"\nextensions = {}\n";
const UNSAID: &str = "name = \"Containers\"\n";
const EXCLUSIVE: &str = "extension_ownership = \"exclusive\"\n";

const ALL_ON: &str = "Containers Standard ContainerRegistriesVulnerabilityAssessments AgentlessDiscoveryForKubernetes \
                      AgentlessVmScanning{ExclusionTags=[]} ContainerSensor ContainerIntegrityContribution";
const SENSOR_ON: &str = "Containers Standard -ContainerRegistriesVulnerabilityAssessments \
                         -AgentlessDiscoveryForKubernetes -AgentlessVmScanning ContainerSensor \
                         -ContainerIntegrityContribution";
const ALL_OFF: &str = "Containers Standard -ContainerRegistriesVulnerabilityAssessments \
                       -AgentlessDiscoveryForKubernetes -AgentlessVmScanning -ContainerSensor \
                       -ContainerIntegrityContribution";

fn extension(name: &str, enabled: bool) -> Value {
    json!({"name": name, "isEnabled": if enabled { "True" } else { "False" }})
}

/// Applies one body after the other to a plan that is off.
fn check(steps: &[(&[&str], &str, &str)]) -> Result<(), Failure> {
    let story = Story::new(&[])?;
    for (body, sends, leaves) in steps {
        story.apply(&one(&body.concat()), sends, leaves)?;
    }
    story.destroy("GET *, PUT Containers", "Containers Free").map(drop)
}

#[test]
fn listed_leaves_others_alone() -> Result<(), Failure> {
    check(&[
        (&[ONE], "GET *, PUT Containers", ALL_ON),
        (&[NONE], "GET *", ALL_ON),
        (&[ONE], "GET *, PUT Containers", ALL_ON),
        (&[UNSAID], "GET *", ALL_ON),
    ])
}

/// Azure switches extensions on with their plan, which only its answer tells: that takes a second write.
#[test]
fn exclusive_switches_others_off() -> Result<(), Failure> {
    check(&[
        (&[ONE, EXCLUSIVE], "GET *, PUT Containers, PUT Containers", SENSOR_ON),
        (&[NONE, EXCLUSIVE], "GET *, PUT Containers", ALL_OFF),
        (&[ONE], "GET *, PUT Containers", SENSOR_ON),
        (&[ONE, EXCLUSIVE], "GET *, PUT Containers", SENSOR_ON),
        (&[UNSAID, EXCLUSIVE], "GET *, PUT Containers", ALL_OFF),
    ])
}

#[test]
fn becoming_exclusive_takes_one_write() -> Result<(), Failure> {
    check(&[
        (&[ONE], "GET *, PUT Containers", ALL_ON),
        (&[ONE, EXCLUSIVE], "GET *, PUT Containers", SENSOR_ON),
    ])
}

#[test]
fn a_plan_without_a_list_can_be_exclusive() -> Result<(), Failure> {
    check(&[(&[UNSAID, EXCLUSIVE], "GET *, PUT Containers, PUT Containers", ALL_OFF)])
}

/// Azure refuses to be told of an extension that the sub-plan does not have, even that it is off.
#[test]
fn extensions_come_and_go_with_the_subplan() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let servers = |subplan: &str, extensions: &str| {
        one(&format!(
            "name = \"VirtualMachines\"\nsubplan = \"{subplan}\"\nextensions = {{ {extensions} }}\n{EXCLUSIVE}"
        ))
    };
    let defender = "MdeDesignatedSubscription = {}";
    let set = "GET *, PUT VirtualMachines";
    let (p1, p2) = (
        "VirtualMachines Standard P1 MdeDesignatedSubscription",
        "VirtualMachines Standard P2 MdeDesignatedSubscription -AgentlessVmScanning -FileIntegrityMonitoring",
    );
    let twice = "GET *, PUT VirtualMachines, PUT VirtualMachines";
    let switched_on = story.apply_with_warnings(&servers("P2", defender), &format!("GET *, {twice}"), p2)?;
    assert_eq!(warnings(&switched_on), 1, "direct onboarding brings P1 only: {}", switched_on.stdout);
    story.apply(&servers("P1", defender), set, p1)?;
    story.apply(
        &servers("P1", &format!("{defender}, AgentlessVmScanning = {{ enabled = false }}")),
        set,
        p1,
    )?;
    story.apply(
        &servers("P2", &format!("{defender}, AgentlessVmScanning = {{ enabled = false }}")),
        set,
        p2,
    )?;
    story.destroy(set, "VirtualMachines Free").map(drop)
}

/// Others switch an extension on and off that is not listed.
#[test]
fn only_exclusive_sees_what_others_do() -> Result<(), Failure> {
    let sensor = extension("ContainerSensor", true);
    let plans = |enabled| {
        let integrity = extension("ContainerIntegrityContribution", enabled);
        json!({"pricingTier": "Standard", "extensions": [sensor, integrity]})
    };
    for (ownership, sends, code, shows) in [
        ("", "GET *, PUT Containers", 0, "No changes."),
        (EXCLUSIVE, "GET *, PUT Containers", 2, "- \"ContainerIntegrityContribution\" = {"),
    ] {
        let story = Story::new(&[("Containers", plans(false))])?;
        let configuration = one(&[ONE, ownership].concat());
        let there = "Containers Standard ContainerSensor -ContainerIntegrityContribution";
        story.apply(&configuration, sends, there)?;
        story.edit("Containers", &plans(true));
        story.plan(code, &[shows])?;
        if code == 2 {
            story.apply(&configuration, "GET *, PUT Containers", there)?;
        }
    }
    Ok(())
}
