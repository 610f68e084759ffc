//! Changes in place: targets, workspaces, identities and remediations come and go.

use super::{attributes, component, on, setting, workspace};
use crate::assignments::{objects, requests, require_settled};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use serde_json::json;

fn sensor(targets: &str, further: &str) -> String {
    component("defender_sensor", &format!("targets = [{targets}]\nlocation = \"westeurope\"\n{further}"))
}

#[test]
fn targets_come_and_go_without_touching_the_others() -> Result<(), Failure> {
    let scene = on("2026-11-22", &sensor("\"aks_cluster\"", ""))?;
    scene.workspace.apply()?.require(0)?;
    let first = attributes(&scene)?["assignments"][0].clone();
    scene.workspace.write("main.tf", &sensor("\"arc_k8s_cluster\", \"aks_cluster\"", ""))?;
    requests(&scene);
    scene.workspace.apply()?.require(0)?.require_text("0 added, 1 changed, 0 destroyed")?;
    let lines = requests(&scene);
    let writes: Vec<_> = lines.iter().filter(|line| !line.starts_with("GET")).collect();
    assert_eq!(
        writes,
        [
            "PUT policyAssignments 201",
            "PUT remediations 201",
            "PUT roleAssignments 201",
            "PUT roleAssignments 201"
        ]
    );
    assert_eq!(attributes(&scene)?["assignments"][0], first);
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor("\"arc_k8s_cluster\"", ""))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/policyAssignments/").len(), 1);
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)?;
    // Whoever does not name them any more keeps them.
    scene.workspace.write("main.tf", &component("defender_sensor", "location = \"westeurope\""))?;
    require_settled(&scene)
}

/// The workspace chooses between two initiatives of one component, and is a parameter of another's policies.
#[test]
fn the_workspace_chooses_the_policy() -> Result<(), Failure> {
    let scene = on("2026-11-22", "")?;
    let id = workspace(&scene);
    let agent =
        |further: &str| component("azure_monitor_agent", &format!("location = \"westeurope\"\n{further}"));
    let own = agent(&format!("workspace_id = \"{id}\""));
    let definition = || {
        let found = objects(&scene, "/policyAssignments/").concat();
        let found = scene.azure.resource(&found).unwrap_or_default();
        let definition = found["properties"]["policyDefinitionId"].as_str().unwrap_or_default().to_owned();
        (
            definition.rsplit('/').next().unwrap_or_default().to_owned(),
            found["properties"]["parameters"].clone(),
        )
    };
    for (configuration, guid) in [
        (agent(""), "d7c3ea3a-edf3-4bd5-bd64-d5b635b05393"),
        (own, "de01d381-bae9-4670-8870-786f89f49e26"),
        (agent(""), "d7c3ea3a-edf3-4bd5-bd64-d5b635b05393"),
    ] {
        scene.workspace.write("main.tf", &configuration)?;
        scene.workspace.apply()?.require(0)?;
        require_settled(&scene)?;
        let (found, parameters) = definition();
        assert_eq!(found, guid);
        if guid.starts_with("de01") {
            assert_eq!(parameters["userWorkspaceResourceId"]["value"], id);
            assert_eq!(parameters["workspaceRegion"]["value"], "northeurope");
            assert_eq!(parameters["userWorkspaceId"]["value"], "0c0ffee0-0000-4000-8000-000000000001");
        }
        assert_eq!(objects(&scene, "/roleAssignments/").len(), 5, "roles of the one before are gone");
    }
    Ok(())
}

#[test]
fn identities_change_in_place() -> Result<(), Failure> {
    let identity = format!(
        "{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer"
    );
    let user = format!("identity = {{ identity_ids = [\"{identity}\"] }}");
    let scene = on("2026-11-22", &sensor("\"aks_cluster\"", ""))?;
    for further in ["", &user, "identity = { type = \"SystemAssigned\" }", ""] {
        scene.workspace.write("main.tf", &sensor("\"aks_cluster\"", further))?;
        scene.workspace.apply()?.require(0)?;
        require_settled(&scene).map_err(Failure::of(format!("plan again with {further:?}")))?;
        let kind = if further == user { "UserAssigned" } else { "SystemAssigned" };
        assert_eq!(attributes(&scene)?["assignments"][0]["identity_type"], kind);
        assert_eq!(objects(&scene, "/roleAssignments/").len(), 2, "roles go with the identity: {further}");
    }
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    Ok(())
}

/// Azure keeps one role assignment for a role of an identity, so both policies use it; it stays until the last one goes.
#[test]
fn an_identity_that_serves_both_keeps_its_roles_until_the_end() -> Result<(), Failure> {
    let identity = format!(
        "{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer"
    );
    let user = format!("identity = {{ identity_ids = [\"{identity}\"] }}");
    for staying in ["\"aks_cluster\"", "\"arc_k8s_cluster\""] {
        let scene = on("2026-11-22", &sensor("\"aks_cluster\", \"arc_k8s_cluster\"", &user))?;
        scene.workspace.apply()?.require(0)?;
        assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
        require_settled(&scene)?;
        scene.workspace.write("main.tf", &sensor(staying, &user))?;
        scene.workspace.apply()?.require(0)?;
        assert_eq!(objects(&scene, "/roleAssignments/").len(), 2, "{staying} has its roles");
        require_settled(&scene)?;
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    }
    Ok(())
}

#[test]
fn remediations_are_switched_off_and_on() -> Result<(), Failure> {
    let scene = on("2026-11-22", &sensor("\"aks_cluster\"", "remediation = { enabled = false }"))?;
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("Existing resources stay uncovered")?.require_text("rule MDC051")?;
    assert_eq!(objects(&scene, "/remediations/"), Vec::<String>::new());
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor("\"aks_cluster\"", ""))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/remediations/").len(), 1);
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &sensor("\"aks_cluster\"", "remediation = { enabled = false }"))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/remediations/"), Vec::<String>::new());
    require_settled(&scene)
}

#[test]
fn settings_go_with_their_targets() -> Result<(), Failure> {
    let endpoint = |targets: &str| component("defender_for_endpoint", &format!("targets = [{targets}]"));
    let scene = on("2026-11-22", &endpoint("\"avd_session_host\", \"arc_machine\""))?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    let unified = || scene.azure.resource(&setting("settings", "WDATP_UNIFIED_SOLUTION")).unwrap_or_default();
    assert_eq!(unified()["properties"]["enabled"], true);
    scene.workspace.write("main.tf", &endpoint("\"avd_session_host\""))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(unified()["properties"]["enabled"], false);
    assert_eq!(attributes(&scene)?["settings"].as_array().map(Vec::len), Some(1));
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// A management group: names of at most 24 characters, roles at the group.
#[test]
fn a_management_group_has_it_for_all_its_subscriptions() -> Result<(), Failure> {
    let group = "/providers/Microsoft.Management/managementGroups/platform";
    let seed = json!({"subscriptions": ["00000000-0000-0000-0000-000000000001"], "resources": [],
        "management_groups": [{"name": "platform", "subscriptions": ["00000000-0000-0000-0000-000000000001"]}]});
    let options = arm_emulator::Options { seed: Some(seed), ..arm_emulator::Options::default() };
    let configuration =
        component("defender_sensor", &format!("scope = \"{group}\"\nlocation = \"westeurope\""));
    let scene = crate::harness::Scene::with(crate::harness::terraform()?, options, &configuration)?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    let made = objects(&scene, "/policyAssignments/");
    assert!(made.iter().all(|id| id.starts_with(&group.to_ascii_lowercase())), "{made:?}");
    let names = made.iter().filter_map(|id| id.rsplit('/').next());
    assert!(names.clone().count() == 2 && names.into_iter().all(|name| name.len() == 24), "{made:?}");
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}
