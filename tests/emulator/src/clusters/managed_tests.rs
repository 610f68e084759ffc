//! AKS clusters, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, ask, azure, body, examples, follow, get, header, in_words};
use crate::message::Answer;
use crate::world::World;

const CLUSTER: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/\
                       Microsoft.ContainerService/managedClusters/aks";

fn url() -> String {
    format!("{CLUSTER}?api-version=2024-09-01")
}

fn fleet() -> World {
    let cluster = json!({
        "id": CLUSTER,
        "location": "westeurope",
        "identity": { "type": "SystemAssigned", "principalId": "p" },
        "properties": {
            "fqdn": "aks.example",
            "dnsPrefix": "aks",
            "addonProfiles": { "azurepolicy": { "enabled": false } },
            "oddity": { "kept": [1, 2] },
        },
    });
    azure(Cloud::Public, &json!({ "resources": [cluster] }))
}

fn put(world: &mut World, headers: &[(&'static str, &str)], cluster: &Value) -> Answer {
    ask(world, Method::PUT, &url(), headers, cluster)
}

fn words(answer: &Answer) -> String {
    in_words(&(answer.status, body(answer)))
}

#[test]
fn a_cluster_is_read_changed_and_put_back() {
    let mut world = fleet();
    let read = ask(&mut world, Method::GET, &url(), &[], &Value::Null);
    let mut cluster = body(&read);
    let tag = cluster["eTag"].as_str().unwrap().to_owned();
    assert_eq!(header(&read, "etag"), format!("\"{tag}\""));
    assert!(cluster["id"].as_str().unwrap().contains("/resourcegroups/rg/"), "AKS's own spelling");
    cluster["properties"]["securityProfile"] =
        json!({ "defender": { "securityMonitoring": { "enabled": true } } });
    cluster["properties"]["addonProfiles"] = json!({ "azurePolicy": { "enabled": true } });
    cluster["properties"].as_object_mut().unwrap().remove("fqdn");
    let answer = put(&mut world, &[("if-match", &tag)], &cluster);
    assert_eq!((answer.status, &body(&answer)["properties"]["provisioningState"]), (200, &json!("Updating")));
    let operation = header(&answer, "azure-asyncoperation").to_owned();
    assert!(operation.contains("/providers/Microsoft.ContainerService/locations/westeurope/operations/"));
    assert_eq!(body(&follow(&mut world, &operation))["status"], "Succeeded");
    let now = get(&mut world, &url());
    assert_eq!(
        now["properties"]["addonProfiles"],
        json!({ "azurepolicy": { "enabled": true } }),
        "as it was spelt"
    );
    assert_eq!(now["properties"]["oddity"], json!({ "kept": [1, 2] }));
    assert_eq!(
        (&now["properties"]["fqdn"], &now["identity"]["principalId"]),
        (&json!("aks.example"), &json!("p"))
    );
    assert_ne!(now["eTag"], json!(tag));
    let all =
        format!("{SUBSCRIPTION}/providers/Microsoft.ContainerService/managedClusters?api-version=2025-01-01");
    assert_eq!(get(&mut world, &all)["value"], json!([now]));

    assert_eq!(words(&put(&mut world, &[("if-match", &tag)], &cluster)), "412 PreconditionFailed");
    assert_eq!(words(&put(&mut world, &[("if-none-match", "*")], &cluster)), "412 PreconditionFailed");
    assert_eq!(put(&mut world, &[("if-match", "*")], &cluster).status, 200);
}

#[test]
fn one_operation_runs_at_a_time() {
    let mut world = fleet();
    world.delays.operation = Duration::from_mins(5);
    let cluster = get(&mut world, &url());
    assert_eq!(put(&mut world, &[], &cluster).status, 200);
    assert_eq!(words(&put(&mut world, &[], &cluster)), "409 OperationNotAllowed");
    world.clock.advance(Duration::from_mins(6));
    assert_eq!(put(&mut world, &[], &cluster).status, 200);
}

#[test]
fn a_put_fails_as_a_test_says() {
    let mut world = fleet();
    let kind = "Microsoft.ContainerService/managedClusters";
    let fault = json!({ "type": kind, "code": "OverconstrainedAllocationRequest", "message": "no nodes" });
    let faults = json!({ "value": [fault] });
    world.plant(&format!("{CLUSTER}/providers/Emulator.Faults/extensions"), faults);
    let cluster = get(&mut world, &url());
    let answer = put(&mut world, &[], &cluster);
    let status = body(&follow(&mut world, header(&answer, "azure-asyncoperation")));
    assert_eq!((&status["status"], &status["error"]["message"]), (&json!("Failed"), &json!("no nodes")));
    assert_eq!(get(&mut world, &url())["properties"]["provisioningState"], "Failed");
    let patched = ask(&mut world, Method::PATCH, &url(), &[], &json!({ "tags": {} }));
    assert_eq!(words(&patched), "501 NotImplementedByEmulator");
    assert_eq!(words(&put(&mut world, &[], &json!({ "properties": {} }))), "400 LocationRequired");
}

#[test]
fn microsofts_cluster_is_kept_as_it_was_sent() {
    for (name, example) in examples("containerservice-2024-09-01") {
        let mut world = azure(Cloud::Public, &json!([]));
        let sent = &example["parameters"]["parameters"];
        assert_eq!(put(&mut world, &[("if-none-match", "*")], sent).status, 201, "{name}");
        let read = get(&mut world, &url());
        for (field, value) in sent["properties"].as_object().unwrap() {
            assert_eq!(&read["properties"][field], value, "{name}: {field}");
        }
    }
}
