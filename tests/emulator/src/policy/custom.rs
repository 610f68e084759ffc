//! Custom definitions and initiatives: what Azure checks before it stores one. Pure but for looking up members.

use serde_json::{Value, json};

use super::builtin::Known;
use super::definition;
use crate::message::Answer;
use crate::uuid;
use crate::world::World;

const TYPES: [&str; 7] = ["String", "Array", "Object", "Boolean", "Integer", "Float", "DateTime"];

/// The properties of a definition to store.
///
/// # Errors
/// Azure's answer to a body it does not take.
pub(crate) fn definition(name: &str, body: &Value) -> Result<Value, Answer> {
    let mut properties = properties(name, body)?;
    if !properties["policyRule"]["then"]["effect"].is_string() {
        return Err(invalid(&format!("The policy definition '{name}' has no rule with an effect.")));
    }
    if !properties["mode"].is_string() {
        properties["mode"] = json!("Indexed");
    }
    Ok(properties)
}

/// The properties of an initiative to store; members without a reference id get one.
///
/// # Errors
/// Azure's answer to a body it does not take, or the answer of the lookup that found nothing.
pub(crate) fn set(world: &World, name: &str, body: &Value, unknown: &Answer) -> Result<Value, Answer> {
    let mut properties = properties(name, body)?;
    let members = properties["policyDefinitions"].as_array_mut().filter(|members| !members.is_empty());
    let members = members
        .ok_or_else(|| invalid(&format!("The policy set definition '{name}' has no policy definitions.")))?;
    for (position, member) in members.iter_mut().enumerate() {
        let id = member["policyDefinitionId"].as_str().unwrap_or_default().to_owned();
        let found = match definition::find(world, &id) {
            Known::Here(found) => found,
            Known::Elsewhere => return Err(unknown.clone()),
            Known::Nowhere => {
                let message = format!(
                    "The policy set definition '{name}' request is invalid. The policy definition '{id}' could not be \
                     found."
                );
                return Err(Answer::error(400, "PolicyDefinitionNotFound", &message));
            }
        };
        refuse_unknown(name, &found, &member["parameters"])?;
        if !member["policyDefinitionReferenceId"].is_string() {
            member["policyDefinitionReferenceId"] = json!(uuid::of(&format!("{name} {position} {id}")));
        }
        if !member["definitionVersion"].is_string() {
            member["definitionVersion"] = json!(definition::followed_version(&found));
        }
    }
    Ok(properties)
}

/// Quoted in <https://github.com/Azure/enterprise-azure-policy-as-code/issues/1076>.
fn refuse_unknown(set: &str, member: &Value, given: &Value) -> Result<(), Answer> {
    let declared = definition::parameters(member);
    let known = |name: &str| declared.keys().any(|known| known.eq_ignore_ascii_case(name));
    let given = given.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let unknown: Vec<&str> = given.filter(|name| !known(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let message = format!(
        "The policy set definition '{set}' is attempting to assign the parameter(s) '{}' which are not defined in the \
         policy definition '{}'.",
        unknown.join(","),
        member["name"].as_str().unwrap_or_default()
    );
    Err(Answer::error(400, "UndefinedPolicyParameter", &message))
}

fn properties(name: &str, body: &Value) -> Result<Value, Answer> {
    let mut properties = body["properties"].clone();
    if !properties.is_object() {
        return Err(invalid("The request content was invalid: 'properties' is missing."));
    }
    let declared = definition::parameters(body);
    let odd = |parameter: &Value| {
        let kind = parameter["type"].as_str().unwrap_or_default();
        !TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind))
    };
    let odd: Vec<&str> =
        declared.iter().filter(|(_, parameter)| odd(parameter)).map(|(name, _)| name.as_str()).collect();
    if !odd.is_empty() {
        // <https://github.com/Azure/data-management-zone/pull/319>
        let message = format!(
            "The policy '{name}' has parameter(s) '{}' with invalid types. The allowed parameter definition types are '{}'.",
            odd.join(","),
            TYPES.join(",")
        );
        return Err(Answer::error(400, "InvalidPolicyParameterType", &message));
    }
    properties["policyType"] = json!("Custom");
    if !properties["version"].is_string() {
        properties["version"] = json!("1.0.0");
    }
    properties["versions"] = json!([properties["version"]]);
    Ok(properties)
}

fn invalid(message: &str) -> Answer {
    Answer::error(400, "InvalidRequestContent", message)
}
