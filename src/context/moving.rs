//! Moves from azurerm and azapi: what they call themselves, and what the state of azapi tells of any object.

use serde_json::Value as Json;
use tfplugin_protocol::Diagnostics;
use tfplugin_protocol::provider::MoveSource;

use super::retired;

/// Whether the object is of one of these types of azurerm.
pub fn is_azurerm(source: &MoveSource<'_>, types: &[&str]) -> bool {
    types.contains(&source.type_name) && source.is_of(AZURERM)
}

/// What azurerm calls itself.
const AZURERM: &str = "hashicorp/azurerm";

/// The id of an object of azapi that is of one of these resource types of Azure.
pub fn azapi_id<'a>(source: &MoveSource<'a>, resource_types: &[&str]) -> Option<&'a str> {
    let is_azapi = ["azapi_resource", "azapi_update_resource"].contains(&source.type_name);
    let kind = source.text("type").and_then(|kind| kind.split('@').next())?;
    let is_one = resource_types.iter().any(|wanted| kind.eq_ignore_ascii_case(wanted));
    if !is_azapi || !source.is_of("azure/azapi") || !is_one {
        return None;
    }
    source.text("id").or_else(|| source.text("resource_id"))
}

/// The body of an object of azapi, as it is sent to Azure. It is an object since version 2 of azapi and was a JSON text
/// before.
/// <https://registry.terraform.io/providers/Azure/azapi/latest/docs/guides/2.0-upgrade-guide>
pub fn azapi_body(source: &MoveSource<'_>) -> Json {
    let body = source.text("body").map_or_else(|| source.state["body"].clone(), json_text);
    // A value of any type stands in the state beside its type.
    body.get("value").cloned().unwrap_or(body)
}

/// What a text says that is JSON; null where it says nothing.
pub fn json_text(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

/// Whether something was set: azurerm stores what is not as the empty value of its type.
pub fn is_set(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(on) => *on,
        Json::Number(_) => true,
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(fields) => !fields.is_empty(),
    }
}

/// The refusal of anything but objects of these types of azurerm, and of azapi of these resource types of Azure. What
/// azurerm has given up, or has in another form, is told with what there is instead.
pub fn refuse_move(source: &MoveSource<'_>, target: &str, azurerm: &[&str], azapi: &[&str]) -> Diagnostics {
    if let Some(instead) = retired::instead(source.type_name).filter(|_| source.is_of(AZURERM)) {
        return source.refused_because(target, &instead);
    }
    let azurerm = azurerm.iter().map(|name| format!("`{name}` of `{AZURERM}`"));
    let types: Vec<String> = azapi.iter().map(|name| format!("`{name}`")).collect();
    let azapi = (!types.is_empty()).then(|| {
        let types = types.join(" or ");
        format!("`azapi_resource` and `azapi_update_resource` of `azure/azapi` whose type is {types}")
    });
    let movable: Vec<String> = azurerm.chain(azapi).collect();
    source.refused(target, &movable.iter().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_body_of_azapi_is_the_same_in_each_of_its_versions() {
        let body = json!({ "properties": { "a": 1 } });
        for stored in
            [body.clone(), json!(body.to_string()), json!({ "type": ["object", {}], "value": body })]
        {
            let state = json!({ "body": stored });
            let source =
                MoveSource { provider: "", type_name: "", schema_version: 2, state: &state, identity: None };
            assert_eq!(azapi_body(&source), body);
        }
    }
}
