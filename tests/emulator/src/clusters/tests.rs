//! Extensions of clusters, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{
    SUBSCRIPTION, ask, azure, body, documents, examples, follow, get, header, in_words, send,
};
use crate::world::World;

const ARC: &str = "Microsoft.Kubernetes/connectedClusters/arc";
const AKS: &str = "Microsoft.ContainerService/managedClusters/aks";

fn cluster(path: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/rg/providers/{path}")
}

fn extension(path: &str, name: &str) -> String {
    let cluster = cluster(path);
    format!("{cluster}/providers/Microsoft.KubernetesConfiguration/extensions/{name}?api-version=2024-11-01")
}

fn fleet() -> World {
    let clusters =
        [ARC, AKS].map(|path| json!({ "id": cluster(path), "location": "eastus", "properties": {} }));
    azure(Cloud::Public, &json!({ "resources": clusters }))
}

fn sensor() -> Value {
    json!({
        "identity": { "type": "SystemAssigned" },
        "properties": {
            "extensionType": "microsoft.azuredefender.kubernetes",
            "configurationSettings": { "logAnalyticsWorkspaceResourceID": "/w" },
            "configurationProtectedSettings": { "omsagent.secret.key": "hunter2" },
        },
    })
}

#[test]
fn an_extension_is_made_changed_and_deleted() {
    for path in [ARC, AKS] {
        let mut world = fleet();
        let before = documents(&mut world);
        let target = extension(path, "sensor");
        let made = ask(&mut world, Method::PUT, &target, &[], &sensor());
        let shown = body(&made);
        assert_eq!(
            (made.status, &shown["properties"]["provisioningState"]),
            (201, &json!("Creating")),
            "{path}"
        );
        let location = "https://eastus.rp.kubernetesconfiguration.azure.com/subscriptions/";
        assert!(header(&made, "location").starts_with(location), "{}", header(&made, "location"));
        let operation = header(&made, "azure-asyncoperation").to_owned();
        assert!(operation.contains("/extensions/sensor/operations/"));
        let status = body(&follow(&mut world, &operation));
        assert_eq!((&status["status"], &status["error"]), (&json!("Succeeded"), &Value::Null));
        let read = get(&mut world, &target);
        let properties = &read["properties"];
        assert_eq!(
            (&properties["releaseTrain"], &properties["currentVersion"], &properties["statuses"]),
            (&json!("Stable"), &json!("1.0.0"), &json!([]))
        );
        assert_eq!(properties.get("configurationProtectedSettings"), None);
        assert!(read["identity"]["principalId"].is_string());
        assert!(!format!("{:?}", documents(&mut world)).contains("hunter2"));

        let change = json!({ "properties": { "autoUpgradeMinorVersion": false, "version": "2.0.1" } });
        let (status, changed) = send(&mut world, Method::PATCH, &target, &change);
        assert_eq!((status, &changed["properties"]["provisioningState"]), (202, &json!("Updating")));
        assert_eq!(get(&mut world, &target)["properties"]["currentVersion"], "2.0.1");
        let (status, again) = send(&mut world, Method::PUT, &target, &sensor());
        assert_eq!((status, &again["identity"]), (200, &read["identity"]));
        let collection = target.replace("/sensor?", "?");
        assert_eq!(get(&mut world, &collection)["value"][0]["name"], "sensor");

        let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
        assert_eq!(
            (gone.status, &body(&gone)["ReasonPhrase"]),
            (202, &json!("Accepted")),
            "nobody is to read it"
        );
        assert_eq!(body(&follow(&mut world, header(&gone, "azure-asyncoperation")))["status"], "Succeeded");
        assert_eq!(send(&mut world, Method::DELETE, &target, &Value::Null).0, 204);
        assert_eq!(documents(&mut world), before);
    }
}

#[test]
fn a_cluster_offline_lets_only_force_through() {
    let mut world = fleet();
    let target = extension(ARC, "sensor");
    send(&mut world, Method::PUT, &target, &sensor());
    get(&mut world, &target);
    world.plant(&cluster(ARC), json!({ "properties": { "connectivityStatus": "Offline" } }));
    let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
    world.clock.advance(Duration::from_mins(30));
    assert_eq!(body(&follow(&mut world, header(&gone, "azure-asyncoperation")))["status"], "Deleting");
    let forced = ask(&mut world, Method::DELETE, &format!("{target}&forceDelete=true"), &[], &Value::Null);
    assert_eq!(body(&follow(&mut world, header(&forced, "azure-asyncoperation")))["status"], "Succeeded");
    assert_eq!(in_words(&send(&mut world, Method::GET, &target, &Value::Null)), "404 ResourceNotFound");
}

#[test]
fn an_operation_fails_as_a_test_says() {
    let mut world = fleet();
    let faults = json!({ "value": [{ "extensionType": "Microsoft.AzureDefender.Kubernetes", "message": "no quota" }] });
    world.plant(&format!("{}/providers/Emulator.Faults/extensions", cluster(ARC)), faults);
    let made = ask(&mut world, Method::PUT, &extension(ARC, "sensor"), &[], &sensor());
    let status = body(&follow(&mut world, header(&made, "azure-asyncoperation")));
    assert_eq!(
        (&status["status"], &status["error"]["code"]),
        (&json!("Failed"), &json!("ExtensionOperationFailed"))
    );
    let properties = get(&mut world, &extension(ARC, "sensor"))["properties"].clone();
    assert_eq!(
        (
            &properties["provisioningState"],
            &properties["errorInfo"]["message"],
            &properties["statuses"][0]["message"]
        ),
        (
            &json!("Failed"),
            &json!("The extension operation failed with the following error: no quota"),
            &json!("no quota")
        )
    );
    let made = ask(&mut world, Method::PUT, &extension(AKS, "sensor"), &[], &sensor());
    assert_eq!(body(&follow(&mut world, header(&made, "azure-asyncoperation")))["status"], "Succeeded");
}

#[test]
fn what_azure_refuses() {
    let mut world = fleet();
    let check = |world: &mut World, target: &str, wish: &Value, expected: &str| {
        assert_eq!(in_words(&send(world, Method::PUT, target, wish)), expected, "{target} {wish}");
    };
    check(&mut world, &extension(ARC, "sensor"), &sensor(), "201");
    let mut other = sensor();
    other["properties"]["extensionType"] = json!("microsoft.policyinsights");
    check(&mut world, &extension(ARC, "sensor"), &other, "400 BadRequest");
    check(&mut world, &extension(ARC, "x"), &json!({ "properties": {} }), "400 BadRequest");
    check(&mut world, &extension(&ARC.replace("/arc", "/none"), "x"), &other, "404 ResourceNotFound");
    check(
        &mut world,
        &extension("Microsoft.Compute/virtualMachines/vm", "x"),
        &other,
        "501 NotImplementedByEmulator",
    );
    let older = extension(ARC, "sensor").replace("2024-11-01", "2024-07-01");
    check(&mut world, &older, &sensor(), "404 InvalidResourceType");
    let provider = format!("{SUBSCRIPTION}/providers/Microsoft.KubernetesConfiguration");
    world.plant(&provider, json!({ "registrationState": "NotRegistered" }));
    check(&mut world, &extension(ARC, "sensor"), &sensor(), "409 MissingSubscriptionRegistration");
}

#[test]
fn arc_clusters_can_be_read() {
    let mut world = fleet();
    let version = "?api-version=2024-01-01";
    let read = get(&mut world, &format!("{}{version}", cluster(ARC)));
    assert_eq!(
        (&read["name"], &read["properties"]["connectivityStatus"]),
        (&json!("arc"), &json!("Connected"))
    );
    let all = format!("{SUBSCRIPTION}/providers/Microsoft.Kubernetes/connectedClusters{version}");
    assert_eq!(get(&mut world, &all)["value"], json!([read]));
    let none = format!("{}{version}", cluster("Microsoft.Kubernetes/connectedClusters/none"));
    assert_eq!(in_words(&send(&mut world, Method::GET, &none, &Value::Null)), "404 ResourceNotFound");
}

#[test]
fn microsofts_extension_is_answered_as_published() {
    for (name, example) in examples("kubernetesconfiguration-2023-05-01") {
        let Some(wish) = example["parameters"].get("extension") else { continue };
        let mut world = fleet();
        let target = extension(ARC, "ClusterMonitor").replace("2024-11-01", "2023-05-01");
        let (status, made) = send(&mut world, Method::PUT, &target, wish);
        assert_eq!(status, 201, "{name}");
        let read = get(&mut world, &target);
        for (reply, status) in [(made, "201"), (read, "200")] {
            let expected = &example["responses"][status]["body"];
            for pointer in ["", "/systemData", "/properties"] {
                let fields = |value: &Value| -> Vec<String> {
                    value.pointer(pointer).and_then(Value::as_object).unwrap().keys().cloned().collect()
                };
                assert_eq!(fields(&reply), fields(expected), "{name} {status}: {pointer}");
            }
        }
    }
}

#[test]
fn microsofts_extensions_are_seeds() {
    for (name, example) in examples("kubernetesconfiguration-2023-05-01") {
        if name != "GetExtension.json" {
            continue;
        }
        let expected = &example["responses"]["200"]["body"];
        let id = expected["id"].as_str().unwrap();
        let cluster = json!({ "id": id.split("/providers/Microsoft.KubernetesConfiguration/").next() });
        let mut world = azure(Cloud::Public, &json!([cluster, example]));
        assert_eq!(&get(&mut world, &format!("{id}?api-version=2023-05-01")), expected, "{name}");
    }
}
