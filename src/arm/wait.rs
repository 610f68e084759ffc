//! Waiting within the time of a call, and what to say when it does not suffice.
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::error::{Error, ErrorKind};
use super::request::Call;

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
    pub(super) fn explain(self, last: &Error) -> Error {
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
