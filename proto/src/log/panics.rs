//! Panics: printed so that Terraform shows them, or caught and handed to the code that explains them.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::{fmt, future, panic};

tokio::task_local! {
    /// Set while [`catch_panic`] runs: where the hook leaves the place of a panic, instead of printing it.
    static PLACE: Cell<Option<String>>;
}

/// A panic that [`catch_panic`] caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaughtPanic {
    /// What the code said when it panicked.
    pub message: String,
    /// `file:line:column` of the source; `None` where [`crate::serve::run`] has not installed the hook.
    pub place: Option<String>,
}

impl fmt::Display for CaughtPanic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(out, "{} ({place})", self.message),
            None => out.write_str(&self.message),
        }
    }
}

impl std::error::Error for CaughtPanic {}

/// Runs `work` to its end; a panic in it becomes an error and is not printed.
///
/// Covers everything that `work` itself polls or calls, not the tasks and threads that it spawns. State that
/// `work` shares with others must stay usable when it is left in the middle.
///
/// # Errors
/// `work` panicked.
pub async fn catch_panic<T>(work: impl Future<Output = T>) -> Result<T, CaughtPanic> {
    PLACE
        .scope(Cell::new(None), async {
            let mut work = pin!(work);
            future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
                Err(payload) => Poll::Ready(Err(CaughtPanic {
                    message: message(&*payload),
                    place: PLACE.with(Cell::take),
                })),
            })
            .await
        })
        .await
}

/// Replaces the standard panic hook, whose words Terraform does not recognise.
pub(super) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        if PLACE.try_with(|caught| caught.set(place)).is_err() {
            // There is nowhere to report that standard error is closed.
            io::stderr().write_all(crash_report(info, &Backtrace::force_capture()).as_bytes()).ok();
        }
    }));
}

/// A panic in the form of Go's, which Terraform recognises by its first word and shows to the user.
/// <https://github.com/hashicorp/terraform/blob/v1.11.4/internal/logging/panic.go>
fn crash_report(info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("unnamed");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    format!("panic: {}\n\nthread {name} at {place}:\n{backtrace}\n", message(info.payload()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown cause".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_even_after_waiting() {
        let text = "formatted".to_owned();
        let cases: [(&dyn Fn() -> u8, _); 4] = [
            (&|| 7, Ok(7)),
            (&|| panic!("plain"), Err("plain")),
            (&|| panic!("{text}"), Err("formatted")),
            (&|| panic::panic_any(7), Err("unknown cause")),
        ];
        for (work, expected) in cases {
            let outcome = catch_panic(async {
                tokio::task::yield_now().await;
                work()
            })
            .await;
            assert_eq!(outcome.map_err(|caught| caught.message), expected.map_err(str::to_owned));
        }
    }
}
