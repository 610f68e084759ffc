//! What a client wants of Defender for Storage on one account. Pure.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/defender-for-storage/create>

use serde_json::{Map, Value, json};

use super::refused;
use crate::arm::place::Place;
use crate::message::Answer;

/// Fields of a setting and what they hold; `.` leads to what lies in an object. Besides them there is `operationStatus`,
/// which clients cannot write.
const FIELDS: [(&str, Kind); 10] = [
    ("isEnabled", Kind::Flag),
    ("overrideSubscriptionLevelSettings", Kind::Flag),
    ("malwareScanning.onUpload.isEnabled", Kind::Flag),
    ("malwareScanning.onUpload.capGBPerMonth", Kind::Cap),
    ("malwareScanning.onUpload.filters.excludeBlobsWithPrefix", Kind::Texts),
    ("malwareScanning.onUpload.filters.excludeBlobsWithSuffix", Kind::Texts),
    ("malwareScanning.onUpload.filters.excludeBlobsLargerThan", Kind::Size),
    ("malwareScanning.scanResultsEventGridTopicResourceId", Kind::Topic),
    ("malwareScanning.blobScanResultsOptions", Kind::Results),
    ("sensitiveDataDiscovery.isEnabled", Kind::Flag),
];

#[derive(Clone, Copy)]
enum Kind {
    Flag,
    Cap,
    Size,
    Texts,
    Topic,
    Results,
}

/// The setting that a body asks for. What it leaves out is as it was `before`, but for filters and the topic, which are
/// gone.
///
/// # Errors
/// Azure's answer to what it does not take.
pub(crate) fn read(body: &Value, before: &Value) -> Result<Value, Answer> {
    let properties = body["properties"].as_object();
    let properties = properties.ok_or_else(|| refused("The property 'properties' is required."))?;
    check_names("", properties)?;
    let mut wanted = json!({});
    for (path, kind) in FIELDS {
        let pointer = format!("/{}", path.replace('.', "/"));
        let said = body["properties"].pointer(&pointer).filter(|value| !value.is_null());
        let kept = matches!(kind, Kind::Flag | Kind::Cap).then(|| before.pointer(&pointer)).flatten();
        let Some(value) = said.or(kept) else { continue };
        if !fits(kind, value) {
            return Err(refused(&format!("The value {value} of '{path}' is not valid.")));
        }
        set(&mut wanted, path, value.clone());
    }
    Ok(wanted)
}

fn check_names(above: &str, object: &Map<String, Value>) -> Result<(), Answer> {
    for (name, value) in object {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        let status = name == "operationStatus";
        let leaf = FIELDS.iter().any(|(known, _)| *known == path);
        let inner = FIELDS.iter().any(|(known, _)| known.starts_with(&format!("{path}.")));
        match value.as_object().filter(|_| inner) {
            Some(inside) => check_names(&path, inside)?,
            None if leaf || status || (inner && value.is_null()) => {}
            None => return Err(refused(&format!("The property '{path}' is not known."))),
        }
    }
    Ok(())
}

/// The topic itself is not looked for.
fn fits(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Flag => value.is_boolean(),
        Kind::Cap => value.as_i64().is_some_and(|cap| cap == -1 || cap > 0),
        Kind::Size => value.as_i64().is_some_and(|size| size > 0),
        Kind::Texts => value.as_array().is_some_and(|texts| texts.iter().all(Value::is_string)),
        Kind::Topic => value.as_str().and_then(Place::parse).is_some_and(|place| {
            place.is("Microsoft.EventGrid/topics")
                && place.name().is_some()
                && place.scope.matches('/').count() == 4
        }),
        Kind::Results => value == "blobIndexTags" || value == "None",
    }
}

fn set(object: &mut Value, path: &str, value: Value) {
    let mut at = object;
    for name in path.split('.') {
        at = &mut at[name];
    }
    *at = value;
}
