//! Plans that other providers have managed so far. What stood there before them is not known, so destroying keeps what
//! is there, as after an import.

use serde_json::Value as Json;
use tfplugin_protocol::provider::{MoveSource, Moved, Resource as _};
use tfplugin_protocol::{Attr, Result};

use super::model::{Extension, Extensions, Model, Properties};
use super::{Plan, parse_id};
use crate::arm::Scope;
use crate::catalog::Catalog;
use crate::context::{azapi_body, azapi_id, is_azurerm, refuse_move};
use crate::pricings::{RESOURCE_TYPE, Tier};

/// The types of azurerm.
const AZURERM: &[&str] = &["azurerm_security_center_subscription_pricing"];

/// A plan as another provider's state tells it.
pub(super) fn move_from(source: &MoveSource<'_>) -> Result<Moved<Model>> {
    let model = if is_azurerm(source, AZURERM) { azurerm(source)? } else { azapi(source)? };
    model.map(Moved::from).ok_or_else(|| refuse_move(source, Plan::NAME, AZURERM, &[RESOURCE_TYPE]))
}

/// Version 0 had plans of machines under the name `default`.
/// <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/securitycenter/migration/subscription_pricing.go>
fn azurerm(source: &MoveSource<'_>) -> Result<Option<Model>> {
    let Some(id) = source.text("id") else { return Ok(None) };
    let (scope, name) = place(id)?;
    let name =
        if source.schema_version == 0 && name == "default" { "VirtualMachines".to_owned() } else { name };
    let mut model = Model::at(&scope, &name);
    describe(&mut model, source.state, source.state.get("extension"), "additional_extension_properties");
    Ok(Some(model))
}

fn azapi(source: &MoveSource<'_>) -> Result<Option<Model>> {
    let Some(id) = azapi_id(source, &[RESOURCE_TYPE]) else { return Ok(None) };
    let (scope, name) = place(id)?;
    let mut model = Model::at(&scope, &name);
    let properties = &azapi_body(source)["properties"];
    let tier = properties.get("pricingTier").and_then(Json::as_str);
    let subplan = properties.get("subPlan").and_then(Json::as_str);
    let told = serde_json::json!({ "tier": tier, "subplan": subplan });
    describe(&mut model, &told, properties.get("extensions"), "additionalExtensionProperties");
    Ok(Some(model))
}

fn place(id: &str) -> Result<(Scope, String)> {
    let (scope, name) = parse_id(id)?;
    let name = Catalog::get().plan(&name).map_or(name, |plan| plan.name.clone());
    Ok((scope, name))
}

/// Adds what the source tells of the plan. The ownership of extensions stays open, so that reading lists, as after an
/// import, all that are on.
fn describe(model: &mut Model, told: &Json, extensions: Option<&Json>, properties: &str) {
    let text = |name: &str| told.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    model.tier = match text("tier") {
        Some(tier) if tier.eq_ignore_ascii_case("Free") => Attr::Known(Tier::Free),
        Some(_) => Attr::Known(Tier::Standard),
        None => Attr::Null,
    };
    model.subplan = text("subplan").map(str::to_owned).into();
    let listed: Extensions = extensions
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|told| {
            Some((told.get("name")?.as_str()?.to_owned(), Attr::Known(extension(told, properties))))
        })
        .collect();
    model.extensions = if listed.is_empty() { Attr::Null } else { Attr::Known(listed) };
}

/// azurerm lists those that are on; the API says so of each by a text.
fn extension(told: &Json, properties: &str) -> Extension {
    let off = told.get("isEnabled").and_then(Json::as_str).is_some_and(|on| on.eq_ignore_ascii_case("False"));
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let properties = told.get(properties).and_then(Json::as_object).into_iter().flatten();
    let properties: Properties = properties
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), Attr::Known(text(value))))
        .collect();
    Extension {
        enabled: Attr::Known(!off),
        properties: if properties.is_empty() { Attr::Null } else { Attr::Known(properties) },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

    fn moved(provider: &str, type_name: &str, schema_version: i64, state: &Json) -> Result<Model> {
        let provider = format!("registry.terraform.io/{provider}");
        let source = MoveSource { provider: &provider, type_name, schema_version, state, identity: None };
        move_from(&source).map(|moved| moved.state)
    }

    #[test]
    fn azurerm_and_azapi_tell_the_same_plan() {
        let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/virtualmachines");
        let pricing = "azurerm_security_center_subscription_pricing";
        let listed = json!([{ "name": "A", "additional_extension_properties": { "p": "1" } }]);
        let azurerm = json!({ "id": id, "tier": "Standard", "subplan": "P2", "extension": listed });
        let expected = moved("hashicorp/azurerm", pricing, 1, &azurerm).unwrap();
        assert_eq!((&expected.name, &expected.subplan), (&"VirtualMachines".into(), &"P2".into()));
        assert!(expected.extension_ownership.is_null());
        let old = format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/default");
        let old = json!({ "id": old, "tier": "Standard", "subplan": "P2", "extension": listed });
        assert_eq!(moved("hashicorp/azurerm", pricing, 0, &old).unwrap(), expected);

        let extension =
            json!({ "name": "A", "isEnabled": "True", "additionalExtensionProperties": { "p": 1 } });
        let body = json!({ "properties": { "pricingTier": "Standard", "subPlan": "P2", "extensions": [extension] } });
        for body in [body.clone(), json!(body.to_string()), json!({ "type": ["object", {}], "value": body })]
        {
            let azapi = json!({ "id": id, "type": "Microsoft.Security/pricings@2024-01-01", "body": body });
            assert_eq!(moved("Azure/azapi", "azapi_update_resource", 2, &azapi).unwrap(), expected, "{body}");
        }
    }

    #[test]
    fn others_are_refused() {
        let state = json!({ "id": SUBSCRIPTION, "type": "Microsoft.Security/settings@2022-05-01" });
        for (provider, type_name) in [
            ("azure/azapi", "azapi_resource"),
            ("hashicorp/azurerm", "azurerm_security_center_workspace"),
            ("other/azurerm", "azurerm_security_center_subscription_pricing"),
        ] {
            let refusal = moved(provider, type_name, 1, &state).unwrap_err().to_string();
            assert!(refusal.contains("What can be moved to defender_plan"), "{refusal}");
        }
    }
}
