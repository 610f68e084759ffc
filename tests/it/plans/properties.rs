//! Properties of extensions: what means the same to Azure is no drift, and nothing else is hidden.

use super::story::{Story, one};
use crate::shared::process::Failure;
use serde_json::{Value, json};

fn storage(cap: &Value) -> Value {
    let scanning = json!({"name": "OnUploadMalwareScanning", "isEnabled": "True",
        "additionalExtensionProperties": cap});
    json!({"pricingTier": "Standard", "subPlan": "DefenderForStorageV2", "extensions": [scanning]})
}

fn configured(properties: &str) -> String {
    one(&format!(
        "name = \"StorageAccounts\"\nextensions = {{ OnUploadMalwareScanning = {{ {properties} }} }}"
    ))
}

const SET: &str = "GET *, PUT StorageAccounts";

/// Azure reports one and the same property differently; the plan after it has this exit code.
#[test]
fn azures_way_of_writing_is_no_drift() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let tags = r#"[{"key":"A","value":"1"}]"#;
    let properties = format!("properties = {{ Cap = 5000, Auto = true, Tags = {} }}", json!(tags));
    story.begin(&configured(&properties))?;
    for (cap, auto, tags, code) in [
        (json!("5000"), json!("true"), tags, 0),
        (json!(5000), json!(true), tags, 0),
        (json!("5000"), json!("True"), r#"[ {"Value": "1", "Key": "A"} ]"#, 0),
        (json!("5000"), json!("TRUE"), r#"[{"key":"A","value":1}]"#, 0),
        (json!("500"), json!("true"), tags, 2),
        (json!("5000"), json!("false"), tags, 2),
        (json!("5000"), json!("true"), r#"[{"key":"a","value":"1"}]"#, 2),
        (json!("5000"), json!("true"), "[]", 2),
    ] {
        story
            .edit("StorageAccounts", &storage(&json!({"cap": cap, "AUTO": auto, "tags": tags, "More": "x"})));
        story.plan(code, &[])?;
    }
    story.edit("StorageAccounts", &storage(&json!({"Cap": "5000", "Auto": "true"})));
    story.plan(2, &["+ \"Tags\""]).map(drop)
}

#[test]
fn another_way_of_writing_in_the_configuration_is_no_change() -> Result<(), Failure> {
    let story = Story::new(&[("StorageAccounts", storage(&json!({})))])?;
    let there = "StorageAccounts Standard DefenderForStorageV2 OnUploadMalwareScanning{Cap=5000,Tags=[]}";
    let properties = |text: &str| configured(&format!("properties = {{ {text} }}"));
    // Properties that the catalogue does not know, of which it warns unless that is switched off.
    story.scene.configure("  rule_severity = { MDC083 = \"off\" }\n")?;
    story.begin(&properties(r#"Cap = 5000, Tags = "[]""#))?;
    story.apply(&properties(r#"Cap = "5000", Tags = jsonencode([])"#), "GET *", there)?;
    story.apply(&properties(r#"Cap = "5000", Tags = "[ ]""#), "GET *", there)
}

/// Properties that are not configured are Azure's to choose, and stay as they are.
#[test]
fn properties_that_are_not_configured_are_kept() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let there = |cap: &str| {
        format!(
            "StorageAccounts Standard DefenderForStorageV2 OnUploadMalwareScanning{{AutomatedResponse=None,\
             BlobScanResultsOptions=BlobIndexTags,CapGBPerMonthPerStorageAccount={cap}}} SensitiveDataDiscovery"
        )
    };
    // Not every sub-plan has the extension, and none is named: which one is on is looked up when it is planned.
    story.apply(&configured(""), &format!("GET *, {SET}"), &there("5000"))?;
    let state = story.state()?;
    let properties = &state["values"]["extensions"]["OnUploadMalwareScanning"]["properties"];
    assert_eq!(properties["CapGBPerMonthPerStorageAccount"], "5000");
    let cap = |cap: u32| configured(&format!("properties = {{ CapGBPerMonthPerStorageAccount = {cap} }}"));
    story.apply(&cap(10), SET, &there("10"))?;
    story.apply(&cap(20), SET, &there("20"))?;
    story.apply(&configured(""), "GET *", &there("20"))?;
    story.apply(
        &configured("enabled = false"),
        SET,
        "StorageAccounts Standard DefenderForStorageV2 -OnUploadMalwareScanning SensitiveDataDiscovery",
    )?;
    story.apply(&configured("enabled = true"), SET, &there("20"))
}
