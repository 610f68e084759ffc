//! `Microsoft.Authorization/roleDefinitions`: the built-in roles that built-in policies of Defender use, and those that
//! a seed or a test wrote. <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>
//!
//! Azure has hundreds more: what is not known here is answered with 501, not with "does not exist".

use hyper::Method;
use serde_json::{Value, json};

use crate::arm::hierarchy::reaching;
use crate::arm::{ResourceType, Visit, page};
use crate::message::{Answer, Call};
use crate::route::not_implemented;
use crate::store::Store;
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Authorization/roleDefinitions",
    versions: &["2022-05-01-preview", "2022-04-01"],
    answer,
};

/// The role that may do everything, whatever a policy asks for.
pub(crate) const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/// A role.
struct Role {
    id: &'static str,
    name: &'static str,
    /// What it may do and what not; none where this table does not say.
    actions: Option<(&'static [&'static str], &'static [&'static str])>,
}

const fn named(id: &'static str, name: &'static str) -> Role {
    Role { id, name, actions: None }
}

/// Actions of the general roles:
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged>.
/// `5e93ba01` has been seen as "Defender Containers Sensor", too: names of roles change, ids do not.
static ROLES: [Role; 16] = [
    Role { id: OWNER, name: "Owner", actions: Some((&["*"], &[])) },
    Role {
        id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
        name: "Contributor",
        actions: Some((
            &["*"],
            &[
                "Microsoft.Authorization/*/Delete",
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/elevateAccess/Action",
                "Microsoft.Blueprint/blueprintAssignments/write",
                "Microsoft.Blueprint/blueprintAssignments/delete",
                "Microsoft.Compute/galleries/share/action",
                "Microsoft.Purview/consents/write",
                "Microsoft.Purview/consents/delete",
            ],
        )),
    },
    Role {
        id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        name: "User Access Administrator",
        actions: Some((&["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"], &[])),
    },
    Role { id: "acdd72a7-3385-48ef-bd42-f606fba81ae7", name: "Reader", actions: Some((&["*/read"], &[])) },
    named("f58310d9-a9f6-439a-9e8d-f62e7b41a168", "Role Based Access Control Administrator"),
    named("fb1c8493-542b-48eb-b624-b4c8fea62acd", "Security Admin"),
    named("9980e02c-c2be-4d73-94e8-173b1dc7cf3c", "Virtual Machine Contributor"),
    named("cd570a14-e51a-42ad-bac8-bafd67325302", "Azure Connected Machine Resource Administrator"),
    named("92aaf0da-9dab-42b6-94a3-d43ce8d16293", "Log Analytics Contributor"),
    named("749f88d5-cbae-40b8-bcfc-e573ddc772fa", "Monitoring Contributor"),
    named("5e93ba01-8f92-4c7a-b12a-801e3df23824", "Kubernetes Agent Operator"),
    named("8bb6f106-b146-4ee6-a3f9-b9c5a96e0ae5", "Defender Kubernetes Agent Operator"),
    named("ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", "Azure Kubernetes Service Contributor Role"),
    named("18ed5180-3e48-46fd-8541-4ea054d57064", "Azure Kubernetes Service Policy Add-on Deployment"),
    named("85cb6faf-e071-4c9b-8136-154b5a04f717", "Kubernetes Extension Contributor"),
    named("f1a07417-d97a-45cb-824c-7a7467783830", "Managed Identity Operator"),
];

/// The role's document at a scope.
///
/// # Errors
/// Azure's answer to an id that is none, and 501 for a role that is not known here.
pub(crate) fn find(store: &Store, scope: &str, role: &str, call: &Call) -> Result<Value, Answer> {
    if !uuid::is_one(role) {
        let message = format!("The role definition ID '{role}' is not valid. It must be a GUID.");
        return Err(Answer::error(400, "InvalidRoleDefinitionId", &message));
    }
    if let Some(known) = ROLES.iter().find(|known| known.id.eq_ignore_ascii_case(role)) {
        return Ok(document(scope, known));
    }
    let mut scopes = reaching(store, scope);
    scopes.push(String::new());
    let written = scopes.iter().find_map(|scope| store.get(&id(scope, role)));
    written.cloned().ok_or_else(|| not_implemented(call))
}

/// A role's id as Azure shows it at this scope: with the subscription where there is one.
/// <https://github.com/Azure/azure-rest-api-specs/blob/main/specification/authorization/resource-manager/Microsoft.Authorization/Authorization/stable/2022-04-01/authorization-RoleDefinitionsCalls.json>
pub(crate) fn shown_id(scope: &str, role: &str) -> String {
    let subscription =
        crate::seed::subscription_of(scope).map(|subscription| format!("/subscriptions/{subscription}"));
    id(&subscription.unwrap_or_default(), role)
}

fn id(scope: &str, role: &str) -> String {
    format!("{scope}/providers/{}/{role}", TYPE.name)
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let result = match (&visit.call.method, visit.place.name()) {
        (&Method::GET, Some(role)) => find(&world.store, &visit.place.scope, role, visit.call)
            .map(|document| Answer::json(200, &document)),
        (&Method::GET, None) => list(world, visit),
        _ => Err(not_implemented(visit.call)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// Only by name: a list of all roles is more than is known here.
fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let filter = visit.call.query.get("$filter").map_or("", String::as_str);
    let name = filter.trim().strip_prefix("roleName eq '").and_then(|rest| rest.strip_suffix('\''));
    let known = ROLES.iter().find(|role| name.is_some_and(|name| role.name.eq_ignore_ascii_case(name)));
    let role = known.ok_or_else(|| not_implemented(visit.call))?;
    page::of(world, visit.call, &[document(&visit.place.scope, role)], 1000)
}

fn document(scope: &str, role: &Role) -> Value {
    let mut properties =
        json!({ "roleName": role.name, "type": "BuiltInRole", "description": "", "assignableScopes": ["/"] });
    if let Some((actions, not_actions)) = role.actions {
        properties["permissions"] = json!([
            { "actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": [] }
        ]);
    }
    json!({ "id": shown_id(scope, role.id), "name": role.id, "type": TYPE.name, "properties": properties })
}
