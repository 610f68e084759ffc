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

/// The parameters that a definition or initiative declares.
pub(crate) fn parameters(document: &Value) -> Map<String, Value> {
    document["properties"]["parameters"].as_object().cloned().unwrap_or_default()
}

/// The members of an initiative; none for a definition.
pub(crate) fn members(document: &Value) -> &[Value] {
    document["properties"]["policyDefinitions"].as_array().map_or(&[], Vec::as_slice)
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
