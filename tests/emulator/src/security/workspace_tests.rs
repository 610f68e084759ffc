//! The rules of workspace settings, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, documents, examples, get, in_words, send};

fn setting(name: &str) -> String {
    format!(
        "{SUBSCRIPTION}/providers/Microsoft.Security/workspaceSettings{name}?api-version=2017-08-01-preview"
    )
}

fn workspace(name: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/{name}")
}

#[test]
fn a_workspace_is_seen_a_while_after_it_was_written() {
    let mut world = azure(Cloud::Public, &json!([]));
    let before = documents(&mut world);
    world.delays.consistency = Duration::from_secs(30);
    let body =
        |name: &str| json!({ "properties": { "workspaceId": workspace(name), "scope": SUBSCRIPTION } });
    let change = json!({ "properties": { "workspaceId": workspace("two") } });
    for (method, body, expected) in [
        (Method::GET, &Value::Null, "404 ResourceNotFound"),
        (Method::PATCH, &change, "404 ResourceNotFound"),
        (Method::DELETE, &Value::Null, "204"),
        (Method::PUT, &body("one"), "200"),
        (Method::PATCH, &change, "200"),
    ] {
        let answer = send(&mut world, method.clone(), &setting("/default"), body);
        assert_eq!(in_words(&answer), expected, "{method}: {}", answer.1);
    }
    assert_eq!(get(&mut world, &setting("/default"))["properties"], json!({ "scope": SUBSCRIPTION }));
    world.clock.advance(Duration::from_secs(31));
    let seen = get(&mut world, &setting("/default"));
    assert_eq!(seen["properties"]["workspaceId"], workspace("two"));
    assert_eq!(get(&mut world, &setting("")), json!({ "value": [seen] }));
    assert_eq!(send(&mut world, Method::DELETE, &setting("/default"), &Value::Null), (200, Value::Null));
    assert_eq!(get(&mut world, &setting("")), json!({ "value": [] }));
    assert_eq!(documents(&mut world), before);
}

#[test]
fn what_azure_refuses() {
    let check = |name: &str, properties: Value, words: &str| {
        let mut world = azure(Cloud::Public, &json!([]));
        let (status, body) =
            send(&mut world, Method::PUT, &setting(name), &json!({ "properties": properties }));
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert_eq!((status, message.contains(words)), (400, true), "{properties}: {body}");
    };
    check("/default", json!({ "scope": SUBSCRIPTION }), "'workspaceId' is required");
    check("/default", json!({ "workspaceId": workspace("w") }), "'scope' is required");
    check("/default", json!({ "workspaceId": "w", "scope": SUBSCRIPTION }), "not the id of a workspace");
    check("/default", json!({ "workspaceId": workspace("w"), "scope": "/subscriptions/b" }), "must be");
    check(
        "/other",
        json!({ "workspaceId": workspace("w"), "scope": SUBSCRIPTION }),
        "Possible values: default",
    );
}

#[test]
fn microsofts_workspace_settings_are_answered_as_published() {
    for (file, example) in examples("security-workspaceSettings-2017-08-01-preview") {
        let scope = format!("/subscriptions/{}", example["parameters"]["subscriptionId"].as_str().unwrap());
        let published = &example["responses"]["200"]["body"];
        let wish = &example["parameters"]["workspaceSetting"];
        // A deletion publishes no body, so there is nothing to delete, which is what its 204 says.
        let there = [json!({ "id": scope }), published.clone()];
        let there: Vec<Value> = there.into_iter().filter(|document| !document.is_null()).collect();
        let mut world = azure(Cloud::Public, &json!(there));
        let target = |name: &str| setting(name).replace(SUBSCRIPTION, &scope);
        let (method, name) = match (wish.is_object(), published) {
            (true, _) if file.starts_with("Update") => (Method::PATCH, "/default"),
            (true, _) => (Method::PUT, "/default"),
            (false, Value::Null) => (Method::DELETE, "/default"),
            (false, list) if list["value"].is_array() => (Method::GET, ""),
            (false, _) => (Method::GET, "/default"),
        };
        let status = if method == Method::DELETE { 204 } else { 200 };
        let answer = send(&mut world, method, &target(name), wish);
        assert_eq!(answer, (status, published.clone()), "{file}");
    }
}
