//! The rows of the tables, made from documents. Pure but for reading the store.
//! <https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources>

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Value, json};

use super::index;
use super::query::{COLUMNS, Table};
use crate::arm::place::Place;
use crate::arm::{groups, hierarchy, permissions, providers, resource, subscriptions};
use crate::clusters::{connected, extensions as cluster_extensions, managed};
use crate::entra::TENANT_ID;
use crate::machines::{arc, arc_extensions, extension, extensions, scale_sets, view, virtual_machines};
use crate::policy::assignments;
use crate::security::pricings;
use crate::storage;
use crate::store::Store;
use crate::workspaces;
use crate::world::World;

/// The types that have rows in `resources`.
static RESOURCES: [&str; 10] = [
    virtual_machines::TYPE.name,
    extensions::VIRTUAL_MACHINE.name,
    scale_sets::TYPE.name,
    extensions::SCALE_SET.name,
    managed::TYPE.name,
    arc::TYPE.name,
    arc_extensions::TYPE.name,
    connected::TYPE.name,
    storage::TYPE.name,
    workspaces::TYPE.name,
];

/// All rows of a table that the caller may read, in the order of their ids.
pub(crate) fn of(world: &World, table: Table) -> Vec<Value> {
    let store = index::store(world);
    let kinds: &[&str] = match table {
        Table::Containers => return containers(world),
        Table::Resources => &RESOURCES,
        Table::KubernetesConfiguration => &[cluster_extensions::TYPE.name],
        Table::Security => &[pricings::TYPE.name],
        Table::Policy => &[assignments::TYPE.name],
    };
    // Whoever may read one thing of a kind at a scope may read all of them.
    let mut readable: BTreeMap<(String, &str), bool> = BTreeMap::new();
    store
        .documents()
        .filter_map(|(id, document)| {
            let place = Place::parse(id).filter(|place| place.name().is_some())?;
            let kind = kinds.iter().find(|kind| place.is(kind))?;
            let may_read = readable.entry((place.scope.clone(), kind)).or_insert_with(|| {
                let known = table != Table::Security || providers::is_registered(store, &place);
                known && permissions::check(world, kind, &place, &Method::GET).is_ok()
            });
            may_read.then(|| row(store, &shown(resource::whole(document.clone(), id, kind))))
        })
        .collect()
}

/// Subscriptions and management groups, with what they lie in, the nearest first.
/// <https://learn.microsoft.com/azure/governance/resource-graph/samples/samples-by-category#management-groups>
fn containers(world: &World) -> Vec<Value> {
    let store = index::store(world);
    let chain = |id: &str| -> Vec<Value> {
        let above = hierarchy::reaching(store, id).into_iter().skip(1);
        let groups = above.filter_map(|id| store.get(&id));
        groups
            .map(|group| json!({ "name": group["name"], "displayName": group["properties"]["displayName"] }))
            .collect()
    };
    let whole = |id: &Value, name: &Value, kind: &str, properties: Value| {
        let mut row = row(store, &json!({ "id": id, "name": name, "type": kind, "properties": properties }));
        row["properties"]["managementGroupAncestorsChain"] = json!(chain(id.as_str().unwrap_or_default()));
        row
    };
    let groups = groups::all(store)
        .map(|group| whole(&group["id"], &group["name"], groups::TYPE.name, group["properties"].clone()));
    let subscriptions = subscriptions::visible(world).into_iter().map(|document| {
        let mut properties = json!({ "state": document["state"] });
        properties["subscriptionPolicies"] = document["subscriptionPolicies"].clone();
        whole(&document["id"], &document["displayName"], subscriptions::TYPE.name, properties)
    });
    groups.chain(subscriptions).collect()
}

/// An extension as its own API shows it: those of Azure Arc with what the agent reports, the others without.
fn shown(resource: Value) -> Value {
    let kind = resource["type"].as_str().unwrap_or_default();
    if kind == arc_extensions::TYPE.name {
        return arc_extensions::shown(resource);
    }
    if [extensions::VIRTUAL_MACHINE.name, extensions::SCALE_SET.name].contains(&kind) {
        return extension::model(resource);
    }
    resource
}

/// Types, regions and resource groups are lower case in every row; what a resource has not is null, or an empty text.
fn row(store: &Store, resource: &Value) -> Value {
    let kind = resource["type"].as_str().unwrap_or_default().to_owned();
    let id = resource["id"].as_str().unwrap_or_default().to_owned();
    let in_subscription = crate::seed::subscription_of(&id).is_some();
    let segment = |number: usize| id.split('/').nth(number).filter(|_| in_subscription).unwrap_or_default();
    let mut row = json!({});
    for column in COLUMNS {
        row[column] = resource[column].clone();
    }
    for column in ["kind", "managedBy", "location"] {
        row[column] = json!(resource[column].as_str().unwrap_or_default());
    }
    row["location"] =
        json!(row["location"].as_str().unwrap_or_default().replace(' ', "").to_ascii_lowercase());
    row["type"] = json!(kind.to_ascii_lowercase());
    row["subscriptionId"] = json!(segment(2));
    row["resourceGroup"] = json!(segment(4).to_ascii_lowercase());
    row["tenantId"] = json!(TENANT_ID);
    if let Some(properties) = row["properties"].as_object_mut() {
        properties.remove("configurationProtectedSettings");
    }
    if kind == virtual_machines::TYPE.name {
        extend(store, resource, &mut row);
    }
    if kind == arc::TYPE.name && row["properties"]["status"].is_null() {
        row["properties"]["status"] = json!("Connected");
    }
    row
}

/// Of a virtual machine's instance view a row has a part, in a place of its own.
/// <https://learn.microsoft.com/azure/governance/resource-graph/samples/advanced> counts machines by it.
fn extend(store: &Store, machine: &Value, row: &mut Value) {
    let full = virtual_machines::viewed(store, machine);
    let mut part = json!({});
    for field in ["computerName", "hyperVGeneration", "osName", "osVersion"] {
        if !full[field].is_null() {
            part[field] = full[field].clone();
        }
    }
    let code = view::power_state(&full).unwrap_or("PowerState/running");
    let state = code.rsplit('/').next().unwrap_or_default();
    part["powerState"] = json!({ "code": code, "displayStatus": format!("VM {state}"), "level": "Info" });
    if let Some(properties) = row["properties"].as_object_mut() {
        properties.remove("instanceView");
    }
    row["properties"]["extended"] = json!({ "instanceView": part });
}
