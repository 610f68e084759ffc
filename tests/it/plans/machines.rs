//! Plans of single machines: what they inherit is not ours, what they set is.

use super::story::{Story, machine, one};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::{Value, json};

fn on(name: &str, rest: &str) -> String {
    one(&format!("scope = \"{}\"\nname = \"VirtualMachines\"\n{rest}", machine(name)))
}

fn subscription(enforce: &str) -> (&'static str, Value) {
    ("VirtualMachines", json!({"pricingTier": "Standard", "subPlan": "P2", "enforce": enforce}))
}

#[test]
fn an_override_is_made_and_removed() -> Result<(), Failure> {
    for name in ["vm1", "set1", "arc1"] {
        let story = Story::new(&[subscription("False")])?;
        let place = format!("{name}/VirtualMachines");
        let free = format!("{place} Free");
        // Whether the subscription enforces is looked up when a machine's setting is planned, in both processes.
        let sends = format!("GET *, GET *, GET {name}/*, PUT {place} 201");
        story.apply(&on(name, "tier = \"Free\""), &sends, &free)?;
        let state = story.state()?;
        assert_eq!(state["values"]["inherited"], false);
        assert_eq!(state["values"]["enforce"], Value::Null);
        let p1 = format!("{place} Standard P1 -MdeDesignatedSubscription");
        let sends = format!("GET {name}/*, GET *, GET *, PUT {place}");
        story.apply(&on(name, "subplan = \"P1\""), &sends, &p1)?;
        story.destroy(&format!("GET {name}/*, DELETE {place}"), &format!("{place} inherits"))?;
    }
    Ok(())
}

/// Azure does not call it inherited, but nothing is the machine's own where its subscription's plan is off.
#[test]
fn a_machine_of_a_subscription_without_the_plan_inherits_again() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let p1 = "vm1/VirtualMachines Standard P1 -MdeDesignatedSubscription";
    story.apply(&on("vm1", ""), "GET *, GET *, GET vm1/*, PUT vm1/VirtualMachines 201", p1)?;
    story.destroy("GET vm1/*, DELETE vm1/VirtualMachines", "vm1/VirtualMachines inherits")?;
    Ok(())
}

#[test]
fn an_override_that_was_there_is_put_back() -> Result<(), Failure> {
    let story = Story::new(&[
        subscription("False"),
        ("arc1/VirtualMachines", json!({"pricingTier": "Standard", "subPlan": "P1"})),
    ])?;
    story.apply(
        &on("arc1", "tier = \"Free\""),
        "GET *, GET *, GET arc1/*, PUT arc1/VirtualMachines",
        "arc1/VirtualMachines Free",
    )?;
    story
        .destroy(
            "GET arc1/*, PUT arc1/VirtualMachines",
            "arc1/VirtualMachines Standard P1 -MdeDesignatedSubscription",
        )
        .map(drop)
}

/// Somebody removes the machine's own setting, or the machine: there is nothing of ours left.
#[test]
fn what_is_gone_is_made_again_and_needs_no_destroying() -> Result<(), Failure> {
    let story = Story::new(&[subscription("False")])?;
    let free = on("vm1", "tier = \"Free\"");
    story.begin(&free)?;
    story.scene.azure.delete_resource(&super::story::id("vm1/VirtualMachines"));
    story.plan(2, &["1 to add"])?;
    let sends = "GET vm1/*, GET *, GET *, GET vm1/*, PUT vm1/VirtualMachines 201";
    story.apply(&free, sends, "vm1/VirtualMachines Free")?;
    let gone = |method: &str, times| Fault {
        method: Some(method.to_owned()),
        path: Some("/virtualMachines/vm1/".to_owned()),
        status: Some(404),
        body: Some(
            json!({"error": {"code": "ResourceNotFound", "message": "The Resource 'vm1' was not found."}}),
        ),
        times,
        ..Fault::default()
    };
    story.scene.azure.add_fault(gone("GET", 1));
    story.plan(2, &["1 to add"])?;
    story.scene.azure.add_fault(gone("DELETE", 1));
    story.destroy("GET vm1/*, DELETE vm1/VirtualMachines 404", "vm1/VirtualMachines Free")?;
    Ok(())
}

#[test]
fn what_azure_refuses_is_explained() -> Result<(), Failure> {
    let story = Story::new(&[subscription("True")])?;
    story.scene.configure("  rule_severity = { MDC005 = \"off\", MDC009 = \"off\" }\n")?;
    for (rest, texts, sends) in [
        (
            "tier = \"Free\"",
            &["EnforcementPolicyViolation", "is enforced by '/subscriptions/", "HTTP 409"][..],
            "GET *, GET *, GET vm1/*, PUT vm1/VirtualMachines 409",
        ),
        (
            "subplan = \"P2\"",
            &["SubPlan 'P2' of plan 'VirtualMachines' isn't supported at resource level", "HTTP 400"],
            "GET *, GET *, GET vm1/*, PUT vm1/VirtualMachines 400",
        ),
    ] {
        if sends.ends_with("400") {
            story.edit("VirtualMachines", &subscription("False").1);
        }
        let texts = [texts, &["with defender_plan.it", "Setting the Defender plan VirtualMachines"]].concat();
        story.fail(&on("vm1", rest), &texts, sends, "vm1/VirtualMachines inherits")?;
        assert_eq!(story.state()?, Value::Null, "nothing was made");
    }
    Ok(())
}

/// A subscription that begins to enforce removes the settings of its machines.
#[test]
fn an_enforcing_subscription_takes_the_override_away() -> Result<(), Failure> {
    let story = Story::new(&[subscription("False")])?;
    story.scene.configure("  rule_severity = { MDC009 = \"warning\" }\n")?;
    let both = format!(
        "{}{}",
        on("vm1", "tier = \"Free\""),
        one("name = \"VirtualMachines\"\nenforce = true").replace("\"it\"", "\"all\"")
    );
    story.begin(&on("vm1", "tier = \"Free\""))?;
    story.begin(&both)?;
    story.assert_azure("vm1/VirtualMachines inherits", "enforcing");
    story.plan(2, &["1 to add"])?;
    story.scene.workspace.apply()?.require(1)?.require_text("EnforcementPolicyViolation")?;
    Ok(())
}
