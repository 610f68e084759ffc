//! The preflight: what the caller may do against what a plan needs. Only ever a warning.

use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION};
use crate::plans::story::{Story, machine, one, warnings};
use crate::shared::process::Failure;
use arm_emulator::{Disconnect, Fault};
use serde_json::{Value, json};

const SERVERS: &str =
    "name = \"VirtualMachines\"\nsubplan = \"P2\"\nextensions = { AgentlessVmScanning = {} }";
const SECURITY_ADMIN: [&str; 2] = ["Microsoft.Security/*", "*/read"];

/// A story whose caller has one role for each of these: actions, and what is taken out of them.
fn story(roles: &[(&[&str], &[&str])]) -> Result<Story, Failure> {
    let story = Story::new(&[])?;
    let value: Vec<Value> = roles
        .iter()
        .map(|(actions, not)| json!({"actions": actions, "notActions": not, "dataActions": []}))
        .collect();
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions");
    story.scene.azure.put_resource(&id, json!({"value": value}));
    Ok(story)
}

fn looks(story: &Story) -> usize {
    let requests = story.scene.azure.requests();
    story.scene.azure.clear_requests();
    requests.iter().filter(|request| request.path.contains("/permissions?")).count()
}

#[test]
fn what_is_missing_is_named() -> Result<(), Failure> {
    let story = story(&[(&SECURITY_ADMIN, &[])])?;
    story.write(&one(SERVERS))?;
    let output = story.plan(
        2,
        &[
            "Warning: A permission seems to be missing",
            "2: name = \"VirtualMachines\"",
            "Microsoft.Authorization/roleAssignments/write",
            "an identity of AgentlessVmScanning",
            "The documented role for plan VirtualMachines is Owner",
            SUBSCRIPTION,
            "rule MDC070",
        ],
    )?;
    assert_eq!(warnings(&output), 1, "{}", output.stdout);
    assert!(!output.stdout.contains("pricings/write"), "what is allowed is not missing: {}", output.stdout);
    story.write(&one("name = \"Arm\""))?;
    assert_eq!(warnings(&story.plan(2, &["1 to add"])?), 0, "a Security Admin may set plans");
    Ok(())
}

/// Exceptions count for the role that has them, and for no other.
#[test]
fn roles_add_up() -> Result<(), Failure> {
    let contributor: (&[&str], &[&str]) =
        (&["*"], &["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"]);
    for (roles, expected) in [
        (vec![contributor], 1),
        (vec![contributor, (&["Microsoft.Authorization/roleAssignments/*"], &[])], 0),
        (vec![(&["*"], &[])], 0),
        (vec![(&["*/read"], &[])], 1),
        (vec![], 1),
    ] {
        let story = story(&roles)?;
        if !roles.is_empty() {
            story.write(&one(SERVERS))?;
            assert_eq!(warnings(&story.plan(2, &["1 to add"])?), expected, "{roles:?}");
        }
    }
    Ok(())
}

/// One look for a scope, none where nothing is written, and none where it is switched off.
#[test]
fn one_look_for_a_scope() -> Result<(), Failure> {
    let story = story(&[(&["*"], &[])])?;
    story.write("resource \"defender_plan\" \"it\" {\n  for_each = toset([\"Arm\", \"CosmosDbs\", \"SqlServers\"])\n  name = each.key\n}\n")?;
    story.scene.workspace.plan()?.require(2)?;
    assert_eq!(looks(&story), 1, "three plans, one look");
    story.scene.workspace.apply()?.require(0)?;
    assert_eq!(looks(&story), 2, "one in the process that plans, one in that which applies");
    story.scene.workspace.plan()?.require(0)?;
    assert_eq!(looks(&story), 0, "nothing is to be written");
    story.scene.workspace.run(["plan", "-destroy"])?.require(0)?;
    assert_eq!(looks(&story), 1, "destroying writes");
    story.scene.configure(NO_PREFLIGHT)?;
    story.scene.workspace.run(["plan", "-destroy"])?.require(0)?;
    assert_eq!(looks(&story), 0, "switched off");
    Ok(())
}

/// A role on the machine alone is enough for the machine.
#[test]
fn single_resources_are_looked_at_by_themselves() -> Result<(), Failure> {
    let story = story(&[(&["*/read"], &[])])?;
    let id = format!("{}/providers/Microsoft.Authorization/permissions", machine("vm1"));
    story.scene.azure.put_resource(&id, json!({"value": [{"actions": ["*"], "notActions": []}]}));
    for (name, expected) in [("vm1", 0), ("arc1", 1)] {
        story.write(&one(&format!(
            "scope = \"{}\"\nname = \"VirtualMachines\"\ntier = \"Free\"",
            machine(name)
        )))?;
        assert_eq!(warnings(&story.plan(2, &["1 to add"])?), expected, "{name}");
    }
    Ok(())
}

/// An answer that does not come, or is none, changes nothing.
#[test]
fn its_failure_never_fails_a_plan() -> Result<(), Failure> {
    let story = story(&[(&["*/read"], &[])])?;
    story.write(&one("name = \"Arm\""))?;
    let on_permissions = || Fault { path: Some("/permissions".to_owned()), times: 0, ..Fault::default() };
    let refused = json!({"error": {"code": "AuthorizationFailed", "message": "no"}});
    for fault in [
        Fault { status: Some(403), body: Some(refused), ..on_permissions() },
        Fault { status: Some(200), body: Some(json!("<html>")), ..on_permissions() },
        Fault { status: Some(200), body: Some(json!({"value": [{"actions": 3}]})), ..on_permissions() },
    ] {
        let unreadable =
            fault.body.as_ref().is_some_and(|body| body.is_object() && fault.status == Some(200));
        story.scene.azure.clear_faults();
        story.scene.azure.add_fault(fault);
        let output = story.plan(2, &["1 to add"])?;
        assert_eq!(warnings(&output), usize::from(unreadable), "{}", output.stdout);
    }
    Ok(())
}

/// Neither does an Azure that cannot be reached: the plan goes on after a while.
#[test]
fn offline() -> Result<(), Failure> {
    let story = story(&[(&["*"], &[])])?;
    story.write(&one("name = \"Arm\""))?;
    let dropped = Fault {
        path: Some("/permissions".to_owned()),
        times: 0,
        drop: Some(Disconnect::Before),
        ..Fault::default()
    };
    story.scene.azure.add_fault(dropped);
    assert_eq!(warnings(&story.plan(2, &["1 to add"])?), 0);
    Ok(())
}
