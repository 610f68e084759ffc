//! `data.defender_plans`.

use super::story::{Story, machine};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use serde_json::{Value, json};

#[test]
fn all_plans_of_a_subscription() -> Result<(), Failure> {
    let scanning = json!({"name": "AgentlessVmScanning", "isEnabled": "True",
        "additionalExtensionProperties": {"ExclusionTags": "[]"}});
    let story = Story::new(&[(
        "CloudPosture",
        json!({"pricingTier": "Standard", "enforce": "True",
        "enablementTime": "2023-03-01T12:42:42.1921106Z", "extensions": [scanning]}),
    )])?;
    let configuration = r#"
data "defender_plans" "it" {}
output "on" { value = sort([for name, plan in data.defender_plans.it.plans : name if plan.tier == "Standard"]) }
"#;
    story.write(configuration)?;
    story.scene.workspace.apply()?.require(0)?.require_text("CloudPosture")?;
    assert_eq!(story.take_sent(), ["GET *"]);
    let values = story.state()?["values"].take();
    assert_eq!((&values["id"], &values["scope"]), (&json!(SUBSCRIPTION), &json!(SUBSCRIPTION)));
    assert_eq!(values["plans"].as_object().map(serde_json::Map::len), Some(18));
    assert_eq!(
        values["plans"]["CloudPosture"],
        json!({"scope": SUBSCRIPTION, "name": "CloudPosture", "tier": "Standard", "subplan": null, "enforce": true, "deprecated": false, "replaced_by": [],
            "inherited": null, "inherited_from": null, "resources_coverage_status": null,
            "free_trial_remaining_time": "PT0S", "enablement_time": "2023-03-01T12:42:42.1921106Z",
            "extensions": {"AgentlessVmScanning": {"enabled": true, "properties": {"ExclusionTags": "[]"}}}})
    );
    assert_eq!(values["plans"]["Dns"]["replaced_by"], json!(["VirtualMachines"]));
    assert_eq!(values["plans"]["Dns"]["deprecated"], true);
    story.plan(0, &["No changes."]).map(drop)
}

/// A machine lists what it inherits; resources and data sources of one scope share its list.
#[test]
fn plans_of_a_machine_share_the_list() -> Result<(), Failure> {
    let story = Story::new(&[("VirtualMachines", json!({"pricingTier": "Standard", "subPlan": "P2"}))])?;
    let data =
        |name: &str| format!("data \"defender_plans\" \"{name}\" {{ scope = \"{}\" }}\n", machine("arc1"));
    story.write(&(data("it") + &data("other")))?;
    story.scene.workspace.apply()?.require(0)?;
    assert_eq!(story.take_sent(), ["GET arc1/*"], "two data sources, one list");
    let plan = story.state()?["values"]["plans"]["VirtualMachines"].take();
    assert_eq!((&plan["inherited"], &plan["inherited_from"]), (&json!(true), &json!(SUBSCRIPTION)));
    Ok(())
}

/// What a resource of the same apply has changed is read after it.
#[test]
fn what_depends_on_a_write_is_read_anew() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.write(
        r#"
resource "defender_plan" "arm" { name = "Arm" }
data "defender_plans" "it" { depends_on = [defender_plan.arm] }
output "tier" { value = data.defender_plans.it.plans["Arm"].tier }
"#,
    )?;
    story.scene.workspace.apply()?.require(0)?;
    assert_eq!(story.take_sent(), ["GET *", "PUT Arm", "GET *"]);
    let outputs: Value = story.scene.workspace.show_json()?["values"]["outputs"].take();
    assert_eq!(outputs["tier"]["value"], "Standard");
    Ok(())
}
