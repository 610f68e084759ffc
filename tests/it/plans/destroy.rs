//! `on_destroy`: what is left behind, and what is said beforehand.

use super::story::{Story, one, require_texts};
use crate::shared::process::Failure;
use serde_json::{Value, json};

fn key_vaults() -> (&'static str, Value) {
    ("KeyVaults", json!({"pricingTier": "Standard", "subPlan": "PerKeyVault"}))
}

/// Creates, and destroys with these requests.
fn check(start: &[(&str, Value)], body: &str, sends: &str, leaves: &str) -> Result<(), Failure> {
    let story = Story::new(start)?;
    story.begin(&one(body))?;
    story.destroy(sends, leaves).map(drop)
}

#[test]
fn created_plans_are_left_as_asked() -> Result<(), Failure> {
    let on = "KeyVaults Standard PerKeyVault";
    for (start, body, sends, leaves) in [
        (&[][..], "", "GET *, PUT KeyVaults", "KeyVaults Free"),
        (&[key_vaults()], "tier = \"Free\"", "GET *, PUT KeyVaults", on),
        (&[key_vaults()], "on_destroy = \"free\"", "GET *, PUT KeyVaults", "KeyVaults Free"),
        (&[], "on_destroy = \"keep\"", "GET *", on),
    ] {
        check(start, &format!("name = \"KeyVaults\"\n{body}"), sends, leaves)?;
    }
    Ok(())
}

/// Azure never lets these be Free, so destroying them with `free` changes nothing.
#[test]
fn plans_that_are_always_on_stay_on() -> Result<(), Failure> {
    for name in ["Discovery", "FoundationalCspm"] {
        let on = format!("{name} Standard");
        let story = Story::new(&[])?;
        story.begin(&one(&format!("name = \"{name}\"\non_destroy = \"free\"")))?;
        let output = story.destroy("GET *", &on)?;
        let texts = ["Warning: Destroying changes nothing in Azure", "Azure never lets this plan be Free"];
        require_texts(output, &texts)?;
        check(&[], &format!("name = \"{name}\""), &format!("GET *, PUT {name}"), &on)?;
    }
    Ok(())
}

/// What stood there before an import is not known, and the plan says so.
#[test]
fn imported_plans_are_kept() -> Result<(), Failure> {
    let warning = "Warning: Destroying changes nothing in Azure";
    for (rest, warns, sends, leaves) in [
        ("", 1, "GET *", "KeyVaults Standard PerKeyVault"),
        ("on_destroy = \"keep\"", 0, "GET *", "KeyVaults Standard PerKeyVault"),
        ("on_destroy = \"free\"", 0, "GET *, PUT KeyVaults", "KeyVaults Free"),
    ] {
        let story = Story::new(&[key_vaults()])?;
        story.write(&one(&format!("name = \"KeyVaults\"\n{rest}")))?;
        story.import(&super::story::id("KeyVaults"), 0, &["Import successful!"])?;
        story.begin(&one(&format!("name = \"KeyVaults\"\n{rest}")))?;
        let plan = story.scene.workspace.run(["plan", "-destroy"])?.require(0)?;
        assert_eq!(
            plan.stdout.matches(warning).count() + plan.stderr.matches(warning).count(),
            warns,
            "{rest}"
        );
        story.take_sent();
        story.destroy(sends, leaves)?;
    }
    Ok(())
}

/// `restore` brings back extensions and their properties, too, and switches off what Azure switched on.
#[test]
fn restoring_is_complete() -> Result<(), Failure> {
    let scanning = json!({"name": "AgentlessVmScanning", "isEnabled": "True",
        "additionalExtensionProperties": {"ExclusionTags": "[{\"Key\":\"a\",\"Value\":\"b\"}]"}});
    let fim = json!({"name": "FileIntegrityMonitoring", "isEnabled": "False"});
    let start =
        json!({"pricingTier": "Standard", "subPlan": "P2", "enforce": "True", "extensions": [scanning, fim]});
    let story = Story::new(&[("VirtualMachines", start)])?;
    let set = "GET *, PUT VirtualMachines";
    story.apply(
        &one("name = \"VirtualMachines\"\nsubplan = \"P1\"\nenforce = false"),
        set,
        "VirtualMachines Standard P1 -MdeDesignatedSubscription",
    )?;
    story.apply(&one("name = \"VirtualMachines\"\ntier = \"Free\""), set, "VirtualMachines Free")?;
    story
        .destroy(
            "GET *, PUT VirtualMachines",
            "VirtualMachines Standard P2 enforced -MdeDesignatedSubscription \
             AgentlessVmScanning{ExclusionTags=[{\"Key\":\"a\",\"Value\":\"b\"}]} -FileIntegrityMonitoring",
        )
        .map(drop)
}
