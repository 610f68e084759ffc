//! The emulator's time: a fixed first instant for what documents say, and real time for what expires.
//!
//! It must not know who asks. Tests move both kinds of time with [`Clock::advance`].

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::{datetime, format_description};

/// The instant at which every emulator starts, so that two runs write the same documents.
const FIRST_INSTANT: OffsetDateTime = datetime!(2026-11-22 00:00:00 UTC);

/// Time as the emulated cloud sees it.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_unix_seconds: u64,
    advanced: Duration,
}

impl Clock {
    /// Starts at the fixed first instant.
    #[expect(
        clippy::disallowed_methods,
        reason = "clients compare a token's expiry with their own clock, so the start is read from the machine once"
    )]
    pub(crate) fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), started_unix_seconds: wall.as_secs(), advanced: Duration::ZERO }
    }

    /// Lets `by` pass at once.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// The time that documents carry: it stands still between calls of [`Clock::advance`].
    pub(crate) fn document_time(&self) -> OffsetDateTime {
        FIRST_INSTANT
            .checked_add(self.advanced.try_into().unwrap_or(time::Duration::MAX))
            .unwrap_or(FIRST_INSTANT)
    }

    /// [`Clock::document_time`] as Azure writes it.
    pub(crate) fn document_timestamp(&self) -> String {
        timestamp(self.document_time())
    }

    /// Real time since the start plus what was advanced: for quotas and delays.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed().saturating_add(self.advanced)
    }

    /// Seconds since 1970 as clients see them, plus what was advanced: for the expiry of tokens.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.started_unix_seconds.saturating_add(self.elapsed().as_secs())
    }
}

/// The instant at which every emulator starts, as Azure writes it: for what was there before.
pub(crate) fn first_timestamp() -> String {
    timestamp(FIRST_INSTANT)
}

/// A time as Azure writes it, with seven digits of a second.
pub(crate) fn timestamp(time: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
    // The format has no part that a UTC time lacks; an empty text would show in every test.
    time.format(FORMAT).unwrap_or_default()
}
