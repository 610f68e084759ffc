//! How many queries one user may send: a number per window of time, which begins with a query.
//! <https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>

use std::time::Duration;

use crate::message::Answer;

const QUERIES: u64 = 15;
const LENGTH: Duration = Duration::from_secs(5);

/// The window that counts queries now.
#[derive(Debug, Default)]
pub(crate) struct Window {
    ends: Duration,
    left: u64,
}

/// What a query finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Whether it passes.
    pub(crate) passes: bool,
    left: u64,
    seconds: u64,
}

impl Window {
    /// Counts a query.
    pub(crate) fn take(&mut self, now: Duration) -> Quota {
        if now >= self.ends {
            *self = Self { ends: now.saturating_add(LENGTH), left: QUERIES };
        }
        let passes = self.left > 0;
        self.left = self.left.saturating_sub(1);
        let rest = self.ends.saturating_sub(now);
        let seconds = rest.as_secs() + u64::from(rest.subsec_nanos() > 0);
        Quota { passes, left: self.left, seconds }
    }
}

impl Quota {
    /// The answer with the headers that every answer has.
    pub(crate) fn told(self, answer: Answer) -> Answer {
        answer
            .with_header("x-ms-user-quota-remaining", self.left.to_string())
            .with_header("x-ms-user-quota-resets-after", format!("00:00:{:02}", self.seconds))
    }

    /// The answer to a query that does not pass.
    pub(crate) fn refusal(self) -> Answer {
        let message = "The current request has been throttled: too many queries were sent.";
        let answer = Answer::error(429, "RateLimiting", message);
        self.told(answer).with_header("retry-after", self.seconds.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_and_another_begins() {
        let mut window = Window::default();
        let mut take = |milliseconds: u64| window.take(Duration::from_millis(milliseconds));
        assert_eq!(take(1000), Quota { passes: true, left: 14, seconds: 5 });
        assert_eq!(take(2500), Quota { passes: true, left: 13, seconds: 4 });
        for left in (0..13).rev() {
            assert_eq!(take(2500), Quota { passes: true, left, seconds: 4 });
        }
        assert_eq!(take(5999), Quota { passes: false, left: 0, seconds: 1 });
        assert_eq!(take(6000), Quota { passes: true, left: 14, seconds: 5 });
    }
}
