//! Import: by azurerm's ids, in any letter case, and by identity.

use super::{flat, id, newest, one, scene, settle};
use crate::assignments::requests;
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use crate::state::instance;
use serde_json::json;

/// A type, its body, an id to import and the id that is stored.
fn cases() -> Vec<(&'static str, &'static str, String, String)> {
    let assessment = "serverVulnerabilityAssessmentsSettings";
    vec![
        ("defender_setting", "name = \"WDATP\"\nenabled = true", id("settings/WDATP"), id("settings/WDATP")),
        (
            "defender_setting",
            "name = \"Sentinel\"\nenabled = true",
            id("settings/SENTINEL").replace("Microsoft.Security", "microsoft.security"),
            id("settings/Sentinel"),
        ),
        (
            "defender_security_contact",
            "emails = [\"soc@example.com\"]",
            id("securityContacts/default1"),
            id("securityContacts/default"),
        ),
        (
            "defender_vulnerability_assessment",
            "",
            id(&format!("{assessment}/AzureServersSetting")),
            id(&format!("{assessment}/azureServersSetting")),
        ),
    ]
}

/// After the import nothing is to be done; what was there before is not known, so destroying changes nothing and says so.
#[test]
fn by_id() -> Result<(), Failure> {
    for (kind, body, imported, stored) in cases() {
        let scene = scene(&[], &one(kind, body))?;
        settle(&scene)?;
        let address = format!("{kind}.this");
        scene.workspace.run(["state", "rm", &address])?.require(0)?;
        let there = scene.azure.resource(&stored);
        scene.workspace.import(&address, &imported)?.require(0)?;
        scene.workspace.plan()?.require(0)?;
        let state = instance(&scene, &address)?.unwrap_or_default();
        assert_eq!(state["attributes"]["id"], stored, "{imported}");
        requests(&scene);
        let destroyed = scene.workspace.destroy()?.require(0)?;
        assert!(flat(&destroyed).contains("Destroying changes nothing in Azure"), "{}", destroyed.stdout);
        assert_eq!(scene.azure.resource(&stored), there);
    }
    Ok(())
}

#[test]
fn by_identity() -> Result<(), Failure> {
    for (kind, body, identity) in [
        ("defender_setting", "name = \"WDATP\"\nenabled = false", "name = \"wdatp\"".to_owned()),
        (
            "defender_setting",
            "name = \"WDATP\"\nenabled = false",
            format!("name = \"WDATP\"\nscope = \"{SUBSCRIPTION}\""),
        ),
    ] {
        let import = format!("import {{\n to = {kind}.this\n identity = {{\n{identity}\n}}\n}}\n");
        let Some(scene) = newest(&format!("{}{import}", one(kind, body)))? else { return Ok(()) };
        scene.workspace.apply()?.require(0)?.require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
        scene.workspace.plan()?.require(0)?;
        let state = scene.workspace.show_json()?;
        let identity = &state["values"]["root_module"]["resources"][0]["identity"];
        assert_eq!(*identity, json!({"name": "WDATP", "scope": SUBSCRIPTION}), "{kind}");
    }
    Ok(())
}

#[test]
fn by_an_identity_that_only_has_a_default() -> Result<(), Failure> {
    let kind = "defender_vulnerability_assessment";
    let identity = format!("identity = {{ scope = \"{SUBSCRIPTION}\" }}");
    let import = format!("import {{\n to = {kind}.this\n {identity}\n}}\n");
    let Some(scene) = newest(&format!("{}{import}", one(kind, "")))? else { return Ok(()) };
    let id = id("serverVulnerabilityAssessmentsSettings/azureServersSetting");
    scene.azure.put_resource(
        &id,
        json!({"id": id, "name": "AzureServersSetting", "kind": "AzureServersSetting",
        "properties": {"selectedProvider": "MdeTvm"}}),
    );
    scene.workspace.apply()?.require(0)?.require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
    scene.workspace.plan()?.require(0).map(drop)
}

#[test]
fn ids_of_something_else() -> Result<(), Failure> {
    for (name, kind, body, id) in [
        ("plan", "defender_setting", "name = \"WDATP\"\nenabled = true", id("pricings/Arm")),
        ("unknown", "defender_setting", "name = \"WDATP\"\nenabled = true", id("settings/current")),
        (
            "kind",
            "defender_vulnerability_assessment",
            "",
            id("serverVulnerabilityAssessmentsSettings/gcpServersSetting"),
        ),
        (
            "group",
            "defender_setting",
            "name = \"WDATP\"\nenabled = true",
            format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Security/settings/WDATP"),
        ),
    ] {
        let scene = scene(&[], &one(kind, body))?;
        let refused = scene.workspace.import(&format!("{kind}.this"), &id)?.require(1)?;
        insta::assert_snapshot!(format!("import_refused_{name}"), flat(&refused));
        assert_eq!(requests(&scene), Vec::<String>::new());
    }
    Ok(())
}
