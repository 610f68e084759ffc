//! Sending until it works, or until it is clear that it will not: the one place that waits.
//!
//! [`super::retry`] says whether, [`super::delay`] how long, [`super::budget`] whether to hold back before sending.
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::debug;

use super::budget::{self, Bucket, Budget};
use super::error::{Error, ErrorKind, parse_error_body};
use super::request::Call;
use super::retry::{self, Row, Seen};
use super::transport::{Fault, Reply, Transport, Wire};
use super::{Host, delay};

/// How long one try may take. Azure's front end gives up after a minute.
/// <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
const TRY_TIMEOUT: Duration = Duration::from_secs(120);

/// Everything that trying needs from its surroundings. One per client.
pub(super) struct Tries {
    pub(super) transport: Box<dyn Transport>,
    pub(super) budget: Budget,
    pub(super) host: Host,
}

/// Why a try did not bring an answer.
pub(super) enum Failure {
    /// The exchange failed; perhaps the next one does not.
    Fault(Fault),
    /// Nothing that another try could change.
    Final(Error),
}

/// What the loop needs to know of a request.
pub(super) struct Plan<'a> {
    pub(super) call: &'a Call,
    pub(super) repeatable: bool,
    pub(super) bucket: Option<Bucket>,
}

impl Tries {
    /// Calls `attempt`, with the number of the try from 1 on, until an answer is worth no further try, and returns that answer, whatever its status.
    ///
    /// The second value is the number of tries.
    pub(super) async fn run<F, Fut>(&self, plan: &Plan<'_>, mut attempt: F) -> Result<(Reply, u32), Error>
    where
        F: FnMut(u32) -> Fut,
        Fut: Future<Output = Result<Reply, Failure>>,
    {
        let mut tries = 0;
        let mut last: Option<Error> = None;
        loop {
            self.hold_back(plan, last.as_ref()).await.map_err(|error| error.after(tries))?;
            tries += 1;
            let outcome = match attempt(tries).await {
                Ok(reply) => Ok(reply),
                Err(Failure::Fault(fault)) => Err(fault),
                Err(Failure::Final(error)) => {
                    // A failed sign-in has counted its own tries.
                    let most = tries.max(error.tries());
                    return Err(stated_with(error, last.as_ref()).after(most));
                }
            };
            self.note(plan, &outcome);
            let Some(row) = row_of(&outcome, plan.repeatable) else {
                return match outcome {
                    Ok(reply) => Ok((reply, tries)),
                    Err(fault) => Err(of_fault(&fault).after(tries)),
                };
            };
            let error = match &outcome {
                Ok(reply) => of_reply(reply),
                Err(fault) => of_fault(fault),
            };
            if row.tries_max.is_some_and(|most| tries >= most) {
                return Err(error.after(tries));
            }
            self.pause(plan, &outcome, row, tries).await.map_err(|why| why.explain(&error).after(tries))?;
            last = Some(error);
        }
    }

    /// One exchange, within the time of a try and of the call. Cancelling ends it at once, unless it is a write, which
    /// is let finish, because only its answer says what became of it.
    pub(super) async fn exchange(&self, wire: Wire, call: &Call) -> Result<Reply, Failure> {
        let is_write = wire.is_write;
        let try_ends = Instant::now() + TRY_TIMEOUT;
        let ends = try_ends.min(call.deadline);
        let answer = timeout_at(ends, self.transport.exchange(wire));
        let outcome = if is_write {
            answer.await
        } else {
            tokio::select! {
                biased;
                () = call.cancel.cancelled() => return Err(Failure::Final(Stop::Cancelled.error())),
                outcome = answer => outcome,
            }
        };
        match outcome {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(fault)) => Err(Failure::Fault(fault)),
            Err(_) if ends == try_ends => {
                Err(Failure::Fault(Fault::Dropped(format!("no answer within {} s", TRY_TIMEOUT.as_secs()))))
            }
            Err(_) => Err(Failure::Final(Stop::Deadline.error())),
        }
    }

    async fn hold_back(&self, plan: &Plan<'_>, last: Option<&Error>) -> Result<(), Error> {
        let now = Instant::now();
        let opens = plan.bucket.as_ref().map_or(now, |bucket| self.budget.opens_at(bucket, now));
        wait_until(opens, plan.call).await.map_err(|stop| match last {
            Some(error) => stop.explain(error),
            None => stop.error(),
        })
    }

    fn note(&self, plan: &Plan<'_>, outcome: &Result<Reply, Fault>) {
        if let (Some(bucket), Ok(reply)) = (&plan.bucket, outcome) {
            self.budget.close(bucket, Instant::now(), budget::pause(&reply.headers));
        }
    }

    async fn pause(
        &self,
        plan: &Plan<'_>,
        outcome: &Result<Reply, Fault>,
        row: &Row,
        tries: u32,
    ) -> Result<(), Stop> {
        let random = (self.host.random)();
        let asked = outcome
            .as_ref()
            .ok()
            .and_then(|reply| delay::asked(&reply.headers, &reply.body, (self.host.clock)(), random));
        let wait = asked.unwrap_or_else(|| delay::backoff(tries, random));
        let now = Instant::now();
        if let (Some(bucket), Ok(Reply { status: 429, .. })) = (&plan.bucket, outcome) {
            // Requests sent before the time is up renew the wait, for everyone in the bucket.
            self.budget.close(bucket, now, wait);
        }
        debug!(tries, tries_max = row.tries_max, wait_ms = millis(wait), "trying again");
        wait_until(now + wait, plan.call).await
    }
}

/// Why waiting ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// The caller cancelled.
    Cancelled,
    /// The deadline came, or lies before the end of the wait.
    Deadline,
    /// The wait would end this long after the deadline.
    TooLong { wait: Duration, left: Duration },
}

impl Stop {
    pub(super) fn error(self) -> Error {
        match self {
            Self::Cancelled => Error::new(ErrorKind::Cancelled, "cancelled"),
            Self::Deadline => {
                Error::new(ErrorKind::Timeout, "no answer before the timeout of this operation")
            }
            Self::TooLong { .. } => {
                Error::new(ErrorKind::Throttled, format!("held back, as Azure asked: {}", self.reason()))
            }
        }
    }

    /// For whoever waits for something that Azure is still at.
    pub(super) fn unfinished(self, what: &str) -> Error {
        match self {
            Self::Cancelled => self.error(),
            Self::Deadline | Self::TooLong { .. } => {
                Error::new(ErrorKind::Timeout, format!("{what} within the timeout of this operation"))
            }
        }
    }

    /// The last failure, with why there is no further try. Its kind stays, unless the caller cancelled.
    fn explain(self, last: &Error) -> Error {
        let kind = match self {
            Self::Cancelled => ErrorKind::Cancelled,
            Self::Deadline | Self::TooLong { .. } => last.kind().clone(),
        };
        last.clone().restate(kind, format!("{} [{}]", last.message(), self.reason()))
    }

    fn reason(self) -> String {
        match self {
            Self::Cancelled => "cancelled before the next try".to_owned(),
            Self::Deadline => "the timeout of this operation passed before the next try".to_owned(),
            Self::TooLong { wait, left } => format!(
                "the next try is due in {} s and the timeout of this operation in {} s",
                wait.as_secs_f64().ceil(),
                left.as_secs_f64().floor()
            ),
        }
    }
}

/// Sleeps until `at`. Fails at once where the call would be over by then.
pub(super) async fn wait_until(at: Instant, call: &Call) -> Result<(), Stop> {
    let now = Instant::now();
    if call.cancel.is_cancelled() {
        return Err(Stop::Cancelled);
    }
    if now >= call.deadline {
        return Err(Stop::Deadline);
    }
    if at >= call.deadline {
        return Err(Stop::TooLong { wait: at - now, left: call.deadline - now });
    }
    if at <= now {
        return Ok(());
    }
    tokio::select! {
        () = call.cancel.cancelled() => Err(Stop::Cancelled),
        () = sleep_until(at) => Ok(()),
    }
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
        500 if retry::blames_the_request(&message) => ErrorKind::Rejected,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Rejected,
    };
    let message = if kind == ErrorKind::Protocol { redirected(reply) } else { message };
    let request_id = reply.header("x-ms-request-id").map(str::to_owned);
    Error::new(kind, message).answered(reply.status, code, request_id)
}

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

fn row_of(outcome: &Result<Reply, Fault>, repeatable: bool) -> Option<&'static Row> {
    match outcome {
        Ok(reply) if reply.status < 400 => None,
        Ok(reply) => {
            let (code, message) = parse_error_body(reply.status, &reply.body);
            let code = code.as_deref().unwrap_or_default();
            retry::row(&Seen::Answer { status: reply.status, code, message: &message }, repeatable)
        }
        Err(Fault::Unreachable(_)) => retry::row(&Seen::Unreachable, repeatable),
        Err(Fault::Dropped(_)) => retry::row(&Seen::Dropped, repeatable),
        Err(Fault::Untrusted(_) | Fault::Unusable(_)) => None,
    }
}

fn stated_with(error: Error, last: Option<&Error>) -> Error {
    match (error.kind(), last) {
        (ErrorKind::Timeout | ErrorKind::Cancelled, Some(last)) => {
            let message = format!("{}; the try before failed with: {last}", error.message());
            let kind = error.kind().clone();
            error.restate(kind, message)
        }
        _ => error,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
