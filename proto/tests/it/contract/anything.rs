//! Attributes of any type: the configuration chooses it, and it may be another one each time.

use serde_json::{Value, json};

use super::scene::{Scene, thing};
use crate::shared::process::Failure;

/// Something of which parts are known while planning, and parts are not.
const LATER: &str = "resource \"terraform_data\" \"later\" {\n  input = { k = \"v\" }\n}\n";

/// A thing that is anything.
fn is(anything: &str) -> String {
    thing(&format!("name = \"t\"\nanything = {anything}"))
}

/// Parts of any type may be unknown, and are no mistake then; what is known to be one is found where it stands.
#[test]
fn what_is_wrong_with_a_part_is_said_as_soon_as_its_type_is_known() -> Result<(), Failure> {
    let variables = "variable \"any\" {}\nvariable \"text\" {\n  type = string\n}\n";
    for (anything, code, says) in [
        ("var.any", 0, "valid"),
        ("var.text", 0, "valid"),
        ("[var.any, { deep = var.text }, null]", 0, "valid"),
        ("{ size = var.any, other = var.text }", 0, "valid"),
        ("{ size = 3 }", 0, "valid"),
        ("tomap({ size = 3 })", 0, "valid"),
        ("{ size = \"3\" }", 1, "The size of anything is a number, and not a string."),
        ("{ size = [3] }", 1, "The size of anything is a number, and not a list."),
        ("{ size = var.text }", 1, "on main.tf line 7, in resource \"echo_thing\" \"t\""),
    ] {
        let scene = Scene::new(&format!("{variables}{}", is(anything)))?;
        scene.run(&["validate"])?.require(code)?.require_text(says)?;
    }
    Ok(())
}

/// Each value comes back as it was, type included, and nothing is left to do; what is made of its JSON means the
/// same.
#[test]
fn every_value_is_kept_as_it_is_written() -> Result<(), Failure> {
    for (anything, as_json) in [
        (r#""text""#, json!("text")),
        ("true", json!(true)),
        ("0.1", json!(0.1)),
        ("123456789012345678901234567890", json!(123_456_789_012_345_678_901_234_567_890_f64)),
        ("[1, \"two\", null, [], {}]", json!([1, "two", null, [], {}])),
        ("tolist([\"a\", \"b\"])", json!(["a", "b"])),
        ("toset([\"b\", \"a\"])", json!(["a", "b"])),
        ("tomap({ a = 1, \"<&>\" = null })", json!({ "a": 1, "<&>": null })),
        (
            "{ effect = \"DeployIfNotExists\", list = [1, 2], nested = { a = true, \"<\" = null } }",
            json!({ "effect": "DeployIfNotExists", "list": [1, 2], "nested": { "a": true, "<": null } }),
        ),
        ("tostring(null)", Value::Null),
        ("null", Value::Null),
    ] {
        let scene = Scene::new(&format!(
            "{}output \"same\" {{\n  value = echo_thing.t.anything == ({anything})\n}}\n",
            thing(&format!("name = \"t\"\nanything = {anything}\ncover = {{ inside = {anything} }}"))
        ))?;
        scene.apply(0, "same = true")?;
        let answer = &scene.instance()?["attributes"]["answer"];
        // JSON as Terraform writes it for what is of any type; numbers that no double holds are rounded once.
        assert_eq!(if answer.is_null() { answer } else { &answer["value"] }, &as_json, "{anything}");
        scene.plan(0, "No changes.")?;
        scene.run(&["apply", "-refresh-only", "-auto-approve"])?.require(0)?;
        scene.plan(0, "No changes.")?;
    }
    Ok(())
}

/// What is unknown may be the whole or any part, of a known type or not.
#[test]
fn parts_that_are_known_after_apply() -> Result<(), Failure> {
    for (anything, unknown) in [
        ("terraform_data.later.output", json!(true)),
        ("terraform_data.later.id", json!(true)),
        ("length(terraform_data.later.id)", json!(true)),
        ("{ a = 1, b = terraform_data.later.output }", json!({ "b": true })),
        (
            "[terraform_data.later.id, { c = [terraform_data.later.output.k] }]",
            json!([true, { "c": [true] }]),
        ),
        ("{ for k in [\"a\"] : k => terraform_data.later.id }", json!({ "a": true })),
        ("toset([terraform_data.later.id])", json!([true])),
        ("tomap({ a = terraform_data.later.id, b = \"b\" })", json!({ "a": true })),
    ] {
        let everywhere = format!("anything = {anything}\ncover = {{ inside = {anything} }}");
        let scene = Scene::new(&format!("{LATER}{}", thing(&format!("name = \"t\"\n{everywhere}"))))?;
        let change = scene.planned_change()?;
        let later = &change["after_unknown"];
        assert_eq!(later["answer"], true, "{anything}: {change:#}");
        assert_eq!(later["anything"], unknown, "{anything}: {change:#}");
        assert_eq!(later["cover"]["inside"], unknown, "{anything}: {change:#}");
        scene.run(&["apply", "planned"])?.require(0)?;
        scene.plan(0, "No changes.")?;
    }
    Ok(())
}

/// Another type is a change like any other; another spelling is none.
#[test]
fn the_type_may_change() -> Result<(), Failure> {
    let scene = Scene::new(&is("\"text\""))?;
    scene.apply(0, "1 added")?;
    for (anything, says) in [
        ("[\"text\"]", "0 added, 1 changed, 0 destroyed"),
        ("tolist([\"text\"])", "0 added, 0 changed, 0 destroyed"),
        ("{ a = [1] }", "0 added, 1 changed, 0 destroyed"),
        ("{ a = tolist([1.0]) }", "0 added, 0 changed, 0 destroyed"),
        ("tomap({ a = tolist([1]) })", "0 added, 0 changed, 0 destroyed"),
        ("{ a = [\"1\"] }", "0 added, 1 changed, 0 destroyed"),
        ("null", "0 added, 1 changed, 0 destroyed"),
        ("true", "0 added, 1 changed, 0 destroyed"),
    ] {
        scene.write("main.tf", &is(anything))?;
        scene.apply(0, says)?;
        scene.plan(0, "No changes.")?;
    }
    scene.write("main.tf", &format!("{LATER}{}", is("[terraform_data.later.output]")))?;
    scene.apply(0, "1 added, 1 changed")?;
    assert_eq!(scene.instance()?["attributes"]["answer"]["value"], json!([{ "k": "v" }]));
    scene.plan(0, "No changes.")
}

/// What the provider may set is the configuration's where that says something, and the provider's again later.
#[test]
fn the_provider_answers_unless_the_configuration_does() -> Result<(), Failure> {
    let scene = Scene::new(&is("[1]"))?;
    scene.apply(0, "1 added")?;
    let answer = |expected: Value| -> Result<(), Failure> {
        assert_eq!(scene.instance()?["attributes"]["answer"]["value"], expected);
        scene.plan(0, "No changes.")
    };
    answer(json!([1]))?;
    for (attributes, says, expected) in [
        ("anything = [1]\nanswer = { mine = true }", "1 changed", json!({ "mine": true })),
        ("anything = [1]\nanswer = [terraform_data.later.output]", "1 changed", json!([{ "k": "v" }])),
        ("anything = [1]", "0 changed", json!([{ "k": "v" }])),
        ("anything = [2]\nanswer = tobool(null)", "1 changed", json!([2])),
    ] {
        scene.write("main.tf", &format!("{LATER}{}", thing(&format!("name = \"t\"\n{attributes}"))))?;
        scene.apply(0, says)?;
        answer(expected)?;
    }
    Ok(())
}

/// A null of a type is another null than one without to Terraform, but only until it is stored.
#[test]
fn a_null_with_a_type_settles() -> Result<(), Failure> {
    let scene = Scene::new(&is("null"))?;
    scene.apply(0, "1 added")?;
    scene.write("main.tf", &is("tolist(null)"))?;
    scene.apply(0, "0 added, 1 changed, 0 destroyed")?;
    scene.run(&["apply", "-refresh-only", "-auto-approve"])?.require(0)?;
    scene.plan(0, "No changes.")
}

/// What is found is of the types that JSON has, and means what is configured.
#[test]
fn an_import_finds_what_is_configured_in_other_words() -> Result<(), Failure> {
    for (json, anything) in [
        ("\"text\"", "\"text\""),
        ("[\"a\",\"b\"]", "tolist([\"a\", \"b\"])"),
        (r#"{"a":[1,0.5,1e3],"b":{"n":null}}"#, "{ a = [1.0, 0.5, 1000], b = { n = null } }"),
    ] {
        let scene = Scene::new(&is(anything))?;
        scene.run(&["import", "echo_thing.t", &format!("t={json}")])?.require(0)?;
        scene.plan(0, "No changes.")?;
    }
    Ok(())
}
