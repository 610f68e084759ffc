//! The service of a CI system that hands out OIDC tokens.

use crate::shared::process::Failure;
use crate::sign_in::ASSERTION;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Starts one that lives as long as the process, and returns its address. It answers as GitHub does, and as Azure Pipelines
/// does, to whoever shows a token of the job.
pub(super) fn start() -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::of("start a service for tokens"))?;
    let address = listener.local_addr().map_err(Failure::of("start a service for tokens"))?;
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that goes away is its own affair.
            answer(connection).unwrap_or_default();
        }
    });
    Ok(format!("http://{address}/token?run=1"))
}

fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let mut allowed = false;
    while let Some(line) = lines.next().transpose()?.filter(|line| !line.is_empty()) {
        allowed |= line.eq_ignore_ascii_case("authorization: bearer of-the-job");
    }
    let token = format!(r#"{{"value":"{ASSERTION}","oidcToken":"{ASSERTION}"}}"#);
    let (status, body) = if allowed { ("200 OK", token) } else { ("401 Unauthorized", String::new()) };
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}
