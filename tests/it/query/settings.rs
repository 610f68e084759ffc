//! Settings of subscriptions: one way for all of them.

use super::{GROUP, found, list, query, scene};
use crate::assignments::requests;
use crate::shared::process::Failure;
use serde_json::{Value, json};

const ONE: &str = "00000000-0000-0000-0000-000000000001";
const TWO: &str = "00000000-0000-0000-0000-000000000002";
const THREE: &str = "00000000-0000-0000-0000-000000000003";

fn id(subscription: &str, path: &str) -> String {
    format!("/subscriptions/{subscription}/providers/Microsoft.Security/{path}")
}

fn setting(subscription: &str, name: &str, enabled: &Value) -> (String, Value) {
    let id = id(subscription, &format!("settings/{name}"));
    let document =
        json!({"id": id, "name": name, "kind": "DataExportSettings", "properties": {"enabled": enabled}});
    (id, document)
}

#[test]
fn all_or_only_those_that_are_on_and_no_more_than_asked_for() -> Result<(), Failure> {
    let there = [setting(ONE, "WDATP", &json!(true)), setting(ONE, "MCAS", &json!("True"))];
    let Some(scene) = scene(&[ONE], &there)? else { return Ok(()) };
    let all = [
        "setting MCAS",
        "setting WDATP",
        "setting WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW",
        "setting WDATP_UNIFIED_SOLUTION",
        "setting Sentinel",
    ];
    for (further, config, expected) in [
        ("", "", &all[..]),
        ("", "enabled = true", &all[..2]),
        ("", "enabled = false", &all[2..]),
        ("limit = 3", "", &all[..3]),
        ("", &format!("scope = \"/SUBSCRIPTIONS/{ONE}\""), &all),
    ] {
        assert_eq!(
            found(&scene, &list("defender_setting", further, config))?,
            expected,
            "{further} {config}"
        );
        assert_eq!(requests(&scene), ["GET settings (list) 200"], "{further} {config}");
    }
    Ok(())
}

/// What cannot be read is told, and the rest is listed.
#[test]
fn all_below_a_management_group() -> Result<(), Failure> {
    let contact = |subscription: &str, enabled: bool| {
        let id = id(subscription, "securityContacts/default");
        (id, json!({"properties": {"emails": "soc@example.com", "isEnabled": enabled}}))
    };
    let there = [
        contact(ONE, true),
        contact(TWO, false),
        contact(THREE, true),
        (
            format!("/subscriptions/{THREE}/providers/Microsoft.Authorization/permissions"),
            json!({"value": []}),
        ),
    ];
    let Some(scene) = scene(&[ONE, TWO, THREE], &there)? else { return Ok(()) };
    let block =
        |config: &str| list("defender_security_contact", "", &format!("scope = \"{GROUP}\"\n{config}"));
    let of = |subscription: &str| format!("security contact of {subscription}");
    assert_eq!(found(&scene, &block(""))?, [of(ONE), of(TWO)]);
    assert_eq!(found(&scene, &block("enabled = false"))?, [of(TWO)]);
    let said = query(&scene, &block(""))?.require(0)?;
    insta::assert_snapshot!("left_out", super::refusals::said(&said));
    Ok(())
}

/// A workspace that Azure does not show yet is no configuration, and what a resource group has is another setting.
#[test]
fn a_workspace_setting_of_the_subscription_itself() -> Result<(), Failure> {
    let setting = |id: String, workspace: Option<&str>| {
        let mut properties = json!({"scope": format!("/subscriptions/{ONE}")});
        if let Some(workspace) = workspace {
            properties["workspaceId"] = json!(workspace);
        }
        (id.clone(), json!({"id": id, "name": "default", "properties": properties}))
    };
    let workspace = format!(
        "/subscriptions/{ONE}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/w"
    );
    let own = id(ONE, "workspaceSettings/default");
    let of_group = own.replace("/providers", "/resourceGroups/old/providers");
    let there = [setting(own.clone(), None), setting(of_group, Some(&workspace))];
    let Some(scene) = scene(&[ONE], &there)? else { return Ok(()) };
    let block = list("defender_workspace", "", "");
    assert_eq!(found(&scene, &block)?, Vec::<String>::new());
    let (id, document) = setting(own, Some(&workspace));
    scene.azure.put_resource(&id, document);
    assert_eq!(found(&scene, &block)?, ["workspace setting"]);
    Ok(())
}

/// A setting that is newer than this provider is named, and left out.
#[test]
fn what_the_resource_does_not_know() -> Result<(), Failure> {
    let there = [setting(ONE, "WDATP", &json!("perhaps"))];
    let Some(scene) = scene(&[ONE], &there)? else { return Ok(()) };
    let block = list("defender_setting", "", "");
    assert_eq!(found(&scene, &block)?.len(), 4);
    insta::assert_snapshot!("not_known", super::refusals::said(&query(&scene, &block)?.require(0)?));
    Ok(())
}
