//! Disturbed reads: nothing is ever changed by them, and state stays as it was where they fail.

use super::{Act, Case, answered, check, header, on, prepared, refused, stored};
use crate::requests::in_order;
use crate::shared::process::Failure;
use arm_emulator::{Disconnect, Fault};
use std::time::Duration;

/// A refresh that ends well in spite of the fault.
#[track_caller]
fn passes(fault: Fault, requests: &'static [&'static str]) {
    let says = "No changes.";
    check(&Case { act: Act::Refresh, fault, exit: 0, says, requests, stored: "P2", azure: "P2" });
}

/// A refresh that fails.
#[track_caller]
fn fails(fault: Fault, says: &'static str, requests: &'static [&'static str]) {
    check(&Case { act: Act::Refresh, fault, exit: 1, says, requests, stored: "P2", azure: "P2" });
}

#[test]
fn a_token_that_is_refused_is_replaced_once() {
    let fault = || refused("GET", 401, "InvalidAuthenticationToken", "The token was revoked.");
    passes(fault(), &["POST token 200", "GET list 401", "POST token 200", "GET list 200"]);
    fails(
        Fault { times: 0, ..fault() },
        "InvalidAuthenticationToken: The token was revoked.",
        &["POST token 200", "GET list 401", "POST token 200", "GET list 401"],
    );
}

#[test]
fn a_refusal_is_final() {
    fails(
        refused("GET", 403, "AuthorizationFailed", "You may not read."),
        "Listing the Defender plans (/subscriptions/00000000-0000-0000-0000-000000000001/providers/\
         Microsoft.Security/pricings): AuthorizationFailed: You may not read. (HTTP 403",
        &["POST token 200", "GET list 403"],
    );
    fails(
        refused("GET", 404, "SubscriptionNotFound", "No such subscription."),
        "SubscriptionNotFound: No such subscription.",
        &["POST token 200", "GET list 404"],
    );
    fails(
        refused("GET", 409, "ScopeLocked", "The scope is locked."),
        "ScopeLocked: The scope is locked.",
        &["POST token 200", "GET list 409"],
    );
    fails(
        Fault { content_type: Some("text/html".to_owned()), ..on("GET") },
        "the answer's content type is text/html, not JSON",
        &["POST token 200", "GET list 200"],
    );
}

#[test]
fn what_passes_is_tried_again() {
    let busy = "Another update operation is in progress. Please retry in a few minutes";
    passes(refused("GET", 409, "Conflict", busy), &["POST token 200", "GET list 409", "GET list 200"]);
    passes(
        refused("GET", 500, "InternalServerError", "Oops."),
        &["POST token 200", "GET list 500", "GET list 200"],
    );
    passes(answered("GET", 503, ""), &["POST token 200", "GET list 503", "GET list 200"]);
}

#[test]
fn what_never_passes_is_given_up() {
    fails(
        Fault { times: 0, headers: header("Retry-After", "0"), ..answered("GET", 503, "") },
        "HTTP 503",
        &[
            "POST token 200",
            "GET list 503",
            "GET list 503",
            "GET list 503",
            "GET list 503",
            "GET list 503",
            "GET list 503",
            "GET list 503",
            "GET list 503",
        ],
    );
}

#[test]
fn throttling_is_obeyed_in_all_its_forms() {
    let throttled = || refused("GET", 429, "TooManyRequests", "Slow down.");
    let twice: &[&str] = &["POST token 200", "GET list 429", "GET list 200"];
    passes(throttled(), twice);
    passes(Fault { headers: header("Retry-After", "1"), ..throttled() }, twice);
    passes(answered("GET", 429, "Please retry after '2023-11-27T09:04:57.0000000Z' UTC."), twice);
}

#[test]
fn a_broken_connection_is_tried_again() {
    let dropped = |when| Fault { drop: Some(when), ..on("GET") };
    let twice: &[&str] = &["POST token 200", "GET list 0", "GET list 200"];
    passes(dropped(Disconnect::Before), twice);
    passes(dropped(Disconnect::After), twice);
    passes(Fault { truncate: Some(10), ..on("GET") }, &["POST token 200", "GET list 200", "GET list 200"]);
}

#[test]
fn an_answer_that_comes_too_late_ends_at_the_timeout() -> Result<(), Failure> {
    let scene = prepared(Act::Refresh, r#"read = "3s""#)?;
    scene.azure.add_fault(Fault { delay_ms: 600_000, ..on("GET") });
    let output = scene.workspace.plan()?.require(1)?.require_text("The time ran out")?;
    assert!(output.took >= Duration::from_secs(3), "it took only {:?}", output.took);
    assert_eq!(in_order(&scene.azure), ["POST token 200"]);
    assert_eq!(stored(&scene)?, "P2");
    Ok(())
}
