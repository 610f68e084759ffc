//! Answers that lead elsewhere: nobody follows, so no token gets there.

use super::{Act, Case, header, on, run};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use std::io::ErrorKind;
use std::net::TcpListener;

#[test]
fn a_redirected_read_is_not_followed() -> Result<(), Failure> {
    check(Act::Refresh, "GET", 302, &["POST token 200", "GET list 302"], "P2")
}

#[test]
fn a_redirected_write_is_not_followed() -> Result<(), Failure> {
    let requests = &["POST token 200", "GET list 200", "PUT VirtualMachines 307", "GET VirtualMachines 200"];
    check(Act::Create, "PUT", 307, requests, "")
}

/// Redirects a request to a listener of the test's own, which no connection must reach.
fn check(
    act: Act,
    method: &str,
    status: u16,
    requests: &'static [&'static str],
    afterwards: &'static str,
) -> Result<(), Failure> {
    let elsewhere = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::of("listen"))?;
    elsewhere.set_nonblocking(true).map_err(Failure::of("listen without waiting"))?;
    let address = elsewhere.local_addr().map_err(Failure::of("find the port"))?;
    let location = header("Location", &format!("http://{address}/subscriptions"));
    run(&Case {
        act,
        fault: Fault { status: Some(status), headers: location, ..on(method) },
        exit: 1,
        says: "the answer is a redirect to 127.0.0.1, which is not followed",
        requests,
        stored: afterwards,
        azure: afterwards,
    })?;
    assert_eq!(elsewhere.accept().map_err(|error| error.kind()).err(), Some(ErrorKind::WouldBlock));
    Ok(())
}
