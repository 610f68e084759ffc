//! Settings of which there is one in its place, through the real Terraform: each is taken over and put back.

mod import;
#[cfg(target_os = "linux")]
mod killed;
mod permissions;
mod security_contact;
mod setting;
mod storage_protection;
mod succession;
mod vulnerability_assessment;
mod workspace;

use crate::assignments::{requests, require_settled};
use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::shared::process::{Failure, Output};
use crate::shared::terraform::Terraform;
use arm_emulator::Options;
use serde_json::Value;

/// One resource of a type.
fn one(kind: &str, body: &str) -> String {
    format!("resource \"{kind}\" \"this\" {{\n{body}\n}}\n")
}

/// What Azure has at the beginning: documents by their ids.
type Begun = Vec<(String, Value)>;

/// The id of a setting of the subscription.
fn id(path: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/{path}")
}

/// An Azure with these documents, and a configuration.
fn scene(there: &[(&str, Value)], configuration: &str) -> Result<Scene, Failure> {
    let scene = Scene::new(configuration)?;
    scene.configure(NO_PREFLIGHT)?;
    for (id, document) in there {
        scene.azure.put_resource(id, document.clone());
    }
    Ok(scene)
}

/// Applies, checks that the plan is empty then and writes nothing, and returns what was asked by the first.
fn settle(scene: &Scene) -> Result<Vec<String>, Failure> {
    scene.azure.clear_requests();
    scene.workspace.apply()?.require(0)?;
    let asked = requests(scene);
    require_settled(scene)?;
    let again = requests(scene);
    assert!(again.iter().all(|line| line.starts_with("GET")), "a plan writes nothing: {again:?}");
    Ok(asked)
}

/// Creates, and destroys: what was there before is there again, byte for byte.
fn comes_and_goes(scene: &Scene, id: &str) -> Result<[Vec<String>; 2], Failure> {
    let before = scene.azure.resource(id);
    let created = settle(scene)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(scene.azure.resource(id).map(lasting), before.map(lasting), "{id}");
    Ok([created, requests(scene)])
}

/// A document without what tells when it was written.
fn lasting(mut document: Value) -> Value {
    if let Some(fields) = document.as_object_mut() {
        fields.remove("systemData");
        fields.remove("etag");
    }
    document
}

/// The newest Terraform, where it can be had: it knows identities.
pub(crate) fn newest(configuration: &str) -> Result<Option<Scene>, Failure> {
    let core = Terraform::if_to_be_had("0.15.3", "1.15.5")?;
    core.map(|core| Scene::with(&core, Options::default(), configuration)).transpose()
}

/// What a command said, from its first error or warning on, where Terraform's frame has broken the lines.
pub(crate) fn flat(output: &Output) -> String {
    let said = format!("{}\n{}", output.stdout, output.stderr);
    let said = said.replace(['│', '╷', '╵'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    // Each run begins with a warning of Terraform's that this provider is not from a registry.
    let own = said.find("Error: ").filter(|_| output.code == Some(1)).unwrap_or_default();
    said[own..].to_owned()
}
