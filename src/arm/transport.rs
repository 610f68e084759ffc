//! Bytes out, bytes in: one HTTP exchange, without tokens, retries or meaning.
//!
//! TLS is rustls with aws-lc-rs. Trusted are the system's roots and, as Go programs do, those of `SSL_CERT_FILE` and
//! `SSL_CERT_DIR`. Proxies are taken from `HTTPS_PROXY` and `NO_PROXY`, except for this machine and for the link-local
//! metadata service, which no proxy reaches. Redirects are never followed.
use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Client, Method, redirect};
use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use super::cloud::is_loopback;

/// Larger than any page of a list that Azure sends; stops a runaway answer.
pub(super) const BODY_SIZE_MAX: usize = 64 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Azure's load balancers drop connections that were idle for four minutes.
/// <https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset>
const IDLE_TIMEOUT: Duration = Duration::from_secs(200);

/// A request, ready for the wire.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    /// Whether it changes something, so that it is not abandoned once it is under way.
    pub(super) is_write: bool,
}

/// An answer, read whole.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No connection came about: nothing was sent.
    Unreachable(String),
    /// TLS does not trust the other side, which no further try changes.
    Untrusted(String),
    /// The request was sent; the answer did not come, or not whole.
    Dropped(String),
    /// An answer that cannot be used, however often it is asked for.
    Unusable(String),
}

/// What carries a request; HTTP, or a script in tests that let the clock run.
pub(super) trait Transport: Send + Sync {
    /// Sends `wire` and reads the answer whole.
    fn exchange(&self, wire: Wire) -> Exchange<'_>;
}

/// The future of [`Transport::exchange`].
pub(super) type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + Send + 'a>>;

/// HTTP over reqwest. The clients are built at the first request, since reading the system's roots takes
/// milliseconds that the start of the provider does not have.
#[derive(Default)]
pub(super) struct Http {
    user_agent: String,
    proxied: OnceLock<Result<Client, String>>,
    direct: OnceLock<Result<Client, String>>,
}

impl Http {
    pub(super) fn new(user_agent: String) -> Self {
        Self { user_agent, ..Self::default() }
    }

    fn client(&self, url: &Url) -> Result<Client, Fault> {
        let (slot, proxied) = if goes_direct(url) { (&self.direct, false) } else { (&self.proxied, true) };
        slot.get_or_init(|| build_client(&self.user_agent, proxied)).clone().map_err(Fault::Unusable)
    }
}

impl Transport for Http {
    fn exchange(&self, wire: Wire) -> Exchange<'_> {
        Box::pin(async move {
            let client = self.client(&wire.url)?;
            let may_have_body = matches!(wire.method, Method::POST | Method::PUT | Method::PATCH);
            let mut request = client.request(wire.method, wire.url).headers(wire.headers);
            match wire.body {
                Some(body) => request = request.body(body),
                // Azure's front end refuses a POST that does not say that it has no body (411).
                None if may_have_body => request = request.header(CONTENT_LENGTH, "0"),
                None => {}
            }
            let mut response = request.send().await.map_err(|error| fault(&error))?;
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
                if body.len() + chunk.len() > BODY_SIZE_MAX {
                    return Err(Fault::Unusable(format!(
                        "the answer is larger than {} MiB",
                        BODY_SIZE_MAX >> 20
                    )));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Reply { status, headers, body })
        })
    }
}

/// Neither headers nor body, which may hold a token.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Reply {
    /// A header's text, if it is there and readable.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn goes_direct(url: &Url) -> bool {
    is_loopback(url) || matches!(url.host(), Some(Host::Ipv4(address)) if address.is_link_local())
}

fn build_client(user_agent: &str, proxied: bool) -> Result<Client, String> {
    let mut headers = HeaderMap::new();
    let agent = HeaderValue::try_from(user_agent).map_err(|_| format!("{user_agent:?} is no User-Agent"))?;
    headers.insert(USER_AGENT, agent);
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls_config(&trusted_roots())?)
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        // Sending again is decided in one place, `retry`; reqwest would do so on its own for some faults of HTTP/2.
        .retry(reqwest::retry::never());
    if !proxied {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| format!("the HTTP client cannot be built: {}", chain(&error)))
}

fn tls_config(roots: &[CertificateDer<'static>]) -> Result<rustls::ClientConfig, String> {
    let mut store = rustls::RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(roots.iter().cloned());
    if added == 0 {
        tracing::debug!("no root certificates found: every TLS connection will fail");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The system's roots with those that the environment adds. `SSL_CERT_FILE` replaces the system's file only, and the
/// system's directories stay, as in Go's crypto/x509, which other Terraform providers use.
/// <https://pkg.go.dev/crypto/x509#SystemCertPool>
fn trusted_roots() -> Vec<CertificateDer<'static>> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut roots = rustls_native_certs::load_native_certs().certs;
    if is_set("SSL_CERT_FILE") && !is_set("SSL_CERT_DIR") {
        for directory in ["/etc/ssl/certs", "/etc/pki/tls/certs"] {
            let path = Path::new(directory);
            if path.is_dir() {
                roots.extend(rustls_native_certs::load_certs_from_paths(None, Some(path)).certs);
            }
        }
    }
    roots
}

fn fault(error: &reqwest::Error) -> Fault {
    if is_distrust(error) {
        Fault::Untrusted(chain(error))
    } else if error.is_connect() {
        Fault::Unreachable(chain(error))
    } else if error.is_builder() {
        Fault::Unusable(chain(error))
    } else {
        Fault::Dropped(chain(error))
    }
}

fn is_distrust(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        let inner = without_io(cause);
        if matches!(inner.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        source = inner.source();
    }
    false
}

/// The error inside I/O errors, which `source` skips: it gives the source of what is inside.
fn without_io<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    while let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        error = inner;
    }
    error
}

/// The causes of `error`, without reqwest's own sentence, which names the whole address and explains nothing.
fn chain(error: &reqwest::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        source = cause.source();
    }
    if causes.is_empty() { "the request failed".to_owned() } else { causes.join(": ") }
}
