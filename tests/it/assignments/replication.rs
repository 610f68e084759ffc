//! Azure's parts know of each other late: new identities, new assignments.

use super::{objects, require_settled, sensor};
use crate::harness::Scene;
use crate::shared::process::Failure;
use std::thread;
use std::time::Duration;

#[test]
fn a_new_identity_is_waited_for() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    scene.azure.set_replication_delay(Duration::from_mins(1));
    let refused = || scene.azure.requests().iter().filter(|request| request.status == 400).count();
    thread::scope(|threads| {
        threads.spawn(|| {
            // Two roles are refused at least twice before the identity is known.
            while refused() < 4 {
                thread::park_timeout(Duration::from_millis(20));
            }
            scene.azure.advance(Duration::from_mins(1));
        });
        scene.workspace.apply()?.require(0)
    })?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)
}

#[test]
fn an_identity_that_never_comes_is_said_and_what_exists_is_kept() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("timeouts { create = \"3s\" }"))?;
    scene.azure.set_replication_delay(Duration::from_hours(1));
    let output = scene.workspace.apply()?.require(1)?;
    output.require_text("PrincipalNotFound")?.require_text("Granting a role")?;
    let stored = crate::state::instance(&scene, "defender_policy_assignment.this")?.unwrap_or_default();
    assert!(stored["attributes"]["principal_id"].is_string(), "what was made is in the state: {stored:#}");
    scene.azure.set_replication_delay(Duration::ZERO);
    scene.workspace.write("main.tf", &sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    Ok(())
}

#[test]
fn an_assignment_that_cannot_be_read_at_once_is_waited_for() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    scene.azure.set_consistency_delay(Duration::from_secs(1));
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)
}

#[test]
fn a_remediation_that_takes_too_long_goes_on_without_us() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}\ntimeouts { create = \"4s\" }"))?;
    scene.azure.set_remediation_step(Duration::from_hours(1));
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("The remediation is still under way")?.require_text("wait = false")?;
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/remediations/"), Vec::<String>::new(), "one that is under way is ended");
    Ok(())
}
