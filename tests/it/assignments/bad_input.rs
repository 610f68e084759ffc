//! Every bad input has an error on the attribute, before anything is made.

use super::{SENSOR, one, sensor};
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use serde_json::json;

/// A configuration that must not be planned, and what is said of it. Nothing is made.
fn check(configuration: &str, says: &[&str]) -> Result<(), Failure> {
    let scene = Scene::new(configuration)?;
    let before = scene.azure.resources();
    let mut output = scene.workspace.apply()?.require(1)?;
    for text in says {
        output = output.require_text(text)?;
    }
    assert_eq!(scene.azure.resources(), before, "{configuration}");
    Ok(())
}

#[test]
fn what_can_be_seen_without_azure() -> Result<(), Failure> {
    for (body, says) in [
        (
            one("policy_definition_id = \"sensor\""),
            &["Not the id of a policy definition", "policySetDefinitions"][..],
        ),
        (sensor("scope = \"west\""), &["Not a scope of a policy assignment", "managementGroups"]),
        (
            one(&format!(
                "name = \"a-name-that-is-far-too-long\"\nscope = \"/providers/Microsoft.Management/managementGroups/all\"\n\
                 policy_definition_id = \"{SENSOR}\"\nlocation = \"westeurope\""
            )),
            &["has 27 characters", "1 to 24"],
        ),
        (sensor("identity = { type = \"UserAssigned\" }"), &["exactly one user-assigned identity"]),
        (sensor("identity = { type = \"System\" }"), &["not one of the allowed values"]),
        (
            sensor("identity = { type = \"None\" }\nrole_definition_ids = [\"x\"]"),
            &["Roles without an identity"],
        ),
        (sensor("parameters = \"effect\""), &["Not an object", "string"]),
        (
            sensor("resource_selectors = [{ selectors = [{ kind = \"resourceLocation\" }] }]"),
            &["set one of `in` and `not_in`"],
        ),
        (
            sensor("resource_selectors = [{ selectors = [{ kind = \"resourceLocation\", in = [] }] }]"),
            &["with at least one value"],
        ),
        (sensor("not_scopes = [null]"), &["A null in a list", "compact()"]),
        (
            sensor("role_definition_ids = [\"Contributor\"]"),
            &["Not the id of a role", "never matched by name"],
        ),
        (sensor("remediation = { failure_threshold = 2 }"), &["a number from 0 to 1"]),
        (
            one(&format!("policy_definition_id = \"{SENSOR}\"\nidentity = {{ type = \"SystemAssigned\" }}")),
            &["The identity needs a location", "location = \"westeurope\""],
        ),
    ] {
        check(&body, says)?;
    }
    Ok(())
}

#[test]
fn what_the_definition_says() -> Result<(), Failure> {
    for (body, says) in [
        (
            sensor("parameters = { efect = \"Disabled\" }"),
            &[
                "The policy has no such parameter",
                "no parameter efect",
                "effect, logAnalyticsWorkspaceResourceId",
            ][..],
        ),
        (
            sensor("parameters = { effect = \"Audit\" }"),
            &["takes another value", "takes one of \"DeployIfNotExists\", \"Disabled\""],
        ),
        (sensor("parameters = { effect = true }"), &["The parameter effect", "takes text"]),
        (sensor("identity = { type = \"None\" }"), &["The policy needs an identity", "SystemAssigned"]),
        (
            one(&format!("policy_definition_id = \"{SENSOR}\"")),
            &["The identity needs a location", "Azure does not choose one"],
        ),
        (
            one("location = \"westeurope\"\npolicy_definition_id = \
                 \"/providers/Microsoft.Authorization/policySetDefinitions/de01d381-bae9-4670-8870-786f89f49e26\""),
            &["The policy needs a parameter", "parameters = { userWorkspaceResourceId = ... }"],
        ),
        (
            one("location = \"westeurope\"\npolicy_definition_id = \
                 \"/providers/Microsoft.Authorization/policyDefinitions/00000000-0000-0000-0000-00000000dead\""),
            &["There is no such policy definition", "Not every cloud", "PolicyDefinitionNotFound"],
        ),
    ] {
        check(&body, says)?;
    }
    Ok(())
}

#[test]
fn two_resources_for_one_assignment() -> Result<(), Failure> {
    let other = sensor("").replace("\"this\"", "\"other\"");
    check(&format!("{}{other}", sensor("")), &["Two resources for one thing"])
}

/// Also where the one that is there is planned first; what is only replaced is one resource.
#[test]
fn a_second_resource_for_an_assignment_that_is_managed() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    let later = "depends_on = [defender_policy_assignment.this]";
    let other = sensor(later).replace("\"this\"", "\"other\"");
    scene.workspace.write("other.tf", &other)?;
    scene.workspace.plan()?.require(1)?.require_text("Two resources for one thing")?;
    scene.workspace.write("other.tf", "")?;
    let replace = "-replace=defender_policy_assignment.this";
    scene.workspace.run(["apply", "-auto-approve", replace])?.require(0)?;
    scene.workspace.plan()?.require(0).map(drop)
}

#[test]
fn a_scope_that_does_not_exist() -> Result<(), Failure> {
    let scope = "scope = \"/subscriptions/00000000-0000-0000-0000-000000000099\"";
    check(&sensor(scope), &["SubscriptionNotFound"])
}

#[test]
fn a_name_that_another_assignment_has() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    let other = "/providers/Microsoft.Authorization/policyDefinitions/1f725891-01c0-420a-9059-4fa46cb770b7";
    scene.azure.put_resource(
        &super::assignment(),
        json!({"id": super::assignment(), "name": "sensor",
        "type": "Microsoft.Authorization/policyAssignments", "properties": {"policyDefinitionId": other}}),
    );
    let before = scene.azure.resources();
    let output = scene.workspace.apply()?.require(1)?;
    output.require_text("The name is taken by another policy assignment")?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

#[test]
fn a_caller_who_may_not_grant_roles_is_warned() -> Result<(), Failure> {
    let scene = Scene::new(&sensor("remediation = {}"))?;
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions");
    let contributor =
        json!({"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"], "dataActions": []});
    scene.azure.put_resource(&id, json!({"value": [contributor]}));
    let output = scene.workspace.plan()?.require(2)?;
    output.require_text("A permission seems to be missing")?.require_text("roleAssignments/write")?;
    Ok(())
}

#[test]
fn existing_resources_that_stay_uncovered_are_said_once() -> Result<(), Failure> {
    let scene = Scene::new(&sensor(""))?;
    let output = scene.workspace.plan()?.require(2)?;
    output.require_text("MDC051")?.require_text("What is there already")?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &sensor("description = \"x\""))?;
    let later = scene.workspace.plan()?.require(2)?;
    assert!(!later.stdout.contains("MDC051"), "{}", later.stdout);
    Ok(())
}
