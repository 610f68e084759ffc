//! `Microsoft.Resources/subscriptions`: list, get, and the checks that every request within one passes.
//! <https://learn.microsoft.com/rest/api/resources/subscriptions>

use hyper::Method;
use serde_json::{Value, json};

use super::place::Place;
use super::{ResourceType, Visit, page, permissions};
use crate::entra::TENANT_ID;
use crate::message::{Answer, Call};
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Resources/subscriptions",
    versions: &[
        "2022-12-01",
        "2022-09-01",
        "2021-04-01",
        "2021-01-01",
        "2020-01-01",
        "2019-11-01",
        "2019-06-01",
        "2018-06-01",
        "2016-06-01",
    ],
    answer,
};

/// How many subscriptions a page has; Azure's number is not documented.
const PAGE: usize = 200;

/// A new subscription.
pub(crate) fn document(subscription: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{subscription}"),
        "authorizationSource": "RoleBased",
        "displayName": format!("Emulated subscription {subscription}"),
        "managedByTenants": [],
        "state": "Enabled",
        "subscriptionId": subscription,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
        "tenantId": TENANT_ID,
    })
}

/// The ids of all subscriptions, sorted.
pub(crate) fn ids(store: &Store) -> Vec<String> {
    all(store).filter_map(|document| document["subscriptionId"].as_str()).map(str::to_owned).collect()
}

/// Refuses requests within a subscription that does not exist, and writes within one that is not enabled.
/// <https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states>
pub(crate) fn check(world: &World, subscription: &str, method: &Method) -> Result<(), Answer> {
    let Some(document) = world.store.get(&format!("/subscriptions/{subscription}")) else {
        let message = format!("The subscription '{subscription}' could not be found.");
        return Err(Answer::error(404, "SubscriptionNotFound", &message));
    };
    let state = document["state"].as_str().unwrap_or("Enabled");
    if method != Method::GET && matches!(state, "Disabled" | "Deleted") {
        let message = format!(
            "The subscription '{subscription}' is disabled and therefore marked as read only. You cannot perform any \
             write actions on this subscription until it is re-enabled."
        );
        return Err(Answer::error(409, "ReadOnlyDisabledSubscription", &message));
    }
    Ok(())
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let Call { method: Method::GET, .. } = visit.call else { return not_implemented(visit.call) };
    match visit.place.name() {
        None => {
            let value = visible(world);
            let page = page::with(world, visit.call, &value, PAGE, |body| {
                body["count"] = json!({ "type": "Total", "value": value.len() });
            });
            page.unwrap_or_else(|refusal| refusal)
        }
        Some(id) => match world.store.get(&format!("/subscriptions/{id}")) {
            Some(document) => Answer::json(200, document),
            None => not_implemented(visit.call),
        },
    }
}

/// The subscriptions in which the caller may do anything at all.
pub(crate) fn visible(world: &World) -> Vec<Value> {
    let may_enter = |document: &&Value| {
        let place = document["id"].as_str().and_then(Place::parse);
        place.is_some_and(|place| permissions::has_any(world, &place))
    };
    all(&world.store).filter(may_enter).cloned().collect()
}

fn all(store: &Store) -> impl Iterator<Item = &Value> {
    store.under("/subscriptions").filter(|(id, _)| id.matches('/').count() == 2).map(|(_, document)| document)
}
