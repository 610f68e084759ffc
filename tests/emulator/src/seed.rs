//! What is there at the start: documents from a seed, and everything that must exist around them.
//!
//! A seed is `{"subscriptions":[id…],"management_groups":[group…],"resources":[document with id…]}` (a group is its
//! name, or `{"name","display_name"?,"parent"?,"subscriptions"?}`), one of Microsoft's published examples
//! (`{"parameters":…,"responses":{"200":{"body":…}}}`), a bare document or list of them, or an array of seeds.

use serde_json::{Value, json};

use crate::arm::{groups, providers, subscriptions};
use crate::entra::TENANT_ID;
use crate::security::{self, pricings};
use crate::store::{Store, key};
use crate::{Cloud, Error};

/// The subscription that exists where the seed names none.
pub(crate) const DEFAULT_SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

/// Fills an empty store.
///
/// # Errors
/// When the seed has none of the shapes above, or a document has no usable id.
pub(crate) fn sow(store: &mut Store, cloud: Cloud, seed: Option<&Value>) -> Result<(), Error> {
    if let Some(seed) = seed {
        sow_one(store, cloud, seed)?;
    }
    if subscriptions::ids(store).is_empty() {
        add_subscription(store, cloud, DEFAULT_SUBSCRIPTION);
    }
    Ok(())
}

/// Writes a document, after its subscription or management group where that is new. The document of either may be
/// given in part.
pub(crate) fn plant(store: &mut Store, cloud: Cloud, id: &str, mut document: Value) {
    for subscription in subscription_of(id).into_iter().chain(groups::member_in(id)) {
        add_subscription(store, cloud, &subscription);
    }
    if let Some(group) = groups::name_in(id) {
        groups::ensure(store, &group);
    }
    if let Some(fields) = document.as_object_mut() {
        fields.insert("id".to_owned(), json!(format!("/{}", id.trim_matches('/'))));
        let in_part = key(id).matches('/').count() == 2 || key(&groups::id("")) == parent(&key(id));
        let own = store.get(id).filter(|_| in_part).and_then(Value::as_object);
        for (name, value) in own.into_iter().flatten() {
            fields.entry(name).or_insert_with(|| value.clone());
        }
    }
    store.put(id, document);
}

fn sow_one(store: &mut Store, cloud: Cloud, seed: &Value) -> Result<(), Error> {
    if let Some(seeds) = seed.as_array() {
        return seeds.iter().try_for_each(|seed| sow_one(store, cloud, seed));
    }
    if let Some(id) = seed["id"].as_str() {
        plant(store, cloud, id, seed.clone());
        return Ok(());
    }
    if let Some(responses) = seed.get("responses") {
        let body = ["200", "201"].iter().find_map(|status| responses.get(status)?.get("body"));
        return body.map_or(Ok(()), |body| sow_one(store, cloud, body));
    }
    let parts = ["subscriptions", "management_groups", "resources", "value"].map(|name| seed.get(name));
    if parts.iter().all(Option::is_none) {
        return Err(refused("neither a document with an id nor a list of them", seed));
    }
    let [subscriptions, groups, resources, value] = parts;
    for subscription in subscriptions.and_then(Value::as_array).into_iter().flatten() {
        let id =
            subscription.as_str().ok_or_else(|| refused("a subscription is not a text", subscription))?;
        add_subscription(store, cloud, id);
    }
    for group in groups.and_then(Value::as_array).into_iter().flatten() {
        add_group(store, cloud, group)?;
    }
    [resources, value].into_iter().flatten().try_for_each(|documents| sow_one(store, cloud, documents))
}

fn add_group(store: &mut Store, cloud: Cloud, group: &Value) -> Result<(), Error> {
    let name = group.as_str().or_else(|| group["name"].as_str());
    let name = name.ok_or_else(|| refused("a management group has no name", group))?;
    let text = |field: &str| group[field].as_str();
    groups::place(store, name, text("display_name").unwrap_or(name), text("parent").unwrap_or(TENANT_ID));
    for subscription in group["subscriptions"].as_array().into_iter().flatten() {
        let subscription =
            subscription.as_str().ok_or_else(|| refused("a subscription is not a text", subscription))?;
        add_subscription(store, cloud, subscription);
        let membership = groups::membership(name, subscription);
        store.put(membership["id"].as_str().unwrap_or_default(), membership.clone());
    }
    Ok(())
}

/// What stands before the last slash.
fn parent(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn add_subscription(store: &mut Store, cloud: Cloud, subscription: &str) {
    let id = format!("/subscriptions/{subscription}");
    if store.get(&id).is_some() {
        return;
    }
    store.put(&id, subscriptions::document(subscription));
    providers::populate(store, subscription);
    pricings::populate(store, cloud, subscription);
    security::populate_settings(store, cloud, subscription);
}

/// The subscription that an id lies in.
pub(crate) fn subscription_of(id: &str) -> Option<String> {
    let id = key(id);
    let rest = id.strip_prefix("/subscriptions/")?;
    rest.split('/').next().filter(|subscription| !subscription.is_empty()).map(str::to_owned)
}

fn refused(why: &str, what: &Value) -> Error {
    let text: String = what.to_string().chars().take(200).collect();
    Error::new("use the seed", format!("{why}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seed: &Value, subscriptions: &[&str], tier_of_arm: &str) {
        let mut store = Store::default();
        sow(&mut store, Cloud::Public, Some(seed)).unwrap();
        assert_eq!(subscriptions::ids(&store), subscriptions, "{seed}");
        let arm = format!("/subscriptions/{}/providers/Microsoft.Security/pricings/Arm", subscriptions[0]);
        assert_eq!(store.get(&arm).unwrap()["properties"]["pricingTier"], tier_of_arm, "{seed}");
    }

    #[test]
    fn seeds_have_many_shapes() {
        let arm = json!({
            "id": "subscriptions/b/providers/Microsoft.Security/pricings/Arm",
            "properties": { "pricingTier": "Standard" },
        });
        check(&json!([]), &[DEFAULT_SUBSCRIPTION], "Free");
        check(&json!({ "subscriptions": ["b", "a"] }), &["a", "b"], "Free");
        check(&json!({ "id": "/subscriptions/b", "state": "Disabled" }), &["b"], "Free");
        check(&arm, &["b"], "Standard");
        check(&json!({ "resources": [arm] }), &["b"], "Standard");
        check(&json!({ "responses": { "200": { "body": { "value": [arm] } } } }), &["b"], "Standard");
        check(&json!({ "responses": { "204": {} } }), &[DEFAULT_SUBSCRIPTION], "Free");
        check(
            &json!([{ "subscriptions": ["c"] }, { "responses": { "200": { "body": arm } } }]),
            &["b", "c"],
            "Standard",
        );
        check(
            &json!({ "id": "/subscriptions/b/providers/X.Y/z", "value": [{ "no": "id" }] }),
            &["b"],
            "Free",
        );
    }

    #[test]
    fn a_seed_of_another_shape_is_refused_with_its_text() {
        for seed in
            [json!({ "resource": [] }), json!({ "resources": ["x"] }), json!({ "subscriptions": [1] })]
        {
            let error = sow(&mut Store::default(), Cloud::Public, Some(&seed)).unwrap_err().to_string();
            assert!(error.starts_with("cannot use the seed: "), "{error}");
        }
    }
}
