//! `Microsoft.Authorization/permissions`: what the caller may do, and the refusal of everything else.
//! <https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group>
//!
//! The caller is an Owner unless a document with the id of the collection says otherwise:
//! `{"value":[{"actions":[…],"notActions":[…]}]}` at `{scope}/providers/Microsoft.Authorization/permissions`.

use hyper::Method;
use serde_json::{Value, json};

use super::hierarchy::reaching;
use super::place::Place;
use super::{ResourceType, Visit};
use crate::entra::{CLIENT_ID, OBJECT_ID};
use crate::graph::resources as graph_resources;
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Authorization/permissions",
    versions: &["2022-05-01-preview", "2022-04-01", "2018-07-01", "2018-01-01-preview", "2015-07-01"],
    answer,
};

/// Refuses an action that the caller's permissions at the scope or above it leave out.
pub(crate) fn check(world: &World, kind: &str, place: &Place, method: &Method) -> Result<(), Answer> {
    let verb = match *method {
        Method::GET | Method::HEAD => "read",
        Method::DELETE => "delete",
        Method::POST => "action",
        _ => "write",
    };
    let action = format!("{kind}/{verb}");
    // Everybody may query Azure Resource Graph, which shows what they may read:
    // <https://learn.microsoft.com/azure/governance/resource-graph/overview#permissions-in-azure-resource-graph>.
    let is_free = kind == TYPE.name || kind == graph_resources::TYPE.name;
    if is_free || permitted(&effective(world, place), &action) {
        return Ok(());
    }
    let message = format!(
        "The client '{CLIENT_ID}' with object id '{OBJECT_ID}' does not have authorization to perform action \
         '{action}' over scope '{}' or the scope is invalid. If access was recently granted, please refresh your \
         credentials.",
        place.scope
    );
    Err(Answer::error(403, "AuthorizationFailed", &message))
}

/// Whether the caller may do anything at all at a place.
pub(crate) fn has_any(world: &World, place: &Place) -> bool {
    let permissions = effective(world, place);
    let mut permissions = permissions.as_array().into_iter().flatten();
    permissions.any(|permission| permission["actions"].as_array().is_some_and(|actions| !actions.is_empty()))
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET {
        return not_implemented(visit.call);
    }
    Answer::json(200, &json!({ "value": effective(world, visit.place) }))
}

/// What is said nearest to the scope counts, up to the root management group.
fn effective(world: &World, place: &Place) -> Value {
    let subscription = place.subscription().map(|id| format!("/subscriptions/{id}"));
    let scope = Some(place.scope.clone()).filter(|scope| !scope.is_empty()).or(subscription);
    let scopes = scope.map_or_else(|| vec![String::new()], |scope| reaching(&world.store, &scope));
    let said = scopes.iter().find_map(|scope| world.store.get(&format!("{scope}/providers/{}", TYPE.name)));
    said.map_or_else(
        || json!([{ "actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": [] }]),
        |document| document["value"].clone(),
    )
}

fn permitted(permissions: &Value, action: &str) -> bool {
    let lists = |permission: &Value, field: &str| {
        let patterns = permission[field].as_array().into_iter().flatten().filter_map(Value::as_str);
        patterns
            .into_iter()
            .any(|pattern| covers(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()))
    };
    permissions
        .as_array()
        .into_iter()
        .flatten()
        .any(|permission| lists(permission, "actions") && !lists(permission, "notActions"))
}

/// Whether a pattern with any number of `*` covers the action; `*` also stands for slashes.
/// <https://learn.microsoft.com/azure/role-based-access-control/role-definitions#control-and-data-actions>
fn covers(pattern: &str, action: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == action,
        Some((start, rest)) => action.strip_prefix(start).is_some_and(|action| {
            (0..=action.len()).filter(|&at| action.is_char_boundary(at)).any(|at| covers(rest, &action[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_needs_a_pattern_and_no_exception() {
        let check = |actions: &[&str], not_actions: &[&str], allowed: bool| {
            let permissions = json!([{ "actions": actions, "notActions": not_actions }]);
            let action = "Microsoft.Security/pricings/write";
            assert_eq!(permitted(&permissions, action), allowed, "{actions:?} {not_actions:?}");
        };
        check(&["*"], &[], true);
        check(&["*/read"], &[], false);
        check(&["microsoft.security/*"], &[], true);
        check(&["Microsoft.Security/pricings/write"], &[], true);
        check(&["*"], &["Microsoft.Security/*/write"], false);
        check(&[], &[], false);
    }
}
