//! The metadata endpoint, which tells a client where everything of this cloud is.
//! Facts: <https://management.azure.com/metadata/endpoints?api-version=2022-09-01>.

use hyper::Method;
use serde_json::{Value, json};

use crate::Cloud;
use crate::message::{Answer, Call};
use crate::world::World;

/// What differs between clouds, as far as clients ask for it.
struct Names {
    cloud: &'static str,
    portal: &'static str,
    graph: &'static str,
    log_analytics: &'static str,
    storage: &'static str,
    key_vault: &'static str,
    managed_hsm: &'static str,
    registry: &'static str,
    sql: &'static str,
    /// Token audiences of the real Resource Manager, which clients may keep using.
    audiences: [&'static str; 2],
}

/// <https://github.com/Azure/azure-cli/blob/dev/src/azure-cli-core/azure/cli/core/cloud.py>
const PUBLIC: Names = Names {
    cloud: "AzureCloud",
    portal: "https://portal.azure.com",
    graph: "https://graph.microsoft.com",
    log_analytics: "https://api.loganalytics.io",
    storage: "core.windows.net",
    key_vault: "vault.azure.net",
    managed_hsm: "managedhsm.azure.net",
    registry: "azurecr.io",
    sql: "database.windows.net",
    audiences: ["https://management.core.windows.net", "https://management.azure.com"],
};

const US_GOVERNMENT: Names = Names {
    cloud: "AzureUSGovernment",
    portal: "https://portal.azure.us",
    graph: "https://graph.microsoft.us",
    log_analytics: "https://api.loganalytics.us",
    storage: "core.usgovcloudapi.net",
    key_vault: "vault.usgovcloudapi.net",
    managed_hsm: "managedhsm.usgovcloudapi.net",
    registry: "azurecr.us",
    sql: "database.usgovcloudapi.net",
    audiences: ["https://management.core.usgovcloudapi.net", "https://management.usgovcloudapi.net"],
};

/// Audiences without trailing slash for which this cloud's Resource Manager takes tokens.
pub(crate) fn audiences(world: &World) -> Vec<String> {
    let known = names(world.cloud).audiences.map(str::to_owned);
    [world.origin.clone()].into_iter().chain(known).collect()
}

/// Answers `/metadata/endpoints`; nothing for any other path.
pub(crate) fn answer(world: &World, call: &Call) -> Option<Answer> {
    if call.method != Method::GET || !call.path.eq_ignore_ascii_case("/metadata/endpoints") {
        return None;
    }
    let body = match call.query.get("api-version").map_or("", String::as_str) {
        "2022-09-01" => modern(world),
        "2019-05-01" => json!([modern(world)]),
        "2015-01-01" | "2018-01-01" => legacy(world),
        version => {
            let message = format!("The api-version '{version}' is invalid.");
            return Some(Answer::error(400, "InvalidApiVersionParameter", &message));
        }
    };
    Some(Answer::json(200, &body))
}

fn names(cloud: Cloud) -> &'static Names {
    match cloud {
        Cloud::Public => &PUBLIC,
        Cloud::UsGovernment => &US_GOVERNMENT,
    }
}

fn modern(world: &World) -> Value {
    let names = names(world.cloud);
    let origin = &world.origin;
    // The Resource Manager's URL ends in a slash, the login service's does not, in Azure as well.
    json!({
        "name": names.cloud,
        "portal": names.portal,
        "resourceManager": format!("{origin}/"),
        "authentication": {
            "loginEndpoint": origin,
            "audiences": [origin, format!("{origin}/")],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graph": format!("{}/", names.graph),
        "graphAudience": format!("{}/", names.graph),
        "microsoftGraphResourceId": format!("{}/", names.graph),
        "logAnalyticsResourceId": names.log_analytics,
        "suffixes": {
            "storage": names.storage,
            "keyVaultDns": names.key_vault,
            "mhsmDns": names.managed_hsm,
            "acrLoginServer": names.registry,
            "sqlServerHostname": names.sql,
        },
    })
}

/// The form that named only the essentials; 2018-01-01 added the clouds' locations.
fn legacy(world: &World) -> Value {
    let names = names(world.cloud);
    let host = world.origin.split_once("://").map_or(world.origin.as_str(), |(_, host)| host);
    json!({
        "portalEndpoint": names.portal,
        "graphEndpoint": format!("{}/", names.graph),
        "galleryEndpoint": format!("{}/", world.origin),
        "authentication": { "loginEndpoint": world.origin, "audiences": [world.origin, format!("{}/", world.origin)] },
        "cloudEndpoint": {
            "public": { "endpoint": host, "locations": ["westeurope", "northeurope", "eastus", "uksouth"] },
        },
    })
}
