//! `rule_severity`: data can be wrong, and nobody must be stuck because of it.

use crate::plans::story::{Story, one, require_texts, warnings};
use crate::shared::process::Failure;

const BODY: &str =
    "name = \"VirtualMachines\"\nsubplan = \"P1\"\nextensions = {\n  AgentlessVmScanning = {}\n}";

#[test]
fn an_error_becomes_a_warning_or_nothing() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.write(&one(BODY))?;
    story.plan(1, &["Error: The sub-plan does not have the extension", "rule MDC006"])?;

    story.scene.configure("  rule_severity = { MDC006 = \"warning\" }\n")?;
    story.scene.workspace.run(["validate"])?.require(0)?;
    let output =
        story.plan(2, &["Warning: The sub-plan does not have the extension", "rule MDC006", "1 to add"])?;
    assert_eq!(warnings(&output), 1, "{}", output.stdout);
    let refused = "Extension with name 'AgentlessVmScanning' is not supported for 'VirtualMachines' plan and 'P1' SubPlan";
    require_texts(story.scene.workspace.apply()?.require(1)?, &[refused])?;
    story.take_sent();

    story.scene.configure("  rule_severity = { MDC006 = \"off\" }\n")?;
    assert_eq!(warnings(&story.plan(2, &["1 to add"])?), 0);
    Ok(())
}

/// A warning can be made an error: for those who want no preview, or nothing that the rules do not know.
#[test]
fn a_warning_becomes_an_error() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.scene.configure("  rule_severity = { MDC082 = \"error\" }\n")?;
    story.write(&one("name = \"CloudPosture\"\nextensions = {\n  Teleporter = {}\n}"))?;
    story.plan(1, &["Error: The extension is not known", "4:   Teleporter = {}"]).map(drop)
}

/// From a variable it is not known while Terraform validates, and then nothing is judged by it.
#[test]
fn severities_from_variables() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.scene.configure("  rule_severity = var.severity\n")?;
    let variable = |value: &str| format!("variable \"severity\" {{\n  default = {value}\n}}\n{}", one(BODY));
    story.write(&variable("{ MDC006 = \"warning\" }"))?;
    story.scene.workspace.run(["validate"])?.require(0)?;
    story.plan(2, &["Warning: The sub-plan does not have the extension"])?;
    story.write(&variable("{ MDC006 = \"error\" }"))?;
    story.plan(1, &["Error: The sub-plan does not have the extension"]).map(drop)
}

#[test]
fn mistakes() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.write(&one("name = \"Arm\""))?;
    for (attribute, texts) in [
        (
            "rule_severity = { MDC06 = \"off\" }",
            ["There is no rule \"MDC06\". Did you mean \"MDC006\"?", "rule_severity"],
        ),
        (
            "rule_severity = { MDC006 = \"info\" }",
            ["\"info\" is not one of the allowed values: \"error\", \"warning\", \"off\"", "rule_severity"],
        ),
        (
            "reference_date = \"22.11.2026\"",
            ["\"22.11.2026\" is not a day of the calendar", "reference_date"],
        ),
        ("reference_date = \"2026-02-29\"", ["Write it as in \"2026-11-22\"", "reference_date"]),
    ] {
        story.scene.configure(&format!("  {attribute}\n"))?;
        let texts = [&["on provider.tf line"][..], &texts].concat();
        story.plan(1, &texts)?;
    }
    Ok(())
}
