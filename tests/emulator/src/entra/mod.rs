//! The login service: discovery documents, and tokens for applications and managed identities.
//!
//! One tenant with one application. It knows no resource; start at [`answer`].

mod discovery;
mod grant;
mod managed_identity;
#[cfg(test)]
mod tests;
pub(crate) mod token;

use hyper::Method;

use crate::message::{Answer, Call};
use crate::world::World;

/// The only tenant.
pub(crate) const TENANT_ID: &str = "10000000-0000-0000-0000-000000000001";
/// The only application.
pub(crate) const CLIENT_ID: &str = "20000000-0000-0000-0000-000000000001";
/// The application's password; nothing outside the emulator accepts it.
pub(crate) const CLIENT_SECRET: &str = "emulator-client-secret";
/// The object id of the application's service principal.
pub(crate) const OBJECT_ID: &str = "30000000-0000-0000-0000-000000000001";

/// Answers what belongs to the login service or the instance metadata service; nothing for any other path.
pub(crate) fn answer(world: &World, call: &Call) -> Option<Answer> {
    let path = call.path.to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match (&call.method, segments.as_slice()) {
        (&Method::GET, ["metadata", "identity", "oauth2", "token"]) => {
            Some(managed_identity::answer(world, call))
        }
        (&Method::POST, [tenant, "oauth2", "v2.0", "token"]) => {
            Some(grant::answer(world, call, tenant, grant::Form::V2))
        }
        (&Method::POST, [tenant, "oauth2", "token"]) => {
            Some(grant::answer(world, call, tenant, grant::Form::V1))
        }
        (&Method::GET, [tenant, "v2.0", ".well-known", "openid-configuration"]) => {
            Some(discovery::configuration(world, tenant, "/v2.0"))
        }
        (&Method::GET, [tenant, ".well-known", "openid-configuration"]) => {
            Some(discovery::configuration(world, tenant, ""))
        }
        (&Method::GET, [_, "discovery", ..]) if path.ends_with("/keys") => Some(discovery::keys()),
        _ => None,
    }
}
