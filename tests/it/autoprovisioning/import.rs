//! What is there already comes under management as it is.

use super::whole::sensor;
use super::{component, on, workspace};
use crate::assignments::{objects, require_settled};
use crate::harness::SUBSCRIPTION;
use crate::plans::story::require_texts;
use crate::shared::process::Failure;

/// Applies, forgets, imports, plans nothing, destroys.
fn round(date: &str, configuration: &str, id: &str) -> Result<(), Failure> {
    let scene = on(date, "")?;
    let configuration = configuration.replace("WORKSPACE", &workspace(&scene));
    scene.workspace.write("main.tf", &configuration)?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.run(["state", "rm", "defender_autoprovisioning.this"])?.require(0)?;
    let id = format!("{SUBSCRIPTION}|{id}");
    scene.workspace.import("defender_autoprovisioning.this", &id)?.require(0)?;
    require_settled(&scene).map_err(Failure::of(format!("plan after the import of {id}")))?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(objects(&scene, "/policyAssignments/"), Vec::<String>::new());
    assert_eq!(objects(&scene, "/roleAssignments/"), Vec::<String>::new());
    Ok(())
}

#[test]
fn assignments_and_settings_are_found_by_their_names() -> Result<(), Failure> {
    let today = "2026-11-22";
    round(today, &sensor().replace("accept_preview = true", ""), "defender_sensor")?;
    round(
        today,
        &component("defender_sensor", "targets = [\"aks_cluster\"]\nlocation = \"westeurope\""),
        "defender_sensor",
    )?;
    let own = "location = \"westeurope\"\nworkspace_id = \"WORKSPACE\"";
    round(today, &component("azure_monitor_agent", own), "azure_monitor_agent")?;
    round(today, &component("vulnerability_assessment", ""), "vulnerability_assessment")?;
    round(today, &component("guest_configuration", "location = \"westeurope\""), "guest_configuration")?;
    round(today, &component("kubernetes_audit_logs", ""), "kubernetes_audit_logs")?;
    round(
        "2024-03-13",
        &component("vulnerability_assessment", "location = \"westeurope\""),
        "vulnerability_assessment",
    )
}

/// Azure's spelling of an identity, and no word of its kind.
#[test]
fn an_identity_of_the_users() -> Result<(), Failure> {
    let identity = format!(
        "{SUBSCRIPTION}/resourceGroups/RG/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Deployer"
    );
    let of = |identity: &str| {
        let further = format!(
            "targets = [\"aks_cluster\"]\nlocation = \"westeurope\"\nidentity = {{ identity_ids = [\"{identity}\"] }}"
        );
        component("defender_sensor", &further)
    };
    let scene = on("2026-11-22", &of(&identity))?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.run(["state", "rm", "defender_autoprovisioning.this"])?.require(0)?;
    let id = format!("{SUBSCRIPTION}|defender_sensor");
    scene.workspace.import("defender_autoprovisioning.this", &id)?.require(0)?;
    require_settled(&scene)?;
    scene.workspace.write("main.tf", &of(&identity.replace("RG", "rg")))?;
    require_settled(&scene)
}

/// What is imported was decided on when it was imported: later days change nothing.
#[test]
fn a_day_after_an_import() -> Result<(), Failure> {
    let configuration = component("vulnerability_assessment", "location = \"westeurope\"");
    let scene = on("2025-04-01", &configuration)?;
    scene.workspace.apply()?.require(0)?;
    scene.workspace.run(["state", "rm", "defender_autoprovisioning.this"])?.require(0)?;
    let id = format!("{SUBSCRIPTION}|vulnerability_assessment");
    scene.workspace.import("defender_autoprovisioning.this", &id)?.require(0)?;
    scene.configure("  reference_date = \"2026-11-22\"\n")?;
    require_settled(&scene)
}

#[test]
fn what_is_not_there_or_is_no_id() -> Result<(), Failure> {
    for (id, texts) in [
        (format!("{SUBSCRIPTION}|defender_sensor"), vec!["Cannot import non-existent remote object"]),
        (format!("{SUBSCRIPTION}|defender_for_endpoint"), vec!["Cannot import non-existent remote object"]),
        (SUBSCRIPTION.to_owned(), vec!["Not the id of auto-provisioning", "|defender_sensor"]),
        (format!("{SUBSCRIPTION}|sensor"), vec!["There is no such component"]),
        ("x|defender_sensor".to_owned(), vec!["Not a scope of auto-provisioning"]),
    ] {
        let scene = on("2026-11-22", &sensor())?;
        let output = scene.workspace.import("defender_autoprovisioning.this", &id)?.require(1)?;
        require_texts(output, &texts)?;
    }
    Ok(())
}
