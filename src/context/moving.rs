//! Moves from azurerm and azapi: what they call themselves, and what the state of azapi tells of any object.

use tfplugin_protocol::Diagnostics;
use tfplugin_protocol::provider::MoveSource;

/// Whether the object is of one of these types of azurerm.
pub fn is_azurerm(source: &MoveSource<'_>, types: &[&str]) -> bool {
    types.contains(&source.type_name) && source.is_of("hashicorp/azurerm")
}

/// The id of an object of azapi that is of this resource type of Azure.
pub fn azapi_id<'a>(source: &MoveSource<'a>, resource_type: &str) -> Option<&'a str> {
    let is_azapi = ["azapi_resource", "azapi_update_resource"].contains(&source.type_name);
    let kind = source.text("type").and_then(|kind| kind.split('@').next())?;
    if !is_azapi || !source.is_of("azure/azapi") || !kind.eq_ignore_ascii_case(resource_type) {
        return None;
    }
    source.text("id").or_else(|| source.text("resource_id"))
}

/// The refusal of anything but objects of these types of azurerm, and of azapi of this resource type of Azure.
pub fn refuse_move(
    source: &MoveSource<'_>,
    target: &str,
    azurerm: &[&str],
    resource_type: &str,
) -> Diagnostics {
    let azurerm = azurerm.iter().map(|name| format!("`{name}` of `hashicorp/azurerm`"));
    let azapi = format!(
        "`azapi_resource` and `azapi_update_resource` of `azure/azapi` whose type is `{resource_type}`"
    );
    let movable: Vec<String> = azurerm.chain([azapi]).collect();
    source.refused(target, &movable.iter().map(String::as_str).collect::<Vec<_>>())
}
