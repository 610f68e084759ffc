//! Plans of a subscription, and of all below a management group.

use super::{GROUP, found, list};
use crate::harness::{NO_PREFLIGHT, SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;
use arm_emulator::Options;
use serde_json::json;
use std::fs;

const QUERY: &str = r#"
list "defender_plan" "on" {
  provider         = defender
  include_resource = true
  config {
    tier = "Standard"
  }
}
"#;

#[test]
fn plans_of_a_tier_are_found_and_adopted() -> Result<(), Failure> {
    let Some(core) = Terraform::if_to_be_had("0.15.3", "1.15.5")? else { return Ok(()) };
    let scene = Scene::with(&core, Options::default(), "")?;
    scene.configure(NO_PREFLIGHT)?;
    for (name, subplan) in
        [("VirtualMachines", Some("P1")), ("KeyVaults", Some("PerKeyVault")), ("AppServices", None)]
    {
        let properties = json!({"pricingTier": "Standard", "subPlan": subplan});
        let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{name}");
        scene.azure.put_resource(&id, json!({"properties": properties}));
    }
    scene.workspace.write("plans.tfquery.hcl", QUERY)?;
    let found = scene.workspace.run(["query", "-generate-config-out=found.tf"])?.require(0)?;
    for name in ["VirtualMachines", "KeyVaults", "AppServices"] {
        assert!(found.stdout.contains(name), "{name} is on: {}", found.stdout);
    }
    assert!(!found.stdout.contains("CosmosDbs"), "CosmosDbs is off: {}", found.stdout);
    let written = fs::read_to_string(scene.workspace.path().join("found.tf"))
        .map_err(Failure::of("read what terraform query wrote"))?;
    assert!(written.contains("identity = {"), "{written}");
    scene.azure.clear_requests();
    scene.workspace.apply()?.require(0)?.require_text("0 added, 0 changed, 0 destroyed")?;
    scene.workspace.plan()?.require(0)?;
    let wrote: Vec<String> = scene.take_requests().into_iter().filter(|line| line.contains("PUT ")).collect();
    assert_eq!(wrote, Vec::<String>::new());
    Ok(())
}

#[test]
fn all_below_a_management_group() -> Result<(), Failure> {
    let [one, two, three] = [1, 2, 3].map(|number| format!("00000000-0000-0000-0000-{number:012}"));
    let on = |subscription: &str, name: &str| {
        let id = format!("/subscriptions/{subscription}/providers/Microsoft.Security/pricings/{name}");
        (id, json!({"properties": {"pricingTier": "Standard"}}))
    };
    let forbidden = format!("/subscriptions/{three}/providers/Microsoft.Authorization/permissions");
    let there =
        [on(&one, "Arm"), on(&two, "KeyVaults"), on(&three, "Arm"), (forbidden, json!({"value": []}))];
    let Some(scene) = super::scene(&[&one, &two, &three], &there)? else { return Ok(()) };
    let block = list("defender_plan", "", &format!("scope = \"{GROUP}\"\ntier = \"Standard\""));
    let mut on = found(&scene, &block)?;
    on.retain(|name| name.starts_with("Arm") || name.starts_with("KeyVaults"));
    assert_eq!(on, [format!("Arm of {one}"), format!("KeyVaults of {two}")]);
    let said = super::query(&scene, &block)?.require(0)?;
    let said = super::refusals::said(&said);
    assert!(said.starts_with("Warning: Not everything is listed"), "{said}");
    assert!(said.contains(&format!("- /subscriptions/{three}: listing the Defender plans")), "{said}");
    Ok(())
}
