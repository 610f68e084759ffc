//! Tokens from the Azure CLI, for people at their own machine.
//! <https://learn.microsoft.com/cli/azure/account#az-account-get-access-token>
use std::process::{Output, Stdio};
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

use crate::arm::error::{Error, ErrorKind};
use crate::arm::request::Call;
use crate::arm::wait::Stop;
use crate::arm::{Host, Secret};

use super::tokens::{LIFE_MAX, Token};

/// The CLI before 2.54 tells no zone with its `expiresOn`; its tokens live an hour, of which little is sure to be left.
const LIFE_UNKNOWN: Duration = Duration::from_secs(300);

/// The arguments of `az`. A tenant and a subscription exclude each other.
pub(super) fn command(audience: &str, tenant: Option<&str>, subscription: Option<&str>) -> Vec<String> {
    let mut arguments = vec!["account", "get-access-token", "--output", "json", "--scope"];
    let scope = format!("{audience}/.default");
    arguments.push(&scope);
    match (tenant, subscription) {
        (Some(tenant), _) => arguments.extend(["--tenant", tenant]),
        (None, Some(subscription)) => arguments.extend(["--subscription", subscription]),
        (None, None) => {}
    }
    arguments.into_iter().map(str::to_owned).collect()
}

/// Runs `az` and reads the token that it prints.
pub(super) async fn token(arguments: &[String], host: &Host, call: &Call) -> Result<Token, Error> {
    let program = if cfg!(windows) { "az.cmd" } else { "az" };
    let mut az = Command::new(program);
    az.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    if let Some(path) = &host.search_path {
        az.env("PATH", path);
    }
    let output = tokio::select! {
        () = call.cancel.cancelled() => return Err(Stop::Cancelled.error()),
        () = tokio::time::sleep_until(call.deadline) => return Err(Stop::Deadline.error()),
        output = az.output() => output,
    };
    match output {
        Ok(output) => read(&output, (host.clock)().unix_timestamp()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(refused(
            "The Azure CLI (az) is not on the PATH: install it, or configure another way to sign in",
        )),
        Err(error) => Err(refused(format!("The Azure CLI (az) cannot be run: {error}"))),
    }
}

fn read(output: &Output, now: i64) -> Result<Token, Error> {
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let complaint = complaint.trim().trim_start_matches("ERROR:").trim();
        let complaint = if complaint.is_empty() { "no message" } else { complaint };
        return Err(refused(format!("The Azure CLI gave no token ({}): {complaint}", output.status)));
    }
    // The text is not quoted in the error, because it is likely to contain a token.
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .map_err(|error| refused(format!("The Azure CLI printed something other than a token: {error}")))?;
    let life = answer.expires_on.map_or(LIFE_UNKNOWN, |at| {
        Duration::from_secs(u64::try_from(at.saturating_sub(now)).unwrap_or(0)).min(LIFE_MAX)
    });
    Ok(Token { secret: Secret::from(answer.access_token), life })
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, message)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "accessToken")]
    access_token: String,
    /// Seconds since 1970.
    expires_on: Option<i64>,
}
