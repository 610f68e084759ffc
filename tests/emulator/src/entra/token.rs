//! Access tokens: shaped like Microsoft's (three parts, the usual claims), trusted by this emulator only.
//! Facts: <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{CLIENT_ID, OBJECT_ID, TENANT_ID};
use crate::message::{Answer, Call};
use crate::metadata;
use crate::world::World;

/// How long a token is good: Microsoft's answers say 3599 seconds, one less than the hour.
pub(crate) const LIFETIME_SECONDS: u64 = 3599;

/// Stands where the signature goes. Whoever reads this may forge tokens of the emulator, and gains nothing by it.
const SIGNATURE: &str = "arm-emulator";

/// Makes a token for an audience.
pub(crate) fn issue(world: &World, audience: &str) -> String {
    let now = world.clock.unix_seconds();
    let claims = json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{TENANT_ID}/"),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME_SECONDS,
        "appid": CLIENT_ID,
        "idtyp": "app",
        "oid": OBJECT_ID,
        "sub": OBJECT_ID,
        "tid": TENANT_ID,
        "ver": "1.0",
    });
    let header = json!({ "typ": "JWT", "alg": "none" });
    let part = |value: &str| URL_SAFE_NO_PAD.encode(value);
    format!("{}.{}.{}", part(&header.to_string()), part(&claims.to_string()), part(SIGNATURE))
}

/// The claims of a three-part token, whoever issued it.
pub(crate) fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let json = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    json(header)?.is_object().then_some(())?;
    (parts.next().is_none() && !signature.is_empty()).then(|| json(claims)).flatten()
}

/// Refuses a call to Azure Resource Manager that has no good token.
/// Codes and texts as clients report them, such as
/// <https://github.com/Azure-Samples/active-directory-dotnetcore-daemon-v2/issues/145>.
pub(crate) fn verify(world: &World, call: &Call) -> Result<(), Answer> {
    let bearer = call.header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let Some(token) = bearer else {
        return Err(unauthorized(
            world,
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        ));
    };
    let ours = token.rsplit('.').next().is_some_and(|part| part == URL_SAFE_NO_PAD.encode(SIGNATURE));
    let Some(claims) = claims(token).filter(|_| ours) else {
        return Err(unauthorized(world, "InvalidAuthenticationToken", "The access token is invalid."));
    };
    let expiry = claims["exp"].as_u64().unwrap_or_default();
    let now = world.clock.unix_seconds();
    if expiry <= now {
        let message =
            format!("The access token expiry UTC time '{expiry}' is earlier than current UTC time '{now}'.");
        return Err(unauthorized(world, "ExpiredAuthenticationToken", &message));
    }
    let audience = claims["aud"].as_str().unwrap_or_default();
    if !is_ours(world, audience) {
        let allowed = metadata::audiences(world).join("','");
        let message = format!(
            "The access token has been obtained for wrong audience or resource '{audience}'. \
             It should exactly match with one of the allowed audiences '{allowed}'."
        );
        return Err(unauthorized(world, "InvalidAuthenticationTokenAudience", &message));
    }
    Ok(())
}

/// Also takes a path below the own address: `azapi`'s custom endpoints want an audience of their own.
fn is_ours(world: &World, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/');
    metadata::audiences(world).iter().any(|known| known == audience)
        || audience.strip_prefix(&world.origin).is_some_and(|rest| rest.starts_with('/'))
}

fn unauthorized(world: &World, code: &str, message: &str) -> Answer {
    let challenge = format!(
        "Bearer authorization_uri=\"{}/{TENANT_ID}\", error=\"invalid_token\", error_description=\"{message}\"",
        world.origin
    );
    Answer::error(401, code, message).with_header("www-authenticate", challenge)
}
