//! The rules of security contacts, as conversations with the whole service short of the sockets.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, documents, examples, get, in_words, send};

fn contact(name: &str) -> String {
    format!(
        "{SUBSCRIPTION}/providers/Microsoft.Security/securityContacts{name}?api-version=2023-12-01-preview"
    )
}

#[test]
fn a_contact_comes_and_goes_and_a_list_has_two_shapes() {
    let mut world = azure(Cloud::Public, &json!([]));
    let before = documents(&mut world);
    let body = json!({ "properties": { "emails": "a@b.com;c@d.org", "phone": null } });
    assert_eq!(get(&mut world, &contact("")), json!({ "value": [] }));
    for (method, expected) in [
        (Method::GET, "404 ResourceNotFound"),
        (Method::DELETE, "204"),
        (Method::PUT, "201"),
        (Method::PUT, "200"),
        (Method::GET, "200"),
    ] {
        let answer = send(&mut world, method.clone(), &contact("/Default"), &body);
        assert_eq!(in_words(&answer), expected, "{method}: {}", answer.1);
    }
    let shown = get(&mut world, &contact("/default"));
    assert_eq!((&shown["location"], &shown["name"]), (&json!("West Europe"), &json!("default")));
    assert_eq!(shown["properties"], json!({ "emails": "a@b.com;c@d.org" }));
    assert!(shown["etag"].as_str().unwrap().starts_with('"'));
    assert_eq!(get(&mut world, &contact("")), json!([shown]));
    assert_eq!(send(&mut world, Method::DELETE, &contact("/default"), &Value::Null), (200, json!({})));
    assert_eq!(documents(&mut world), before);
}

#[test]
fn what_azure_refuses() {
    let check = |properties: Value, words: &str| {
        let mut world = azure(Cloud::Public, &json!([]));
        let (status, body) =
            send(&mut world, Method::PUT, &contact("/default"), &json!({ "properties": properties }));
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert_eq!((status, message.contains(words)), (400, true), "{properties}: {body}");
    };
    check(Value::Null, "'properties' is required");
    check(json!({ "email": "a@b.com" }), "'email' is not known");
    check(json!({ "emails": "a@b.com,c@d.org" }), "not a valid email address");
    check(json!({ "emails": ["a@b.com"] }), "wrong type");
    check(json!({ "isEnabled": "yes" }), "wrong type");
    check(json!({ "notificationsByRole": { "roles": ["Owner"] } }), "state");
    check(
        json!({ "notificationsByRole": { "state": "On", "roles": ["Admin"] } }),
        "Possible values: AccountAdmin",
    );
    let source = |source: Value| json!({ "notificationsSources": [source] });
    check(source(json!({ "sourceType": "Mail" })), "Possible values: Alert, AttackPath");
    check(source(json!({ "sourceType": "Alert", "minimalSeverity": "Critical" })), "Possible values: High");
    check(source(json!({ "sourceType": "Alert", "minimalRiskLevel": "High" })), "does not belong");
    let alert = json!({ "sourceType": "Alert", "minimalSeverity": "Low" });
    check(json!({ "notificationsSources": [alert, alert] }), "twice");
    let mut world = azure(Cloud::Public, &json!([]));
    let answer = send(&mut world, Method::PUT, &contact("/other"), &json!({ "properties": {} }));
    assert_eq!(in_words(&answer), "400 InvalidInput");
    let older = contact("/default").replace("2023-12-01-preview", "2020-01-01-preview");
    assert_eq!(
        in_words(&send(&mut world, Method::GET, &older, &Value::Null)),
        "400 InvalidApiVersionParameter"
    );
}

/// Some of Microsoft's examples show other addresses than the ones that were sent, or another type.
#[test]
fn microsofts_contacts_are_answered_as_published() {
    for (file, example) in examples("security-securityContacts-2023-12-01-preview") {
        let scope = format!("/subscriptions/{}", example["parameters"]["subscriptionId"].as_str().unwrap());
        let target = contact("/default").replace(SUBSCRIPTION, &scope);
        let wish = &example["parameters"]["securityContact"];
        let published = &example["responses"]["200"]["body"];
        let mut world = azure(Cloud::Public, &json!({ "id": scope }));
        if wish.is_object() {
            let (status, body) = send(&mut world, Method::PUT, &target, wish);
            assert_eq!((status, &body["properties"]), (201, &wish["properties"]), "{file}");
        } else if published["properties"].is_object() {
            world.plant(published["id"].as_str().unwrap(), published.clone());
            assert_eq!(get(&mut world, &target)["properties"], published["properties"], "{file}");
        }
    }
}
