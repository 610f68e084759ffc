//! What Terraform's state file says, read without Terraform.

use crate::harness::Scene;
use crate::shared::process::Failure;
use serde_json::Value;
use std::fs;

/// The instance at `TYPE.NAME` in the state file, as it is stored; none if there is no such object.
///
/// # Errors
///
/// The file is no JSON.
pub(crate) fn instance(scene: &Scene, address: &str) -> Result<Option<Value>, Failure> {
    let state = read(scene)?;
    let resources = state["resources"].as_array().into_iter().flatten();
    let at = |resource: &&Value| {
        let part = |name: &str| resource[name].as_str().unwrap_or_default();
        format!("{}.{}", part("type"), part("name")) == address
    };
    Ok(resources.filter(at).find_map(|resource| resource["instances"].get(0)).cloned())
}

/// The state file; null where Terraform has not written one yet.
fn read(scene: &Scene) -> Result<Value, Failure> {
    match fs::read(scene.workspace.path().join("terraform.tfstate")) {
        Ok(text) => serde_json::from_slice(&text).map_err(Failure::of("read the state file")),
        Err(_) => Ok(Value::Null),
    }
}
