//! What only Azure can know, and what it takes too long for.

use super::story::{Story, one, require_texts};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::json;

/// It is said in Azure's words, and nothing is left behind: where the rules do not know it, or are not to stop it.
#[test]
fn what_azure_refuses() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let levels = "{ MDC080 = \"off\", MDC081 = \"off\", MDC086 = \"off\", MDC102 = \"off\" }";
    story.scene.configure(&format!("  rule_severity = {levels}\n"))?;
    for (body, sends, texts) in [
        (
            "name = \"Quantum\"",
            "GET *, GET *, PUT Quantum 400",
            &[
                "Azure rejected the request",
                "Setting the Defender plan Quantum",
                "HTTP 400",
                "InvalidResourceName",
                "Possible pricing bundle names: VirtualMachines",
            ][..],
        ),
        (
            "name = \"Containers\"\nextensions = { Teleporter = {} }",
            "GET *, PUT Containers 400",
            &["InvalidInputJson", "Extension with name 'Teleporter' is not supported for 'Containers' plan"],
        ),
        (
            "name = \"VirtualMachines\"\nsubplan = \"P3\"",
            "GET *, PUT VirtualMachines 400",
            &["SubPlan 'P3' is not supported for 'VirtualMachines' plan. Supported sub plans: P2, P1"],
        ),
        (
            "name = \"Dns\"",
            "GET *, PUT Dns 400",
            &["Failed to enable the 'Dns' plan", "is deprecated", "Please migrate to a supported plan"],
        ),
    ] {
        let texts = [texts, &["with defender_plan.it", "in resource \"defender_plan\" \"it\""]].concat();
        story.fail(&one(body), &texts, sends, "Containers Free; VirtualMachines Free; Dns Free")?;
        assert!(story.state()?.is_null(), "{body}");
    }
    Ok(())
}

/// Azure is slower than the resource allows: that is said, and the state tells what is true.
#[test]
fn timeouts_are_kept() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let limited = |operation: &str, rest: &str| {
        one(&format!("name = \"Arm\"\n{rest}\ntimeouts {{\n  {operation} = \"4s\"\n}}"))
    };
    let slow = |method: &str| Fault {
        method: Some(method.to_owned()),
        path: Some("/pricings".to_owned()),
        delay_ms: 60_000,
        ..Fault::default()
    };
    story.scene.azure.add_fault(slow("PUT"));
    let texts = ["The time ran out", "Setting the Defender plan Arm", "with defender_plan.it"];
    story.write(&limited("create", ""))?;
    require_texts(story.scene.workspace.apply()?.require(1)?, &texts)?;
    let state = story.state()?;
    assert_eq!((&state["tainted"], &state["values"]["tier"]), (&json!(true), &json!("Free")), "what is true");
    story.scene.azure.clear_faults();
    story.begin(&one("name = \"Arm\""))?;
    story.scene.azure.add_fault(slow("PUT"));
    story.write(&limited("update", "tier = \"Free\""))?;
    require_texts(story.scene.workspace.apply()?.require(1)?, &texts)?;
    assert_eq!(story.state()?["values"]["tier"], "Standard");
    story.begin(&limited("read", ""))?;
    story.scene.azure.add_fault(slow("GET"));
    let reading = ["The time ran out", "Listing the Defender plans", "with defender_plan.it"];
    require_texts(story.scene.workspace.plan()?.require(1)?, &reading).map(drop)
}
