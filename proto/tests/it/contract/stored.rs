//! What lies in the state file: read back whatever wrote it, kept beside it in private data, and imported.

use serde_json::{Value, json};

use super::scene::{Scene, thing};
use crate::shared::process::Failure;

/// An object in the state that this version of the provider would not have written.
struct Case {
    edit: fn(&mut Value),
    code: i32,
    says: &'static str,
}

#[test]
fn an_older_or_newer_state_is_read_in_todays_shape() -> Result<(), Failure> {
    let unknown_attribute = |attributes: &mut Value| attributes["of_another_version"] = json!({ "a": [1] });
    let says = "No changes.";
    check(&Case { edit: unknown_attribute, code: 0, says })?;
    let missing = |attributes: &mut Value| {
        attributes.as_object_mut().and_then(|attributes| attributes.remove("tags"));
    };
    check(&Case { edit: missing, code: 0, says })?;
    let without_default = |attributes: &mut Value| {
        attributes.as_object_mut().and_then(|attributes| attributes.remove("size"));
    };
    check(&Case { edit: without_default, code: 2, says: "+ size" })
}

#[test]
fn a_state_of_other_types_is_refused_by_attribute() -> Result<(), Failure> {
    let tags = |attributes: &mut Value| attributes["tags"] = json!("no map");
    check(&Case { edit: tags, code: 1, says: "tags" })?;
    let enabled = |attributes: &mut Value| attributes["parts"]["p"]["enabled"] = json!([]);
    check(&Case { edit: enabled, code: 1, says: "parts[\"p\"].enabled" })
}

fn check(case: &Case) -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"t\"\nparts = { p = {} }"))?;
    scene.apply(0, "1 added")?;
    scene.edit_instance(|instance| (case.edit)(&mut instance["attributes"]))?;
    scene.plan(case.code, case.says)
}

/// The provider counts its writes there, across processes, refreshes and changes.
#[test]
fn private_data_survives() -> Result<(), Failure> {
    let scene = Scene::new("")?;
    for (text, writes) in [("one", 1), ("two", 2), ("three", 3)] {
        scene.write("main.tf", &thing(&format!("name = \"t\"\ntext = \"{text}\"")))?;
        scene.apply(0, "Apply complete!")?;
        scene.run(&["apply", "-refresh-only", "-auto-approve"])?.require(0)?;
        assert_eq!(scene.instance()?["attributes"]["writes"], writes);
    }
    Ok(())
}

#[test]
fn an_object_is_imported_by_its_id() -> Result<(), Failure> {
    let scene = Scene::new(&thing("name = \"found\""))?;
    scene.run(&["import", "echo_thing.t", "found"])?.require(0)?.require_text("Import successful!")?;
    assert_eq!(scene.instance()?["attributes"]["echo"], "found");
    scene.plan(0, "No changes.")
}
