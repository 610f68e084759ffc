//! `Microsoft.Security/securityContacts`: whom Defender for Cloud writes to.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/security-contacts>

use hyper::Method;
use serde_json::{Value, json};

use super::refused;
use crate::arm::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Security/securityContacts", versions: &["2023-12-01-preview"], answer };

/// The only name.
const NAME: &str = "default";
/// Answers have a region that nobody gave, as in the recordings of
/// <https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/security>.
const LOCATION: &str = "West Europe";

/// The values of texts that are one of few.
const STATES: [&str; 2] = ["On", "Off"];
const ROLES: [&str; 4] = ["AccountAdmin", "ServiceAdmin", "Owner", "Contributor"];
const SEVERITIES: [&str; 3] = ["High", "Medium", "Low"];
const RISK_LEVELS: [&str; 4] = ["Critical", "High", "Medium", "Low"];

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let id = format!("{}/providers/{}/{NAME}", visit.place.scope, TYPE.name);
    if !super::at_subscription(visit) {
        return not_implemented(visit.call);
    }
    let Some(name) = visit.place.name() else {
        if visit.call.method != Method::GET {
            return not_implemented(visit.call);
        }
        // A list that is not empty is a bare array; an empty one is not:
        // <https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/security> has both on record.
        let listed = world.store.get(&id).map(|contact| json!([shown(&id, contact)]));
        return Answer::json(200, &listed.unwrap_or_else(|| json!({ "value": [] })));
    };
    if !name.eq_ignore_ascii_case(NAME) {
        return refused(&format!("The security contact name '{name}' is not valid. Possible values: {NAME}"));
    }
    match visit.call.method {
        Method::GET => world.store.get(&id).map_or_else(
            || {
                Answer::error(
                    404,
                    "ResourceNotFound",
                    &format!("The security contact '{NAME}' was not found."),
                )
            },
            |contact| Answer::json(200, &shown(&id, contact)),
        ),
        Method::PUT => put(world, visit, &id).unwrap_or_else(|refusal| refusal),
        Method::DELETE if world.store.delete(&id) => Answer::json(200, &json!({})),
        Method::DELETE => Answer::empty(204),
        _ => not_implemented(visit.call),
    }
}

fn put(world: &mut World, visit: &Visit<'_>, id: &str) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let properties = &body["properties"];
    let known = ["emails", "isEnabled", "notificationsByRole", "notificationsSources", "phone"];
    let fields = properties.as_object().ok_or_else(|| refused("The property 'properties' is required."))?;
    if let Some(unknown) = fields.keys().find(|field| !known.contains(&field.as_str())) {
        return Err(refused(&format!("The property '{unknown}' is not known.")));
    }
    check_addresses(&properties["emails"])?;
    check_kind("phone", &properties["phone"], Value::is_string)?;
    check_kind("isEnabled", &properties["isEnabled"], Value::is_boolean)?;
    check_roles(&properties["notificationsByRole"])?;
    check_sources(&properties["notificationsSources"])?;
    let present: Value = fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    let created = world.store.get(id).is_none();
    let contact = shown(id, &json!({ "properties": present }));
    world.store.put(id, contact.clone());
    Ok(Answer::json(if created { 201 } else { 200 }, &contact))
}

/// A contact as every answer has it, whatever a seed left out.
fn shown(id: &str, contact: &Value) -> Value {
    let properties = &contact["properties"];
    json!({
        "id": id,
        "name": NAME,
        "type": TYPE.name,
        "etag": format!("\"{}\"", uuid::of(&format!("{id} {properties}"))),
        "location": LOCATION,
        "properties": properties,
    })
}

fn check_addresses(emails: &Value) -> Result<(), Answer> {
    check_kind("emails", emails, Value::is_string)?;
    let emails = emails.as_str().unwrap_or_default();
    let is_address = |email: &str| {
        let parts = email.trim().split_once('@');
        parts.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains(['@', ',', ' '])
        })
    };
    match emails.split(';').find(|email| !emails.is_empty() && !is_address(email)) {
        Some(email) => Err(refused(&format!("'{email}' in 'emails' is not a valid email address."))),
        None => Ok(()),
    }
}

fn check_roles(by_role: &Value) -> Result<(), Answer> {
    if by_role.is_null() {
        return Ok(());
    }
    check_one_of("notificationsByRole.state", &by_role["state"], &STATES)?;
    check_kind("notificationsByRole.roles", &by_role["roles"], Value::is_array)?;
    let mut roles = by_role["roles"].as_array().into_iter().flatten();
    roles.try_for_each(|role| check_one_of("notificationsByRole.roles", role, &ROLES))
}

/// The kind of a source says which of its other fields there is.
fn check_sources(sources: &Value) -> Result<(), Answer> {
    check_kind("notificationsSources", sources, Value::is_array)?;
    let sources = sources.as_array().map_or(&[][..], Vec::as_slice);
    for (at, source) in sources.iter().enumerate() {
        let kind = source["sourceType"].as_str().unwrap_or_default();
        let (field, values): (&str, &[&str]) = match kind {
            "Alert" => ("minimalSeverity", &SEVERITIES),
            "AttackPath" => ("minimalRiskLevel", &RISK_LEVELS),
            _ => {
                let message =
                    format!("The sourceType '{kind}' is not valid. Possible values: Alert, AttackPath");
                return Err(refused(&message));
            }
        };
        if sources.iter().take(at).any(|other| other["sourceType"] == source["sourceType"]) {
            return Err(refused(&format!("The sourceType '{kind}' is there twice.")));
        }
        let fields = source.as_object().into_iter().flatten();
        if let Some((other, _)) = fields.into_iter().find(|(name, _)| *name != "sourceType" && *name != field)
        {
            return Err(refused(&format!(
                "The property '{other}' does not belong to a source of type '{kind}'."
            )));
        }
        check_one_of(field, &source[field], values)?;
    }
    Ok(())
}

fn check_kind(what: &str, value: &Value, is_right: impl Fn(&Value) -> bool) -> Result<(), Answer> {
    if value.is_null() || is_right(value) {
        return Ok(());
    }
    Err(refused(&format!("The value {value} of '{what}' has the wrong type.")))
}

fn check_one_of(what: &str, value: &Value, known: &[&str]) -> Result<(), Answer> {
    if value.as_str().is_some_and(|value| known.contains(&value)) {
        return Ok(());
    }
    Err(refused(&format!(
        "The value {value} of '{what}' is not valid. Possible values: {}",
        known.join(", ")
    )))
}
