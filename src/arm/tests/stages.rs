//! Ids, tokens, redirects, lists, registration: what happens around one exchange.
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::arm::testing::{SUBSCRIPTION, Script, Step, answer, call, refusal, reply, settings, text};
use crate::arm::{CloudName, CloudSource, ErrorKind, Request, Settings};

const PRICINGS: &str = "/providers/Microsoft.Security/pricings";

fn list() -> Request {
    Request::get(format!("{SUBSCRIPTION}{PRICINGS}"), "2024-01-01").act("reading the Defender plans")
}

#[tokio::test(start_paused = true)]
async fn a_request_on_the_wire() {
    let script = Script::of([Step::Answer(reply(200, &[("x-ms-request-id", "r-1")], &json!({"a": 1})))]);
    let request =
        Request::put("/subscriptions/s/a b", "2024-01-01", json!({"b": 2})).query("$filter", "x eq 'y&z'");
    let response = script.client().send(request, &call(60)).await.unwrap();
    assert_eq!(
        (response.status, response.body, response.request_id.as_deref()),
        (200, json!({"a": 1}), Some("r-1"))
    );
    let wire = &script.sent()[0];
    assert_eq!(
        wire.url.as_str(),
        "https://arm.test/subscriptions/s/a%20b?api-version=2024-01-01&%24filter=x+eq+%27y%26z%27"
    );
    assert_eq!(wire.body.as_deref(), Some(&b"{\"b\":2}"[..]));
    assert_eq!(wire.headers["authorization"], "Bearer token-1");
    assert_eq!(wire.headers["content-type"], "application/json");
    for name in ["x-ms-client-request-id", "x-ms-correlation-request-id"] {
        assert_eq!(wire.headers[name].len(), 36, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn answers_without_a_body() {
    let script = Script::of([Step::Answer(text(204, &[], "")), Step::Answer(text(200, &[], ""))]);
    let client = script.client();
    for status in [204, 200] {
        let response = client.send(Request::delete("/subscriptions/s", "1"), &call(60)).await.unwrap();
        assert_eq!((response.status, response.body), (status, Value::Null));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once() {
    let script = Script::of([refusal(401, "ExpiredAuthenticationToken", "old"), answer(200, &json!({}))]);
    script.client().send(list(), &call(60)).await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(|wire| wire.headers["authorization"].clone()).collect();
    assert_eq!(sent, ["Bearer token-1", "Bearer token-2"]);

    let challenge = [("www-authenticate", "Bearer error=\"insufficient_claims\", claims=\"eyJ9\"")];
    let body = json!({"error": {"code": "InvalidAuthenticationToken", "message": "Continuous access."}});
    let script = Script::of(vec![Step::Answer(reply(401, &challenge, &body)); 2]);
    let error = script.client().send(list(), &call(60)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), script.sent().len()),
        (&ErrorKind::Credentials, Some("InvalidAuthenticationToken"), 2)
    );
    assert!(error.message().contains("further claims"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_not_followed() {
    let script = Script::of([Step::Answer(text(307, &[("location", "https://evil.test/x?secret=1")], ""))]);
    let error = script.client().send(list(), &call(60)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Protocol);
    assert_eq!(error.message(), "the answer is a redirect to evil.test, which is not followed");
}

async fn check_list(pages: Vec<Value>, expected: Result<usize, &str>) {
    let count = pages.len();
    let label = format!("{pages:?}");
    let script = Script::of(pages.iter().map(|page| answer(200, page)));
    match (script.client().list(list(), &call(60)).await, expected) {
        (Ok(items), Ok(expected)) => assert_eq!(items.len(), expected, "{label}"),
        (Err(error), Err(part)) => {
            assert!(error.message().contains(part) && *error.kind() == ErrorKind::Protocol, "{error}");
            assert!(error.act().contains("Defender plans"));
        }
        (found, _) => panic!("{label}: {found:?}"),
    }
    assert_eq!(script.sent().len(), count, "{label}");
}

#[tokio::test(start_paused = true)]
async fn lists_follow_their_links_on_the_same_host_only() {
    check_list(vec![json!({"value": [1, 2]})], Ok(2)).await;
    check_list(vec![json!([1, 2, 3])], Ok(3)).await;
    check_list(vec![json!({"value": [], "nextLink": null})], Ok(0)).await;
    check_list(vec![json!({"value": [1], "nextLink": ""})], Ok(1)).await;
    let first = json!({"value": [1], "nextLink": "https://arm.test:443/x?$skiptoken=2"});
    check_list(vec![first.clone(), json!({"value": [2]})], Ok(2)).await;
    check_list(vec![first.clone(), first], Err("back to a page already read")).await;
    for host in [
        "https://evil.test/x",
        "http://arm.test/x",
        "https://arm.test:8443/x",
        "https://arm.test@evil.test/x",
    ] {
        check_list(vec![json!({"value": [1], "nextLink": host})], Err("which gets no token")).await;
    }
    check_list(vec![json!({"items": []})], Err("no array")).await;
    check_list(vec![json!("text")], Err("no array")).await;
}

const UNREGISTERED: &str = "Please register to Microsoft.Security in order to view your security status";

#[tokio::test(start_paused = true)]
async fn registering_is_for_the_user_unless_they_asked_for_it() {
    let script = Script::of([refusal(404, "Subscription Not Registered", UNREGISTERED)]);
    let error = script.client().send(list(), &call(60)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotRegistered { namespace: "Microsoft.Security".to_owned() });
    assert!(
        error
            .message()
            .contains("az provider register --namespace Microsoft.Security --subscription 0a1b2c3d-0000"),
        "{error}"
    );
    assert!(error.message().contains("register_provider = true"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn registering_is_done_once_and_waited_for() {
    let state = |state: &str| answer(200, &json!({"registrationState": state}));
    let unregistered = || refusal(404, "Subscription Not Registered", UNREGISTERED);
    let script = Script::of([
        unregistered(),
        unregistered(),
        state("Registering"),
        state("Registering"),
        state("Registered"),
        answer(200, &json!({"value": [1]})),
        answer(200, &json!({"value": [1]})),
    ]);
    let client = script.client_with(Settings { register_provider: true, ..settings() });
    let started = Instant::now();
    let call = call(60);
    let (first, second) = tokio::join!(client.list(list(), &call), client.list(list(), &call));
    assert_eq!((first.unwrap().len(), second.unwrap().len()), (1, 1));
    assert_eq!(started.elapsed(), Duration::from_secs(1 + 2 * 5));
    let sent: Vec<String> =
        script.sent().iter().map(|wire| format!("{} {}", wire.method, wire.url.path())).collect();
    let provider = format!("{SUBSCRIPTION}/providers/Microsoft.Security");
    assert_eq!(sent[2], format!("POST {provider}/register"));
    assert_eq!(sent[3..5], [format!("GET {provider}"), format!("GET {provider}")]);
}

#[tokio::test(start_paused = true)]
async fn registering_that_takes_too_long_says_so() {
    let registering = answer(200, &json!({"registrationState": "Registering"}));
    let mut steps = vec![refusal(409, "MissingSubscriptionRegistration", "")];
    steps.extend(vec![registering; 4]);
    let script = Script::of(steps);
    let client = script.client_with(Settings { register_provider: true, ..settings() });
    let error = client.send(list(), &call(17)).await.unwrap_err();
    assert!(error.act().starts_with("registering subscription 0a1b2c3d"), "{error}");
    assert_eq!(*error.kind(), ErrorKind::Timeout, "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_metadata_host_is_asked_once_and_not_before_it_is_needed() {
    let metadata = json!({
        "name": "AzureCloud",
        "resourceManager": "https://arm.test/",
        "authentication": {"loginEndpoint": "https://login.test/", "audiences": ["https://audience.test/"]},
    });
    let script = Script::of(vec![answer(200, &json!({})); 2]).with_tokens([answer(200, &metadata)]);
    let cloud = CloudSource::Metadata { host: "meta.test".to_owned(), expected: Some(CloudName::Public) };
    let client = script.client_with(Settings { cloud, ..settings() });
    assert!(script.tokens_sent().is_empty());
    for _ in 0..2 {
        client.send(list(), &call(60)).await.unwrap();
    }
    let sent: Vec<String> = script.tokens_sent().iter().map(|wire| wire.url.to_string()).collect();
    assert_eq!(
        sent,
        [
            "https://meta.test/metadata/endpoints?api-version=2022-09-01",
            "https://login.test/tenant/oauth2/v2.0/token"
        ]
    );
    let form = String::from_utf8(script.tokens_sent()[1].body.clone().unwrap()).unwrap();
    assert!(form.contains("scope=https%3A%2F%2Faudience.test%2F%2F.default"), "{form}");
}
