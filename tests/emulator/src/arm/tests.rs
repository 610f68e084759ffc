//! Management groups, and what Resource Manager checks at them, as conversations short of the sockets.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{azure, documents, get, in_words, send};
use crate::entra::TENANT_ID;
use crate::world::World;

const GROUPS: &str = "/providers/Microsoft.Management/managementGroups";

fn tenant() -> World {
    let groups = json!([
        "platform",
        { "name": "landing", "display_name": "Landing zones", "parent": "platform", "subscriptions": ["s"] },
    ]);
    azure(Cloud::Public, &json!({ "management_groups": groups, "subscriptions": ["t"] }))
}

fn group(rest: &str) -> String {
    let sign = if rest.contains('?') { '&' } else { '?' };
    format!("{GROUPS}{rest}{sign}api-version=2020-05-01")
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn groups_lie_in_groups() {
    let mut world = tenant();
    let landing = get(&mut world, &group("/Landing"));
    assert_eq!(landing["properties"]["displayName"], "Landing zones");
    assert_eq!(landing["properties"]["details"]["parent"]["name"], "platform");
    assert_eq!(names(&get(&mut world, &group(""))["value"]), [TENANT_ID, "landing", "platform"]);
    let root = get(&mut world, &group(&format!("/{TENANT_ID}?$expand=children&$recurse=true")));
    let children = &root["properties"]["children"];
    assert_eq!(names(children), ["platform", "t"]);
    assert_eq!(names(&children[0]["children"]), ["landing"]);
    assert_eq!(names(&children[0]["children"][0]["children"]), ["s"]);
    let below = get(&mut world, &group("/platform/descendants"));
    assert_eq!(names(&below["value"]), ["landing", "s"]);
    assert_eq!(below["value"][0]["type"], "Microsoft.Management/managementGroups");
    assert_eq!(get(&mut world, &group("/landing/subscriptions/s"))["properties"]["state"], "Active");
    for path in ["/none", "/none/descendants"] {
        let answer = send(&mut world, Method::GET, &group(path), &Value::Null);
        assert_eq!(in_words(&answer), "404 ManagementGroupNotFound", "{path}");
    }
}

#[test]
fn subscriptions_are_listed_with_their_number() {
    let list = get(&mut tenant(), "/subscriptions?api-version=2022-12-01");
    assert_eq!(list["value"].as_array().map(Vec::len), Some(2));
    assert_eq!(list["count"], json!({ "type": "Total", "value": 2 }));
}

#[test]
fn without_a_seed_there_are_no_groups() {
    let mut world = azure(Cloud::Public, &json!([]));
    assert!(documents(&mut world).iter().all(|(id, _)| !id.contains("managementgroups")));
}

#[test]
fn permissions_come_from_above() {
    let mut world = tenant();
    let permissions = format!("{GROUPS}/platform/providers/Microsoft.Authorization/permissions");
    world.plant(&permissions, json!({ "value": [{ "actions": ["*/read"], "notActions": [] }] }));
    let mut check = |method: Method, path: &str, expected: &str| {
        let answer = send(&mut world, method, path, &json!({}));
        assert_eq!(in_words(&answer), expected, "{path}: {}", answer.1);
        answer.1["error"]["message"].as_str().unwrap_or_default().to_owned()
    };
    let cancel = "providers/Microsoft.PolicyInsights/remediations/r/cancel?api-version=2024-10-01";
    for scope in [format!("{GROUPS}/landing"), "/subscriptions/s".to_owned()] {
        let message = check(Method::POST, &format!("{scope}/{cancel}"), "403 AuthorizationFailed");
        assert!(message.contains("'Microsoft.PolicyInsights/remediations/cancel/action'"), "{message}");
    }
    check(Method::POST, &format!("/subscriptions/t/{cancel}"), "404 ResourceNotFound");
    check(
        Method::GET,
        "/subscriptions/s/providers/Microsoft.Security/settings?api-version=2022-05-01",
        "200",
    );
}
