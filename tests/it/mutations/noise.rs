//! A week of a service at work: times, statuses, order, letter case, and new things that nobody asked for.

use super::field::common;
use super::{Applied, subjects};
use crate::shared::process::Failure;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Day after day something else that means nothing, and every day it adds up.
#[test]
fn a_week_of_noise_is_no_difference() -> Result<(), Failure> {
    for subject in subjects() {
        let Applied { scene, id, .. } = subject.applied()?;
        for day in 1..=7 {
            scene.azure.advance(DAY);
            let before = scene.azure.resource(&id).unwrap_or_default();
            scene.azure.put_resource(&id, later(before, day));
            let plan = scene.workspace.plan()?.require(0);
            let about =
                || format!("find {} as it was on day {day}, with\n{}", subject.resource, subject.arguments);
            plan.map_err(Failure::of(about()))?;
        }
    }
    Ok(())
}

/// The document on another day.
fn later(document: Value, day: u32) -> Value {
    let mut document = common(&document).iter().fold(document, |document, change| change.changed(&document));
    let time = format!("2026-12-0{day}T04:05:06.{day}Z");
    document["properties"]["lastSeen"] = json!(time);
    document["properties"][format!("newOnDay{day}")] = json!({"status": "Evaluating", "at": time});
    for name in ["enablementTime", "freeTrialRemainingTime"] {
        if let Some(field) = document["properties"].get_mut(name) {
            *field = json!(time);
        }
    }
    if let Some(Value::Array(extensions)) = document["properties"].get_mut("extensions") {
        extensions.reverse();
        extensions.push(json!({"name": format!("NewOnDay{day}"), "isEnabled": "False"}));
    }
    document
}
