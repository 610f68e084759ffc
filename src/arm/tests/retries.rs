//! When a request is sent again, after how long, and what is said when it is not.
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::arm::testing::{SUBSCRIPTION, Script, Step, answer, call, refusal, reply, text};
use crate::arm::transport::Fault;
use crate::arm::{ErrorKind, Request};

const BUSY: &str = "Another update operation is in progress. Please retry in a few minutes";

fn path() -> String {
    format!("{SUBSCRIPTION}/providers/Microsoft.Security/pricings/Api")
}

fn request(method: &str) -> Request {
    match method {
        "GET" => Request::get(path(), "2024-01-01"),
        "PUT" => Request::put(path(), "2024-01-01", json!({})),
        "DELETE" => Request::delete(path(), "2024-01-01"),
        _ => Request::post(path(), "2024-01-01", json!({})),
    }
}

fn good() -> Step {
    answer(200, &json!({"ok": true}))
}

fn dropped() -> Step {
    Step::Fault(Fault::Dropped("connection reset by peer".to_owned()))
}

fn unreachable() -> Step {
    Step::Fault(Fault::Unreachable("connection refused".to_owned()))
}

/// Sends a request against `steps`, of which all must be used, and compares outcome and time. The token takes a
/// second, which is not counted.
async fn check(method: &str, steps: Vec<Step>, expected: Result<u16, ErrorKind>, milliseconds: u64) {
    let label = format!("{method} {steps:?}");
    let count = steps.len();
    let script = Script::of(steps);
    let started = Instant::now() + Duration::from_secs(1);
    let found = script.client().send(request(method), &call(600)).await;
    if let Err(error) = &found {
        assert_eq!(error.tries() as usize, count, "{label}: {error}");
    }
    let found = found.map(|response| response.status).map_err(|error| error.kind().clone());
    assert_eq!(found, expected, "{label}");
    assert_eq!(script.sent().len(), count, "{label}");
    assert_eq!(started.elapsed().as_millis(), u128::from(milliseconds), "{label}");
}

#[tokio::test(start_paused = true)]
async fn failures_that_pass_are_tried_again() {
    for status in [408, 500, 502, 503, 504] {
        check("GET", vec![refusal(status, "X", "oops"), good()], Ok(200), 250).await;
        check("PUT", vec![refusal(status, "X", "oops"), good()], Ok(200), 250).await;
        check("DELETE", vec![refusal(status, "X", "oops"), good()], Ok(200), 250).await;
        let kind = if status == 408 { ErrorKind::Rejected } else { ErrorKind::Server };
        check("POST", vec![refusal(status, "X", "oops")], Err(kind), 0).await;
    }
    for method in ["GET", "PUT", "DELETE", "POST"] {
        check(method, vec![refusal(429, "TooManyRequests", "slow"), good()], Ok(200), 250).await;
        check(method, vec![refusal(409, "Conflict", BUSY), good()], Ok(200), 250).await;
        check(method, vec![unreachable(), good()], Ok(200), 250).await;
    }
    check("PUT", vec![dropped(), dropped(), dropped(), good()], Ok(200), 250 + 500 + 1_000).await;
    check("POST", vec![dropped()], Err(ErrorKind::Network), 0).await;
}

#[tokio::test(start_paused = true)]
async fn failures_that_do_not_pass_are_final() {
    for (status, kind) in [
        (400, ErrorKind::Rejected),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Conflict),
        (410, ErrorKind::NotFound),
        (412, ErrorKind::Rejected),
        (501, ErrorKind::Server),
        (302, ErrorKind::Protocol),
    ] {
        check("PUT", vec![refusal(status, "X", "no")], Err(kind), 0).await;
    }
    let disabled = "AdditionalProperties can't be updated while the extension is disabled";
    check("PUT", vec![refusal(500, "X", disabled)], Err(ErrorKind::Rejected), 0).await;
    let html = Step::Answer(text(200, &[("content-type", "text/html")], "<html>sign in</html>"));
    check("GET", vec![html], Err(ErrorKind::Protocol), 0).await;
    let broken = Step::Answer(text(200, &[("content-type", "application/json")], "{]"));
    check("GET", vec![broken], Err(ErrorKind::Protocol), 0).await;
}

#[tokio::test(start_paused = true)]
async fn tries_are_bounded() {
    // The back-off of 0.25, 0.5, 1, 2, 4, 8 and 15 s.
    check("GET", vec![refusal(503, "X", "oops"); 8], Err(ErrorKind::Server), 30_750).await;
    check("GET", vec![unreachable(); 5], Err(ErrorKind::Network), 3_750).await;
    check("GET", vec![dropped(); 8], Err(ErrorKind::Network), 30_750).await;
    // Throttling and busy answers are not: here 20 of them.
    let mut steps = vec![refusal(409, "Conflict", BUSY); 20];
    steps.push(good());
    check("PUT", steps, Ok(200), 15_750 + 14 * 15_000).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_cut_off_is_asked_for_again() {
    let cut = || Step::Answer(text(200, &[("content-type", "application/json")], "{\"value\":[{\"a\""));
    check("GET", vec![cut(), good()], Ok(200), 250).await;
    check("POST", vec![cut()], Err(ErrorKind::Network), 0).await;
}

#[tokio::test(start_paused = true)]
async fn the_server_says_how_long_to_wait() {
    let asked = |status, name, value| Step::Answer(reply(status, &[(name, value)], &Value::Null));
    check("GET", vec![asked(429, "retry-after", "17"), good()], Ok(200), 17_000).await;
    check("GET", vec![asked(503, "retry-after", "2"), good()], Ok(200), 2_000).await;
    check("GET", vec![asked(429, "x-ms-retry-after-ms", "150"), good()], Ok(200), 150).await;
    check("GET", vec![asked(429, "retry-after", "Mon, 23 Nov 2026 12:00:09 GMT"), good()], Ok(200), 9_000)
        .await;
    let limit = "You have reached the limit of allowed API calls.Please retry after '2026-11-23T12:00:40.0000000Z' UTC.";
    check("GET", vec![Step::Answer(text(429, &[], limit)), good()], Ok(200), 40_000).await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_past_the_deadline_fails_at_once_with_the_server_s_words() {
    let throttled =
        reply(429, &[("retry-after", "900")], &json!({"error": {"code": "Slow", "message": "Too many."}}));
    let script = Script::of([Step::Answer(throttled)]);
    let started = Instant::now();
    let error = script.client().send(request("GET"), &call(61)).await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::from_secs(1));
    assert_eq!(*error.kind(), ErrorKind::Throttled);
    assert_eq!(
        error.to_string(),
        format!(
            "GET {}: Slow: Too many. [the next try is due in 900 s and the timeout of this operation in 60 s] \
             (HTTP 429)",
            path()
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_try_and_a_call_have_their_time() {
    let script = Script::of([Step::Hang, good()]);
    let started = Instant::now();
    assert!(script.client().send(request("PUT"), &call(600)).await.is_ok());
    assert_eq!(started.elapsed().as_millis(), 1_000 + 120_000 + 250);

    let script = Script::of([refusal(503, "Away", "gone"), Step::Hang]);
    let started = Instant::now();
    let error = script.client().send(request("PUT"), &call(20)).await.unwrap_err();
    assert_eq!((started.elapsed().as_secs(), error.kind(), error.tries()), (20, &ErrorKind::Timeout, 2));
    assert!(error.message().contains("the try before failed with: Away: gone"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_waiting_and_reading_at_once_and_lets_a_write_finish() {
    for (method, steps, expected, seconds) in [
        ("GET", vec![Step::Hang], Err(ErrorKind::Cancelled), 5),
        ("PUT", vec![Step::Slow(Duration::from_secs(9), reply(201, &[], &json!({})))], Ok(201), 10),
        (
            "PUT",
            vec![Step::Slow(Duration::from_secs(9), reply(503, &[], &json!({})))],
            Err(ErrorKind::Cancelled),
            10,
        ),
        (
            "PUT",
            vec![Step::Answer(reply(429, &[("retry-after", "60")], &json!({})))],
            Err(ErrorKind::Cancelled),
            5,
        ),
    ] {
        let script = Script::of(steps);
        let call = call(600);
        let started = Instant::now();
        let cancel = call.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            cancel.cancel();
        });
        let found = script.client().send(request(method), &call).await;
        let found = found.map(|response| response.status).map_err(|error| error.kind().clone());
        assert_eq!((found, started.elapsed().as_secs()), (expected, seconds), "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_over_sends_nothing() {
    let script = Script::default();
    let error = script.client().send(request("PUT"), &call(0)).await.unwrap_err();
    assert_eq!((error.kind(), error.tries()), (&ErrorKind::Timeout, 0));
    let cancelled = call(60);
    cancelled.cancel.cancel();
    let error = script.client().send(request("PUT"), &cancelled).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn few_requests_left_slow_the_next_one_down() {
    let empty = reply(200, &[("x-ms-ratelimit-remaining-subscription-reads", "0")], &json!({}));
    let script = Script::of([Step::Answer(empty), good(), good()]);
    let client = script.client();
    client.send(request("GET"), &call(60)).await.unwrap();
    let started = Instant::now();
    client.send(request("PUT"), &call(60)).await.unwrap();
    assert_eq!(started.elapsed(), Duration::ZERO, "writes are counted apart");
    client.send(request("GET"), &call(60)).await.unwrap();
    assert_eq!(started.elapsed(), Duration::from_secs(1));
}
