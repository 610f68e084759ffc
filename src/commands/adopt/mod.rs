//! `adopt`: what subscriptions have, as a configuration that changes nothing.

mod arguments;

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use tfplugin_protocol::{Attr, Diagnostics};

use crate::adopt::{Estate, File, written};
use crate::arm::Scope;
use crate::context::Context;
use crate::diagnostics::explain;
use arguments::{Asked, Order, read};

use super::{Surroundings, stdout};

const HELP: &str = "\
Reads which Defender plans are on and writes the configuration that has them, with imports: the first plan imports
everything and changes nothing. Signs in by the environment (ARM_CLIENT_ID, …, or the Azure CLI), as the provider does.
Only reads.

Usage: terraform-provider-defender adopt [options]

  --scope SCOPE     a subscription (its id or GUID), or a management group (its id), which stands for all subscriptions
                    below it; can be given several times; default: ARM_SUBSCRIPTION_ID
  --format FORMAT   hcl: with import blocks, for Terraform 1.5 or OpenTofu 1.6 and later
                    import: with `terraform import` commands, for any version; default: hcl
  --include-free    also write plans that are off, with tier = \"Free\"
  --out DIR         write files into this directory instead of standard output, over none that is there:
                    defender_provider.tf, defender_adopted.tf, and defender_imports.tf or, with --format import,
                    defender_import.sh. On standard output the commands of --format import are comments at the end.
  --help            print this text

Written are plans of subscriptions, with the extensions that are on. Settings of single machines are not.

Exit codes: 0 everything was read and written; 1 nothing was written; 2 the arguments are wrong; 3 something could not
be read, which standard error and a comment name, and the rest was written.
";

const FAILURE: u8 = 1;
const USAGE: u8 = 2;
const PARTLY: u8 = 3;

/// Runs the command with the arguments behind its name.
pub(super) fn run<S: Surroundings>(arguments: Vec<OsString>) -> ExitCode {
    let code = match read(arguments) {
        Ok(Asked::Help) => print(HELP),
        Ok(Asked::Estate(order)) => adopt::<S>(&order),
        Err(problem) => Err((USAGE, problem)),
    };
    match code {
        Ok(code) => code,
        Err((code, problem)) => {
            tell(&problem);
            ExitCode::from(code)
        }
    }
}

/// What the process ends with, or with what and why.
type Ended = Result<ExitCode, (u8, String)>;

fn adopt<S: Surroundings>(order: &Order) -> Ended {
    let failed = |problems: Diagnostics| (FAILURE, problems.to_string().trim_end().to_owned());
    if let Some(directory) = &order.out {
        // Before Azure is asked for anything.
        check(directory, order)?;
    }
    let context = S::context().map_err(failed)?;
    let scopes = scopes(&context, order)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| (FAILURE, format!("cannot start: {error}")))?;
    let estate =
        runtime.block_on(crate::adopt::read(&context, &scopes, order.include_free)).map_err(failed)?;
    for failure in &estate.failures {
        let said = explain(&failure.error);
        tell(&format!("{}: {}", failure.scope, said.summary));
        tell(&said.detail);
    }
    if estate.holdings.is_empty() && !estate.failures.is_empty() {
        return Err((FAILURE, "nothing could be read, so nothing is written".to_owned()));
    }
    let files = written(&estate, order.format, S::ADDRESS);
    let ended = match &order.out {
        Some(directory) => save(directory, &files)?,
        None => print(&joined(&files))?,
    };
    tell(&summary(&estate));
    Ok(if estate.failures.is_empty() { ended } else { ExitCode::from(PARTLY) })
}

fn scopes(context: &Context, order: &Order) -> Result<Vec<Scope>, (u8, String)> {
    match &context.default_scope {
        _ if !order.scopes.is_empty() => Ok(order.scopes.clone()),
        Attr::Known(scope) => Ok(vec![scope.clone()]),
        Attr::Null | Attr::Unknown => {
            Err((USAGE, "say which subscription: --scope, or ARM_SUBSCRIPTION_ID; try --help".to_owned()))
        }
    }
}

fn summary(estate: &Estate) -> String {
    let Estate { holdings, failures } = estate;
    let (plans, read, missing) = (estate.plans(), holdings.len(), failures.len());
    let missing = if missing == 0 { String::new() } else { format!("; {missing} scopes could not be read") };
    format!("{plans} plans of {read} subscriptions{missing}")
}

fn joined(files: &[File]) -> String {
    let texts = files.iter().map(|file| file.inline.as_ref().unwrap_or(&file.content).as_str());
    texts.collect::<Vec<_>>().join("\n")
}

/// Nobody's files are written over.
fn check(directory: &Path, order: &Order) -> Result<(), (u8, String)> {
    let names = written(&Estate::default(), order.format, "").into_iter().map(|file| file.name);
    let there = names.map(|name| directory.join(name)).find(|path| path.exists());
    there.map_or(Ok(()), |path| {
        Err((FAILURE, format!("{} is there already; move it away, or name another --out", path.display())))
    })
}

fn save(directory: &Path, files: &[File]) -> Ended {
    let wrong =
        |path: &Path, error: io::Error| (FAILURE, format!("cannot write {}: {error}", path.display()));
    fs::create_dir_all(directory).map_err(|error| wrong(directory, error))?;
    for file in files {
        let path = directory.join(file.name);
        let opened = OpenOptions::new().write(true).create_new(true).open(&path);
        let saved = opened.and_then(|mut opened| opened.write_all(file.content.as_bytes()));
        saved.map_err(|error| wrong(&path, error))?;
        tell(&format!("wrote {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: &str) -> Ended {
    stdout::print(&mut io::stdout(), text).map_err(|problem| (FAILURE, problem))?;
    Ok(ExitCode::SUCCESS)
}

/// Nothing is left to be done if standard error is closed.
fn tell(text: &str) {
    writeln!(io::stderr(), "adopt: {text}").ok();
}
