//! The token endpoint: client credentials with a secret or an assertion.
//! Facts: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow> and
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use std::collections::BTreeMap;

use serde_json::json;

use super::token::{self, LIFETIME_SECONDS};
use super::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use crate::message::{Answer, Call};
use crate::world::World;

/// Which of the two token endpoints was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `/oauth2/token`: takes `resource`, answers numbers as texts.
    V1,
    /// `/oauth2/v2.0/token`: takes `scope`.
    V2,
}

/// The assertion type of certificates and federated credentials, RFC 7523.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Answers a token request.
pub(crate) fn answer(world: &World, call: &Call, tenant: &str, form: Form) -> Answer {
    if tenant != TENANT_ID {
        return unknown_tenant(world, tenant);
    }
    let fields = call.form();
    match check(world, &fields).and_then(|()| audience(world, &fields, form)) {
        Ok(audience) => granted(world, &audience, form),
        Err(refusal) => refusal,
    }
}

/// The answer to a request for a tenant that does not exist.
pub(crate) fn unknown_tenant(world: &World, tenant: &str) -> Answer {
    let text = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the \
         correct cloud. Check with your subscription administrator, this may happen if there are no active \
         subscriptions for the tenant."
    );
    refusal(world, 400, "invalid_request", 90002, &text)
}

fn check(world: &World, fields: &BTreeMap<String, String>) -> Result<(), Answer> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if field("grant_type") != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{}'.", field("grant_type"));
        return Err(refusal(world, 400, "unsupported_grant_type", 70003, &text));
    }
    if !field("client_id").eq_ignore_ascii_case(CLIENT_ID) {
        let text = format!(
            "Application with identifier '{}' was not found in the directory 'arm-emulator'. This can happen if the \
             application has not been installed by the administrator of the tenant.",
            field("client_id")
        );
        return Err(refusal(world, 400, "unauthorized_client", 700_016, &text));
    }
    if fields.contains_key("client_assertion") {
        return check_assertion(world, field("client_assertion_type"), field("client_assertion"));
    }
    if field("client_secret") != CLIENT_SECRET {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{CLIENT_ID}'."
        );
        return Err(refusal(world, 401, "invalid_client", 7_000_215, &text));
    }
    Ok(())
}

/// An assertion must be well-formed and alive; who signed it is not checked.
fn check_assertion(world: &World, kind: &str, assertion: &str) -> Result<(), Answer> {
    let claims = (kind == JWT_BEARER).then(|| token::claims(assertion)).flatten();
    let Some(claims) = claims else {
        return Err(refusal(world, 401, "invalid_client", 50027, "JWT token is invalid or malformed."));
    };
    if claims["exp"].as_u64().is_some_and(|expiry| expiry <= world.clock.unix_seconds()) {
        let text = "Client assertion is not within its valid time range.";
        return Err(refusal(world, 401, "invalid_client", 700_024, text));
    }
    Ok(())
}

fn audience(world: &World, fields: &BTreeMap<String, String>, form: Form) -> Result<String, Answer> {
    let name = if form == Form::V1 { "resource" } else { "scope" };
    let Some(asked) = fields.get(name).filter(|value| !value.is_empty()) else {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        return Err(refusal(world, 400, "invalid_request", 900_144, &text));
    };
    if form == Form::V1 {
        return Ok(asked.clone());
    }
    // MSAL appends "openid offline_access profile"; the resource comes first.
    let scope = asked.split(' ').next().unwrap_or_default();
    scope.strip_suffix("/.default").map(str::to_owned).ok_or_else(|| {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value \
             with /.default suffixed to the resource identifier (application ID URI)."
        );
        refusal(world, 400, "invalid_scope", 1_002_012, &text)
    })
}

fn granted(world: &World, audience: &str, form: Form) -> Answer {
    let access_token = token::issue(world, audience);
    let body = match form {
        Form::V2 => json!({
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "ext_expires_in": LIFETIME_SECONDS,
            "access_token": access_token,
        }),
        Form::V1 => json!({
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS.to_string(),
            "ext_expires_in": LIFETIME_SECONDS.to_string(),
            "expires_on": (world.clock.unix_seconds() + LIFETIME_SECONDS).to_string(),
            "not_before": world.clock.unix_seconds().to_string(),
            "resource": audience,
            "access_token": access_token,
        }),
    };
    Answer::json(200, &body)
}

fn refusal(world: &World, status: u16, error: &str, number: u32, text: &str) -> Answer {
    Answer::json(
        status,
        &json!({
            "error": error,
            "error_description": format!("AADSTS{number}: {text}"),
            "error_codes": [number],
            "timestamp": "2026-11-22 00:00:00Z",
            "trace_id": "00000000-0000-4000-8000-000000000000",
            "correlation_id": "00000000-0000-4000-8000-000000000000",
            "error_uri": format!("{}/error?code={number}", world.origin),
        }),
    )
}
