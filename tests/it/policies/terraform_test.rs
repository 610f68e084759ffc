//! `terraform test` over the baseline: on the subscription, and with a provider that is mocked.

use super::{place, text};
use crate::harness::{Scene, terraform};
use crate::shared::process::Failure;
use arm_emulator::Options;
use std::fs;

#[test]
fn the_baseline_passes_its_tests() -> Result<(), Failure> {
    let scene = scene(&text("baseline/main.tf")?)?;
    let output = scene.workspace.run(["test"])?.require(0)?;
    output.require_text("Success! 3 passed, 0 failed.").map(drop)
}

/// A test that could not fail would be none.
#[test]
fn what_is_off_fails_them() -> Result<(), Failure> {
    let off = text("baseline/main.tf")?.replace(
        "AgentlessDiscoveryForKubernetes             = {}",
        "AgentlessVmScanning = { enabled = false }",
    );
    let scene = scene(&off)?;
    let output = scene.workspace.run(["test"])?.require(1)?;
    let output = output.require_text("An extension of Defender for Containers is off.")?;
    output.require_text("Clusters are to be discovered.")?.require_text("1 passed, 2 failed").map(drop)
}

fn scene(configuration: &str) -> Result<Scene, Failure> {
    let scene = Scene::with(terraform()?, Options::default(), configuration)?;
    let tests = scene.workspace.path().join("tests");
    fs::create_dir(&tests).map_err(Failure::of("create the folder of tests"))?;
    let entries = fs::read_dir(place("baseline/tests")).map_err(Failure::of("list the tests"))?;
    for entry in entries {
        let entry = entry.map_err(Failure::of("list the tests"))?;
        fs::copy(entry.path(), tests.join(entry.file_name())).map_err(Failure::of("copy a test"))?;
    }
    Ok(scene)
}
