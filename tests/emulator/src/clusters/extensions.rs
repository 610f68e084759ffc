//! `Microsoft.KubernetesConfiguration/extensions` on Azure Arc's clusters and on AKS: list, get, put, patch, delete, with
//! operations. <https://learn.microsoft.com/rest/api/kubernetesconfiguration/extensions/extensions>

use hyper::Method;
use serde_json::{Value, json};

use super::{EXTENSION_VERSIONS, PAGE, connected, managed, wish};
use crate::arm::{ResourceType, Visit, page, resource};
use crate::entra::{OBJECT_ID, TENANT_ID};
use crate::message::Answer;
use crate::operations::faults::{self, Attempt, Failure};
use crate::operations::{self, Work};
use crate::route::not_implemented;
use crate::uuid;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType = ResourceType {
    name: "Microsoft.KubernetesConfiguration/extensions",
    versions: EXTENSION_VERSIONS,
    answer,
};

/// The resource provider's own host: `Location` names it, and no token of Azure Resource Manager belongs there.
const FOREIGN_HOST: &str = "rp.kubernetesconfiguration.azure.com";

/// What a request is about.
struct Site {
    id: String,
    cluster: Value,
    existing: Option<Value>,
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    answered(world, visit).unwrap_or_else(|refusal| refusal)
}

fn answered(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let cluster_id = &visit.place.scope;
    let kind = visit.place.scope_kind().unwrap_or_default();
    if ![connected::TYPE.name, managed::TYPE.name].iter().any(|known| known.eq_ignore_ascii_case(&kind)) {
        return Err(not_implemented(visit.call));
    }
    let cluster = world.store.get(cluster_id).cloned().ok_or_else(|| resource::not_found(cluster_id))?;
    let Some(_) = visit.place.name() else {
        if visit.call.method != Method::GET {
            return Err(not_implemented(visit.call));
        }
        let extensions = resource::within(&world.store, cluster_id, TYPE.name);
        let value: Vec<Value> = extensions.into_iter().map(wish::shown).collect();
        return page::of(world, visit.call, &value, PAGE);
    };
    let id = resource::id(visit.place, TYPE.name);
    let existing = world.store.get(&id).map(|document| resource::whole(document.clone(), &id, TYPE.name));
    let site = Site { id, cluster, existing };
    match visit.call.method {
        Method::GET => {
            let extension = site.existing.ok_or_else(|| resource::not_found(&site.id))?;
            Ok(Answer::json(200, &wish::shown(extension)))
        }
        Method::PUT => write(world, visit, &site, false),
        Method::PATCH if site.existing.is_none() => Err(resource::not_found(&site.id)),
        Method::PATCH => write(world, visit, &site, true),
        Method::DELETE => Ok(delete(world, visit, &site)),
        _ => Err(not_implemented(visit.call)),
    }
}

fn write(world: &mut World, visit: &Visit<'_>, site: &Site, patch: bool) -> Result<Answer, Answer> {
    let body = visit.call.json()?;
    let before = site.existing.as_ref();
    let properties =
        wish::properties(before.map(|before| &before["properties"]), &body["properties"], patch)?;
    let now = world.clock.document_timestamp();
    let created = before.map_or(Value::Null, |before| before["systemData"]["createdAt"].clone());
    let mut document = json!({
        "properties": properties,
        "systemData": {
            "createdBy": OBJECT_ID,
            "createdByType": "Application",
            "createdAt": if created.is_null() { json!(now) } else { created },
            "lastModifiedBy": OBJECT_ID,
            "lastModifiedByType": "Application",
            "lastModifiedAt": now,
        },
    });
    if let Some(identity) = identity(world, site, &body["identity"], patch) {
        document["identity"] = identity;
    }
    let plan =
        before.filter(|_| patch && body["plan"].is_null()).map_or(&body["plan"], |before| &before["plan"]);
    if !plan.is_null() {
        document["plan"] = plan.clone();
    }
    let mut document = resource::whole(document, &site.id, TYPE.name);
    let failure = fails(world, visit, &document, "write");
    let (outcome, error) = wish::ended(document.clone(), failure.as_ref());
    let doing = if before.is_some() { "Updating" } else { "Creating" };
    document["properties"]["provisioningState"] = json!(doing);
    world.store.put(&site.id, document.clone());
    operations::remember_secret(
        &mut world.store,
        &site.id,
        &body["properties"]["configurationProtectedSettings"],
    );
    let status = match (patch, doing) {
        (true, _) => 202,
        (false, "Creating") => 201,
        (false, _) => 200,
    };
    let work = Work { target: &site.id, doing, outcome, error, host: &visit.place.scope };
    Ok(started(world, visit, site, (Answer::json(status, &document), work)))
}

/// A forced deletion does not wait for the cluster.
fn delete(world: &mut World, visit: &Visit<'_>, site: &Site) -> Answer {
    let Some(mut document) = site.existing.clone() else { return Answer::empty(204) };
    let forced = visit.call.query.get("forcedelete").is_some_and(|force| force.eq_ignore_ascii_case("true"));
    let failure = fails(world, visit, &document, "delete").filter(|_| !forced);
    let (outcome, error) = match &failure {
        None => (Value::Null, Value::Null),
        some => wish::ended(document.clone(), some.as_ref()),
    };
    document["properties"]["provisioningState"] = json!("Deleting");
    world.store.put(&site.id, document);
    let host = if forced { "" } else { visit.place.scope.as_str() };
    let work = Work { target: &site.id, doing: "Deleting", outcome, error, host };
    started(world, visit, site, (Answer::json(202, &serialised_response()), work))
}

fn started(world: &mut World, visit: &Visit<'_>, site: &Site, (answer, work): (Answer, Work<'_>)) -> Answer {
    let name = operations::begin(world, work);
    let path = format!("{}/operations", site.id);
    let region = resource::region(&site.cluster);
    let foreign = format!("https://{region}.{FOREIGN_HOST}{path}/{name}?api-version={}", visit.version);
    let answer = answer
        .with_header("Azure-AsyncOperation", operations::url(world, &path, &name, visit.version))
        .with_header("Location", foreign)
        .with_header("x-ms-async-operation-timeout", "PT1H");
    operations::announced(world, answer)
}

/// What the service answers a deletion with: its own .NET response, as JSON. Nobody is to read it.
fn serialised_response() -> Value {
    json!({
        "Version": { "Major": 1, "Minor": 1, "Build": -1, "Revision": -1, "MajorRevision": -1, "MinorRevision": -1 },
        "Content": null,
        "StatusCode": 202,
        "ReasonPhrase": "Accepted",
        "Headers": [],
        "TrailingHeaders": [],
        "RequestMessage": null,
        "IsSuccessStatusCode": true,
    })
}

fn fails(world: &World, visit: &Visit<'_>, extension: &Value, on: &str) -> Option<Failure> {
    let kind = extension["properties"]["extensionType"].as_str().unwrap_or_default();
    let name = extension["name"].as_str().unwrap_or_default();
    faults::of(world, &Attempt { host: &visit.place.scope, publisher: "", kind, name, on })
}

/// A system-assigned identity stays who it is as long as the extension keeps it.
fn identity(world: &mut World, site: &Site, asked: &Value, patch: bool) -> Option<Value> {
    let before = site.existing.as_ref().map(|before| before["identity"].clone());
    let before = before.filter(|identity| identity["principalId"].is_string());
    let wanted = asked["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("SystemAssigned"));
    if !wanted && !patch {
        return None;
    }
    if before.is_some() || !wanted {
        return before;
    }
    let count = world.store.count_making(&format!("{}/identity", site.id));
    let principal = uuid::of(&format!("{} {count}", crate::store::key(&site.id)));
    Some(json!({ "type": "SystemAssigned", "principalId": principal, "tenantId": TENANT_ID }))
}
