//! What Azure was asked, in the order of its answers and in few words.

use arm_emulator::{Emulator, LoggedRequest};

/// Returns the requests since the last time, and forgets them: `PUT Containers 200` for a plan, `GET list 200` for
/// all of them, `POST token 200`, `GET metadata 200`. The status is 0 where the connection was closed instead.
pub(crate) fn in_order(azure: &Emulator) -> Vec<String> {
    let lines = azure.requests().iter().map(in_short).collect();
    azure.clear_requests();
    lines
}

fn in_short(request: &LoggedRequest) -> String {
    let LoggedRequest { method, path, status, .. } = request;
    let path = path.split('?').next().unwrap_or_default();
    let object = match path.rsplit('/').next().unwrap_or_default() {
        "pricings" => "list",
        _ if path.starts_with("/metadata/endpoints") => "metadata",
        name => name,
    };
    format!("{method} {object} {status}")
}
