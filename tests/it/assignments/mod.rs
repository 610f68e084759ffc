//! `defender_policy_assignment` through the real Terraform.

mod bad_input;
mod drift;
mod initiatives;
#[cfg(target_os = "linux")]
mod killed;
mod replication;
mod whole;

use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use arm_emulator::LoggedRequest;

/// The built-in policy that puts the Defender sensor on AKS clusters; it deploys with two roles.
pub(crate) const SENSOR: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/64def556-fbad-4622-930e-72d1d5589bf5";
/// The roles of that policy.
pub(crate) const SENSOR_ROLES: [&str; 2] =
    ["5e93ba01-8f92-4c7a-b12a-801e3df23824", "8bb6f106-b146-4ee6-a3f9-b9c5a96e0ae5"];

/// One assignment of the sensor's policy, with further lines.
fn sensor(further: &str) -> String {
    one(&format!(
        "name = \"sensor\"\npolicy_definition_id = \"{SENSOR}\"\nlocation = \"westeurope\"\n{further}\n"
    ))
}

/// One assignment.
fn one(body: &str) -> String {
    format!("resource \"defender_policy_assignment\" \"this\" {{\n{body}\n}}\n")
}

/// The id of the assignment `sensor`.
fn assignment() -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/sensor")
}

/// Requests since the last time, without sign-in and metadata, in few words and sorted: names that are made from ids
/// are left out.
pub(crate) fn requests(scene: &Scene) -> Vec<String> {
    let mut lines: Vec<String> = scene.azure.requests().iter().filter_map(in_short).collect();
    scene.azure.clear_requests();
    lines.sort();
    lines
}

fn in_short(request: &LoggedRequest) -> Option<String> {
    let path = request.path.split('?').next().unwrap_or_default();
    let (_, last) = path.rsplit_once("/providers/")?;
    let mut parts = last.split('/').skip(1);
    let kind = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let act = match rest.as_slice() {
        [] => " (list)".to_owned(),
        [_, act] => format!(" ({act})"),
        _ => String::new(),
    };
    Some(format!("{} {kind}{act} {}", request.method, request.status))
}

/// Everything in Azure whose id has this in it.
pub(crate) fn objects(scene: &Scene, part: &str) -> Vec<String> {
    let lower = part.to_ascii_lowercase();
    let all = scene.azure.resources().into_iter();
    all.map(|(id, _)| id).filter(|id| id.to_ascii_lowercase().contains(&lower)).collect()
}

/// The plan is empty.
pub(crate) fn require_settled(scene: &Scene) -> Result<(), Failure> {
    scene.workspace.plan()?.require(0).map(drop)
}
