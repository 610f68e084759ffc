//! Azure Resource Graph, as conversations with the whole service short of the sockets.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, ask, azure, body, examples, header, in_words};
use crate::message::Answer;
use crate::world::World;

const URL: &str = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
const MACHINES: &str = "resources \
                        | where type in~ ('microsoft.compute/virtualMachines', 'Microsoft.HybridCompute/machines') \
                        | project id, name, type, location, resourceGroup, subscriptionId, tags, kind, identity, \
                        properties | order by id asc";

fn provider(path: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/RG/providers/{path}")
}

fn fleet() -> World {
    let documents = [
        (
            "Microsoft.Compute/virtualMachines/vm",
            json!({ "storageProfile": { "osDisk": { "osType": "Windows" } } }),
        ),
        (
            "Microsoft.Compute/virtualMachines/vm/extensions/e",
            json!({ "publisher": "P", "type": "T", "protectedSettings": 1 }),
        ),
        ("Microsoft.Compute/virtualMachineScaleSets/set/extensions/e", json!({})),
        ("Microsoft.HybridCompute/machines/arc", json!({ "osType": "linux" })),
        ("Microsoft.HybridCompute/machines/arc/extensions/e", json!({})),
        ("Microsoft.ContainerService/managedClusters/aks", json!({})),
        (
            "Microsoft.Kubernetes/connectedClusters/k8s/providers/Microsoft.KubernetesConfiguration/extensions/e",
            json!({ "extensionType": "x" }),
        ),
        ("Microsoft.Compute/virtualMachines/vm/providers/Emulator.Faults/extensions", json!({})),
    ];
    let documents = documents.map(|(path, properties)| {
        json!({ "id": provider(path), "location": "West Europe", "properties": properties })
    });
    let other =
        json!({ "id": "/subscriptions/b/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/z" });
    let groups = json!([{ "name": "platform", "subscriptions": ["b"] }]);
    azure(Cloud::Public, &json!([{ "management_groups": groups, "resources": documents }, other]))
}

fn query(world: &mut World, request: &Value) -> Answer {
    ask(world, Method::POST, URL, &[], request)
}

fn names(answer: &Value) -> Vec<&str> {
    answer["data"].as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect()
}

#[test]
fn machines_and_extensions_are_rows() {
    let mut world = fleet();
    let answer = query(&mut world, &json!({ "query": MACHINES }));
    assert_eq!((answer.status, header(&answer, "x-ms-user-quota-remaining")), (200, "14"));
    assert_eq!(header(&answer, "x-ms-user-quota-resets-after"), "00:00:05");
    let found = body(&answer);
    assert_eq!(names(&found), ["vm", "arc", "z"]);
    assert_eq!(
        (&found["totalRecords"], &found["count"], &found["resultTruncated"]),
        (&json!(3), &json!(3), &json!("false"))
    );
    let vm = &found["data"][0];
    assert_eq!(
        (&vm["type"], &vm["location"], &vm["resourceGroup"], &vm["kind"], &vm["tags"]),
        (
            &json!("microsoft.compute/virtualmachines"),
            &json!("westeurope"),
            &json!("rg"),
            &json!(""),
            &Value::Null
        )
    );
    let view = &vm["properties"]["extended"]["instanceView"];
    assert_eq!(
        (&view["powerState"]["code"], &view["osName"]),
        (&json!("PowerState/running"), &json!("Windows Server 2022 Datacenter"))
    );
    let mut check = |text: &str, expected: usize| {
        let answer = query(&mut world, &json!({ "query": text }));
        let rows = body(&answer);
        assert_eq!(rows["data"].as_array().map_or(0, Vec::len), expected, "{text}: {rows}");
        let text = rows.to_string();
        assert!(!text.contains("rotectedSettings"), "{text}");
        if text.contains("compute/virtualmachines/extensions") {
            assert!(!text.contains("instanceView") || expected > 1, "{text}");
        }
    };
    check("resources | where type =~ 'Microsoft.Compute/virtualMachines/extensions'", 1);
    check("resources | where type =~ 'Microsoft.Compute/virtualMachineScaleSets/extensions'", 1);
    check("resources | where type =~ 'Microsoft.HybridCompute/machines/extensions'", 1);
    check(
        "kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions'",
        1,
    );
    check("resources | where type =~ 'microsoft.kubernetesconfiguration/extensions'", 0);
    check(&format!("resources | where id =~ '{}'", provider("microsoft.compute/virtualmachines/VM")), 1);
    check("Resources | project id, name, type, location, tags | limit 3", 3);
    check("resources", 7);
    check(
        "resources | where type in~ ('microsoft.compute/virtualmachines', 'microsoft.compute/virtualmachinescalesets', \
         'microsoft.hybridcompute/machines', 'microsoft.containerservice/managedclusters', \
         'microsoft.kubernetes/connectedclusters', 'microsoft.compute/virtualmachines/extensions', \
         'microsoft.compute/virtualmachinescalesets/extensions', 'microsoft.hybridcompute/machines/extensions') \
         | project id, name, type, location, tags, kind, identity, properties | order by id asc",
        7,
    );
    check(
        "kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions' \
         | project id, name, type, properties | order by id asc",
        1,
    );
}

#[test]
fn a_request_says_where_to_look() {
    let mut world = fleet();
    let mut check = |scope: Value, expected: &[&str]| {
        let mut request = scope.clone();
        request["query"] = json!(MACHINES);
        assert_eq!(names(&body(&query(&mut world, &request))), expected, "{scope}");
    };
    check(json!({ "subscriptions": ["b"] }), &["z"]);
    check(json!({ "subscriptions": ["B", "unknown"] }), &["z"]);
    check(json!({ "managementGroups": ["Platform"] }), &["z"]);
    check(json!({ "managementGroups": ["none"] }), &[]);
    check(
        json!({ "subscriptions": [SUBSCRIPTION.trim_start_matches("/subscriptions/"), "b"] }),
        &["vm", "arc", "z"],
    );
}

#[test]
fn who_may_not_read_gets_no_rows() {
    let mut world = fleet();
    let permissions = json!({ "value": [{ "actions": ["Microsoft.HybridCompute/*"], "notActions": [] }] });
    world.plant(&format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions"), permissions);
    assert_eq!(names(&body(&query(&mut world, &json!({ "query": MACHINES })))), ["arc", "z"]);
}

#[test]
fn pages_follow_a_token_of_the_same_query() {
    let mut world = azure(Cloud::Public, &json!([]));
    for number in 0..250 {
        world.plant(&provider(&format!("Microsoft.Compute/virtualMachines/vm{number:03}")), json!({}));
    }
    let all = "resources | project id, name | order by id asc";
    let mut pages = Vec::new();
    let mut options = json!({});
    loop {
        let page = body(&query(&mut world, &json!({ "query": all, "options": options })));
        pages.push((page["count"].as_u64(), page["totalRecords"].as_u64()));
        let Some(token) = page["$skipToken"].as_str() else { break };
        options = json!({ "$skipToken": token, "resultFormat": "objectArray" });
    }
    assert_eq!(pages, [(Some(100), Some(250)), (Some(100), Some(250)), (Some(50), Some(250))]);
    let stale = query(&mut world, &json!({ "query": "resources", "options": options }));
    assert_eq!(stale.status, 400, "a token belongs to one query");
    let whole = body(&query(&mut world, &json!({ "query": all, "options": { "$top": 1000 } })));
    assert_eq!((&whole["count"], whole.get("$skipToken")), (&json!(250), None));
    for text in ["resources | project name", "resources | limit 200"] {
        let cut = body(&query(&mut world, &json!({ "query": text })));
        assert_eq!((&cut["resultTruncated"], cut.get("$skipToken")), (&json!("true"), None), "{text}");
    }
    let top = query(&mut world, &json!({ "query": all, "options": { "$top": 1001 } }));
    assert_eq!(top.status, 400);
}

#[test]
fn what_azure_refuses() {
    let mut world = fleet();
    let refused = body(&query(&mut world, &json!({ "query": "resources | summarize count()" })));
    let details = &refused["error"]["details"];
    assert_eq!(
        (&refused["error"]["code"], &details[0]["code"]),
        (&json!("BadRequest"), &json!("InvalidQuery"))
    );
    assert_eq!((&details[1]["code"], &details[1]["token"]), (&json!("ParserFailure"), &json!("summarize")));
    let nowhere = body(&query(&mut world, &json!({ "query": "resources", "subscriptions": ["none"] })));
    assert_eq!(nowhere["error"]["details"][0]["code"], "NoValidSubscriptionsInQueryRequest");
    let table = query(&mut world, &json!({ "query": "resources", "options": { "resultFormat": "table" } }));
    assert_eq!(table.status, 501);
    assert_eq!(ask(&mut world, Method::GET, URL, &[], &Value::Null).status, 501);
    let throttled = (0..15)
        .map(|_| query(&mut world, &json!({ "query": "resources" })))
        .find(|answer| answer.status != 200);
    let throttled = throttled.unwrap();
    assert_eq!(in_words(&(throttled.status, body(&throttled))), "429 RateLimiting");
    assert_eq!(
        (header(&throttled, "retry-after"), header(&throttled, "x-ms-user-quota-remaining")),
        ("5", "0")
    );
}

#[test]
fn replies_have_the_fields_of_microsofts_examples() {
    for (name, example) in examples("resourcegraph-2024-04-01") {
        let mut world = fleet();
        let text = example["parameters"]["query"]["query"].as_str().unwrap();
        let answer = query(&mut world, &json!({ "query": text }));
        if text.contains("contains") {
            assert_eq!(answer.status, 400, "{name}: not one of the few queries that are known");
            continue;
        }
        let fields = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
        let (reply, expected) = (body(&answer), &example["responses"]["200"]["body"]);
        assert_eq!(fields(&reply), fields(expected), "{name}");
        assert_eq!(fields(&reply["data"][0]), fields(&expected["data"][0]), "{name}");
    }
}

#[test]
fn plans_have_rows_where_defender_is_registered() {
    let plans = "securityresources | where type == 'microsoft.security/pricings' \
                 | where id !contains '/resourcegroups/' \
                 | project id, subscriptionId, name, tier = tostring(properties.pricingTier), \
                 subPlan = tostring(properties.subPlan), deprecated = tobool(properties.deprecated), \
                 extensions = properties.extensions | order by id asc";
    let mut world = fleet();
    let off = json!({ "namespace": "Microsoft.Security", "registrationState": "NotRegistered" });
    world.plant("/subscriptions/c/providers/Microsoft.Security", off);
    world.plant("/subscriptions/d/providers/Microsoft.Authorization/permissions", json!({ "value": [] }));
    let found = body(&query(&mut world, &json!({ "query": plans, "options": { "$top": 1000 } })));
    let rows = found["data"].as_array().unwrap();
    let of = |id: &str| rows.iter().filter(|row| row["subscriptionId"] == id).count();
    assert_eq!((of("b"), of("c"), of("d"), rows.len()), (18, 0, 0, 36));
    let row =
        |name: &str| rows.iter().find(|row| row["name"] == name && row["subscriptionId"] == "b").unwrap();
    assert_eq!(row("Arm")["tier"], "Free");
    assert_eq!((&row("Arm")["subPlan"], &row("Arm")["deprecated"]), (&json!(""), &Value::Null));
    assert_eq!(row("Dns")["deprecated"], true);
    let page = body(&query(&mut world, &json!({ "query": plans, "options": { "$top": 20 } })));
    assert_eq!((&page["count"], page["$skipToken"].is_string()), (&json!(20), true));
}

#[test]
fn containers_are_what_the_caller_sees() {
    let mut world = fleet();
    world.plant("/subscriptions/d/providers/Microsoft.Authorization/permissions", json!({ "value": [] }));
    let mut ask = |kind: &str, scope: &str| {
        let text = format!("resourcecontainers | where type =~ '{kind}' | order by id asc");
        let mut request = json!({ "query": text });
        if !scope.is_empty() {
            request["managementGroups"] = json!([scope]);
        }
        body(&query(&mut world, &request))["data"].as_array().unwrap().clone()
    };
    let subscriptions = ask("microsoft.resources/subscriptions", "");
    let ids: Vec<&str> = subscriptions.iter().filter_map(|row| row["subscriptionId"].as_str()).collect();
    assert_eq!(ids, [SUBSCRIPTION.trim_start_matches("/subscriptions/"), "b"]);
    assert_eq!(subscriptions[1]["properties"]["managementGroupAncestorsChain"][0]["name"], "platform");
    assert_eq!(ask("microsoft.resources/subscriptions", "platform").len(), 1);
    assert_eq!(ask("microsoft.management/managementgroups", "platform").len(), 1);
    assert_eq!(ask("microsoft.management/managementgroups", "").len(), 2);
}

/// Policies at the scope, below and above it. Subscription `b` lies in the group `platform`.
#[test]
fn assignments_stand_below_or_above() {
    let mut world = fleet();
    let group = "/providers/Microsoft.Management/managementGroups/platform";
    for scope in [group, "/subscriptions/b", "/subscriptions/b/resourceGroups/g", SUBSCRIPTION] {
        let name = scope.rsplit('/').next().unwrap();
        let id = format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}");
        world.plant(&id, json!({ "name": name, "properties": {} }));
    }
    let mut check = |scope: Value, filter: &str, expected: &[&str]| {
        let text =
            "policyresources | where type == 'microsoft.authorization/policyassignments' | project id, name";
        let mut request = scope.clone();
        request["query"] = json!(text);
        if !filter.is_empty() {
            request["options"]["authorizationScopeFilter"] = json!(filter);
        }
        let answer = body(&query(&mut world, &request));
        let mut found: Vec<String> = names(&answer).into_iter().map(str::to_owned).collect();
        found.sort();
        assert_eq!(found, expected, "{scope} {filter}");
    };
    let subscription = || json!({ "subscriptions": ["b"] });
    check(subscription(), "", &["b", "g"]);
    check(subscription(), "AtScopeAndBelow", &["b", "g"]);
    check(subscription(), "AtScopeAndAbove", &["b", "platform"]);
    check(subscription(), "AtScopeAboveAndBelow", &["b", "g", "platform"]);
    check(subscription(), "AtScopeExact", &["b"]);
    check(json!({ "managementGroups": ["platform"] }), "", &["b", "g", "platform"]);
    check(json!({ "managementGroups": ["platform"] }), "AtScopeExact", &["platform"]);
    let wrong = json!({ "query": "resources", "options": { "authorizationScopeFilter": "Everywhere" } });
    assert_eq!(query(&mut world, &wrong).status, 400);
}

#[test]
fn rows_lag_behind_by_what_a_test_wants() {
    let mut world = fleet();
    super::index::set_delay(&mut world, std::time::Duration::from_secs(60));
    let machine = provider("Microsoft.Compute/virtualMachines/new");
    world.plant(&machine, json!({}));
    let count = |world: &mut World| {
        let text = format!("resources | where id =~ '{machine}'");
        body(&query(world, &json!({ "query": text })))["totalRecords"].clone()
    };
    assert_eq!(count(&mut world), 0);
    world.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(count(&mut world), 1);
    world.plant(&provider("Microsoft.Compute/virtualMachines/new/extensions/e"), json!({}));
    super::index::set_delay(&mut world, std::time::Duration::ZERO);
    assert_eq!(count(&mut world), 1);
}
