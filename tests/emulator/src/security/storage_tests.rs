//! The rules of Defender for Storage on one account, as conversations with the whole service short of the sockets.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, examples, get, in_words, send};
use crate::world::World;

fn account(name: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{name}")
}

fn setting(account: &str) -> String {
    format!(
        "{account}/providers/Microsoft.Security/defenderForStorageSettings/current?api-version=2025-06-01"
    )
}

fn world() -> World {
    azure(Cloud::Public, &json!({ "id": account("a"), "location": "westeurope" }))
}

fn put(world: &mut World, properties: &Value) -> (u16, Value) {
    send(world, Method::PUT, &setting(&account("a")), &json!({ "properties": properties }))
}

#[test]
fn accounts_are_documents() {
    let mut world = world();
    let version = "?api-version=2023-05-01";
    let listed =
        get(&mut world, &format!("{SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts{version}"));
    let one = get(&mut world, &format!("{}{version}", account("A")));
    assert_eq!(
        (&listed["value"], &one["type"]),
        (&json!([one]), &json!("Microsoft.Storage/storageAccounts"))
    );
    let absent = send(&mut world, Method::GET, &format!("{}{version}", account("b")), &Value::Null);
    assert_eq!(in_words(&absent), "404 ResourceNotFound");
}

#[test]
fn an_account_inherits_until_it_overrides() {
    let mut world = world();
    let off = get(&mut world, &setting(&account("a")));
    assert_eq!((&off["properties"]["isEnabled"], &off["name"]), (&json!(false), &json!("current")));
    let plan = format!(
        "{SUBSCRIPTION}/providers/Microsoft.Security/pricings/StorageAccounts?api-version=2024-01-01"
    );
    let standard = json!({ "properties": { "pricingTier": "Standard", "subPlan": "DefenderForStorageV2" } });
    assert_eq!(send(&mut world, Method::PUT, &plan, &standard).0, 200);
    let inherited = get(&mut world, &setting(&account("a")))["properties"].clone();
    assert_eq!(
        inherited,
        json!({
            "isEnabled": true,
            "malwareScanning": { "onUpload": { "isEnabled": true, "capGBPerMonth": 5000 } },
            "sensitiveDataDiscovery": { "isEnabled": true },
            "overrideSubscriptionLevelSettings": false,
        })
    );
    assert_eq!(
        put(&mut world, &json!({ "isEnabled": false, "overrideSubscriptionLevelSettings": true })).0,
        200
    );
    assert_eq!(get(&mut world, &setting(&account("a")))["properties"]["isEnabled"], false);
    assert_eq!(
        put(&mut world, &json!({ "isEnabled": false, "overrideSubscriptionLevelSettings": false })).0,
        200
    );
    assert_eq!(get(&mut world, &setting(&account("a")))["properties"], inherited);
}

#[test]
fn a_part_that_fails_is_told_once_and_is_off() {
    let mut world = world();
    let faults = format!("{SUBSCRIPTION}/providers/Emulator.Faults/defenderForStorageSettings");
    world.plant(&faults, json!({ "value": [{ "feature": "malwareScanning", "message": "No scanner." }] }));
    let wanted = json!({
        "isEnabled": true, "malwareScanning": { "onUpload": { "isEnabled": true, "capGBPerMonth": 10 } },
        "sensitiveDataDiscovery": { "isEnabled": true }, "overrideSubscriptionLevelSettings": true,
    });
    let (status, body) = put(&mut world, &wanted);
    assert_eq!(status, 201);
    let scanning = &body["properties"]["malwareScanning"];
    assert_eq!(scanning["operationStatus"], json!({ "code": "UnknownError", "message": "No scanner." }));
    assert_eq!(scanning["onUpload"]["isEnabled"], false);
    assert_eq!(body["properties"]["sensitiveDataDiscovery"]["operationStatus"]["code"], "Succeeded");
    let text = get(&mut world, &setting(&account("a"))).to_string();
    assert!(!text.contains("operationStatus"), "{text}");
    world.store.delete(&faults);
    assert_eq!(put(&mut world, &wanted).0, 200);
}

#[test]
fn what_azure_refuses() {
    let check = |properties: Value, words: &str| {
        let answer = put(&mut world(), &properties);
        let message = answer.1["error"]["message"].as_str().unwrap_or_default();
        assert_eq!((answer.0, message.contains(words)), (400, true), "{properties}: {}", answer.1);
    };
    let scanning = |field: &str, value: Value| json!({ "malwareScanning": { field: value } });
    check(Value::Null, "'properties' is required");
    check(json!({ "isEnabled": "True" }), "'isEnabled'");
    check(scanning("onUpload", json!({ "capGBPerMonth": 0 })), "capGBPerMonth");
    check(
        scanning("onUpload", json!({ "filters": { "excludeBlobsWithPrefix": "x" } })),
        "excludeBlobsWithPrefix",
    );
    check(
        scanning("scanResultsEventGridTopicResourceId", json!("topic")),
        "scanResultsEventGridTopicResourceId",
    );
    check(scanning("blobScanResultsOptions", json!("Some")), "blobScanResultsOptions");
    check(scanning("automatedResponse", json!("None")), "'malwareScanning.automatedResponse' is not known");
    let mut world = world();
    let mut say = |method: Method, target: &str| in_words(&send(&mut world, method, target, &Value::Null));
    assert_eq!(say(Method::DELETE, &setting(&account("a"))), "405 MethodNotAllowed");
    assert_eq!(say(Method::GET, &setting(&account("b"))), "404 ResourceNotFound");
    assert_eq!(say(Method::GET, &setting(&account("a")).replace("current", "other")), "400 InvalidInput");
}

#[test]
fn microsofts_settings_are_answered_as_published() {
    for (file, example) in examples("security-defenderForStorageSettings-2024-10-01-preview") {
        let parameters = &example["parameters"];
        let account = format!("/{}", parameters["resourceId"].as_str().unwrap());
        let published = &example["responses"]["200"]["body"];
        let wish = &parameters["defenderForStorageSetting"];
        let mut world = azure(Cloud::Public, &json!({ "id": account }));
        let answer = if wish.is_object() {
            send(&mut world, Method::PUT, &setting(&account), wish)
        } else {
            world.plant(published["id"].as_str().unwrap(), published.clone());
            send(&mut world, Method::GET, &setting(&account), wish)
        };
        assert_eq!(answer, (200, published.clone()), "{file}");
    }
}
