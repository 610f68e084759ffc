//! One object in the place of another, and places that are not known yet.

use super::{id, one, scene, settle};
use crate::assignments::requests;
use crate::harness::Scene;
use crate::shared::process::Failure;

const TYPE: &str = "defender_setting";
const ADDRESS: &str = "defender_setting.this";

fn is_on(scene: &Scene, name: &str) -> bool {
    let setting = scene.azure.resource(&id(&format!("settings/{name}"))).unwrap_or_default();
    setting["properties"]["enabled"] == true
}

/// The setting stays on meanwhile, and what was there at first is not forgotten.
#[test]
fn a_replacement_changes_nothing_in_azure() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, "name = \"WDATP\"\nenabled = true"))?;
    settle(&scene)?;
    requests(&scene);
    let replace = format!("-replace={ADDRESS}");
    scene.workspace.run(["apply", "-input=false", "-auto-approve", &replace])?.require(0)?;
    scene.workspace.run(["taint", ADDRESS])?.require(0)?;
    scene.workspace.apply()?.require(0)?;
    let asked = requests(&scene);
    assert!(asked.iter().all(|line| line.starts_with("GET")), "{asked:?}");
    scene.workspace.destroy()?.require(0)?;
    assert!(!is_on(&scene, "WDATP"), "what was there at first is there again");
    Ok(())
}

/// Another setting takes the place of the first in the configuration: the first is put back.
#[test]
fn another_name_is_another_object() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, "name = \"WDATP\"\nenabled = true"))?;
    settle(&scene)?;
    scene.workspace.write("main.tf", &one(TYPE, "name = \"MCAS\"\nenabled = true"))?;
    scene.workspace.plan()?.require(2)?.require_text("1 to add, 0 to change, 1 to destroy")?;
    settle(&scene)?;
    assert!(is_on(&scene, "MCAS") && !is_on(&scene, "WDATP"));
    scene.workspace.destroy()?.require(0)?;
    assert!(!is_on(&scene, "MCAS"), "its own past counts, not that of the first");
    Ok(())
}

/// Where an element of a list goes, `count` gives each later object the place of its neighbour. What stays keeps what was
/// there before it, and the one that goes is put back.
#[test]
fn places_that_shift() -> Result<(), Failure> {
    let settings = |names: &str| {
        let body = "count = length(local.names)\nname = local.names[count.index]\nenabled = true";
        format!("locals {{\n  names = [{names}]\n}}\n{}", one(TYPE, body))
    };
    let scene = scene(&[], &settings(r#""WDATP", "MCAS", "Sentinel""#))?;
    settle(&scene)?;
    scene.workspace.write("main.tf", &settings(r#""MCAS", "Sentinel""#))?;
    settle(&scene)?;
    let on = || ["WDATP", "MCAS", "Sentinel"].map(|name| is_on(&scene, name));
    assert_eq!(on(), [false, true, true], "the one that goes is put back");
    let destroyed = scene.workspace.destroy()?.require(0)?;
    assert_eq!(on(), [false; 3], "{}", destroyed.stdout);
    Ok(())
}

#[test]
fn a_subscription_that_is_not_known_yet_can_be_planned() -> Result<(), Failure> {
    let later = r#"
      resource "terraform_data" "subscription" { input = "/subscriptions/00000000-0000-0000-0000-000000000001" }
    "#;
    let setting = one(TYPE, "scope = terraform_data.subscription.output\nname = \"WDATP\"\nenabled = true");
    let scene = scene(&[], &format!("{later}{setting}"))?;
    scene.workspace.plan()?.require(2)?.require_text("(known after apply)")?;
    settle(&scene)?;
    assert!(is_on(&scene, "WDATP"));
    Ok(())
}

/// What is between the resource and Terraform only is not sent.
#[test]
fn another_on_destroy_writes_nothing() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, "name = \"WDATP\"\nenabled = true"))?;
    settle(&scene)?;
    scene
        .workspace
        .write("main.tf", &one(TYPE, "name = \"WDATP\"\nenabled = true\non_destroy = \"keep\""))?;
    let asked = settle(&scene)?;
    assert!(asked.iter().all(|line| line.starts_with("GET")), "{asked:?}");
    Ok(())
}
