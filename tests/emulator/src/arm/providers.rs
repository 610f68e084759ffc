//! Registration of resource providers in a subscription.
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types>

use hyper::Method;
use serde_json::{Value, json};

use super::place::Place;
use super::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

const VERSIONS: &[&str] = &[
    "2025-04-01",
    "2025-03-01",
    "2024-03-01",
    "2022-09-01",
    "2021-04-01",
    "2021-01-01",
    "2020-06-01",
    "2019-10-01",
    "2016-02-01",
];

/// The type's row in the table: list and get.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Resources/providers", versions: VERSIONS, answer };

/// The action's row in the table.
pub(crate) static REGISTER: ResourceType =
    ResourceType { name: "Microsoft.Resources/providers/register", versions: VERSIONS, answer: register };

/// The namespaces that Defender for Cloud and what it deploys need; a new subscription has them all.
const NAMESPACES: [&str; 15] = [
    "Microsoft.Authorization",
    "Microsoft.Compute",
    "Microsoft.ContainerService",
    "Microsoft.GuestConfiguration",
    "Microsoft.HybridCompute",
    "Microsoft.Insights",
    "Microsoft.Kubernetes",
    "Microsoft.KubernetesConfiguration",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.PolicyInsights",
    "Microsoft.ResourceGraph",
    "Microsoft.Resources",
    "Microsoft.Security",
    "Microsoft.Storage",
];

/// How many reads still say `Registering` after a registration began.
const READS_WHILE_REGISTERING: u64 = 2;

/// Registers everything in a new subscription.
pub(crate) fn populate(store: &mut Store, subscription: &str) {
    for namespace in NAMESPACES {
        let scope = format!("/subscriptions/{subscription}");
        store.put(&id(&scope, namespace), document(&scope, namespace, "Registered"));
    }
}

/// Refuses requests to a namespace that is not registered. Microsoft.Security has a code of its own for it, with
/// spaces, and refuses reads, too; the others refuse writes:
/// <https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider>.
pub(crate) fn check(world: &World, place: &Place, method: &Method) -> Result<(), Answer> {
    let namespace = place.namespace();
    let Some(subscription) = place.subscription() else { return Ok(()) };
    let document = world.store.get(&id(&format!("/subscriptions/{subscription}"), namespace));
    let Some(state) = document.and_then(|document| document["registrationState"].as_str()) else {
        return Ok(());
    };
    if state == "Registered" {
        return Ok(());
    }
    if namespace.eq_ignore_ascii_case("Microsoft.Security") {
        let message = "Please register to Microsoft.Security in order to view your security status";
        return Err(Answer::error(404, "Subscription Not Registered", message));
    }
    if method == Method::GET {
        return Ok(());
    }
    let message = format!(
        "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how \
         to register subscriptions."
    );
    Err(Answer::error(409, "MissingSubscriptionRegistration", &message))
}

/// Whether the subscription of a place is registered for Microsoft Defender for Cloud, or a plan of it was ever set.
pub(crate) fn is_registered(store: &Store, place: &Place) -> bool {
    let Some(subscription) = place.subscription() else { return false };
    let scope = format!("/subscriptions/{subscription}");
    let registration = store.get(&id(&scope, "Microsoft.Security"));
    let was_set =
        || store.memories_under(&format!("{scope}/providers/Microsoft.Security/pricings")).next().is_some();
    registration.is_none_or(|document| document["registrationState"] == "Registered") || was_set()
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let scope = &visit.place.scope;
    if visit.call.method != Method::GET || scope.is_empty() {
        return not_implemented(visit.call);
    }
    if let Some(namespace) = visit.place.name() {
        let id = id(scope, namespace);
        settle(world, &id);
        return world
            .store
            .get(&id)
            .map_or_else(|| unknown(namespace), |document| Answer::json(200, document));
    }
    let prefix = format!("{scope}/providers/");
    let depth = prefix.matches('/').count();
    let value: Vec<&Value> = world
        .store
        .under(&prefix)
        .filter(|(id, _)| id.matches('/').count() == depth)
        .map(|(_, document)| document)
        .collect();
    Answer::json(200, &json!({ "value": value }))
}

fn register(world: &mut World, visit: &Visit<'_>) -> Answer {
    let (scope, namespace) = (&visit.place.scope, visit.place.names.first().map_or("", String::as_str));
    if visit.call.method != Method::POST {
        return not_implemented(visit.call);
    }
    let id = id(scope, namespace);
    let Some(state) = world.store.get(&id).map(|document| document["registrationState"].clone()) else {
        return unknown(namespace);
    };
    if state != "Registered" {
        let since = world.clock.document_time().unix_timestamp();
        world.store.put(&id, document(scope, namespace, "Registering"));
        world.store.remember(&id, json!({ "reads": READS_WHILE_REGISTERING, "since": since }));
    }
    world.store.get(&id).map_or_else(|| unknown(namespace), |document| Answer::json(200, document))
}

/// Finishes a registration after enough reads, or after any time that a test let pass.
fn settle(world: &mut World, id: &str) {
    let memory = world.store.memory(id);
    let (Some(reads), Some(since)) = (memory["reads"].as_u64(), memory["since"].as_i64()) else { return };
    if reads > 0 && world.clock.document_time().unix_timestamp() == since {
        world.store.remember(id, json!({ "reads": reads - 1, "since": since }));
        return;
    }
    world.store.remember(id, Value::Null);
    if let Some(mut document) = world.store.get(id).cloned() {
        document["registrationState"] = json!("Registered");
        world.store.put(id, document);
    }
}

fn id(scope: &str, namespace: &str) -> String {
    format!("{scope}/providers/{namespace}")
}

fn document(scope: &str, namespace: &str, state: &str) -> Value {
    json!({
        "id": id(scope, namespace),
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": state,
        "resourceTypes": [],
    })
}

fn unknown(namespace: &str) -> Answer {
    let message = format!("The resource namespace '{namespace}' is invalid.");
    Answer::error(404, "InvalidResourceNamespace", &message)
}
