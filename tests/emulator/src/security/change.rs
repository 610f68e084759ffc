//! What a pricing PUT does: from the stored properties and a wish to new properties and the answer. Pure.
//!
//! A plan's *memory* is what Azure keeps and does not show: properties of extensions that are off or whose plan is
//! Free, and when the trial ends.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::desired::{Desired, Standard, Switch, spelled};
use super::facts::{Extension, Plan};
use crate::clock::timestamp;
use crate::message::Answer;

/// How long a plan is free of charge after its first enablement.
/// <https://azure.microsoft.com/pricing/details/defender-for-cloud/>
const TRIAL: Duration = Duration::days(30);

/// A plan of one scope as it is.
#[derive(Debug)]
pub(crate) struct Current<'a> {
    /// The plan.
    pub(crate) plan: &'static Plan,
    /// The stored `properties`.
    pub(crate) properties: &'a Value,
    /// What is remembered beside them.
    pub(crate) memory: &'a Value,
}

/// What a PUT leaves behind.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The new `properties` to store.
    pub(crate) properties: Value,
    /// The new memory.
    pub(crate) memory: Value,
    /// `operationStatus` by extension, which only the PUT's own answer has.
    pub(crate) statuses: BTreeMap<&'static str, Value>,
}

/// Applies a wish.
///
/// # Errors
/// Azure's answer where the wish enables what is closed.
pub(crate) fn change(
    current: &Current<'_>,
    desired: &Desired,
    subscription: &str,
    now: OffsetDateTime,
    failures: &BTreeMap<String, String>,
) -> Result<Changed, Answer> {
    let mut properties = current.properties.clone();
    let mut memory = if current.memory.is_object() { current.memory.clone() } else { json!({}) };
    let mut statuses = BTreeMap::new();
    remember_extensions(&mut memory, current.properties);
    match &desired.standard {
        None => {
            properties["pricingTier"] = json!("Free");
            for name in ["subPlan", "extensions", "enablementTime"] {
                remove(&mut properties, name);
            }
        }
        Some(standard) => {
            refuse_closed(current, standard, subscription)?;
            if !is_standard(current.properties) {
                properties["enablementTime"] = json!(timestamp(now));
                if memory["trialEnds"].is_null() && current.properties["freeTrialRemainingTime"] != "PT0S" {
                    memory["trialEnds"] = json!((now + TRIAL).unix_timestamp());
                }
            }
            properties["pricingTier"] = json!("Standard");
            match standard.subplan {
                Some(subplan) => properties["subPlan"] = json!(subplan),
                None => remove(&mut properties, "subPlan"),
            }
            let extensions = extensions(current, standard, &mut memory, failures, &mut statuses);
            if extensions.is_empty() {
                remove(&mut properties, "extensions");
            } else {
                properties["extensions"] = Value::Array(extensions);
            }
        }
    }
    if let Some(enforce) = desired.enforce {
        properties["enforce"] = json!(spelled(enforce));
    }
    Ok(Changed { properties, memory, statuses })
}

/// Whether stored properties are Standard.
pub(crate) fn is_standard(properties: &Value) -> bool {
    properties["pricingTier"].as_str().is_some_and(|tier| tier.eq_ignore_ascii_case("Standard"))
}

/// The sub-plan's words are Azure's, those for a whole plan follow them:
/// <https://github.com/Azure/Azure-Landing-Zones/issues/4203>.
fn refuse_closed(current: &Current<'_>, standard: &Standard, subscription: &str) -> Result<(), Answer> {
    let plan = current.plan;
    let on = is_standard(current.properties);
    let end = "is deprecated and is no longer available for new subscriptions or for re-enabling after migrating away \
               from it. Subscriptions already using it can continue.";
    if !plan.replaced_by.is_empty() && !on {
        let message = format!(
            "Failed to enable the '{}' plan for subscription '{subscription}' - this plan {end} Please migrate to a \
             supported plan.",
            plan.name
        );
        return Err(Answer::error(400, "InvalidInputError", &message));
    }
    let chosen = plan.subplans.iter().find(|subplan| Some(subplan.name) == standard.subplan);
    if let Some(subplan) = chosen.filter(|subplan| subplan.closed)
        && !(on && current.properties["subPlan"] == subplan.name)
    {
        let message = format!(
            "Failed to enable the '{}' sub plan on the '{}' plan for subscription '{subscription}' - this sub plan \
             {end} Please migrate to a supported sub plan.",
            subplan.name, plan.name
        );
        return Err(Answer::error(400, "InvalidInputError", &message));
    }
    Ok(())
}

fn extensions(
    current: &Current<'_>,
    standard: &Standard,
    memory: &mut Value,
    failures: &BTreeMap<String, String>,
    statuses: &mut BTreeMap<&'static str, Value>,
) -> Vec<Value> {
    let offered = current.plan.extensions.iter().filter(|extension| extension.in_subplan(standard.subplan));
    let goes_on =
        is_standard(current.properties) && current.properties["subPlan"].as_str() == standard.subplan;
    let mut shown = Vec::new();
    for extension in offered {
        let stored = stored(current.properties, extension.name);
        let was_on = stored.is_some_and(is_enabled);
        let wish = standard.extensions.iter().find(|switch| switch.name == extension.name);
        let is_on = match (wish, stored) {
            (Some(switch), _) => switch.enabled,
            (None, Some(_)) => was_on,
            // A seed's plan may have fewer extensions than the table: what nobody names stays as it is.
            (None, None) if goes_on => continue,
            (None, None) => extension.on_by_default,
        };
        let properties = merged(extension, &memory["extensions"][extension.name], wish);
        if let Some(status) = status(extension.name, was_on, is_on, failures) {
            statuses.insert(extension.name, status);
        }
        shown.push(show(extension.name, is_on, &properties));
        memory["extensions"][extension.name] = Value::Object(properties);
    }
    shown
}

/// Remembered properties (or Azure's defaults), overlaid with the request's. Letter case does not make a new one.
fn merged(extension: &Extension, remembered: &Value, wish: Option<&Switch>) -> Map<String, Value> {
    let mut properties = match remembered {
        Value::Object(fields) => fields.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            extension.properties.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
        }
    };
    for (name, value) in wish.into_iter().flat_map(|switch| &switch.properties) {
        properties.retain(|present, _| !present.eq_ignore_ascii_case(name));
        properties.insert(name.clone(), value.clone());
    }
    properties
}

fn status(name: &str, was_on: bool, is_on: bool, failures: &BTreeMap<String, String>) -> Option<Value> {
    let failure = failures.iter().find(|(failing, _)| failing.eq_ignore_ascii_case(name));
    match failure {
        Some((_, message)) => Some(json!({ "code": "Failed", "message": message })),
        None if was_on == is_on => None,
        None => {
            let verb = if is_on { "enabled" } else { "disabled" };
            Some(json!({ "code": "Succeeded", "message": format!("Successfully {verb} extension") }))
        }
    }
}

fn show(name: &str, on: bool, properties: &Map<String, Value>) -> Value {
    let mut extension = json!({ "name": name, "isEnabled": spelled(on) });
    if on && !properties.is_empty() {
        extension["additionalExtensionProperties"] = Value::Object(properties.clone());
    }
    extension
}

/// Copies the properties that are shown into the memory: a seeded plan has no memory yet.
fn remember_extensions(memory: &mut Value, properties: &Value) {
    for extension in properties["extensions"].as_array().into_iter().flatten() {
        // One that is on without properties has none: Azure's defaults are for those that were never on.
        if let (Some(name), true) = (extension["name"].as_str(), is_enabled(extension)) {
            let shown = extension["additionalExtensionProperties"].as_object().cloned();
            memory["extensions"][name] = Value::Object(shown.unwrap_or_default());
        }
    }
}

fn stored<'a>(properties: &'a Value, name: &str) -> Option<&'a Value> {
    let mut extensions = properties["extensions"].as_array()?.iter();
    extensions
        .find(|extension| extension["name"].as_str().is_some_and(|stored| stored.eq_ignore_ascii_case(name)))
}

fn is_enabled(extension: &Value) -> bool {
    extension["isEnabled"].as_str().is_some_and(|enabled| enabled.eq_ignore_ascii_case("true"))
}

fn remove(properties: &mut Value, name: &str) {
    if let Some(fields) = properties.as_object_mut() {
        fields.remove(name);
    }
}
