//! What the agent of an Azure Arc machine lets nobody install: its own configuration decides, on the machine.
//! <https://learn.microsoft.com/azure/azure-arc/servers/security-extensions>

use serde_json::Value;

use super::extension::is_same_kind;

/// Why the agent refuses this extension; nothing where it takes it. An entry of a list is `{"publisher","type"}`, or
/// `"{publisher}/{type}"` as `azcmagent` writes it. The mode `monitor` takes only what its allow list names; Microsoft
/// fills that list, here a seed does.
pub(crate) fn refusal(configuration: &Value, extension: &Value) -> Option<String> {
    let listed = |list: &str| entries(&configuration[list]).any(|entry| names(entry, extension));
    let restricted = entries(&configuration["extensionsAllowList"]).next().is_some();
    let monitor =
        configuration["configMode"].as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("monitor"));
    let enabled = &configuration["extensionsEnabled"];
    let disabled =
        *enabled == false || enabled.as_str().is_some_and(|enabled| enabled.eq_ignore_ascii_case("false"));
    let why = if disabled {
        "extensions are disabled"
    } else if listed("extensionsBlockList") {
        "it is in the agent's block list"
    } else if (monitor || restricted) && !listed("extensionsAllowList") {
        if monitor { "the agent is in monitor mode" } else { "it is not in the agent's allow list" }
    } else {
        return None;
    };
    Some(format!("The extension '{}' is not allowed on this machine: {why}.", name(extension)))
}

fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn names(entry: &Value, extension: &Value) -> bool {
    entry.as_str().map_or_else(
        || is_same_kind(entry, extension),
        |text| text.trim().eq_ignore_ascii_case(&name(extension)),
    )
}

fn name(extension: &Value) -> String {
    let text = |field: &str| extension[field].as_str().unwrap_or_default();
    format!("{}/{}", text("publisher"), text("type"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_agents_configuration_decides() {
        let check = |configuration: Value, why: Option<&str>| {
            let refusal = refusal(&configuration, &json!({ "publisher": "P", "type": "T" }));
            let fits = match (&refusal, why) {
                (Some(refusal), Some(why)) => refusal.contains(why),
                (refusal, why) => refusal.is_none() && why.is_none(),
            };
            assert!(fits, "{configuration}: {refusal:?}");
        };
        check(Value::Null, None);
        check(json!({ "configMode": "full", "extensionsEnabled": "true", "extensionsAllowList": [] }), None);
        check(json!({ "extensionsEnabled": "false" }), Some("disabled"));
        check(json!({ "configMode": "monitor" }), Some("monitor mode"));
        check(json!({ "configMode": "monitor", "extensionsAllowList": ["p/t"] }), None);
        check(json!({ "extensionsAllowList": [{ "publisher": "P", "type": "U" }] }), Some("allow list"));
        check(json!({ "extensionsAllowList": [{ "publisher": "p", "type": "t" }] }), None);
        check(json!({ "extensionsAllowList": ["P/T"], "extensionsBlockList": ["P/T"] }), Some("block list"));
    }
}
