//! Two resources for one plan are warned of; one resource that Terraform plans more than once is not.

use super::story::{Story, one, warnings};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use arm_emulator::Fault;
use std::collections::BTreeMap;

const WARNING: &str = "Warning: The plan is managed twice";

#[test]
fn two_resources_for_one_plan() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let odd = SUBSCRIPTION.replace("subscriptions", "SUBSCRIPTIONS");
    let other = one(&format!("scope = \"{odd}\"\nname = \"Arm\"")).replace("\"it\"", "\"other\"");
    story.write(&(one("name = \"Arm\"") + &other))?;
    let plan = story.plan(2, &[WARNING, "2 to add", "pricings/Arm"])?;
    assert_eq!(warnings(&plan), 1, "{}", plan.stdout);
    story.scene.workspace.apply()?.require(0)?.require_text(WARNING)?;
    story.take_sent();
    story.plan(0, &[WARNING]).map(drop)
}

#[test]
fn one_resource_however_often_it_is_planned() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let configuration = one("name = \"Arm\"");
    story.apply(&configuration, "GET *, PUT Arm", "Arm Standard PerSubscription")?;
    let replaced =
        story.scene.workspace.run(["apply", "-auto-approve", "-replace=defender_plan.it"])?.require(0)?;
    assert_eq!(warnings(&replaced), 0, "{}", replaced.stdout);
    assert_eq!(story.take_sent(), ["GET *", "GET *", "PUT Arm"], "the plan stays on meanwhile");
    let tainted = story.scene.workspace.run(["taint", "defender_plan.it"])?.require(0)?;
    assert_eq!(warnings(&tainted), 0, "{}", tainted.stdout);
    story.apply(&configuration, "GET *, GET *, PUT Arm", "Arm Standard PerSubscription")?;
    story.apply(
        &one("name = \"KeyVaults\""),
        "GET *, PUT Arm, GET *, PUT KeyVaults",
        "Arm Free; KeyVaults Standard PerKeyVault",
    )?;
    story.destroy("GET *, PUT KeyVaults", "KeyVaults Free").map(drop)
}

/// The old object goes after the new one has come: the plan must stay on. What was there at first is forgotten,
/// as Terraform tells the new object nothing of the old one.
#[test]
fn a_new_object_before_the_old_one_goes() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.begin(&one("name = \"Arm\"\nlifecycle {\n  create_before_destroy = true\n}"))?;
    story.scene.workspace.run(["apply", "-auto-approve", "-replace=defender_plan.it"])?.require(0)?;
    assert_eq!(story.take_sent(), ["GET *", "GET *", "PUT Arm"]);
    story.assert_azure("Arm Standard PerSubscription", "the replacement");
    story.plan(0, &["No changes."])?;
    story.destroy("GET *, PUT Arm", "Arm Standard PerSubscription").map(drop)
}

/// Where an element of a list goes, `count` gives each later object the place of its neighbour. Every plan that stays
/// keeps what was there before it, and the one that goes is put back.
#[test]
fn places_that_shift() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let plans = |names: &str| {
        let body = "count = length(local.names)\nname = local.names[count.index]";
        format!("locals {{\n  names = [{names}]\n}}\n{}", one(body))
    };
    story.begin(&plans(r#""Arm", "CosmosDbs", "SqlServers""#))?;
    story.write(&plans(r#""CosmosDbs", "SqlServers""#))?;
    story.scene.workspace.apply()?.require(0)?;
    story.take_sent();
    story.assert_azure("Arm Free; CosmosDbs Standard; SqlServers Standard", "the shift");
    story.plan(0, &["No changes."])?;
    story.scene.workspace.destroy()?.require(0)?;
    story.assert_azure("Arm Free; CosmosDbs Free; SqlServers Free", "destroying");
    Ok(())
}

/// Without a `moved` block Terraform destroys the old object and creates the new one in any order.
#[test]
fn a_renamed_resource() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.begin(&one("name = \"Arm\""))?;
    story.write(&one("name = \"Arm\"").replace("\"it\"", "\"new\""))?;
    story.scene.workspace.apply()?.require(0)?.require_text("1 added, 0 changed, 1 destroyed")?;
    story.take_sent();
    story.assert_azure("Arm Standard PerSubscription", "renaming");
    story.plan(0, &["No changes."]).map(drop)
}

/// The replacement of what a failed creation left is planned twice as well.
#[test]
fn a_failed_creation() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let configuration = one("name = \"Containers\"\nextensions = { ContainerSensor = {} }");
    story.scene.azure.add_fault(Fault {
        method: Some("PUT".to_owned()),
        extension_failures: BTreeMap::from([("ContainerSensor".to_owned(), "no".to_owned())]),
        ..Fault::default()
    });
    story.write(&configuration)?;
    story.scene.workspace.apply()?.require(1)?;
    story.take_sent();
    let plan = story.plan(2, &["An extension is not in effect"])?;
    assert_eq!(warnings(&plan), 1, "{}", plan.stdout);
    Ok(())
}
