//! `Microsoft.Management/managementGroups`: get, list, what is below one, and the check that a scope exists.
//! <https://learn.microsoft.com/rest/api/managementgroups>
//!
//! Groups come from seeds. The root group, named by the tenant's id, exists as soon as another one does; what has no
//! other place lies below it.

use hyper::Method;
use serde_json::{Value, json};

use super::place::Place;
use super::{ResourceType, Visit, page};
use crate::entra::TENANT_ID;
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::{Store, key};
use crate::world::World;

const VERSIONS: &[&str] = &["2023-04-01", "2021-04-01", "2020-05-01", "2020-02-01", "2018-03-01-preview"];
/// How many descendants a page has where the request does not say; Azure's number is not documented.
const PAGE: usize = 200;
const KIND: &str = "Microsoft.Management/managementGroups";

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType { name: KIND, versions: VERSIONS, answer };

/// The row of what lies below a group, at any depth.
pub(crate) static DESCENDANTS: ResourceType = ResourceType {
    name: "Microsoft.Management/managementGroups/descendants",
    versions: VERSIONS,
    answer: descendants,
};

/// The row of a subscription's place below a group.
pub(crate) static SUBSCRIPTIONS: ResourceType = ResourceType {
    name: "Microsoft.Management/managementGroups/subscriptions",
    versions: VERSIONS,
    answer: subscription,
};

/// The id of a group.
pub(crate) fn id(name: &str) -> String {
    format!("/providers/{KIND}/{name}")
}

/// The group that an id is, or lies in directly; lower case.
pub(crate) fn name_in(id: &str) -> Option<String> {
    let id = key(id);
    let rest = id.strip_prefix(&format!("{}/", key(&self::id(""))))?;
    rest.split('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The subscription whose place below a group this id is; lower case.
pub(crate) fn member_in(id: &str) -> Option<String> {
    let id = key(id);
    let (_, rest) = id.strip_prefix(&key(&self::id("")))?.split_once("/subscriptions/")?;
    (!rest.contains('/')).then(|| rest.to_owned())
}

/// Makes a group below the root where it is missing, and the root before it.
pub(crate) fn ensure(store: &mut Store, name: &str) {
    if store.get(&id(name)).is_some() {
        return;
    }
    if !name.eq_ignore_ascii_case(TENANT_ID) {
        ensure(store, TENANT_ID);
    }
    store.put(&id(name), document(name, name, TENANT_ID));
}

/// Puts a group below another one.
pub(crate) fn place(store: &mut Store, name: &str, display_name: &str, parent: &str) {
    ensure(store, parent);
    store.put(&id(name), document(name, display_name, parent));
}

/// The document that puts a subscription below a group.
pub(crate) fn membership(group: &str, subscription: &str) -> Value {
    json!({
        "id": format!("{}/subscriptions/{subscription}", id(group)),
        "name": subscription,
        "type": SUBSCRIPTIONS.name,
        "properties": {
            "displayName": format!("Emulated subscription {subscription}"),
            "parent": { "id": id(group) },
            "state": "Active",
            "tenant": TENANT_ID,
        },
    })
}

/// The group right above a group; none above the root.
pub(crate) fn parent(store: &Store, group: &str) -> Option<String> {
    let parent = store.get(&id(group))?["properties"]["details"]["parent"]["id"].as_str()?;
    name_in(parent)
}

/// The group right above a subscription: the root where nothing else is said and there are groups at all.
pub(crate) fn of_subscription(store: &Store, subscription: &str) -> Option<String> {
    let names = all(store).filter_map(|group| group["name"].as_str());
    let mut names =
        names.filter(|name| store.get(&format!("{}/subscriptions/{subscription}", id(name))).is_some());
    let said = names.next().map(str::to_ascii_lowercase);
    said.or_else(|| store.get(&id(TENANT_ID)).map(|_| TENANT_ID.to_owned()))
}

/// Refuses requests at a group that does not exist. The words are Azure's:
/// <https://github.com/Azure/bicep/issues/6832>.
pub(crate) fn check(world: &World, place: &Place) -> Result<(), Answer> {
    match name_in(&place.scope) {
        Some(name) if world.store.get(&id(&name)).is_none() => Err(not_found(&name)),
        _ => Ok(()),
    }
}

fn not_found(name: &str) -> Answer {
    let message = format!("The management group '{name}' cannot be found.");
    Answer::error(404, "ManagementGroupNotFound", &message)
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if visit.call.method != Method::GET {
        return not_implemented(visit.call);
    }
    let Some(name) = visit.place.name() else {
        let value: Vec<Value> = all(&world.store).map(in_list).collect();
        return Answer::json(200, &json!({ "value": value }));
    };
    let Some(document) = world.store.get(&id(name)) else { return not_found(name) };
    let mut document = document.clone();
    // A parent is shown with the name that people gave it.
    let above = parent(&world.store, name).and_then(|above| world.store.get(&id(&above)));
    if let Some(above) = above {
        document["properties"]["details"]["parent"]["displayName"] =
            above["properties"]["displayName"].clone();
    }
    let expand = visit.call.query.get("$expand").map_or("", String::as_str);
    if expand.eq_ignore_ascii_case("children") {
        let recurse = visit.call.query.get("$recurse").is_some_and(|recurse| recurse == "true");
        document["properties"]["children"] = json!(children(&world.store, name, recurse));
    } else if !expand.is_empty() {
        return not_implemented(visit.call);
    }
    Answer::json(200, &document)
}

fn descendants(world: &mut World, visit: &Visit<'_>) -> Answer {
    let Some(name) = visit.place.names.first().filter(|_| visit.call.method == Method::GET) else {
        return not_implemented(visit.call);
    };
    if world.store.get(&id(name)).is_none() {
        return not_found(name);
    }
    let mut value = Vec::new();
    gather(&children(&world.store, name, true), &id(name), &mut value);
    page::of(world, visit.call, &value, PAGE).unwrap_or_else(|refusal| refusal)
}

fn gather(children: &[Value], parent: &str, value: &mut Vec<Value>) {
    for child in children {
        value.push(json!({
            "id": child["id"],
            "type": child["type"].as_str().map(|kind| kind.trim_start_matches("/providers/")),
            "name": child["name"],
            "properties": { "displayName": child["displayName"], "parent": { "id": parent } },
        }));
        let below = child["children"].as_array().map_or(&[][..], Vec::as_slice);
        gather(below, child["id"].as_str().unwrap_or_default(), value);
    }
}

fn subscription(world: &mut World, visit: &Visit<'_>) -> Answer {
    let (&Method::GET, [group, rest @ ..]) = (&visit.call.method, visit.place.names.as_slice()) else {
        return not_implemented(visit.call);
    };
    let Some(subscription) = rest.first() else {
        let prefix = format!("{}/subscriptions/", id(group));
        let value: Vec<&Value> = world.store.under(&prefix).map(|(_, document)| document).collect();
        return Answer::json(200, &json!({ "value": value }));
    };
    match world.store.get(&format!("{}/subscriptions/{subscription}", id(group))) {
        Some(document) => Answer::json(200, document),
        None => Answer::error(404, "NotFound", &format!("'{subscription}' is not below '{group}'.")),
    }
}

/// What lies right below a group, with `children` of its own where that is asked for. The type of subscriptions has a leading
/// slash: <https://learn.microsoft.com/rest/api/managementgroups/management-groups/get>.
fn children(store: &Store, group: &str, recurse: bool) -> Vec<Value> {
    let below = all(store).filter(|child| {
        let parent = child["properties"]["details"]["parent"]["name"].as_str();
        parent.is_some_and(|parent| parent.eq_ignore_ascii_case(group))
    });
    let groups = below.map(|child| {
        let name = child["name"].as_str().unwrap_or_default();
        let mut shown = json!({
            "id": child["id"],
            "type": KIND,
            "name": name,
            "displayName": child["properties"]["displayName"],
        });
        if recurse {
            shown["children"] = json!(children(store, name, true));
        }
        shown
    });
    let group = group.to_ascii_lowercase();
    let subscriptions = store.under("/subscriptions").filter(|(id, _)| id.matches('/').count() == 2);
    let members = subscriptions.filter_map(|(_, document)| {
        let subscription = document["subscriptionId"].as_str()?;
        let parent = of_subscription(store, &subscription.to_ascii_lowercase())?;
        (parent.to_ascii_lowercase() == group).then(|| {
            json!({
                "id": document["id"],
                "type": "/subscriptions",
                "name": subscription,
                "displayName": document["displayName"],
            })
        })
    });
    groups.chain(members).collect()
}

fn in_list(group: &Value) -> Value {
    json!({
        "id": group["id"],
        "type": group["type"],
        "name": group["name"],
        "properties": { "tenantId": TENANT_ID, "displayName": group["properties"]["displayName"] },
    })
}

/// All groups.
pub(crate) fn all(store: &Store) -> impl Iterator<Item = &Value> {
    let depth = id("").matches('/').count();
    store.under(&id("")).filter(move |(id, _)| id.matches('/').count() == depth).map(|(_, group)| group)
}

fn document(name: &str, display_name: &str, parent: &str) -> Value {
    let mut details = json!({ "version": 1, "updatedTime": "2026-11-22T00:00:00Z", "updatedBy": "seed" });
    if !name.eq_ignore_ascii_case(TENANT_ID) {
        details["parent"] = json!({ "id": id(parent), "name": parent, "displayName": parent });
    }
    let display_name = if name == TENANT_ID { "Tenant Root Group" } else { display_name };
    json!({
        "id": id(name),
        "type": KIND,
        "name": name,
        "properties": { "tenantId": TENANT_ID, "displayName": display_name, "details": details },
    })
}
