//! A provider that is killed at any request of a create, an update or a destroy: the next run converges, with nothing
//! doubled and nothing left over.

use super::whole::sensor;
use super::{component, on};
use crate::assignments::{objects, require_settled};
use crate::harness::Scene;
use crate::interruptions::kill_at;
use crate::shared::process::Failure;

/// The sensor on AKS alone, without a remediation: what an update begins with.
fn less() -> String {
    component(
        "defender_sensor",
        "targets = [\"aks_cluster\"]\nlocation = \"westeurope\"\nremediation = { enabled = false }",
    )
}

/// Where something begins, and what is there in the end.
struct Story {
    begin: Option<String>,
    end: String,
    /// Assignments, roles and remediations.
    count: (usize, usize, usize),
}

#[test]
fn between_any_two_requests_of_a_create() -> Result<(), Failure> {
    killed_everywhere(&Story { begin: None, end: sensor(), count: (2, 4, 2) })
}

#[test]
fn between_any_two_requests_of_an_update() -> Result<(), Failure> {
    killed_everywhere(&Story { begin: Some(less()), end: sensor(), count: (2, 4, 2) })
}

#[test]
fn between_any_two_requests_when_targets_go() -> Result<(), Failure> {
    killed_everywhere(&Story { begin: Some(sensor()), end: less(), count: (1, 2, 0) })
}

#[test]
fn between_any_two_requests_of_a_destroy() -> Result<(), Failure> {
    killed_everywhere(&Story { begin: Some(sensor()), end: String::new(), count: (0, 0, 0) })
}

fn killed_everywhere(story: &Story) -> Result<(), Failure> {
    let undisturbed = begun(story)?;
    undisturbed.azure.clear_requests();
    undisturbed.workspace.apply()?.require(0)?;
    let requests = undisturbed.azure.requests();
    let first = requests.iter().position(|request| request.path.contains("/policyAssignments/"));
    let first = first.unwrap_or_default();
    assert!(requests.len() - first > 6, "there is something to kill: {}", requests.len());
    for request in first..requests.len() {
        let act = format!("kill the provider at request {request} of {}", requests.len());
        killed_at(story, request).map_err(Failure::of(act))?;
    }
    Ok(())
}

/// A scene in which the first half of the story is over.
fn begun(story: &Story) -> Result<Scene, Failure> {
    let scene = on("2026-11-22", story.begin.as_deref().unwrap_or_default())?;
    if story.begin.is_some() {
        scene.workspace.apply()?.require(0)?;
    }
    scene.workspace.write("main.tf", &story.end)?;
    Ok(scene)
}

fn killed_at(story: &Story, request: usize) -> Result<(), Failure> {
    let scene = begun(story)?;
    scene.azure.clear_requests();
    kill_at(&scene, request)?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    let (assignments, roles, remediations) = story.count;
    for (part, count) in
        [("/policyAssignments/", assignments), ("/roleAssignments/", roles), ("/remediations/", remediations)]
    {
        assert_eq!(objects(&scene, part).len(), count, "{part}");
    }
    scene.workspace.destroy()?.require(0)?;
    for part in ["/policyAssignments/", "/roleAssignments/", "/remediations/"] {
        assert_eq!(objects(&scene, part), Vec::<String>::new(), "no orphan is left");
    }
    Ok(())
}
