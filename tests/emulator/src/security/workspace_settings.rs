//! `Microsoft.Security/workspaceSettings`: the workspace of a subscription's machines.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/workspace-settings>

use hyper::Method;
use serde_json::{Value, json};

use super::refused;
use crate::arm::place::Place;
use crate::arm::{ResourceType, Visit, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::workspaces;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Security/workspaceSettings", versions: &["2017-08-01-preview"], answer };

/// The only name.
const NAME: &str = "default";

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    if !super::at_subscription(visit) {
        return not_implemented(visit.call);
    }
    let id = format!("{}/providers/{}/{NAME}", visit.place.scope, TYPE.name);
    let result = match (&visit.call.method, visit.place.name()) {
        (&Method::GET, None) => Ok(list(world, visit)),
        (_, Some(name)) if !name.eq_ignore_ascii_case(NAME) => {
            let message =
                format!("The workspace setting name '{name}' is not valid. Possible values: {NAME}");
            Err(refused(&message))
        }
        (&Method::GET, Some(_)) => {
            let found = world.store.get(&id).ok_or_else(not_found);
            found.map(|setting| Answer::json(200, &shown(world, setting)))
        }
        (&Method::PUT, Some(_)) => put(world, visit, &id, &Value::Null),
        (&Method::PATCH, Some(_)) => {
            let before = world.store.get(&id).map(|setting| setting["properties"].clone());
            before.ok_or_else(not_found).and_then(|before| put(world, visit, &id, &before))
        }
        // The API's description says 204; the service says 200, with no body, as in the recordings of
        // <https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/security>.
        (&Method::DELETE, Some(_)) => Ok(Answer::empty(if world.store.delete(&id) { 200 } else { 204 })),
        _ => Err(not_implemented(visit.call)),
    };
    result.unwrap_or_else(|refusal| refusal)
}

/// The settings of resource groups, which nobody can write any more, are in the list, too.
fn list(world: &World, visit: &Visit<'_>) -> Answer {
    let settings = resource::within(&world.store, &visit.place.scope, TYPE.name);
    let value: Vec<Value> = settings.iter().map(|setting| shown(world, setting)).collect();
    Answer::json(200, &json!({ "value": value }))
}

/// What a request leaves out is as it was `before`: a PATCH may leave out any of the two.
fn put(world: &mut World, visit: &Visit<'_>, id: &str, before: &Value) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let wanted = |field: &str| {
        let said = body["properties"][field].as_str().or_else(|| before[field].as_str());
        said.map(str::to_owned).ok_or_else(|| refused(&format!("The property '{field}' is required.")))
    };
    let (workspace, scope) = (wanted("workspaceId")?, wanted("scope")?);
    let is_workspace = Place::parse(&workspace).is_some_and(|place| {
        place.is(workspaces::TYPE.name) && place.name().is_some() && place.scope.matches('/').count() == 4
    });
    if !is_workspace {
        return Err(refused(&format!("The workspaceId '{workspace}' is not the id of a workspace.")));
    }
    if !scope.eq_ignore_ascii_case(&visit.place.scope) {
        return Err(refused(&format!("The scope '{scope}' must be '{}'.", visit.place.scope)));
    }
    let properties = json!({ "workspaceId": workspace, "scope": scope });
    let setting = json!({ "id": id, "name": NAME, "type": TYPE.name, "properties": properties });
    world.store.put(id, setting.clone());
    world.begin(&of_writing(id));
    Ok(Answer::json(200, &setting))
}

/// For a while after a write, reads have no workspace: <https://github.com/Azure/azure-rest-api-specs/issues/14138>.
fn shown(world: &World, setting: &Value) -> Value {
    let id = setting["id"].as_str().unwrap_or_default();
    let mut setting = setting.clone();
    if world.age(&of_writing(id)) < world.delays.consistency
        && let Some(properties) = setting["properties"].as_object_mut()
    {
        properties.remove("workspaceId");
    }
    setting
}

fn of_writing(id: &str) -> String {
    format!("writing/{}", id.trim_start_matches('/'))
}

fn not_found() -> Answer {
    Answer::error(404, "ResourceNotFound", &format!("The workspace setting '{NAME}' was not found."))
}
