//! Instance views: what a machine and its agent report. Pure.
//! <https://learn.microsoft.com/rest/api/compute/virtual-machines/instance-view>

use serde_json::{Value, json};

use super::extension::handler;
use crate::clock;

/// The view of a virtual machine: the stored one, or that of a running machine, with what its extensions report. A
/// machine that does not run has no agent that could.
pub(crate) fn of_machine(machine: &Value, extensions: &[Value]) -> Value {
    let stored = &machine["properties"]["instanceView"];
    let mut view = if stored.is_object() { stored.clone() } else { running(machine) };
    if !is_running(machine) {
        return view;
    }
    let reported = view["extensions"].as_array().cloned().unwrap_or_default();
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_ascii_lowercase();
    let mut all: Vec<Value> = extensions.iter().map(of_extension).collect();
    let others = reported.iter().filter(|other| !extensions.iter().any(|known| name(known) == name(other)));
    all.extend(others.cloned());
    if all.is_empty() {
        return view;
    }
    let handlers = all.iter().map(|extension| {
        json!({
            "type": extension["type"],
            "typeHandlerVersion": extension["typeHandlerVersion"],
            "status": { "code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready" },
        })
    });
    if view["vmAgent"].is_object() && view["vmAgent"]["extensionHandlers"].is_null() {
        view["vmAgent"]["extensionHandlers"] = handlers.collect();
    }
    view["extensions"] = json!(all);
    view
}

/// Whether a machine runs; one that says nothing does.
pub(crate) fn is_running(machine: &Value) -> bool {
    power_state(&machine["properties"]["instanceView"]).is_none_or(|state| state == "PowerState/running")
}

/// The code of the power state in a view.
pub(crate) fn power_state(view: &Value) -> Option<&str> {
    let codes = view["statuses"].as_array()?.iter().filter_map(|status| status["code"].as_str());
    codes.into_iter().find(|code| code.to_ascii_lowercase().starts_with("powerstate/"))
}

/// The view of a virtual machine's extension: the stored one, or one that fits its state.
pub(crate) fn of_extension(extension: &Value) -> Value {
    let stored = &extension["properties"]["instanceView"];
    if stored.is_object() {
        return stored.clone();
    }
    let time = clock::first_timestamp();
    match extension["properties"]["provisioningState"].as_str() {
        None | Some("Succeeded") => installed(extension, &time),
        Some("Failed") => failed(extension, "The extension failed.", &time),
        Some(_) => with_statuses(extension, &[]),
    }
}

/// The view of an extension that works.
pub(crate) fn installed(extension: &Value, time: &str) -> Value {
    let status = json!({
        "code": "ProvisioningState/succeeded",
        "level": "Info",
        "displayStatus": "Provisioning succeeded",
        "message": "Enable succeeded.",
        "time": time,
    });
    with_statuses(extension, &[status])
}

/// The view of an extension that failed with this message.
pub(crate) fn failed(extension: &Value, message: &str, time: &str) -> Value {
    let status = json!({
        "code": "ProvisioningState/failed/1",
        "level": "Error",
        "displayStatus": "Provisioning failed",
        "message": message,
        "time": time,
    });
    with_statuses(extension, &[status])
}

/// A version with the four numbers that an agent reports: `1.36` is `1.36.0.0`.
pub(crate) fn full_version(version: &Value) -> String {
    let version = version.as_str().filter(|version| !version.is_empty()).unwrap_or("1.0");
    let parts = version.split('.').chain(["0"; 4]);
    parts.take(version.split('.').count().max(4)).collect::<Vec<_>>().join(".")
}

fn with_statuses(extension: &Value, statuses: &[Value]) -> Value {
    json!({
        "name": extension["name"],
        "type": handler(&extension["properties"]),
        "typeHandlerVersion": full_version(&extension["properties"]["typeHandlerVersion"]),
        "statuses": statuses,
    })
}

fn running(machine: &Value) -> Value {
    let windows = machine["properties"]["storageProfile"]["osDisk"]["osType"] == "Windows";
    let (system, version) =
        if windows { ("Windows Server 2022 Datacenter", "10.0.20348.2700") } else { ("ubuntu", "22.04") };
    let time = clock::first_timestamp();
    json!({
        "computerName": machine["name"],
        "osName": system,
        "osVersion": version,
        "vmAgent": {
            "vmAgentVersion": if windows { "2.7.41491.1139" } else { "2.12.0.4" },
            "statuses": [{
                "code": "ProvisioningState/succeeded",
                "level": "Info",
                "displayStatus": "Ready",
                "message": "GuestAgent is running and processing the extensions.",
                "time": time,
            }],
        },
        "statuses": [
            {
                "code": "ProvisioningState/succeeded",
                "level": "Info",
                "displayStatus": "Provisioning succeeded",
                "time": time,
            },
            { "code": "PowerState/running", "level": "Info", "displayStatus": "VM running" },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_four_numbers() {
        for (version, expected) in [
            (json!("1.36"), "1.36.0.0"),
            (json!("1.0.1.2"), "1.0.1.2"),
            (json!("2"), "2.0.0.0"),
            (Value::Null, "1.0.0.0"),
        ] {
            assert_eq!(full_version(&version), expected, "{version}");
        }
    }

    #[test]
    fn only_a_running_machine_reports_its_extensions() {
        let properties = json!({ "publisher": "P", "type": "T", "typeHandlerVersion": "1.2" });
        let extension = json!({ "name": "e", "properties": properties });
        let view = of_machine(&json!({ "name": "vm" }), std::slice::from_ref(&extension));
        assert_eq!(power_state(&view), Some("PowerState/running"));
        assert_eq!(view["extensions"][0]["type"], "P.T");
        assert_eq!(view["vmAgent"]["extensionHandlers"][0]["typeHandlerVersion"], "1.2.0.0");

        let statuses = json!([{ "code": "PowerState/deallocated" }]);
        let stopped = json!({ "properties": { "instanceView": { "statuses": statuses } } });
        assert_eq!(of_machine(&stopped, &[extension]), json!({ "statuses": statuses }));

        let known = json!([{ "name": "E", "type": "old" }, { "name": "other", "type": "kept" }]);
        let machine = json!({ "properties": { "instanceView": { "extensions": known } } });
        let extension = json!({ "name": "e", "properties": { "publisher": "P", "type": "T" } });
        let view = of_machine(&machine, &[extension]);
        let types: Vec<&Value> =
            view["extensions"].as_array().unwrap().iter().map(|extension| &extension["type"]).collect();
        assert_eq!(types, ["P.T", "kept"]);
    }
}
