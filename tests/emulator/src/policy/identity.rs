//! The managed identity of an assignment: what a request wants, and what becomes of the one that is there.
//! <https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure#identity>

use serde_json::{Value, json};

use crate::entra::TENANT_ID;
use crate::message::Answer;
use crate::store::Store;
use crate::uuid;

/// The identity to show after a PUT or PATCH; null for none. A system-assigned one stays who it is as long as the
/// assignment keeps it, and is someone else when it is made again.
///
/// # Errors
/// Azure's answer to an identity that it does not take.
pub(crate) fn change(store: &mut Store, id: &str, existing: &Value, asked: &Value) -> Result<Value, Answer> {
    let asked = meant(existing, asked);
    if std::ptr::eq(asked, existing) {
        return Ok(existing.clone());
    }
    let kind = asked["type"].as_str().unwrap_or("None");
    if kind.eq_ignore_ascii_case("SystemAssigned") {
        if existing["type"] == "SystemAssigned" && existing["principalId"].is_string() {
            return Ok(existing.clone());
        }
        let count = store.count_making(&format!("{id}/identity"));
        let principal = uuid::of(&format!("{} {count}", crate::store::key(id)));
        return Ok(json!({ "type": "SystemAssigned", "principalId": principal, "tenantId": TENANT_ID }));
    }
    if kind.eq_ignore_ascii_case("UserAssigned") {
        let assigned = asked["userAssignedIdentities"].as_object();
        let mut names = assigned.into_iter().flat_map(serde_json::Map::keys);
        let (Some(name), None) = (names.next(), names.next()) else {
            return Err(refused("exactly one user-assigned identity must be given"));
        };
        let known = |what: &str| uuid::of(&format!("{what} {}", crate::store::key(name)));
        let shown = json!({ "principalId": known("principal"), "clientId": known("client") });
        return Ok(json!({ "type": "UserAssigned", "userAssignedIdentities": { name: shown } }));
    }
    if !kind.eq_ignore_ascii_case("None") {
        return Err(refused(&format!(
            "the identity type '{kind}' is not one of SystemAssigned, UserAssigned, None"
        )));
    }
    Ok(if asked["type"].is_string() { json!({ "type": "None" }) } else { Value::Null })
}

/// What a request means: one that says nothing of the identity keeps the one that is there, and `None` removes it.
/// Recorded in <https://github.com/Azure/azure-powershell>, `Backcompat-PolicyAssignmentSystemAssignedIdentity`.
pub(crate) fn meant<'a>(existing: &'a Value, asked: &'a Value) -> &'a Value {
    if asked.is_null() { existing } else { asked }
}

/// Whether an identity can act.
pub(crate) fn acts(identity: &Value) -> bool {
    matches!(identity["type"].as_str(), Some("SystemAssigned" | "UserAssigned"))
}

/// Refuses a move: <https://github.com/Azure/enterprise-azure-policy-as-code/issues/246>. Spaces and letter case do not
/// make another region.
pub(crate) fn check_location(existing: &Value, asked: &Value) -> Result<(), Answer> {
    let plain =
        |location: &Value| location.as_str().unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    let (before, after) = (plain(existing), plain(asked));
    if before.is_empty() || before == after {
        return Ok(());
    }
    let message = format!("The existing assignment location cannot be changed from '{before}' to '{after}'.");
    Err(Answer::error(400, "InvalidLocationUpdate", &message))
}

fn refused(why: &str) -> Answer {
    let message = format!("The policy assignment request is invalid: {why}.");
    Answer::error(400, "InvalidCreatePolicyAssignmentRequest", &message)
}
