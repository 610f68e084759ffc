//! `defender_security_contact`.

use super::{comes_and_goes, flat, id, one, scene, settle};
use crate::assignments::requests;
use crate::harness::Scene;
use crate::shared::process::Failure;
use serde_json::{Value, json};

const TYPE: &str = "defender_security_contact";

const WHOLE: &str = r#"
  emails                    = ["soc@example.com", "cloud@example.com"]
  phone                     = "1234"
  notifications_by_role     = { roles = ["Owner"] }
  alert_notifications       = { minimal_severity = "High" }
  attack_path_notifications = { minimal_risk_level = "Critical" }
"#;

/// A contact, as Azure has it where somebody has set it.
fn there() -> (String, Value) {
    let id = id("securityContacts/default");
    let document = json!({"id": id, "name": "default", "location": "West Europe", "type": "Microsoft.Security/securityContacts", "properties": {
        "emails": "old@example.com", "phone": "99", "isEnabled": true,
        "notificationsByRole": {"state": "On", "roles": ["Owner"]},
        "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "Low"}]}});
    (id, document)
}

fn properties(scene: &Scene) -> Value {
    scene.azure.resource(&there().0).unwrap_or_default()["properties"].clone()
}

#[test]
fn it_comes_and_goes() -> Result<(), Failure> {
    let (id, document) = there();
    for (name, there) in [("absent", vec![]), ("present", vec![(id.as_str(), document)])] {
        let scene = scene(&there, &one(TYPE, WHOLE))?;
        let asked = comes_and_goes(&scene, &id)?;
        insta::assert_snapshot!(
            format!("contact_was_{name}"),
            asked.map(|lines| lines.join("\n")).join("\n\n")
        );
    }
    Ok(())
}

#[test]
fn everything_changes_in_place() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, WHOLE))?;
    settle(&scene)?;
    assert_eq!(
        properties(&scene),
        json!({"emails": "cloud@example.com;soc@example.com", "phone": "1234", "isEnabled": true,
            "notificationsByRole": {"state": "On", "roles": ["Owner"]},
            "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "High"},
                {"sourceType": "AttackPath", "minimalRiskLevel": "Critical"}]})
    );
    let changed = r#"
      emails                    = []
      phone                     = ""
      enabled                   = false
      notifications_by_role     = { enabled = false }
      alert_notifications       = { minimal_severity = "Low" }
      attack_path_notifications = { enabled = false }
    "#;
    scene.workspace.write("main.tf", &one(TYPE, changed))?;
    scene.workspace.plan()?.require(2)?.require_text("0 to add, 1 to change, 0 to destroy")?;
    settle(&scene)?;
    assert_eq!(
        properties(&scene),
        json!({"emails": "", "phone": "", "isEnabled": false,
            "notificationsByRole": {"state": "Off", "roles": ["Owner"]},
            "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "Low"}]})
    );
    Ok(())
}

/// What nobody speaks of stays as it is, and is no drift.
#[test]
fn what_is_not_set_stays() -> Result<(), Failure> {
    let (id, document) = there();
    let scene = scene(&[(&id, document)], &one(TYPE, "emails = [\"new@example.com\"]"))?;
    settle(&scene)?;
    let now = properties(&scene);
    assert_eq!(now["emails"], "new@example.com");
    for (field, value) in [
        ("phone", json!("99")),
        ("notificationsByRole", json!({"state": "On", "roles": ["Owner"]})),
        ("notificationsSources", json!([{"sourceType": "Alert", "minimalSeverity": "Low"}])),
    ] {
        assert_eq!(now[field], value, "{field}");
    }
    Ok(())
}

#[test]
fn drift_is_found_and_letter_case_is_none() -> Result<(), Failure> {
    let scene = scene(&[], &one(TYPE, WHOLE))?;
    settle(&scene)?;
    let (id, _) = there();
    let mut document = scene.azure.resource(&id).unwrap_or_default();
    document["properties"]["emails"] = "SOC@example.com; cloud@example.com".into();
    scene.azure.put_resource(&id, document.clone());
    scene.workspace.plan()?.require(0)?;
    document["properties"]["notificationsSources"] = json!([]);
    scene.azure.put_resource(&id, document);
    scene.workspace.plan()?.require(2)?.require_text("1 to change")?;
    settle(&scene)?;
    assert_eq!(properties(&scene)["notificationsSources"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn destroying_leaves_what_is_asked_for() -> Result<(), Failure> {
    let (id, document) = there();
    for (on_destroy, phone) in [("keep", Some("1234")), ("delete", None), ("restore", Some("99"))] {
        let body = format!("{WHOLE}\non_destroy = \"{on_destroy}\"");
        let scene = scene(&[(&id, document.clone())], &one(TYPE, &body))?;
        settle(&scene)?;
        scene.workspace.destroy()?.require(0)?;
        let now = scene.azure.resource(&id);
        assert_eq!(now.as_ref().and_then(|now| now["properties"]["phone"].as_str()), phone, "{on_destroy}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_meant_is_refused() -> Result<(), Failure> {
    for (name, body) in [
        ("address", "emails = [\"a@example.com;b@example.com\"]"),
        ("role", "notifications_by_role = { roles = [\"Reader\"] }"),
        ("no_role", "notifications_by_role = {}"),
        ("severity", "alert_notifications = { minimal_severity = \"Critical\" }"),
        ("no_level", "attack_path_notifications = {}"),
        ("off", "alert_notifications = {\nenabled = false\nminimal_severity = \"High\"\n}"),
    ] {
        let scene = scene(&[], &one(TYPE, body))?;
        let refused = scene.workspace.plan()?.require(1)?;
        insta::assert_snapshot!(format!("contact_refused_{name}"), flat(&refused));
        assert_eq!(requests(&scene), Vec::<String>::new(), "nothing is asked");
    }
    Ok(())
}
