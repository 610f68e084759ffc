//! One object in the place of another: replacements, renamed resources, and one kind of resource after another.

use super::{attributes, component, on, setting};
use crate::assignments::{objects, require_settled};
use crate::harness::NO_PREFLIGHT;
use crate::shared::process::Failure;

const AKS: &str = "targets = [\"aks_cluster\"]\nlocation = \"westeurope\"";

fn named(name: &str, configuration: &str) -> String {
    configuration.replace("\"this\"", &format!("\"{name}\""))
}

#[test]
fn another_region_makes_assignments_anew_and_touches_no_settings() -> Result<(), Failure> {
    let scene = on("2026-11-22", &component("defender_sensor", AKS))?;
    scene.workspace.apply()?.require(0)?;
    let elsewhere = AKS.replace("westeurope", "northeurope");
    scene.workspace.write("main.tf", &component("defender_sensor", &elsewhere))?;
    scene.workspace.apply()?.require(0)?.require_text("1 added, 0 changed, 1 destroyed")?;
    assert_eq!(objects(&scene, "/policyAssignments/").len(), 1);
    assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
    require_settled(&scene)?;

    let scene = on("2026-11-22", &component("defender_for_endpoint", ""))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &component("defender_for_endpoint", "location = \"westeurope\""))?;
    scene.workspace.apply()?.require(0)?.require_text("0 added, 1 changed, 0 destroyed")?;
    require_settled(&scene)
}

/// What is replaced is decided on anew, by the rules of the day, while planning and while applying.
#[test]
fn a_replacement_goes_by_the_day() -> Result<(), Failure> {
    let assessment = component("vulnerability_assessment", "location = \"westeurope\"");
    let scene = on("2025-04-01", &assessment)?;
    let before = scene.azure.resources();
    scene.workspace.apply()?.require(0)?;
    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"2026-11-22\"\n"))?;
    require_settled(&scene)?;
    let replace = ["apply", "-auto-approve", "-replace=defender_autoprovisioning.this"];
    scene.workspace.run(replace)?.require(0)?;
    assert_eq!(attributes(&scene)?["mechanism"]["azure_vm"], "setting");
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());
    require_settled(&scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resources(), before);
    Ok(())
}

/// Terraform creates the new one and destroys the old one in any order; what both stand for must be there in the end.
#[test]
fn what_goes_from_one_resource_to_another_stays() -> Result<(), Failure> {
    let definition =
        "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5";
    let policy = format!(
        "resource \"defender_policy_assignment\" \"this\" {{\npolicy_definition_id = \"{definition}\"\nlocation = \"westeurope\"\n}}\n"
    );
    let sensor = component("defender_sensor", AKS);
    for (old, new) in [(sensor.clone(), named("other", &sensor)), (policy, sensor.clone())] {
        let scene = on("2026-11-22", &old)?;
        scene.workspace.apply()?.require(0)?;
        scene.workspace.write("main.tf", &new)?;
        let output = scene.workspace.apply()?;
        if output.code == Some(0) {
            assert!(!objects(&scene, "/policyAssignments/").is_empty(), "{new}");
        }
        scene.workspace.apply()?.require(0)?;
        require_settled(&scene).map_err(Failure::of(new))?;
        assert_eq!(objects(&scene, "/policyAssignments/").len(), 1);
        assert_eq!(objects(&scene, "/roleAssignments/").len(), 2);
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    }
    Ok(())
}

/// The same with `create_before_destroy`: the new one takes over what is there, and the old one leaves it.
#[test]
fn what_is_created_before_it_is_destroyed_stays() -> Result<(), Failure> {
    for (id, further) in [("defender_sensor", AKS), ("defender_for_endpoint", "")] {
        let first = format!("lifecycle {{ create_before_destroy = true }}\n{further}");
        let scene = on("2026-11-22", &component(id, &first))?;
        scene.workspace.apply()?.require(0)?;
        let replace = ["apply", "-auto-approve", "-replace=defender_autoprovisioning.this"];
        scene.workspace.run(replace)?.require(0)?;
        require_settled(&scene).map_err(Failure::of(id))?;
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    }
    Ok(())
}

#[test]
fn settings_that_go_from_one_resource_to_another_stay_on() -> Result<(), Failure> {
    let endpoint = component("defender_for_endpoint", "targets = [\"avd_session_host\"]");
    let scene = on("2026-11-22", &endpoint)?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.write("main.tf", &named("other", &endpoint))?;
    let output = scene.workspace.apply()?.require(0)?;
    output.require_text("It goes from one resource to another")?.require_text("`moved`")?;
    scene.workspace.apply()?.require(0)?;
    let wdatp = scene.azure.resource(&setting("settings", "WDATP")).unwrap_or_default();
    assert_eq!(wdatp["properties"]["enabled"], true);
    require_settled(&scene)
}

/// What the user changes counts, and the passing of days does not.
#[test]
fn a_rule_that_is_switched_off_lets_its_target_through() -> Result<(), Failure> {
    let agent = component(
        "log_analytics_agent",
        &format!("on_unavailable = \"skip\"\n{}", AKS.replace("aks_cluster", "azure_vm")),
    );
    let scene = on("2026-11-22", &agent)?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(attributes(&scene)?["skipped"][0]["rule"], "MDC100");
    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"2024-03-13\"\n"))?;
    require_settled(&scene)?;
    scene.configure(&format!(
        "{NO_PREFLIGHT}  reference_date = \"2026-11-22\"\n  rule_severity = {{ MDC100 = \"warning\" }}\n"
    ))?;
    scene.workspace.plan()?.require(2)?.require_text("autoProvisioningSettings/default")?;
    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"2026-11-22\"\n"))?;
    scene.workspace.write("main.tf", &agent.replace("skip", "fail"))?;
    scene.workspace.plan()?.require(1)?.require_text("rule MDC100").map(drop)
}
