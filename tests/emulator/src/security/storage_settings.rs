//! `Microsoft.Security/defenderForStorageSettings`: what Defender for Storage does on one account. Every account has the
//! setting; it cannot be deleted. <https://learn.microsoft.com/rest/api/defenderforcloud/defender-for-storage>
//!
//! A seed or a test says which feature cannot be set up, in a document `{"value":[…]}` with the id
//! `{account or scope}/providers/Emulator.Faults/defenderForStorageSettings`; the nearest one counts. An element is
//! `{"feature": "malwareScanning" | "sensitiveDataDiscovery", "code"?, "message"?}`.

use hyper::Method;
use serde_json::{Value, json};

use super::{refused, storage_wish as wish};
use crate::arm::hierarchy::reaching;
use crate::arm::{ResourceType, Visit, resource};
use crate::message::Answer;
use crate::route::not_implemented;
use crate::storage;
use crate::world::World;

/// The type's row in the table.
pub(crate) static TYPE: ResourceType =
    ResourceType { name: "Microsoft.Security/defenderForStorageSettings", versions: &["2025-06-01"], answer };

/// The only name.
const NAME: &str = "current";
/// What can fail by itself, and where its switch is.
const FEATURES: [(&str, &str); 2] = [
    ("malwareScanning", "/malwareScanning/onUpload/isEnabled"),
    ("sensitiveDataDiscovery", "/sensitiveDataDiscovery/isEnabled"),
];

fn answer(world: &mut World, visit: &Visit<'_>) -> Answer {
    let account = &visit.place.scope;
    let of_account =
        visit.place.scope_kind().is_some_and(|kind| kind.eq_ignore_ascii_case(storage::TYPE.name));
    let Some(name) = visit.place.name().filter(|_| of_account) else { return not_implemented(visit.call) };
    if world.store.get(account).is_none() {
        return resource::not_found(account);
    }
    if !name.eq_ignore_ascii_case(NAME) {
        return refused(&format!("The setting '{name}' is not valid. Possible values: {NAME}"));
    }
    match visit.call.method {
        Method::GET => Answer::json(200, &document(account, &shown(world, account))),
        Method::PUT => put(world, visit).unwrap_or_else(|refusal| refusal),
        Method::DELETE => {
            let message = "The requested resource does not support http method 'DELETE'.";
            Answer::error(405, "MethodNotAllowed", message)
        }
        _ => not_implemented(visit.call),
    }
}

/// Azure answers 201 where a part of it did not succeed; what failed is off then, as in its own example
/// `PutDefenderForStorageSettings_example.json`. The outcome is in this answer only.
fn put(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Answer> {
    let account = &visit.place.scope;
    let before = shown(world, account);
    let mut properties = wish::read(&visit.call.json()?, &before)?;
    let faults = faults(world, account);
    let mut outcomes = Vec::new();
    for (feature, switch) in FEATURES {
        let wanted = properties.pointer(switch).cloned().unwrap_or(json!(false));
        let fault = faults.iter().find(|fault| fault["feature"] == feature).filter(|_| wanted == true);
        match fault {
            None => outcomes.push((feature, json!({ "code": "Succeeded" }))),
            Some(fault) => {
                let text = |field: &str, usual: &str| fault[field].as_str().unwrap_or(usual).to_owned();
                let (code, message) =
                    (text("code", "UnknownError"), text("message", "Failed to setup data scanner."));
                outcomes.push((feature, json!({ "code": code, "message": message })));
                if let Some(switch) = properties.pointer_mut(switch) {
                    *switch = json!(false);
                }
            }
        }
    }
    let failed = outcomes.iter().any(|(_, outcome)| outcome["code"] != "Succeeded");
    world.store.put(&id(account), document(account, &properties));
    let mut answer = document(account, &shown(world, account));
    for (feature, outcome) in outcomes {
        answer["properties"][feature]["operationStatus"] = outcome;
    }
    Ok(Answer::json(if failed { 201 } else { 200 }, &answer))
}

/// The account's own setting, or its subscription's where there is none that overrides it.
/// <https://learn.microsoft.com/azure/defender-for-cloud/advanced-configurations-for-malware-scanning#override-defender-for-storage-subscription-level-settings>
fn shown(world: &World, account: &str) -> Value {
    let own = world.store.get(&id(account)).map(|setting| setting["properties"].clone());
    match own {
        Some(own) if own["overrideSubscriptionLevelSettings"] == true => own,
        Some(own) => {
            let above = of_subscription(world, account);
            if above["isEnabled"] == true { above } else { own }
        }
        None => of_subscription(world, account),
    }
}

/// What the plan of the subscription makes of an account that has no setting of its own. The older variants of the plan
/// have nothing that an account could inherit.
fn of_subscription(world: &World, account: &str) -> Value {
    let subscription = crate::seed::subscription_of(account).unwrap_or_default();
    let plan = format!("/subscriptions/{subscription}/providers/Microsoft.Security/pricings/StorageAccounts");
    let plan = world.store.get(&plan).map_or(&Value::Null, |plan| &plan["properties"]);
    let enabled = plan["pricingTier"] == "Standard" && plan["subPlan"] == "DefenderForStorageV2";
    let extension = |name: &str| {
        let mut extensions = plan["extensions"].as_array().into_iter().flatten().filter(|_| enabled);
        extensions.find(|extension| extension["name"] == name && extension["isEnabled"] == "True")
    };
    let scanning = extension("OnUploadMalwareScanning");
    let cap =
        scanning.map(|scanning| &scanning["additionalExtensionProperties"]["CapGBPerMonthPerStorageAccount"]);
    let cap = cap.and_then(|cap| cap.as_str()?.parse::<i64>().ok()).unwrap_or(-1);
    json!({
        "isEnabled": enabled,
        "malwareScanning": { "onUpload": { "isEnabled": scanning.is_some(), "capGBPerMonth": cap } },
        "sensitiveDataDiscovery": { "isEnabled": extension("SensitiveDataDiscovery").is_some() },
        "overrideSubscriptionLevelSettings": false,
    })
}

fn faults(world: &World, account: &str) -> Vec<Value> {
    let said = |scope: &String| {
        world.store.get(&format!("{scope}/providers/Emulator.Faults/defenderForStorageSettings"))
    };
    let scopes = reaching(&world.store, account);
    let document = scopes.iter().find_map(said);
    document.and_then(|document| document["value"].as_array()).cloned().unwrap_or_default()
}

fn document(account: &str, properties: &Value) -> Value {
    json!({ "id": id(account), "name": NAME, "type": TYPE.name, "properties": properties })
}

fn id(account: &str) -> String {
    format!("{account}/providers/{}/{NAME}", TYPE.name)
}
