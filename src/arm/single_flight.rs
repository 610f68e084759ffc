//! A value that is got once and kept, by one caller at a time: those who come meanwhile wait, and share what comes out
//! of it, be it the value or the failure. Without the latter, a hundred callers would wait for a hundred failures in a
//! row.
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::error::{Error, ErrorKind};
use super::request::Call;
use super::wait::Stop;

/// A kept value. `T` is cheap to clone.
#[derive(Debug)]
pub struct SingleFlight<T> {
    /// How many flights have ended; compared before and after waiting for one.
    ended: AtomicU64,
    last: Mutex<Option<Result<T, Error>>>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self { ended: AtomicU64::new(0), last: Mutex::new(None) }
    }
}

impl<T: Clone> SingleFlight<T> {
    /// The kept value if it is `good`, else what `flight` brings, which then is kept.
    ///
    /// # Errors
    /// What the flight failed with, for all who waited for it; and this caller's own deadline and cancellation.
    pub async fn get<F: Future<Output = Result<T, Error>>>(
        &self,
        call: &Call,
        good: impl Fn(&T) -> bool,
        flight: impl FnOnce() -> F,
    ) -> Result<T, Error> {
        let ended_before = self.ended.load(Ordering::Acquire);
        let mut last = tokio::select! {
            biased;
            () = call.cancel.cancelled() => return Err(Stop::Cancelled.error()),
            () = tokio::time::sleep_until(call.deadline) => return Err(Stop::Deadline.error()),
            last = self.last.lock() => last,
        };
        match &*last {
            Some(Ok(value)) if good(value) => return Ok(value.clone()),
            // It ended while this caller waited; an older failure is not this caller's.
            Some(Err(error)) if self.ended.load(Ordering::Acquire) != ended_before => {
                return Err(error.clone());
            }
            _ => {}
        }
        // Flights are rare and large; boxed, they do not weigh on every request.
        let outcome = Box::pin(flight()).await;
        self.ended.fetch_add(1, Ordering::Release);
        // A deadline and a cancellation are this caller's own, and mean nothing to those who wait.
        let own = matches!(&outcome, Err(error) if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Cancelled));
        *last = (!own).then(|| outcome.clone());
        outcome
    }

    /// Forgets the kept value if it is `bad`.
    pub(super) async fn forget(&self, bad: impl Fn(&T) -> bool) {
        let mut last = self.last.lock().await;
        if matches!(&*last, Some(Ok(value)) if bad(value)) {
            *last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::arm::testing::call;

    async fn flight(seconds: u64, outcome: Result<u32, ErrorKind>) -> Result<u32, Error> {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        outcome.map_err(|kind| Error::new(kind, "no"))
    }

    /// Two callers at once, then a third: what each gets.
    async fn check(first: Result<u32, ErrorKind>, expected: [Result<u32, ErrorKind>; 3]) {
        let shared = SingleFlight::default();
        let (call, good) = (call(60), |_: &u32| true);
        let (a, b) = tokio::join!(
            shared.get(&call, good, || flight(1, first)),
            shared.get(&call, good, || flight(1, Ok(2)))
        );
        let c = shared.get(&call, good, || flight(1, Ok(3))).await;
        assert_eq!([a, b, c].map(|found| found.map_err(|error| error.kind().clone())), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn values_and_failures_are_shared_with_those_who_wait() {
        check(Ok(1), [Ok(1), Ok(1), Ok(1)]).await;
        check(Err(ErrorKind::Network), [Err(ErrorKind::Network), Err(ErrorKind::Network), Ok(3)]).await;
        check(Err(ErrorKind::Cancelled), [Err(ErrorKind::Cancelled), Ok(2), Ok(2)]).await;
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_caller_s_own_deadline() {
        let shared = SingleFlight::default();
        let (long, short) = (call(60), call(5));
        let (a, b) = tokio::join!(
            shared.get(&long, |_| true, || flight(30, Ok(1))),
            shared.get(&short, |_| true, || flight(1, Ok(2)))
        );
        assert_eq!((a.unwrap(), b.unwrap_err().kind()), (1, &ErrorKind::Timeout));
        shared.forget(|value| *value == 1).await;
        assert_eq!(shared.get(&long, |_| true, || flight(1, Ok(4))).await.unwrap(), 4);
        assert_eq!(shared.get(&long, |value| *value != 4, || flight(1, Ok(5))).await.unwrap(), 5);
    }
}
