//! What an answer of Azure Resource Manager amounts to: JSON, nothing, or an error.
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::error::{Error, ErrorKind, parse_error_body};
use super::request::Response;
use super::retry::blames_the_request;
use super::transport::{Fault, Reply};
use super::tries::Failure;

/// A response with its headers, which say where a long-running operation can be watched.
pub(super) struct Answer {
    pub(super) response: Response,
    pub(super) headers: HeaderMap,
}

/// Refuses a 2xx answer whose JSON does not end: it was cut off on the way, which is worth another try.
pub(super) fn check_whole(reply: &Reply) -> Result<(), Failure> {
    if !(200..300).contains(&reply.status) || reply.body.is_empty() || !is_json(reply) {
        return Ok(());
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(strip_bom(&reply.body)) {
        Err(error) if error.is_eof() => Err(Failure::Fault(Fault::Dropped(format!(
            "the answer of {} bytes is cut off: {error}",
            reply.body.len()
        )))),
        _ => Ok(()),
    }
}

/// Reads an answer: a response where the status is 2xx and the body JSON or nothing, else an error.
pub(super) fn to_response(reply: &Reply) -> Result<Response, Error> {
    if !(200..300).contains(&reply.status) {
        return Err(with_challenge(of_reply(reply), reply));
    }
    let request_id = reply.header("x-ms-request-id").map(str::to_owned);
    let broken = |message: String| {
        Error::new(ErrorKind::Protocol, message).answered(reply.status, None, request_id.clone())
    };
    let body = if reply.body.is_empty() {
        Value::Null
    } else if is_json(reply) {
        serde_json::from_slice(strip_bom(&reply.body))
            .map_err(|error| broken(format!("the answer is no JSON: {error}")))?
    } else {
        let found = reply.header("content-type").unwrap_or("nothing");
        return Err(broken(format!(
            "the answer's content type is {found}, not JSON: is a proxy in the way?"
        )));
    };
    Ok(Response { status: reply.status, body, request_id })
}

/// The error that an answer with a status outside 2xx amounts to.
pub(super) fn of_reply(reply: &Reply) -> Error {
    let (code, message) = parse_error_body(reply.status, &reply.body);
    let kind = match reply.status {
        300..=399 => ErrorKind::Protocol,
        401 => ErrorKind::Credentials,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::Throttled,
        500 if blames_the_request(&message) => ErrorKind::Rejected,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Rejected,
    };
    let message = if kind == ErrorKind::Protocol { redirected(reply) } else { message };
    let request_id = reply.header("x-ms-request-id").map(str::to_owned);
    Error::new(kind, message).answered(reply.status, code, request_id)
}

/// The error that no answer amounts to.
pub(super) fn of_fault(fault: &Fault) -> Error {
    match fault {
        Fault::Unreachable(why) | Fault::Untrusted(why) => {
            Error::new(ErrorKind::Network, format!("no connection: {why}"))
        }
        Fault::Dropped(why) => Error::new(ErrorKind::Network, format!("the connection broke: {why}")),
        Fault::Unusable(why) => Error::new(ErrorKind::Protocol, why),
    }
}

fn redirected(reply: &Reply) -> String {
    let to = reply
        .header("location")
        .and_then(|location| url::Url::parse(location).ok())
        .and_then(|location| location.host_str().map(str::to_owned));
    format!(
        "the answer is a redirect to {}, which is not followed",
        to.as_deref().unwrap_or("an unnamed place")
    )
}

/// Adds what a claims challenge means, which asks for a sign-in that no program can do.
/// <https://learn.microsoft.com/entra/identity-platform/claims-challenge>
fn with_challenge(error: Error, reply: &Reply) -> Error {
    let challenged = reply.header("www-authenticate").is_some_and(|value| value.contains("claims="));
    if reply.status != 401 || !challenged {
        return error;
    }
    let message = format!(
        "{} [Azure asks for a sign-in with further claims (conditional access), which this provider cannot give]",
        error.message()
    );
    error.restate(ErrorKind::Credentials, message)
}

fn is_json(reply: &Reply) -> bool {
    let kind = reply.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/json" | "text/json") || kind.ends_with("+json")
}

fn strip_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}
