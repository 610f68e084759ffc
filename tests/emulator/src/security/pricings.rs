//! `Microsoft.Security/pricings`: list, get, put and delete at subscriptions and machines.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/pricings>

use hyper::Method;
use serde_json::{Value, json};

use super::change::{Current, change, is_standard};
use super::desired::Desired;
use super::facts::{self, Plan};
use super::view;
use crate::Cloud;
use crate::arm::place::Place;
use crate::arm::{ResourceType, Visit};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::store::Store;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Security/pricings", versions: view::VERSIONS, answer };

/// What can have a plan of its own: <https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update>.
const MACHINES: [&str; 3] = [
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.HybridCompute/machines",
];

/// The plans that a machine lists, and the only one that it can set.
const LISTED_ON_MACHINES: [&str; 2] = ["VirtualMachines", "CloudPosture"];
const SET_ON_MACHINES: &str = "VirtualMachines";
const SUBPLAN_ON_MACHINES: &str = "P1";

/// Gives a new subscription all plans of its cloud: Free, or Standard where they cannot be Free.
pub(crate) fn populate(store: &mut Store, cloud: Cloud, subscription: &str) {
    let scope = format!("/subscriptions/{subscription}");
    for plan in facts::plans(cloud) {
        let standard = plan.always_standard;
        let mut properties = json!({
            "pricingTier": if standard { "Standard" } else { "Free" },
            "freeTrialRemainingTime": if standard { "PT0S" } else { "P30D" },
            "enforce": "False",
            "resourcesCoverageStatus": if standard { "FullyCovered" } else { "NotCovered" },
        });
        if !plan.replaced_by.is_empty() {
            properties["deprecated"] = json!(true);
            properties["replacedBy"] = json!(plan.replaced_by);
        }
        store.put(&id(&scope, plan.name), view::document(&scope, plan.name, properties, view::SCOPED));
    }
}

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let result = Scope::parse(visit).and_then(|scope| match (&visit.call.method, visit.place.name()) {
        (&Method::GET, None) => list(world, visit, &scope),
        (&Method::GET, Some(name)) => get(world, visit, &scope, name),
        (&Method::PUT, Some(name)) => put(world, visit, &scope, name),
        (&Method::DELETE, Some(name)) => delete(world, &scope, name),
        _ => Err(not_implemented(visit.call)),
    });
    result.unwrap_or_else(|refusal| refusal)
}

/// Where a plan is set.
struct Scope<'a> {
    /// The id as the client wrote it.
    id: &'a str,
    /// The id of the subscription.
    subscription: String,
    /// Whether this is a machine; else it is the subscription.
    machine: bool,
}

impl<'a> Scope<'a> {
    fn parse(visit: &Visit<'a>) -> Result<Self, Answer> {
        let place: &'a Place = visit.place;
        let subscription = place.subscription().ok_or_else(|| not_implemented(visit.call))?;
        let id = format!("/subscriptions/{subscription}");
        let kind = place.scope_kind().unwrap_or_default();
        let machine = MACHINES.iter().any(|machine| kind.eq_ignore_ascii_case(machine));
        if !machine && !place.scope.eq_ignore_ascii_case(&id) {
            let message = format!("Pricing configuration isn't supported for the scope '{}'.", place.scope);
            return Err(Answer::error(400, "InvalidScope", &message));
        }
        if machine && visit.version < view::SCOPED {
            let message = format!("The api-version '{}' supports subscriptions only.", visit.version);
            return Err(Answer::error(400, "InvalidScope", &message));
        }
        Ok(Self { id: &place.scope, subscription: id, machine })
    }
}

fn list(world: &World, visit: &Visit<'_>, scope: &Scope<'_>) -> Result<Answer, Answer> {
    let filter = match visit.call.query.get("$filter").filter(|_| visit.version >= view::SCOPED) {
        Some(text) => Some(read_filter(text)?),
        None => None,
    };
    let wanted = |plan: &&Plan| {
        filter.as_ref().is_none_or(|names| names.iter().any(|name| name.eq_ignore_ascii_case(plan.name)))
            && (!scope.machine || LISTED_ON_MACHINES.contains(&plan.name))
    };
    let value: Vec<Value> = facts::plans(world.cloud)
        .filter(wanted)
        .filter_map(|plan| {
            let properties = properties(world, scope, plan)?;
            Some(view::document(scope.id, plan.name, properties, visit.version))
        })
        .collect();
    Ok(Answer::json(200, &json!({ "value": value })))
}

fn get(world: &World, visit: &Visit<'_>, scope: &Scope<'_>, name: &str) -> Result<Answer, Answer> {
    let plan = plan(world.cloud, name)?;
    let properties = properties(world, scope, plan).ok_or_else(|| not_found(scope, name))?;
    // The name in the answer has the letter case of the request, as in Microsoft's own example.
    Ok(Answer::json(200, &view::document(scope.id, name, properties, visit.version)))
}

fn put(world: &mut World, visit: &Visit<'_>, scope: &Scope<'_>, name: &str) -> Result<Answer, Answer> {
    let plan = plan(world.cloud, name)?;
    let media = visit.call.header("content-type").unwrap_or_default();
    if !media.to_ascii_lowercase().starts_with("application/json") {
        let message = format!(
            "The content media type '{media}' is not supported. Only 'application/json' is supported."
        );
        return Err(Answer::error(415, "UnsupportedMediaType", &message));
    }
    let desired = if scope.machine {
        read_for_machine(world, scope, plan, &visit.call.body)?
    } else {
        Desired::read(plan, plan.subplans.first().map(|subplan| subplan.name), &visit.call.body)?
    };
    let id = id(scope.id, plan.name);
    let stored = world.store.get(&id);
    let created = stored.is_none();
    let free = json!({ "pricingTier": "Free", "freeTrialRemainingTime": "PT0S" });
    let properties = stored.map_or(free, |document| document["properties"].clone());
    let current = Current { plan, properties: &properties, memory: world.store.memory(&id) };
    let subscription = scope.subscription.rsplit('/').next().unwrap_or_default();
    let failures = visit.extension_failures;
    let changed = change(&current, &desired, subscription, world.clock.document_time(), failures)?;

    let mut document =
        stored.cloned().unwrap_or_else(|| view::document(scope.id, plan.name, Value::Null, view::SCOPED));
    document["properties"] =
        if scope.machine { view::explicit(changed.properties) } else { changed.properties };
    world.store.put(&id, document);
    world.store.remember(&id, changed.memory);
    if desired.enforce == Some(true) {
        forget_overrides(&mut world.store, scope, plan);
    }
    settle_coverage(&mut world.store, scope, plan);

    let mut shown = self::properties(world, scope, plan).ok_or_else(|| not_found(scope, name))?;
    let extensions = shown.get_mut("extensions").and_then(Value::as_array_mut);
    for extension in extensions.into_iter().flatten() {
        if let Some(status) = extension["name"].as_str().and_then(|name| changed.statuses.get(name)) {
            extension["operationStatus"] = status.clone();
        }
    }
    let status = if created { 201 } else { 200 };
    Ok(Answer::json(status, &view::document(scope.id, name, shown, visit.version)))
}

/// The answer at a subscription is quoted in <https://github.com/Azure/terraform-provider-azapi/issues/818>.
fn delete(world: &mut World, scope: &Scope<'_>, name: &str) -> Result<Answer, Answer> {
    let plan = plan(world.cloud, name)?;
    if !scope.machine {
        let message = "Delete operation is supported only for single resources scope (not subscriptions). Use PUT to \
                       Enabled or Disable specific pricing bundles on a subscription.";
        return Err(Answer::error(400, "InvalidUrlConfiguration", message));
    }
    let existed = world.store.delete(&id(scope.id, plan.name));
    settle_coverage(&mut world.store, scope, plan);
    Ok(Answer::empty(if existed { 200 } else { 204 }))
}

/// The properties to show: a machine's own, its subscription's, or the subscription's.
fn properties(world: &World, scope: &Scope<'_>, plan: &Plan) -> Option<Value> {
    let own = read(world, scope.id, plan);
    if !scope.machine {
        return own;
    }
    if let Some(own) = own {
        // A document that a test or a seed wrote may be without the machine's own fields, or have them.
        return Some(if own["inherited"].is_null() { view::explicit(own) } else { own });
    }
    let parent = read(world, &scope.subscription, plan)?;
    let standard = is_standard(&parent);
    Some(view::inherited(&parent, &scope.subscription, standard))
}

/// Stored properties with the trial's rest as of now.
fn read(world: &World, scope: &str, plan: &Plan) -> Option<Value> {
    let id = id(scope, plan.name);
    let mut properties = world.store.get(&id)?["properties"].clone();
    for extension in properties.get_mut("extensions").and_then(Value::as_array_mut).into_iter().flatten() {
        // A seed made from a PUT's answer may have it; Azure does not show it again.
        extension.as_object_mut().and_then(|fields| fields.remove("operationStatus"));
    }
    if let Some(ends) = world.store.memory(&id)["trialEnds"].as_i64() {
        let rest = ends - world.clock.document_time().unix_timestamp();
        properties["freeTrialRemainingTime"] = json!(view::duration(rest));
    }
    Some(properties)
}

/// Reads a machine's wish: Free or P1 of one plan, unless the subscription enforces its own choice.
fn read_for_machine(
    world: &World,
    scope: &Scope<'_>,
    plan: &'static Plan,
    body: &[u8],
) -> Result<Desired, Answer> {
    let refused = |message: String| Err(Answer::error(400, "InvalidInputJson", &message));
    if plan.name != SET_ON_MACHINES {
        return refused(format!("The '{}' plan isn't supported at resource level", plan.name));
    }
    let parent = read(world, &scope.subscription, plan).unwrap_or_default();
    if parent["enforce"] == "True" {
        let message = format!(
            "The pricing configuration of plan '{}' is enforced by '{}' and can't be overridden.",
            plan.name, scope.subscription
        );
        return Err(Answer::error(409, "EnforcementPolicyViolation", &message));
    }
    let desired = Desired::read(plan, Some(SUBPLAN_ON_MACHINES), body)?;
    match desired.standard.as_ref().and_then(|standard| standard.subplan) {
        Some(subplan) if subplan != SUBPLAN_ON_MACHINES => refused(format!(
            "SubPlan '{subplan}' of plan '{}' isn't supported at resource level. Supported sub plans: \
             {SUBPLAN_ON_MACHINES}",
            plan.name
        )),
        // Only a subscription can enforce.
        _ => Ok(Desired { enforce: None, ..desired }),
    }
}

fn forget_overrides(store: &mut Store, scope: &Scope<'_>, plan: &Plan) {
    for id in overrides(store, scope, plan) {
        store.delete(&id);
    }
}

/// The ids of machines' own settings of this plan.
fn overrides(store: &Store, scope: &Scope<'_>, plan: &Plan) -> Vec<String> {
    let suffix = id("", plan.name).to_ascii_lowercase();
    let below = format!("{}/resourcegroups/", scope.subscription);
    store.under(&below).filter(|(id, _)| id.ends_with(&suffix)).map(|(id, _)| id.to_owned()).collect()
}

/// Says how much of a subscription is covered, after a write to it or to one of its machines.
fn settle_coverage(store: &mut Store, scope: &Scope<'_>, plan: &Plan) {
    let id = id(&scope.subscription, plan.name);
    let Some(mut document) = store.get(&id).cloned() else { return };
    let standard = is_standard(&document["properties"]);
    let exceptions = overrides(store, scope, plan)
        .iter()
        .filter_map(|id| store.get(id))
        .any(|machine| is_standard(&machine["properties"]) != standard);
    let coverage = match (standard, exceptions) {
        (_, true) => "PartiallyCovered",
        (true, false) => "FullyCovered",
        (false, false) => "NotCovered",
    };
    document["properties"]["resourcesCoverageStatus"] = json!(coverage);
    store.put(&id, document);
}

/// `name in (A, B)`, the only filter that Azure documents.
fn read_filter(text: &str) -> Result<Vec<String>, Answer> {
    let names = text
        .trim()
        .strip_prefix("name in")
        .map(str::trim)
        .and_then(|list| list.strip_prefix('(')?.strip_suffix(')'))
        .map(|list| list.split(',').map(|name| name.trim().trim_matches('\'').to_owned()).collect());
    names.ok_or_else(|| {
        let message = format!("Invalid filter '{text}'. Expected: name in (planName1,planName2)");
        Answer::error(400, "InvalidFilter", &message)
    })
}

/// The words and the code are Azure's: <https://github.com/Azure/ResourceModules/issues/453>.
fn plan(cloud: Cloud, name: &str) -> Result<&'static Plan, Answer> {
    facts::plan(cloud, name).ok_or_else(|| {
        let names: Vec<&str> = facts::plans(cloud).map(|plan| plan.name).collect();
        let message = format!(
            "The name '{name}' is not a valid name. Possible pricing bundle names: {}.",
            names.join(", ")
        );
        Answer::error(400, "InvalidResourceName", &message)
    })
}

fn not_found(scope: &Scope<'_>, name: &str) -> Answer {
    let message = format!("The pricing '{name}' under '{}' was not found.", scope.id);
    Answer::error(404, "ResourceNotFound", &message)
}

fn id(scope: &str, plan: &str) -> String {
    format!("{scope}/providers/Microsoft.Security/pricings/{plan}")
}
