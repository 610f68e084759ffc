//! The rules of a subscription's settings, as conversations with the whole service short of the sockets.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, documents, examples, get, in_words, send};

fn setting(kind: &str, name: &str) -> String {
    let version = match kind {
        "settings" => "2022-05-01",
        "autoProvisioningSettings" => "2017-08-01-preview",
        _ => "2023-05-01",
    };
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/{kind}/{name}?api-version={version}")
}

fn check(kind: &str, name: &str, method: &Method, body: &Value, expected: &str) {
    let mut world = azure(Cloud::Public, &json!([]));
    let answer = send(&mut world, method.clone(), &setting(kind, name), body);
    assert_eq!(in_words(&answer), expected, "{method} {kind} {name} {body}: {}", answer.1);
}

#[test]
fn a_setting_takes_its_kind_and_a_flag() {
    let body = |kind: &str, enabled: Value| json!({ "kind": kind, "properties": { "enabled": enabled } });
    let put =
        |name: &str, body: Value, expected: &str| check("settings", name, &Method::PUT, &body, expected);
    put("WDATP", body("DataExportSettings", json!(true)), "200");
    put("wdatp_unified_solution", body("DataExportSettings", json!("true")), "200");
    put("Sentinel", body("AlertSyncSettings", json!(true)), "200");
    put("Sentinel", body("DataExportSettings", json!(true)), "400 InvalidSettingsInput");
    put("WDATP", body("DataExportSettings", json!("yes")), "400 InvalidSettingsInput");
    put("Nonsense", body("DataExportSettings", json!(true)), "404 ResourceNotFound");
    check("settings", "WDATP", &Method::DELETE, &Value::Null, "501 NotImplementedByEmulator");
}

#[test]
fn the_log_analytics_agent_can_only_be_turned_off() {
    let on = |value: &str| json!({ "properties": { "autoProvision": value } });
    let put = |name: &str, value: &str, expected: &str| {
        check("autoProvisioningSettings", name, &Method::PUT, &on(value), expected);
    };
    put("default", "On", "400 Deprecated");
    put("default", "Off", "200");
    put("default", "Maybe", "400 InvalidInputJson");
    put("other", "Off", "501 NotImplementedByEmulator");
    check(
        "autoProvisioningSettings",
        "default",
        &Method::DELETE,
        &Value::Null,
        "501 NotImplementedByEmulator",
    );
}

#[test]
fn a_vulnerability_assessment_comes_and_goes() {
    let target = setting("serverVulnerabilityAssessmentsSettings", "azureServersSetting");
    let body = json!({ "kind": "AzureServersSetting", "properties": { "selectedProvider": "MdeTvm" } });
    let mut world = azure(Cloud::Public, &json!([]));
    let before = documents(&mut world);
    let mut say = |method: Method, body: &Value| in_words(&send(&mut world, method, &target, body));
    let conversation = [
        (Method::GET, &Value::Null, "404 ResourceNotFound"),
        (Method::DELETE, &Value::Null, "204"),
        (Method::PUT, &body, "201"),
        (Method::PUT, &body, "200"),
        (Method::GET, &Value::Null, "200"),
        (Method::DELETE, &Value::Null, "200"),
        (Method::GET, &Value::Null, "404 ResourceNotFound"),
    ];
    for (method, body, expected) in conversation {
        assert_eq!(say(method.clone(), body), expected, "{method}");
    }
    assert_eq!(documents(&mut world), before);
    let qualys = json!({ "kind": "AzureServersSetting", "properties": { "selectedProvider": "Qualys" } });
    assert_eq!(in_words(&send(&mut world, Method::PUT, &target, &qualys)), "400 InvalidInput");
}

#[test]
fn a_cloud_lists_its_settings() {
    let names = |cloud: Cloud| {
        let list = get(&mut azure(cloud, &json!([])), &setting("settings", ""));
        let value = list["value"].as_array().unwrap().clone();
        value.iter().map(|setting| setting["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let public =
        ["MCAS", "WDATP", "WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW", "WDATP_UNIFIED_SOLUTION", "Sentinel"];
    assert_eq!(names(Cloud::Public), public);
    assert_eq!(names(Cloud::UsGovernment), public[..4]);
}

#[test]
fn off_again_is_as_it_was() {
    let mut world = azure(Cloud::Public, &json!([]));
    let before = documents(&mut world);
    for enabled in [true, false] {
        let body = json!({ "kind": "DataExportSettings", "properties": { "enabled": enabled } });
        send(&mut world, Method::PUT, &setting("settings", "WDATP"), &body);
        let shown = get(&mut world, &setting("settings", "WDATP"));
        assert_eq!(shown["properties"]["enabled"], enabled);
    }
    assert_eq!(documents(&mut world), before);
}

/// Microsoft's bodies, but for times, who asked, and ids that begin without a slash.
#[test]
fn microsofts_settings_are_answered_as_published() {
    let folders = [
        ("security-settings-2022-05-01", "settings", "settingName"),
        ("security-autoProvisioningSettings-2017-08-01-preview", "autoProvisioningSettings", "settingName"),
        (
            "security-serverVulnerabilityAssessmentsSettings-2023-05-01",
            "serverVulnerabilityAssessmentsSettings",
            "settingKind",
        ),
    ];
    for (folder, kind, name) in folders {
        for (file, example) in examples(folder) {
            let parameters = &example["parameters"];
            let text = |field: &str| parameters[field].as_str().unwrap_or_default();
            let scope = format!("/subscriptions/{}", text("subscriptionId"));
            let target = format!(
                "{scope}/providers/Microsoft.Security/{kind}/{}?api-version={}",
                text(name),
                text("api-version")
            );
            let published = &example["responses"]["200"]["body"];
            let wishes = ["setting", "serverVulnerabilityAssessmentsSetting"].map(|field| &parameters[field]);
            let wish = wishes.into_iter().find(|wish| wish.is_object());
            // The service refuses today what the one example shows, and the other one has no body.
            if wish.is_some_and(|wish| wish["properties"]["autoProvision"] == "On") || published.is_null() {
                continue;
            }
            let mut world = azure(Cloud::Public, &json!([{ "id": scope }, published]));
            let (status, body) = match wish {
                Some(wish) => send(&mut world, Method::PUT, &target, wish),
                None => send(&mut world, Method::GET, &target, &Value::Null),
            };
            assert!([200, 201].contains(&status), "{file}: {body}");
            let listed = published["value"].as_array();
            if listed.is_none() {
                for field in ["name", "type", "kind", "properties"] {
                    assert_eq!(body[field], published[field], "{file} {field}");
                }
            }
            for one in listed.into_iter().flatten().filter(|_| kind == "settings") {
                let shown = body["value"].as_array().unwrap();
                assert!(shown.iter().any(|shown| shown == one), "{file}: {one}");
            }
        }
    }
}
