//! `terraform-provider-defender drift`, run as people run it, on plans of the real Terraform and on files of nobody's.

mod baseline;
mod fleet;
mod formats;
mod hostile;
mod kinds;
mod large;

use crate::harness::{PROVIDER, Scene};
use crate::shared::process::{self, Failure, Output};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// No command takes this long unless it hangs, even on a loaded machine.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// Every format there is.
const FORMATS: [&str; 6] = ["text", "markdown", "html", "sarif", "junit", "json"];

/// Runs the command, with nothing of the caller's environment and no Azure.
fn drift(plan: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    let mut command = Command::new(PROVIDER);
    command.env_clear().arg("drift").arg(plan).args(arguments);
    process::run(&mut command, TIME_LIMIT)
}

/// The report as JSON, whatever the exit code.
fn report(plan: &Path, arguments: &[&str]) -> Result<Value, Failure> {
    let output = drift(plan, &[arguments, &["--format", "json"]].concat())?;
    serde_json::from_str(&output.stdout).map_err(Failure::of(format!("read the report ({})", output.stderr)))
}

/// Writes what a plan with these options is as JSON, as the readme tells to, and returns the file.
fn planned(scene: &Scene, options: &[&str]) -> Result<std::path::PathBuf, Failure> {
    let words = [&["plan", "-input=false", "-out=tfplan"], options].concat();
    scene.workspace.run(words)?.require(0)?;
    let shown = scene.workspace.run(["show", "-json", "tfplan"])?.require(0)?;
    kept(scene, "plan.json", &shown.stdout)
}

/// A file in the workspace.
fn kept(scene: &Scene, name: &str, text: &str) -> Result<std::path::PathBuf, Failure> {
    scene.workspace.write(name, text)?;
    Ok(scene.workspace.path().join(name))
}

/// Changes what Azure has of something.
fn change(scene: &Scene, id: &str, change: impl FnOnce(&mut Value)) {
    let mut document = scene.azure.resource(id).unwrap_or_default();
    change(&mut document["properties"]);
    scene.azure.put_resource(id, document);
}

/// What stands in a text between these, each time.
fn between<'a>(text: &'a str, before: &str, after: &str) -> BTreeSet<&'a str> {
    let parts = text.split(before).skip(1);
    parts.filter_map(|part| part.split_once(after)).map(|(found, _)| found).collect()
}

/// A file for this test only.
fn file(directory: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = directory.path().join(name);
    fs::write(&path, content).unwrap();
    path
}
