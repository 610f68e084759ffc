//! `Microsoft.Authorization/policyDefinitions` and `policySetDefinitions`: built-in ones of the tenant to read, custom
//! ones of subscriptions and management groups to read and write.
//! <https://learn.microsoft.com/rest/api/policy/policy-definitions>

use hyper::Method;
use serde_json::{Value, json};

use super::builtin::{self, Known};
use super::{custom, definition};
use crate::arm::hierarchy::reaching;
use crate::arm::{ResourceType, Visit, page};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::key;
use crate::world::World;

const VERSIONS: &[&str] =
    &["2026-06-01", "2025-11-01", "2025-03-01", "2025-01-01", "2024-05-01", "2023-04-01", "2021-06-01"];
/// The first api-version that shows versions of definitions.
const VERSIONED: &str = "2023-04-01";
/// How many definitions a page has where the request does not say.
const PAGE: usize = 1000;

/// The row of definitions.
pub(crate) static DEFINITIONS: ResourceType =
    ResourceType { name: definition::DEFINITIONS, versions: VERSIONS, answer: definitions };

/// The row of initiatives.
pub(crate) static SETS: ResourceType =
    ResourceType { name: definition::SETS, versions: VERSIONS, answer: sets };

/// What differs between the two types.
struct Family {
    kind: &'static str,
    words: &'static str,
    not_found: &'static str,
}

const DEFINITION: Family = Family {
    kind: definition::DEFINITIONS,
    words: "policy definition",
    not_found: "PolicyDefinitionNotFound",
};
const SET: Family = Family {
    kind: definition::SETS,
    words: "policy set definition",
    not_found: "PolicySetDefinitionNotFound",
};

fn definitions(world: &mut World, visit: &Visit<'_>) -> Answer {
    answer(world, visit, &DEFINITION).unwrap_or_else(|refusal| refusal)
}

fn sets(world: &mut World, visit: &Visit<'_>) -> Answer {
    answer(world, visit, &SET).unwrap_or_else(|refusal| refusal)
}

fn answer(world: &mut World, visit: &Visit<'_>, family: &Family) -> Result<Answer, Answer> {
    let scope = &visit.place.scope;
    let id = format!("{scope}/providers/{}/{}", family.kind, visit.place.name().unwrap_or_default());
    match (&visit.call.method, visit.place.name()) {
        (&Method::GET, None) => list(world, visit, family),
        (&Method::GET, Some(name)) => match definition::find(world, &id) {
            Known::Here(document) => Ok(Answer::json(200, &shown(document, visit.version))),
            Known::Elsewhere => Err(not_implemented(visit.call)),
            // <https://github.com/Azure/Azure-Landing-Zones/issues/3865>
            Known::Nowhere => {
                let message = format!("The {} '{name}' could not be found.", family.words);
                Err(Answer::error(404, family.not_found, &message))
            }
        },
        _ if scope.is_empty() => {
            let message = format!("Built-in {}s can only be read.", family.words);
            Err(Answer::error(405, "MethodNotAllowed", &message))
        }
        (&Method::PUT, Some(name)) => {
            let body = visit.call.json()?;
            let properties = if family.kind == definition::SETS {
                custom::set(world, name, &body, &not_implemented(visit.call))?
            } else {
                custom::definition(name, &body)?
            };
            let document = json!({ "properties": properties, "id": id, "type": family.kind, "name": name });
            world.store.put(&id, document.clone());
            Ok(Answer::json(201, &shown(document, visit.version)))
        }
        // What Azure says then is not known here.
        (&Method::DELETE, Some(_)) if in_use(world, &id) => Err(not_implemented(visit.call)),
        (&Method::DELETE, Some(_)) => Ok(Answer::empty(if world.store.delete(&id) { 200 } else { 204 })),
        _ => Err(not_implemented(visit.call)),
    }
}

fn in_use(world: &World, id: &str) -> bool {
    let is = |value: &Value| value.as_str().is_some_and(|used| key(used) == key(id));
    world.store.documents().any(|(_, document)| {
        is(&document["properties"]["policyDefinitionId"])
            || definition::members(document).iter().any(|member| is(&member["policyDefinitionId"]))
    })
}

/// Built-in ones everywhere, custom ones at and above the scope.
fn list(world: &World, visit: &Visit<'_>, family: &Family) -> Result<Answer, Answer> {
    let filter = visit.call.query.get("$filter").map_or("", |filter| filter.trim());
    let value = |field: &str| filter.strip_prefix(&format!("{field} eq '"))?.strip_suffix('\'');
    let (policy_type, category) = (value("policyType"), value("category"));
    if !filter.is_empty() && policy_type.is_none() && category.is_none() {
        return Err(not_implemented(visit.call));
    }
    let is = |value: &Value, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
    };
    let built_in: Vec<Value> = if family.kind == definition::SETS {
        builtin::sets(world.cloud).collect()
    } else {
        builtin::definitions(world.cloud).collect()
    };
    let tenant = visit.place.scope.is_empty();
    let scopes = if tenant { Vec::new() } else { reaching(&world.store, &visit.place.scope) };
    let custom = scopes.iter().flat_map(|scope| {
        let prefix = format!("{scope}/providers/{}/", family.kind);
        world.store.under(&prefix).map(|(_, document)| document.clone())
    });
    let all = built_in.into_iter().chain(custom);
    let wanted = all.filter(|one| {
        let properties = &one["properties"];
        is(&properties["policyType"], policy_type) && is(&properties["metadata"]["category"], category)
    });
    let found: Vec<Value> = wanted.map(|one| shown(one, visit.version)).collect();
    page::of(world, visit.call, &found, PAGE)
}

fn shown(mut document: Value, version: &str) -> Value {
    if version < VERSIONED
        && let Some(properties) = document["properties"].as_object_mut()
    {
        properties.retain(|name, _| name != "version" && name != "versions");
    }
    document
}
