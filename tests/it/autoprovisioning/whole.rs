//! A component from nothing to nothing: what the plan shows, what Azure is asked, what is left.

use super::{attributes, component, setting};
use crate::assignments::{objects, requests, require_settled};
use crate::harness::{NO_PREFLIGHT, Scene};
use crate::shared::process::Failure;
use std::time::Duration;

/// The sensor on clusters of both kinds.
pub(super) fn sensor() -> String {
    component(
        "defender_sensor",
        "targets = [\"aks_cluster\", \"arc_k8s_cluster\"]\nlocation = \"westeurope\"\naccept_preview = true",
    )
}

/// Definitions that put the sensor on AKS and on Arc, with the roles that they need.
const SENSOR: [&str; 2] = ["64def556-fbad-4622-930e-72d1d5589bf5", "708b60a6-d253-4fe0-9114-4be4c00f012c"];
const ROLES: [&str; 2] = ["5e93ba01-8f92-4c7a-b12a-801e3df23824", "8bb6f106-b146-4ee6-a3f9-b9c5a96e0ae5"];

#[test]
fn the_plan_shows_everything_and_destroying_leaves_nothing() -> Result<(), Failure> {
    let scene = Scene::new(&sensor())?;
    let before = scene.azure.resources();
    let plan = scene.workspace.plan()?.require(2)?;
    for text in SENSOR {
        assert_eq!(plan.stdout.matches(text).count(), 1, "the definition {text}");
    }
    for text in ROLES {
        assert_eq!(plan.stdout.matches(text).count(), 2, "the role {text} on both kinds of clusters");
    }
    for text in
        ["\"aks_cluster\"     = \"policy\"", "\"arc_k8s_cluster\" = \"policy\"", "skipped        = []"]
    {
        assert!(plan.stdout.contains(text), "{text}:\n{}", plan.stdout);
    }
    assert_eq!(
        requests(&scene),
        [
            "GET permissions (list) 200",
            "GET policyDefinitions 200",
            "GET policyDefinitions 200",
            "GET pricings (list) 200",
        ]
    );
    assert_eq!(scene.azure.resources(), before, "a plan writes nothing");

    scene.configure(NO_PREFLIGHT)?;
    scene.workspace.apply()?.require(0)?;
    insta::assert_snapshot!("sensor_apply", requests(&scene).join("\n"));
    for (part, count) in [("/policyAssignments/", 2), ("/roleAssignments/", 4), ("/remediations/", 2)] {
        assert_eq!(objects(&scene, part).len(), count, "{part}");
    }
    let state = attributes(&scene)?;
    for one in state["assignments"].as_array().into_iter().flatten() {
        let made = scene.azure.resource(one["id"].as_str().unwrap_or_default()).unwrap_or_default();
        assert_eq!(made["identity"]["principalId"], one["principal_id"]);
        assert_eq!(one["role_assignments"].as_object().map(serde_json::Map::len), Some(2));
        assert_eq!(one["remediations"][0]["state"], "Succeeded");
    }

    require_settled(&scene)?;
    insta::assert_snapshot!("sensor_plan_again", requests(&scene).join("\n"));
    let destroyed = scene.workspace.destroy()?.require(0)?;
    destroyed.require_text("Switching off does not uninstall")?;
    insta::assert_snapshot!("sensor_destroy", requests(&scene).join("\n"));
    assert_eq!(scene.azure.resources(), before, "destroying leaves what was there before, byte for byte");
    Ok(())
}

#[test]
fn settings_are_switched_in_order_and_put_back() -> Result<(), Failure> {
    let scene = Scene::new(&component("defender_for_endpoint", ""))?;
    scene.configure(NO_PREFLIGHT)?;
    let before = scene.azure.resources();
    let plan = scene.workspace.plan()?.require(2)?;
    plan.require_text("= \"setting\"")?.require_text(&setting("settings", "WDATP"))?;
    requests(&scene);
    scene.workspace.apply()?.require(0)?;
    insta::assert_snapshot!("endpoint_apply", requests(&scene).join("\n"));
    let wdatp = || scene.azure.resource(&setting("settings", "WDATP")).unwrap_or_default();
    assert_eq!(wdatp()["properties"]["enabled"], true);
    require_settled(&scene)?;
    insta::assert_snapshot!("endpoint_plan_again", requests(&scene).join("\n"));
    scene.workspace.destroy()?.require(0)?;
    insta::assert_snapshot!("endpoint_destroy", requests(&scene).join("\n"));
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// Who had it on before keeps it on.
#[test]
fn a_setting_that_was_on_before_stays_on() -> Result<(), Failure> {
    let scene = Scene::new(&component("defender_for_endpoint", "targets = [\"avd_session_host\"]"))?;
    let id = setting("settings", "WDATP");
    let mut on = scene.azure.resource(&id).unwrap_or_default();
    on["properties"]["enabled"] = true.into();
    scene.azure.put_resource(&id, on);
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    assert_eq!(scene.azure.resources(), before, "there was nothing to write");
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// A minute of Azure's time until new identities are known.
#[test]
fn new_identities_are_waited_for() -> Result<(), Failure> {
    let scene = Scene::new(&sensor())?;
    scene.azure.set_replication_delay(Duration::from_mins(1));
    let refused = || scene.azure.requests().iter().filter(|request| request.status == 400).count();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            // Four roles are refused at least once before the identities are known.
            while refused() < 4 {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            scene.azure.advance(Duration::from_mins(1));
        });
        scene.workspace.apply()?.require(0)
    })?;
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 4);
    require_settled(&scene)
}
