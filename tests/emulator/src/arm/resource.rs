//! What all tracked resources share: their ids, how they are listed, and Azure's words where one is missing.

use serde_json::{Value, json};

use super::place::Place;
use crate::entra::OBJECT_ID;
use crate::message::Answer;
use crate::store::{Store, key};

/// The region of what a seed or a test gave none.
pub(crate) const REGION: &str = "westeurope";

/// The id of the resource at a place, with the type's own spelling: `{scope}/providers/{namespace}/{type}/{name}/…`.
pub(crate) fn id(place: &Place, kind: &str) -> String {
    let mut types = kind.split('/');
    let namespace = types.next().unwrap_or_default();
    let path: Vec<&str> = types.zip(&place.names).flat_map(|(kind, name)| [kind, name.as_str()]).collect();
    format!("{}/providers/{namespace}/{}", place.scope, path.join("/"))
}

/// The id of the resource that one of a nested type lies in.
pub(crate) fn parent_id(place: &Place, kind: &str) -> String {
    let parent = kind.rsplit_once('/').map_or(kind, |(parent, _)| parent);
    id(place, parent)
}

/// Who wrote a document first and last, and when: what was written before, and a write now.
/// <https://learn.microsoft.com/rest/api/policyauthorization/policy-assignments/create#systemdata>
pub(crate) fn system_data(before: &Value, now: &str) -> Value {
    let mut data = before.clone();
    if !data.is_object() {
        data = json!({ "createdBy": OBJECT_ID, "createdByType": "Application", "createdAt": now });
    }
    data["lastModifiedBy"] = json!(OBJECT_ID);
    data["lastModifiedByType"] = json!("Application");
    data["lastModifiedAt"] = json!(now);
    data
}

/// The documents of a type at a scope or below it, whole, in the order of their ids.
pub(crate) fn within(store: &Store, scope: &str, kind: &str) -> Vec<Value> {
    let scope = key(scope);
    let inside = |at: &str| scope == "/" || at == scope || at.starts_with(&format!("{scope}/"));
    let of_kind = store.under(&scope).filter(|(id, _)| {
        Place::parse(id).is_some_and(|place| place.is(kind) && place.name().is_some() && inside(&place.scope))
    });
    of_kind.map(|(id, document)| whole(document.clone(), id, kind)).collect()
}

/// The documents right below a resource: `{parent}/{segment}/{name}`.
pub(crate) fn children(store: &Store, parent: &str, kind: &str) -> Vec<Value> {
    let segment = kind.rsplit('/').next().unwrap_or_default();
    let prefix = format!("{}/{}/", key(parent), segment.to_ascii_lowercase());
    let below = store.under(&prefix);
    let direct = below.filter(|(id, _)| id.strip_prefix(&prefix).is_some_and(|name| !name.contains('/')));
    direct.map(|(id, document)| whole(document.clone(), id, kind)).collect()
}

/// A document with the id, name and type that a seed may have left out.
pub(crate) fn whole(mut document: Value, id: &str, kind: &str) -> Value {
    if !document["id"].is_string() {
        document["id"] = json!(id);
    }
    if !document["name"].is_string() {
        document["name"] = json!(document["id"].as_str().unwrap_or(id).rsplit('/').next());
    }
    document["type"] = json!(kind);
    document
}

/// The document's region as it stands in URLs.
pub(crate) fn region(document: &Value) -> String {
    document["location"].as_str().unwrap_or(REGION).replace(' ', "").to_ascii_lowercase()
}

/// Refuses a tracked resource without a region.
pub(crate) fn require_location(body: &Value) -> Result<(), Answer> {
    if body["location"].as_str().is_some_and(|location| !location.is_empty()) {
        return Ok(());
    }
    let message = "The location property is required for this definition.";
    Err(Answer::error(400, "LocationRequired", message))
}

/// Azure Resource Manager's own words: <https://aka.ms/ARMResourceNotFoundFix>.
pub(crate) fn not_found(id: &str) -> Answer {
    let (scope, path) = id.rsplit_once("/providers/").unwrap_or(("", id));
    let group = scope.split('/').nth(4).unwrap_or_default();
    let message = format!(
        "The Resource '{path}' under resource group '{group}' was not found. For more details please go to \
         https://aka.ms/ARMResourceNotFoundFix"
    );
    Answer::error(404, "ResourceNotFound", &message)
}

/// <https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource>
pub(crate) fn parent_not_found(parent: &str, kind: &str, verb: &str) -> Answer {
    let nested = kind.split_once('/').map_or(kind, |(_, nested)| nested);
    let message = format!(
        "Failed to perform '{verb}' on resource(s) of type '{nested}', because the parent resource '{parent}' could not \
         be found."
    );
    Answer::error(404, "ParentResourceNotFound", &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_places_and_lists_from_ids() {
        let kind = "M.C/vms/extensions";
        let place =
            Place::parse("/subscriptions/s/resourceGroups/G/providers/m.c/VMS/v/Extensions/e").unwrap();
        assert_eq!(id(&place, kind), "/subscriptions/s/resourceGroups/G/providers/M.C/vms/v/extensions/e");
        assert_eq!(parent_id(&place, kind), "/subscriptions/s/resourceGroups/G/providers/M.C/vms/v");

        let mut store = Store::default();
        let names = |documents: Vec<Value>| -> Vec<String> {
            documents
                .iter()
                .map(|document| document["name"].as_str().unwrap_or_default().to_owned())
                .collect()
        };
        for id in ["s/resourceGroups/g", "s/resourceGroups/g2", "s2/resourceGroups/g"] {
            let vm = format!("/subscriptions/{id}/providers/M.C/vms/V");
            store.put(&vm, json!({ "id": vm }));
            store.put(&format!("{vm}/extensions/E"), json!({ "name": id }));
            store.put(&format!("{vm}/extensions/E/things/t"), json!({}));
        }
        assert_eq!(names(within(&store, "/subscriptions/S", "M.C/vms")), ["V", "V"]);
        assert_eq!(names(within(&store, "/subscriptions/s/resourceGroups/g", kind)), ["s/resourceGroups/g"]);
        assert_eq!(names(within(&store, "", "M.C/vms")).len(), 3);
        assert_eq!(names(children(&store, &parent_id(&place, kind), kind)), ["s/resourceGroups/g"]);
    }
}
