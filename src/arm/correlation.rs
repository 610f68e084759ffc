//! Ids on each request, and one log event for each exchange: what ties a line in a log to Azure's own records.
//!
//! An event has method, path, query (not that of token requests), status, duration and request id; never a header, a
//! body or a token.
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use tracing::debug;
use url::Url;

use super::request::Call;
use super::transport::{Reply, Wire};
use super::tries::{Failure, Tries};

/// The correlation id of a client: one for all its requests, as Azure's activity log groups them.
/// <https://learn.microsoft.com/rest/api/azure/#create-the-request>
pub(super) struct Correlation(String);

impl Correlation {
    pub(super) fn new() -> Self {
        Self(new_id())
    }

    /// Sets this client's id, and a new one for this try.
    pub(super) fn stamp(&self, headers: &mut HeaderMap) {
        for (name, id) in
            [("x-ms-correlation-request-id", self.0.clone()), ("x-ms-client-request-id", new_id())]
        {
            if let Ok(value) = HeaderValue::try_from(id) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// A random UUID. It names things and guards nothing, so a plain generator will do.
pub(super) fn new_id() -> String {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid().to_string()
}

/// One exchange with its log event. `number` counts the tries from 1; `shown` chooses what of the address the log may
/// have.
pub(super) async fn observed(
    tries: &Tries,
    wire: Wire,
    call: &Call,
    number: u32,
    shown: fn(&Url) -> String,
) -> Result<Reply, Failure> {
    let method = wire.method.clone();
    let target = shown(&wire.url);
    let started = Instant::now();
    let outcome = tries.exchange(wire, call).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &outcome {
        Ok(reply) => {
            let request_id = reply.header("x-ms-request-id");
            debug!(%method, target, status = reply.status, duration_ms, tries = number, request_id, "request");
        }
        Err(Failure::Fault(fault)) => {
            debug!(%method, target, duration_ms, tries = number, ?fault, "request failed");
        }
        Err(Failure::Final(error)) => {
            debug!(%method, target, duration_ms, tries = number, %error, "request ended");
        }
    }
    outcome
}

/// For requests to Azure Resource Manager: of the query, what a request of ours has. The links of long-running
/// operations carry signatures besides.
pub(super) fn path_and_query(url: &Url) -> String {
    let known = |name: &str| name == "api-version" || name.starts_with('$');
    let pairs: Vec<String> = url
        .query_pairs()
        .filter(|(name, _)| known(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if pairs.is_empty() { url.path().to_owned() } else { format!("{}?{}", url.path(), pairs.join("&")) }
}

/// For token requests.
pub(super) fn host_and_path(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_per_try_and_stay_per_client() {
        let correlation = Correlation::new();
        let (mut first, mut second) = (HeaderMap::new(), HeaderMap::new());
        correlation.stamp(&mut first);
        correlation.stamp(&mut second);
        assert_eq!(first["x-ms-correlation-request-id"], second["x-ms-correlation-request-id"]);
        assert_ne!(first["x-ms-client-request-id"], second["x-ms-client-request-id"]);
        assert_eq!(uuid::Uuid::try_parse(&correlation.0).unwrap().get_version_num(), 4);
    }

    #[test]
    fn the_log_shows_no_signature_and_no_token_request_s_query() {
        let shown = |url: &str, show: fn(&Url) -> String| show(&url.parse().unwrap());
        let link = "https://h/operations/1?api-version=2024-07-01&t=638&c=MIIH&s=sig&%24expand=x";
        assert_eq!(shown(link, path_and_query), "/operations/1?api-version=2024-07-01&$expand=x");
        assert_eq!(shown("https://h/a?s=sig", path_and_query), "/a");
        assert_eq!(shown("https://h/a?s=sig", host_and_path), "h/a");
    }
}
