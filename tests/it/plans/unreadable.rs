//! A plan in a list that this version of the provider cannot read: nobody takes it for not there, and nothing is written over it.

use super::story::{Story, one, require_texts, warnings};
use crate::shared::process::Failure;
use serde_json::json;

const PROBLEM: &str = "\"Arm\" has the tier \"Premium\"";

/// A subscription with a plan of a tier that is not known.
fn story() -> Result<Story, Failure> {
    Story::new(&[("Arm", json!({"pricingTier": "Premium"}))])
}

#[test]
fn who_lists_is_told() -> Result<(), Failure> {
    let story = story()?;
    story.write(
        "data \"defender_plans\" \"it\" {}\noutput \"count\" { value = length(data.defender_plans.it.plans) }\n",
    )?;
    let output = story.scene.workspace.apply()?.require(0)?;
    let output = require_texts(output, &["A plan is left out", PROBLEM, "count = 17"])?;
    assert!(warnings(&output) >= 1, "{}", output.stdout);
    Ok(())
}

#[test]
fn other_plans_do_not_care() -> Result<(), Failure> {
    story()?.apply(&one("name = \"KeyVaults\""), "GET *, PUT KeyVaults", "KeyVaults Standard PerKeyVault")
}

#[test]
fn it_is_not_written_over() -> Result<(), Failure> {
    let story = story()?;
    story.write(&one("name = \"Arm\""))?;
    require_texts(story.scene.workspace.apply()?.require(1)?, &[PROBLEM])?;
    let sent = story.take_sent();
    assert!(sent.iter().all(|line| line.starts_with("GET")), "{sent:?}");
    Ok(())
}

/// Its resource is neither forgotten nor made anew.
#[test]
fn its_resource_stays() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.begin(&one("name = \"Arm\""))?;
    story.edit("Arm", &json!({"pricingTier": "Premium"}));
    story.plan(1, &["The plan cannot be read", PROBLEM])?;
    assert_eq!(story.state()?["values"]["name"], "Arm");
    Ok(())
}
