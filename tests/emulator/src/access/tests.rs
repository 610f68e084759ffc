//! The rules of roles and principals, as conversations with the whole service short of the sockets.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::conversation::{SUBSCRIPTION, azure, documents, examples, get, in_words, send};
use crate::entra::OBJECT_ID;
use crate::world::World;

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/platform";
const USER: &str = "aaaaaaaa-0000-0000-0000-000000000001";
const STRANGER: &str = "aaaaaaaa-0000-0000-0000-000000000002";

fn name(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

fn assignment(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}?api-version=2022-04-01")
}

fn body(role: &str, principal: &str) -> Value {
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
    json!({ "properties": { "roleDefinitionId": role, "principalId": principal } })
}

fn tenant() -> World {
    let user = format!("/providers/Microsoft.Graph/users/{USER}");
    let groups = json!([{ "name": "platform", "subscriptions": ["00000000-0000-0000-0000-000000000001"] }]);
    azure(Cloud::Public, &json!({ "management_groups": groups, "resources": [{ "id": user }] }))
}

fn put(world: &mut World, scope: &str, number: u32, body: &Value) -> (u16, Value) {
    send(world, Method::PUT, &assignment(scope, &name(number)), body)
}

#[test]
fn a_role_is_given_and_taken() {
    let mut world = tenant();
    let before = documents(&mut world);
    let (status, answer) = put(&mut world, SUBSCRIPTION, 1, &body(READER, USER));
    let properties = &answer["properties"];
    assert_eq!((status, &properties["createdBy"]), (201, &Value::Null), "{answer}");
    let shown = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}");
    assert_eq!(
        (&properties["roleDefinitionId"], &properties["principalType"]),
        (&json!(shown), &json!("User"))
    );
    assert_eq!(put(&mut world, SUBSCRIPTION, 1, &body(READER, USER)).0, 201, "again");
    let read = get(&mut world, &assignment(SUBSCRIPTION, &name(1)));
    assert_eq!(read["properties"]["createdBy"], OBJECT_ID);
    let delete =
        |world: &mut World| send(world, Method::DELETE, &assignment(SUBSCRIPTION, &name(1)), &Value::Null).0;
    assert_eq!((delete(&mut world), delete(&mut world)), (200, 204));
    assert_eq!(documents(&mut world), before);
}

#[test]
fn what_azure_refuses() {
    let check = |scope: &str, assignment_name: &str, body: &Value, expected: &str| {
        let mut world = tenant();
        put(&mut world, SUBSCRIPTION, 1, &super::tests::body(READER, USER));
        let answer = send(&mut world, Method::PUT, &assignment(scope, assignment_name), body);
        assert_eq!(in_words(&answer), expected, "{scope} {assignment_name} {body}: {}", answer.1);
        answer.1["error"]["message"].as_str().unwrap_or_default().to_owned()
    };
    let message = check(SUBSCRIPTION, &name(2), &body(READER, USER), "409 RoleAssignmentExists");
    assert!(message.ends_with(&format!("is {}.", name(1).replace('-', ""))), "{message}");
    check(SUBSCRIPTION, &name(1), &body(CONTRIBUTOR, USER), "400 RoleAssignmentUpdateNotPermitted");
    check(SUBSCRIPTION, &name(1), &body(READER, OBJECT_ID), "400 RoleAssignmentUpdateNotPermitted");
    check(SUBSCRIPTION, &name(2), &body(READER, STRANGER), "400 PrincipalNotFound");
    check(SUBSCRIPTION, "mine", &body(READER, USER), "400 InvalidRoleAssignmentId");
    check(SUBSCRIPTION, &name(2), &body("reader", USER), "400 InvalidRoleDefinitionId");
    check(SUBSCRIPTION, &name(2), &body(STRANGER, USER), "501 NotImplementedByEmulator");
    check(SUBSCRIPTION, &name(2), &json!({}), "400 InvalidRequestContent");
    check(GROUP, &name(2), &body(READER, USER), "201");
    check(&GROUP.replace("platform", "none"), &name(2), &body(READER, USER), "404 ManagementGroupNotFound");
    check("/subscriptions/none", &name(2), &body(READER, USER), "404 SubscriptionNotFound");
    let mut typed = body(CONTRIBUTOR, USER);
    typed["properties"]["principalType"] = json!("ServicePrincipal");
    check(SUBSCRIPTION, &name(2), &typed, "400 UnmatchedPrincipalType");
}

#[test]
fn a_new_identity_is_unknown_for_a_while() {
    let mut world = tenant();
    world.delays.replication = Duration::from_secs(30);
    let policy = "/providers/Microsoft.Authorization/policyDefinitions/a8eff44f-8c92-45c3-a3fb-9880802d67a7";
    let target = format!(
        "{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/a?api-version=2025-03-01"
    );
    let wish = json!({ "location": "westeurope", "identity": { "type": "SystemAssigned" },
        "properties": { "policyDefinitionId": policy } });
    let (_, made) = send(&mut world, Method::PUT, &target, &wish);
    let principal = made["identity"]["principalId"].as_str().unwrap();
    let mut typed = body(READER, principal);
    typed["properties"]["principalType"] = json!("ServicePrincipal");
    for body in [&body(READER, principal), &typed] {
        assert_eq!(in_words(&put(&mut world, SUBSCRIPTION, 3, body)), "400 PrincipalNotFound");
    }
    world.clock.advance(Duration::from_secs(29));
    assert_eq!(put(&mut world, SUBSCRIPTION, 3, &typed).0, 400);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(put(&mut world, SUBSCRIPTION, 3, &typed).0, 201);
    // Nobody remembers the identity of an assignment that is gone, and its role is an orphan.
    send(&mut world, Method::DELETE, &target, &Value::Null);
    assert_eq!(
        in_words(&put(&mut world, SUBSCRIPTION, 4, &body(CONTRIBUTOR, principal))),
        "400 PrincipalNotFound"
    );
    assert_eq!(send(&mut world, Method::GET, &assignment(SUBSCRIPTION, &name(3)), &Value::Null).0, 200);
}

#[test]
fn lists_look_up_and_down() {
    let mut world = tenant();
    let resource_group = format!("{SUBSCRIPTION}/resourceGroups/g");
    for (number, scope) in [(1, GROUP), (2, SUBSCRIPTION), (3, resource_group.as_str())] {
        assert_eq!(put(&mut world, scope, number, &body(READER, USER)).0, 201);
    }
    put(&mut world, SUBSCRIPTION, 4, &body(CONTRIBUTOR, OBJECT_ID));
    let mut check = |scope: &str, filter: &str, expected: &[u32]| {
        let target = format!("{}&$filter={filter}", assignment(scope, ""));
        let list = get(&mut world, &target.replace("roleAssignments/?", "roleAssignments?"));
        let mut names: Vec<&str> =
            list["value"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            expected.iter().map(|number| name(*number)).collect::<Vec<_>>(),
            "{scope} {filter}"
        );
    };
    check(SUBSCRIPTION, "", &[1, 2, 3, 4]);
    check(SUBSCRIPTION, "atScope()", &[1, 2, 4]);
    check(SUBSCRIPTION, &format!("principalId eq '{USER}'"), &[1, 2, 3]);
    check(SUBSCRIPTION, &format!("atScope() and assignedTo('{USER}')"), &[1, 2]);
    check(GROUP, "atScope()", &[1]);
    check(&resource_group, "atScope()", &[1, 2, 3, 4]);
}

#[test]
fn known_roles_can_be_read() {
    let mut world = tenant();
    let role = |scope: &str, rest: &str| {
        format!("{scope}/providers/Microsoft.Authorization/roleDefinitions{rest}api-version=2022-04-01")
    };
    let owner = get(&mut world, &role(SUBSCRIPTION, "/8e3af657-a8ff-443c-a75c-2fe8c4bcb635?"));
    assert_eq!(owner["properties"]["roleName"], "Owner");
    assert!(owner["id"].as_str().unwrap().starts_with(SUBSCRIPTION));
    let named = get(&mut world, &role(GROUP, "?$filter=roleName eq 'Security Admin'&"));
    assert_eq!(named["value"][0]["name"], "fb1c8493-542b-48eb-b624-b4c8fea62acd");
    let unknown = send(&mut world, Method::GET, &role("", &format!("/{STRANGER}?")), &Value::Null);
    assert_eq!(in_words(&unknown), "501 NotImplementedByEmulator");
}

/// Microsoft's bodies, but for the role's id: the service puts the subscription in front of it.
#[test]
fn microsofts_role_assignments_are_answered_as_published() {
    for (file, example) in examples("authorization-rbac-2022-04-01") {
        let text = |field: &str| example["parameters"][field].as_str().unwrap_or_default().to_owned();
        let published = ["200", "201"].iter().find_map(|status| example["responses"][status].get("body"));
        let (Some(published), true) = (published, file.starts_with("RoleAssignments_")) else { continue };
        let one = published["value"].get(0).unwrap_or(published);
        let field = |name: &str| one["properties"][name].as_str().unwrap();
        let role = field("roleDefinitionId");
        let seed = json!([{ "id": field("scope") }, { "id": role },
            { "id": format!("/providers/Microsoft.Graph/users/{}", field("principalId")) }, published]);
        let wish = &example["parameters"]["parameters"];
        let mut world =
            azure(Cloud::Public, &if wish.is_object() { json!(seed.as_array().unwrap()[..3]) } else { seed });
        let scope = if text("scope").is_empty() {
            format!("subscriptions/{}", text("subscriptionId"))
        } else {
            text("scope")
        };
        let target = assignment(&format!("/{scope}"), &text("roleAssignmentName")).replace("/?", "?");
        let method = match &file {
            _ if wish.is_object() => Method::PUT,
            file if file.contains("Delete") => Method::DELETE,
            _ => Method::GET,
        };
        let (status, answer) = send(&mut world, method, &target, wish);
        assert!([200, 201].contains(&status), "{file}: {answer}");
        let shown = answer["value"].get(0).unwrap_or(&answer);
        for name in ["id", "name", "type"] {
            assert_eq!(shown[name], one[name], "{file} {name}");
        }
        for name in ["principalId", "principalType", "scope"] {
            assert_eq!(shown["properties"][name], one["properties"][name], "{file} {name}");
        }
        assert!(shown["properties"]["roleDefinitionId"].as_str().unwrap().ends_with(role), "{file}");
    }
}
