//! `adopt`: what subscriptions have, as a configuration that changes nothing.

mod arguments;

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tfplugin_protocol::{Attr, Diagnostics};

use crate::adopt::{Estate, File, Wish, written};
use crate::arm::Scope;
use crate::context::Context;
use arguments::{Asked, Order, read};

use super::{Surroundings, stdout};

const HELP: &str = "\
Reads what Microsoft Defender for Cloud has on subscriptions and management groups, and writes the configuration that
has it, with imports: the first plan imports everything and changes nothing. Signs in by the environment (ARM_CLIENT_ID,
…, or the Azure CLI), as the provider does. Only reads.

Usage: terraform-provider-defender adopt [options]

  --scope SCOPE      a subscription (its id or GUID), or a management group (its id), which stands for itself and for
                     all groups and subscriptions below it; can be given several times; default: ARM_SUBSCRIPTION_ID
  --only KINDS       only these kinds, with commas between them: plans, settings, contacts, workspaces, assessments,
                     storage, assignments; default: all
  --format FORMAT    hcl: with import blocks, for Terraform 1.5 or OpenTofu 1.6 and later
                     import: with `terraform import` commands, for any version; default: hcl
  --include-free     also write what is off as Azure has it in a new subscription: plans, with tier = \"Free\", and
                     settings, with enabled = false; otherwise comments name them
  --all-assignments  also write policy assignments that have nothing to do with Defender
  --out DIR          write files into this directory instead of standard output, over none that is there:
                     defender_provider.tf, defender_adopted.tf, and defender_imports.tf or, with --format import,
                     defender_import.sh. On standard output the commands of --format import are comments at the end.
  --help             print this text

Written are, of each subscription: the plans, with the extensions that are on; the settings that are on; the security
contact, the workspace and the vulnerability assessment, where they are set; storage accounts that override what
the subscription says; and policy assignments made right at the subscription or management group, of definitions
that are Defender's: those that deploy its components, and all of the category Security Center.

Not written are plans of single machines, assignments at resource groups and resources, and extensions on machines: there
are too many of them, and what policies deploy is not to be managed twice. For those that are, `terraform query` finds
machine by machine what there is (Terraform 1.14 and later).

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
    let context = Arc::new(S::context().map_err(failed)?);
    let wish = Wish { scopes: scopes(&context, order)?, ..order.wish.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| (FAILURE, format!("cannot start: {error}")))?;
    let reading = crate::adopt::read(context, S::resources(), &wish);
    let estate = runtime.block_on(reading).map_err(failed)?;
    for failure in &estate.failures {
        tell(&format!("{}: {}", failure.what, failure.reason));
        if !failure.detail.is_empty() {
            tell(&failure.detail);
        }
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
        _ if !order.wish.scopes.is_empty() => Ok(order.wish.scopes.clone()),
        Attr::Known(scope) => Ok(vec![scope.clone()]),
        Attr::Null | Attr::Unknown => {
            Err((USAGE, "say which subscription: --scope, or ARM_SUBSCRIPTION_ID; try --help".to_owned()))
        }
    }
}

fn summary(estate: &Estate) -> String {
    let missing = match estate.failures.len() {
        0 => String::new(),
        1 => "; one thing could not be read".to_owned(),
        count => format!("; {count} things could not be read"),
    };
    estate.summary() + &missing
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
