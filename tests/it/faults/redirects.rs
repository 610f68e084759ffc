//! Answers that lead elsewhere: nobody follows, so no token and no secret gets there.

use super::{Act, Case, answered, header, on, run};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::json;
use std::io::ErrorKind;
use std::net::TcpListener;

/// What is said of any redirect.
const REDIRECTED: &str = "the answer is a redirect to 127.0.0.1, which is not followed";

#[test]
fn a_redirected_read_is_not_followed() -> Result<(), Failure> {
    check(|elsewhere| Case {
        act: Act::Refresh,
        fault: redirect(302, elsewhere, on("GET")),
        exit: 1,
        says: REDIRECTED,
        requests: &["POST token 200", "GET list 302"],
        stored: "P2",
        azure: "P2",
    })
}

#[test]
fn a_redirected_write_is_not_followed() -> Result<(), Failure> {
    check(|elsewhere| Case {
        act: Act::Create,
        fault: redirect(307, elsewhere, on("PUT")),
        exit: 1,
        says: REDIRECTED,
        requests: &["POST token 200", "GET list 200", "PUT VirtualMachines 307"],
        stored: "",
        azure: "",
    })
}

/// The request for a token carries the client's secret.
#[test]
fn a_redirected_sign_in_is_not_followed() -> Result<(), Failure> {
    check(|elsewhere| Case {
        act: Act::Refresh,
        fault: redirect(307, elsewhere, Fault { path: Some("/oauth2/".to_owned()), ..Fault::default() }),
        exit: 1,
        says: "307",
        requests: &["POST token 307"],
        stored: "P2",
        azure: "P2",
    })
}

#[test]
fn a_list_that_goes_on_elsewhere_is_not_followed() -> Result<(), Failure> {
    check(|elsewhere| Case {
        act: Act::Refresh,
        fault: answered("GET", 200, json!({ "value": [], "nextLink": format!("{elsewhere}/page2") })),
        exit: 1,
        says: "a link leads to 127.0.0.1, which gets no token",
        requests: &["POST token 200", "GET list 200"],
        stored: "P2",
        azure: "P2",
    })
}

fn redirect(status: u16, elsewhere: &str, fault: Fault) -> Fault {
    Fault {
        status: Some(status),
        headers: header("Location", &format!("{elsewhere}/subscriptions")),
        ..fault
    }
}

/// Runs a case that leads to a listener of the test's own, which no connection must reach.
fn check(case: impl FnOnce(&str) -> Case) -> Result<(), Failure> {
    let elsewhere = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::of("listen"))?;
    elsewhere.set_nonblocking(true).map_err(Failure::of("listen without waiting"))?;
    let address = elsewhere.local_addr().map_err(Failure::of("find the port"))?;
    run(&case(&format!("http://{address}")))?;
    assert_eq!(elsewhere.accept().map_err(|error| error.kind()).err(), Some(ErrorKind::WouldBlock));
    Ok(())
}
