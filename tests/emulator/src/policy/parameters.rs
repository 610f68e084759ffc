//! Whether the parameters of an assignment fit the definition. Pure.

use serde_json::{Map, Value};

use crate::message::Answer;

/// Whose parameters are checked, for the refusals.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    /// The assignment.
    pub(crate) assignment: &'a str,
    /// The definition.
    pub(crate) definition: &'a str,
    /// The definition's version.
    pub(crate) version: &'a str,
}

/// Checks given parameters against declared ones.
///
/// # Errors
/// Azure's answer where one is unknown, missing, of another type or not among the allowed values.
pub(crate) fn check(names: &Names<'_>, declared: &Map<String, Value>, given: &Value) -> Result<(), Answer> {
    let empty = Map::new();
    let given = match given {
        Value::Null => &empty,
        Value::Object(given) => given,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(not_deserialized("properties.parameters", given));
        }
    };
    for (name, parameter) in given {
        if !parameter.is_object() {
            return Err(not_deserialized(&format!("properties.parameters.{name}"), parameter));
        }
    }
    refuse_unknown(names, declared, given)?;
    refuse_missing(names, declared, given)?;
    for (name, parameter) in given {
        if let Some((name, declared)) = find(declared, name) {
            check_value(names, name, declared, &parameter["value"])?;
        }
    }
    Ok(())
}

/// Quoted in <https://github.com/krnese/AzureDeploy/issues/22>.
fn not_deserialized(path: &str, value: &Value) -> Answer {
    let message = format!(
        "The request content was invalid and could not be deserialized: 'Error converting value {value} to type \
         'PolicyParameter'. Path '{path}'.'."
    );
    Answer::error(400, "InvalidRequestContent", &message)
}

/// Quoted in <https://github.com/Azure/terraform-azurerm-caf-enterprise-scale/pull/282>.
fn refuse_unknown(
    names: &Names<'_>,
    declared: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<(), Answer> {
    let unknown: Vec<&str> =
        given.keys().map(String::as_str).filter(|name| find(declared, name).is_none()).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The policy assignment '{}' has the parameter(s) '{}' which are not defined in the policy definition '{}'.",
        names.assignment,
        unknown.join(","),
        names.definition
    );
    Err(Answer::error(400, "UndefinedPolicyParameter", &message))
}

/// Quoted in <https://github.com/Azure/azure-sdk-for-net/issues/39734>.
fn refuse_missing(
    names: &Names<'_>,
    declared: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<(), Answer> {
    let required = declared.iter().filter(|(_, parameter)| parameter.get("defaultValue").is_none());
    let missing: Vec<&str> =
        required.map(|(name, _)| name.as_str()).filter(|name| find(given, name).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The policy assignment '{}' is missing the parameter(s) '{}' as defined in the policy definition '{}'.",
        names.assignment,
        missing.join(","),
        names.definition
    );
    Err(Answer::error(400, "MissingPolicyParameter", &message))
}

/// Letter case counts, and the version is part of the name:
/// <https://github.com/Azure/Azure-Landing-Zones/issues/442>.
fn check_value(names: &Names<'_>, name: &str, declared: &Value, value: &Value) -> Result<(), Answer> {
    let kind = declared["type"].as_str().unwrap_or_default();
    if !has_type(value, kind) {
        let message = format!(
            "The value of the parameter '{name}' of the policy assignment '{}' is not of the type '{kind}' that the \
             policy definition '{}' declares.",
            names.assignment, names.definition
        );
        return Err(Answer::error(400, "InvalidPolicyParameterType", &message));
    }
    let Some(allowed) = declared["allowedValues"].as_array() else { return Ok(()) };
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let Some(refused) = values.iter().find(|value| !allowed.contains(value)) else { return Ok(()) };
    let allowed: Vec<String> = allowed.iter().map(text).collect();
    let message = format!(
        "The value '{}' is not allowed for policy parameter '{name}' in policy definition '{} version {}'. The allowed \
         values are '{}'.",
        text(refused),
        names.definition,
        names.version,
        allowed.join(", ")
    );
    Err(Answer::error(400, "PolicyParameterValueNotAllowed", &message))
}

fn has_type(value: &Value, kind: &str) -> bool {
    match kind.to_ascii_lowercase().as_str() {
        "string" | "datetime" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "float" => value.is_number(),
        _ => true,
    }
}

fn find<'a>(parameters: &'a Map<String, Value>, name: &str) -> Option<(&'a str, &'a Value)> {
    let mut all = parameters.iter().map(|(known, value)| (known.as_str(), value));
    all.find(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
