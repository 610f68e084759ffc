//! Settings that other providers have managed so far. What stood there before them is not known, so destroying keeps what
//! is there, as after an import.

use tfplugin_protocol::provider::{ImportTarget, MoveSource, Moved};
use tfplugin_protocol::{Diagnostic, Result};

use super::kind::Kind;

/// A setting by the id in another provider's state. All the rest is read from Azure before it is planned.
pub(super) fn move_from<K: Kind>(source: &MoveSource<'_>) -> Result<Moved<K::Model>> {
    let id = match source.type_name {
        name if K::AZURERM.contains(&name) && source.is_of("hashicorp/azurerm") => source.text("id"),
        "azapi_resource" | "azapi_update_resource" if source.is_of("azure/azapi") => azapi::<K>(source),
        _ => None,
    };
    let Some(id) = id else {
        let movable = movable::<K>();
        return Err(source.refused(K::NAME, &movable.iter().map(String::as_str).collect::<Vec<_>>()));
    };
    // An id tells its subscription.
    let no_default = || Err(Diagnostic::error("The id has no subscription", id).into());
    K::import(ImportTarget::Id(id), &no_default).map(Moved::from)
}

/// The id, where the object is of this kind.
fn azapi<'a, K: Kind>(source: &MoveSource<'a>) -> Option<&'a str> {
    let kind = source.text("type")?.split('@').next()?;
    if !kind.eq_ignore_ascii_case(K::TYPE) {
        return None;
    }
    source.text("id").or_else(|| source.text("resource_id"))
}

/// What can be moved, as users know it.
fn movable<K: Kind>() -> Vec<String> {
    let azurerm = K::AZURERM.iter().map(|name| format!("`{name}` of `hashicorp/azurerm`"));
    let azapi =
        format!("`azapi_resource` and `azapi_update_resource` of `azure/azapi` whose type is `{}`", K::TYPE);
    azurerm.chain([azapi]).collect()
}
