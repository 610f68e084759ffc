//! Policy assignments: those that were made right at a scope.

use super::{GROUP, found, list, scene};
use crate::assignments::requests;
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use serde_json::{Value, json};

const BUILT_IN: &str = "/providers/Microsoft.Authorization/policyDefinitions";
const SENSOR: &str = "64def556-fbad-4622-930e-72d1d5589bf5";
const PLAN: &str = "1f725891-01c0-420a-9059-4fa46cb770b7";

fn assignment(scope: &str, name: &str, definition: &str, called: Option<&str>) -> (String, Value) {
    let id = format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}");
    let mut properties =
        json!({"policyDefinitionId": format!("{BUILT_IN}/{definition}"), "enforcementMode": "Default"});
    if let Some(called) = called {
        properties["displayName"] = json!(called);
    }
    let document = json!({"id": id, "name": name, "type": "Microsoft.Authorization/policyAssignments",
        "location": "westeurope", "properties": properties});
    (id, document)
}

#[test]
fn neither_inherited_ones_nor_those_below() -> Result<(), Failure> {
    let group = format!("{SUBSCRIPTION}/resourceGroups/app");
    let there = [
        assignment(GROUP, "above", SENSOR, None),
        assignment(SUBSCRIPTION, "Sensor-1", SENSOR, Some("The sensor")),
        assignment(SUBSCRIPTION, "key-vault", PLAN, Some("")),
        assignment(&group, "sensor-2", SENSOR, None),
    ];
    let Some(scene) = scene(&["00000000-0000-0000-0000-000000000001"], &there)? else { return Ok(()) };
    let sensor = format!("definition = \"{SENSOR}\"");
    for (config, expected) in [
        (String::new(), &["key-vault", "The sensor"][..]),
        (sensor.clone(), &["The sensor"]),
        (format!("definition = \"{}/{PLAN}\"", BUILT_IN.to_ascii_uppercase()), &["key-vault"]),
        ("name_prefix = \"sensor\"".to_owned(), &["The sensor"]),
        (format!("{sensor}\nname_prefix = \"key\""), &[]),
        (format!("scope = \"{GROUP}\""), &["above"]),
        (format!("scope = \"{group}\"\n{sensor}"), &["sensor-2"]),
    ] {
        assert_eq!(found(&scene, &list("defender_policy_assignment", "", &config))?, expected, "{config}");
        assert_eq!(requests(&scene), ["GET policyAssignments (list) 200"], "{config}");
    }
    Ok(())
}

/// An assignment that deploys nothing, has no identity, and was made by somebody else.
#[test]
fn those_of_others_are_taken_over_as_they_are() -> Result<(), Failure> {
    let audit = "0a1b2c3d-0000-4000-8000-000000000001";
    let definition = format!("{BUILT_IN}/{audit}");
    let rule = json!({"if": {"field": "type", "equals": "x"}, "then": {"effect": "audit"}});
    let body = json!({"id": definition, "name": audit, "properties": {"policyType": "BuiltIn", "mode": "All",
        "policyRule": rule, "parameters": {}, "version": "1.0.0"}});
    let (id, mut document) = assignment(SUBSCRIPTION, "audit", audit, Some("Audit ${x}"));
    document["properties"]["notScopes"] = json!([format!("{SUBSCRIPTION}/resourceGroups/app")]);
    document["properties"]["metadata"] = json!({"owner": "platform", "createdBy": "somebody"});
    let there = [(definition, body), (id.clone(), document.clone())];
    let Some(scene) = scene(&["00000000-0000-0000-0000-000000000001"], &there)? else { return Ok(()) };
    scene.workspace.write("l.tfquery.hcl", &list("defender_policy_assignment", "", ""))?;
    scene.workspace.run(["query", "-generate-config-out=found.tf"])?.require(0)?;
    scene.workspace.apply()?.require(0)?.require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
    scene.workspace.plan()?.require(0)?;
    assert_eq!(scene.azure.resource(&id), Some(document));
    Ok(())
}
