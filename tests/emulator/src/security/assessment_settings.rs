//! `Microsoft.Security/serverVulnerabilityAssessmentsSettings`: who looks for vulnerabilities on the servers of a
//! subscription. <https://learn.microsoft.com/rest/api/defenderforcloud/server-vulnerability-assessments-settings>

use hyper::Method;
use serde_json::{Value, json};

use super::refused;
use crate::arm::{ResourceType, Visit, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.Security/serverVulnerabilityAssessmentsSettings",
    versions: &["2023-05-01"],
    answer,
};

/// The only name, and the kind that goes with it.
const NAME: &str = "azureServersSetting";
const KIND: &str = "AzureServersSetting";
/// The only provider since Qualys left in May 2024:
/// <https://learn.microsoft.com/azure/defender-for-cloud/release-notes-archive>.
const PROVIDER: &str = "MdeTvm";

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let id = format!("{}/providers/{}/{NAME}", visit.place.scope, TYPE.name);
    let Some(name) = visit.place.name().filter(|_| super::at_subscription(visit)) else {
        if visit.call.method != Method::GET || !super::at_subscription(visit) {
            return not_implemented(visit.call);
        }
        let value: Vec<&Value> = world.store.get(&id).into_iter().collect();
        return Answer::json(200, &json!({ "value": value }));
    };
    if !name.eq_ignore_ascii_case(NAME) {
        let message = format!("The setting kind '{name}' is not valid. Possible values: {NAME}");
        return refused(&message);
    }
    match visit.call.method {
        Method::GET => world.store.get(&id).map_or_else(
            || Answer::error(404, "ResourceNotFound", &format!("The setting '{NAME}' was not found.")),
            |document| Answer::json(200, document),
        ),
        Method::PUT => put(world, visit, &id).unwrap_or_else(|refusal| refusal),
        Method::DELETE => Answer::empty(if world.store.delete(&id) { 200 } else { 204 }),
        _ => not_implemented(visit.call),
    }
}

fn put(world: &mut World, visit: &Visit<'_>, id: &str) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    for (what, asked, known) in [
        ("kind", &body["kind"], KIND),
        ("selectedProvider", &body["properties"]["selectedProvider"], PROVIDER),
    ] {
        if asked != known {
            let message = format!("The value {asked} of '{what}' is not valid. Possible values: {known}");
            return Err(refused(&message));
        }
    }
    let now = world.clock.document_timestamp();
    let existing = world.store.get(id).map(|document| document["systemData"].clone());
    let created = existing.is_none();
    let data = resource::system_data(&existing.unwrap_or_default(), &now);
    let document = json!({
        "id": id,
        "name": NAME,
        "type": TYPE.name,
        "kind": KIND,
        "properties": { "selectedProvider": PROVIDER },
        "systemData": data,
    });
    world.store.put(id, document.clone());
    Ok(Answer::json(if created { 201 } else { 200 }, &document))
}
