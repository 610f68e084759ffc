//! `Microsoft.Authorization/roleAssignments`: list, get, put and delete.
//! <https://learn.microsoft.com/rest/api/authorization/role-assignments>

use hyper::Method;
use serde_json::{Value, json};

use super::{directory, roles};
use crate::arm::hierarchy::{is_within, reaching};
use crate::arm::{ResourceType, Visit, page};
use crate::entra::{OBJECT_ID, TENANT_ID};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Authorization/roleAssignments",
    versions: &["2022-04-01", "2020-08-01-preview"],
    answer,
};

/// Whether a principal has this role, or the Owner's, on what this id names.
pub(crate) fn holds(store: &Store, principal: &str, role: &str, id: &str) -> bool {
    let scopes = reaching(store, id);
    all(store).any(|assignment| {
        let properties = &assignment["properties"];
        let scope = crate::store::key(properties["scope"].as_str().unwrap_or_default());
        is(&properties["principalId"], principal)
            && [role, roles::OWNER].iter().any(|role| role_of(properties).eq_ignore_ascii_case(role))
            && scopes.contains(&scope)
    })
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let id =
        format!("{}/providers/{}/{}", visit.place.scope, TYPE.name, visit.place.name().unwrap_or_default());
    let result = match (&visit.call.method, visit.place.name()) {
        (&Method::GET, None) => list(world, visit),
        (&Method::GET, Some(name)) => {
            world.store.get(&id).map(|document| Answer::json(200, document)).ok_or_else(|| not_found(name))
        }
        (&Method::PUT, Some(name)) if !visit.place.scope.is_empty() => put(world, visit, &id, name),
        (&Method::DELETE, Some(_)) => {
            let document = world.store.get(&id).cloned();
            world.store.delete(&id);
            Ok(document.map_or_else(|| Answer::empty(204), |document| Answer::json(200, &document)))
        }
        _ => Err(not_implemented(visit.call)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// 201 also for what was there: recorded by
/// <https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/authorization/azure-mgmt-authorization/tests>.
fn put(world: &mut World, visit: &Visit<'_>, id: &str, name: &str) -> Result<Answer, Answer> {
    if !uuid::is_one(name) {
        let message =
            format!("The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.");
        return Err(Answer::error(400, "InvalidRoleAssignmentId", &message));
    }
    let body = visit.call.json()?;
    let asked = &body["properties"];
    let scope = &visit.place.scope;
    let required = |field: &str| {
        asked[field].as_str().filter(|text| !text.is_empty()).ok_or_else(|| {
            Answer::error(400, "InvalidRequestContent", &format!("The property '{field}' is required."))
        })
    };
    let role = required("roleDefinitionId")?.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let principal = required("principalId")?;
    roles::find(&world.store, scope, &role, visit.call)?;
    let existing = world.store.get(id).cloned();
    if let Some(existing) = &existing {
        refuse_update(&existing["properties"], principal, &role)?;
    }
    let kind = principal_kind(world, principal, &asked["principalType"])?;
    refuse_twin(&world.store, scope, id, (principal, &role))?;

    let now = world.clock.document_timestamp();
    let before = existing.as_ref().map(|existing| &existing["properties"]);
    let or = |value: Option<&Value>, default: &str| value.cloned().unwrap_or_else(|| json!(default));
    let mut properties = json!({
        "roleDefinitionId": roles::shown_id(scope, &role),
        "principalId": principal,
        "principalType": kind,
        "scope": scope,
        "condition": asked["condition"],
        "conditionVersion": asked["conditionVersion"],
        "createdOn": or(before.map(|before| &before["createdOn"]), &now),
        "updatedOn": now,
        "createdBy": or(before.map(|before| &before["createdBy"]), OBJECT_ID),
        "updatedBy": OBJECT_ID,
        "delegatedManagedIdentityResourceId": asked["delegatedManagedIdentityResourceId"],
        "description": asked["description"],
    });
    let document =
        |properties: &Value| json!({ "properties": properties, "id": id, "type": TYPE.name, "name": name });
    world.store.put(id, document(&properties));
    if existing.is_none() {
        // Who made it is not said at once, only to later reads.
        properties["createdBy"] = Value::Null;
    }
    Ok(Answer::json(201, &document(&properties)))
}

/// <https://github.com/Azure/Enterprise-Scale/issues/1747>
fn refuse_update(existing: &Value, principal: &str, role: &str) -> Result<(), Answer> {
    if is(&existing["principalId"], principal) && role_of(existing).eq_ignore_ascii_case(role) {
        return Ok(());
    }
    let message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
    Err(Answer::error(400, "RoleAssignmentUpdateNotPermitted", message))
}

/// <https://github.com/Azure/HubAndSpokeResearchEnclave/issues/50>; how a wrong type is refused is at
/// <https://learn.microsoft.com/azure/role-based-access-control/troubleshooting>.
fn principal_kind(world: &World, principal: &str, asked: &Value) -> Result<&'static str, Answer> {
    let digits = principal.replace('-', "");
    let Some(kind) = directory::kind(world, principal) else {
        let message = format!(
            "Principal {digits} does not exist in the directory {TENANT_ID}. Check that you have the correct principal \
             ID. If you are creating this principal and then immediately assigning a role, this error might be related \
             to a replication delay. In this case, set the role assignment principalType property to a value, such as \
             ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype"
        );
        return Err(Answer::error(400, "PrincipalNotFound", &message));
    };
    match asked.as_str() {
        Some(asked) if !asked.eq_ignore_ascii_case(kind) => {
            let message = format!(
                "The PrincipalId '{digits}' has type '{kind}' , which is different from specified PrinciaplType '{asked}'."
            );
            Err(Answer::error(400, "UnmatchedPrincipalType", &message))
        }
        _ => Ok(kind),
    }
}

/// One principal has one role at one scope once, under whatever name:
/// <https://learn.microsoft.com/azure/role-based-access-control/troubleshooting>.
fn refuse_twin(store: &Store, scope: &str, id: &str, (principal, role): (&str, &str)) -> Result<(), Answer> {
    let twin = all(store).find(|other| {
        let properties = &other["properties"];
        is(&properties["principalId"], principal)
            && is(&properties["scope"], scope)
            && role_of(properties).eq_ignore_ascii_case(role)
            && !is(&other["id"], id)
    });
    let Some(twin) = twin else { return Ok(()) };
    let name = twin["name"].as_str().unwrap_or_default().replace('-', "");
    let message =
        format!("The role assignment already exists. The ID of the existing role assignment is {name}.");
    Err(Answer::error(409, "RoleAssignmentExists", &message))
}

/// At, above and below the scope, or with `atScope()` only at and above it.
/// <https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest>
fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let mut at_scope = false;
    let mut principals = Vec::new();
    let filter = visit.call.query.get("$filter").map_or("", String::as_str);
    for part in filter.split(" and ").map(str::trim).filter(|part| !part.is_empty()) {
        let principal = part
            .strip_prefix("principalId eq '")
            .and_then(|rest| rest.strip_suffix('\''))
            .or_else(|| part.strip_prefix("assignedTo('")?.strip_suffix("')"));
        match principal {
            Some(principal) => principals.push(principal),
            None if part == "atScope()" => at_scope = true,
            None => return Err(not_implemented(visit.call)),
        }
    }
    let scope = &visit.place.scope;
    let above = reaching(&world.store, scope);
    let wanted = |assignment: &&Value| {
        let properties = &assignment["properties"];
        let own = properties["scope"].as_str().unwrap_or_default();
        principals.iter().all(|principal| is(&properties["principalId"], principal))
            && (above.contains(&crate::store::key(own)) || !at_scope && is_within(&world.store, own, scope))
    };
    let value: Vec<Value> = all(&world.store).filter(wanted).cloned().collect();
    page::of(world, visit.call, &value, 500)
}

fn all(store: &Store) -> impl Iterator<Item = &Value> {
    let kind = format!("/providers/{}/", TYPE.name.to_ascii_lowercase());
    store.documents().filter(move |(id, _)| id.contains(&kind)).map(|(_, document)| document)
}

fn role_of(properties: &Value) -> &str {
    properties["roleDefinitionId"].as_str().and_then(|id| id.rsplit('/').next()).unwrap_or_default()
}

fn is(value: &Value, text: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text))
}

fn not_found(name: &str) -> Answer {
    let message = format!("The role assignment '{name}' is not found.");
    Answer::error(404, "RoleAssignmentNotFound", &message)
}
