//! A provider that is killed at any request of a create: the next run converges.

use super::{id, one, scene, settle};
use crate::interruptions::kill_at;
use crate::requests::in_order;
use crate::shared::process::Failure;

/// A provider that is killed while it reads or writes has told Terraform nothing, and the next run begins anew.
#[test]
fn between_any_two_requests_of_a_create() -> Result<(), Failure> {
    for (kind, body, path) in [
        ("defender_security_contact", "phone = \"1234\"", "securityContacts/default"),
        ("defender_setting", "name = \"WDATP\"\nenabled = true", "settings/WDATP"),
        (
            "defender_vulnerability_assessment",
            "",
            "serverVulnerabilityAssessmentsSettings/azureServersSetting",
        ),
    ] {
        let configuration = one(kind, body);
        let undisturbed = scene(&[], &configuration)?;
        undisturbed.workspace.apply()?.require(0)?;
        let there = undisturbed.azure.resource(&id(path)).unwrap_or_default();
        let count = in_order(&undisturbed.azure).len();
        for request in 0..count {
            let scene = scene(&[], &configuration)?;
            let before = scene.azure.resource(&id(path));
            kill_at(&scene, request).map_err(Failure::of(format!("kill at request {request}")))?;
            settle(&scene)?;
            let now = scene.azure.resource(&id(path)).unwrap_or_default();
            assert_eq!(now["properties"], there["properties"], "{kind} at {request}");
            scene.workspace.destroy()?.require(0)?;
            assert_eq!(scene.azure.resource(&id(path)), before, "the held request never took effect");
        }
    }
    Ok(())
}
