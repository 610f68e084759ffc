//! Measures what the provider costs, beside its budgets: start, memory, size, requests, and the time that
//! Terraform needs with it and without.
//!
//! `cargo run --release --example bench [-- --quick] [--json FILE]`

mod fleet;
mod plans;
mod plugin;
mod policies;
mod process_figures;
mod report;
mod rules;
#[expect(dead_code, reason = "the bench needs only a part of what the examples share")]
#[path = "../shared/mod.rs"]
mod shared;

use report::Report;
use shared::process::Failure;
use shared::provider_binary;
use shared::terraform::{Terraform, target_directory};
use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
Measures the provider: start, memory, size, requests, and wall time beside as many terraform_data.

usage: cargo run --release --example bench [-- --quick] [--json FILE]

  --quick      fewer repetitions, and 20 subscriptions instead of 200
  --json FILE  where the figures go as JSON (default: bench.json in the target directory)
  --help       print this

The figures are for comparison on one quiet machine: the emulator shares its processors with Terraform.
";

/// How much to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Starts of the provider whose median is taken.
    pub(crate) starts: usize,
    /// Runs of Terraform whose median is taken.
    pub(crate) runs: usize,
    /// Subscriptions of the fleet.
    pub(crate) subscriptions: usize,
}

const FULL: Size = Size { starts: 25, runs: 3, subscriptions: 200 };
const QUICK: Size = Size { starts: 5, runs: 1, subscriptions: 20 };

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match parse(&arguments).and_then(|(size, json)| size.map_or_else(usage, |size| measure(size, json))) {
        Ok(()) => ExitCode::SUCCESS,
        // The exit code says the same to whoever closed standard error.
        Err(failure) => writeln!(io::stderr(), "{failure}").map_or(ExitCode::FAILURE, |()| ExitCode::FAILURE),
    }
}

/// Returns no size where only the usage is asked for.
fn parse(arguments: &[String]) -> Result<(Option<Size>, Option<PathBuf>), Failure> {
    let (mut size, mut json) = (Some(FULL), None);
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--quick" => size = Some(QUICK),
            "--json" => json = Some(rest.next().ok_or_else(|| Failure::new(USAGE))?.into()),
            "--help" | "-h" => return Ok((None, None)),
            _ => return Err(Failure::new(USAGE)),
        }
    }
    Ok((size, json))
}

fn usage() -> Result<(), Failure> {
    write!(io::stdout(), "{USAGE}").map_err(Failure::of("print the usage"))
}

fn measure(size: Size, json: Option<PathBuf>) -> Result<(), Failure> {
    let terraform = Terraform::find()?;
    let provider = provider_binary::build(None)?;
    let json = json.map_or_else(|| target_directory().map(|target| target.join("bench.json")), Ok)?;
    let mut report = Report::new(&terraform)?;
    rules::measure(size, &mut report)?;
    process_figures::measure(&provider, size, &mut report)?;
    plans::measure(&terraform, &provider, size, &mut report)?;
    policies::measure(&terraform, &provider, &mut report)?;
    fleet::measure(&terraform, &provider, size, &mut report)?;
    report.print()?;
    report.write(&json)
}
