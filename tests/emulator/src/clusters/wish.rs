//! One extension of a cluster: what a request wants of it, and how its operation ends. Pure.

use serde_json::{Value, json};

use crate::message::Answer;
use crate::operations::faults::Failure;

/// What a client can set and read again. `configurationProtectedSettings` is not among them.
const SETTABLE: [&str; 8] = [
    "aksAssignedIdentity",
    "autoUpgradeMinorVersion",
    "autoUpgradeMode",
    "configurationSettings",
    "extensionType",
    "releaseTrain",
    "scope",
    "version",
];

/// The code of what goes wrong in the cluster.
const OPERATION_FAILED: &str = "ExtensionOperationFailed";

/// The version that Azure installs where nobody asks for one.
const CURRENT: &str = "1.0.0";

/// The properties that a request wants: a PATCH keeps what it leaves out, a PUT does not.
///
/// # Errors
/// Azure's answer to what it does not take.
pub(crate) fn properties(existing: Option<&Value>, asked: &Value, patch: bool) -> Result<Value, Answer> {
    let mut properties = json!({
        "autoUpgradeMinorVersion": true,
        "releaseTrain": "Stable",
        "version": null,
        "scope": { "cluster": { "releaseNamespace": null } },
        "configurationSettings": {},
        "statuses": [],
        "isSystemExtension": false,
    });
    for source in existing.filter(|_| patch).into_iter().chain([asked]) {
        for field in SETTABLE.into_iter().filter(|field| !source[*field].is_null()) {
            properties[field] = source[field].clone();
        }
    }
    let Some(kind) = properties["extensionType"].as_str().map(str::to_owned).filter(|kind| !kind.is_empty())
    else {
        return Err(refused("The property 'extensionType' is required."));
    };
    if let Some(before) = existing.and_then(|existing| existing["extensionType"].as_str())
        && !before.eq_ignore_ascii_case(&kind)
    {
        return Err(refused(&format!("The extensionType cannot be changed from '{before}' to '{kind}'.")));
    }
    for field in ["configurationSettings", "configurationProtectedSettings"] {
        let texts = |settings: &Value| {
            settings.as_object().is_some_and(|settings| settings.values().all(Value::is_string))
        };
        if !asked[field].is_null() && !texts(&asked[field]) {
            return Err(refused(&format!("The property '{field}' must be a map of texts.")));
        }
    }
    if properties["scope"]["cluster"]["releaseNamespace"].is_null()
        && properties["scope"]["namespace"].is_null()
    {
        properties["scope"] = json!({ "cluster": { "releaseNamespace": kind.to_ascii_lowercase() } });
    }
    if properties["autoUpgradeMinorVersion"] == true {
        properties["version"] = Value::Null;
    }
    properties["currentVersion"] =
        existing.map_or(Value::Null, |existing| existing["currentVersion"].clone());
    Ok(properties)
}

/// The extension when its operation is over, and the operation's error: null where it succeeds. The agent's own message
/// stands in `statuses`. The words are those of
/// <https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/extensions/cluster-extension-deployment-errors>.
pub(crate) fn ended(mut extension: Value, failure: Option<&Failure>) -> (Value, Value) {
    let properties = &mut extension["properties"];
    let Some(failure) = failure else {
        let version = properties["version"].as_str().unwrap_or(CURRENT).to_owned();
        properties["provisioningState"] = json!("Succeeded");
        properties["currentVersion"] = json!(version);
        return (extension, Value::Null);
    };
    let code = if failure.code.is_empty() { OPERATION_FAILED } else { &failure.code };
    let message = if code == OPERATION_FAILED {
        format!("The extension operation failed with the following error: {}", failure.message)
    } else {
        failure.message.clone()
    };
    let error = json!({ "code": code, "message": message });
    properties["provisioningState"] = json!("Failed");
    properties["errorInfo"] = error.clone();
    properties["statuses"] = json!([{
        "code": "InstallationFailed",
        "displayStatus": null,
        "level": null,
        "message": failure.message,
        "time": null,
    }]);
    (extension, error)
}

/// What no reply has, whoever wrote the document.
pub(crate) fn shown(mut extension: Value) -> Value {
    if let Some(properties) = extension.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove("configurationProtectedSettings");
    }
    extension
}

fn refused(why: &str) -> Answer {
    Answer::error(400, "BadRequest", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_defaults_or_stays() {
        let made =
            properties(None, &json!({ "extensionType": "Microsoft.X", "version": "2" }), false).unwrap();
        assert_eq!(
            (&made["releaseTrain"], &made["version"], &made["scope"]["cluster"]["releaseNamespace"]),
            (&json!("Stable"), &Value::Null, &json!("microsoft.x"))
        );
        let pinned = json!({ "version": "2", "autoUpgradeMinorVersion": false, "releaseTrain": "Preview" });
        let changed = properties(Some(&made), &pinned, true).unwrap();
        assert_eq!((&changed["version"], &changed["extensionType"]), (&json!("2"), &json!("Microsoft.X")));
        for (asked, patch) in [
            (json!({}), false),
            (json!({ "extensionType": "other" }), true),
            (json!({ "configurationSettings": { "a": 1 } }), true),
            (json!({ "configurationProtectedSettings": "secret" }), true),
        ] {
            let refusal = properties(Some(&made), &asked, patch).unwrap_err();
            assert_eq!(refusal.status, 400, "{asked}");
        }
    }
}
