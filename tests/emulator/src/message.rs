//! A request and its answer, as the rules see them: no sockets, no TLS, no HTTP library's streams.

use std::collections::BTreeMap;

use bytes::Bytes;
use hyper::Method;
use hyper::header::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::form_urlencoded;

/// One request, read whole.
#[derive(Debug)]
pub(crate) struct Call {
    /// The verb.
    pub(crate) method: Method,
    /// Path and query as they were sent.
    pub(crate) target: String,
    /// The path, percent-decoded, without double or trailing slashes.
    pub(crate) path: String,
    /// Query parameters by lower-cased name: Azure compares names without case.
    pub(crate) query: BTreeMap<String, String>,
    /// Headers as they were sent.
    pub(crate) headers: HeaderMap,
    /// The body, possibly empty.
    pub(crate) body: Bytes,
}

impl Call {
    /// Reads the target of a request into path and query.
    pub(crate) fn new(method: Method, target: &str, headers: HeaderMap, body: Bytes) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let segments: Vec<&str> = decoded.split('/').filter(|segment| !segment.is_empty()).collect();
        let query = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
            .collect();
        Self {
            method,
            target: target.to_owned(),
            path: format!("/{}", segments.join("/")),
            query,
            headers,
            body,
        }
    }

    /// The header's text, where it is there and printable.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Azure's answer to a body that is none.
    pub(crate) fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Answer::error(400, "InvalidRequestContent", &format!("The request content was invalid: {error}"))
        })
    }

    /// The fields of a form body.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// What goes back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Headers besides the ones that every answer has.
    pub(crate) headers: Vec<(String, String)>,
    /// The body; empty where there is none.
    pub(crate) body: Bytes,
}

impl Answer {
    /// An answer with a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::empty(status)
            .with_header("content-type", "application/json; charset=utf-8")
            .with_body(body.to_string())
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// Azure Resource Manager's error body.
    /// <https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#error-response-content>
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({ "error": { "code": code, "message": message } }))
    }

    /// The same answer with a header set; an earlier header of that name is replaced.
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same answer with other bytes as its body.
    pub(crate) fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}
