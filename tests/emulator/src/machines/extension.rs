//! One extension of a machine: what a request wants of it, how it is shown, how its operation ends. Pure.

use serde_json::{Map, Value, json};

use super::view;
use crate::message::Answer;
use crate::operations::faults::Failure;

/// What a client can set and read again. `protectedSettings` is not among them: Azure never returns it.
const SETTABLE: [&str; 10] = [
    "autoUpgradeMinorVersion",
    "enableAutomaticUpgrade",
    "forceUpdateTag",
    "protectedSettingsFromKeyVault",
    "provisionAfterExtensions",
    "publisher",
    "settings",
    "suppressFailures",
    "type",
    "typeHandlerVersion",
];

/// The properties that a request wants: a PATCH keeps what it leaves out, a PUT does not.
pub(crate) fn wanted(existing: Option<&Value>, asked: &Value) -> Map<String, Value> {
    let mut properties = Map::from_iter([("autoUpgradeMinorVersion".to_owned(), json!(false))]);
    for source in existing.into_iter().chain([asked]) {
        let set = SETTABLE.iter().filter(|field| !source[**field].is_null());
        properties.extend(set.map(|field| ((*field).to_owned(), source[*field].clone())));
    }
    properties
}

/// Gives an extension the region and tags that a request wants; a PATCH keeps what it leaves out.
pub(crate) fn locate(extension: &mut Value, body: &Value, kept: Option<&Value>) {
    for field in ["location", "tags"] {
        let sources = [Some(body), kept].into_iter().flatten().map(|source| &source[field]);
        if let Some(value) = sources.into_iter().find(|value| !value.is_null()) {
            extension[field] = value.clone();
        }
    }
}

/// Refuses an extension without one of these properties.
pub(crate) fn require(properties: &Map<String, Value>, fields: &[&str]) -> Result<(), Answer> {
    let there =
        |field: &str| properties.get(field).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let Some(missing) = fields.iter().find(|field| !there(field)) else { return Ok(()) };
    let message = format!("Required parameter '{missing}' is missing (null).");
    let error = json!({ "code": "InvalidParameter", "message": message, "target": missing });
    Err(Answer::json(400, &json!({ "error": error })))
}

/// Publisher and type, which together name what runs on the machine: `Microsoft.Azure.Monitor.AzureMonitorLinuxAgent`.
pub(crate) fn handler(properties: &Value) -> String {
    let text = |field: &str| properties[field].as_str().unwrap_or_default();
    format!("{}.{}", text("publisher"), text("type"))
}

/// Whether two extensions are of the same kind, in any letter case.
pub(crate) fn is_same_kind(one: &Value, other: &Value) -> bool {
    ["publisher", "type"].iter().all(|field| {
        let text = |properties: &Value| properties[*field].as_str().unwrap_or_default().to_ascii_lowercase();
        text(one) == text(other)
    })
}

/// An extension as lists and its machine show it.
pub(crate) fn model(mut extension: Value) -> Value {
    if let Some(properties) = extension.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !matches!(name.as_str(), "instanceView" | "protectedSettings"));
    }
    extension
}

/// An extension as scale sets show it: it lies nowhere, and no instance of it is looked at.
/// <https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-set-extensions/get>
pub(crate) fn model_of_set(extension: Value) -> Value {
    let mut extension = model(extension);
    if let Some(fields) = extension.as_object_mut() {
        fields.retain(|name, _| matches!(name.as_str(), "id" | "name" | "properties" | "type"));
    }
    extension
}

/// An extension with its instance view, made where a seed gave none.
pub(crate) fn viewed(extension: Value) -> Value {
    let view = view::of_extension(&extension);
    let mut extension = model(extension);
    extension["properties"]["instanceView"] = view;
    extension
}

/// The extension when its operation is over, and the operation's error: null where it succeeds.
pub(crate) fn ended(mut extension: Value, failure: Option<&Failure>, now: &str) -> (Value, Value) {
    let Some(failure) = failure else {
        extension["properties"]["provisioningState"] = json!("Succeeded");
        extension["properties"]["instanceView"] = view::installed(&extension, now);
        return (extension, Value::Null);
    };
    let error = error(&extension, failure);
    extension["properties"]["instanceView"] = view::failed(&extension, &failure.message, now);
    // `suppressFailures`: <https://learn.microsoft.com/rest/api/compute/virtual-machine-extensions/create-or-update>.
    let deleting = extension["properties"]["provisioningState"] == "Deleting";
    if extension["properties"]["suppressFailures"] == true && !deleting {
        extension["properties"]["provisioningState"] = json!("Succeeded");
        return (extension, Value::Null);
    }
    extension["properties"]["provisioningState"] = json!("Failed");
    (extension, error)
}

/// The agent's message in Azure's sentences:
/// <https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/reset-rdp#error-messages>.
fn error(extension: &Value, failure: &Failure) -> Value {
    let (properties, name) = (&extension["properties"], extension["name"].as_str().unwrap_or_default());
    let text = |field: &str| properties[field].as_str().unwrap_or_default();
    let code = if failure.code.is_empty() { "VMExtensionProvisioningError" } else { &failure.code };
    let (said, handler) = (&failure.message, handler(properties));
    let message = match code {
        "VMExtensionProvisioningError" => format!(
            "VM has reported a failure when processing extension '{name}' (publisher '{}' and type '{}'). Error message: \
             '{said}'. More information on troubleshooting is available at https://aka.ms/vmextensionwindowstroubleshoot.",
            text("publisher"),
            text("type"),
        ),
        "VMExtensionHandlerNonTransientError" => format!(
            "The handler for VM extension type '{handler}' has reported terminal failure for VM extension '{name}' with \
             error message: '{said}'."
        ),
        _ => said.clone(),
    };
    json!({ "code": code, "message": message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_replaces_and_a_patch_keeps() {
        let existing =
            json!({ "publisher": "P", "type": "T", "forceUpdateTag": "1", "settings": { "a": 1 } });
        let asked = json!({ "settings": { "b": 2 }, "protectedSettings": { "key": "secret" }, "forceUpdateTag": null });
        assert_eq!(
            Value::Object(wanted(Some(&existing), &asked)),
            json!({ "autoUpgradeMinorVersion": false, "publisher": "P", "type": "T", "forceUpdateTag": "1",
                "settings": { "b": 2 } })
        );
        assert_eq!(
            Value::Object(wanted(None, &asked)),
            json!({ "autoUpgradeMinorVersion": false, "settings": { "b": 2 } })
        );
    }

    #[test]
    fn nobody_suppresses_a_failed_deletion() {
        let extension =
            json!({ "properties": { "suppressFailures": true, "provisioningState": "Deleting" } });
        let failure = Failure { code: "Stuck".to_owned(), message: "stuck".to_owned() };
        let (extension, error) = ended(extension, Some(&failure), "now");
        assert_eq!(
            (&extension["properties"]["provisioningState"], &error["code"]),
            (&json!("Failed"), &json!("Stuck"))
        );
    }

    #[test]
    fn a_failure_stands_in_the_error_and_in_the_view() {
        let check = |code: &str, suppress: bool, state: &str, said: &str| {
            let properties = json!({ "publisher": "P", "type": "T", "suppressFailures": suppress });
            let failure = Failure { code: code.to_owned(), message: "disk full".to_owned() };
            let (extension, error) =
                ended(json!({ "name": "e", "properties": properties }), Some(&failure), "now");
            assert_eq!(extension["properties"]["provisioningState"], state, "{code}");
            assert_eq!(extension["properties"]["instanceView"]["statuses"][0]["message"], "disk full");
            assert!(error["message"].as_str().unwrap_or_default().starts_with(said), "{code}: {error}");
        };
        check("", false, "Failed", "VM has reported a failure when processing extension 'e' (publisher 'P'");
        check(
            "VMExtensionHandlerNonTransientError",
            false,
            "Failed",
            "The handler for VM extension type 'P.T'",
        );
        check("VMAgentStatusCommunicationError", false, "Failed", "disk full");
        check("", true, "Succeeded", "");
    }
}
