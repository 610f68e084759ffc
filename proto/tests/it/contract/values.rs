//! Values of every kind go through plan, apply and state unchanged. Terraform itself compares them: an output says
//! whether what came back equals what was written.

use super::scene::Scene;
use crate::shared::process::Failure;

#[test]
fn numbers() -> Result<(), Failure> {
    for number in ["0.1", "-0.5", "1e100", "9007199254740993", "123456789012345678901234567890", "0"] {
        check(&format!("count_of = {number}"), &[("count_of", number)])?;
    }
    Ok(())
}

#[test]
fn texts() -> Result<(), Failure> {
    check(
        r#"text = "åäö 漢字 🦀 \u0000 \"quoted\"\n""#,
        &[("text", r#""åäö 漢字 🦀 \u0000 \"quoted\"\n""#)],
    )?;
    check(r#"text = """#, &[("text", r#""""#)])
}

/// Larger than gRPC's usual limit of 4 MiB, which go-plugin raises.
#[test]
fn six_mebibytes() -> Result<(), Failure> {
    let scene = Scene::new(
        r#"
        resource "echo_thing" "t" {
          name = "t"
          text = file("long.txt")
        }
        output "same" {
          value = echo_thing.t.text == file("long.txt")
        }
        "#,
    )?;
    scene.write("long.txt", &"0123456789abcdef".repeat(6 << 16))?;
    scene.apply(0, "same = true")?;
    scene.plan(0, "No changes.")
}

#[test]
fn collections() -> Result<(), Failure> {
    check(
        r#"
        tags    = { "a" = null, "" = "empty", "dotted.key" = "ü" }
        members = ["b", "a", "b"]
        parts   = { one = {}, two = { enabled = false } }
        "#,
        &[
            ("tags", r#"tomap({ "a" = null, "" = "empty", "dotted.key" = "ü" })"#),
            ("members", r#"toset(["a", "b"])"#),
            ("parts.one.enabled", "true"),
            ("parts.two", r#"{ enabled = false, note = "remembered" }"#),
        ],
    )?;
    check("tags = {}\nmembers = []\nparts = {}", &[("length(tags)", "0")])?;
    check("tags = null\nmembers = null", &[("tags", "null"), ("members", "null")])
}

/// What is unknown while planning, with and without what is known of it all the same.
#[test]
fn unknowns() -> Result<(), Failure> {
    check(
        r#"
        text     = "prefix-${terraform_data.later.id}"
        tags     = { id = terraform_data.later.id, n = "${length(terraform_data.later.id)}" }
        members  = [terraform_data.later.id, "known"]
        count_of = length(terraform_data.later.id)
        parts    = { p = { enabled = terraform_data.later.id != "" } }
        "#,
        &[
            ("text", r#""prefix-${terraform_data.later.id}""#),
            ("tags.n", r#""36""#),
            ("members", r#"toset(["known", terraform_data.later.id])"#),
            ("count_of", "36"),
            ("parts.p.enabled", "true"),
        ],
    )?;
    check(
        "tags = terraform_data.later.output\nmembers = terraform_data.later.output == null ? [] : [\"x\"]",
        &[("tags", "tomap({ k = \"v\" })"), ("members", "toset([\"x\"])")],
    )
}

/// Elements that are not known while planning, of a thing that is there already: Terraform proposes them as they
/// were before.
#[test]
fn unknown_elements_of_what_is_there() -> Result<(), Failure> {
    let configuration = |part: &str, input: &str| {
        format!(
            "
            resource \"terraform_data\" \"later\" {{
              input = {input}
            }}
            resource \"echo_thing\" \"t\" {{
              name  = \"t\"
              parts = {{ p = {part}, q = {{}} }}
            }}
            "
        )
    };
    let scene = Scene::new(&configuration("{ enabled = false }", "{ enabled = false }"))?;
    scene.apply(0, "2 added")?;
    scene.write("main.tf", &configuration("terraform_data.later.output", "{ enabled = true }"))?;
    scene.apply(0, "2 changed")?;
    scene.plan(0, "No changes.")?;
    scene.write("main.tf", &configuration("terraform_data.later.output", "{ enabled = false }"))?;
    scene.apply(0, "2 changed")?;
    assert_eq!(scene.instance()?["attributes"]["parts"]["p"]["enabled"], false);
    scene.plan(0, "No changes.")
}

/// Applies a thing with these attributes, asks Terraform whether each of them came back as expected, and plans
/// again.
fn check(attributes: &str, expected: &[(&str, &str)]) -> Result<(), Failure> {
    let same: Vec<String> = expected
        .iter()
        .map(|(attribute, expected)| match attribute.strip_prefix("length(") {
            Some(rest) => format!("length(echo_thing.t.{rest} == {expected}"),
            None => format!("echo_thing.t.{attribute} == {expected}"),
        })
        .collect();
    let scene = Scene::new(&format!(
        "
        resource \"terraform_data\" \"later\" {{
          input = {{ k = \"v\" }}
        }}
        resource \"echo_thing\" \"t\" {{
          name = \"t\"
          {attributes}
        }}
        output \"same\" {{
          value = [{}]
        }}
        ",
        same.join(", ")
    ))?;
    scene.apply(0, "")?;
    let output = scene.run(&["output", "-json", "same"])?.require(0)?;
    let same: Vec<bool> = serde_json::from_str(&output.stdout).map_err(Failure::of("read the output"))?;
    assert!(!same.is_empty() && same.iter().all(|same| *same), "{attributes}: {same:?} of {expected:?}");
    scene.plan(0, "No changes.")
}
