//! `arm-emulator`: starts an emulator and keeps it running until SIGINT or SIGTERM. One JSON line on standard output
//! says how to reach it.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use arm_emulator::{Cloud, Emulator, Options};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: arm-emulator [--listen ADDRESS:PORT] [--http] [--seed FILE] \
[--cloud public|usgovernment] [--latency-ms N] [--data-dir DIRECTORY]";

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
    let options = parse(std::env::args_os().skip(1))?;
    let emulator = Emulator::start(options)?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::to_string(emulator.ready())?)?;
    out.flush()?;
    wait_for_signal()?;
    Ok(())
}

fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Options, Failure> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let word = word.to_string_lossy().into_owned();
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(OsString::from(value))),
            None => (word, None),
        };
        if name == "--http" {
            options.http = true;
            continue;
        }
        let value =
            inline.or_else(|| words.next()).ok_or_else(|| format!("{name} needs a value\n{USAGE}"))?;
        let text = value.to_string_lossy();
        match name.as_str() {
            "--listen" => {
                options.listen = Some(text.parse().map_err(|error| format!("--listen {text}: {error}"))?)
            }
            "--seed" => {
                let seed = fs::read(&value).map_err(|error| format!("--seed {text}: {error}"))?;
                let seed = seed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&seed);
                options.seed =
                    Some(serde_json::from_slice(seed).map_err(|error| format!("--seed {text}: {error}"))?);
            }
            "--cloud" => {
                options.cloud = match text.as_ref() {
                    "public" => Cloud::Public,
                    "usgovernment" => Cloud::UsGovernment,
                    _ => return Err(format!("--cloud {text}: public or usgovernment").into()),
                };
            }
            "--latency-ms" => {
                let milliseconds = text.parse().map_err(|error| format!("--latency-ms {text}: {error}"))?;
                options.latency = Duration::from_millis(milliseconds);
            }
            "--data-dir" => options.data_dir = Some(PathBuf::from(&value)),
            _ => return Err(format!("unknown option {name}\n{USAGE}").into()),
        }
    }
    Ok(options)
}

fn wait_for_signal() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}
