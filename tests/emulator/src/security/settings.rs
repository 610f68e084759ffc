//! `Microsoft.Security/settings`: list, get and put of a subscription's integrations. There is no DELETE.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/settings>

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::arm::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Security/settings", versions: &["2022-05-01"], answer };

/// Name, kind, and whether Azure Government has it. Alert synchronisation with Sentinel is not there:
/// <https://learn.microsoft.com/azure/defender-for-cloud/support-matrix-cloud-environment>.
const SETTINGS: [(&str, &str, bool); 5] = [
    ("MCAS", "DataExportSettings", true),
    ("WDATP", "DataExportSettings", true),
    ("WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW", "DataExportSettings", true),
    ("WDATP_UNIFIED_SOLUTION", "DataExportSettings", true),
    ("Sentinel", "AlertSyncSettings", false),
];

/// Gives a new subscription all settings of its cloud, off.
pub(crate) fn populate(store: &mut Store, cloud: Cloud, subscription: &str) {
    let scope = format!("/subscriptions/{subscription}");
    for (name, kind, _) in offered(cloud) {
        store.put(&id(&scope, name), document(&scope, name, kind, false));
    }
}

fn offered(cloud: Cloud) -> impl Iterator<Item = &'static (&'static str, &'static str, bool)> {
    SETTINGS.iter().filter(move |(_, _, in_government)| cloud == Cloud::Public || *in_government)
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let result = match (&visit.call.method, visit.place.name()) {
        _ if !super::at_subscription(visit) => Err(not_implemented(visit.call)),
        (&Method::GET, None) => Ok(list(world, visit)),
        (&Method::GET, Some(name)) => get(world, visit, name),
        (&Method::PUT, Some(name)) => put(world, visit, name),
        _ => Err(not_implemented(visit.call)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

fn list(world: &World, visit: &Visit<'_>) -> Answer {
    let value: Vec<&Value> = offered(world.cloud)
        .filter_map(|(name, _, _)| world.store.get(&id(&visit.place.scope, name)))
        .collect();
    Answer::json(200, &json!({ "value": value }))
}

fn get(world: &World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let (name, _, _) = setting(world.cloud, name)?;
    let document = world.store.get(&id(&visit.place.scope, name)).ok_or_else(|| not_found(name))?;
    Ok(Answer::json(200, document))
}

/// Built-in policies send the flag as a text, and Azure takes it:
/// <https://github.com/Azure/azure-policy/blob/master/built-in-policies/policyDefinitions/Security%20Center/MDC_MDE_WDATP_DINE.json>.
fn put(world: &mut World, visit: &Visit<'_>, name: &str) -> Result<Answer, Answer> {
    let (name, kind, _) = setting(world.cloud, name)?;
    let body = visit.call.json()?;
    let refused = |message: &str| Err(Answer::error(400, "InvalidSettingsInput", message));
    if !body["kind"].as_str().is_some_and(|asked| asked.eq_ignore_ascii_case(kind)) {
        return refused("Kind doesn't match the setting");
    }
    let enabled = &body["properties"]["enabled"];
    let text = enabled.as_str().map(str::to_ascii_lowercase);
    let enabled = match (enabled.as_bool(), text.as_deref()) {
        (Some(enabled), _) => enabled,
        (None, Some("true")) => true,
        (None, Some("false")) => false,
        (None, _) => return refused("The property 'enabled' must be true or false"),
    };
    let document = document(&visit.place.scope, name, kind, enabled);
    world.store.put(&id(&visit.place.scope, name), document.clone());
    Ok(Answer::json(200, &document))
}

fn setting(cloud: Cloud, name: &str) -> Result<&'static (&'static str, &'static str, bool), Answer> {
    let mut offered = offered(cloud);
    offered.find(|(known, _, _)| known.eq_ignore_ascii_case(name)).ok_or_else(|| not_found(name))
}

fn not_found(name: &str) -> Answer {
    Answer::error(404, "ResourceNotFound", &format!("The setting '{name}' was not found."))
}

fn document(scope: &str, name: &str, kind: &str, enabled: bool) -> Value {
    json!({
        "id": id(scope, name),
        "name": name,
        "kind": kind,
        "type": TYPE.name,
        "properties": { "enabled": enabled },
    })
}

fn id(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Security/settings/{name}")
}
