//! Half-way failures: what exists stays managed, what was begun is taken up again, and the state agrees with Azure.

use super::whole::sensor;
use super::{attributes, component, on, setting};
use crate::assignments::{objects, require_settled};
use crate::harness::Scene;
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::json;

const AKS: &str = "targets = [\"aks_cluster\"]\nlocation = \"westeurope\"";

/// Azure refuses requests of this kind from now on.
fn refuse(scene: &Scene, method: &str, path: &str) {
    let body = json!({"error": {"code": "AuthorizationFailed", "message": "no"}});
    scene.azure.add_fault(Fault {
        method: Some(method.into()),
        path: Some(path.into()),
        status: Some(403),
        body: Some(body),
        times: 0,
        ..Fault::default()
    });
}

#[test]
fn a_removal_that_fails_is_not_forgotten() -> Result<(), Failure> {
    for path in ["/policyAssignments/", "/roleAssignments/", "/remediations/"] {
        let scene = on("2026-11-22", &sensor())?;
        let before = scene.azure.resources();
        scene.workspace.apply()?.require(0)?;
        refuse(&scene, "DELETE", path);
        scene.workspace.destroy()?.require(1)?.require_text("AuthorizationFailed")?;
        assert_eq!(attributes(&scene)?["assignments"].as_array().map(Vec::len), Some(2), "{path}");
        scene.azure.clear_faults();
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(scene.azure.resources(), before, "{path}");
    }
    Ok(())
}

/// A change that was refused and is taken back leaves nothing to do.
#[test]
fn an_update_that_fails_can_be_taken_back() -> Result<(), Failure> {
    let with = component("defender_sensor", &format!("{AKS}\nparameters = {{ effect = \"Disabled\" }}"));
    let scene = on("2026-11-22", &with)?;
    scene.workspace.apply()?.require(0)?;
    refuse(&scene, "PUT", "/policyAssignments/");
    scene.workspace.write("main.tf", &component("defender_sensor", AKS))?;
    scene.workspace.apply()?.require(1)?;
    scene.azure.clear_faults();
    scene.workspace.write("main.tf", &with)?;
    scene.workspace.apply()?.require(0)?;
    let made = scene.azure.resource(&objects(&scene, "/policyAssignments/").concat()).unwrap_or_default();
    assert_eq!(made["properties"]["parameters"], json!({"effect": {"value": "Disabled"}}));
    require_settled(&scene)
}

/// The write took effect and nobody knows: destroying puts it back all the same.
#[test]
fn a_setting_whose_write_was_not_answered() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_for_endpoint", "targets = [\"avd_session_host\"]"))?;
    let before = scene.azure.resources();
    let body = json!({"error": {"code": "AuthorizationFailed", "message": "no"}});
    scene.azure.add_fault(Fault {
        method: Some("PUT".into()),
        path: Some("/settings/WDATP".into()),
        status: Some(403),
        body: Some(body),
        apply: true,
        ..Fault::default()
    });
    scene.workspace.apply()?.require(1)?;
    let wdatp = scene.azure.resource(&setting("settings", "WDATP")).unwrap_or_default();
    assert_eq!(wdatp["properties"]["enabled"], true);
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// What was there before the first try is what destroying puts back, also after a replacement.
#[test]
fn a_tainted_resource_remembers_what_was_before() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_for_endpoint", ""))?;
    let before = scene.azure.resources();
    refuse(&scene, "PUT", "WDATP_UNIFIED_SOLUTION");
    scene.workspace.apply()?.require(1)?;
    scene.azure.clear_faults();
    scene.workspace.apply()?.require(0)?;
    require_settled(&scene)?;
    scene.workspace.run(["taint", "defender_autoprovisioning.this"])?.require(0)?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

#[test]
fn a_remediation_that_cannot_be_followed_is_a_warning() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_sensor", AKS))?;
    refuse(&scene, "GET", "/remediations/");
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("The remediation is still under way")?.require_text("AuthorizationFailed")?;
    scene.azure.clear_faults();
    require_settled(&scene)
}

#[test]
fn a_remediation_that_could_not_be_removed_goes_next_time() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_sensor", AKS))?;
    scene.workspace.apply()?.require(0)?;
    refuse(&scene, "DELETE", "/remediations/");
    let off = format!("{AKS}\nremediation = {{ enabled = false }}");
    scene.workspace.write("main.tf", &component("defender_sensor", &off))?;
    scene.workspace.apply()?.require(1)?;
    scene.azure.clear_faults();
    scene.workspace.apply()?.require(0)?;
    assert_eq!(objects(&scene, "/remediations/"), Vec::<String>::new());
    require_settled(&scene)
}

/// A new assignment has not been looked at, so a remediation of what is known finds nothing, which is said.
#[test]
fn a_remediation_that_finds_nothing_says_so() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_sensor", AKS))?;
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("The remediation has found nothing")?.require_text("ReEvaluateCompliance")?;
    let looks = format!("{AKS}\nremediation = {{ mode = \"ReEvaluateCompliance\" }}");
    let scene = on("2026-11-22", &component("defender_sensor", &looks))?;
    let output = scene.workspace.apply()?.require(0)?;
    assert!(!output.stdout.contains("has found nothing"), "{}", output.stdout);
    Ok(())
}
