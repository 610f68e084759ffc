//! `arm-emulator`: starts an emulator and keeps it running until SIGINT or SIGTERM. One JSON line on standard output
//! says how to reach it.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use arm_emulator::{Cloud, Emulator, Options};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: arm-emulator [--listen ADDRESS:PORT] [--http] [--seed FILE] \
[--cloud public|usgovernment] [--latency-ms N] [--replication-delay SECONDS] [--consistency-delay SECONDS] \
[--remediation-step SECONDS] [--operation-time SECONDS] [--operation-retry-after SECONDS] [--data-dir DIRECTORY]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = writeln!(std::io::stderr(), "arm-emulator: {error}");
            drop(line);
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn run() -> Result<(), Failure> {
    let words: Result<Vec<String>, _> = std::env::args_os().skip(1).map(OsString::into_string).collect();
    let words = words.map_err(|word| format!("{} is not UTF-8", word.display()))?;
    if words.iter().any(|word| word == "--help") {
        return Ok(writeln!(std::io::stdout(), "{USAGE}")?);
    }
    let options = parse(words)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the ready line: whoever reads it may send a signal at once.
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let emulator = Emulator::start(options)?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", serde_json::to_string(emulator.ready())?)?;
        out.flush()?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

/// Reads `--name value` and `--name=value`.
fn parse(words: Vec<String>) -> Result<Options, Failure> {
    let mut words = words.into_iter().flat_map(|word| match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") => vec![name.to_owned(), value.to_owned()],
        _ => vec![word],
    });
    let mut options = Options::default();
    while let Some(name) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{name} needs a value\n{USAGE}"));
        match name.as_str() {
            "--http" => options.http = true,
            "--listen" => {
                let address = value()?;
                options.listen =
                    Some(address.parse().map_err(|error| format!("--listen {address}: {error}"))?);
            }
            "--seed" => {
                let path = value()?;
                options.seed = Some(read_seed(&path).map_err(|error| format!("--seed {path}: {error}"))?);
            }
            "--cloud" => {
                options.cloud = match value()?.as_str() {
                    "public" => Cloud::Public,
                    "usgovernment" => Cloud::UsGovernment,
                    other => return Err(format!("--cloud {other}: public or usgovernment").into()),
                };
            }
            "--latency-ms" => options.latency = Duration::from_millis(number(&name, &value()?)?),
            "--replication-delay" => {
                options.replication_delay = Duration::from_secs(number(&name, &value()?)?);
            }
            "--consistency-delay" => {
                options.consistency_delay = Duration::from_secs(number(&name, &value()?)?);
            }
            "--remediation-step" => {
                options.remediation_step = Duration::from_secs(number(&name, &value()?)?);
            }
            "--operation-time" => options.operation_time = Duration::from_secs(number(&name, &value()?)?),
            "--operation-retry-after" => options.operation_retry_after = number(&name, &value()?)?,
            "--data-dir" => options.data_dir = Some(PathBuf::from(value()?)),
            _ => return Err(format!("unknown option {name}\n{USAGE}").into()),
        }
    }
    Ok(options)
}

fn number(name: &str, value: &str) -> Result<u64, String> {
    value.parse().map_err(|error| format!("{name} {value}: {error}"))
}

/// Some of Microsoft's published examples start with a byte order mark.
fn read_seed(path: &str) -> Result<Value, Failure> {
    let bytes = fs::read(path)?;
    Ok(serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let words = line.split_whitespace().map(str::to_owned).collect();
        let read = match parse(words) {
            Ok(options) => format!("{options:?}"),
            Err(error) => error.to_string(),
        };
        assert!(read.contains(expected), "{line}: {read}");
    }

    #[test]
    fn options_are_read_or_refused() {
        check("", "listen: None, http: false, seed: None, cloud: Public, latency: 0ns");
        check("--http --cloud=usgovernment", "http: true, seed: None, cloud: UsGovernment");
        check("--listen 127.0.0.1:8443 --latency-ms 20", "listen: Some(127.0.0.1:8443)");
        check("--latency-ms 20", "latency: 20ms");
        check("--data-dir /d", "data_dir: Some(\"/d\")");
        check(
            "--replication-delay 30 --consistency-delay=5 --remediation-step 60",
            "replication_delay: 30s, consistency_delay: 5s, remediation_step: 60s",
        );
        check(
            "--operation-time 60 --operation-retry-after=5",
            "operation_time: 60s, operation_retry_after: 5",
        );
        check("--replication-delay soon", "--replication-delay soon: invalid digit");
        check("--listen localhost", "--listen localhost: invalid socket address");
        check("--cloud china", "public or usgovernment");
        check("--latency-ms", "--latency-ms needs a value\nusage:");
        check("--seed /nowhere.json", "--seed /nowhere.json: No such file");
        check("--sede x", "unknown option --sede");
    }
}
