//! What is not known while planning: everything that does not depend on it is shown all the same, and apply agrees.

use super::{attributes, component, on, workspace};
use crate::assignments::{objects, require_settled};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;

/// Makes a value that is known after apply only.
fn later(name: &str, value: &str) -> String {
    format!("resource \"terraform_data\" \"{name}\" {{\n  input = {value}\n}}\n")
}

#[test]
fn whatever_is_not_known_yet() -> Result<(), Failure> {
    let location = "location = \"westeurope\"";
    let later_text = |value: &str| later("x", &format!("\"{value}\""));
    let output = "terraform_data.x.output";
    for (data, further, shown) in [
        (
            later_text(SUBSCRIPTION),
            format!("scope = {output}\n{location}"),
            "5e93ba01-8f92-4c7a-b12a-801e3df23824",
        ),
        (later_text("WORKSPACE"), format!("workspace_id = {output}\n{location}"), "defender-6f65f471655454b"),
        (later_text("westeurope"), format!("location = {output}"), "defender-6f65f471655454b"),
        (
            later_text("DeployIfNotExists"),
            format!("parameters = {{ effect = {output} }}\n{location}"),
            "64def556",
        ),
        (later("x", "{ effect = \"Disabled\" }"), format!("parameters = {output}\n{location}"), "64def556"),
        (later_text("skip"), format!("on_unavailable = {output}\n{location}"), "64def556"),
        (later("x", "true"), format!("accept_preview = {output}\n{location}"), "64def556"),
        (
            later("x", "[\"aks_cluster\"]"),
            format!("targets = {output}\n{location}"),
            "assignments    = (known after apply)",
        ),
        (
            later_text("aks_cluster"),
            format!("targets = [{output}]\n{location}"),
            "assignments    = (known after apply)",
        ),
        (later("x", "false"), format!("remediation = {{ enabled = {output} }}\n{location}"), "64def556"),
        (later_text("SystemAssigned"), format!("identity = {{ type = {output} }}\n{location}"), "64def556"),
    ] {
        let scene = on("2026-11-22", "")?;
        let data = data.replace("WORKSPACE", &workspace(&scene));
        scene.workspace.write("main.tf", &format!("{data}{}", component("defender_sensor", &further)))?;
        scene.workspace.plan()?.require(2)?.require_text(shown).map_err(Failure::of(further.clone()))?;
        scene.workspace.apply()?.require(0).map_err(Failure::of(format!("apply {further}")))?;
        assert!(!objects(&scene, "/policyAssignments/").is_empty());
        require_settled(&scene).map_err(Failure::of(format!("plan again {further}")))?;
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());
    }
    Ok(())
}

/// Azure cannot be asked yet: what depends on definitions waits, and apply agrees with the plan.
#[test]
fn a_provider_that_is_not_configured_yet() -> Result<(), Failure> {
    for further in ["", "parameters = { effect = \"Disabled\" }"] {
        let scene = on("2026-11-22", "")?;
        let secret = scene.azure.ready().client_secret.clone();
        scene.configure("  client_secret = terraform_data.x.output\n  reference_date = \"2026-11-22\"\n")?;
        let sensor = component("defender_sensor", &format!("location = \"westeurope\"\n{further}"));
        scene.workspace.write("main.tf", &format!("{}{sensor}", later("x", &format!("\"{secret}\""))))?;
        scene.workspace.plan()?.require(2)?.require_text("64def556")?;
        scene.workspace.apply()?.require(0).map_err(Failure::of(format!("apply with {further:?}")))?;
        require_settled(&scene)?;
    }
    Ok(())
}

/// An identity that is not known yet is not the one that is there.
#[test]
fn an_identity_that_changes_to_an_unknown_one() -> Result<(), Failure> {
    let sensor = |further: &str| {
        component(
            "defender_sensor",
            &format!("targets = [\"aks_cluster\"]\nlocation = \"westeurope\"\n{further}"),
        )
    };
    let scene = on("2026-11-22", &sensor(""))?;
    scene.workspace.apply()?.require(0)?;
    let identity = format!(
        "{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer"
    );
    let data = later("x", &format!("{{ type = \"UserAssigned\", identity_ids = [\"{identity}\"] }}"));
    scene.workspace.write("main.tf", &format!("{data}{}", sensor("identity = terraform_data.x.output")))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["assignments"][0]["identity_type"], "UserAssigned");
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)
}

/// Which initiative it is depends on whether there is a workspace, so the plan waits with that.
#[test]
fn a_workspace_that_chooses() -> Result<(), Failure> {
    let scene = on("2026-11-22", "")?;
    for (value, guid) in [(format!("\"{}\"", workspace(&scene)), "de01d381"), ("null".to_owned(), "d7c3ea3a")]
    {
        let further = "location = \"westeurope\"\nworkspace_id = terraform_data.x.output";
        let configuration = component("azure_monitor_agent", further);
        scene.workspace.write("main.tf", &format!("{}{configuration}", later("x", &value)))?;
        scene.workspace.apply()?.require(0)?;
        let state = attributes(&scene)?;
        let id = state["assignments"][0]["policy_definition_id"].as_str().unwrap_or_default();
        assert!(id.contains(guid), "{id}");
        require_settled(&scene)?;
        scene.workspace.destroy()?.require(0)?;
    }
    Ok(())
}
