//! What is wrong with a resource is said at the attribute that is wrong, before Azure is asked where that can be.

use super::story::{Story, machine, one, require_texts};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;

/// A body, and the number and text of the line that is pointed at, and what is said.
type Case<'a> = (&'a str, &'a str, &'a [&'a str]);

/// Plans each body, which is refused without a request.
fn check(cases: &[Case<'_>]) -> Result<(), Failure> {
    let story = Story::new(&[])?;
    for (body, line, texts) in cases {
        story.write(&one(body))?;
        let place = ["with defender_plan.it", "on main.tf line", line];
        let output = story.scene.workspace.plan()?.require(1)?;
        require_texts(output, &[&place[..], texts].concat())?;
        assert!(story.scene.azure.requests().is_empty(), "{body}");
    }
    Ok(())
}

#[test]
fn scopes_and_names() -> Result<(), Failure> {
    let group = format!("name = \"Arm\"\nscope = \"{SUBSCRIPTION}/resourceGroups/g\"");
    let kind = format!(
        "name = \"Arm\"\nscope = \"{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Sql/servers/s\""
    );
    let enforce = format!("name = \"VirtualMachines\"\nscope = \"{}\"\nenforce = true", machine("vm1"));
    check(&[
        (
            "name = \"Arm\"\nscope = \"00000000-0000-0000-0000-000000000001\"",
            "3: scope = \"00000000",
            &[
                "Not a scope of a Defender plan",
                "Write \"/subscriptions/00000000-0000-0000-0000-000000000001\".",
            ],
        ),
        (
            "name = \"Arm\"\nscope = \"/subscriptions/nine\"",
            "3: scope",
            &["\"nine\" is not a subscription id, which is a GUID"],
        ),
        ("name = \"Arm\"\nscope = \"\"", "3: scope", &["Not a scope of a Defender plan"]),
        (
            &group,
            "3: scope",
            &["applies to a subscription, a virtual machine, a scale set or an Arc machine"],
        ),
        (&kind, "3: scope", &["applies to a subscription, a virtual machine, a scale set or an Arc machine"]),
        (&enforce, "4: enforce = true", &["A resource cannot enforce"]),
        (
            "name = \"virtualmachines\"",
            "2: name",
            &["Azure writes it \"VirtualMachines\", not \"virtualmachines\""],
        ),
        (
            "name = \"KeyVaults\"\nsubplan = \"perkeyvault\"",
            "3: subplan",
            &["Azure writes it \"PerKeyVault\""],
        ),
        ("name = \"\"", "2: name", &["Not the name of a Defender plan", "such as \"VirtualMachines\""]),
        ("name = \"Key Vaults\"", "2: name", &["\"Key Vaults\" cannot be one"]),
        ("name = \"../Arm\"", "2: name", &["\"../Arm\" cannot be one"]),
    ])
}

#[test]
fn free_plans() -> Result<(), Failure> {
    check(&[
        (
            "name = \"Containers\"\ntier = \"Free\"\nextensions = { ContainerSensor = {} }",
            "4: extensions = {",
            &["A Free plan has no extensions", "Remove `extensions`, or set tier = \"Standard\""],
        ),
        (
            "name = \"KeyVaults\"\ntier = \"Free\"\nsubplan = \"PerKeyVault\"",
            "4: subplan = \"PerKeyVault\"",
            &["A Free plan has no sub-plan"],
        ),
        ("name = \"Discovery\"\ntier = \"Free\"", "3: tier", &["Azure keeps the plan Discovery on Standard"]),
        ("name = \"FoundationalCspm\"\ntier = \"Free\"", "3: tier", &["The plan cannot be Free"]),
    ])
}

#[test]
fn extensions() -> Result<(), Failure> {
    check(&[
        (
            "name = \"CloudPosture\"\nextensions = {\n  AgentlessVmScanning = {\n    enabled = false\n    properties = { ExclusionTags = \"[]\" }\n  }\n}",
            "4: AgentlessVmScanning",
            &[
                "Properties on a disabled extension",
                "Remove the properties of AgentlessVmScanning, or set enabled = true",
            ],
        ),
        (
            "name = \"Containers\"\nextensions = {\n  ContainerSensor = null\n}",
            "4: ContainerSensor = null",
            &["The extension is null", "ContainerSensor = { enabled = true }"],
        ),
        (
            "name = \"Containers\"\nextensions = {\n  ContainerSensor = {}\n  containersensor = {}\n}",
            "5: containersensor = {}",
            &[
                "The extension stands twice",
                "\"ContainerSensor\" and \"containersensor\" are the same extension",
            ],
        ),
    ])
}

#[test]
fn values_that_are_not_allowed() -> Result<(), Failure> {
    check(&[
        (
            "name = \"Arm\"\ntier = \"standard\"",
            "3: tier",
            &["\"standard\" is not one of the allowed values: \"Free\", \"Standard\""],
        ),
        (
            "name = \"Arm\"\nextension_ownership = \"all\"",
            "3: extension_ownership",
            &["\"listed\", \"exclusive\""],
        ),
        ("name = \"Arm\"\non_destroy = \"delete\"", "3: on_destroy", &["\"restore\", \"free\", \"keep\""]),
        (
            "name = \"Arm\"\ntimeouts {\n  create = \"5\"\n}",
            "4: create = \"5\"",
            &["A duration is a number with a unit"],
        ),
        (
            "name = \"Arm\"\ntimeouts {\n  read = \"-1m\"\n}",
            "4: read",
            &["A duration is a number with a unit"],
        ),
        ("name = \"Arm\"\ntimeouts {\n  update = \"48h\"\n}", "4: update", &["A duration is"]),
    ])
}

/// Terraform itself refuses these, by the schema that it was given.
#[test]
fn values_of_the_wrong_type() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    for (body, texts) in [
        ("name = [\"Arm\"]", ["2: name = [\"Arm\"]", "string required"]),
        ("name = \"Arm\"\nenforce = \"maybe\"", ["3: enforce", "a bool is required"]),
        ("name = \"Arm\"\nextensions = []", ["3: extensions", "map of object required"]),
        ("name = \"Arm\"\nextensions = { A = true }", ["3: extensions", "object required"]),
        ("name = \"Arm\"\nextensions = { A = { enabled = 3 } }", ["3: extensions", "bool required"]),
        ("tier = \"Free\"", ["Missing required argument", "\"name\" is required"]),
    ] {
        story.write(&one(body))?;
        story.plan(1, &texts)?;
    }
    Ok(())
}

/// Six mebibytes are more than gRPC takes unless it is told to; what is said does not quote them.
#[test]
fn a_text_of_six_mebibytes() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.scene.workspace.write("huge.txt", &"x".repeat(6 << 20))?;
    for (body, text) in [
        ("name = file(\"huge.txt\")", "Not the name of a Defender plan"),
        ("name = \"Arm\"\nscope = file(\"huge.txt\")", "Not a scope of a Defender plan"),
        ("name = \"Arm\"\ntier = file(\"huge.txt\")", "not one of the allowed values"),
    ] {
        story.write(&one(body))?;
        let output = story.plan(1, &[text])?;
        assert!(output.stderr.len() < 4_000, "{body}: {} bytes", output.stderr.len());
    }
    let tags = "extensions = { AgentlessVmScanning = { properties = { ExclusionTags = jsonencode([file(\"huge.txt\")]) } } }";
    story.begin(&one(&format!("name = \"CloudPosture\"\n{tags}")))?;
    story.plan(0, &["No changes."]).map(drop)
}
