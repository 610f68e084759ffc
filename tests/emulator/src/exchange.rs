//! The way of one request: fault, latency, write lock, rules, journal.
//!
//! The world's lock is never held while waiting.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::fault::Fault;
use crate::message::{Answer, Call};
use crate::world::{Shared, Writing};
use crate::{arm, route};

/// How long a pricing write lasts at least, so that parallel ones meet. Azure takes 4 to 9 seconds.
const WRITE_MOMENT: Duration = Duration::from_millis(5);

/// What the listener does with the connection.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Answer.
    Answer(Answer),
    /// Announce the whole body, send this many bytes of it, close.
    Truncated(Answer, usize),
    /// Close without an answer.
    Dropped,
}

/// Answers one request.
pub(crate) async fn exchange(world: Shared, call: Call) -> Outcome {
    let arrived = Instant::now();
    let fault = world.lock().faults.claim(&call).unwrap_or_default();
    if !fault.delay().is_zero() {
        sleep(fault.delay()).await;
    }
    let answer = if fault.takes_effect() { Some(answer(&world, &call, &fault).await) } else { None };
    let outcome = disturb(&fault, answer);
    let status = match &outcome {
        Outcome::Answer(answer) | Outcome::Truncated(answer, _) => answer.status,
        Outcome::Dropped => 0,
    };
    world.lock().journal.record(&call, status, arrived.elapsed());
    outcome
}

fn disturb(fault: &Fault, answer: Option<Answer>) -> Outcome {
    if fault.drop.is_some() {
        return Outcome::Dropped;
    }
    let answer = fault.disturb(answer);
    match fault.truncate {
        Some(length) => Outcome::Truncated(answer, length),
        None => Outcome::Answer(answer),
    }
}

async fn answer(world: &Shared, call: &Call, fault: &Fault) -> Answer {
    let turn = match arm::write_lock(call) {
        None => Turn::Free,
        Some(key) => world.claim(key).map_or(Turn::Contended, Turn::Writing),
    };
    let latency = world.lock().latency;
    let wait = if matches!(turn, Turn::Writing(_)) { latency.max(WRITE_MOMENT) } else { latency };
    if !wait.is_zero() {
        sleep(wait).await;
    }
    let mut world = world.lock();
    let contended = matches!(turn, Turn::Contended);
    let answer = route::route(&mut world, call, contended, &fault.extension_failures);
    world.keep();
    // The lock of the world goes first: giving back the turn takes it again.
    drop(world);
    drop(turn);
    answer
}

/// Whether this request has the subscription's write lock, has to do without, or needs none.
enum Turn {
    Free,
    Writing(#[expect(dead_code, reason = "held for its drop")] Writing),
    Contended,
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::{HeaderMap, Method};
    use serde_json::json;

    use crate::Cloud;
    use crate::entra::token;
    use crate::seed;
    use crate::store::Store;
    use crate::world::World;

    fn put(world: &Shared, subscription: &str) -> Call {
        let target = format!(
            "/subscriptions/{subscription}/providers/Microsoft.Security/pricings/Arm?api-version=2024-01-01"
        );
        let mut headers = HeaderMap::new();
        let token = token::issue(&world.lock(), "https://localhost:1");
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        headers.insert("content-type", "application/json".parse().unwrap());
        let body = json!({ "properties": { "pricingTier": "Standard" } }).to_string();
        Call::new(Method::PUT, &target, headers, body.into())
    }

    async fn status(world: &Shared, subscription: &str) -> u16 {
        match exchange(world.clone(), put(world, subscription)).await {
            Outcome::Answer(answer) => answer.status,
            Outcome::Truncated(..) | Outcome::Dropped => 0,
        }
    }

    #[tokio::test]
    async fn one_subscription_takes_one_pricing_write_at_a_time() {
        let mut store = Store::default();
        seed::sow(&mut store, Cloud::Public, Some(&json!({ "subscriptions": ["a", "b"] }))).unwrap();
        let world = Shared::new(World::new(Cloud::Public, "https://localhost:1".to_owned(), store, None));
        let writing = world.claim(arm::write_lock(&put(&world, "A")).unwrap());
        assert_eq!(status(&world, "a").await, 409, "another write is under way");
        assert_eq!(status(&world, "b").await, 200, "other subscriptions do not wait");
        drop(writing);
        assert_eq!(status(&world, "a").await, 200);
    }
}
