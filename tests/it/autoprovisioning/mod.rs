//! `defender_autoprovisioning` through the real Terraform.

mod bad_input;
mod drift;
mod failures;
mod import;
#[cfg(target_os = "linux")]
mod killed;
mod matrix;
mod refusals;
mod succession;
mod targets;
mod unknowns;
mod whole;

use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::state::instance;
use serde_json::{Value, json};

/// One component, with further lines.
fn component(id: &str, further: &str) -> String {
    format!("resource \"defender_autoprovisioning\" \"this\" {{\ncomponent = \"{id}\"\n{further}\n}}\n")
}

/// A component in Azure on a day; what is said of permissions and plans is not asked for.
fn on(date: &str, configuration: &str) -> Result<Scene, Failure> {
    let scene = Scene::new(configuration)?;
    scene.configure(&format!("{NO_PREFLIGHT}  reference_date = \"{date}\"\n"))?;
    Ok(scene)
}

/// What the state has of the resource.
fn attributes(scene: &Scene) -> Result<Value, Failure> {
    Ok(instance(scene, "defender_autoprovisioning.this")?.unwrap_or_default()["attributes"].clone())
}

/// The id of a setting.
fn setting(kind: &str, name: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/{kind}/{name}")
}

/// A workspace that is there; returns its id.
fn workspace(scene: &Scene) -> String {
    let id = format!(
        "{SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central"
    );
    let body = json!({"id": id, "name": "central", "location": "northeurope",
        "properties": {"customerId": "0c0ffee0-0000-4000-8000-000000000001"}});
    scene.azure.put_resource(&id, body);
    id
}
