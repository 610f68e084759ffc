//! Pausing before Azure has to refuse: the answers say how many requests are left, and a 429 says until when.
//!
//! Kept per subscription, provider namespace and class of request, as Azure counts.
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

/// Below this many requests left, the next one waits.
const LOW: u64 = 10;
/// No window of time in which Azure counts is longer, as far as is known; bounds what a wrong answer can ask for.
const WINDOW_MAX: Duration = Duration::from_secs(60);
/// The wait when none is left. The slowest of Azure's buckets refills with ten requests a second.
const PAUSE_AT_ZERO: Duration = Duration::from_secs(1);

/// What Azure counts together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bucket {
    subscription: String,
    namespace: String,
    class: &'static str,
}

impl Bucket {
    /// The bucket of a request.
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let after = |word: &str| {
            let (_, rest) = lower.rsplit_once(word)?;
            rest.split('/').next().map(str::to_owned)
        };
        Self {
            subscription: after("/subscriptions/").unwrap_or_default(),
            namespace: after("/providers/").unwrap_or_default(),
            class: match *method {
                Method::GET | Method::HEAD => "reads",
                Method::DELETE => "deletes",
                _ => "writes",
            },
        }
    }
}

/// Until when each bucket is closed.
#[derive(Debug, Default)]
pub(super) struct Budget(Mutex<HashMap<Bucket, Instant>>);

impl Budget {
    /// The moment before which no request of this bucket should be sent.
    pub(super) fn opens_at(&self, bucket: &Bucket, now: Instant) -> Instant {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(bucket)
            .copied()
            .map_or(now, |at| at.max(now))
    }

    /// Closes the bucket for `pause`; a longer closure stands.
    pub(super) fn close(&self, bucket: &Bucket, now: Instant, pause: Duration) {
        if pause.is_zero() {
            return;
        }
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        closed.retain(|_, at| *at > now);
        let at = closed.entry(bucket.clone()).or_insert(now);
        *at = (*at).max(now + pause);
    }
}

/// The pause that the remaining counts of an answer call for: none while ten or more are left, up to a second at
/// zero; and the rest of its window of time where Azure Resource Graph takes no more queries in it.
pub(super) fn pause(headers: &HeaderMap) -> Duration {
    of_counts(headers).max(of_window(headers).unwrap_or_default())
}

/// Azure Resource Graph takes 15 queries in five seconds, and says after each how many are left and for how long, as
/// `hh:mm:ss`. <https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>
fn of_window(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if text("x-ms-user-quota-remaining")?.trim().parse::<u64>().ok()? > 0 {
        return None;
    }
    let parts = text("x-ms-user-quota-resets-after")?.trim().split(':');
    let seconds = parts
        .map(|part| part.parse::<u32>().ok())
        .try_fold(0_u64, |sum, part| Some(sum.saturating_mul(60).saturating_add(u64::from(part?))))?;
    Some(Duration::from_secs(seconds).min(WINDOW_MAX))
}

fn of_counts(headers: &HeaderMap) -> Duration {
    let left = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-ms-ratelimit-remaining-"))
        .filter_map(|(_, value)| smallest_count(value.to_str().ok()?))
        .min();
    match left {
        Some(left) if left < LOW => {
            PAUSE_AT_ZERO.mul_f64(1.0 - f64::from(u32::try_from(left).unwrap_or(0)) / 10.0)
        }
        _ => Duration::ZERO,
    }
}

/// `749`, or Compute's `Microsoft.Compute/HighCostGet3Min;133,Microsoft.Compute/HighCostGet30Min;657`.
/// <https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/troubleshooting-throttling-errors>
fn smallest_count(text: &str) -> Option<u64> {
    text.split(',').filter_map(|part| part.rsplit(';').next()?.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn check(headers: &[(&str, &str)], milliseconds: u64) {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap())
            })
            .collect();
        assert_eq!(pause(&headers), Duration::from_millis(milliseconds), "{headers:?}");
    }

    #[test]
    fn the_smallest_count_decides() {
        check(&[], 0);
        check(&[("x-ms-ratelimit-remaining-subscription-reads", "249")], 0);
        check(&[("x-ms-ratelimit-remaining-subscription-reads", "many")], 0);
        check(&[("x-ms-ratelimit-remaining-subscription-writes", "0")], 1_000);
        check(
            &[
                ("x-ms-ratelimit-remaining-subscription-writes", "199"),
                ("x-ms-ratelimit-remaining-subscription-global-writes", "5"),
            ],
            500,
        );
        check(
            &[(
                "x-ms-ratelimit-remaining-resource",
                "Microsoft.Compute/A3Min;133,Microsoft.Compute/B30Min;2",
            )],
            800,
        );
    }

    #[test]
    fn a_window_without_queries_is_waited_out() {
        let both = |left: &str, rest: &str, milliseconds: u64| {
            check(
                &[("x-ms-user-quota-remaining", left), ("x-ms-user-quota-resets-after", rest)],
                milliseconds,
            );
        };
        both("0", "00:00:04", 4_000);
        both("1", "00:00:04", 0);
        both("0", "00:00:00", 0);
        both("0", "soon", 0);
        both("0", "99:00:00", 60_000);
        check(&[("x-ms-user-quota-remaining", "0")], 0);
        check(
            &[
                ("x-ms-user-quota-remaining", "0"),
                ("x-ms-user-quota-resets-after", "00:00:02"),
                ("x-ms-ratelimit-remaining-tenant-resource-requests", "0"),
            ],
            2_000,
        );
    }

    #[test]
    fn a_bucket_is_closed_and_opens_by_itself() {
        let budget = Budget::default();
        let now = Instant::now();
        let path = "/subscriptions/S/providers/Microsoft.Security/pricings/Api";
        let reads = Bucket::of(&Method::GET, path);
        budget.close(&reads, now, Duration::from_secs(5));
        budget.close(&reads, now, Duration::from_secs(1));
        assert_eq!(
            budget.opens_at(&Bucket::of(&Method::GET, &path.to_lowercase()), now),
            now + Duration::from_secs(5)
        );
        assert_eq!(budget.opens_at(&Bucket::of(&Method::PUT, path), now), now);
        assert_eq!(budget.opens_at(&Bucket::of(&Method::GET, "/subscriptions/T/x"), now), now);
        let later = now + Duration::from_secs(6);
        assert_eq!(budget.opens_at(&reads, later), later);
    }
}
