//! Assignments that other providers have managed so far: the object in their state becomes what Azure has, and that the
//! state here, in the same way as when it is read.

use serde_json::{Map, Value as Json, json};
use tfplugin_protocol::provider::{MoveSource, Moved, Resource as _};
use tfplugin_protocol::{Diagnostic, Result};

use super::PolicyAssignment;
use crate::assignment::model::Model;
use crate::assignment::wire;
use crate::context::{azapi_body, azapi_id, is_azurerm, is_set, json_text, parse_id, refuse_move};
use crate::policy::{ASSIGNMENT_TYPE, Assignment, Wanted};

/// The types of azurerm: one for each kind of scope, otherwise the same.
/// <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/policy/assignment_resource_base.go>
const AZURERM: &[&str] = &[
    "azurerm_management_group_policy_assignment",
    "azurerm_resource_group_policy_assignment",
    "azurerm_resource_policy_assignment",
    "azurerm_subscription_policy_assignment",
];

/// An assignment as another provider's state tells it.
pub(super) fn move_from(source: &MoveSource<'_>) -> Result<Moved<Model>> {
    let is_azurerm = is_azurerm(source, AZURERM);
    let id = if is_azurerm { source.text("id") } else { azapi_id(source, &[ASSIGNMENT_TYPE]) }
        .ok_or_else(|| refuse_move(source, PolicyAssignment::NAME, AZURERM, &[ASSIGNMENT_TYPE]))?;
    let (scope, name) = parse_id(id, ASSIGNMENT_TYPE, "a policy assignment", "NAME")?;
    let place = Model::at(&scope, &name);
    let body = if is_azurerm { azurerm(source.state) } else { azapi(source) };
    // What is not whole is left to Azure, which is asked before anything is planned.
    let Ok(is) = serde_json::from_value::<Wanted>(body.clone()) else { return Ok(place.into()) };
    let lost = lost(&body, &is);
    let state = wire::refresh(place, &Assignment { id: id.to_owned(), is });
    Ok(Moved { warnings: lost.into_iter().collect(), ..state.into() })
}

/// The body, with values for names of azurerm.
fn azurerm(state: &Json) -> Json {
    let given = |name: &str| in_azures_words(&state[name]);
    let parsed = |name: &str| state[name].as_str().map_or(Json::Null, json_text);
    let listed = |name: &str, convert: fn(&Json) -> Json| -> Json {
        state[name].as_array().into_iter().flatten().map(convert).collect()
    };
    let mode = if state["enforce"] == false { "DoNotEnforce" } else { "Default" };
    json!({
        "location": given("location"),
        "identity": identity(&state["identity"]),
        "properties": {
            "policyDefinitionId": given("policy_definition_id"),
            "displayName": given("display_name"),
            "description": given("description"),
            "parameters": parsed("parameters"),
            "metadata": parsed("metadata"),
            "notScopes": given("not_scopes"),
            "enforcementMode": mode,
            "nonComplianceMessages": listed("non_compliance_message", message),
            "resourceSelectors": given("resource_selectors"),
            "overrides": listed("overrides", override_),
        },
    })
}

fn message(told: &Json) -> Json {
    let member = in_azures_words(&told["policy_definition_reference_id"]);
    json!({"message": told["content"], "policyDefinitionReferenceId": member})
}

/// azurerm knows one kind, and does not say which.
fn override_(told: &Json) -> Json {
    let selectors = in_azures_words(&told["selectors"]);
    json!({"kind": "policyEffect", "value": told["value"], "selectors": selectors})
}

/// The body of azapi, which has location and identity beside it.
fn azapi(source: &MoveSource<'_>) -> Json {
    let mut body = azapi_body(source);
    if let Some(fields) = body.as_object_mut() {
        let beside = [
            ("location", in_azures_words(&source.state["location"])),
            ("identity", identity(&source.state["identity"])),
        ];
        for (name, value) in beside {
            fields.entry(name).or_insert(value);
        }
    }
    body
}

/// Both write it as a list of one.
fn identity(list: &Json) -> Json {
    let one = &list[0];
    if !is_set(&one["type"]) {
        return Json::Null;
    }
    let ids = one["identity_ids"].as_array().filter(|ids| !ids.is_empty());
    let users = ids.map(|ids| {
        let users = ids.iter().filter_map(|id| Some((id.as_str()?.to_owned(), json!({}))));
        users.collect::<Map<_, _>>()
    });
    json!({
        "type": one["type"],
        "userAssignedIdentities": users,
        "principalId": in_azures_words(&one["principal_id"]),
        "tenantId": in_azures_words(&one["tenant_id"]),
    })
}

/// What is set, by the names that Azure has for it: `not_in` is `notIn`.
fn in_azures_words(value: &Json) -> Json {
    let camel = |name: &str| {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| {
            let (initial, rest) = word.split_at(word.len().min(1));
            name + &initial.to_ascii_uppercase() + rest
        })
    };
    if let Some(fields) = value.as_object() {
        let set = fields.iter().filter(|(_, value)| is_set(value));
        set.map(|(name, value)| (camel(name), in_azures_words(value))).collect()
    } else if let Some(items) = value.as_array() {
        items.iter().map(in_azures_words).collect()
    } else if is_set(value) {
        value.clone()
    } else {
        Json::Null
    }
}

/// Says what of a body has no place here.
fn lost(body: &Json, is: &Wanted) -> Option<Diagnostic> {
    let kept = serde_json::to_value(&is.properties).unwrap_or_default();
    let properties = body["properties"].as_object().into_iter().flatten();
    // The scope stands in the id.
    let lost = properties.filter(|(name, value)| is_set(value) && kept[*name].is_null() && *name != "scope");
    let lost: Vec<&str> = lost.map(|(name, _)| name.as_str()).collect();
    (!lost.is_empty()).then(|| {
        let detail = format!(
            "{} has no attribute for this, which the old resource has set: {}. It stays as it is until the assignment is \
             written for the next time, and is Azure's default then.",
            PolicyAssignment::NAME,
            lost.join(", ")
        );
        Diagnostic::warning("Not all of the assignment is carried over", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";
    const USER: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer";

    fn moved(provider: &str, type_name: &str, state: &Json) -> Moved<Model> {
        let provider = format!("registry.opentofu.org/{provider}");
        let source = MoveSource { provider: &provider, type_name, schema_version: 0, state, identity: None };
        move_from(&source).unwrap()
    }

    fn id() -> String {
        format!("{SUBSCRIPTION}/providers/{ASSIGNMENT_TYPE}/a")
    }

    /// What azurerm stores where nothing is set.
    fn bare() -> Json {
        json!({"id": id(), "name": "a", "subscription_id": SUBSCRIPTION, "policy_definition_id": "/p", "enforce": true,
            "description": "", "display_name": "", "location": "", "identity": [], "metadata": "", "parameters": "",
            "not_scopes": [], "non_compliance_message": [], "overrides": [], "resource_selectors": [], "timeouts": null})
    }

    #[test]
    fn what_azurerm_has_not_set_is_not_set_here() {
        let moved = moved("hashicorp/azurerm", "azurerm_subscription_policy_assignment", &bare());
        assert!(moved.warnings.is_empty());
        let expected = Model {
            policy_definition_id: "/p".into(),
            enforcement_mode: "Default".into(),
            ..Model::at(&SUBSCRIPTION.parse().unwrap(), "a")
        };
        assert_eq!(moved.state, expected);
    }

    #[test]
    fn azurerm_and_azapi_tell_the_same_assignment() {
        let selector = json!({"kind": "resourceLocation", "in": ["westeurope"], "not_in": []});
        let mut azurerm = bare();
        for (name, value) in [
            ("enforce", json!(false)),
            ("display_name", json!("A")),
            ("location", json!("westeurope")),
            (
                "identity",
                json!([{"type": "UserAssigned", "identity_ids": [USER], "principal_id": "", "tenant_id": ""}]),
            ),
            ("parameters", json!("{\"effect\":{\"value\":\"Audit\"},\"list\":{\"value\":[1,\"\"]}}")),
            ("metadata", json!("{\"category\":\"x\",\"createdBy\":\"y\"}")),
            ("not_scopes", json!([format!("{SUBSCRIPTION}/resourceGroups/g")])),
            ("non_compliance_message", json!([{"content": "no", "policy_definition_reference_id": ""}])),
            ("overrides", json!([{"value": "Disabled", "selectors": [selector]}])),
            ("resource_selectors", json!([{"name": "", "selectors": [selector]}])),
        ] {
            azurerm[name] = value;
        }
        let selectors = json!([{"kind": "resourceLocation", "in": ["westeurope"]}]);
        let body = json!({"properties": {
            "policyDefinitionId": "/p", "displayName": "A", "enforcementMode": "DoNotEnforce",
            "parameters": {"effect": {"value": "Audit"}, "list": {"value": [1, ""]}}, "metadata": {"category": "x"},
            "notScopes": [format!("{SUBSCRIPTION}/resourceGroups/g")], "nonComplianceMessages": [{"message": "no"}],
            "overrides": [{"kind": "policyEffect", "value": "Disabled", "selectors": selectors}],
            "resourceSelectors": [{"selectors": selectors}], "somethingNew": {"a": 1}, "scope": SUBSCRIPTION}});
        let azapi = json!({"id": id(), "type": "Microsoft.Authorization/policyAssignments@2025-03-01", "body": body,
            "location": "westeurope",
            "identity": [{"type": "UserAssigned", "identity_ids": [USER], "principal_id": "", "tenant_id": ""}]});
        let from_azapi = moved("Azure/azapi", "azapi_resource", &azapi);
        let told = from_azapi.warnings.to_string();
        assert!(told.contains("set: somethingNew."), "{told}");
        let from_azurerm = moved("hashicorp/azurerm", AZURERM[0], &azurerm);
        assert_eq!(from_azurerm.state, from_azapi.state);
        assert!(from_azurerm.warnings.is_empty());
        assert!(
            from_azurerm.state.overrides.known().is_some() && from_azurerm.state.identity.known().is_some()
        );
    }

    /// An update of azapi's may speak of a part only.
    #[test]
    fn what_is_not_whole_is_an_import() {
        let state = json!({"resource_id": id(), "type": "microsoft.authorization/policyassignments@2025-03-01",
            "body": {"properties": {"description": "x"}}});
        let moved = moved("Azure/azapi", "azapi_update_resource", &state);
        assert_eq!(moved.state, Model::at(&SUBSCRIPTION.parse().unwrap(), "a"));
    }
}
