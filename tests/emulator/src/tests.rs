//! The emulator from outside, over https: what a client, a test and a fault see.

use std::time::Duration;

use reqwest::{Certificate, Client, Method, Response};
use serde_json::{Value, json};

use crate::{Disconnect, Emulator, Fault, Options};

const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

/// A client with a token of one emulator.
struct Caller {
    client: Client,
    origin: String,
    token: String,
}

impl Caller {
    async fn new(emulator: &Emulator) -> Self {
        let ready = emulator.ready();
        let authority = Certificate::from_pem(&std::fs::read(&ready.ca_certificate).unwrap()).unwrap();
        let client = Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
        let mut caller = Self { client, origin: ready.resource_manager.clone(), token: String::new() };
        let (status, body) = caller.log_in(emulator, &ready.client_id, &ready.client_secret).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().clone_into(&mut caller.token);
        caller
    }

    async fn log_in(&self, emulator: &Emulator, client_id: &str, client_secret: &str) -> (u16, Value) {
        let form = format!(
            "grant_type=client_credentials&client_id={client_id}&client_secret={client_secret}&scope={}/.default",
            self.origin
        );
        let url = format!("{}/{}/oauth2/v2.0/token", self.origin, emulator.ready().tenant_id);
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        read(request.body(form).send().await.unwrap()).await
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Response, reqwest::Error> {
        let request = self.client.request(method, format!("{}{path}", self.origin)).bearer_auth(&self.token);
        let request = request.header("content-type", "application/json");
        if body.is_null() { request.send().await } else { request.body(body.to_string()).send().await }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        read(self.send(Method::GET, path, &Value::Null).await.unwrap()).await
    }

    async fn enable(&self, plan: &str) -> Result<Response, reqwest::Error> {
        self.send(Method::PUT, &pricing(plan), &json!({ "properties": { "pricingTier": "Standard" } })).await
    }
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn pricing(plan: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{plan}?api-version=2024-01-01")
}

fn tier(emulator: &Emulator, plan: &str) -> Value {
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{plan}");
    emulator.resource(&id).unwrap()["properties"]["pricingTier"].clone()
}

#[tokio::test]
async fn a_client_logs_in_writes_and_reads() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let caller = Caller::new(&emulator).await;
    let put = caller.enable("Arm").await.unwrap();
    assert_eq!(put.headers()["x-ms-ratelimit-remaining-subscription-resource-requests"], "249");
    assert!(put.headers().contains_key("x-ms-request-id"));
    let (status, body) = caller.get(&pricing("Arm")).await;
    assert_eq!((status, &body["properties"]["subPlan"]), (200, &json!("PerSubscription")));

    let seen: Vec<(String, u16)> =
        emulator.requests().into_iter().map(|request| (request.method, request.status)).collect();
    assert_eq!(seen, [("POST".to_owned(), 200), ("PUT".to_owned(), 200), ("GET".to_owned(), 200)]);
    assert!(emulator.requests().iter().all(|request| !request.headers.contains_key("authorization")));
}

#[tokio::test]
async fn who_may_not_in_is_told_so() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let mut caller = Caller::new(&emulator).await;
    let (status, body) = caller.log_in(&emulator, &emulator.ready().client_id, "wrong").await;
    assert_eq!((status, &body["error_codes"]), (401, &json!([7_000_215])));
    let (status, body) = caller.log_in(&emulator, "wrong", "wrong").await;
    assert_eq!((status, &body["error_codes"]), (400, &json!([700_016])));

    emulator.advance(Duration::from_hours(2));
    let (status, body) = caller.get(&pricing("Arm")).await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("ExpiredAuthenticationToken")));
    "a.b.c".clone_into(&mut caller.token);
    let answer = caller.send(Method::GET, &pricing("Arm"), &Value::Null).await.unwrap();
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer "));
    assert_eq!(read(answer).await.1["error"]["code"], "InvalidAuthenticationToken");
}

#[tokio::test]
async fn faults_disturb_answers_and_not_more_than_they_say() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let caller = Caller::new(&emulator).await;
    let on = |plan: &str| Fault { path: Some(format!("/pricings/{plan}?")), ..Fault::default() };

    emulator.add_fault(Fault { status: Some(503), body: Some(json!("busy")), ..on("Arm") });
    let answer = caller.enable("Arm").await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (503, "busy"));
    assert_eq!(tier(&emulator, "Arm"), "Free");
    assert_eq!(caller.enable("Arm").await.unwrap().status(), 200, "once means once");

    emulator.add_fault(Fault { status: Some(500), apply: true, ..on("CosmosDbs") });
    assert_eq!(caller.enable("CosmosDbs").await.unwrap().status(), 500);
    assert_eq!(tier(&emulator, "CosmosDbs"), "Standard");

    emulator.add_fault(Fault { truncate: Some(10), ..on("Arm") });
    let cut = caller.send(Method::GET, &pricing("Arm"), &Value::Null).await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.bytes().await.is_err());

    // For ever, since an HTTP client may try again by itself where a connection ends without an answer.
    for (when, plan, expected) in
        [(Disconnect::Before, "SqlServers", "Free"), (Disconnect::After, "Containers", "Standard")]
    {
        emulator.add_fault(Fault { drop: Some(when), times: 0, ..on(plan) });
        assert!(caller.enable(plan).await.is_err());
        assert_eq!(tier(&emulator, plan), expected, "{when:?}");
    }
}

#[tokio::test]
async fn a_subscription_can_be_unknown_unregistered_or_read_only() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let caller = Caller::new(&emulator).await;
    let check = async |path: &str, status: u16, code: &str| {
        let (answered, body) = caller.get(path).await;
        assert_eq!((answered, body["error"]["code"].as_str()), (status, Some(code)), "{path}");
    };
    check(&pricing("Arm").replace("0001/", "0002/"), 404, "SubscriptionNotFound").await;
    check("/subscriptions?api-version=1999-01-01", 400, "InvalidApiVersionParameter").await;
    check("/subscriptions?api-version=2024-01-01", 404, "InvalidResourceType").await;
    check("/subscriptions", 400, "MissingApiVersionParameter").await;
    check("/providers/Microsoft.Nobody/things?api-version=2024-01-01", 501, "NotImplementedByEmulator").await;

    let provider = format!("{SUBSCRIPTION}/providers/Microsoft.Security");
    emulator.put_resource(
        &provider,
        json!({ "namespace": "Microsoft.Security", "registrationState": "NotRegistered" }),
    );
    check(&pricing("Arm"), 404, "Subscription Not Registered").await;
    let register = format!("{provider}/register?api-version=2021-04-01");
    assert_eq!(caller.send(Method::POST, &register, &Value::Null).await.unwrap().status(), 200);
    let mut states = Vec::new();
    for _ in 0..3 {
        let (_, body) = caller.get(&format!("{provider}?api-version=2021-04-01")).await;
        states.push(body["registrationState"].as_str().unwrap().to_owned());
    }
    assert_eq!(states, ["Registering", "Registering", "Registered"]);

    emulator.put_resource(SUBSCRIPTION, json!({ "state": "Disabled" }));
    assert_eq!(caller.get(&pricing("Arm")).await.0, 200);
    let refused = caller.enable("Arm").await.unwrap();
    assert_eq!(read(refused).await.1["error"]["code"], "ReadOnlyDisabledSubscription");
    emulator.put_resource(SUBSCRIPTION, json!({ "state": "Enabled" }));

    let permissions = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions");
    emulator.put_resource(&permissions, json!({ "value": [{ "actions": ["*/read"], "notActions": [] }] }));
    assert_eq!(caller.get(&pricing("Arm")).await.0, 200);
    assert_eq!(caller.enable("Arm").await.unwrap().status(), 403);
}

#[tokio::test]
async fn the_control_endpoint_serves_other_processes() {
    let emulator = Emulator::start(Options { http: true, ..Options::default() }).unwrap();
    let control = &emulator.ready().control;
    let client = Client::builder().no_proxy().build().unwrap();
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/Arm");
    let url = format!("{control}/resources?id={id}");
    let document = json!({ "properties": { "pricingTier": "Standard" } });
    assert_eq!(client.put(&url).body(document.to_string()).send().await.unwrap().status(), 204);
    assert_eq!(read(client.get(&url).send().await.unwrap()).await.1["properties"], document["properties"]);
    let (_, all) = read(client.get(format!("{control}/resources")).send().await.unwrap()).await;
    assert!(all.as_array().unwrap().iter().any(|document| document["id"] == id));
    let fault = client.post(format!("{control}/faults")).body(r#"{"status":500,"unknown":1}"#);
    assert_eq!(fault.send().await.unwrap().status(), 400);
    for (path, body) in [("faults", r#"{"status":418}"#), ("advance", r#"{"seconds":1}"#)] {
        assert_eq!(client.post(format!("{control}/{path}")).body(body).send().await.unwrap().status(), 204);
    }
    let delays = |body: &'static str| client.put(format!("{control}/delays")).body(body).send();
    assert_eq!(
        delays(r#"{"replication":30,"remediation_step":60,"operation_time":60,"operation_retry_after":5}"#)
            .await
            .unwrap()
            .status(),
        204
    );
    assert_eq!(delays(r#"{"replicated":30}"#).await.unwrap().status(), 400);
    let metadata = format!("{}/metadata/endpoints?api-version=2022-09-01", emulator.ready().resource_manager);
    assert_eq!(client.get(&metadata).send().await.unwrap().status(), 418);
    let (_, body) = read(client.get(&metadata).send().await.unwrap()).await;
    assert_eq!(body["resourceManager"], format!("{}/", emulator.ready().resource_manager));
    let (_, log) = read(client.get(format!("{control}/requests")).send().await.unwrap()).await;
    let statuses: Vec<&Value> = log.as_array().unwrap().iter().map(|request| &request["status"]).collect();
    assert_eq!(statuses, [418, 200]);
}

#[tokio::test]
async fn an_operation_waits_for_the_test() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let machine = format!("{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm");
    emulator.put_resource(&machine, json!({ "location": "westeurope" }));
    emulator.set_operation_time(Duration::from_mins(10));
    emulator.set_operation_retry_after(7);
    let caller = Caller::new(&emulator).await;
    let extension = format!("{machine}/extensions/ama");
    let secret = json!({ "key": "hunter2" });
    let wish = json!({ "location": "westeurope", "properties": { "publisher": "P", "type": "T",
        "typeHandlerVersion": "1.0", "protectedSettings": secret } });
    let target = format!("{extension}?api-version=2024-11-01");
    let made = caller.send(Method::PUT, &target, &wish).await.unwrap();
    assert_eq!((made.status().as_u16(), made.headers()["retry-after"].to_str().unwrap()), (201, "7"));
    let operation = made.headers()["azure-asyncoperation"].to_str().unwrap().to_owned();
    let poll = operation.strip_prefix(&caller.origin).unwrap();
    assert_eq!(caller.get(poll).await.1["status"], "InProgress");
    let state = || emulator.resource(&extension).unwrap()["properties"]["provisioningState"].clone();
    assert_eq!(state(), "Creating");
    emulator.advance(Duration::from_mins(10));
    assert_eq!(state(), "Succeeded");
    assert_eq!(caller.get(poll).await.1["status"], "Succeeded");
    assert!(emulator.got_protected_settings(&extension, &secret));
    assert!(!emulator.got_protected_settings(&extension, &json!({})));
}

#[tokio::test]
async fn an_operation_outlives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let options = || Options {
        data_dir: Some(directory.path().to_owned()),
        operation_time: Duration::from_hours(1),
        ..Options::default()
    };
    let cluster =
        format!("{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Kubernetes/connectedClusters/k8s");
    let extension = format!("{cluster}/providers/Microsoft.KubernetesConfiguration/extensions/e");
    let state = |emulator: &Emulator| {
        emulator.resource(&extension).unwrap()["properties"]["provisioningState"].clone()
    };
    let emulator = Emulator::start(options()).unwrap();
    emulator.put_resource(&cluster, json!({}));
    let wish = json!({ "properties": { "extensionType": "microsoft.azuredefender.kubernetes" } });
    let target = format!("{extension}?api-version=2024-11-01");
    let made = Caller::new(&emulator).await.send(Method::PUT, &target, &wish).await.unwrap();
    assert_eq!((made.status().as_u16(), state(&emulator)), (201, json!("Creating")));
    drop(emulator);
    assert_eq!(
        state(&Emulator::start(options()).unwrap()),
        "Succeeded",
        "what began before this run is over"
    );
}

#[test]
fn documents_outlive_the_process_where_that_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let options = || Options { data_dir: Some(directory.path().to_owned()), ..Options::default() };
    let id = "/subscriptions/5/providers/Microsoft.Security/pricings/Arm";
    let document = json!({ "id": id, "properties": { "pricingTier": "Standard" } });
    Emulator::start(options()).unwrap().put_resource(id, document.clone());
    let again = Emulator::start(options()).unwrap();
    assert_eq!(again.resource(id), Some(document));
    assert!(again.ready().subscriptions.contains(&"5".to_owned()));
}
