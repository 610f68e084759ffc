//! The rules of definitions and assignments, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, documents, get, in_words, send};
use crate::world::World;

pub(super) const GROUP: &str = "/providers/Microsoft.Management/managementGroups/platform";
/// Puts Azure Policy on AKS clusters; two roles, one parameter.
pub(super) const ON_AKS: &str = "a8eff44f-8c92-45c3-a3fb-9880802d67a7";
/// The prerequisites of guest configuration: four members without parameters.
pub(super) const GUEST: &str = "12794019-7a00-42cf-95c2-882eed337cc8";
/// Needs a workspace.
const CUSTOM_WORKSPACE: &str = "8e7da0a5-0a0e-4bbc-bfc0-7773c018b616";
/// Has a number among its parameters.
const STORAGE: &str = "cfdc5972-75b3-4418-8ae1-7f5c36839390";

/// A subscription below a group.
pub(super) fn tenant() -> World {
    let groups = json!([{ "name": "platform", "subscriptions": ["00000000-0000-0000-0000-000000000001"] }]);
    azure(Cloud::Public, &json!({ "management_groups": groups }))
}

pub(super) fn definition(id: &str) -> String {
    format!("/providers/Microsoft.Authorization/policyDefinitions/{id}")
}

pub(super) fn set(id: &str) -> String {
    format!("/providers/Microsoft.Authorization/policySetDefinitions/{id}")
}

fn assignment(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}?api-version=2025-03-01")
}

/// A body with a system-assigned identity.
pub(super) fn wish(definition: &str, parameters: &Value) -> Value {
    json!({ "location": "westeurope", "identity": { "type": "SystemAssigned" },
        "properties": { "policyDefinitionId": definition, "parameters": parameters } })
}

pub(super) fn put(world: &mut World, scope: &str, name: &str, body: &Value) -> (u16, Value) {
    send(world, Method::PUT, &assignment(scope, name), body)
}

fn delete(world: &mut World, scope: &str, name: &str) -> u16 {
    send(world, Method::DELETE, &assignment(scope, name), &Value::Null).0
}

#[test]
fn an_assignment_is_made_changed_and_deleted() {
    let mut world = tenant();
    let before = documents(&mut world);
    let (status, made) = put(&mut world, SUBSCRIPTION, "aks", &wish(&definition(ON_AKS), &Value::Null));
    assert_eq!(status, 201, "{made}");
    let properties = &made["properties"];
    for (field, expected) in [
        ("scope", json!(SUBSCRIPTION)),
        ("enforcementMode", json!("Default")),
        ("definitionVersion", json!("4.*.*")),
        ("notScopes", json!([])),
    ] {
        assert_eq!(properties[field], expected, "{field}");
    }
    assert_eq!(properties["metadata"]["createdOn"], "2026-11-22T00:00:00.0000000Z");
    assert_eq!(properties["metadata"]["updatedOn"], Value::Null);

    let mut again = wish(&definition(ON_AKS), &json!({ "effect": { "value": "Disabled" } }));
    again["location"] = json!("West Europe");
    let (status, changed) = put(&mut world, SUBSCRIPTION, "aks", &again);
    assert_eq!((status, &changed["identity"]), (201, &made["identity"]), "an update keeps who it is");
    assert!(changed["properties"]["metadata"]["updatedOn"].is_string());
    assert_eq!(changed["properties"]["instanceId"], properties["instanceId"]);
    let target = assignment(SUBSCRIPTION, "aks");
    assert_eq!(get(&mut world, &target), changed);
    let expanded = get(&mut world, &format!("{target}&$expand=LatestDefinitionVersion"));
    assert_eq!(expanded["properties"]["latestDefinitionVersion"], "4.2.0");
    let older = get(&mut world, &target.replace("2025-03-01", "2022-06-01"));
    assert_eq!(
        (older["properties"].get("definitionVersion"), older["properties"].get("instanceId")),
        (None, None)
    );

    assert_eq!(
        (delete(&mut world, SUBSCRIPTION, "aks"), delete(&mut world, SUBSCRIPTION, "aks")),
        (200, 204)
    );
    assert_eq!(documents(&mut world), before);
    let (_, remade) = put(&mut world, SUBSCRIPTION, "aks", &again);
    assert_ne!(
        remade["identity"]["principalId"], made["identity"]["principalId"],
        "made again, it is another one"
    );
    assert_ne!(remade["properties"]["instanceId"], properties["instanceId"]);
}

fn check_refusal(scope: &str, name: &str, body: &Value, expected: &str) {
    let answer = put(&mut tenant(), scope, name, body);
    assert_eq!(in_words(&answer), expected, "{scope} {name} {body}: {}", answer.1);
}

#[test]
fn parameters_must_fit_the_definition() {
    let check = |id: &str, parameters: Value, expected: &str| {
        check_refusal(SUBSCRIPTION, "a", &wish(&definition(id), &parameters), expected);
    };
    check(ON_AKS, json!({ "effect": { "value": "Disabled" } }), "201");
    check(ON_AKS, json!({ "EFFECT": { "value": "Disabled" } }), "201");
    check(ON_AKS, json!({ "effect": { "value": "disabled" } }), "400 PolicyParameterValueNotAllowed");
    check(ON_AKS, json!({ "effect": "Disabled" }), "400 InvalidRequestContent");
    check(ON_AKS, json!([]), "400 InvalidRequestContent");
    check(ON_AKS, json!({ "effects": { "value": "Disabled" } }), "400 UndefinedPolicyParameter");
    check(CUSTOM_WORKSPACE, json!({}), "400 MissingPolicyParameter");
    check(CUSTOM_WORKSPACE, json!({ "logAnalytics": { "value": "w" } }), "201");
    check(CUSTOM_WORKSPACE, json!({ "logAnalytics": { "value": ["w"] } }), "400 InvalidPolicyParameterType");
    check(STORAGE, json!({ "capGBPerMonthPerStorageAccount": { "value": 10 } }), "201");
    check(
        STORAGE,
        json!({ "capGBPerMonthPerStorageAccount": { "value": "10" } }),
        "400 InvalidPolicyParameterType",
    );
    // Fixed effects are no parameters.
    let fixed = wish(&set(GUEST), &json!({ "effect": { "value": "Disabled" } }));
    check_refusal(SUBSCRIPTION, "a", &fixed, "400 UndefinedPolicyParameter");
}

#[test]
fn what_azure_refuses_of_an_assignment() {
    let fine = wish(&definition(ON_AKS), &Value::Null);
    let without = |field: &str| {
        let mut body = fine.clone();
        body.as_object_mut().unwrap().remove(field);
        body
    };
    let with = |field: &str, value: Value| {
        let mut body = fine.clone();
        body["properties"][field] = value;
        body
    };
    let long = "x".repeat(25);
    check_refusal(SUBSCRIPTION, &long, &fine, "201");
    check_refusal(GROUP, &long, &fine, "400 InvalidPolicyAssignmentName");
    check_refusal(SUBSCRIPTION, &"x".repeat(65), &fine, "400 InvalidPolicyAssignmentName");
    check_refusal(SUBSCRIPTION, "a.b", &fine, "400 InvalidPolicyAssignmentName");
    check_refusal(&GROUP.replace("platform", "none"), "a", &fine, "404 ManagementGroupNotFound");
    check_refusal("/subscriptions/none", "a", &fine, "404 SubscriptionNotFound");
    check_refusal("", "a", &fine, "501 NotImplementedByEmulator");
    check_refusal(SUBSCRIPTION, "a", &without("identity"), "400 ResourceIdentityRequired");
    check_refusal(SUBSCRIPTION, "a", &without("location"), "400 LocationRequired");
    check_refusal(SUBSCRIPTION, "a", &without("properties"), "400 InvalidRequestContent");
    check_refusal(
        SUBSCRIPTION,
        "a",
        &with("policyDefinitionId", json!("")),
        "400 InvalidCreatePolicyAssignmentRequest",
    );
    check_refusal(SUBSCRIPTION, "a", &with("enforcementMode", json!("Never")), "400 InvalidRequestContent");
    let unknown = definition("00000000-0000-0000-0000-000000000000");
    check_refusal(
        SUBSCRIPTION,
        "a",
        &with("policyDefinitionId", json!(unknown)),
        "400 PolicyDefinitionNotFound",
    );
    let unknown = set("00000000-0000-0000-0000-000000000000");
    check_refusal(
        SUBSCRIPTION,
        "a",
        &with("policyDefinitionId", json!(unknown)),
        "400 PolicySetDefinitionNotFound",
    );
    let messages = json!([{ "message": "m", "policyDefinitionReferenceId": "r" }]);
    let refused = "400 InvalidCreatePolicyAssignmentRequest";
    check_refusal(SUBSCRIPTION, "a", &with("nonComplianceMessages", messages), refused);
    // Even where the parameter turns it off: what it could do counts.
    let mut off = wish(&definition(ON_AKS), &json!({ "effect": { "value": "Disabled" } }));
    off.as_object_mut().unwrap().remove("identity");
    check_refusal(SUBSCRIPTION, "a", &off, "400 ResourceIdentityRequired");
    let mut initiative = wish(&set(GUEST), &Value::Null);
    initiative.as_object_mut().unwrap().remove("identity");
    check_refusal(SUBSCRIPTION, "a", &initiative, "400 ResourceIdentityRequired");
}

#[test]
fn an_identity_stays_where_it_is() {
    let mut world = tenant();
    let mut body = wish(&definition(ON_AKS), &Value::Null);
    put(&mut world, SUBSCRIPTION, "a", &body);
    body["location"] = json!("eastus");
    assert_eq!(in_words(&put(&mut world, SUBSCRIPTION, "a", &body)), "400 InvalidLocationUpdate");
    let patch = |world: &mut World, body: Value| {
        in_words(&send(world, Method::PATCH, &assignment(SUBSCRIPTION, "a"), &body))
    };
    assert_eq!(patch(&mut world, json!({ "location": "eastus" })), "400 InvalidLocationUpdate");
    assert_eq!(
        patch(&mut world, json!({ "properties": { "displayName": "x" } })),
        "400 InvalidRequestContent"
    );
    assert_eq!(patch(&mut world, json!({ "properties": { "overrides": [] } })), "200");
    let user =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u";
    let assigned = json!({ "identity": { "type": "UserAssigned", "userAssignedIdentities": { user: {} } } });
    assert_eq!(patch(&mut world, assigned), "200");
    let shown = get(&mut world, &assignment(SUBSCRIPTION, "a"));
    assert!(shown["identity"]["userAssignedIdentities"][user]["principalId"].is_string(), "{shown}");
    assert_eq!(shown["identity"].get("principalId"), None);
}

#[test]
fn lists_have_what_applies() {
    let mut world = tenant();
    let resource_group = format!("{SUBSCRIPTION}/resourceGroups/g");
    for (scope, name, id) in
        [(GROUP, "above", ON_AKS), (SUBSCRIPTION, "at", STORAGE), (&resource_group, "below", ON_AKS)]
    {
        assert_eq!(put(&mut world, scope, name, &wish(&definition(id), &Value::Null)).0, 201);
    }
    world.plant(&format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/at/providers/Microsoft.PolicyInsights/policyStates"), json!({ "value": [] }));
    let mut check = |scope: &str, query: &str, expected: &[&str]| {
        let target = assignment(scope, "").replace("/?", "?");
        let list = get(&mut world, &format!("{target}{query}"));
        let names: Vec<&str> =
            list["value"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{scope} {query}");
        list["nextLink"].as_str().map(|link| link.trim_start_matches("https://localhost:1").to_owned())
    };
    check(SUBSCRIPTION, "", &["above", "at", "below"]);
    check(SUBSCRIPTION, "&$filter=atScope()", &["above", "at"]);
    check(SUBSCRIPTION, "&$filter=atExactScope()", &["at"]);
    check(
        SUBSCRIPTION,
        &format!("&$filter=policyDefinitionId eq '{}'", definition(ON_AKS)),
        &["above", "below"],
    );
    check(GROUP, "", &["above"]);
    check(&resource_group, "", &["above", "at", "below"]);
    let next = check(SUBSCRIPTION, "&$top=2", &["above", "at"]).unwrap();
    let rest = get(&mut world, &next);
    assert_eq!((rest["value"][0]["name"].as_str(), rest.get("nextLink")), (Some("below"), None));
    let odd = assignment(SUBSCRIPTION, "").replace("/?", "?");
    let odd = send(&mut world, Method::GET, &format!("{odd}&$filter=name eq 'x'"), &Value::Null);
    assert_eq!(in_words(&odd), "400 InvalidFilterInQueryString");
}

#[test]
fn reads_lag_behind_where_a_test_wants_it() {
    let mut world = tenant();
    world.delays.consistency = Duration::from_secs(10);
    let read =
        |world: &mut World| in_words(&send(world, Method::GET, &assignment(SUBSCRIPTION, "a"), &Value::Null));
    let body = wish(&definition(ON_AKS), &Value::Null);
    put(&mut world, SUBSCRIPTION, "a", &body);
    assert_eq!(read(&mut world), "404 PolicyAssignmentNotFound");
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(read(&mut world), "200");
    put(&mut world, SUBSCRIPTION, "a", &body);
    assert_eq!(read(&mut world), "200", "an update hides nothing");
    delete(&mut world, SUBSCRIPTION, "a");
    assert_eq!(read(&mut world), "200");
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(read(&mut world), "404 PolicyAssignmentNotFound");
}

fn of_family(scope: &str, kind: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/{kind}/{name}?api-version=2024-05-01")
        .replace("/?", "?")
}

#[test]
fn built_in_definitions_can_be_read_and_listed() {
    let mut world = tenant();
    let aks = get(&mut world, &of_family("", "policyDefinitions", ON_AKS));
    assert_eq!(aks["properties"]["policyType"], "BuiltIn");
    assert_eq!(
        aks["properties"]["policyRule"]["then"]["details"]["roleDefinitionIds"].as_array().unwrap().len(),
        2
    );
    let older =
        get(&mut world, &of_family("", "policyDefinitions", ON_AKS).replace("2024-05-01", "2021-06-01"));
    assert_eq!(older["properties"].get("version"), None);
    let target = of_family(SUBSCRIPTION, "policySetDefinitions", "");
    let list = get(&mut world, &format!("{target}&$filter=policyType eq 'BuiltIn'&$top=10"));
    assert_eq!(list["value"].as_array().unwrap().len(), 10);
    let rest = get(&mut world, list["nextLink"].as_str().unwrap().trim_start_matches("https://localhost:1"));
    assert_eq!((rest["value"].as_array().unwrap().len(), rest.get("nextLink")), (8, None));
    let mut check = |method: Method, kind: &str, name: &str, expected: &str| {
        let answer = send(&mut world, method, &of_family("", kind, name), &json!({}));
        assert_eq!(in_words(&answer), expected, "{kind} {name}");
    };
    let nothing = "00000000-0000-0000-0000-000000000000";
    check(Method::GET, "policyDefinitions", nothing, "404 PolicyDefinitionNotFound");
    check(Method::GET, "policySetDefinitions", nothing, "404 PolicySetDefinitionNotFound");
    check(
        Method::GET,
        "policyDefinitions",
        "eab1f514-22e3-42e3-9a1f-e1dc9199355c",
        "501 NotImplementedByEmulator",
    );
    check(Method::PUT, "policyDefinitions", ON_AKS, "405 MethodNotAllowed");
    check(Method::DELETE, "policySetDefinitions", GUEST, "405 MethodNotAllowed");
    let mut government = azure(Cloud::UsGovernment, &json!([]));
    let machines = of_family("", "policyDefinitions", "13ce0167-8ca6-4048-8e6b-f996402e3c1b");
    let answer = send(&mut government, Method::GET, &machines, &Value::Null);
    assert_eq!(in_words(&answer), "404 PolicyDefinitionNotFound");
}

#[test]
fn custom_definitions_belong_to_a_scope() {
    let mut world = tenant();
    let before = documents(&mut world);
    let rule = json!({ "properties": {
        "parameters": { "prefix": { "type": "String" } },
        "policyRule": { "if": {}, "then": { "effect": "deny" } },
    }});
    let mut say = |method: Method, scope: &str, kind: &str, name: &str, body: &Value| {
        in_words(&send(&mut world, method, &of_family(scope, kind, name), body))
    };
    assert_eq!(say(Method::PUT, GROUP, "policyDefinitions", "names", &rule), "201");
    assert_eq!(say(Method::PUT, SUBSCRIPTION, "policyDefinitions", "here", &rule), "201");
    let odd = json!({ "properties": { "parameters": { "p": { "type": "Int" } } } });
    assert_eq!(say(Method::PUT, GROUP, "policyDefinitions", "odd", &odd), "400 InvalidPolicyParameterType");
    let members = |parameters: Value| {
        let id = format!("{GROUP}{}", definition("names"));
        json!({ "properties": { "policyDefinitions": [{ "policyDefinitionId": id, "parameters": parameters }] } })
    };
    let given = members(json!({ "prefix": { "value": "x" } }));
    assert_eq!(say(Method::PUT, GROUP, "policySetDefinitions", "all", &given), "201");
    let unknown = members(json!({ "suffix": { "value": "x" } }));
    assert_eq!(
        say(Method::PUT, GROUP, "policySetDefinitions", "all", &unknown),
        "400 UndefinedPolicyParameter"
    );
    assert_eq!(
        say(Method::DELETE, GROUP, "policyDefinitions", "names", &Value::Null),
        "501 NotImplementedByEmulator"
    );
    let assigned = |world: &mut World, scope: &str, definition: String| {
        let body = json!({ "properties": { "policyDefinitionId": definition, "parameters": { "prefix": { "value": "x" } } } });
        in_words(&put(world, scope, "a", &body))
    };
    assert_eq!(assigned(&mut world, SUBSCRIPTION, format!("{GROUP}{}", definition("names"))), "201");
    let outside = assigned(&mut world, GROUP, format!("{SUBSCRIPTION}{}", definition("here")));
    assert_eq!(outside, "400 InvalidCreatePolicyAssignmentRequest");
    delete(&mut world, SUBSCRIPTION, "a");
    for (scope, kind, name) in [
        (GROUP, "policySetDefinitions", "all"),
        (GROUP, "policyDefinitions", "names"),
        (SUBSCRIPTION, "policyDefinitions", "here"),
    ] {
        assert_eq!(
            send(&mut world, Method::DELETE, &of_family(scope, kind, name), &Value::Null).0,
            200,
            "{name}"
        );
    }
    assert_eq!(documents(&mut world), before);
}

#[test]
fn two_runs_write_the_same_documents() {
    let run = || {
        let mut world = tenant();
        for _ in 0..2 {
            put(&mut world, SUBSCRIPTION, "a", &wish(&definition(ON_AKS), &Value::Null));
            put(&mut world, GROUP, "b", &wish(&set(GUEST), &Value::Null));
            delete(&mut world, SUBSCRIPTION, "a");
        }
        serde_json::to_string(&world.store).unwrap()
    };
    assert_eq!(run(), run());
}
