//! What a client wants of an assignment: the body of a PUT, read and checked as far as that takes no other document.
//! Pure.

use serde_json::{Map, Value, json};

use crate::message::Answer;

/// The first api-versions with these properties:
/// <https://learn.microsoft.com/azure/templates/microsoft.authorization/policyassignments>.
const SINCE: [(&str, &str); 3] =
    [("definitionVersion", "2023-04-01"), ("assignmentType", "2024-05-01"), ("instanceId", "2025-03-01")];
/// The first api-version with overrides of the definition's version, and with the enforcement mode `Enroll`.
const VERSION_OVERRIDES: &str = "2025-03-01";

/// The properties that a client may set.
const PROPERTIES: [&str; 12] = [
    "displayName",
    "description",
    "metadata",
    "policyDefinitionId",
    "definitionVersion",
    "notScopes",
    "parameters",
    "enforcementMode",
    "nonComplianceMessages",
    "resourceSelectors",
    "overrides",
    "assignmentType",
];

/// Names at a management group are shorter: <https://github.com/Azure/azure-powershell/issues/9464>. The characters are
/// those of <https://learn.microsoft.com/rest/api/policy/policy-assignments/create>.
pub(crate) fn check_name(name: &str, at_group: bool) -> Result<(), Answer> {
    let limit = if at_group { 24 } else { 64 };
    let why = if name.chars().count() > limit {
        format!("The policy assignment name length must not exceed '{limit}' characters.")
    } else if name.contains(['<', '>', '*', '%', '&', ':', '\\', '?', '.', '+', '/']) || name.ends_with(' ') {
        "It contains characters that are not allowed, or ends with a space.".to_owned()
    } else {
        return Ok(());
    };
    let message = format!("The policy assignment name '{name}' is invalid. {why}");
    Err(Answer::error(400, "InvalidPolicyAssignmentName", &message))
}

/// The properties that a body sets, with Azure's defaults for the others.
///
/// # Errors
/// Azure's answer to a body it does not take.
pub(crate) fn properties(body: &Value, version: &str) -> Result<Map<String, Value>, Answer> {
    let asked = body["properties"].as_object().ok_or_else(|| {
        Answer::error(
            400,
            "InvalidRequestContent",
            "The request content was invalid: 'properties' is missing.",
        )
    })?;
    let known = |name: &str| PROPERTIES.contains(&name) && is_in(name, version);
    let mut properties: Map<String, Value> = asked
        .iter()
        .filter(|(name, value)| known(name) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if properties.get("policyDefinitionId").and_then(Value::as_str).is_none_or(str::is_empty) {
        let message =
            "The policy assignment create request is invalid. The property 'policyDefinitionId' is required.";
        return Err(Answer::error(400, "InvalidCreatePolicyAssignmentRequest", message));
    }
    let mode = properties.entry("enforcementMode").or_insert_with(|| json!("Default"));
    let enroll = version >= VERSION_OVERRIDES && mode == "Enroll";
    if !enroll && !["Default", "DoNotEnforce"].iter().any(|known| mode == known) {
        let message = format!("The request content was invalid: {mode} is not an enforcementMode.");
        return Err(Answer::error(400, "InvalidRequestContent", &message));
    }
    properties.entry("notScopes").or_insert_with(|| json!([]));
    if !properties.get("metadata").is_some_and(Value::is_object) {
        properties.insert("metadata".to_owned(), json!({}));
    }
    Ok(properties)
}

/// Refuses what a PATCH cannot change: it knows `location`, `identity`, `properties.resourceSelectors` and
/// `properties.overrides`. <https://learn.microsoft.com/rest/api/policy/policy-assignments/update>
pub(crate) fn check_patch(body: &Value) -> Result<(), Answer> {
    let fields =
        |value: &Value| value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let outer: Vec<String> = fields(body);
    let inner: Vec<String> = fields(&body["properties"]);
    let outer =
        outer.into_iter().filter(|name| !["location", "identity", "properties"].contains(&name.as_str()));
    let inner = inner.into_iter().filter(|name| !["resourceSelectors", "overrides"].contains(&name.as_str()));
    match outer.chain(inner).next() {
        None => Ok(()),
        Some(name) => {
            let message = format!("The request content was invalid: a PATCH cannot change '{name}'.");
            Err(Answer::error(400, "InvalidRequestContent", &message))
        }
    }
}

/// An assignment as an api-version shows it. An older one leaves out overrides that it does not know, as Microsoft's
/// example of 2024-05-01 does:
/// <https://github.com/Azure/azure-rest-api-specs/tree/main/specification/resources/resource-manager/Microsoft.Authorization>.
pub(crate) fn shown(mut document: Value, version: &str) -> Value {
    if let Some(properties) = document["properties"].as_object_mut() {
        properties.retain(|name, _| is_in(name, version));
        if let Some(overrides) = properties.get_mut("overrides").and_then(Value::as_array_mut) {
            overrides.retain(|one| version >= VERSION_OVERRIDES || one["kind"] != "definitionVersion");
        }
    }
    document
}

fn is_in(name: &str, version: &str) -> bool {
    SINCE.iter().all(|(property, since)| name != *property || *since <= version)
}
