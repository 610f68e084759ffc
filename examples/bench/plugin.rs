//! A tiny go-plugin host: starts the provider as Terraform does, and reads its one line.
//!
//! <https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md>

use crate::shared::process::Failure;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Terraform's cookie: a provider that does not see it takes itself for started by hand.
/// <https://github.com/hashicorp/terraform/blob/v1.11.4/internal/plugin6/serve.go>
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// A running provider; killed on drop.
#[derive(Debug)]
pub(crate) struct Plugin {
    child: Child,
    /// The unix socket on which it listens.
    pub(crate) socket: PathBuf,
    /// From before the start until its line was read.
    pub(crate) handshake: Duration,
}

impl Plugin {
    /// Starts the provider; with a client certificate, as PEM, it must prepare TLS.
    pub(crate) fn start(provider: &Path, client_certificate: Option<&str>) -> Result<Self, Failure> {
        let mut command = Command::new(provider);
        command.env_clear().env(COOKIE.0, COOKIE.1).env("PLUGIN_PROTOCOL_VERSIONS", "5,6");
        command.envs(client_certificate.map(|pem| ("PLUGIN_CLIENT_CERT", pem)));
        let start = Instant::now();
        let (child, line) = first_line(command, |line| !line.is_empty())?;
        let handshake = start.elapsed();
        // 1|6|unix|/path/of/the/socket|grpc|certificate
        let socket = line.split('|').nth(3).map(PathBuf::from);
        let socket = socket.ok_or_else(|| Failure::new(format!("not a handshake: {line:?}")))?;
        Ok(Self { child, socket, handshake })
    }

    /// The peak of its resident memory so far, in MiB; `None` where the system does not tell.
    pub(crate) fn peak_memory(&self) -> Option<f64> {
        peak_memory(&self.child)
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// A provider in debug mode, which Terraform attaches to instead of starting its own; killed on drop.
#[derive(Debug)]
pub(crate) struct Attachable {
    child: Child,
    /// The value of `TF_REATTACH_PROVIDERS`.
    pub(crate) reattach: String,
}

impl Attachable {
    /// Starts the provider with these variables.
    pub(crate) fn start(provider: &Path, variables: &[(&str, String)]) -> Result<Self, Failure> {
        let mut command = Command::new(provider);
        command.arg("-debug").envs(variables.iter().map(|(name, value)| (name, value)));
        let (child, line) = first_line(command, |line| line.contains("TF_REATTACH_PROVIDERS="))?;
        let reattach = line.split('\'').nth(1).unwrap_or_default().to_owned();
        Ok(Self { child, reattach })
    }

    /// As [`Plugin::peak_memory`].
    pub(crate) fn peak_memory(&self) -> Option<f64> {
        peak_memory(&self.child)
    }
}

impl Drop for Attachable {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Starts a process and returns the first line of its output that is wanted.
fn first_line(mut command: Command, wanted: impl Fn(&str) -> bool) -> Result<(Child, String), Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Failure::of("start the provider"))?;
    let output = child.stdout.take().map(BufReader::new);
    let mut lines = output.into_iter().flat_map(BufRead::lines).map_while(Result::ok);
    if let Some(line) = lines.find(|line| wanted(line)) {
        return Ok((child, line));
    }
    end(&mut child);
    Err(Failure::new("the provider ended without the line that a host waits for"))
}

/// [`VmHWM`](https://docs.kernel.org/filesystems/proc.html) of Linux.
fn peak_memory(child: &Child) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}

fn end(child: &mut Child) {
    // It may have ended by itself; either way nothing is left to do.
    if child.kill().is_ok() {
        child.wait().map(drop).unwrap_or_default();
    }
}
