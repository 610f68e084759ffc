//! A scripted transport for tests: answers in a given order, records what was sent, and needs no socket, so that
//! tokio's clock can run ahead.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use time::macros::datetime;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::transport::{Exchange, Fault, Reply, Transport, Wire};
use super::{Call, Client, CloudSource, Credentials, Host, Secret, Settings};

pub(super) const SUBSCRIPTION: &str = "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555";

/// What the script does with one request.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Answer(Reply),
    Fault(Fault),
    /// Answers after this time.
    Slow(Duration, Reply),
    /// Never answers.
    Hang,
}

/// Steps for requests to Azure Resource Manager; token requests are answered with `token-1`, `token-2`, and so on
/// after a second, unless steps are given for them too.
#[derive(Clone, Default)]
pub(super) struct Script(Arc<Inner>);

#[derive(Default)]
struct Inner {
    steps: Mutex<VecDeque<Step>>,
    token_steps: Mutex<VecDeque<Step>>,
    sent: Mutex<Vec<Wire>>,
    tokens_sent: Mutex<Vec<Wire>>,
}

impl Script {
    pub(super) fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        let script = Self::default();
        script.0.steps.lock().unwrap().extend(steps);
        script
    }

    pub(super) fn with_tokens(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.0.token_steps.lock().unwrap().extend(steps);
        self
    }

    /// The requests that were sent to Azure Resource Manager.
    pub(super) fn sent(&self) -> Vec<Wire> {
        self.0.sent.lock().unwrap().clone()
    }

    /// The requests that were sent to anyone else.
    pub(super) fn tokens_sent(&self) -> Vec<Wire> {
        self.0.tokens_sent.lock().unwrap().clone()
    }

    /// A client with a client secret, whose transport is this script.
    pub(super) fn client(&self) -> Client {
        self.client_with(settings())
    }

    pub(super) fn client_with(&self, settings: Settings) -> Client {
        Client::over(Box::new(self.clone()), settings).unwrap()
    }

    fn next(&self, wire: Wire) -> Step {
        if wire.url.host_str() == Some("arm.test") {
            self.0.sent.lock().unwrap().push(wire);
            return self
                .0
                .steps
                .lock()
                .unwrap()
                .pop_front()
                .expect("a request that the script does not know");
        }
        let mut sent = self.0.tokens_sent.lock().unwrap();
        sent.push(wire);
        let step = self.0.token_steps.lock().unwrap().pop_front();
        step.unwrap_or_else(|| {
            Step::Slow(Duration::from_secs(1), token(&format!("token-{}", sent.len()), 3600))
        })
    }
}

impl Transport for Script {
    fn exchange(&self, wire: Wire) -> Exchange<'_> {
        let step = self.next(wire);
        Box::pin(async move {
            match step {
                Step::Answer(reply) => Ok(reply),
                Step::Fault(fault) => Err(fault),
                Step::Slow(time, reply) => {
                    tokio::time::sleep(time).await;
                    Ok(reply)
                }
                Step::Hang => std::future::pending().await,
            }
        })
    }
}

/// A JSON answer.
pub(super) fn reply(status: u16, headers: &[(&str, &str)], body: &Value) -> Reply {
    let mut reply = text(status, headers, &body.to_string());
    reply
        .headers
        .entry("content-type")
        .or_insert(HeaderValue::from_static("application/json; charset=utf-8"));
    reply
}

/// An answer with any body.
pub(super) fn text(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap()))
        .collect();
    Reply { status, headers, body: body.as_bytes().to_vec() }
}

pub(super) fn answer(status: u16, body: &Value) -> Step {
    Step::Answer(reply(status, &[], body))
}

pub(super) fn refusal(status: u16, code: &str, message: &str) -> Step {
    answer(status, &json!({"error": {"code": code, "message": message}}))
}

pub(super) fn token(text: &str, life_seconds: u64) -> Reply {
    reply(200, &[], &json!({"token_type": "Bearer", "access_token": text, "expires_in": life_seconds}))
}

/// A private cloud with a client secret. Chance is always zero, and it is noon.
pub(super) fn settings() -> Settings {
    Settings {
        cloud: CloudSource::Endpoints {
            resource_manager: "https://arm.test".parse().unwrap(),
            authority: "https://login.test".parse().unwrap(),
            audience: None,
        },
        credentials: Credentials {
            tenant_id: Some("tenant".to_owned()),
            client_id: Some("client".to_owned()),
            client_secret: Some(Secret::new("s3cret")),
            ..Credentials::default()
        },
        register_provider: false,
        user_agent: "test/1".to_owned(),
        host: Host { random: || 0.0, clock: || datetime!(2026-11-23 12:00:00 UTC), ..Host::bare() },
    }
}

/// A call with this many seconds left.
pub(super) fn call(seconds: u64) -> Call {
    Call { deadline: Instant::now() + Duration::from_secs(seconds), cancel: CancellationToken::new() }
}
