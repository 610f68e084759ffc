//! Disturbed writes.

use super::{Act, Case, answered, check, header, on, prepared, refused, stored};
use crate::requests::in_order;
use crate::shared::process::Failure;
use arm_emulator::{Disconnect, Fault};
use std::time::Duration;

/// What creating takes up to the write.
macro_rules! create {
    ($($request:literal),*) => { &["POST token 200", "GET list 200", $($request),*] };
}

/// What changing takes up to the write: Terraform refreshes in one process and writes in another.
macro_rules! change {
    ($($request:literal),*) => { &["POST token 200", "GET list 200", "POST token 200", $($request),*] };
}

/// A creation that ends well in spite of the fault.
#[track_caller]
fn passes(fault: Fault, requests: &'static [&'static str]) {
    check(&Case { act: Act::Create, fault, exit: 0, says: "1 added", requests, stored: "P2", azure: "P2" });
}

/// A creation that fails and has changed nothing.
#[track_caller]
fn fails(fault: Fault, says: &'static str, requests: &'static [&'static str]) {
    check(&Case { act: Act::Create, fault, exit: 1, says, requests, stored: "", azure: "" });
}

#[test]
fn a_token_that_is_refused_is_replaced_once() {
    let fault = || refused("PUT", 401, "InvalidAuthenticationToken", "The token was revoked.");
    passes(fault(), create!["PUT VirtualMachines 401", "POST token 200", "PUT VirtualMachines 200"]);
    fails(
        Fault { times: 0, ..fault() },
        "Setting the Defender plan VirtualMachines",
        create!["PUT VirtualMachines 401", "POST token 200", "PUT VirtualMachines 401"],
    );
}

#[test]
fn a_refusal_is_final() {
    let once: &[&str] = create!["PUT VirtualMachines 403"];
    fails(
        refused("PUT", 403, "AuthorizationFailed", "You may not write."),
        "Setting the Defender plan VirtualMachines (/subscriptions/00000000-0000-0000-0000-000000000001/providers/\
         Microsoft.Security/pricings/VirtualMachines): AuthorizationFailed: You may not write. (HTTP 403",
        once,
    );
    fails(
        refused("PUT", 404, "SubscriptionNotFound", "No such subscription."),
        "SubscriptionNotFound: No such subscription.",
        create!["PUT VirtualMachines 404"],
    );
    fails(
        refused("PUT", 409, "ScopeLocked", "The scope is locked."),
        "ScopeLocked: The scope is locked.",
        create!["PUT VirtualMachines 409"],
    );
    fails(
        refused("PUT", 500, "", "AdditionalProperties can't be updated while the extension is disabled"),
        "can't be updated while the extension is disabled",
        create!["PUT VirtualMachines 500"],
    );
}

#[test]
fn what_passes_is_tried_again() {
    let busy = "Another update operation is in progress. Please retry in a few minutes";
    passes(
        refused("PUT", 409, "Conflict", busy),
        create!["PUT VirtualMachines 409", "PUT VirtualMachines 200"],
    );
    passes(
        refused("PUT", 500, "InternalServerError", "Oops."),
        create!["PUT VirtualMachines 500", "PUT VirtualMachines 200"],
    );
    passes(answered("PUT", 503, ""), create!["PUT VirtualMachines 503", "PUT VirtualMachines 200"]);
}

#[test]
fn throttling_is_obeyed_in_all_its_forms() {
    let twice: &[&str] = create!["PUT VirtualMachines 429", "PUT VirtualMachines 200"];
    let throttled = || refused("PUT", 429, "TooManyRequests", "Slow down.");
    passes(throttled(), twice);
    passes(Fault { headers: header("x-ms-retry-after-ms", "20"), ..throttled() }, twice);
    passes(answered("PUT", 429, "Please retry after '2023-11-27T09:04:57.0000000Z' UTC."), twice);
}

#[test]
fn retry_after_is_waited_for() -> Result<(), Failure> {
    let scene = prepared(Act::Create, "")?;
    let throttled = refused("PUT", 429, "TooManyRequests", "Slow down.");
    scene.azure.add_fault(Fault { headers: header("Retry-After", "2"), ..throttled });
    let output = scene.workspace.apply()?.require(0)?;
    assert!(output.took >= Duration::from_secs(2), "it took only {:?}", output.took);
    Ok(())
}

/// A write may be sent twice, because it says all that the plan shall be.
#[test]
fn a_broken_connection_is_tried_again_whether_or_not_the_write_landed() {
    let dropped = |when| Fault { drop: Some(when), ..on("PUT") };
    let twice: &[&str] = create!["PUT VirtualMachines 0", "PUT VirtualMachines 200"];
    passes(dropped(Disconnect::Before), twice);
    passes(dropped(Disconnect::After), twice);
    passes(
        Fault { truncate: Some(10), ..on("PUT") },
        create!["PUT VirtualMachines 200", "PUT VirtualMachines 200"],
    );
}

/// After the last try nobody knows whether one of them landed, or still will, so the provider looks and keeps what
/// it finds.
#[test]
fn what_never_passes_leaves_true_state() {
    let fault = || Fault { times: 0, headers: header("Retry-After", "0"), ..answered("PUT", 503, "") };
    let requests: &[&str] = create![
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "PUT VirtualMachines 503",
        "GET VirtualMachines 200"
    ];
    let case = |landed, stored, azure| Case {
        act: Act::Create,
        fault: Fault { apply: landed, ..fault() },
        exit: 1,
        says: "8 tries",
        requests,
        stored,
        azure,
    };
    check(&case(false, "off, tainted", ""));
    check(&case(true, "P2, tainted", "P2"));
}

/// Something that is not Azure has answered; the write has landed all the same.
#[test]
fn an_answer_that_is_no_json_leaves_true_state() {
    let fault = || Fault { content_type: Some("text/html".to_owned()), ..on("PUT") };
    check(&Case {
        act: Act::Create,
        fault: fault(),
        exit: 1,
        says: "the answer's content type is text/html, not JSON",
        requests: create!["PUT VirtualMachines 200", "GET VirtualMachines 200"],
        stored: "P2, tainted",
        azure: "P2",
    });
    check(&Case {
        act: Act::Update,
        fault: fault(),
        exit: 1,
        says: "the answer's content type is text/html, not JSON",
        requests: change!["PUT VirtualMachines 200", "GET VirtualMachines 200"],
        stored: "P1",
        azure: "P1",
    });
}

#[test]
fn a_change_that_fails_leaves_what_was_there() {
    check(&Case {
        act: Act::Update,
        fault: refused("PUT", 403, "AuthorizationFailed", "You may not write."),
        exit: 1,
        says: "AuthorizationFailed",
        requests: change!["PUT VirtualMachines 403"],
        stored: "P2",
        azure: "P2",
    });
    check(&Case {
        act: Act::Update,
        fault: Fault { drop: Some(Disconnect::After), ..on("PUT") },
        exit: 0,
        says: "1 changed",
        requests: change!["PUT VirtualMachines 0", "PUT VirtualMachines 200"],
        stored: "P1",
        azure: "P1",
    });
}

#[test]
fn a_destroy_that_fails_keeps_the_state() {
    check(&Case {
        act: Act::Destroy,
        fault: refused("PUT", 403, "AuthorizationFailed", "You may not write."),
        exit: 1,
        says: "AuthorizationFailed",
        requests: change!["PUT VirtualMachines 403"],
        stored: "P2",
        azure: "P2",
    });
    check(&Case {
        act: Act::Destroy,
        fault: Fault { drop: Some(Disconnect::After), ..on("PUT") },
        exit: 0,
        says: "1 destroyed",
        requests: change!["PUT VirtualMachines 0", "PUT VirtualMachines 200"],
        stored: "",
        azure: "",
    });
}

/// Nobody knows whether it landed, so the object stays in the state; the next refresh tells.
#[test]
fn a_destroy_whose_end_is_not_known_keeps_the_state() {
    let never = Fault { times: 0, headers: header("Retry-After", "0"), ..answered("PUT", 503, "") };
    check(&Case {
        act: Act::Destroy,
        fault: Fault { apply: true, ..never },
        exit: 1,
        says: "8 tries",
        requests: change![
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503",
            "PUT VirtualMachines 503"
        ],
        stored: "P2",
        azure: "",
    });
}

/// Waiting would be in vain, so nobody waits.
#[test]
fn a_wait_beyond_the_timeout_is_not_begun() -> Result<(), Failure> {
    let scene = prepared(Act::Create, r#"create = "10m""#)?;
    let throttled = refused("PUT", 429, "TooManyRequests", "Slow down.");
    scene.azure.add_fault(Fault { headers: header("Retry-After", "3600"), ..throttled });
    let output = scene.workspace.apply()?.require(1)?.require_text("Azure asks for fewer requests")?;
    assert!(output.took < Duration::from_secs(600), "it took {:?}", output.took);
    assert_eq!(in_order(&scene.azure), create!["PUT VirtualMachines 429"]);
    assert_eq!(stored(&scene)?, "");
    Ok(())
}

/// The answer is held back for longer than the resource has, and the write does not take effect meanwhile.
#[test]
fn an_answer_that_comes_too_late_ends_at_the_timeout() -> Result<(), Failure> {
    let scene = prepared(Act::Create, r#"create = "3s""#)?;
    scene.azure.add_fault(Fault { delay_ms: 600_000, ..on("PUT") });
    let output = scene.workspace.apply()?.require(1)?.require_text("The time ran out")?;
    assert!(output.took >= Duration::from_secs(3), "it took only {:?}", output.took);
    assert_eq!(in_order(&scene.azure), ["POST token 200", "GET list 200", "GET VirtualMachines 200"]);
    assert_eq!(stored(&scene)?, "off, tainted");
    scene.workspace.apply()?.require(0).map(drop)
}
