//! What went wrong with a request, in terms that a caller can act on.
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// A failed act on Azure Resource Manager. One pointer wide and cheap to clone.
///
/// `Display` is one sentence for a person: the act, the id, Azure's code and message, and what a support case needs.
#[derive(Clone, Debug)]
pub struct Error(Arc<Detail>);

#[derive(Clone, Debug)]
struct Detail {
    act: String,
    id: String,
    status: Option<u16>,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
    tries: u32,
    unclear: bool,
    kind: ErrorKind,
}

/// The failures that a caller can tell apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No usable credentials, or Azure refused them (401, or an error of the token endpoint).
    Credentials,
    /// 403: the caller is known and lacks a permission, or a policy denies the act.
    Forbidden,
    /// 404 or 410.
    NotFound,
    /// 409 that waiting does not cure, or that outlasted the deadline.
    Conflict,
    /// The subscription is not registered for this resource provider.
    NotRegistered {
        /// The provider namespace, such as `Microsoft.Security`.
        namespace: String,
    },
    /// 429 that outlasted the deadline.
    Throttled,
    /// Any other 4xx: Azure says that the request is wrong. Also a 500 that says so.
    Rejected,
    /// A long-running operation was accepted, and ended in failure.
    OperationFailed,
    /// Any other 5xx that outlasted the tries.
    Server,
    /// No answer: name resolution, connection, TLS, or a dropped connection.
    Network,
    /// The deadline passed. Whether a write took effect is not known.
    Timeout,
    /// The caller cancelled.
    Cancelled,
    /// An answer that is not Azure's protocol: a redirect, a page of HTML, broken JSON, too large a body.
    Protocol,
    /// The provider's settings are wrong: an address, a cloud name.
    Settings,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Detail {
            act: String::new(),
            id: String::new(),
            status: None,
            code: None,
            message: message.into(),
            request_id: None,
            tries: 0,
            unclear: false,
            kind,
        }))
    }

    /// A request that was never sent, for callers that wait for something else before they send.
    pub fn not_sent(kind: ErrorKind, act: &str, id: &str, message: &str) -> Self {
        Self::new(kind, message).act_on(act, id)
    }

    /// An answer that came and cannot be read, for callers that know what it should be. The act has been done.
    pub fn unreadable(act: &str, id: &str, message: &str) -> Self {
        Self::new(ErrorKind::Protocol, message).act_on(act, id).after(1).unclear_if(true)
    }

    pub(super) fn act_on(mut self, act: &str, id: &str) -> Self {
        let detail = Arc::make_mut(&mut self.0);
        act.clone_into(&mut detail.act);
        id.clone_into(&mut detail.id);
        self
    }

    pub(super) fn answered(mut self, status: u16, code: Option<String>, request_id: Option<String>) -> Self {
        let detail = Arc::make_mut(&mut self.0);
        detail.status = Some(status);
        detail.code = code;
        detail.request_id = request_id;
        self
    }

    pub(super) fn after(mut self, tries: u32) -> Self {
        Arc::make_mut(&mut self.0).tries = tries;
        self
    }

    /// The same failure with another message and kind: what the client concluded from the server's answer.
    pub(super) fn restate(mut self, kind: ErrorKind, message: impl Into<String>) -> Self {
        let detail = Arc::make_mut(&mut self.0);
        detail.kind = kind;
        detail.message = message.into();
        self
    }

    /// Notes that the act may have taken effect, if it may.
    pub(super) fn unclear_if(mut self, unclear: bool) -> Self {
        if unclear {
            Arc::make_mut(&mut self.0).unclear = true;
        }
        self
    }

    /// What was attempted, such as `reading the Defender plans`.
    pub fn act(&self) -> &str {
        &self.0.act
    }

    /// The path that the request went to.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The HTTP status of the last answer, if one came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Azure's error code, such as `AuthorizationFailed`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What is wrong, in Azure's words where Azure gave any.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Azure's `x-ms-request-id`, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How often the request was sent.
    pub fn tries(&self) -> u32 {
        self.0.tries
    }

    /// Whether the act may have taken effect, in this try or in an earlier one, although no answer said so.
    pub fn may_have_landed(&self) -> bool {
        self.0.unclear
    }

    /// What a caller can tell apart.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &*self.0;
        if !detail.act.is_empty() {
            write!(f, "{}", detail.act)?;
            if !detail.act.contains(&detail.id) {
                write!(f, " ({})", detail.id)?;
            }
            f.write_str(": ")?;
        }
        if let Some(code) = &detail.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&detail.message)?;
        let mut facts = Vec::new();
        facts.extend(detail.status.map(|status| format!("HTTP {status}")));
        facts.extend(detail.request_id.as_ref().map(|id| format!("request id {id}")));
        facts.extend((detail.tries > 1).then(|| format!("{} tries", detail.tries)));
        if facts.is_empty() { Ok(()) } else { write!(f, " ({})", facts.join(", ")) }
    }
}

impl std::error::Error for Error {}

/// Code and message of an error body, whatever its shape.
///
/// ARM's shape is `{"error":{"code","message","details":[…]}}`
/// (<https://github.com/Azure/azure-rest-api-specs/blob/main/specification/common-types/resource-management/v5/types.json>);
/// resource providers also answer with the inner object alone, or with plain text.
pub(super) fn parse_error_body(status: u16, body: &[u8]) -> (Option<String>, String) {
    let text = String::from_utf8_lossy(body);
    let Ok(value) = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) else {
        return (None, excerpt(&text, status));
    };
    let error = if value["error"].is_object() { &value["error"] } else { &value };
    let field = |lower: &str, upper: &str| error[lower].as_str().or_else(|| error[upper].as_str());
    let code = field("code", "Code").filter(|code| !code.is_empty()).map(str::to_owned);
    let mut message = field("message", "Message").unwrap_or_default().trim().to_owned();
    for detail in error["details"].as_array().into_iter().flatten() {
        let more = detail["message"].as_str().unwrap_or_default().trim();
        if !more.is_empty() && !message.contains(more) {
            message = if message.is_empty() { more.to_owned() } else { format!("{message} {more}") };
        }
    }
    if message.is_empty() {
        message = format!("Azure answered {status} without a message");
    }
    (code, message)
}

/// The start of a body that is not ARM's JSON, fit for an error message.
fn excerpt(text: &str, status: u16) -> String {
    const LENGTH_MAX: usize = 300;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.is_empty() {
        return format!("Azure answered {status} with an empty body");
    }
    match flat.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_error_body() {
        for (body, code, message) in [
            (r#"{"error":{"code":"Conflict","message":"busy"}}"#, Some("Conflict"), "busy"),
            (r#"{"code":"BadRequest","message":"no"}"#, Some("BadRequest"), "no"),
            (r#"{"Code":"X","Message":"y"}"#, Some("X"), "y"),
            (
                r#"{"error":{"code":"BadRequest","message":""}}"#,
                Some("BadRequest"),
                "Azure answered 400 without a message",
            ),
            (
                r#"{"error":{"code":"A","message":"outer.","details":[{"code":"B","message":"inner"},{"message":"outer."}]}}"#,
                Some("A"),
                "outer. inner",
            ),
            (r#"{"error":"invalid_client"}"#, None, "Azure answered 400 without a message"),
            ("plain  text\n", None, "plain text"),
            ("", None, "Azure answered 400 with an empty body"),
        ] {
            assert_eq!(
                parse_error_body(400, body.as_bytes()),
                (code.map(str::to_owned), message.to_owned()),
                "{body}"
            );
        }
    }

    #[test]
    fn display_is_one_sentence_with_what_support_needs() {
        let error = Error::new(ErrorKind::Forbidden, "You may not.")
            .answered(403, Some("AuthorizationFailed".into()), Some("r-1".into()))
            .act_on("reading the Defender plans", "/subscriptions/s")
            .after(2);
        assert_eq!(
            error.to_string(),
            "reading the Defender plans (/subscriptions/s): AuthorizationFailed: You may not. (HTTP 403, request id r-1, 2 tries)"
        );
        let unnamed = Error::new(ErrorKind::NotFound, "no").act_on("GET /a", "/a");
        assert_eq!(unnamed.to_string(), "GET /a: no");
        assert_eq!(Error::new(ErrorKind::Credentials, "none").to_string(), "none");
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
