//! Azure Resource Manager: what it checks before a resource provider sees a request, and the table of the types
//! that the emulator knows.
//!
//! The order of the checks: token, route, subscription or management group, api-version, permission, registration,
//! quota.

pub(crate) mod groups;
pub(crate) mod hierarchy;
pub(crate) mod page;
pub(crate) mod permissions;
pub(crate) mod place;
pub(crate) mod providers;
pub(crate) mod quota;
pub(crate) mod resource;
pub(crate) mod subscriptions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use hyper::Method;

use self::place::Place;
use crate::access::{role_assignments, roles};
use crate::clusters::{connected, extensions as cluster_extensions, managed};
use crate::entra::token;
use crate::graph::resources as graph_resources;
use crate::machines::{arc, arc_extensions, extensions, scale_sets, virtual_machines};
use crate::message::{Answer, Call};
use crate::operations::{self, polls};
use crate::policy::{assignments, definitions, remediations};
use crate::route::not_implemented;
use crate::security::{
    assessment_settings, auto_provisioning, contacts, onboarding, pricings, settings, storage_settings,
    workspace_settings,
};
use crate::storage;
use crate::workspaces;
use crate::world::World;

/// Everything the emulator knows of one ARM resource type.
#[derive(Debug)]
pub(crate) struct ResourceType {
    /// Namespace and type, as Azure writes them.
    pub(crate) name: &'static str,
    /// The api-versions it takes, newest first.
    pub(crate) versions: &'static [&'static str],
    /// Answers a request that passed all checks.
    pub(crate) answer: fn(&mut World, &Visit<'_>) -> Answer,
}

/// All types, sorted by name.
static TYPES: [&ResourceType; 42] = [
    &permissions::TYPE,
    &assignments::TYPE,
    &definitions::DEFINITIONS,
    &definitions::SETS,
    &role_assignments::TYPE,
    &roles::TYPE,
    &polls::COMPUTE,
    &scale_sets::TYPE,
    &extensions::SCALE_SET,
    &virtual_machines::TYPE,
    &extensions::VIRTUAL_MACHINE,
    &virtual_machines::INSTANCE_VIEW,
    &polls::AKS,
    &managed::TYPE,
    &polls::ARC_RESULTS,
    &polls::ARC_STATUS,
    &arc::TYPE,
    &arc_extensions::TYPE,
    &connected::TYPE,
    &cluster_extensions::TYPE,
    &polls::KUBERNETES,
    &groups::TYPE,
    &groups::DESCENDANTS,
    &groups::SUBSCRIPTIONS,
    &workspaces::TYPE,
    &workspaces::KEYS,
    &remediations::TYPE,
    &remediations::CANCEL,
    &remediations::LIST_DEPLOYMENTS,
    &graph_resources::TYPE,
    &providers::TYPE,
    &providers::REGISTER,
    &subscriptions::TYPE,
    &auto_provisioning::TYPE,
    &storage_settings::TYPE,
    &onboarding::TYPE,
    &pricings::TYPE,
    &contacts::TYPE,
    &assessment_settings::TYPE,
    &settings::TYPE,
    &workspace_settings::TYPE,
    &storage::TYPE,
];

/// One request to one resource type.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    /// The request.
    pub(crate) call: &'a Call,
    /// What its path means.
    pub(crate) place: &'a Place,
    /// Its api-version, one of the type's.
    pub(crate) version: &'a str,
    /// Extensions that fail although the request succeeds: name to message.
    pub(crate) extension_failures: &'a BTreeMap<String, String>,
}

/// The name of the lock that this request needs for itself: Azure takes one pricing write per subscription at a
/// time. <https://github.com/hashicorp/terraform-provider-azurerm/issues/32451>
pub(crate) fn write_lock(call: &Call) -> Option<String> {
    let place = Place::parse(&call.path)?;
    let writes = matches!(call.method, Method::PUT | Method::DELETE);
    (writes && place.is(pricings::TYPE.name)).then(|| place.subscription()).flatten()
}

/// Answers a request to Azure Resource Manager.
pub(crate) fn answer(
    world: &mut World,
    call: &Call,
    contended: bool,
    extension_failures: &BTreeMap<String, String>,
) -> Answer {
    operations::settle_all(world);
    let answer = match admit(world, call) {
        Err(refusal) => refusal,
        Ok(_) if contended => Answer::error(
            409,
            "Conflict",
            "Another update operation is in progress. Please retry in a few minutes",
        ),
        Ok((kind, place, remaining)) => {
            let version = call.query.get("api-version").map_or("", String::as_str);
            let answer = (kind.answer)(world, &Visit { call, place: &place, version, extension_failures });
            answer.with_header(remaining.header, remaining.requests.to_string())
        }
    };
    with_request_ids(world, call, answer)
}

fn admit(world: &mut World, call: &Call) -> Result<(&'static ResourceType, Place, quota::Remaining), Answer> {
    token::verify(world, call)?;
    let place = Place::parse(&call.path).ok_or_else(|| not_implemented(call))?;
    let kind = TYPES.iter().find(|kind| place.is(kind.name)).ok_or_else(|| not_implemented(call))?;
    if let Some(subscription) = place.subscription() {
        subscriptions::check(world, &subscription, &call.method)?;
    }
    groups::check(world, &place)?;
    check_version(kind, call)?;
    permissions::check(world, kind.name, &place, &call.method)?;
    providers::check(world, &place, &call.method)?;
    let remaining = quota::take(world, &place, &call.method)?;
    Ok((kind, place, remaining))
}

/// A version that no type has is Resource Manager's own refusal; one that only this type lacks is seen at
/// <https://github.com/JulianHayward/Azure-MG-Sub-Governance-Reporting/issues/244>.
fn check_version(kind: &ResourceType, call: &Call) -> Result<(), Answer> {
    let Some(version) = call.query.get("api-version").filter(|version| !version.is_empty()) else {
        let message = "The api-version query parameter (?api-version=) is required for all requests.";
        return Err(Answer::error(400, "MissingApiVersionParameter", message));
    };
    if kind.versions.contains(&version.as_str()) {
        return Ok(());
    }
    let supported = kind.versions.join(",");
    if !TYPES.iter().any(|other| other.versions.contains(&version.as_str())) {
        let message =
            format!("The api-version '{version}' is invalid. The supported versions are '{supported}'.");
        return Err(Answer::error(400, "InvalidApiVersionParameter", &message));
    }
    let (namespace, name) = kind.name.split_once('/').unwrap_or_default();
    let message = format!(
        "The resource type '{name}' could not be found in the namespace '{namespace}' for api version '{version}'. \
         The supported api-versions are '{supported}'."
    );
    Err(Answer::error(404, "InvalidResourceType", &message))
}

fn with_request_ids(world: &mut World, call: &Call, answer: Answer) -> Answer {
    let id = world.next_request_id();
    let correlation = call.header("x-ms-correlation-request-id").unwrap_or(&id).to_owned();
    let routing = format!("WESTEUROPE:20261122T000000Z:{id}");
    let answer = answer
        .with_header("x-ms-correlation-request-id", correlation)
        .with_header("x-ms-routing-request-id", routing)
        .with_header("cache-control", "no-cache");
    let answer = match call.header("x-ms-client-request-id") {
        Some(client) if call.header("x-ms-return-client-request-id") == Some("true") => {
            answer.with_header("x-ms-client-request-id", client)
        }
        _ => answer,
    };
    answer.with_header("x-ms-request-id", id)
}
