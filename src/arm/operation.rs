//! Waiting for long-running operations.
//!
//! Azure answers a long PUT, POST or DELETE at once, and says where its progress can be read: `Azure-AsyncOperation`,
//! else `Location`, else the resource's own `provisioningState`.
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations>
use std::time::Duration;

use reqwest::Method;
use tokio::time::Instant;
use tracing::{debug, info};

use super::answer::Answer;
use super::client::Client;
use super::error::{Error, ErrorKind, parse_error_body};
use super::request::{Call, Request, Response};
use super::wait::wait_until;

/// The wait between two looks where Azure asks for none.
const POLL_INTERVAL: Duration = Duration::from_secs(10);

/// How often the log says that an operation goes on.
const TELLING: Duration = Duration::from_secs(30);

/// Where the progress can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Watch {
    /// At this address, whose body has a `status`.
    Status(String),
    /// At this address, which answers 202 until the end.
    Location(String),
    /// In the resource's `provisioningState`.
    Resource,
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Running,
    Succeeded,
    Failed,
}

/// Waits until the operation that `started` speaks of has ended.
pub(super) async fn wait(
    client: &Client,
    request: &Request,
    started: Answer,
    call: &Call,
) -> Result<Response, Error> {
    let named = |error: Error| error.act_on(&request.act, &request.path);
    let Some(watch) = client.watch(request, &started, call).await.map_err(named)? else {
        return Ok(started.response);
    };
    debug!(path = request.path, "waiting for a long-running operation");
    let mut answer = started;
    let (begun, mut told) = (Instant::now(), Instant::now());
    loop {
        let wait = client.pause_asked(&answer.headers).unwrap_or(POLL_INTERVAL);
        let waited = wait_until(Instant::now() + wait, call).await;
        waited.map_err(|stop| named(stop.unfinished("Azure has not finished the operation")))?;
        answer = look(client, request, &watch, call).await?;
        if told.elapsed() >= TELLING {
            told = Instant::now();
            let seconds = begun.elapsed().as_secs();
            info!(path = request.path, act = request.act, seconds, "a long-running operation goes on");
        }
        match progress(&watch, &answer.response) {
            Progress::Running => {}
            Progress::Failed => return Err(named(failure(&answer.response))),
            Progress::Succeeded if watch == Watch::Resource || !yields_resource(&request.method) => {
                return Ok(answer.response);
            }
            Progress::Succeeded => return Ok(client.send_as_is(&request.reading(), call).await?.response),
        }
    }
}

impl Client {
    /// What to watch after an answer; `None` when there is nothing to wait for. An address on another host is passed
    /// over, because it would get the token: Microsoft.KubernetesConfiguration names one in its `Location`.
    async fn watch(&self, request: &Request, answer: &Answer, call: &Call) -> Result<Option<Watch>, Error> {
        let header =
            |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if let Some(link) = header("azure-asyncoperation")
            && self.own_url(&link, call).await.is_ok()
        {
            return Ok(Some(Watch::Status(link)));
        }
        if let Some(link) = header("location").filter(|_| answer.response.status == 202)
            && self.own_url(&link, call).await.is_ok()
        {
            return Ok(Some(Watch::Location(link)));
        }
        if yields_resource(&request.method) {
            let running = progress(&Watch::Resource, &answer.response) == Progress::Running;
            return Ok((running || answer.response.status == 202).then_some(Watch::Resource));
        }
        if answer.response.status == 202 {
            return Err(Error::new(
                ErrorKind::Protocol,
                "Azure began an operation and did not say where to watch it",
            ));
        }
        Ok(None)
    }
}

async fn look(client: &Client, request: &Request, watch: &Watch, call: &Call) -> Result<Answer, Error> {
    match watch {
        Watch::Resource => client.send_as_is(&request.reading(), call).await,
        Watch::Status(link) | Watch::Location(link) => {
            let url = client.own_url(link, call).await?;
            client.send_to(&url, &request.reading(), call).await
        }
    }
}

fn progress(watch: &Watch, response: &Response) -> Progress {
    let state = match watch {
        Watch::Location(_) if response.status == 202 => return Progress::Running,
        Watch::Location(_) => return Progress::Succeeded,
        Watch::Status(_) => response.body["status"].as_str(),
        Watch::Resource => response.body["properties"]["provisioningState"].as_str(),
    };
    match state.map(str::to_ascii_lowercase).as_deref() {
        Some("succeeded") | None => Progress::Succeeded,
        Some("failed" | "canceled" | "cancelled") => Progress::Failed,
        Some(_) => Progress::Running,
    }
}

fn failure(response: &Response) -> Error {
    let state = response.body["status"]
        .as_str()
        .or_else(|| response.body["properties"]["provisioningState"].as_str());
    let state = state.unwrap_or("Failed").to_owned();
    let error = &response.body["error"];
    let (code, message) = if error.is_null() {
        (None, format!("the operation ended as {state:?} without a message"))
    } else {
        parse_error_body(response.status, error.to_string().as_bytes())
    };
    Error::new(ErrorKind::OperationFailed, message).answered(
        response.status,
        code,
        response.request_id.clone(),
    )
}

fn yields_resource(method: &Method) -> bool {
    matches!(*method, Method::PUT | Method::PATCH)
}
