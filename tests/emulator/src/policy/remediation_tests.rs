//! The rules of remediations, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::tests::{GROUP, GUEST, ON_AKS, definition, put, set, tenant, wish};
use crate::conversation::{SUBSCRIPTION, documents, get, in_words, send};
use crate::world::World;

const CLUSTERS: [&str; 2] = ["One", "two"];
/// The roles of the definition.
const ROLES: [&str; 2] = ["ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", "18ed5180-3e48-46fd-8541-4ea054d57064"];

fn assignment_id() -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/AKS")
}

fn cluster(name: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/G/providers/Microsoft.ContainerService/managedClusters/{name}")
}

fn remediation(rest: &str) -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.PolicyInsights/remediations/Now{rest}?api-version=2024-10-01")
}

/// An assignment with its roles, and clusters that are not compliant; the second one's deployment fails if told.
fn with_clusters(roles: bool, failing: bool) -> World {
    let mut world = tenant();
    let (_, made) = put(&mut world, SUBSCRIPTION, "AKS", &wish(&definition(ON_AKS), &Value::Null));
    let principal = &made["identity"]["principalId"];
    for (number, role) in ROLES.iter().enumerate().filter(|_| roles) {
        let target = format!(
            "{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-00000000000{number}?api-version=2022-04-01"
        );
        let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
        let body = json!({ "properties": { "roleDefinitionId": role, "principalId": principal } });
        assert_eq!(send(&mut world, Method::PUT, &target, &body).0, 201);
    }
    let mut states: Vec<Value> = CLUSTERS
        .iter()
        .map(|name| json!({ "resourceId": cluster(name), "resourceLocation": "westeurope" }))
        .collect();
    if failing {
        states[1]["failure"] = json!({ "code": "Conflict", "message": "busy" });
    }
    states.push(json!({ "resourceId": cluster("other"), "policyDefinitionId": definition(GUEST) }));
    let id = format!("{}/providers/Microsoft.PolicyInsights/policyStates", assignment_id());
    world.plant(&id, json!({ "value": states }));
    world
}

fn start(world: &mut World, properties: &Value) -> (u16, Value) {
    let mut body = json!({ "properties": properties });
    if body["properties"]["policyAssignmentId"].is_null() {
        body["properties"]["policyAssignmentId"] = json!(assignment_id());
    }
    send(world, Method::PUT, &remediation(""), &body)
}

/// State and counts in a few words: `Running 2/0/0`.
fn standing(remediation: &Value) -> String {
    let properties = &remediation["properties"];
    let count = |name: &str| properties["deploymentStatus"][name].as_u64().unwrap();
    format!(
        "{} {}/{}/{}",
        properties["provisioningState"].as_str().unwrap(),
        count("totalDeployments"),
        count("successfulDeployments"),
        count("failedDeployments")
    )
}

#[test]
fn a_remediation_goes_from_state_to_state() {
    let mut world = with_clusters(true, false);
    world.delays.remediation_step = Duration::from_mins(1);
    let before = documents(&mut world);
    let (status, made) = start(&mut world, &json!({}));
    assert_eq!((status, standing(&made)), (201, "Accepted 0/0/0".to_owned()), "{made}");
    assert_eq!(made["id"].as_str(), Some(made["id"].as_str().unwrap().to_lowercase().as_str()));
    assert_eq!(made["name"], "Now");
    assert_eq!(made["properties"]["policyAssignmentId"], assignment_id().to_lowercase());
    let listed = |world: &mut World| {
        let (_, list) = send(world, Method::POST, &remediation("/listDeployments"), &Value::Null);
        let value = list["value"].as_array().unwrap().clone();
        value.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (expected, deployments) in [
        ("Accepted 0/0/0", &[][..]),
        ("Evaluating 0/0/0", &[]),
        ("Running 2/0/0", &["Running", "Running"]),
        ("Succeeded 2/2/0", &["Succeeded", "Succeeded"]),
        ("Succeeded 2/2/0", &["Succeeded", "Succeeded"]),
    ] {
        assert_eq!(standing(&get(&mut world, &remediation(""))), expected);
        assert_eq!(listed(&mut world), deployments, "{expected}");
        world.clock.advance(Duration::from_mins(1));
    }
    let delete = |world: &mut World| send(world, Method::DELETE, &remediation(""), &Value::Null).0;
    assert_eq!((delete(&mut world), delete(&mut world)), (200, 204));
    assert_eq!(documents(&mut world), before);
}

#[test]
fn how_it_ends() {
    let check = |roles: bool, failing: bool, properties: Value, expected: &str| {
        let mut world = with_clusters(roles, failing);
        let (status, made) = start(&mut world, &properties);
        assert_eq!(status, 201, "{made}");
        assert_eq!(standing(&get(&mut world, &remediation(""))), expected, "{roles} {failing} {properties}");
        send(&mut world, Method::POST, &remediation("/listDeployments"), &Value::Null).1
    };
    check(true, false, json!({}), "Succeeded 2/2/0");
    let list = check(true, true, json!({}), "Failed 2/1/1");
    assert_eq!(list["value"][1]["error"], json!({ "code": "Conflict", "message": "busy" }));
    let id = list["value"][0]["remediatedResourceId"].as_str().unwrap();
    assert_eq!(id, cluster("One").to_lowercase());
    let list = check(false, false, json!({}), "Failed 2/0/2");
    assert_eq!(list["value"][0]["error"]["code"], "AuthorizationFailed");
    check(true, true, json!({ "failureThreshold": { "percentage": 0.5 } }), "Succeeded 2/1/1");
    check(true, true, json!({ "resourceCount": 1 }), "Succeeded 1/1/0");
    check(true, false, json!({ "filters": { "locations": ["eastus"] } }), "Succeeded 0/0/0");
    check(true, false, json!({ "filters": { "resourceIds": [cluster("TWO")] } }), "Succeeded 1/1/0");
}

#[test]
fn what_azure_refuses_of_a_remediation() {
    let check = |properties: Value, expected: &str| {
        let answer = start(&mut with_clusters(true, false), &properties);
        assert_eq!(in_words(&answer), expected, "{properties}: {}", answer.1);
    };
    let refused = "400 InvalidCreateRemediationRequest";
    check(json!({ "policyAssignmentId": "/subscriptions/none" }), refused);
    check(json!({ "policyAssignmentId": 1 }), "400 InvalidRequestContent");
    check(json!({ "resourceCount": 0 }), refused);
    check(json!({ "parallelDeployments": 31 }), refused);
    check(json!({ "failureThreshold": { "percentage": 2 } }), refused);
    check(json!({ "resourceDiscoveryMode": "Guess" }), refused);
    check(json!({ "resourceDiscoveryMode": "ReEvaluateCompliance" }), "201");
    let both =
        json!({ "resourceDiscoveryMode": "ReEvaluateCompliance", "filters": { "resourceIds": ["x"] } });
    check(both, refused);

    let mut world = tenant();
    put(&mut world, GROUP, "guest", &wish(&set(GUEST), &Value::Null));
    let id = format!("{GROUP}/providers/Microsoft.Authorization/policyAssignments/guest");
    let mut check = |scope: &str, properties: Value, expected: &str| {
        let mut body = json!({ "properties": properties });
        body["properties"]["policyAssignmentId"] = json!(id);
        let target = remediation("").replace(SUBSCRIPTION, scope);
        let answer = send(&mut world, Method::PUT, &target, &body);
        assert_eq!(in_words(&answer), expected, "{scope} {body}: {}", answer.1);
        answer.1
    };
    check(GROUP, json!({}), refused);
    check(GROUP, json!({ "policyDefinitionReferenceId": "none" }), refused);
    let member = "Prerequisite_DeployExtensionLinux";
    let again =
        json!({ "policyDefinitionReferenceId": member, "resourceDiscoveryMode": "ReEvaluateCompliance" });
    check(GROUP, again.clone(), refused);
    check(SUBSCRIPTION, again, "201");
    let made = check(GROUP, json!({ "policyDefinitionReferenceId": member }), "201");
    assert_eq!(made["properties"]["policyDefinitionReferenceId"], member.to_lowercase());
}

#[test]
fn an_active_one_can_be_cancelled_and_not_be_replaced() {
    let mut world = with_clusters(true, false);
    world.delays.remediation_step = Duration::from_mins(1);
    let mode = json!({ "resourceDiscoveryMode": "ReEvaluateCompliance" });
    start(&mut world, &mode);
    assert_eq!(in_words(&start(&mut world, &mode)), "400 InvalidUpdateRemediationRequest");
    let delete = |world: &mut World| in_words(&send(world, Method::DELETE, &remediation(""), &Value::Null));
    assert_eq!(delete(&mut world), "400 InvalidDeleteRemediationRequest");
    let cancel = |world: &mut World| send(world, Method::POST, &remediation("/cancel"), &Value::Null);
    let (status, answer) = cancel(&mut world);
    assert_eq!((status, standing(&answer)), (200, "Cancelling 0/0/0".to_owned()));
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(standing(&get(&mut world, &remediation(""))), "Canceled 0/0/0");
    assert_eq!(in_words(&cancel(&mut world)), "400 InvalidCancelRemediationRequest");
    assert_eq!(start(&mut world, &mode).0, 200, "what is over can be started again");
    world.clock.advance(Duration::from_mins(2));
    assert_eq!(in_words(&cancel(&mut world)), "400 InvalidCancelRemediationRequest");
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(delete(&mut world), "200");
    start(&mut world, &json!({}));
    assert_eq!(delete(&mut world), "200", "one that only looks at what is known goes at once");
}

#[test]
fn a_scope_can_say_what_is_not_compliant() {
    let mut world = tenant();
    let states = json!({ "value": [
        { "resourceId": cluster("a"), "policyDefinitionReferenceId": "prerequisite_deployextensionlinux" },
        { "resourceId": cluster("b"), "policyDefinitionReferenceId": "other" },
    ]});
    world.plant(&format!("{GROUP}/providers/Microsoft.PolicyInsights/policyStates"), states);
    let (_, made) = put(&mut world, GROUP, "guest", &wish(&set(GUEST), &Value::Null));
    let owner = json!({ "properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "principalId": made["identity"]["principalId"], "scope": GROUP,
    }});
    world.plant(&format!("{GROUP}/providers/Microsoft.Authorization/roleAssignments/r"), owner);
    let body = json!({ "properties": {
        "policyAssignmentId": made["id"], "policyDefinitionReferenceId": "Prerequisite_DeployExtensionLinux",
    }});
    let target = remediation("").replace(SUBSCRIPTION, GROUP);
    assert_eq!(send(&mut world, Method::PUT, &target, &body).0, 201);
    assert_eq!(standing(&get(&mut world, &target)), "Succeeded 1/1/0");
}
