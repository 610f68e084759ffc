//! `Microsoft.Security/autoProvisioningSettings`: the switch of the retired Log Analytics agent. It can be read and
//! turned off; there is no DELETE. <https://learn.microsoft.com/rest/api/defenderforcloud/auto-provisioning-settings>

use hyper::Method;
use serde_json::{Value, json};

use crate::arm::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Security/autoProvisioningSettings",
    versions: &["2017-08-01-preview"],
    answer,
};

/// The only name.
const NAME: &str = "default";

/// Gives a new subscription the setting, off.
pub(crate) fn populate(store: &mut Store, subscription: &str) {
    let scope = format!("/subscriptions/{subscription}");
    store.put(&id(&scope), document(&scope));
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let id = id(&visit.place.scope);
    let name = visit.place.name().map(str::to_ascii_lowercase);
    match (&visit.call.method, name.as_deref()) {
        _ if !super::at_subscription(visit) => not_implemented(visit.call),
        (&Method::GET, None) => {
            let value: Vec<&Value> = world.store.get(&id).into_iter().collect();
            Answer::json(200, &json!({ "value": value }))
        }
        (&Method::GET, Some(NAME)) => world.store.get(&id).map_or_else(
            || Answer::error(404, "ResourceNotFound", "The setting 'default' was not found."),
            |document| Answer::json(200, document),
        ),
        (&Method::PUT, Some(NAME)) => put(world, visit).unwrap_or_else(|refusal| refusal),
        _ => not_implemented(visit.call),
    }
}

/// The refusal is quoted in <https://github.com/Azure/terraform-azure-mdc-defender-plans-azure/issues/92>.
fn put(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let asked = body["properties"]["autoProvision"].as_str().unwrap_or_default();
    if asked.eq_ignore_ascii_case("On") {
        let message = "Log Analytics auto provisioning is deprecated and can no longer be enabled.";
        return Err(Answer::error(400, "Deprecated", message));
    }
    if !asked.eq_ignore_ascii_case("Off") {
        let message = format!("The value '{asked}' of autoProvision is not valid. Possible values: On, Off");
        return Err(Answer::error(400, "InvalidInputJson", &message));
    }
    let document = document(&visit.place.scope);
    world.store.put(&id(&visit.place.scope), document.clone());
    Ok(Answer::json(200, &document))
}

fn document(scope: &str) -> Value {
    json!({ "id": id(scope), "name": NAME, "type": TYPE.name, "properties": { "autoProvision": "Off" } })
}

fn id(scope: &str) -> String {
    format!("{scope}/providers/Microsoft.Security/autoProvisioningSettings/{NAME}")
}
