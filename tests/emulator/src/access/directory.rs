//! The principals of the tenant: the caller, the identities of policy assignments, and those that a seed or a test
//! wrote as `/providers/Microsoft.Graph/{users|groups|servicePrincipals}/{object id}`.
//!
//! Nothing is kept here: who goes with a document is gone with it.

use serde_json::Value;

use crate::entra::OBJECT_ID;
use crate::world::World;

/// The kind of the identities of Azure's resources.
const SERVICE_PRINCIPAL: &str = "ServicePrincipal";

/// The kind of this principal as role assignments name it; nothing where it is unknown, or new and not yet
/// replicated. What `principalType` a request gives does not help: Azure only looks harder then, and a delay is a
/// delay. <https://github.com/MicrosoftDocs/azure-docs/issues/103085>
pub(crate) fn kind(world: &World, principal: &str) -> Option<&'static str> {
    if world.age(&of_principal(principal)) < world.delays.replication {
        return None;
    }
    if principal.eq_ignore_ascii_case(OBJECT_ID) || is_identity(world, principal) {
        return Some(SERVICE_PRINCIPAL);
    }
    let kinds = [("users", "User"), ("groups", "Group"), ("servicePrincipals", SERVICE_PRINCIPAL)];
    let written =
        |(path, _): &(&str, &str)| world.store.get(&format!("/providers/Microsoft.Graph/{path}/{principal}"));
    kinds.into_iter().find(|kind| written(kind).is_some()).map(|(_, kind)| kind)
}

/// The object ids of an `identity` as Azure shows it.
pub(crate) fn principals(identity: &Value) -> Vec<&str> {
    let assigned = identity["userAssignedIdentities"].as_object().into_iter().flatten();
    let all = assigned.map(|(_, identity)| identity).chain([identity]);
    all.filter_map(|identity| identity["principalId"].as_str()).collect()
}

/// Starts the delay of a new principal.
pub(crate) fn begin(world: &mut World, principal: &str) {
    world.begin(&of_principal(principal));
}

/// Ends what [`begin`] started.
pub(crate) fn forget(world: &mut World, principal: &str) {
    world.forget(&of_principal(principal));
}

fn of_principal(principal: &str) -> String {
    format!("principal/{principal}")
}

fn is_identity(world: &World, principal: &str) -> bool {
    let identities = world.store.documents().map(|(_, document)| &document["identity"]);
    identities.flat_map(principals).any(|known| known.eq_ignore_ascii_case(principal))
}
