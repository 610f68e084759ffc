//! What is said of a configuration before anything is planned, and of the provider block.

use super::scene::{Scene, thing};
use crate::shared::process::Failure;

#[test]
fn mistakes_are_found_where_they_stand() -> Result<(), Failure> {
    for (attributes, says) in [
        (
            "name = \"t\"\nsize = \"huge\"",
            "on main.tf line 3, in resource \"echo_thing\" \"t\": 3: size = \"huge\"",
        ),
        ("name = \"\"", "Error: Empty name"),
        ("name = \"t\"\ncount_of = \"many\"", "a number is required"),
        ("size = \"small\"", "The argument \"name\" is required"),
        ("name = \"t\"\nparts = { p = { note = \"mine\" } }", "parts[\"p\"].note is read-only"),
        ("name = \"t\"\nunheard_of = 1", "An argument named \"unheard_of\" is not expected here"),
    ] {
        let scene = Scene::new(&thing(attributes))?;
        scene.run(&["validate"])?.require(1)?.require_text(says)?;
    }
    Ok(())
}

/// Variables have no value while Terraform validates.
#[test]
fn what_is_not_known_is_no_mistake() -> Result<(), Failure> {
    let variables = "
        variable \"any\" {}
        provider \"echo\" {
          prefix = var.any
        }
    ";
    for attributes in [
        "name = var.any\nsize = var.any\ntags = var.any\nparts = var.any",
        "name = \"t\"\nparts = { p = var.any, q = null }",
        "name = \"t\"\nmembers = [var.any]\nparts = { p = { enabled = var.any } }\ncount_of = var.any",
    ] {
        let scene = Scene::new(&format!("{variables}{}", thing(attributes)))?;
        scene.run(&["validate"])?.require(0)?;
    }
    Ok(())
}

/// The block is known only after another resource was created; planning does not need it, applying does.
#[test]
fn provider_block() -> Result<(), Failure> {
    let scene = Scene::new(
        r#"
        resource "terraform_data" "later" {
          input = "later"
        }
        provider "echo" {
          prefix = "${terraform_data.later.output}-"
        }
        resource "echo_thing" "t" {
          name = "t"
          misbehave = "warn"
        }
        "#,
    )?;
    scene.plan(2, "Warning: It may misbehave")?;
    scene.apply(0, "2 added")?;
    assert_eq!(scene.instance()?["attributes"]["echo"], "later-t");
    scene.plan(0, "No changes.")
}

/// A check may look at the provider block: while validating, where Terraform shows it only if there is one, and
/// while planning, when variables have their values.
#[test]
fn a_check_sees_the_provider_block() -> Result<(), Failure> {
    const REFUSED: (i32, &str) = (1, "Error: Empty name");
    const VALID: (i32, &str) = (0, "The configuration is valid");
    const PLANNED: (i32, &str) = (2, "1 to add");
    for (block, nameless, validated, planned) in [
        ("", "", REFUSED, REFUSED),
        ("provider \"echo\" {}", "", REFUSED, REFUSED),
        ("provider \"echo\" {\n nameless = false\n}", "", REFUSED, REFUSED),
        ("provider \"echo\" {\n nameless = true\n}", "", VALID, PLANNED),
        ("provider \"echo\" {\n nameless = var.nameless\n}", "true", VALID, PLANNED),
        ("provider \"echo\" {\n nameless = var.nameless\n}", "false", VALID, REFUSED),
    ] {
        let scene = Scene::new(&format!("variable \"nameless\" {{}}\n{block}\n{}", thing("name = \"\"")))?;
        scene.run(&["validate"])?.require(validated.0)?.require_text(validated.1)?;
        let variable = format!("-var=nameless={nameless}");
        let plan = scene.run(&["plan", "-detailed-exitcode", &variable])?;
        plan.require(planned.0)?.require_text(planned.1)?;
    }
    Ok(())
}

/// Each configuration of the provider has a process of its own, and so a block of its own.
#[test]
fn a_check_sees_the_block_of_its_own_configuration() -> Result<(), Failure> {
    let scene = Scene::new(
        r#"
        provider "echo" {
          nameless = true
        }
        provider "echo" {
          alias    = "strict"
          nameless = false
        }
        resource "echo_thing" "t" {
          name = ""
        }
        "#,
    )?;
    scene.plan(2, "1 to add")?;
    let strict = "resource \"echo_thing\" \"u\" {\n name = \"\"\n provider = echo.strict\n}\n";
    scene.write("strict.tf", strict)?;
    scene.run(&["validate"])?.require(1)?.require_text("in resource \"echo_thing\" \"u\"").map(drop)
}

/// Warnings of the configuration are told whether it succeeds or not.
#[test]
fn the_provider_block_may_be_doubtful() -> Result<(), Failure> {
    let configuration = |prefix: &str| {
        let thing = thing("name = \"t\"");
        format!("provider \"echo\" {{\n prefix = \"{prefix}\"\n}}\n{thing}")
    };
    let scene = Scene::new(&configuration("two words"))?;
    scene.plan(2, "Warning: White space in the prefix")?;
    scene.apply(0, "Warning: White space in the prefix")?;
    assert_eq!(scene.instance()?["attributes"]["echo"], "two wordst");
    scene.write("main.tf", &configuration("two\\nlines"))?;
    scene.plan(1, "Error: Line break in the prefix")?;
    scene.plan(1, "Warning: White space in the prefix")
}

/// Not in the plan and not in the state, wherever it may have been kept on the way.
#[test]
fn what_is_write_only_is_never_stored() -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"t\"\nsecret = \"hush\""))?;
    scene.plan(2, "(write-only attribute)")?;
    scene.apply(0, "1 added")?;
    assert_eq!(scene.instance()?["attributes"]["secret"], serde_json::Value::Null);
    scene.plan(0, "No changes.")
}
