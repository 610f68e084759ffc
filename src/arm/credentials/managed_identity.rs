//! Tokens of the machine's own identity: from the instance metadata service of a virtual machine, or from the
//! endpoint that App Service, Functions and Container Apps set up.
//!
//! <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>,
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::arm::correlation::{host_and_path, observed};
use crate::arm::error::{Error, ErrorKind};
use crate::arm::transport::{Fault, Wire};
use crate::arm::tries::{Ended, Failure, Plan};

use super::SignIn;
use super::choose::ManagedIdentityEndpoint;
use super::entra::read_token;
use super::tokens::Token;

const INSTANCE_METADATA: &str = "http://169.254.169.254/metadata/identity/oauth2/token";

/// Asks `endpoint` for a token. With several identities on one machine, `client_id` says which.
pub(super) async fn token(
    endpoint: &ManagedIdentityEndpoint,
    client_id: Option<&str>,
    sign_in: SignIn<'_>,
) -> Result<Token, Error> {
    let wire = wire(endpoint, client_id, &sign_in.endpoints.audience)?;
    let SignIn { tries, call, .. } = sign_in;
    let plan = Plan { call, repeatable: true, bucket: None };
    let attempt = |number| {
        let wire = wire.clone();
        async move {
            let reply = observed(tries, wire, call, number, host_and_path).await?;
            match (endpoint, reply.status) {
                // Both pass: the service is being updated, or the identity has not arrived yet.
                (ManagedIdentityEndpoint::InstanceMetadata(_), status @ (404 | 410)) => {
                    Err(Failure::Fault(Fault::Dropped(format!("the metadata service answered {status}"))))
                }
                _ => Ok(reply),
            }
        }
    };
    let Ended { reply, .. } = tries.run(&plan, attempt).await.map_err(|error| {
        let kind = error.kind().clone();
        let message = format!("no token from the managed identity: {}", error.message());
        error.restate(kind, message)
    })?;
    read_token(&reply, "the managed identity", sign_in.now())
}

fn wire(endpoint: &ManagedIdentityEndpoint, client_id: Option<&str>, audience: &str) -> Result<Wire, Error> {
    let (address, api_version) = match endpoint {
        ManagedIdentityEndpoint::InstanceMetadata(given) => {
            (given.as_deref().unwrap_or(INSTANCE_METADATA), "2018-02-01")
        }
        ManagedIdentityEndpoint::AppService { url, .. } => (url.as_str(), "2019-08-01"),
    };
    let mut url = Url::parse(address).map_err(|error| {
        Error::new(ErrorKind::Settings, format!("msi_endpoint: {address:?} is not an address: {error}"))
    })?;
    url.query_pairs_mut().append_pair("api-version", api_version).append_pair("resource", audience);
    if let Some(client_id) = client_id {
        url.query_pairs_mut().append_pair("client_id", client_id);
    }
    let mut headers = HeaderMap::new();
    match endpoint {
        ManagedIdentityEndpoint::InstanceMetadata(_) => {
            headers.insert(HeaderName::from_static("metadata"), HeaderValue::from_static("true"));
        }
        ManagedIdentityEndpoint::AppService { header, .. } => {
            let mut value = HeaderValue::try_from(header.expose()).map_err(|_| {
                Error::new(ErrorKind::Credentials, "IDENTITY_HEADER cannot be sent in a header")
            })?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static("x-identity-header"), value);
        }
    }
    Ok(Wire { method: Method::GET, url, headers, body: None, is_write: false })
}
