//! Requests and answers as plain values. Building a request does no input or output, so that what would be sent can
//! be tested without a server.
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::wait::wait_until;

/// One request to Azure Resource Manager: method, path, query, body, and the act it performs.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Option<Value>,
    pub(super) act: String,
    pub(super) repeatable: bool,
    pub(super) if_match: Option<String>,
}

impl Request {
    /// A GET of `path`, which begins with `/`.
    pub fn get(path: impl Into<String>, api_version: &str) -> Self {
        Self::new(Method::GET, path.into(), api_version, None)
    }

    /// A PUT of `body` to `path`.
    pub fn put(path: impl Into<String>, api_version: &str, body: Value) -> Self {
        Self::new(Method::PUT, path.into(), api_version, Some(body))
    }

    /// A PATCH of `path` with `body`.
    pub fn patch(path: impl Into<String>, api_version: &str, body: Value) -> Self {
        Self::new(Method::PATCH, path.into(), api_version, Some(body))
    }

    /// A POST of `body` to `path`. Not sent again when it may have taken effect, unless it is [`Self::repeatable`].
    pub fn post(path: impl Into<String>, api_version: &str, body: Value) -> Self {
        Self::new(Method::POST, path.into(), api_version, Some(body))
    }

    /// A DELETE of `path`.
    pub fn delete(path: impl Into<String>, api_version: &str) -> Self {
        Self::new(Method::DELETE, path.into(), api_version, None)
    }

    /// Adds `name=value` to the query; encoding is done later.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Makes the request take effect only while the resource is as it was when it had this entity tag.
    #[must_use]
    pub fn if_match(mut self, tag: impl Into<String>) -> Self {
        self.if_match = Some(tag.into());
        self
    }

    /// Names the act for error messages, such as `reading the Defender plans`. Default: method and path.
    #[must_use]
    pub fn act(mut self, act: impl Into<String>) -> Self {
        self.act = act.into();
        self
    }

    /// Declares that sending this request twice does what sending it once does, so that a lost answer is no obstacle
    /// to another try. GET, PUT and DELETE are so from the start.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// The path, which begins with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A GET of the same path and version, for the same act.
    pub(super) fn reading(&self) -> Self {
        Self { method: Method::GET, body: None, repeatable: true, if_match: None, ..self.clone() }
    }

    fn new(method: Method, path: String, api_version: &str, body: Option<Value>) -> Self {
        Self {
            act: format!("{method} {path}"),
            repeatable: matches!(method, Method::GET | Method::PUT | Method::DELETE),
            query: vec![("api-version".to_owned(), api_version.to_owned())],
            method,
            path,
            body,
            if_match: None,
        }
    }
}

/// An answer with a 2xx status.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The body; `Null` when there is none.
    pub body: Value,
    /// Azure's `x-ms-request-id`.
    pub request_id: Option<String>,
}

/// How long, and whether still, the caller wants an answer.
#[derive(Clone, Debug)]
pub struct Call {
    /// When waiting and retrying ends.
    pub deadline: Instant,
    /// Ends waiting and retrying at once. A write that is on the wire is let finish.
    pub cancel: CancellationToken,
}

impl Call {
    /// Waits this long, for callers that look again at something that Azure is still at.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](super::ErrorKind::Timeout) where the call would be over by then, with the act, its object
    /// and what was `unfinished`; and [`ErrorKind::Cancelled`](super::ErrorKind::Cancelled).
    pub async fn pause(&self, time: Duration, act: &str, id: &str, unfinished: &str) -> Result<(), Error> {
        let outcome = wait_until(Instant::now() + time, self).await;
        outcome.map_err(|stop| stop.unfinished(unfinished).act_on(act, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_may_be_sent_twice() {
        let body = Value::Null;
        let repeatable = [
            Request::get("/a", "1"),
            Request::put("/a", "1", body.clone()),
            Request::delete("/a", "1"),
            Request::post("/a", "1", body.clone()).repeatable(),
        ];
        assert!(repeatable.iter().all(|request| request.repeatable));
        assert!(
            !Request::post("/a", "1", body.clone()).repeatable && !Request::patch("/a", "1", body).repeatable
        );
        assert_eq!(repeatable[0].act, "GET /a");
    }
}
