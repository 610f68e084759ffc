//! `defender_storage_protection`.

use super::{Begun, flat, newest, one, scene, settle};
use crate::assignments::requests;
use crate::harness::{SUBSCRIPTION, Scene};
use crate::shared::process::Failure;
use crate::state::instance;
use serde_json::{Value, json};

const TYPE: &str = "defender_storage_protection";
const ADDRESS: &str = "defender_storage_protection.this";

const WHOLE: &str = r#"
  malware_scanning = {
    on_upload = {
      cap_gb_per_month = 20
      filters = {
        exclude_blobs_with_prefix = ["logs/"]
        exclude_blobs_larger_than = 1000
      }
    }
    scan_results_event_grid_topic_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.EventGrid/topics/results"
    blob_scan_results_options        = "None"
  }
  sensitive_data_discovery = {}
"#;

fn account() -> String {
    format!("{SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/uploads")
}

fn setting() -> String {
    format!("{}/providers/Microsoft.Security/defenderForStorageSettings/current", account())
}

/// An account with settings of its own, or without.
fn begun(own: Option<Value>, body: &str) -> Result<Scene, Failure> {
    let (there, _) = there(own);
    let there: Vec<(&str, Value)> = there.iter().map(|(id, body)| (id.as_str(), body.clone())).collect();
    scene(&there, &one(TYPE, &self::body(body)))
}

/// The account, with settings of its own or without, and the id of the setting.
pub(super) fn there(own: Option<Value>) -> (Begun, String) {
    let document = json!({"id": account(), "name": "uploads", "location": "westeurope"});
    let own = own.map(|own| (setting(), json!({"id": setting(), "name": "current", "properties": own})));
    ([(account(), document)].into_iter().chain(own).collect(), setting())
}

/// What is written of the account.
pub(super) fn body(further: &str) -> String {
    format!("storage_account_id = \"{}\"\n{further}", account())
}

fn write(scene: &Scene, further: &str) -> Result<(), Failure> {
    scene.workspace.write("main.tf", &one(TYPE, &body(further)))
}

/// Settings of its own.
pub(super) fn own(cap: i64) -> Value {
    json!({"isEnabled": true, "overrideSubscriptionLevelSettings": true,
        "malwareScanning": {"onUpload": {"isEnabled": true, "capGBPerMonth": cap}},
        "sensitiveDataDiscovery": {"isEnabled": false}})
}

fn properties(scene: &Scene) -> Value {
    scene.azure.resource(&setting()).unwrap_or_default()["properties"].clone()
}

#[test]
fn it_comes_and_goes() -> Result<(), Failure> {
    for (name, before) in [("inherited", None), ("own", Some(own(7)))] {
        let scene = begun(before.clone(), WHOLE)?;
        let created = settle(&scene)?;
        let now = properties(&scene);
        assert_eq!(now["overrideSubscriptionLevelSettings"], true, "implied by what differs");
        assert_eq!(now["malwareScanning"]["onUpload"]["filters"]["excludeBlobsLargerThan"], 1000);
        requests(&scene);
        scene.workspace.destroy()?.require(0)?;
        let asked = [created, requests(&scene)].map(|lines| lines.join("\n")).join("\n\n");
        insta::assert_snapshot!(format!("storage_was_{name}"), asked);
        match before {
            Some(before) => assert_eq!(properties(&scene), before),
            None => assert_eq!(properties(&scene)["overrideSubscriptionLevelSettings"], false),
        }
    }
    Ok(())
}

#[test]
fn everything_changes_in_place() -> Result<(), Failure> {
    let scene = begun(None, WHOLE)?;
    settle(&scene)?;
    let changed = "malware_scanning = { on_upload = { cap_gb_per_month = -1, filters = {} } }\nsensitive_data_discovery = { enabled = false }";
    write(&scene, changed)?;
    scene.workspace.plan()?.require(2)?.require_text("0 to add, 1 to change, 0 to destroy")?;
    settle(&scene)?;
    let now = properties(&scene);
    assert_eq!(now["malwareScanning"]["onUpload"], json!({"isEnabled": true, "capGBPerMonth": -1}));
    assert_eq!(
        now["malwareScanning"]["scanResultsEventGridTopicResourceId"],
        Value::Null,
        "no topic any more"
    );
    assert_eq!(now["sensitiveDataDiscovery"]["isEnabled"], false);
    write(&scene, "enabled = false")?;
    settle(&scene)?;
    assert_eq!(properties(&scene)["isEnabled"], false);
    Ok(())
}

/// What nobody speaks of stays as it is, and is no drift.
#[test]
fn what_is_not_set_stays() -> Result<(), Failure> {
    let scene = begun(Some(own(7)), "")?;
    let asked = settle(&scene)?;
    assert!(asked.iter().all(|line| line.starts_with("GET")), "there was nothing to write: {asked:?}");
    assert_eq!(properties(&scene), own(7));
    Ok(())
}

/// The account shows what its subscription has. Destroying makes it follow that again: it keeps nothing of its own that
/// would outlive the plan.
#[test]
fn what_an_account_inherits_is_not_its_own() -> Result<(), Failure> {
    for (subplan, enabled_by_itself) in [("DefenderForStorageV2", false), ("PerStorageAccount", true)] {
        let scene = begun(None, "malware_scanning = { on_upload = { cap_gb_per_month = 20 } }")?;
        let on = |name: &str| json!({"name": name, "isEnabled": "True"});
        let plan = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/StorageAccounts");
        let extensions = [on("OnUploadMalwareScanning"), on("SensitiveDataDiscovery")];
        let properties = json!({"pricingTier": "Standard", "subPlan": subplan, "extensions": extensions});
        scene
            .azure
            .put_resource(&plan, json!({"id": plan, "name": "StorageAccounts", "properties": properties}));
        if enabled_by_itself {
            let own = json!({"isEnabled": true, "overrideSubscriptionLevelSettings": false});
            scene
                .azure
                .put_resource(&setting(), json!({"id": setting(), "name": "current", "properties": own}));
        }
        settle(&scene)?;
        let now = self::properties(&scene);
        assert_eq!(now["overrideSubscriptionLevelSettings"], true);
        assert_eq!(now["malwareScanning"]["onUpload"]["capGBPerMonth"], 20);
        assert_eq!(
            now["sensitiveDataDiscovery"]["isEnabled"], !enabled_by_itself,
            "what nobody speaks of stays"
        );
        scene.workspace.destroy()?.require(0)?;
        let now = self::properties(&scene);
        assert_eq!(now["overrideSubscriptionLevelSettings"], false, "{subplan}");
        assert_eq!(now["isEnabled"], enabled_by_itself, "{subplan}");
    }
    Ok(())
}

/// Azure answers 201, and tells what failed once.
#[test]
fn what_azure_cannot_switch_is_an_error_and_stays_visible() -> Result<(), Failure> {
    let scene = begun(Some(own(7)), WHOLE)?;
    let faults = format!("{}/providers/Emulator.Faults/defenderForStorageSettings", account());
    let fault = json!({"feature": "malwareScanning", "message": "Failed to setup data scanner."});
    scene.azure.put_resource(&faults, json!({"value": [fault]}));
    let failed = scene.workspace.apply()?.require(1)?;
    let text = flat(&failed);
    insta::assert_snapshot!("storage_failed", text);
    let plan = scene.workspace.plan()?.require(2)?;
    assert!(flat(&plan).contains("A part of the setting is not in effect"), "{}", flat(&plan));
    scene.azure.delete_resource(&faults);
    settle(&scene)?;
    assert_eq!(properties(&scene)["malwareScanning"]["onUpload"]["isEnabled"], true);
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(properties(&scene), own(7), "what was there at first is there again");
    Ok(())
}

#[test]
fn what_cannot_be_put_back_is_an_error() -> Result<(), Failure> {
    let scene = begun(Some(own(7)), "malware_scanning = { on_upload = { enabled = false } }")?;
    settle(&scene)?;
    let faults = format!("{}/providers/Emulator.Faults/defenderForStorageSettings", account());
    scene
        .azure
        .put_resource(&faults, json!({"value": [{"feature": "malwareScanning", "message": "No scanner."}]}));
    let failed = scene.workspace.destroy()?.require(1)?;
    insta::assert_snapshot!("storage_not_restored", flat(&failed));
    scene.azure.delete_resource(&faults);
    scene.workspace.destroy()?.require(0)?;
    assert_eq!(properties(&scene), own(7));
    Ok(())
}

#[test]
fn an_account_that_is_gone_takes_its_setting_along() -> Result<(), Failure> {
    let scene = begun(None, WHOLE)?;
    settle(&scene)?;
    scene.azure.delete_resource(&account());
    let destroyed = scene.workspace.run(["destroy", "-input=false", "-auto-approve", "-refresh=false"])?;
    destroyed.require(0)?;
    let scene = begun(None, WHOLE)?;
    settle(&scene)?;
    scene.azure.delete_resource(&account());
    scene.workspace.plan()?.require(2)?.require_text("1 to add, 0 to change, 0 to destroy")?;
    Ok(())
}

#[test]
fn destroying_leaves_what_is_asked_for() -> Result<(), Failure> {
    for (on_destroy, overrides, enabled) in
        [("keep", true, true), ("inherit", false, false), ("restore", true, true)]
    {
        let scene = begun(Some(own(7)), &format!("{WHOLE}\non_destroy = \"{on_destroy}\""))?;
        settle(&scene)?;
        scene.workspace.destroy()?.require(0)?;
        let now = properties(&scene);
        assert_eq!(now["overrideSubscriptionLevelSettings"], overrides, "{on_destroy}");
        assert_eq!(now["isEnabled"], enabled, "{on_destroy}");
    }
    Ok(())
}

#[test]
fn imports() -> Result<(), Failure> {
    let body = "malware_scanning = { on_upload = { cap_gb_per_month = 7 } }\nsensitive_data_discovery = { enabled = false }";
    for id in [account(), account().replace("Microsoft.Storage", "microsoft.storage"), setting()] {
        let scene = begun(Some(own(7)), body)?;
        scene.workspace.import(ADDRESS, &id)?.require(0)?;
        scene.workspace.plan()?.require(0)?;
        let state = instance(&scene, ADDRESS)?.unwrap_or_default();
        assert_eq!(state["attributes"]["id"].as_str().map(str::to_lowercase), Some(setting().to_lowercase()));
    }
    let scene = begun(None, body)?;
    let refused = scene.workspace.import(ADDRESS, SUBSCRIPTION)?.require(1)?;
    insta::assert_snapshot!("storage_import_refused", flat(&refused));
    Ok(())
}

#[test]
fn imports_by_identity() -> Result<(), Failure> {
    let import =
        format!("import {{\n to = {ADDRESS}\n identity = {{ storage_account_id = \"{}\" }}\n}}\n", account());
    let resource = one(TYPE, &format!("storage_account_id = \"{}\"", account()));
    let Some(scene) = newest(&format!("{resource}{import}"))? else { return Ok(()) };
    scene
        .azure
        .put_resource(&account(), json!({"id": account(), "name": "uploads", "location": "westeurope"}));
    scene.azure.put_resource(&setting(), json!({"id": setting(), "name": "current", "properties": own(7)}));
    scene.workspace.apply()?.require(0)?.require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
    scene.workspace.plan()?.require(0).map(drop)
}

#[test]
fn what_cannot_be_meant_is_refused() -> Result<(), Failure> {
    for (name, body) in [
        ("override", "override_subscription_settings = false\nsensitive_data_discovery = {}"),
        ("cap", "malware_scanning = { on_upload = { cap_gb_per_month = 0 } }"),
        ("topic", "malware_scanning = { scan_results_event_grid_topic_id = \"topic\" }"),
        ("on_destroy", "on_destroy = \"delete\""),
    ] {
        let scene = begun(None, body)?;
        let refused = scene.workspace.plan()?.require(1)?;
        insta::assert_snapshot!(format!("storage_refused_{name}"), flat(&refused));
        assert_eq!(requests(&scene), Vec::<String>::new(), "nothing is asked");
    }
    let scene = scene(&[], &one(TYPE, &format!("storage_account_id = \"{SUBSCRIPTION}\"")))?;
    insta::assert_snapshot!("storage_refused_account", flat(&scene.workspace.plan()?.require(1)?));
    Ok(())
}
