//! Virtual machines, scale sets and their extensions, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{
    SUBSCRIPTION, ask, azure, body, documents, examples, follow, get, header, in_words, send,
};
use crate::world::World;

const VERSION: &str = "api-version=2024-07-01";

fn compute(path: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/{path}")
}

fn url(path: &str) -> String {
    format!("{}?{VERSION}", compute(path))
}

fn machine(id: &str, system: &str) -> Value {
    json!({ "id": compute(id), "location": "West Europe",
        "properties": { "vmId": "1", "storageProfile": { "osDisk": { "osType": system } } } })
}

/// A running Linux machine, a stopped one, and a scale set of Windows.
fn data_center() -> World {
    let mut stopped = machine("virtualMachines/stopped", "Linux");
    let codes = ["ProvisioningState/succeeded", "PowerState/deallocated"].map(|code| json!({ "code": code }));
    stopped["properties"]["instanceView"] = json!({ "statuses": codes });
    let set = json!({ "id": compute("virtualMachineScaleSets/set"), "location": "westeurope",
        "properties": { "virtualMachineProfile": { "storageProfile": { "osDisk": { "osType": "Windows" } } } } });
    azure(Cloud::Public, &json!({ "resources": [machine("virtualMachines/vm", "Linux"), stopped, set] }))
}

fn agent(kind: &str) -> Value {
    json!({
        "location": "westeurope",
        "properties": {
            "publisher": "Microsoft.Azure.Monitor",
            "type": kind,
            "typeHandlerVersion": "1.36",
            "settings": { "a": 1 },
            "protectedSettings": { "key": "hunter2" },
        },
    })
}

fn fault(world: &mut World, host: &str, faults: &Value) {
    let id = format!("{}/providers/Emulator.Faults/extensions", compute(host));
    world.plant(&id, json!({ "value": faults }));
}

#[test]
fn a_machine_shows_its_view_when_asked() {
    let mut world = data_center();
    let plain = get(&mut world, &url("virtualMachines/vm"));
    assert_eq!(plain["type"], "Microsoft.Compute/virtualMachines");
    assert_eq!((&plain["name"], plain["properties"].get("instanceView")), (&json!("vm"), None));
    let expanded = get(&mut world, &format!("{}&$expand=instanceView", url("virtualMachines/vm")));
    let view = get(&mut world, &url("virtualMachines/vm/instanceView"));
    assert_eq!(expanded["properties"]["instanceView"], view);
    assert_eq!(
        (&view["osName"], &view["statuses"][1]["code"]),
        (&json!("ubuntu"), &json!("PowerState/running"))
    );
    let stopped = get(&mut world, &url("virtualMachines/stopped/instanceView"));
    assert_eq!(stopped["statuses"][1]["code"], "PowerState/deallocated");

    let check = |world: &mut World, target: &str, expected: &str| {
        assert_eq!(in_words(&send(world, Method::GET, target, &Value::Null)), expected, "{target}");
    };
    check(&mut world, &url("virtualMachines/none"), "404 ResourceNotFound");
    check(&mut world, &url("virtualMachines/none/instanceView"), "404 ResourceNotFound");
    check(&mut world, &url("virtualMachineScaleSets/none"), "404 ResourceNotFound");
    check(&mut world, &url("virtualMachines/none/extensions"), "404 ParentResourceNotFound");
    check(&mut world, &url("virtualMachines/vm/extensions/none"), "404 ResourceNotFound");
    check(
        &mut world,
        &format!("{}&$expand=other", url("virtualMachines/vm")),
        "501 NotImplementedByEmulator",
    );
    let put = send(&mut world, Method::PUT, &url("virtualMachines/vm"), &json!({}));
    assert_eq!(in_words(&put), "501 NotImplementedByEmulator");
}

#[test]
fn lists_have_pages() {
    let mut world = data_center();
    for number in 0..60 {
        let id = format!("virtualMachines/many{number}");
        world.plant(&compute(&id), machine(&id, "Windows"));
    }
    let elsewhere = compute("virtualMachines/other").replace("/rg/", "/rg2/");
    world.plant(&elsewhere, machine("virtualMachines/other", "Linux"));
    let count = |world: &mut World, first: String| {
        let (mut target, mut count, mut pages) = (first, 0, 0);
        loop {
            let page = get(world, &target);
            count += page["value"].as_array().map_or(0, Vec::len);
            pages += 1;
            match page["nextLink"].as_str() {
                Some(next) => next.trim_start_matches("https://localhost:1").clone_into(&mut target),
                None => return (count, pages),
            }
        }
    };
    assert_eq!(count(&mut world, url("virtualMachines")), (62, 2));
    let all = format!("{SUBSCRIPTION}/providers/Microsoft.Compute/virtualMachines?{VERSION}");
    assert_eq!(count(&mut world, all), (63, 2));
    assert_eq!(count(&mut world, url("virtualMachineScaleSets")), (1, 1));
}

#[test]
fn an_extension_is_made_changed_and_deleted() {
    let mut world = data_center();
    let before = documents(&mut world);
    let target = url("virtualMachines/vm/extensions/ama");
    let made = ask(&mut world, Method::PUT, &target, &[], &agent("AzureMonitorLinuxAgent"));
    assert_eq!((made.status, &body(&made)["properties"]["provisioningState"]), (201, &json!("Creating")));
    assert_eq!((header(&made, "azure-asyncnotification"), header(&made, "retry-after")), ("Enabled", "0"));
    let operation = header(&made, "azure-asyncoperation").to_owned();
    assert!(operation.len() > 2048, "as long as Azure's: {}", operation.len());
    assert!(operation.contains("/providers/Microsoft.Compute/locations/westeurope/operations/"));
    let status = body(&follow(&mut world, &operation));
    assert_eq!((&status["status"], &status["error"]), (&json!("Succeeded"), &Value::Null));

    let read = get(&mut world, &target);
    assert_eq!(read["properties"]["provisioningState"], "Succeeded");
    assert_eq!((read["properties"].get("instanceView"), &read["location"]), (None, &json!("westeurope")));
    let viewed = get(&mut world, &format!("{target}&$expand=instanceView"));
    assert_eq!(viewed["properties"]["instanceView"]["statuses"][0]["code"], "ProvisioningState/succeeded");
    assert_eq!(get(&mut world, &url("virtualMachines/vm/extensions"))["value"], json!([read]));
    let machine = get(&mut world, &format!("{}&$expand=instanceView", url("virtualMachines/vm")));
    assert_eq!(machine["resources"], json!([read]));
    let handlers = &machine["properties"]["instanceView"]["vmAgent"]["extensionHandlers"];
    assert_eq!(handlers[0]["type"], "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent");
    let everything = format!("{:?}", documents(&mut world));
    assert!(!everything.contains("hunter2"), "protected settings are kept nowhere");
    let id = compute("virtualMachines/vm/extensions/ama");
    assert!(crate::operations::got_secret(&world.store, &id, &json!({ "key": "hunter2" })));

    let change = json!({ "properties": { "settings": { "b": 2 } }, "tags": { "t": "1" } });
    let (status, changed) = send(&mut world, Method::PATCH, &target, &change);
    assert_eq!((status, &changed["properties"]["provisioningState"]), (200, &json!("Updating")));
    let read = get(&mut world, &target);
    assert_eq!((&read["properties"]["settings"], &read["tags"]), (&json!({ "b": 2 }), &json!({ "t": "1" })));
    assert_eq!(read["properties"]["type"], "AzureMonitorLinuxAgent");
    let (status, _) = send(&mut world, Method::PUT, &target, &agent("AzureMonitorLinuxAgent"));
    assert_eq!(status, 200);

    let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
    assert_eq!((gone.status, gone.body.len()), (202, 0));
    let location = header(&gone, "location").to_owned();
    assert!(location.ends_with("&monitor=true"));
    assert_eq!(follow(&mut world, &location).status, 204);
    assert_eq!(body(&follow(&mut world, header(&gone, "azure-asyncoperation")))["status"], "Succeeded");
    assert_eq!(send(&mut world, Method::DELETE, &target, &Value::Null).0, 204);
    assert_eq!(documents(&mut world), before);
}

#[test]
fn an_operation_takes_the_time_that_a_test_says() {
    let mut world = data_center();
    world.delays.operation = Duration::from_mins(1);
    world.delays.operation_retry_after = 5;
    let target = url("virtualMachines/vm/extensions/ama");
    let made = ask(&mut world, Method::PUT, &target, &[], &agent("AzureMonitorLinuxAgent"));
    let operation = header(&made, "azure-asyncoperation").to_owned();
    let poll = follow(&mut world, &operation);
    assert_eq!((header(&poll, "retry-after"), &body(&poll)["status"]), ("5", &json!("InProgress")));
    assert_eq!(get(&mut world, &target)["properties"]["provisioningState"], "Creating");
    world.clock.advance(Duration::from_secs(61));
    let poll = follow(&mut world, &operation);
    assert_eq!((header(&poll, "retry-after"), &body(&poll)["status"]), ("", &json!("Succeeded")));
    assert_eq!(body(&poll)["endTime"], "2026-11-22T00:01:01.0000000Z");

    let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
    let location = header(&gone, "location").to_owned();
    assert_eq!(follow(&mut world, &location).status, 202);
    assert_eq!(get(&mut world, &target)["properties"]["provisioningState"], "Deleting");
    // Whoever asks for something else meanwhile gets that, and the first operation fails.
    let again = ask(&mut world, Method::PUT, &target, &[], &agent("AzureMonitorLinuxAgent"));
    assert_eq!(again.status, 200);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(follow(&mut world, &location).status, 409);
    let poll = body(&follow(&mut world, header(&gone, "azure-asyncoperation")));
    assert_eq!((&poll["status"], &poll["error"]["code"]), (&json!("Failed"), &json!("OperationPreempted")));
    assert_eq!(get(&mut world, &target)["properties"]["provisioningState"], "Succeeded");

    let cut = operation.split("&c=").next().unwrap_or_default().to_owned();
    assert_eq!(follow(&mut world, &cut).status, 501, "a URL is followed as it is");
}

#[test]
fn an_extension_fails_with_what_its_agent_says() {
    let mut world = data_center();
    let target = url("virtualMachines/vm/extensions/ama");
    let faults = json!([
        { "type": "Other", "message": "other" },
        { "publisher": "microsoft.azure.monitor", "type": "AzureMonitorLinuxAgent", "message": "no disk space" },
        { "name": "AMA", "on": "delete", "code": "VMExtensionHandlerNonTransientError", "message": "stuck" },
    ]);
    fault(&mut world, "virtualMachines/vm", &faults);
    let made = ask(&mut world, Method::PUT, &target, &[], &agent("AzureMonitorLinuxAgent"));
    assert_eq!(made.status, 201);
    let status = body(&follow(&mut world, header(&made, "azure-asyncoperation")));
    assert_eq!(
        (&status["status"], &status["error"]["code"]),
        (&json!("Failed"), &json!("VMExtensionProvisioningError"))
    );
    assert!(status["error"]["message"].as_str().unwrap_or_default().contains("'no disk space'"));
    let viewed = get(&mut world, &format!("{target}&$expand=instanceView"));
    assert_eq!(viewed["properties"]["provisioningState"], "Failed");
    assert_eq!(viewed["properties"]["instanceView"]["statuses"][0]["message"], "no disk space");

    let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
    assert_eq!(follow(&mut world, header(&gone, "location")).status, 409);
    assert_eq!(get(&mut world, &target)["properties"]["provisioningState"], "Failed");
    fault(&mut world, "virtualMachines/vm", &json!([]));
    let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
    assert_eq!(follow(&mut world, header(&gone, "location")).status, 204);
}

#[test]
fn what_azure_refuses_of_an_extension() {
    let mut world = data_center();
    let linux = agent("AzureMonitorLinuxAgent");
    let (status, _) = send(&mut world, Method::PUT, &url("virtualMachines/vm/extensions/ama"), &linux);
    assert_eq!(status, 201);
    let mut check = |method: Method, path: &str, body: &Value, expected: &str, inner: Option<&str>| {
        let answer = send(&mut world, method, &url(path), body);
        assert_eq!(in_words(&answer), expected, "{path} {body}: {}", answer.1);
        assert_eq!(answer.1["error"]["innererror"]["internalErrorCode"].as_str(), inner, "{path}");
    };
    let doubled = Some("MultipleExtensionsPerHandlerNotAllowed");
    check(Method::PUT, "virtualMachines/vm/extensions/second", &linux, "400 BadRequest", doubled);
    check(Method::PUT, "virtualMachines/vm/extensions/other", &agent("Other"), "201", None);
    check(
        Method::PUT,
        "virtualMachines/vm/extensions/ama",
        &agent("Other"),
        "409 PropertyChangeNotAllowed",
        None,
    );
    let stopped = Some("CannotModifyExtensionsWhenVMNotRunning");
    let on_stopped = "virtualMachines/stopped/extensions/ama";
    check(Method::PUT, on_stopped, &linux, "409 OperationNotAllowed", stopped);
    check(Method::DELETE, on_stopped, &Value::Null, "204", None);
    check(Method::PUT, "virtualMachines/none/extensions/ama", &linux, "404 ParentResourceNotFound", None);
    check(Method::PATCH, "virtualMachines/vm/extensions/none", &linux, "404 ResourceNotFound", None);
    let without = |pointer: &str, field: &str| {
        let mut body = linux.clone();
        body.pointer_mut(pointer).and_then(Value::as_object_mut).and_then(|fields| fields.remove(field));
        body
    };
    let fresh = "virtualMachines/vm/extensions/fresh";
    check(Method::PUT, fresh, &without("", "location"), "400 LocationRequired", None);
    check(Method::PUT, fresh, &without("/properties", "publisher"), "400 InvalidParameter", None);
    check(Method::PUT, fresh, &without("/properties", "typeHandlerVersion"), "400 InvalidParameter", None);
    check(Method::POST, fresh, &linux, "501 NotImplementedByEmulator", None);
}

#[test]
fn who_may_only_read_changes_nothing() {
    let mut world = data_center();
    let permissions = json!({ "value": [{ "actions": ["*/read"], "notActions": [] }] });
    world.plant(&format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions"), permissions);
    let target = url("virtualMachines/vm/extensions/ama");
    let (status, refused) = send(&mut world, Method::PUT, &target, &agent("AzureMonitorLinuxAgent"));
    let message = refused["error"]["message"].as_str().unwrap_or_default();
    assert!(
        status == 403 && message.contains("'Microsoft.Compute/virtualMachines/extensions/write'"),
        "{message}"
    );
    get(&mut world, &url("virtualMachines/vm/instanceView"));
}

#[test]
fn a_scale_set_has_only_the_model_of_its_extensions() {
    let mut world = data_center();
    let target = url("virtualMachineScaleSets/set/extensions/ama");
    let made = ask(&mut world, Method::PUT, &target, &[], &agent("AzureMonitorWindowsAgent"));
    assert_eq!(made.status, 201);
    assert_eq!(body(&follow(&mut world, header(&made, "azure-asyncoperation")))["status"], "Succeeded");
    let read = get(&mut world, &target);
    let fields: Vec<&String> = read.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "name", "properties", "type"]);
    assert_eq!(
        (&read["properties"]["provisioningState"], read["properties"].get("instanceView")),
        (&json!("Succeeded"), None)
    );
    let listed = get(&mut world, &url("virtualMachineScaleSets/set/extensions"));
    let profile = get(&mut world, &url("virtualMachineScaleSets/set"))["properties"]["virtualMachineProfile"]
        ["extensionProfile"]["extensions"]
        .clone();
    assert_eq!((&listed["value"], &profile), (&json!([read]), &json!([read])));
    let second = url("virtualMachineScaleSets/set/extensions/second");
    let refused = send(&mut world, Method::PUT, &second, &agent("AzureMonitorWindowsAgent"));
    assert_eq!(in_words(&refused), "400 BadRequest");
    assert!(refused.1["error"]["message"].as_str().unwrap_or_default().contains("'Windows'"));
    let gone = ask(&mut world, Method::DELETE, &target, &[], &Value::Null);
    assert_eq!(follow(&mut world, header(&gone, "location")).status, 204);
}

#[test]
fn replies_have_no_field_that_microsofts_examples_lack() {
    for (name, example) in examples("compute-2024-07-01") {
        let Some(wish) = example["parameters"].get("extensionParameters") else { continue };
        let kind =
            if name.contains("ScaleSet") { "virtualMachineScaleSets/set" } else { "virtualMachines/vm" };
        let mut world = data_center();
        let (_, reply) = send(&mut world, Method::PUT, &url(&format!("{kind}/extensions/e")), wish);
        let expected = &example["responses"]["201"]["body"];
        for pointer in ["", "/properties"] {
            let surplus: Vec<&String> = reply
                .pointer(pointer)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .filter(|field| expected.pointer(pointer).unwrap().get(field.as_str()).is_none())
                .collect();
            assert!(surplus.is_empty(), "{name}: {surplus:?}");
        }
        for (field, value) in wish["properties"].as_object().unwrap() {
            if !["protectedSettings", "instanceView"].contains(&field.as_str()) {
                assert_eq!(&reply["properties"][field], value, "{name}: {field}");
            }
        }
    }
}
