//! Discovery documents: where a client finds the token endpoint.
//! Facts: <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#fetch-the-openid-configuration-document>.

use serde_json::json;

use super::{TENANT_ID, grant};
use crate::message::Answer;
use crate::world::World;

/// Names that stand for "whatever tenant the user is from".
const SHARED_TENANTS: [&str; 3] = ["common", "organizations", "consumers"];

/// The OpenID configuration of a tenant; `version` is `""` (v1) or `"/v2.0"`.
pub(crate) fn configuration(world: &World, tenant: &str, version: &str) -> Answer {
    if tenant != TENANT_ID && !SHARED_TENANTS.contains(&tenant) {
        return grant::unknown_tenant(world, tenant);
    }
    let origin = &world.origin;
    let issued_by = if tenant == TENANT_ID { TENANT_ID } else { "{tenantid}" };
    Answer::json(
        200,
        &json!({
            "issuer": format!("{origin}/{issued_by}{version}"),
            "token_endpoint": format!("{origin}/{tenant}/oauth2{version}/token"),
            "authorization_endpoint": format!("{origin}/{tenant}/oauth2{version}/authorize"),
            "device_authorization_endpoint": format!("{origin}/{tenant}/oauth2{version}/devicecode"),
            "jwks_uri": format!("{origin}/{tenant}/discovery{version}/keys"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": "EU",
        }),
    )
}

/// The signing keys: none, since nobody but the emulator checks its tokens.
pub(crate) fn keys() -> Answer {
    Answer::json(200, &json!({ "keys": [] }))
}
