//! Components that are deployed by themselves: what the resource could have made, and nothing else.

use super::{GROUP, found, list, scene};
use crate::assignments::requests;
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use serde_json::json;

const ONE: &str = "00000000-0000-0000-0000-000000000001";
const KIND: &str = "defender_autoprovisioning";

/// The portal's assignments have names of their own: they are for `defender_policy_assignment`.
#[test]
fn settings_of_whoever_set_them_and_assignments_by_their_names() -> Result<(), Failure> {
    let sensor = "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5";
    let portal =
        format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/Defender for Containers");
    let endpoint = format!("{SUBSCRIPTION}/providers/Microsoft.Security/settings/WDATP");
    let there = [
        (
            portal.clone(),
            json!({"id": portal, "location": "westeurope", "properties": {"policyDefinitionId": sensor}}),
        ),
        (
            endpoint.clone(),
            json!({"id": endpoint, "name": "WDATP", "kind": "DataExportSettings", "properties": {"enabled": false}}),
        ),
    ];
    let Some(scene) = scene(&[ONE], &there)? else { return Ok(()) };
    assert_eq!(found(&scene, &list(KIND, "", ""))?, Vec::<String>::new());
    let asked = requests(&scene);
    assert!(asked.iter().all(|line| line.starts_with("GET ")), "{asked:?}");
    assert_eq!(asked.iter().filter(|line| line.starts_with("GET policyAssignments")).count(), 1, "{asked:?}");

    let on = json!({"id": endpoint, "name": "WDATP", "kind": "DataExportSettings", "properties": {"enabled": true}});
    scene.azure.put_resource(&endpoint, on);
    let made = format!(
        "resource \"{KIND}\" \"this\" {{\ncomponent = \"defender_sensor\"\ntargets = [\"aks_cluster\"]\nlocation = \"westeurope\"\n}}\n"
    );
    scene.workspace.write("main.tf", &made)?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(found(&scene, &list(KIND, "", ""))?, ["defender_for_endpoint", "defender_sensor"]);
    Ok(())
}

/// What a group has is at the group itself; settings are for subscriptions.
#[test]
fn at_a_management_group() -> Result<(), Failure> {
    let Some(scene) = scene(&[ONE], &[])? else { return Ok(()) };
    let made = format!(
        "resource \"{KIND}\" \"this\" {{\nscope = \"{GROUP}\"\ncomponent = \"defender_sensor\"\ntargets = [\"aks_cluster\"]\nlocation = \
         \"westeurope\"\n}}\n"
    );
    scene.workspace.write("main.tf", &made)?;
    scene.workspace.apply()?.require(0)?;
    let at_group = list(KIND, "", &format!("scope = \"{GROUP}\""));
    assert_eq!(found(&scene, &at_group)?, ["defender_sensor"]);
    assert!(requests(&scene).iter().all(|line| !line.contains(" settings ")), "no settings are looked for");
    assert_eq!(found(&scene, &list(KIND, "", ""))?, Vec::<String>::new(), "what is inherited is elsewhere");
    Ok(())
}
