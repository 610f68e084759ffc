//! The list of requests seen, for tests that count and compare them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::message::Call;

/// Headers that carry a secret and are therefore never written down.
const SECRET_HEADERS: [&str; 4] = ["authorization", "cookie", "x-identity-header", "secret"];

/// One request that was answered (or left without an answer by a fault).
#[derive(Clone, Debug, Serialize)]
pub struct LoggedRequest {
    /// The verb, upper case.
    pub method: String,
    /// Path and query as they were sent.
    pub path: String,
    /// The HTTP status; 0 where a fault closed the connection instead of answering.
    pub status: u16,
    /// From the end of the request's body to the answer, in milliseconds.
    pub duration_ms: u64,
    /// The request's headers by lower-case name, without those that carry a secret.
    pub headers: BTreeMap<String, String>,
}

/// All requests since the start or the last [`Journal::clear`], in the order of their answers.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    requests: Vec<LoggedRequest>,
}

impl Journal {
    /// Adds an answered request.
    pub(crate) fn record(&mut self, call: &Call, status: u16, took: Duration) {
        let headers = call
            .headers
            .iter()
            .filter(|(name, _)| !SECRET_HEADERS.contains(&name.as_str()))
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        self.requests.push(LoggedRequest {
            method: call.method.as_str().to_owned(),
            path: call.target.clone(),
            status,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            headers,
        });
    }

    /// Everything recorded.
    pub(crate) fn requests(&self) -> &[LoggedRequest] {
        &self.requests
    }

    /// Forgets everything recorded.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}
