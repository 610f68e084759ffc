//! Who gets a token, and which tokens Azure Resource Manager takes.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};

use super::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use crate::message::{Answer, Call};
use crate::route::route;
use crate::store::Store;
use crate::world::World;
use crate::{Cloud, seed};

fn world() -> World {
    let mut store = Store::default();
    seed::sow(&mut store, Cloud::Public, None).unwrap();
    World::new(Cloud::Public, "https://localhost:1".to_owned(), store, None)
}

fn send(world: &mut World, method: Method, target: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
        .collect();
    route(world, &Call::new(method, target, headers, body.into()), false, &BTreeMap::new())
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn subscriptions(world: &mut World, authorization: &str) -> Answer {
    let target = "/subscriptions?api-version=2022-12-01";
    send(world, Method::GET, target, &[("authorization", authorization)], String::new())
}

#[test]
fn the_token_endpoint_grants_or_names_the_mistake() {
    let check = |target: &str, fields: &str, expected: &str| {
        let answer = send(&mut world(), Method::POST, target, &[], format!("client_id={CLIENT_ID}&{fields}"));
        let body = body(&answer);
        let text = body["error_description"].as_str().unwrap_or("granted");
        assert!(format!("{} {text}", answer.status).starts_with(expected), "{target} {fields}: {body}");
    };
    let v2 = format!("/{TENANT_ID}/oauth2/v2.0/token");
    let v1 = format!("/{TENANT_ID}/oauth2/token");
    let secret = format!("grant_type=client_credentials&client_secret={CLIENT_SECRET}");
    let assertion = |claims: Value| {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!(
            "grant_type=client_credentials&scope=https://a/.default&client_assertion={}.{}.c2ln\
             &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
            part(&json!({ "alg": "RS256" })),
            part(&claims)
        )
    };
    check(&v2, &format!("{secret}&scope=https://a/.default openid"), "200 granted");
    check(&v1, &format!("{secret}&resource=https://a"), "200 granted");
    check(&v2, &assertion(json!({ "sub": "s" })), "200 granted");
    check(&v2, &assertion(json!({ "exp": 1 })), "401 AADSTS700024:");
    check(&v2, "grant_type=client_credentials&client_assertion=nonsense", "401 AADSTS50027:");
    check(&v2, &format!("{secret}&scope=https://a/read"), "400 AADSTS1002012:");
    check(&v2, &secret, "400 AADSTS900144:");
    check(&v2, "grant_type=password", "400 AADSTS70003:");
    check("/another/oauth2/v2.0/token", &secret, "400 AADSTS90002:");
}

#[test]
fn a_managed_identity_needs_its_header() {
    let check = |version: &str, header: (&str, &str), expected: u16| {
        let target =
            format!("/metadata/identity/oauth2/token?api-version={version}&resource=https%3A%2F%2Fa%2F");
        let answer = send(&mut world(), Method::GET, &target, &[header], String::new());
        assert_eq!(answer.status, expected, "{version} {header:?}");
        if expected == 200 {
            assert_eq!(
                (&body(&answer)["resource"], &body(&answer)["expires_in"]),
                (&json!("https://a/"), &json!("3599"))
            );
        }
    };
    check("2018-02-01", ("metadata", "true"), 200);
    check("2018-02-01", ("accept", "*/*"), 400);
    check("2019-08-01", ("x-identity-header", "anything"), 200);
    check("2019-08-01", ("metadata", "true"), 400);
    check("1999-01-01", ("metadata", "true"), 400);
}

#[test]
fn resource_manager_takes_live_tokens_for_itself_only() {
    let check = |audience: &str, code: Option<&str>| {
        let mut world = world();
        let token = super::token::issue(&world, audience);
        let answer = subscriptions(&mut world, &format!("Bearer {token}"));
        assert_eq!(body(&answer)["error"]["code"].as_str(), code, "{audience}");
    };
    for audience in ["https://localhost:1", "https://localhost:1/arm", "https://management.core.windows.net/"]
    {
        check(audience, None);
    }
    for audience in ["https://graph.microsoft.com", "https://localhost:12", ""] {
        check(audience, Some("InvalidAuthenticationTokenAudience"));
    }
    let mut world = world();
    let token = super::token::issue(&world, "https://localhost:1");
    world.clock.advance(Duration::from_secs(super::token::LIFETIME_SECONDS));
    let answer = subscriptions(&mut world, &format!("bearer {token}"));
    assert_eq!(body(&answer)["error"]["code"], "ExpiredAuthenticationToken");
    assert_eq!(body(&subscriptions(&mut world, "Basic x"))["error"]["code"], "AuthenticationFailed");
}

#[test]
fn discovery_documents_point_here() {
    let mut world = world();
    let mut get = |target: &str| {
        let answer = send(&mut world, Method::GET, target, &[], String::new());
        (answer.status, body(&answer))
    };
    for tenant in [TENANT_ID, "common", "organizations"] {
        let (status, body) = get(&format!("/{tenant}/v2.0/.well-known/openid-configuration"));
        let expected = format!("https://localhost:1/{tenant}/oauth2/v2.0/token");
        assert_eq!((status, &body["token_endpoint"]), (200, &json!(expected)));
    }
    assert_eq!(get("/another/v2.0/.well-known/openid-configuration").0, 400);
    let modern = get("//metadata/endpoints?api-version=2022-09-01").1;
    assert_eq!(modern["authentication"]["loginEndpoint"], "https://localhost:1");
    assert_eq!(get("/metadata/endpoints?api-version=2019-05-01").1, json!([modern]));
    let legacy = get("/metadata/endpoints?api-version=2018-01-01").1;
    assert_eq!(legacy["cloudEndpoint"]["public"]["endpoint"], "localhost:1");
}
