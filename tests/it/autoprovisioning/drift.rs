//! What changes behind Terraform's back comes back with the next apply; what means nothing is no difference.

use super::whole::sensor;
use super::{attributes, component, on, setting};
use crate::assignments::{objects, requests, require_settled};
use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use serde_json::{Value, json};

/// The sensor, applied, and the id of its first assignment.
fn applied() -> Result<(Scene, String), Failure> {
    let scene = on("2026-11-22", &sensor())?;
    scene.workspace.apply()?.require(0)?;
    let id = attributes(&scene)?["assignments"][0]["id"].as_str().unwrap_or_default().to_owned();
    Ok((scene, id))
}

fn change(scene: &Scene, id: &str, change: impl Fn(&mut Value)) {
    let mut document = scene.azure.resource(id).unwrap_or_default();
    change(&mut document);
    scene.azure.put_resource(id, document);
}

/// Changes one thing, and requires that the plan shows it and the apply takes it back.
fn comes_back(shown: &str, path: &str, broken: &Value) -> Result<(), Failure> {
    let (scene, id) = applied()?;
    let before = scene.azure.resource(&id).unwrap_or_default();
    change(&scene, &id, |document| {
        if let Some(place) = document.pointer_mut(path) {
            *place = broken.clone();
        } else {
            let (parent, name) = path.rsplit_once('/').unwrap_or_default();
            document.pointer_mut(parent).map(|parent| parent[name] = broken.clone()).unwrap_or_default();
        }
    });
    scene.workspace.plan()?.require(2)?.require_text(shown)?;
    scene.workspace.apply()?.require(0)?;
    let after = scene.azure.resource(&id).unwrap_or_default();
    let (after, before) = (after.pointer(path), before.pointer(path));
    let nothing = |value: Option<&Value>| value.is_none_or(|value| value.is_null() || *value == json!([]));
    assert!(after == before || (nothing(after) && nothing(before)), "{path}: {after:?} {before:?}");
    require_settled(&scene)
}

#[test]
fn an_assignment_that_was_changed() -> Result<(), Failure> {
    comes_back("DoNotEnforce", "/properties/enforcementMode", &json!("DoNotEnforce"))?;
    comes_back("effect", "/properties/parameters", &json!({"effect": {"value": "Disabled"}}))?;
    comes_back(
        "notScopes",
        "/properties/notScopes",
        &json!([format!("{SUBSCRIPTION}/resourceGroups/dark")]),
    )?;
    comes_back(
        "resourceSelectors",
        "/properties/resourceSelectors",
        &json!([{"name": "few", "selectors": [{"kind": "resourceLocation", "in": ["westus"]}]}]),
    )?;
    comes_back(
        "overrides",
        "/properties/overrides",
        &json!([{"kind": "policyEffect", "value": "Disabled"}]),
    )?;
    comes_back("Mine", "/properties/displayName", &json!("Mine"))
}

#[test]
fn what_was_removed_is_made_again_and_nothing_else() -> Result<(), Failure> {
    let (scene, id) = applied()?;
    let role = objects(&scene, "/roleAssignments/").remove(0);
    scene.azure.delete_resource(&role);
    scene.workspace.plan()?.require(2)?;
    requests(&scene);
    scene.workspace.apply()?.require(0)?;
    let writes = |scene: &Scene| {
        let lines = requests(scene).into_iter();
        lines.filter(|line| !line.starts_with("GET")).collect::<Vec<_>>()
    };
    assert_eq!(writes(&scene), ["PUT roleAssignments 201"]);
    require_settled(&scene)?;

    scene.azure.delete_resource(&id);
    scene.workspace.plan()?.require(2)?;
    requests(&scene);
    scene.workspace.apply()?.require(0)?;
    assert_eq!(
        writes(&scene),
        [
            "DELETE roleAssignments 200",
            "DELETE roleAssignments 200",
            "PUT policyAssignments 201",
            "PUT remediations 201",
            "PUT roleAssignments 201",
            "PUT roleAssignments 201"
        ]
    );
    require_settled(&scene)?;
    assert_eq!(objects(&scene, "/policyAssignments/").len(), 2);
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 4, "roles of the identity that is gone are gone");

    for id in objects(&scene, "/policyAssignments/") {
        scene.azure.delete_resource(&id);
    }
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    Ok(())
}

/// An identity that outlives its assignment has the same roles again.
#[test]
fn an_assignment_of_a_users_identity_that_is_gone() -> Result<(), Failure> {
    let identity = format!(
        "{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer"
    );
    let further = format!(
        "targets = [\"aks_cluster\"]\nlocation = \"westeurope\"\nidentity = {{ identity_ids = [\"{identity}\"] }}"
    );
    let scene = on("2026-11-22", &component("defender_sensor", &further))?;
    scene.workspace.apply()?.require(0)?;
    scene.azure.delete_resource(&objects(&scene, "/policyAssignments/").concat());
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)
}

/// The same id may stand for another workspace.
#[test]
fn a_workspace_that_was_made_anew() -> Result<(), Failure> {
    let scene = on("2026-11-22", "")?;
    let id = super::workspace(&scene);
    let further = format!("location = \"westeurope\"\nworkspace_id = \"{id}\"");
    scene.workspace.write("main.tf", &component("azure_monitor_agent", &further))?;
    scene.workspace.apply()?.require(0)?;
    let guid = "0c0ffee0-0000-4000-8000-000000000002";
    change(&scene, &id, |document| document["properties"]["customerId"] = guid.into());
    scene.workspace.plan()?.require(2)?.require_text(guid)?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)
}

#[test]
fn a_setting_that_was_switched_off() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_for_endpoint", ""))?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    change(&scene, &setting("settings", "WDATP"), |document| {
        document["properties"]["enabled"] = false.into();
    });
    scene.workspace.plan()?.require(2)?.require_text("\"false\" -> \"true\"")?;
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before, "what it was in between does not count");
    Ok(())
}

#[test]
fn what_means_nothing_is_no_difference() -> Result<(), Failure> {
    let (scene, id) = applied()?;
    for (path, value) in [
        ("/properties/metadata", json!({"assignedBy": "somebody", "updatedOn": "2026-11-22T00:00:00Z"})),
        ("/properties/parameters", json!({})),
        ("/location", json!("West Europe")),
        ("/systemData", json!({"lastModifiedAt": "2026-11-22T00:00:00Z"})),
    ] {
        change(&scene, &id, |document| {
            if let Some(place) = document.pointer_mut(path) {
                *place = value.clone();
            }
        });
        require_settled(&scene).map_err(Failure::of(format!("plan after a change of {path}")))?;
    }
    let reader = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/reader");
    let principal = attributes(&scene)?["assignments"][0]["principal_id"].clone();
    let role = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
    let properties = json!({"scope": SUBSCRIPTION, "principalId": principal, "roleDefinitionId": role});
    scene.azure.put_resource(&reader, json!({"id": reader, "properties": properties}));
    require_settled(&scene)?;
    scene.configure(NO_PREFLIGHT)?;
    scene.workspace.destroy()?.require(0)?;
    assert!(scene.azure.resource(&reader).is_some(), "what others made stays");
    Ok(())
}
