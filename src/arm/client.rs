//! The client: requests in, answers or errors out. See [`super`] for the order in which a request passes the stages.
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH};
use serde_json::Value;
use url::Url;

use super::answer::{Answer, check_whole, of_reply, to_response};
use super::budget::{Bucket, Budget};
use super::cloud::{CloudSource, Endpoints, metadata_url};
use super::correlation::{Correlation, observed, path_and_query};
use super::credentials::{Credentials, SignIn, Tokens};
use super::error::{Error, ErrorKind};
use super::operation;
use super::registration::{self, Registrations};
use super::request::{Call, Request, Response};
use super::single_flight::SingleFlight;
use super::transport::{Http, Reply, Transport, Wire};
use super::tries::{Ended, Failure, Plan, Tries};
use super::{Host, Secret, delay};

/// What a client is made from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which cloud.
    pub cloud: CloudSource,
    /// How to sign in.
    pub credentials: Credentials,
    /// Whether to register a subscription for a resource provider where Azure says that it is not.
    pub register_provider: bool,
    /// The `User-Agent` of every request.
    pub user_agent: String,
    /// The process around the client; [`Host::of_process`] but in tests.
    pub host: Host,
}

/// A client of Azure Resource Manager. Cheap to clone; clones share connections, tokens and waiting times. The flag says
/// whether it registers subscriptions.
#[derive(Clone)]
pub struct Client(Arc<Inner>, bool);

struct Inner {
    cloud: CloudSource,
    endpoints: SingleFlight<Arc<Endpoints>>,
    tries: Tries,
    tokens: Tokens,
    correlation: Correlation,
    registrations: Registrations,
}

impl Client {
    /// Makes a client. Nothing is read, sent or looked up: addresses, credentials and TLS are prepared by the first
    /// request, so that configuring the provider costs nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`] when a given address is neither https nor on this machine.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = Box::new(Http::new(settings.user_agent.clone()));
        Self::over(transport, settings)
    }

    pub(super) fn over(transport: Box<dyn Transport>, settings: Settings) -> Result<Self, Error> {
        match &settings.cloud {
            CloudSource::Named(_) => {}
            CloudSource::Metadata { host, .. } => drop(metadata_url(host)?),
            CloudSource::Endpoints { resource_manager, authority, audience } => {
                drop(Endpoints::given(resource_manager, authority, audience.as_deref())?);
            }
        }
        let inner = Inner {
            cloud: settings.cloud,
            endpoints: SingleFlight::default(),
            tokens: Tokens::new(settings.credentials),
            tries: Tries { transport, budget: Budget::default(), host: settings.host },
            correlation: Correlation::new(),
            registrations: Registrations::default(),
        };
        Ok(Self(Arc::new(inner), settings.register_provider))
    }

    /// The same client for those who only look: it registers no subscription, and says
    /// [`ErrorKind::NotRegistered`] instead.
    #[must_use]
    pub fn without_registering(&self) -> Self {
        Self(Arc::clone(&self.0), false)
    }

    /// Sends `request` and returns the answer, which has a 2xx status.
    ///
    /// # Errors
    /// Any [`ErrorKind`]. Failures that pass are retried until `call.deadline`; the error is that of the last try.
    pub async fn send(&self, request: Request, call: &Call) -> Result<Response, Error> {
        self.send_registered(&request, call).await.map(|answer| answer.response)
    }

    /// Sends `request` and waits until the long-running operation that it starts, if any, has ended. Returns the
    /// resource as it is then (PUT, PATCH), or the last answer (POST, DELETE).
    ///
    /// # Errors
    /// As [`Self::send`]; also [`ErrorKind::OperationFailed`] when Azure says that the operation failed or was
    /// cancelled.
    pub async fn send_and_wait(&self, request: Request, call: &Call) -> Result<Response, Error> {
        let answer = self.send_registered(&request, call).await?;
        operation::wait(self, &request, answer, call).await
    }

    /// Sends a list request and returns the items of all its pages. A bare JSON array is accepted as one page.
    ///
    /// # Errors
    /// As [`Self::send`]; also [`ErrorKind::Protocol`] when an answer is no list, or its `nextLink` leads to another
    /// host or back to a page already read.
    pub async fn list(&self, request: Request, call: &Call) -> Result<Vec<Value>, Error> {
        let (act, path) = (request.act.clone(), request.path.clone());
        let broken = |message: String| Error::new(ErrorKind::Protocol, message).act_on(&act, &path);
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        // Lists that are had by POST go on by POST.
        let page = Request { query: Vec::new(), ..request.clone() };
        let mut response = self.send(request, call).await?;
        loop {
            let next = response.body["nextLink"].as_str().filter(|link| !link.is_empty()).map(str::to_owned);
            let value = response.body.get_mut("value").map(Value::take);
            let Value::Array(found) = value.unwrap_or(response.body) else {
                return Err(broken("the answer is no list: it has no array \"value\"".to_owned()));
            };
            items.extend(found);
            let Some(next) = next else { return Ok(items) };
            if !seen.insert(next.clone()) {
                return Err(broken("the list's nextLink leads back to a page already read".to_owned()));
            }
            let url = self.own_url(&next, call).await.map_err(|error| error.act_on(&act, &path))?;
            response = self.send_to(&url, &page, call).await?.response;
        }
    }

    /// Registers the subscription where the answer asks for it, and sends again.
    async fn send_registered(&self, request: &Request, call: &Call) -> Result<Answer, Error> {
        let error = match self.send_as_is(request, call).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let subscription = registration::subscription_in(&request.path);
        let (Some(namespace), Some(subscription)) = (registration::missing_namespace(&error), subscription)
        else {
            return Err(error);
        };
        if !self.1 {
            return Err(registration::not_registered(&error, &namespace, &subscription));
        }
        self.0.registrations.register(self, &subscription, &namespace, call).await?;
        self.send_as_is(request, call).await
    }

    /// The stages below registration.
    pub(super) async fn send_as_is(&self, request: &Request, call: &Call) -> Result<Answer, Error> {
        let named = |error: Error| error.act_on(&request.act, &request.path);
        let endpoints = self.endpoints(call).await.map_err(named)?;
        let url = url_of(&endpoints, request);
        self.send_to(&url, request, call).await
    }

    /// The address in an answer's link, if it lies on Azure Resource Manager's host: the token goes nowhere else.
    pub(super) async fn own_url(&self, link: &str, call: &Call) -> Result<Url, Error> {
        let endpoints = self.endpoints(call).await?;
        let refused = |what: &str| {
            Error::new(ErrorKind::Protocol, format!("a link leads to {what}, which gets no token"))
        };
        let url = endpoints.resource_manager.join(link).map_err(|_| refused("no address"))?;
        if url.origin() == endpoints.resource_manager.origin() {
            Ok(url)
        } else {
            Err(refused(url.host_str().unwrap_or("an unnamed host")))
        }
    }

    /// Sends `request` to `url`, which lies on Azure Resource Manager's host.
    pub(super) async fn send_to(&self, url: &Url, request: &Request, call: &Call) -> Result<Answer, Error> {
        let named = |error: Error| error.act_on(&request.act, &request.path);
        let Ended { reply, tries, unclear } = self.exchange(url, request, call).await.map_err(named)?;
        match to_response(&reply) {
            Ok(response) => Ok(Answer { response, headers: reply.headers }),
            // A 2xx answer that cannot be read has done its work.
            Err(error) => Err(named(error).after(tries).unclear_if(unclear || reply.status < 300)),
        }
    }

    /// The stages below registration: tries, tokens, ids, exchange. Returns the last answer, whatever its status.
    async fn exchange(&self, url: &Url, request: &Request, call: &Call) -> Result<Ended, Error> {
        let inner = &*self.0;
        let endpoints = self.endpoints(call).await?;
        let bucket = Some(Bucket::of(&request.method, &request.path));
        let plan = Plan { call, repeatable: request.repeatable, bucket };
        let sign_in = SignIn { tries: &inner.tries, endpoints: &endpoints, call };
        let sent_again = &AtomicU32::new(0);
        let wire = &wire_of(url, request);
        let attempt = |number| async move {
            let token = inner.tokens.bearer(sign_in).await.map_err(Failure::Final)?;
            let mut reply = self.exchange_with(&token, wire.clone(), sign_in, number).await?;
            if reply.status == 401 {
                // A token can be revoked before it expires; a fresh one tells that from a lack of rights.
                inner.tokens.reject(&token).await;
                let token = inner.tokens.bearer(sign_in).await.map_err(Failure::Final)?;
                sent_again.fetch_add(1, Ordering::Relaxed);
                reply = self.exchange_with(&token, wire.clone(), sign_in, number).await?;
            }
            check_whole(&reply).map(|()| reply)
        };
        let outcome = inner.tries.run(&plan, attempt).await;
        let again = sent_again.load(Ordering::Relaxed);
        match outcome {
            Ok(ended) => Ok(Ended { tries: ended.tries + again, ..ended }),
            Err(error) => {
                let tries = error.tries() + again;
                Err(error.after(tries))
            }
        }
    }

    async fn exchange_with(
        &self,
        token: &Secret,
        mut wire: Wire,
        sign_in: SignIn<'_>,
        number: u32,
    ) -> Result<Reply, Failure> {
        let inner = &*self.0;
        let auxiliary = inner.tokens.auxiliary(sign_in).await.map_err(Failure::Final)?;
        authorize(&mut wire.headers, token, auxiliary.as_ref()).map_err(Failure::Final)?;
        inner.correlation.stamp(&mut wire.headers);
        observed(&inner.tries, wire, sign_in.call, number, path_and_query).await
    }

    /// The wait that an answer asks for before the next look at an operation.
    pub(super) fn pause_asked(&self, headers: &HeaderMap) -> Option<Duration> {
        delay::asked(headers, &[], (self.0.tries.host.clock)(), 0.0)
    }

    async fn endpoints(&self, call: &Call) -> Result<Arc<Endpoints>, Error> {
        self.0.endpoints.get(call, |_| true, || async { self.find_endpoints(call).await.map(Arc::new) }).await
    }

    async fn find_endpoints(&self, call: &Call) -> Result<Endpoints, Error> {
        match &self.0.cloud {
            CloudSource::Named(cloud) => Endpoints::named(*cloud),
            CloudSource::Endpoints { resource_manager, authority, audience } => {
                Endpoints::given(resource_manager, authority, audience.as_deref())
            }
            CloudSource::Metadata { host, expected } => {
                let url = metadata_url(host)?;
                let headers = HeaderMap::new();
                let wire = Wire { method: Method::GET, url, headers, body: None, is_write: false };
                let tries = &self.0.tries;
                let plan = Plan { call, repeatable: true, bucket: None };
                let attempt = |number| observed(tries, wire.clone(), call, number, path_and_query);
                let reply = tries.run(&plan, attempt).await?.reply;
                if reply.status != 200 {
                    return Err(of_reply(&reply));
                }
                Endpoints::of_metadata(host, &reply.body, *expected)
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("cloud", &self.0.cloud).finish_non_exhaustive()
    }
}

fn url_of(endpoints: &Endpoints, request: &Request) -> Url {
    let mut url = endpoints.resource_manager.clone();
    let path = format!("{}{}", url.path().trim_end_matches('/'), request.path);
    url.set_path(&path);
    url.query_pairs_mut().extend_pairs(&request.query);
    url
}

/// The request without what is new for each try: token and ids.
fn wire_of(url: &Url, request: &Request) -> Wire {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let body = request.body.as_ref().filter(|body| !body.is_null()).map(|body| body.to_string().into_bytes());
    if body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(tag) = request.if_match.as_deref().and_then(|tag| HeaderValue::try_from(tag).ok()) {
        headers.insert(IF_MATCH, tag);
    }
    let is_write = request.method != Method::GET;
    Wire { method: request.method.clone(), url: url.clone(), headers, body, is_write }
}

fn authorize(headers: &mut HeaderMap, token: &Secret, auxiliary: Option<&Secret>) -> Result<(), Error> {
    let secret = |text: String| {
        let mut value = HeaderValue::try_from(text).map_err(|_| {
            Error::new(ErrorKind::Credentials, "the access token has characters that no header can carry")
        })?;
        value.set_sensitive(true);
        Ok::<_, Error>(value)
    };
    headers.insert(AUTHORIZATION, secret(format!("Bearer {}", token.expose()))?);
    if let Some(auxiliary) = auxiliary {
        let name = HeaderName::from_static("x-ms-authorization-auxiliary");
        headers.insert(name, secret(auxiliary.expose().to_owned())?);
    }
    Ok(())
}
