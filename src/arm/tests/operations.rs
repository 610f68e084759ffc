//! Long-running operations: where they are watched, how they end.
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::arm::testing::{SUBSCRIPTION, Script, Step, answer, call, reply};
use crate::arm::{ErrorKind, Request};

const OPERATION: (&str, &str) =
    ("azure-asyncoperation", "https://arm.test/operations/1?api-version=1&s=signature");
const LOCATION: (&str, &str) = ("location", "https://arm.test/results/1?api-version=1");

fn extension() -> String {
    format!("{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm/extensions/MDE")
}

fn started(status: u16, headers: &[(&str, &str)], body: &Value) -> Step {
    Step::Answer(reply(status, headers, body))
}

fn state(state: &str) -> Step {
    answer(200, &json!({"properties": {"provisioningState": state}}))
}

fn status(status: &str) -> Step {
    answer(200, &json!({"status": status}))
}

/// Runs a request against `steps`; the token takes a second, which is not counted.
async fn check(
    method: &str,
    steps: Vec<Step>,
    expected: Result<Value, ErrorKind>,
    paths: &[&str],
    seconds: u64,
) {
    let script = Script::of(steps);
    let request = match method {
        "PUT" => Request::put(extension(), "2024-07-01", json!({})),
        "DELETE" => Request::delete(extension(), "2024-07-01"),
        _ => Request::post(extension(), "2024-07-01", json!({})),
    };
    let begin = Instant::now() + Duration::from_secs(1);
    let found = script.client().send_and_wait(request, &call(100)).await;
    let found = found.map(|response| response.body).map_err(|error| error.kind().clone());
    let extension = extension();
    let sent: Vec<String> =
        script.sent().iter().map(|wire| wire.url.path().replace(&extension, "resource")).collect();
    assert_eq!(
        (found, sent, begin.elapsed().as_secs()),
        (expected, paths.iter().map(|&path| path.to_owned()).collect(), seconds)
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_to_wait_for() {
    check("PUT", vec![answer(200, &json!({"a": 1}))], Ok(json!({"a": 1})), &["resource"], 0).await;
    check(
        "PUT",
        vec![state("Succeeded")],
        Ok(json!({"properties": {"provisioningState": "Succeeded"}})),
        &["resource"],
        0,
    )
    .await;
    check("DELETE", vec![answer(200, &json!({}))], Ok(json!({})), &["resource"], 0).await;
}

#[tokio::test(start_paused = true)]
async fn every_way_to_watch() {
    let done = json!({"properties": {"provisioningState": "Succeeded"}});
    let steps = vec![
        started(201, &[OPERATION, LOCATION, ("retry-after", "3")], &json!({})),
        status("InProgress"),
        status("Succeeded"),
        answer(200, &done),
    ];
    check("PUT", steps, Ok(done.clone()), &["resource", "/operations/1", "/operations/1", "resource"], 13)
        .await;

    let steps =
        vec![started(202, &[LOCATION], &json!({})), answer(202, &json!({})), answer(200, &json!({"b": 2}))];
    check("POST", steps, Ok(json!({"b": 2})), &["resource", "/results/1", "/results/1"], 20).await;

    let steps = vec![state("Creating"), state("Updating"), state("Succeeded")];
    check("PUT", steps, Ok(done.clone()), &["resource", "resource", "resource"], 20).await;

    // An address on another host never gets the token.
    let elsewhere = ("location", "https://eastus.rp.test/x");
    let steps = vec![started(202, &[elsewhere], &json!({})), state("Succeeded")];
    check("PUT", steps, Ok(done), &["resource", "resource"], 10).await;
    check("DELETE", vec![started(202, &[elsewhere], &json!({}))], Err(ErrorKind::Protocol), &["resource"], 0)
        .await;
}

#[tokio::test(start_paused = true)]
async fn operations_that_fail_or_take_too_long() {
    let begin = || started(202, &[OPERATION], &json!({}));
    let failed =
        json!({"status": "Failed", "error": {"code": "VMExtensionProvisioningError", "message": "no agent"}});
    let expected = Err(ErrorKind::OperationFailed);
    check("PUT", vec![begin(), answer(200, &failed)], expected.clone(), &["resource", "/operations/1"], 10)
        .await;
    check("PUT", vec![begin(), status("Canceled")], expected.clone(), &["resource", "/operations/1"], 10)
        .await;
    check("PUT", vec![state("Creating"), state("Failed")], expected, &["resource", "resource"], 10).await;
    let mut steps = vec![begin()];
    steps.extend(vec![status("InProgress"); 9]);
    let paths = [&["resource"][..], &["/operations/1"; 9]].concat();
    check("DELETE", steps, Err(ErrorKind::Timeout), &paths, 90).await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_azure_s_words() {
    let failed =
        json!({"status": "Failed", "error": {"code": "VMExtensionProvisioningError", "message": "no agent"}});
    let script = Script::of([started(202, &[OPERATION], &json!({})), answer(200, &failed)]);
    let request = Request::delete(extension(), "2024-07-01").act("removing the extension");
    let error = script.client().send_and_wait(request, &call(100)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "removing the extension ({}): VMExtensionProvisioningError: no agent (HTTP 200)",
            extension()
        )
    );
}
