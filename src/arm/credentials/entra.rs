//! Tokens from Microsoft Entra ID by the client credentials flow, proven by a secret or by a signed assertion.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::arm::Secret;
use crate::arm::answer::of_reply;
use crate::arm::cloud::require_safe;
use crate::arm::correlation::{host_and_path, observed};
use crate::arm::error::{Error, ErrorKind};
use crate::arm::transport::{Reply, Wire};
use crate::arm::tries::Plan;

use super::choose::{App, AssertionSource};
use super::tokens::{LIFE_MAX, Token};
use super::{SignIn, certificate};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The audience under which GitHub and Azure DevOps issue tokens for Entra ID.
/// <https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust>
const EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

/// What proves that we are the application.
#[derive(Clone, Copy)]
pub(super) enum Proof<'a> {
    Secret(&'a Secret),
    Assertion(&'a AssertionSource),
}

/// Gets a token for `app` in its own tenant, or in `tenant` where one is named.
pub(super) async fn token(
    app: &App,
    tenant: Option<&str>,
    proof: Proof<'_>,
    sign_in: SignIn<'_>,
) -> Result<Token, Error> {
    let url = token_url(&sign_in.endpoints.authority, tenant.unwrap_or(&app.tenant_id))?;
    let (field, proven) = match proof {
        Proof::Secret(secret) => ("client_secret", secret.clone()),
        Proof::Assertion(source) => ("client_assertion", assertion(source, app, &url, sign_in).await?),
    };
    let assertion_type = (field == "client_assertion").then_some(("client_assertion_type", ASSERTION_TYPE));
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &app.client_id)
        .append_pair("scope", &format!("{}/.default", sign_in.endpoints.audience))
        .extend_pairs(assertion_type)
        .append_pair(field, proven.expose())
        .finish();
    let mut headers = accept_json();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let wire = Wire { method: Method::POST, url, headers, body: Some(body.into_bytes()), is_write: false };
    let source = source_name(proof);
    let reply = ask(wire, source, sign_in).await?;
    read_token(&reply, source, sign_in.now())
}

/// Reads a token answer of Entra ID or of a managed identity: numbers come as numbers or as texts.
pub(super) fn read_token(reply: &Reply, source: &str, now: i64) -> Result<Token, Error> {
    if reply.status != 200 {
        return Err(refusal(reply, source));
    }
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let number = |name: &str| answer[name].as_i64().or_else(|| answer[name].as_str()?.parse().ok());
    let life = number("expires_in")
        .or_else(|| number("expires_on").map(|at: i64| at.saturating_sub(now)))
        .unwrap_or(0);
    match answer["access_token"].as_str().filter(|token| !token.is_empty()) {
        Some(token) => Ok(Token {
            secret: Secret::new(token),
            life: Duration::from_secs(u64::try_from(life).unwrap_or(0)).min(LIFE_MAX),
        }),
        None => {
            Err(Error::new(ErrorKind::Protocol, format!("the token answer for {source} has no access_token")))
        }
    }
}

/// `{authority}/{tenant}/oauth2/v2.0/token`
fn token_url(authority: &Url, tenant: &str) -> Result<Url, Error> {
    let mut url = authority.clone();
    match url.path_segments_mut() {
        Ok(mut segments) => {
            segments.pop_if_empty().extend([tenant, "oauth2", "v2.0", "token"]);
        }
        Err(()) => {
            return Err(Error::new(ErrorKind::Settings, format!("{authority} cannot be a token authority")));
        }
    }
    Ok(url)
}

async fn assertion(
    source: &AssertionSource,
    app: &App,
    token_url: &Url,
    sign_in: SignIn<'_>,
) -> Result<Secret, Error> {
    match source {
        AssertionSource::Certificate { path, password } => {
            let now = sign_in.now();
            certificate::assertion(path, password.as_ref(), &app.client_id, token_url, now).await
        }
        AssertionSource::Token(token) => Ok(token.clone()),
        AssertionSource::TokenFile(path) => match tokio::fs::read_to_string(path).await {
            Ok(text) if !text.trim().is_empty() => Ok(Secret::new(text.trim())),
            Ok(_) => Err(Error::new(ErrorKind::Credentials, format!("the OIDC token file {path} is empty"))),
            Err(error) => Err(Error::new(
                ErrorKind::Credentials,
                format!("the OIDC token file {path} cannot be read: {error}"),
            )),
        },
        AssertionSource::GitHub { url, token } => {
            let request = OidcRequest {
                method: Method::GET,
                parameters: &[("audience", EXCHANGE_AUDIENCE)],
                field: "value",
            };
            request.send(url, token, sign_in).await
        }
        AssertionSource::AzurePipelines { url, token, service_connection_id } => {
            let parameters =
                [("api-version", "7.1"), ("serviceConnectionId", service_connection_id.as_str())];
            let request = OidcRequest { method: Method::POST, parameters: &parameters, field: "oidcToken" };
            request.send(url, token, sign_in).await
        }
    }
}

/// A request for an OIDC token to the service that runs the pipeline.
/// <https://docs.github.com/actions/reference/security/oidc>,
/// <https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create>
struct OidcRequest<'a> {
    method: Method,
    /// Added to the query where it has no such name yet.
    parameters: &'a [(&'a str, &'a str)],
    /// The member of the answer that holds the token.
    field: &'a str,
}

impl OidcRequest<'_> {
    async fn send(self, address: &str, bearer: &Secret, sign_in: SignIn<'_>) -> Result<Secret, Error> {
        const SOURCE: &str = "the OIDC token request (oidc_request_url)";
        let mut url = Url::parse(address).map_err(|error| {
            Error::new(
                ErrorKind::Settings,
                format!("oidc_request_url: {address:?} is not an address: {error}"),
            )
        })?;
        require_safe(&url, "oidc_request_url")?;
        let has = |name: &str| url.query_pairs().any(|(known, _)| known == name);
        let missing: Vec<_> = self.parameters.iter().filter(|(name, _)| !has(name)).collect();
        for (name, value) in missing {
            url.query_pairs_mut().append_pair(name, value);
        }
        let mut headers = accept_json();
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {}", bearer.expose())).map_err(|_| {
                Error::new(ErrorKind::Credentials, "oidc_request_token cannot be sent in a header")
            })?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let reply =
            ask(Wire { method: self.method, url, headers, body: None, is_write: false }, SOURCE, sign_in)
                .await?;
        if reply.status != 200 {
            return Err(refusal(&reply, SOURCE));
        }
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let token = answer[self.field].as_str().filter(|token| !token.is_empty());
        token.map(Secret::new).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, format!("the answer to {SOURCE} has no {:?}", self.field))
        })
    }
}

async fn ask(wire: Wire, source: &str, sign_in: SignIn<'_>) -> Result<Reply, Error> {
    let plan = Plan { call: sign_in.call, repeatable: true, bucket: None };
    let attempt = |number| observed(sign_in.tries, wire.clone(), sign_in.call, number, host_and_path);
    let outcome = sign_in.tries.run(&plan, attempt).await;
    outcome.map(|ended| ended.reply).map_err(|error| {
        let kind = error.kind().clone();
        let message = format!("no token from {source}: {}", error.message());
        error.restate(kind, message)
    })
}

/// The refusal of a token endpoint, `{"error","error_description"}`; other services answer as ARM does.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
fn refusal(reply: &Reply, source: &str) -> Error {
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let generic = of_reply(reply);
    let refused = (400..500).contains(&reply.status) && reply.status != 429;
    let kind = if refused { ErrorKind::Credentials } else { generic.kind().clone() };
    let description =
        answer["error_description"].as_str().map(|text| text.lines().next().unwrap_or_default());
    let message = format!("no token from {source}: {}", description.unwrap_or(generic.message()));
    let code = answer["error"].as_str().map(str::to_owned);
    Error::new(kind, message).answered(reply.status, code, None)
}

fn source_name(proof: Proof<'_>) -> &'static str {
    match proof {
        Proof::Secret(_) => "the client secret",
        Proof::Assertion(AssertionSource::Certificate { .. }) => "the client certificate",
        Proof::Assertion(_) => "the OIDC token",
    }
}

fn accept_json() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))])
}
