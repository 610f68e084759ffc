//! A provider that is killed at any request: the next apply converges, with nothing doubled and nothing left over.

use super::{objects, require_settled, sensor};
use crate::harness::{NO_PREFLIGHT, Scene};
use crate::interruptions::kill_at;
use crate::shared::process::Failure;

#[test]
fn between_any_two_requests() -> Result<(), Failure> {
    let undisturbed = Scene::new(&sensor("remediation = {}"))?;
    undisturbed.configure(NO_PREFLIGHT)?;
    undisturbed.workspace.apply()?.require(0)?;
    let requests = undisturbed.azure.requests();
    let count = requests.len();
    let first =
        requests.iter().position(|request| request.path.contains("/policyAssignments/")).unwrap_or_default();
    assert!(count - first > 8, "there is something to kill: {count}");
    for request in first..count {
        killed_at(request).map_err(Failure::of(format!("kill the provider at request {request}")))?;
    }
    Ok(())
}

fn killed_at(request: usize) -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.configure(NO_PREFLIGHT)?;
    let before = scene.azure.resources();
    kill_at(&scene, request)?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    for (part, count) in [("/policyAssignments/", 1), ("/roleAssignments/", 2), ("/remediations/", 1)] {
        assert_eq!(objects(&scene, part).len(), count, "{part}");
    }
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before, "no orphan is left");
    Ok(())
}
