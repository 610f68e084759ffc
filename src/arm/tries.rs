//! Sending until it works, or until it is clear that it will not.
//!
//! [`super::retry`] says whether, [`super::delay`] how long, [`super::budget`] whether to hold back before sending.
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::debug;

use super::answer::{of_fault, of_reply};
use super::budget::{self, Bucket, Budget};
use super::error::{Error, ErrorKind, parse_error_body};
use super::request::Call;
use super::retry::{self, Row, Seen};
use super::transport::{Fault, Reply, Transport, Wire};
use super::wait::{Stop, wait_until};
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

/// An answer that is worth no further try.
pub(super) struct Ended {
    pub(super) reply: Reply,
    pub(super) tries: u32,
    /// Whether an earlier try may have taken effect.
    pub(super) unclear: bool,
}

/// What the loop needs to know of a request.
pub(super) struct Plan<'a> {
    pub(super) call: &'a Call,
    pub(super) repeatable: bool,
    pub(super) bucket: Option<Bucket>,
}

impl Tries {
    /// Calls `attempt`, with the number of the try from 1 on, until an answer is worth no further try, and returns
    /// that answer, whatever its status.
    pub(super) async fn run<F, Fut>(&self, plan: &Plan<'_>, attempt: F) -> Result<Ended, Error>
    where
        F: FnMut(u32) -> Fut,
        Fut: Future<Output = Result<Reply, Failure>>,
    {
        let mut unclear = false;
        match self.run_noting(plan, attempt, &mut unclear).await {
            Ok((reply, tries)) => Ok(Ended { reply, tries, unclear }),
            Err(error) => Err(error.unclear_if(unclear)),
        }
    }

    async fn run_noting<F, Fut>(
        &self,
        plan: &Plan<'_>,
        mut attempt: F,
        unclear: &mut bool,
    ) -> Result<(Reply, u32), Error>
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
            *unclear |= may_have_landed(&outcome);
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
            Err(_) => Err(Failure::Final(Stop::Deadline.error().unclear_if(is_write))),
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

fn row_of(outcome: &Result<Reply, Fault>, repeatable: bool) -> Option<&'static Row> {
    seen(outcome, |seen| retry::row(seen, repeatable)).flatten()
}

fn may_have_landed(outcome: &Result<Reply, Fault>) -> bool {
    // An answer that cannot be used has come all the same.
    matches!(outcome, Err(Fault::Unusable(_))) || seen(outcome, retry::may_have_landed).unwrap_or(false)
}

/// Looks at a failed try in the table's terms; nothing where the try did not fail, or no row can be about it.
fn seen<T>(outcome: &Result<Reply, Fault>, look: impl FnOnce(&Seen<'_>) -> T) -> Option<T> {
    match outcome {
        Ok(reply) if reply.status < 400 => None,
        Ok(reply) => {
            let (code, message) = parse_error_body(reply.status, &reply.body);
            let code = code.as_deref().unwrap_or_default();
            Some(look(&Seen::Answer { status: reply.status, code, message: &message }))
        }
        Err(Fault::Unreachable(_)) => Some(look(&Seen::Unreachable)),
        Err(Fault::Dropped(_)) => Some(look(&Seen::Dropped)),
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
