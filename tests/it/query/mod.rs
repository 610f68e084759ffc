//! `terraform query` (1.14 and later) finds what is there, and writes a configuration whose first plan only imports. That it
//! does so for each list resource is tested with the examples.

mod assignments;
mod autoprovisioning;
mod extensions;
mod plans;
mod refusals;
mod settings;
mod storage;

use crate::harness::{NO_PREFLIGHT, Scene};
use crate::shared::process::{Failure, Output};
use crate::shared::terraform::Terraform;
use arm_emulator::Options;
use serde_json::{Value, json};

/// An Azure with these subscriptions in the management group `contoso`, the newest Terraform, and a configuration of
/// nothing.
fn scene(subscriptions: &[&str], there: &[(String, Value)]) -> Result<Option<Scene>, Failure> {
    let Some(core) = Terraform::if_to_be_had("0.15.3", "1.15.5")? else { return Ok(None) };
    let groups = [json!({"name": "contoso", "subscriptions": subscriptions})];
    let seed = Some(json!({"subscriptions": subscriptions, "management_groups": groups}));
    let scene = Scene::with(&core, Options { seed, ..Options::default() }, "")?;
    scene.configure(NO_PREFLIGHT)?;
    for (id, document) in there {
        scene.azure.put_resource(id, document.clone());
    }
    Ok(Some(scene))
}

/// The management group.
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/contoso";

/// A list block with further lines, and its `config`.
fn list(kind: &str, further: &str, config: &str) -> String {
    format!("list \"{kind}\" \"l\" {{\n  provider = defender\n{further}\n  config {{\n{config}\n  }}\n}}\n")
}

/// Runs one list block.
fn query(scene: &Scene, list: &str) -> Result<Output, Failure> {
    scene.workspace.write("l.tfquery.hcl", list)?;
    scene.azure.clear_requests();
    scene.workspace.run(["query"])
}

/// What one list block finds, by the names that people see, in the order in which it is found.
fn found(scene: &Scene, list: &str) -> Result<Vec<String>, Failure> {
    scene.workspace.write("l.tfquery.hcl", list)?;
    scene.azure.clear_requests();
    let output = scene.workspace.run(["query", "-json"])?.require(0)?;
    let events = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let named =
        events.filter_map(|event| Some(event["list_resource_found"]["display_name"].as_str()?.to_owned()));
    Ok(named.collect())
}
