//! What a definition or an initiative says, built-in or not: where it is, what it can do, which roles that takes.

use serde_json::{Map, Value};

use super::builtin::{self, Known};
use crate::store::key;
use crate::world::World;

/// The type of definitions in ids.
pub(crate) const DEFINITIONS: &str = "Microsoft.Authorization/policyDefinitions";
/// The type of initiatives in ids.
pub(crate) const SETS: &str = "Microsoft.Authorization/policySetDefinitions";

/// The definition or initiative with this id.
pub(crate) fn find(world: &World, id: &str) -> Known {
    let id = key(id);
    let built_in = |kind: &str| {
        let name = id.strip_prefix(&format!("{}/", key(&format!("providers/{kind}"))))?;
        (!name.contains('/')).then(|| name.to_owned())
    };
    // A seed may have a built-in one that the table does not have.
    if let Some(written) = world.store.get(&id) {
        return Known::Here(written.clone());
    }
    match (built_in(DEFINITIONS), built_in(SETS)) {
        (Some(name), _) => builtin::definition(world.cloud, &name),
        (None, Some(name)) => builtin::set(world.cloud, &name),
        (None, None) => Known::Nowhere,
    }
}

/// Whether an id is that of an initiative.
pub(crate) fn is_set(id: &str) -> bool {
    key(id).contains(&key(&format!("providers/{SETS}")))
}

/// The scope that a definition belongs to; nothing for a built-in one.
pub(crate) fn scope(id: &str) -> Option<String> {
    let id = key(id);
    let at = id.rfind("/providers/microsoft.authorization/")?;
    id.get(..at).filter(|scope| !scope.is_empty()).map(str::to_owned)
}

/// The parameters that a definition or initiative declares.
pub(crate) fn parameters(document: &Value) -> Map<String, Value> {
    document["properties"]["parameters"].as_object().cloned().unwrap_or_default()
}

/// The effect by which a definition changes resources, as Azure writes it in its refusals. What it *can* do counts,
/// not what a parameter asks for.
pub(crate) fn changing_effect(document: &Value) -> Option<&'static str> {
    let effect = document["properties"]["policyRule"]["then"]["effect"].as_str().unwrap_or_default();
    let parameter = effect.strip_prefix("[parameters('").and_then(|rest| rest.strip_suffix("')]"));
    let declared = parameter.map(|name| &document["properties"]["parameters"][name]);
    let allowed = declared.and_then(|declared| declared["allowedValues"].as_array());
    let default = declared.and_then(|declared| declared["defaultValue"].as_str());
    let effects: Vec<&str> = match allowed {
        Some(allowed) => allowed.iter().filter_map(Value::as_str).collect(),
        None => vec![default.unwrap_or(effect)],
    };
    ["DeployIfNotExists", "Modify"]
        .into_iter()
        .find(|changing| effects.iter().any(|effect| effect.eq_ignore_ascii_case(changing)))
}

/// The same of an initiative: what any of its members can do.
pub(crate) fn changing_effect_of(world: &World, document: &Value) -> Option<&'static str> {
    let mut members = members(document).iter();
    changing_effect(document).or_else(|| {
        members.find_map(|member| match find(world, member["policyDefinitionId"].as_str()?) {
            Known::Here(definition) => changing_effect(&definition),
            Known::Elsewhere | Known::Nowhere => None,
        })
    })
}

/// The ids of the roles that the identity of an assignment needs.
pub(crate) fn roles(document: &Value) -> Vec<&str> {
    let ids = document["properties"]["policyRule"]["then"]["details"]["roleDefinitionIds"].as_array();
    let ids = ids.into_iter().flatten().filter_map(Value::as_str);
    ids.filter_map(|id| id.rsplit('/').next()).collect()
}

/// The members of an initiative; none for a definition.
pub(crate) fn members(document: &Value) -> &[Value] {
    document["properties"]["policyDefinitions"].as_array().map_or(&[], Vec::as_slice)
}

/// The member of an initiative with this reference id, in any letter case.
pub(crate) fn member<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    members(document).iter().find(|member| {
        member["policyDefinitionReferenceId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(reference))
    })
}

/// The version that assignments follow where they name none: `4.*.*`, `7.*.*-preview`.
pub(crate) fn followed_version(document: &Value) -> String {
    let version = version(document);
    let major = version.split('.').next().unwrap_or("1");
    let suffix = version.split_once('-').map(|(_, suffix)| format!("-{suffix}")).unwrap_or_default();
    format!("{major}.*.*{suffix}")
}

/// The version; `1.0.0` where none is said.
pub(crate) fn version(document: &Value) -> &str {
    document["properties"]["version"].as_str().unwrap_or("1.0.0")
}
