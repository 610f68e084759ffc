//! Request quotas: token buckets per subscription, and the headers that tell what is left.
//! Sizes: <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>;
//! those of Microsoft.Security as its recorded answers show them (749 reads left after one, 249 writes).

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::Method;

use super::place::Place;
use crate::message::Answer;
use crate::world::World;

/// A kind of bucket.
#[derive(Debug, PartialEq, Eq)]
struct Limit {
    header: &'static str,
    size: u64,
    refill_per_second: u64,
}

const TENANT_READS: Limit =
    Limit { header: "x-ms-ratelimit-remaining-tenant-reads", size: 250, refill_per_second: 25 };
const TENANT_WRITES: Limit =
    Limit { header: "x-ms-ratelimit-remaining-tenant-writes", size: 200, refill_per_second: 10 };
const TENANT_DELETES: Limit =
    Limit { header: "x-ms-ratelimit-remaining-tenant-deletes", size: 200, refill_per_second: 10 };
const READS: Limit =
    Limit { header: "x-ms-ratelimit-remaining-subscription-reads", size: 250, refill_per_second: 25 };
const WRITES: Limit =
    Limit { header: "x-ms-ratelimit-remaining-subscription-writes", size: 200, refill_per_second: 10 };
const DELETES: Limit =
    Limit { header: "x-ms-ratelimit-remaining-subscription-deletes", size: 200, refill_per_second: 10 };
/// Microsoft.Security counts by itself, in one header for both verbs; its window is not documented.
const SECURITY_READS: Limit = Limit {
    header: "x-ms-ratelimit-remaining-subscription-resource-requests",
    size: 750,
    refill_per_second: 25,
};
const SECURITY_WRITES: Limit = Limit {
    header: "x-ms-ratelimit-remaining-subscription-resource-requests",
    size: 250,
    refill_per_second: 10,
};

/// What is left after a request.
#[derive(Debug)]
pub(crate) struct Remaining {
    /// The header that says so.
    pub(crate) header: &'static str,
    /// How many more requests would pass now.
    pub(crate) requests: u64,
}

/// All buckets that were ever used.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    buckets: BTreeMap<String, Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of requests, so that a short time adds its part.
    level_milli: u64,
    at: Duration,
}

/// Counts a request.
///
/// # Errors
/// The 429 answer where the bucket is empty.
pub(crate) fn take(world: &mut World, place: &Place, method: &Method) -> Result<Remaining, Answer> {
    let subscription = place.subscription();
    let (name, limit) = limit(place.namespace(), subscription.is_some(), method);
    let key = format!("{}/{name}", subscription.as_deref().unwrap_or_default());
    let now = world.clock.elapsed();
    match world.quotas.take(key, limit, now) {
        Ok(requests) => Ok(Remaining { header: limit.header, requests }),
        Err(wait) => {
            let message = format!(
                "Number of requests for subscription '{}' and operation '{name}' exceeded the backend storage limit. \
                 Please try again after '{wait}' seconds.",
                subscription.unwrap_or_default()
            );
            let refusal = Answer::error(429, "SubscriptionRequestsThrottled", &message);
            Err(refusal.with_header("retry-after", wait.to_string()).with_header(limit.header, "0"))
        }
    }
}

fn limit(namespace: &str, in_subscription: bool, method: &Method) -> (&'static str, &'static Limit) {
    let security = namespace.eq_ignore_ascii_case("Microsoft.Security");
    match (in_subscription, security, method) {
        (false, _, &Method::GET) => ("tenant reads", &TENANT_READS),
        (false, _, &Method::DELETE) => ("tenant deletes", &TENANT_DELETES),
        (false, _, _) => ("tenant writes", &TENANT_WRITES),
        (true, _, &Method::DELETE) => ("deletes", &DELETES),
        (true, true, &Method::GET) => ("Microsoft.Security reads", &SECURITY_READS),
        (true, true, _) => ("Microsoft.Security writes", &SECURITY_WRITES),
        (true, false, &Method::GET) => ("reads", &READS),
        (true, false, _) => ("writes", &WRITES),
    }
}

impl Quotas {
    /// Takes one request out of a bucket: how many are left, or how many seconds to wait.
    fn take(&mut self, key: String, limit: &Limit, now: Duration) -> Result<u64, u64> {
        let full = Bucket { level_milli: limit.size * 1000, at: now };
        let bucket = self.buckets.entry(key).or_insert(full);
        let passed = u64::try_from(now.saturating_sub(bucket.at).as_millis()).unwrap_or(u64::MAX);
        bucket.level_milli = bucket
            .level_milli
            .saturating_add(passed.saturating_mul(limit.refill_per_second))
            .min(full.level_milli);
        bucket.at = now;
        if bucket.level_milli < 1000 {
            // At least one second: a client that waits less renews the wait in Azure.
            return Err((1000 - bucket.level_milli).div_ceil(limit.refill_per_second * 1000).max(1));
        }
        bucket.level_milli -= 1000;
        Ok(bucket.level_milli / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cloud;
    use crate::store::Store;

    #[test]
    fn a_bucket_runs_dry_and_fills_with_time() {
        let limit = Limit { header: "h", size: 2, refill_per_second: 1 };
        let mut quotas = Quotas::default();
        let steps = [(0, Ok(1)), (0, Ok(0)), (0, Err(1)), (500, Err(1)), (1000, Ok(0)), (9000, Ok(1))];
        for (milliseconds, expected) in steps {
            let now = Duration::from_millis(milliseconds);
            assert_eq!(quotas.take("k".to_owned(), &limit, now), expected, "after {milliseconds} ms");
        }
    }

    #[test]
    fn a_dry_bucket_says_when_to_come_back() {
        let mut world = World::new(Cloud::Public, String::new(), Store::default(), None);
        let place = Place::parse("/subscriptions/s/providers/Microsoft.Security/pricings/Arm").unwrap();
        let mut takes = (0..10_000).map(|_| take(&mut world, &place, &Method::GET));
        let refusal = takes.by_ref().skip(750).find_map(Result::err).unwrap();
        let header =
            |name: &str| refusal.headers.iter().find(|(present, _)| present == name).unwrap().1.as_str();
        assert_eq!((refusal.status, header("retry-after"), header(SECURITY_READS.header)), (429, "1", "0"));
        drop(takes);
        world.clock.advance(Duration::from_secs(2));
        assert!(take(&mut world, &place, &Method::GET).unwrap().requests >= 49);
    }

    #[test]
    fn verbs_and_providers_count_apart() {
        let names = [
            ("Microsoft.Security", Method::GET),
            ("Microsoft.Security", Method::PUT),
            ("Microsoft.X", Method::GET),
        ]
        .map(|(namespace, method)| limit(namespace, true, &method).0);
        assert_eq!(names, ["Microsoft.Security reads", "Microsoft.Security writes", "reads"]);
    }
}
