//! Extensions that other providers have managed so far: the object in their state becomes what Azure has, and that the
//! state here, in the same way as when one is imported. Secrets stay where they are.

use serde_json::{Map, Value as Json, json};
use tfplugin_protocol::provider::{MoveSource, Moved, Resource as _};
use tfplugin_protocol::{AnyValue, Attr, Diagnostic, Diagnostics, Result};

use super::model::Model;
use super::place::Place;
use super::{MachineExtension, handler, refresh};
use crate::catalog::model::{Handler, Parameter, Placeholder};
use crate::context::{azapi_body, azapi_id, is_azurerm, is_set, json_text, refuse_move};
use crate::machines::Extension;

/// Of Arc machines, the only one that lets Azure bring extensions up to date where nothing is written.
const ARC: &str = "azurerm_arc_machine_extension";
/// The types of azurerm.
const AZURERM: &[&str] = &[
    "azurerm_arc_kubernetes_cluster_extension",
    ARC,
    "azurerm_kubernetes_cluster_extension",
    "azurerm_virtual_machine_extension",
    "azurerm_virtual_machine_scale_set_extension",
];
/// The types of Azure.
const AZURE: &[&str] = &[
    "Microsoft.Compute/virtualMachines/extensions",
    "Microsoft.Compute/virtualMachineScaleSets/extensions",
    "Microsoft.HybridCompute/machines/extensions",
    "Microsoft.KubernetesConfiguration/extensions",
];

/// What azurerm calls a property, and what Azure does: of machines, and of clusters.
/// <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/compute/virtual_machine_extension_resource.go>,
/// <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/arckubernetes/arc_kubernetes_cluster_extension_resource.go>
const CARRIED: &[(&str, &str)] = &[
    ("publisher", "publisher"),
    ("type", "type"),
    ("type_handler_version", "typeHandlerVersion"),
    ("auto_upgrade_minor_version", "autoUpgradeMinorVersion"),
    ("automatic_upgrade_enabled", "enableAutomaticUpgrade"),
    ("settings", "settings"),
    ("extension_type", "extensionType"),
    ("version", "version"),
    ("configuration_settings", "configurationSettings"),
];
/// Where the extension is, what Azure says of it, and what a cluster always has.
const BESIDE: &[&str] = &[
    "id",
    "name",
    "virtual_machine_id",
    "virtual_machine_scale_set_id",
    "arc_machine_id",
    "cluster_id",
    "location",
    "identity",
    "timeouts",
    "current_version",
    "currentVersion",
    "provisioningState",
    "instanceView",
];
/// What nobody may see.
const SECRETS: &[&str] = &[
    "protected_settings",
    "configuration_protected_settings",
    "protectedSettings",
    "configurationProtectedSettings",
];

/// An extension as another provider's state tells it.
pub(super) fn move_from(source: &MoveSource<'_>) -> Result<Moved<Model>> {
    let is_azurerm = is_azurerm(source, AZURERM);
    let id = if is_azurerm { source.text("id") } else { azapi_id(source, AZURE) }
        .ok_or_else(|| refuse_move(source, MachineExtension::NAME, AZURERM, AZURE))?;
    let place = Place::parse(id)?;
    let told = if is_azurerm { source.state.clone() } else { of_azapi(source) };
    let properties = if is_azurerm { azurerm(&told) } else { told.clone() };
    let body = json!({"id": place.id(), "name": place.name, "properties": properties});
    let mut warnings: Diagnostics = secret(&told).into_iter().chain(stays(&told)).collect();
    // What is not whole is left to Azure, which is asked before anything is planned.
    let Some(found) = Extension::of_body(&place.target, &body) else {
        return Ok(Moved { warnings, ..Model::at(&place).into() });
    };
    let mut model = refresh(Model::at(&place), &place, &found, None);
    // What azurerm sets where nothing is written is nobody's choice.
    let by_default = is_azurerm.then_some(source.type_name == ARC);
    model.automatic_upgrade_enabled = found.automatic_upgrade.filter(|on| Some(*on) != by_default).into();
    let version = || found.version.as_deref().map_or(Attr::Null, Into::into);
    if let Some((component, handler)) = handler(&place, &found) {
        // azurerm must name a version of a machine's extension; a cluster's only where it is to stay.
        if place.target.kind.is_cluster() && found.auto_upgrade_minor_version == Some(false) {
            model.type_handler_version = version();
        }
        model.workspace_id = workspace(handler, &found.settings).into();
        let own = found.settings.clone().into_iter();
        model.settings = object(own.filter(|(name, _)| !handler.settings.contains_key(name)).collect());
        warnings.push(known(&component.id, &place));
    } else {
        model.type_handler_version = version();
        model.settings = object(found.settings.clone());
    }
    Ok(Moved { warnings, ..model.into() })
}

/// The properties, with values for names of azurerm.
fn azurerm(state: &Json) -> Json {
    let value = |name: &str| match (name, state[name].as_str()) {
        ("settings", Some(text)) => json_text(text),
        _ => state[name].clone(),
    };
    let mut properties: Map<String, Json> =
        CARRIED.iter().map(|(name, azures)| ((*azures).to_owned(), value(name))).collect();
    if is_set(&state["extension_type"]) {
        // Of clusters it does not say this: a version that is named is to stay.
        properties.insert("autoUpgradeMinorVersion".to_owned(), (!is_set(&state["version"])).into());
    }
    properties.into()
}

/// The properties of azapi, and what it has beside them.
fn of_azapi(source: &MoveSource<'_>) -> Json {
    let mut properties = azapi_body(source)["properties"].take();
    if let Some(fields) = properties.as_object_mut() {
        fields.entry("tags").or_insert_with(|| source.state["tags"].clone());
    }
    properties
}

/// The workspace, where the settings have its id.
fn workspace(handler: &Handler, settings: &Map<String, Json>) -> Option<String> {
    let is_id = |parameter: &Parameter| matches!(parameter, Parameter::Placeholder(Placeholder::WorkspaceId));
    let (name, _) = handler.settings.iter().find(|(_, parameter)| is_id(parameter))?;
    settings.get(name)?.as_str().map(str::to_owned)
}

fn object(settings: Map<String, Json>) -> Attr<AnyValue> {
    if settings.is_empty() { Attr::Null } else { Attr::Known(AnyValue::from_json(&settings.into())) }
}

/// What of the old object is set, by its own names.
fn set(told: &Json) -> impl Iterator<Item = &str> {
    let fields = told.as_object().into_iter().flatten();
    fields.filter(|(_, value)| is_set(value)).map(|(name, _)| name.as_str())
}

/// Says that a secret is not carried over, and never shows it.
fn secret(told: &Json) -> Option<Diagnostic> {
    let name = set(told).find(|name| SECRETS.contains(name))?;
    let detail = format!(
        "{name} of the old resource are not taken into the state, because they are secrets; older versions of the state \
         still have them. Azure goes on with those that it has. Write them as protected_settings, which is kept in no \
         state: each write sends them, and one without them takes them off."
    );
    Some(Diagnostic::warning("Protected settings are not carried over", detail).at("protected_settings"))
}

/// Says what of the old object has no attribute here.
fn stays(told: &Json) -> Option<Diagnostic> {
    let is_carried = |name: &str| CARRIED.iter().any(|(own, azures)| name == *own || name == *azures);
    let others =
        set(told).filter(|name| !is_carried(name) && !BESIDE.contains(name) && !SECRETS.contains(name));
    let others: Vec<&str> = others.collect();
    (!others.is_empty()).then(|| {
        let detail = format!(
            "{} has no attribute for this, which the old resource has set: {}. It stays in Azure as it is, also when the \
             extension is written; an extension that is made anew does not have it.",
            MachineExtension::NAME,
            others.join(", ")
        );
        Diagnostic::warning("Not all of the extension is carried over", detail)
    })
}

/// Says under which name the extension goes on.
fn known(component: &str, place: &Place) -> Diagnostic {
    let detail = format!(
        "{} is what puts {component} there, and goes on as that. Write\n\n    component = \"{component}\"\n\nin place of \
         publisher, type and type_handler_version, and settings without those that follow from the component.",
        place.id()
    );
    Diagnostic::warning("The extension is a component", detail).at("component")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers";

    fn moved(provider: &str, type_name: &str, state: &Json) -> Moved<Model> {
        let provider = format!("registry.terraform.io/{provider}");
        let source = MoveSource { provider: &provider, type_name, schema_version: 0, state, identity: None };
        move_from(&source).unwrap()
    }

    #[test]
    fn azurerm_and_azapi_tell_the_same_extension() {
        let id = format!("{GROUP}/Microsoft.Compute/virtualMachines/m/extensions/x");
        let azurerm = json!({"id": id, "name": "x", "publisher": "P", "type": "T", "type_handler_version": "2.1",
            "auto_upgrade_minor_version": true, "automatic_upgrade_enabled": false, "failure_suppression_enabled": false,
            "settings": "{\"a\":[1]}", "protected_settings": "{\"key\":\"hunter2\"}", "tags": {"team": "a"},
            "protected_settings_from_key_vault": [], "provision_after_extensions": ["y"]});
        let from_azurerm = moved("hashicorp/azurerm", "azurerm_virtual_machine_extension", &azurerm);
        let azapi = json!({"id": id, "type": "Microsoft.Compute/virtualMachines/extensions@2024-07-01", "tags": null,
            "body": {"properties": {"publisher": "P", "type": "T", "typeHandlerVersion": "2.1",
                "autoUpgradeMinorVersion": true, "settings": {"a": [1]}}}});
        let from_azapi = moved("Azure/azapi", "azapi_resource", &azapi);
        assert_eq!(from_azurerm.state, from_azapi.state);
        assert_eq!(from_azapi.state.type_handler_version, "2.1".into());
        assert!(from_azapi.warnings.is_empty(), "{}", from_azapi.warnings);
        let told = from_azurerm.warnings.to_string();
        assert!(told.contains("protected_settings of the old resource"), "{told}");
        assert!(told.contains("set: provision_after_extensions, tags."), "{told}");
        assert!(!format!("{from_azurerm:?}").contains("hunter2"));
    }

    #[test]
    fn a_component_is_known_and_its_own_settings_are_left_out() {
        let id = format!("{GROUP}/Microsoft.HybridCompute/machines/m/extensions/MDE.Linux");
        let state = json!({"id": id, "publisher": "Microsoft.Azure.AzureDefenderForServers", "type": "MDE.Linux",
            "type_handler_version": "1.0", "automatic_upgrade_enabled": true, "location": "westeurope",
            "settings": "{\"azureResourceId\":\"x\",\"forceReOnboarding\":false}"});
        let moved = moved("hashicorp/azurerm", ARC, &state);
        assert_eq!(moved.state.component, "defender_for_endpoint".into());
        assert!(
            moved.state.type_handler_version.is_null() && moved.state.automatic_upgrade_enabled.is_null()
        );
        let own = moved.state.settings.known().and_then(AnyValue::to_json);
        assert_eq!(own, Some(json!({"forceReOnboarding": false})));
        let told = moved.warnings.to_string();
        assert!(told.contains("component = \"defender_for_endpoint\""), "{told}");
    }
}
