//! Tokens for managed identities, as machines (instance metadata service) and App Service ask for them.
//! Facts: <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token> and
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>.

use serde_json::json;

use super::CLIENT_ID;
use super::token::{self, LIFETIME_SECONDS};
use crate::message::{Answer, Call};
use crate::world::World;

/// Answers a request for a managed identity's token.
pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    let version = call.query.get("api-version").map_or("", String::as_str);
    let known_caller = match version {
        "2019-08-01" => call.header("x-identity-header").is_some_and(|secret| !secret.is_empty()),
        "2018-02-01" | "2020-06-01" | "2021-02-01" => {
            call.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        }
        _ => return refusal(&format!("Invalid or missing api-version '{version}'")),
    };
    if !known_caller {
        return refusal("Required metadata header not specified");
    }
    let Some(resource) = call.query.get("resource").filter(|resource| !resource.is_empty()) else {
        return refusal("Required query variable 'resource' is missing");
    };
    if call.query.get("client_id").is_some_and(|id| !id.eq_ignore_ascii_case(CLIENT_ID)) {
        return refusal("Identity not found");
    }
    // The instance metadata service sends numbers as texts.
    Answer::json(
        200,
        &json!({
            "access_token": token::issue(world, resource),
            "client_id": CLIENT_ID,
            "expires_in": LIFETIME_SECONDS.to_string(),
            "expires_on": (world.clock.unix_seconds() + LIFETIME_SECONDS).to_string(),
            "not_before": world.clock.unix_seconds().to_string(),
            "resource": resource,
            "token_type": "Bearer",
        }),
    )
}

fn refusal(text: &str) -> Answer {
    Answer::json(400, &json!({ "error": "invalid_request", "error_description": text }))
}
