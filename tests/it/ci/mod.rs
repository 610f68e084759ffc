//! The pipelines under `examples/ci`: their shell steps are taken out of the YAML files and run, with the real Terraform, by a
//! caller who may only read. Only the CI systems themselves are played: their variables, files, tokens, and the `gh` program.

mod azure_devops;
mod github;
mod gitlab;
mod pins;
mod repository;
mod tokens;

use crate::harness::{ROOT, SUBSCRIPTION};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use repository::Repository;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The pipelines.
const FILES: [&str; 3] =
    ["azure-devops/defender-drift.yml", "github/defender-drift.yml", "gitlab/defender-drift.gitlab-ci.yml"];

/// A file below `examples/ci`.
fn text(path: &str) -> Result<String, Failure> {
    fs::read_to_string(Path::new(ROOT).join("examples/ci").join(path))
        .map_err(Failure::of(format!("read examples/ci/{path}")))
}

fn yaml<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    serde_saphyr::from_str(&text(path)?).map_err(Failure::of(format!("read examples/ci/{path}")))
}

fn key_vaults() -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/KeyVaults")
}

/// Somebody switches a plan off in the portal, and on again.
fn turn(repository: &Repository, tier: &str) {
    let mut plan = repository.scene.azure.resource(&key_vaults()).unwrap_or_default();
    plan["properties"]["pricingTier"] = json!(tier);
    plan["properties"]["subPlan"] = if tier == "Free" { Value::Null } else { json!("PerKeyVault") };
    repository.scene.azure.put_resource(&key_vaults(), plan);
}

/// What a pipeline must not print, whatever Azure says: commands of the three systems, and escapes.
const COMMANDS: &str = "##vso[task.setvariable variable=stolen]yes\n::warning::stolen\n\u{1b}[31mred";

/// Azure answers with an error that has all of them in its text.
fn break_azure(repository: &Repository) {
    let body = json!({"error": {"code": "AuthorizationFailed", "message": COMMANDS}});
    repository.scene.azure.add_fault(Fault {
        path: Some("/pricings".to_owned()),
        status: Some(403),
        body: Some(body),
        times: 0,
        ..Fault::default()
    });
}

/// Azure has all of them in a value that has drifted.
fn set_hostile(repository: &Repository) {
    let mut plan = repository.scene.azure.resource(&key_vaults()).unwrap_or_default();
    plan["properties"]["pricingTier"] = json!("Standard");
    plan["properties"]["subPlan"] = json!(COMMANDS);
    repository.scene.azure.put_resource(&key_vaults(), plan);
}

/// What was said has this part, and nothing that somebody takes for a command.
fn assert_harmless(said: &str, part: &str) {
    assert!(said.contains(part), "{part:?} is told: {said}");
    let hostile = said.lines().find(|line| {
        line.contains("##vso[") || line.trim_start().starts_with("::") || line.contains('\u{1b}')
    });
    assert_eq!(hostile, None, "{said}");
}
