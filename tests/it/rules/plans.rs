//! Rules that hold on any day: told without asking Azure, by `validate` as well.

use crate::harness::SUBSCRIPTION;
use crate::plans::story::{Story, machine, one, require_texts};
use crate::shared::process::Failure;

/// A body, the line that is pointed at, and what is said.
type Case<'a> = (&'a str, &'a str, &'a [&'a str]);

/// Each body stops `validate` and `plan`, neither of which asks anything.
fn stops(cases: &[Case<'_>]) -> Result<(), Failure> {
    let story = Story::new(&[])?;
    for (body, line, texts) in cases {
        story.write(&one(body))?;
        let texts = [&["Error: ", "with defender_plan.it", line][..], texts].concat();
        require_texts(story.scene.workspace.run(["validate"])?.require(1)?, &texts)?;
        require_texts(story.scene.workspace.plan()?.require(1)?, &texts)?;
        assert!(story.scene.azure.requests().is_empty(), "{body}");
    }
    Ok(())
}

#[test]
fn extensions_and_sub_plans() -> Result<(), Failure> {
    let workspace =
        format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w");
    let monitoring = format!(
        "name = \"VirtualMachines\"\nsubplan = \"P1\"\nextensions = {{\n  FileIntegrityMonitoring = {{ properties = {{ DefinedWorkspaceId = \"{workspace}\" }} }}\n}}"
    );
    stops(&[
        (
            &monitoring,
            "5:   FileIntegrityMonitoring = {",
            &[
                "The sub-plan does not have the extension",
                "FileIntegrityMonitoring comes with \"P2\" of plan VirtualMachines only",
                "subplan = \"P2\"",
                "https://learn.microsoft.com/",
                "rule MDC006 | rules as of 2026-",
            ],
        ),
        (
            "name = \"VirtualMachines\"\nextensions = {\n  ContainerSensor = {}\n}",
            "4:   ContainerSensor = {}",
            &["The extension belongs to another plan", "an extension of \"Containers\"", "MDC006"],
        ),
        (
            "name = \"KeyVaults\"\nsubplan = \"PerVault\"",
            "3: subplan",
            &["it has \"PerKeyVault\" and \"PerTransaction\"", "MDC081"],
        ),
        ("name = \"CosmosDbs\"\nsubplan = \"P1\"", "3: subplan", &["has no sub-plans", "MDC081"]),
        (
            "name = \"CloudPosture\"\nextensions = {\n  AgentlessVmScanning = {\n    properties = { ExclusionTags = \"scan=no\" }\n  }\n}",
            "4:   AgentlessVmScanning = {",
            &["The property does not take this value", "ExclusionTags", "jsonencode", "MDC084"],
        ),
        ("name = \"Discovery\"\ntier = \"Free\"", "3: tier", &["The plan cannot be Free", "MDC085"]),
    ])
}

#[test]
fn single_resources() -> Result<(), Failure> {
    let on = |rest: &str| format!("scope = \"{}\"\n{rest}", machine("vm1"));
    stops(&[
        (
            &on("name = \"VirtualMachines\"\nsubplan = \"P2\""),
            "4: subplan",
            &["P2 is for whole subscriptions", "MDC005"],
        ),
        (&on("name = \"Containers\""), "2: scope", &["The plan is not for single resources", "MDC005"]),
    ])
}

/// What is not known yet is judged when it is.
#[test]
fn values_that_are_not_known_yet() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let body = "name = \"VirtualMachines\"\nsubplan = terraform_data.subplan.output\nextensions = { AgentlessVmScanning = {} }";
    let input = |subplan: &str| {
        format!("resource \"terraform_data\" \"subplan\" {{\n  input = \"{subplan}\"\n}}\n{}", one(body))
    };
    story.write(&input("P1"))?;
    story.plan(2, &["2 to add"])?;
    story.scene.workspace.apply()?.require(1)?.require_text("rule MDC006")?;
    assert!(story.take_sent().iter().all(|line| line.starts_with("GET")), "nothing was written");
    story.begin(&input("P2"))?;
    story.plan(0, &["No changes."]).map(drop)
}

/// A slip of the pen is a warning, since Azure may be newer than the rules. It is told once.
#[test]
fn names_that_are_not_known() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    for (body, line, texts) in [
        (
            "name = \"CloudPosture\"\nextensions = {\n  AgentlessVmScaning = {}\n}",
            "4:   AgentlessVmScaning = {}",
            ["The extension is not known", "Did you mean \"AgentlessVmScanning\"?"],
        ),
        (
            "name = \"CloudPosture\"\nextensions = {\n  agentlessvmscanning = {}\n}",
            "4:   agentlessvmscanning = {}",
            ["Azure spells the extension differently", "Azure writes it \"AgentlessVmScanning\""],
        ),
        (
            "name = \"CloudPosture\"\nextensions = {\n  AgentlessVmScanning = { properties = { ExclusionTag = \"[]\" } }\n}",
            "4:   AgentlessVmScanning = {",
            ["The property is not known", "Did you mean \"ExclusionTags\"?"],
        ),
    ] {
        story.write(&one(body))?;
        story.scene.workspace.run(["validate"])?.require(0)?;
        let texts = [&["Warning: ", "with defender_plan.it", line][..], &texts].concat();
        let output = story.plan(2, &texts)?;
        assert_eq!(crate::plans::story::warnings(&output), 1, "{}", output.stdout);
    }
    Ok(())
}
