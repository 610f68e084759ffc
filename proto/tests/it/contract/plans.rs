//! What a plan says: defaults, what is computed, what is kept, what means the same, and what must be replaced.

use serde_json::{Value, json};

use super::scene::{Scene, thing};
use crate::shared::process::Failure;

/// What every case starts from.
const BEFORE: &str = r#"
name  = "one"
text  = "Text"
parts = { p = { enabled = false } }
"#;

/// A change of the configuration, and what Terraform makes of the provider's plan.
struct Case {
    attributes: &'static str,
    actions: &'static [&'static str],
    /// Attributes of the planned object.
    after: Value,
    /// Attributes that are known after apply only.
    unknown: Value,
    /// What forces a replacement.
    replaced_by: Value,
}

#[test]
fn creating_fills_in_defaults_and_leaves_the_rest_for_later() -> Result<(), Failure> {
    let scene = Scene::new(&thing(BEFORE))?;
    let change = scene.planned_change()?;
    assert_eq!(change["actions"], json!(["create"]));
    assert_eq!(change["after"]["size"], "small", "a default is planned");
    assert_eq!(change["after"]["id"], "one", "the resource's own plan knows the id");
    assert_eq!(
        change["after_unknown"],
        json!({ "echo": true, "writes": true, "parts": { "p": { "note": true } } })
    );
    Ok(())
}

/// What Terraform is told to ignore comes to the provider as if it were configured.
#[test]
fn ignored_changes_are_no_change() -> Result<(), Failure> {
    let ignoring = "lifecycle {\n  ignore_changes = [text, parts]\n}";
    let scene = Scene::new(&thing(BEFORE))?;
    scene.apply(0, "1 added")?;
    scene.write("main.tf", &thing(&format!("name = \"one\"\ntext = \"Other\"\n{ignoring}")))?;
    scene.plan(0, "No changes.")
}

/// Each configuration of the provider has a process of its own, and its own context.
#[test]
fn configurations_of_one_provider_do_not_mix() -> Result<(), Failure> {
    let scene = Scene::new(
        "provider \"echo\" {\n  alias = \"loud\"\n  prefix = \"HO \"\n}\n\
         resource \"echo_thing\" \"t\" {\n  name = \"one\"\n}\n\
         resource \"echo_thing\" \"loud\" {\n  provider = echo.loud\n  name = \"two\"\n}\n\
         output \"said\" {\n  value = \"${echo_thing.t.echo}, ${echo_thing.loud.echo}\"\n}\n",
    )?;
    scene.apply(0, "HO two\"")
}

#[test]
fn nothing_changed_is_no_change() -> Result<(), Failure> {
    for attributes in [
        BEFORE,
        "name = \"one\"\ntext = \"TEXT\"\nparts = { p = { enabled = false } }",
        "name = \"one\"\ntext = \"Text\"\nsize = \"small\"\nparts = { p = { enabled = false } }",
    ] {
        check(&Case {
            attributes,
            actions: &["no-op"],
            after: json!({ "text": "Text", "size": "small", "echo": "one", "writes": 1 }),
            unknown: json!({}),
            replaced_by: Value::Null,
        })?;
    }
    Ok(())
}

#[test]
fn a_change_in_place_keeps_the_id_and_computes_the_rest_again() -> Result<(), Failure> {
    check(&Case {
        attributes: "name = \"one\"\ntext = \"Other\"\nsize = \"large\"\nparts = { p = {} }",
        actions: &["update"],
        after: json!({ "id": "one", "text": "Other", "size": "large" }),
        unknown: json!({ "echo": true, "writes": true, "parts": { "p": { "note": true } } }),
        replaced_by: Value::Null,
    })?;
    check(&Case {
        attributes: "name = \"one\"\nparts = { p = { enabled = false }, q = {} }",
        actions: &["update"],
        after: json!({ "id": "one", "text": null, "size": "small" }),
        unknown: json!({
            "echo": true, "writes": true, "parts": { "p": { "note": true }, "q": { "note": true } }
        }),
        replaced_by: Value::Null,
    })
}

#[test]
fn a_new_name_needs_a_new_object() -> Result<(), Failure> {
    check(&Case {
        attributes: "name = \"two\"\ntext = \"Text\"",
        actions: &["delete", "create"],
        after: json!({ "id": "two", "name": "two", "size": "small" }),
        unknown: json!({ "echo": true, "writes": true }),
        replaced_by: json!([["name"]]),
    })
}

/// Creates a thing, changes its configuration, compares the plan, and sees that it can be kept.
fn check(case: &Case) -> Result<(), Failure> {
    let scene = Scene::new(&thing(BEFORE))?;
    scene.apply(0, "1 added")?;
    scene.write("main.tf", &thing(case.attributes))?;
    let change = scene.planned_change()?;
    assert_eq!(change["actions"], json!(case.actions), "{change:#}");
    for (name, expected) in case.after.as_object().into_iter().flatten() {
        assert_eq!(&change["after"][name], expected, "{name} in {change:#}");
    }
    assert_eq!(known_later(&change["after_unknown"]), case.unknown, "{change:#}");
    assert_eq!(change["replace_paths"], case.replaced_by, "{change:#}");
    scene.run(&["apply", "planned"])?.require(0)?;
    scene.plan(0, "No changes.")
}

/// Without the objects in which nothing is unknown.
fn known_later(unknown: &Value) -> Value {
    let Value::Object(entries) = unknown else { return unknown.clone() };
    let kept = entries.iter().map(|(name, value)| (name.clone(), known_later(value)));
    Value::Object(kept.filter(|(_, value)| *value != json!({})).collect())
}
