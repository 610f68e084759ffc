//! Azure answers 200 and tells beside it that an extension failed: that is an error, and stays in sight.

use super::story::{Story, one, require_texts};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use std::collections::BTreeMap;

/// Azure's own words, with the ids of the Kubernetes Agentless Operator's role and of an identity.
const MESSAGE: &str = "Failed assigning roles {d5a2ae44-610b-4500-93be-660a0c5f5ca6} to {identity} for plan";

const BOTH: &str =
    "name = \"Containers\"\nextensions = { AgentlessDiscoveryForKubernetes = {}, ContainerSensor = {} }";
const SENSOR: &str = "name = \"Containers\"\nextensions = { ContainerSensor = {} }";
const SET: &str = "GET *, PUT Containers";

/// The next write to Containers cannot switch this extension.
fn breaks(story: &Story, extension: &str) {
    story.scene.azure.add_fault(Fault {
        method: Some("PUT".to_owned()),
        path: Some("/pricings/Containers".to_owned()),
        extension_failures: BTreeMap::from([(extension.to_owned(), MESSAGE.to_owned())]),
        ..Fault::default()
    });
}

const REASON: [&str; 4] = [
    "AgentlessDiscoveryForKubernetes of the plan Containers: Failed assigning roles",
    "Kubernetes Agentless Operator (d5a2ae44-610b-4500-93be-660a0c5f5ca6)",
    "which needs Owner",
    "with defender_plan.it",
];

/// The plan after a failure shows what is not in effect, and a warning that says why.
const NEXT_PLAN: [&str; 3] = [
    "Warning: An extension is not in effect",
    "Failed assigning roles",
    "\"AgentlessDiscoveryForKubernetes\" = {",
];

#[test]
fn on_update_the_state_is_true() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.begin(&one("name = \"Containers\"\ntier = \"Free\""))?;
    breaks(&story, "AgentlessDiscoveryForKubernetes");
    story.fail(
        &one(BOTH),
        &REASON,
        SET,
        "Containers Standard ContainerRegistriesVulnerabilityAssessments \
        AgentlessDiscoveryForKubernetes AgentlessVmScanning{ExclusionTags=[]} ContainerSensor \
        ContainerIntegrityContribution",
    )?;
    let state = story.state()?;
    assert_eq!(state["tainted"], serde_json::Value::Null, "a failed change is no reason to start over");
    let extensions = &state["values"]["extensions"];
    assert_eq!(extensions["AgentlessDiscoveryForKubernetes"]["enabled"], false);
    assert_eq!(extensions["ContainerSensor"]["enabled"], true);
    story.plan(2, &[&NEXT_PLAN[..], &["~ enabled = false -> true", "1 to change"]].concat())?;
    story.begin(&one(BOTH))?;
    let plan = story.plan(0, &["No changes."])?;
    assert_eq!(super::story::warnings(&plan), 0, "{}", plan.stdout);
    Ok(())
}

#[test]
fn on_creation_the_object_is_tainted() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    breaks(&story, "AgentlessDiscoveryForKubernetes");
    story.write(&one(BOTH))?;
    require_texts(story.scene.workspace.apply()?.require(1)?, &REASON)?;
    assert_eq!(story.take_sent(), ["GET *", "PUT Containers"]);
    assert_eq!(story.state()?["tainted"], true);
    story.plan(2, &[&NEXT_PLAN[..2], &["is tainted, so must be replaced"]].concat())?;
    // The plan stays on. Azure tells the outcome of a change only, so what failed goes off before it goes on.
    let output = story.scene.workspace.apply()?.require(0)?;
    assert_eq!(story.take_sent(), ["GET *", "GET *", "PUT Containers", "PUT Containers"]);
    output.require_text("An extension is not in effect")?;
    story.plan(0, &["No changes."])?;
    story.destroy(SET, "Containers Free").map(drop)
}

#[test]
fn an_extension_that_is_not_listed_is_a_warning_only() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    breaks(&story, "AgentlessDiscoveryForKubernetes");
    story.write(&one(SENSOR))?;
    let warning =
        ["Warning: An extension that is not listed failed", "Failed assigning roles", "which needs Owner"];
    require_texts(story.scene.workspace.apply()?.require(0)?, &warning)?;
    story.take_sent();
    // There is nothing here to mend it with, so it is said once.
    let plan = story.plan(0, &["No changes."])?;
    assert_eq!(super::story::warnings(&plan), 0, "{}", plan.stdout);
    Ok(())
}

#[test]
fn a_failure_on_the_way_back_is_an_error() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.edit(
        "Containers",
        &serde_json::json!({"pricingTier": "Standard", "extensions": [
        {"name": "ContainerSensor", "isEnabled": "False"}]}),
    );
    story.begin(&one(SENSOR))?;
    breaks(&story, "ContainerSensor");
    let output = story.scene.workspace.destroy()?.require(1)?;
    require_texts(
        output,
        &["ContainerSensor of the plan Containers could not be put back", "Failed assigning roles"],
    )?;
    assert_eq!(story.state()?["type"], "defender_plan", "what could not be destroyed is not forgotten");
    story.take_sent();
    story.destroy(SET, "Containers Standard -ContainerSensor").map(drop)
}
