//! `drift`: what a plan file says has drifted, as a report.

mod arguments;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use time::OffsetDateTime;

use crate::catalog::Catalog;
use crate::context::day_of;
use crate::drift::{Baseline, Outcome, Report};
use arguments::{Asked, Order, read};

use super::stdout;

const HELP: &str = "\
Reads a Terraform plan and reports what has drifted in Microsoft Defender for Cloud: what is expected and what was found, by
subscription and plan, how bad it is, and why it may be so. Asks nothing of Azure, and changes nothing.

  terraform plan -out=tfplan && terraform show -json tfplan > plan.json
  terraform-provider-defender drift plan.json

Usage: terraform-provider-defender drift PLAN.json|- [options]

  PLAN.json          what `terraform show -json` prints of a saved plan, or what `terraform plan -json` prints; - is standard
                     input. The second one says which resources have drifted, and not in what. OpenTofu's are the same.
  --format FORMAT    FORMATS; default: text
  --baseline FILE    findings that are known and accepted, in TOML or JSON, see below
  --fail-on WHAT     from which severity on the exit code is 2: protection_off, capability_lost, configuration, cosmetic, or
                     never; default: cosmetic, so every finding counts
  --out FILE         write the report into this file, over one that is there, and one line to standard error
  --help             print this text

Severities say what is lost. protection_off: a plan is off. capability_lost: an extension, a sub-plan with extensions, a policy
or a role is missing. configuration: something is set otherwise, also where more is on than there should be. cosmetic: nothing
in Azure behaves differently.

A cause is told where the plan or the catalogue has it: inherited, Azure's default, the Defender portal, a policy assignment; a
data \"defender_coverage\" in the configuration makes it known for the plans of subscriptions. Nothing is guessed.

In a normal plan the expectation is the configuration. What is planned although Azure has not changed is `not applied`. In a
refresh-only plan the expectation is the last state. Values that Azure only tells and nobody decides on are never findings.

A finding's id is made of the object's id in Azure and the attribute: it stays the same as long as they do. A baseline accepts
findings by id, by path (address and attribute, * and ? stand for anything), or both, up to and including a day:

  [[accept]]
  id      = \"3f0c5a2b9d1e\"
  path    = \"module.sandbox.*.extensions.*\"
  expires = \"2027-03-31\"
  reason  = \"the scanner's licence ends in March\"

Entries that have expired, or accept nothing, are told. Sensitive values are never printed.

Exit codes: 0 nothing has drifted; 2 something has; 1 there is no answer: the arguments, the plan file or the baseline are wrong,
or Terraform failed while it made the plan.
";

/// Exit code for drift, as of `terraform plan -detailed-exitcode`.
const DRIFT: u8 = 2;

/// Runs the command with the arguments behind its name.
pub(super) fn run(arguments: Vec<OsString>) -> ExitCode {
    let ended = match read(arguments) {
        Ok(Asked::Help) => print(&help()).map(|()| ExitCode::SUCCESS),
        Ok(Asked::Report(order)) => drift(&order),
        Err(problem) => Err(problem),
    };
    ended.unwrap_or_else(|problem| {
        tell(&problem);
        ExitCode::FAILURE
    })
}

fn help() -> String {
    let formats = crate::drift::Format::ALL.map(crate::drift::Format::as_str);
    HELP.replace("FORMATS", &formats.join(", "))
}

fn drift(order: &Order) -> Result<ExitCode, String> {
    let today = day_of(OffsetDateTime::now_utc()).unwrap_or(Catalog::get().as_of);
    let baseline = order.baseline.as_deref().map(accepted).transpose()?.unwrap_or_default();
    let plan = match &order.plan {
        Some(path) => opened(path)
            .and_then(crate::drift::read)
            .map_err(|problem| format!("{}: {problem}", path.display())),
        None => {
            crate::drift::read(io::stdin().lock()).map_err(|problem| format!("standard input: {problem}"))
        }
    };
    let report = Report::new(plan?, &baseline, today, order.fail_on);
    let text = order.format.write(&report)?;
    match &order.out {
        Some(path) => {
            fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            tell(&format!("{}; wrote {}", report.headline(), path.display()));
        }
        None => print(&text)?,
    }
    match report.outcome() {
        Outcome::Clean => Ok(ExitCode::SUCCESS),
        Outcome::Drift => Ok(ExitCode::from(DRIFT)),
        Outcome::Failed => {
            Err(format!("Terraform failed while it made the plan: {}", report.errors.join("; ")))
        }
    }
}

fn opened(path: &Path) -> Result<impl Read, String> {
    let file = File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let directory = file.metadata().is_ok_and(|metadata| metadata.is_dir());
    if directory { Err("it is a directory; give the plan's JSON".to_owned()) } else { Ok(file) }
}

/// The longest baseline that is read, in bytes.
const BASELINE: u64 = 4 << 20;

fn accepted(path: &Path) -> Result<Baseline, String> {
    let wrong = |problem: String| format!("the baseline {}: {problem}", path.display());
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(BASELINE + 1).read_to_string(&mut text));
    let length = read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
    if length as u64 > BASELINE {
        return Err(wrong(format!("it is longer than {} MiB", BASELINE >> 20)));
    }
    Baseline::parse(&text).map_err(wrong)
}

fn print(text: &str) -> Result<(), String> {
    stdout::print(&mut io::stdout(), text)
}

/// Nothing is left to be done if standard error is closed.
fn tell(text: &str) {
    writeln!(io::stderr(), "drift: {text}").ok();
}
