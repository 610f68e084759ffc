//! Azure Arc machines and their extensions, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{
    SUBSCRIPTION, ask, azure, body, documents, examples, follow, get, header, in_words, send,
};
use crate::message::Answer;
use crate::world::World;

const MACHINE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/\
                       Microsoft.HybridCompute/machines/arc";

fn url(path: &str) -> String {
    format!("{MACHINE}{path}?api-version=2024-07-10")
}

fn machine(properties: &Value) -> Value {
    json!({ "id": MACHINE, "location": "westeurope", "properties": properties })
}

fn site(properties: &Value) -> World {
    azure(Cloud::Public, &json!({ "resources": [machine(properties)] }))
}

fn agent(kind: &str) -> Value {
    json!({
        "location": "westeurope",
        "properties": {
            "publisher": "Microsoft.Azure.Monitor",
            "type": kind,
            "settings": { "a": 1 },
            "protectedSettings": { "key": "hunter2" },
        },
    })
}

fn put(world: &mut World, name: &str, wish: &Value) -> Answer {
    ask(world, Method::PUT, &url(&format!("/extensions/{name}")), &[], wish)
}

fn poll(world: &mut World, answer: &Answer) -> Value {
    let url = header(answer, "azure-asyncoperation").to_owned();
    body(&follow(world, &url))
}

#[test]
fn a_machine_and_its_extensions_come_and_go() {
    let mut world = site(&json!({ "osType": "linux" }));
    let before = documents(&mut world);
    let made = put(&mut world, "ama", &agent("AzureMonitorLinuxAgent"));
    assert_eq!((made.status, made.body.len(), header(&made, "retry-after")), (202, 0, "0"));
    assert!(header(&made, "azure-asyncoperation").contains("/locations/westeurope/operationstatus/"));
    let status = poll(&mut world, &made);
    assert_eq!((&status["status"], &status["properties"]["name"]), (&json!("Succeeded"), &json!("ama")));
    let location = header(&made, "location").to_owned();
    assert!(location.contains("/operationresults/") && location.len() > 2048);
    assert_eq!(follow(&mut world, &location).status, 200);

    let read = get(&mut world, &url("/extensions/ama"));
    let properties = &read["properties"];
    assert_eq!(
        (&properties["provisioningState"], &properties["typeHandlerVersion"], &properties["settings"]),
        (&json!("Succeeded"), &json!("1.0.0.0"), &json!({ "a": 1 }))
    );
    assert_eq!(properties["instanceView"]["status"]["level"], "Information");
    assert_eq!(get(&mut world, &url("/extensions"))["value"], json!([read]));
    let expanded = get(&mut world, &format!("{}&$expand=instanceView", url("")));
    assert_eq!(expanded["properties"]["extensions"], json!([properties["instanceView"]]));
    assert_eq!(
        (&expanded["properties"]["status"], &expanded["resources"]),
        (&json!("Connected"), &json!([read]))
    );
    let all = format!("{SUBSCRIPTION}/providers/Microsoft.HybridCompute/machines?api-version=2025-01-13");
    let listed = get(&mut world, &all);
    assert_eq!(
        (&listed["value"][0]["name"], listed["value"][0]["properties"].get("extensions")),
        (&json!("arc"), None)
    );
    assert!(!format!("{:?}", documents(&mut world)).contains("hunter2"));

    let change = json!({ "properties": { "typeHandlerVersion": "1.36", "settings": { "b": 2 } } });
    let changed = ask(&mut world, Method::PATCH, &url("/extensions/ama"), &[], &change);
    assert_eq!((changed.status, changed.body.len()), (202, 0));
    let read = get(&mut world, &url("/extensions/ama"));
    assert_eq!(read["properties"]["typeHandlerVersion"], "1.36.0.0");
    assert_eq!(read["properties"]["settings"], json!({ "b": 2 }));

    let gone = ask(&mut world, Method::DELETE, &url("/extensions/ama"), &[], &Value::Null);
    assert_eq!((gone.status, &poll(&mut world, &gone)["status"]), (202, &json!("Succeeded")));
    assert_eq!(send(&mut world, Method::DELETE, &url("/extensions/ama"), &Value::Null).0, 204);
    assert_eq!(documents(&mut world), before);
}

#[test]
fn one_of_a_type_is_in_progress_at_a_time() {
    let mut world = site(&json!({}));
    world.delays.operation = Duration::from_mins(2);
    let made = put(&mut world, "ama", &agent("AzureMonitorLinuxAgent"));
    assert_eq!(poll(&mut world, &made)["status"], "Queued");
    world.clock.advance(Duration::from_mins(1));
    let status = poll(&mut world, &made);
    assert_eq!(
        (&status["status"], &status["properties"]["properties"]["provisioningState"]),
        (&json!("InProgress"), &json!("Creating"))
    );
    for name in ["ama", "other"] {
        let refused = put(&mut world, name, &agent("azuremonitorLinuxAgent"));
        assert_eq!(in_words(&(refused.status, body(&refused))), "409 HCRP409", "{name}");
    }
    assert_eq!(put(&mut world, "mde", &agent("Another")).status, 202);
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(put(&mut world, "ama", &agent("AzureMonitorLinuxAgent")).status, 202);
}

#[test]
fn a_disconnected_machine_keeps_everybody_waiting() {
    let mut world = site(&json!({ "status": "Disconnected" }));
    let made = put(&mut world, "ama", &agent("AzureMonitorLinuxAgent"));
    world.clock.advance(Duration::from_mins(30));
    assert_eq!(poll(&mut world, &made)["status"], "InProgress");
    assert_eq!(get(&mut world, &url("/extensions/ama"))["properties"]["provisioningState"], "Creating");
    world.plant(MACHINE, machine(&json!({ "status": "Connected" })));
    assert_eq!(poll(&mut world, &made)["status"], "Succeeded");
    assert_eq!(get(&mut world, &url("/extensions/ama"))["properties"]["provisioningState"], "Succeeded");
}

#[test]
fn what_the_agent_or_azure_refuses() {
    let mut world = site(&json!({ "agentConfiguration": { "configMode": "monitor" } }));
    let made = put(&mut world, "ama", &agent("AzureMonitorLinuxAgent"));
    let status = poll(&mut world, &made);
    assert_eq!(
        (&status["status"], &status["error"]["code"]),
        (&json!("Failed"), &json!("ExtensionNotAllowed"))
    );
    let read = get(&mut world, &url("/extensions/ama"));
    assert_eq!(read["properties"]["provisioningState"], "Failed");
    assert_eq!(read["properties"]["instanceView"]["status"]["message"], status["error"]["message"]);

    let mut world = site(&json!({}));
    let faults = json!({ "value": [{ "type": "AzureMonitorLinuxAgent", "message": "exit code 52" }] });
    world.plant(&format!("{SUBSCRIPTION}/providers/Emulator.Faults/extensions"), faults);
    let made = put(&mut world, "ama", &agent("AzureMonitorLinuxAgent"));
    assert_eq!(poll(&mut world, &made)["error"]["message"], "exit code 52");
    let location = header(&made, "location").to_owned();
    assert_eq!(follow(&mut world, &location).status, 409);

    let check = |world: &mut World, path: &str, wish: &Value, expected: &str| {
        let answer = ask(world, Method::PUT, &url(path), &[], wish);
        assert_eq!(in_words(&(answer.status, body(&answer))), expected, "{path} {wish}");
    };
    check(&mut world, "/extensions/x", &json!({ "properties": {} }), "400 LocationRequired");
    check(&mut world, "/extensions/x", &json!({ "location": "l", "properties": {} }), "400 InvalidParameter");
    let mut wish = agent("X");
    wish["properties"]["settings"] = json!("text");
    check(&mut world, "/extensions/x", &wish, "400 InvalidRequestContent");
    check(&mut world, "", &agent("X"), "501 NotImplementedByEmulator");
    world.store.delete(MACHINE);
    check(&mut world, "/extensions/x", &agent("X"), "404 ParentResourceNotFound");
}

#[test]
fn microsofts_extensions_are_answered_as_published() {
    for (name, example) in examples("hybridcompute-2024-07-10") {
        let Some(wish) = example["parameters"].get("extensionParameters") else { continue };
        let mut world = site(&json!({}));
        let mut first = wish.clone();
        first["location"] = json!("eastus2euap");
        assert_eq!(put(&mut world, "CustomScriptExtension", &first).status, 202, "{name}");
        let patched = ask(&mut world, Method::PATCH, &url("/extensions/CustomScriptExtension"), &[], wish);
        assert_eq!(patched.status, 202, "{name}");
        let read = get(&mut world, &url("/extensions/CustomScriptExtension"));
        let expected = &example["responses"]["200"]["body"];
        for pointer in ["", "/properties", "/properties/instanceView", "/properties/instanceView/status"] {
            let fields = |value: &Value| -> Vec<String> {
                let fields = value.pointer(pointer).and_then(Value::as_object).unwrap().keys();
                fields.filter(|field| *field != "protectedSettings").cloned().collect()
            };
            assert_eq!(fields(&read), fields(expected), "{name}: {pointer}");
        }
    }
}
