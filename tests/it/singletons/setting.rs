//! `defender_setting`.

use super::{comes_and_goes, flat, id, one, scene, settle};
use crate::assignments::requests;
use crate::harness::Scene;
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::{Value, json};

const TYPE: &str = "defender_setting";

fn wdatp(enabled: bool) -> (String, Value) {
    let id = id("settings/WDATP");
    let document = json!({"id": id, "name": "WDATP", "kind": "DataExportSettings",
        "type": "Microsoft.Security/settings", "properties": {"enabled": enabled}});
    (id, document)
}

fn is_on(scene: &Scene, name: &str) -> bool {
    let setting = scene.azure.resource(&id(&format!("settings/{name}"))).unwrap_or_default();
    setting["properties"]["enabled"] == true
}

#[test]
fn it_goes_on_and_back() -> Result<(), Failure> {
    let configuration = one(TYPE, "name = \"WDATP\"\nenabled = true");
    for before in [false, true] {
        let (id, document) = wdatp(before);
        let scene = scene(&[(&id, document)], &configuration)?;
        let asked = comes_and_goes(&scene, &id)?;
        insta::assert_snapshot!(
            format!("setting_was_{before}"),
            asked.map(|lines| lines.join("\n")).join("\n\n")
        );
    }
    Ok(())
}

/// azurerm cannot do this: it refuses a setting that is on.
#[test]
fn it_can_be_switched_off_where_it_was_on() -> Result<(), Failure> {
    let (id, document) = wdatp(true);
    let scene = scene(&[(&id, document)], &one(TYPE, "name = \"WDATP\"\nenabled = false"))?;
    settle(&scene)?;
    assert!(!is_on(&scene, "WDATP"));
    scene.workspace.write("main.tf", &one(TYPE, "name = \"WDATP\"\nenabled = true"))?;
    scene.workspace.plan()?.require(2)?.require_text("0 to add, 1 to change, 0 to destroy")?;
    settle(&scene)?;
    assert!(is_on(&scene, "WDATP"));
    Ok(())
}

#[test]
fn destroying_leaves_what_is_asked_for() -> Result<(), Failure> {
    for (before, on_destroy, after) in
        [(true, "disable", false), (false, "keep", true), (true, "restore", true)]
    {
        let (id, document) = wdatp(before);
        let body = format!("name = \"WDATP\"\nenabled = true\non_destroy = \"{on_destroy}\"");
        let scene = scene(&[(&id, document)], &one(TYPE, &body))?;
        settle(&scene)?;
        scene.workspace.destroy()?.require(0)?;
        assert_eq!(is_on(&scene, "WDATP"), after, "{on_destroy}");
    }
    Ok(())
}

/// The user's spelling stays, and Azure's is used.
#[test]
fn a_name_in_another_letter_case_is_no_difference() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, "name = \"SENTINEL\"\nenabled = true"))?;
    settle(&scene)?;
    assert!(is_on(&scene, "Sentinel"));
    scene.workspace.write("main.tf", &one(TYPE, "name = \"sentinel\"\nenabled = true"))?;
    scene.workspace.plan()?.require(0)?;
    Ok(())
}

#[test]
fn drift_is_found_and_mended() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, "name = \"MCAS\"\nenabled = true"))?;
    settle(&scene)?;
    let id = id("settings/MCAS");
    let mut document = scene.azure.resource(&id).unwrap_or_default();
    document["properties"]["enabled"] = "False".into();
    scene.azure.put_resource(&id, document);
    scene.workspace.plan()?.require(2)?.require_text("~ enabled    = false -> true")?;
    settle(&scene)?;
    assert!(is_on(&scene, "MCAS"));
    Ok(())
}

#[test]
fn what_cannot_be_meant_is_refused() -> Result<(), Failure> {
    for (name, body) in [
        ("name", "name = \"current\"\nenabled = true"),
        ("scope", "scope = \"00000000-0000-0000-0000-000000000001\"\nname = \"WDATP\"\nenabled = true"),
        (
            "group",
            "scope = \"/providers/Microsoft.Management/managementGroups/m\"\nname = \"WDATP\"\nenabled = true",
        ),
        ("on_destroy", "name = \"WDATP\"\nenabled = true\non_destroy = \"delete\""),
    ] {
        let scene = scene(&[], &one(TYPE, body))?;
        let refused = scene.workspace.plan()?.require(1)?;
        insta::assert_snapshot!(format!("setting_refused_{name}"), flat(&refused));
        assert_eq!(requests(&scene), Vec::<String>::new(), "nothing is asked");
    }
    Ok(())
}

#[test]
fn two_resources_for_one_setting_are_refused() -> Result<(), Failure> {
    let body = "name = \"WDATP\"\nenabled = true\ncount = 2";
    let scene = scene(&[], &one(TYPE, body))?;
    let refused = scene.workspace.plan()?.require(1)?;
    assert!(flat(&refused).contains("Two resources for one setting"), "{}", flat(&refused));
    Ok(())
}

/// What a failed write may have done is in the state, with what was there before: it is not created anew from itself.
#[test]
fn a_write_of_which_nobody_knows_keeps_what_was_there_before() -> Result<(), Failure> {
    let (id, document) = wdatp(false);
    let body = "name = \"WDATP\"\nenabled = true\ntimeouts { create = \"5s\" }";
    let scene = scene(&[(&id, document)], &one(TYPE, body))?;
    let put = || Fault { method: Some("PUT".to_owned()), ..Fault::default() };
    scene.azure.add_fault(Fault { status: Some(500), times: 0, ..put() });
    scene.workspace.apply()?.require(1)?;
    scene.azure.clear_faults();
    settle(&scene)?;
    assert!(is_on(&scene, "WDATP"));
    scene.workspace.destroy()?.require(0)?;
    assert!(!is_on(&scene, "WDATP"), "what was there at first is there again");
    Ok(())
}
