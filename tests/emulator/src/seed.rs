//! What is there at the start: documents from a seed, and everything that must exist around them.
//!
//! A seed is `{"subscriptions":[id…],"resources":[document with id…]}`, one of Microsoft's published examples
//! (`{"parameters":…,"responses":{"200":{"body":…}}}`), a bare document or list of them, or an array of seeds.

use serde_json::{Value, json};

use crate::arm::{providers, subscriptions};
use crate::security::pricings;
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

/// Writes a document, after its subscription where that is new.
pub(crate) fn plant(store: &mut Store, cloud: Cloud, id: &str, mut document: Value) {
    if let Some(subscription) = subscription_of(id) {
        add_subscription(store, cloud, &subscription);
    }
    if let Some(fields) = document.as_object_mut() {
        fields.insert("id".to_owned(), json!(format!("/{}", id.trim_matches('/'))));
    }
    store.put(id, document);
}

fn sow_one(store: &mut Store, cloud: Cloud, seed: &Value) -> Result<(), Error> {
    if let Some(seeds) = seed.as_array() {
        return seeds.iter().try_for_each(|seed| sow_one(store, cloud, seed));
    }
    if let Some(responses) = seed.get("responses") {
        let bodies = ["200", "201"].iter().filter_map(|status| responses.get(status)?.get("body"));
        return bodies.take(1).try_for_each(|body| sow_one(store, cloud, body));
    }
    if let Some(documents) = seed.get("value").or_else(|| seed.get("resources")) {
        for id in seed.get("subscriptions").and_then(Value::as_array).into_iter().flatten() {
            let id = id.as_str().ok_or_else(|| refused("a subscription is not a text", id))?;
            add_subscription(store, cloud, id);
        }
        return sow_one(store, cloud, documents);
    }
    if let Some(ids) = seed.get("subscriptions").and_then(Value::as_array) {
        ids.iter().filter_map(Value::as_str).for_each(|id| add_subscription(store, cloud, id));
        return Ok(());
    }
    let id = seed.get("id").and_then(Value::as_str).ok_or_else(|| refused("a document has no id", seed))?;
    plant(store, cloud, id, seed.clone());
    Ok(())
}

fn add_subscription(store: &mut Store, cloud: Cloud, subscription: &str) {
    let id = format!("/subscriptions/{subscription}");
    if store.get(&id).is_some() {
        return;
    }
    store.put(&id, subscriptions::document(subscription));
    providers::populate(store, subscription);
    pricings::populate(store, cloud, subscription);
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
