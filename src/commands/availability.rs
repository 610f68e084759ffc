//! `availability`: the matrix for people, without Terraform.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use time::OffsetDateTime;

use super::arguments::{Asked, Format, read};
use super::stdout;
use super::table::table;
use crate::availability::Query;
use crate::availability::view::entries;
use crate::catalog::Catalog;
use crate::catalog::model::{Cloud, Day};
use crate::context::day_of;
use crate::guide;

const HELP: &str = "\
Prints where the components of Microsoft Defender for Cloud are available. Asks nothing of Azure.

Usage: terraform-provider-defender availability [options]

  --component ID     only this component, such as defender_sensor
  --target TARGET    only what goes on this target, such as aks_cluster
  --plan PLAN        only components that this plan is for, such as VirtualMachines
  --os OS            only what is for linux or for windows
  --cloud CLOUD      public, usgovernment or china; default: all of them
  --date YYYY-MM-DD  the day; default: today, in UTC
  --format FORMAT    table, json or markdown; default: table
  --help             print this text
";

/// Exit code for arguments that cannot be meant.
const USAGE: u8 = 2;

/// Runs the command with the arguments behind its name.
pub(super) fn run(arguments: Vec<OsString>) -> ExitCode {
    let today = day_of(OffsetDateTime::now_utc()).unwrap_or(Catalog::get().as_of);
    match output(Catalog::get(), arguments, today) {
        Ok(text) => print(&mut io::stdout(), &mut io::stderr(), &text),
        Err(problem) => {
            // Nothing is left to be done if standard error is closed too.
            writeln!(io::stderr(), "availability: {problem}").ok();
            ExitCode::from(USAGE)
        }
    }
}

/// What to print.
///
/// # Errors
///
/// What is wrong with the arguments.
fn output(catalog: &Catalog, arguments: Vec<OsString>, today: Day) -> Result<String, String> {
    match read(catalog, arguments)? {
        Asked::Help => Ok(HELP.to_owned()),
        Asked::Matrix(query, format) => rendered(catalog, query, format, today),
    }
}

fn rendered(catalog: &Catalog, query: Query<'_>, format: Format, today: Day) -> Result<String, String> {
    let date = query.date.unwrap_or(today);
    let clouds = query.cloud.map_or_else(|| Cloud::ALL.to_vec(), |cloud| vec![cloud]);
    let entries = entries(catalog, query.filter, &clouds, date);
    match format {
        Format::Table => Ok(table(catalog, &entries, date)),
        Format::Markdown => Ok(guide::matrix(&entries)),
        Format::Json => {
            let text = serde_json::to_string_pretty(&entries).map_err(|error| error.to_string())?;
            Ok(text + "\n")
        }
    }
}

/// Prints the text, or says why that cannot be done.
fn print(out: &mut impl Write, err: &mut impl Write, text: &str) -> ExitCode {
    match stdout::print(out, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            writeln!(err, "availability: {problem}").ok();
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    /// A standard output at whose other end something is wrong.
    struct Closed(ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    fn said(arguments: &[&str]) -> String {
        let arguments = arguments.iter().map(OsString::from).collect();
        output(Catalog::get(), arguments, Day::new(2026, 11, 28).unwrap()).unwrap()
    }

    #[test]
    fn today_counts_unless_another_day_is_asked_for() {
        let sensor = |date: &[&str]| {
            let arguments = [&["--component=defender_sensor", "--cloud=usgovernment"], date].concat();
            said(&arguments)
        };
        assert!(sensor(&[]).contains("on 2026-11-28"));
        assert!(sensor(&["--date=2024-01-01"]).contains("on 2024-01-01"));
        assert_ne!(sensor(&["--format=markdown"]), sensor(&["--format=markdown", "--date=2024-01-01"]));
    }

    #[test]
    fn json_is_the_entries() {
        let json: serde_json::Value =
            serde_json::from_str(&said(&["--target=aks_cluster", "--plan=containers", "--format=json"]))
                .unwrap();
        let entries = json.as_array().unwrap();
        assert!(entries.len() >= 12 && entries.len().is_multiple_of(3), "{}", entries.len());
        assert_eq!(entries[0]["component"], "agentless_kubernetes_discovery");
        assert_eq!(entries[2]["availability"], "retired");
    }

    #[test]
    fn help_names_every_option() {
        let help = said(&["--help"]);
        for field in crate::availability::Field::ALL {
            assert!(help.contains(&format!("  --{} ", field.as_str())), "{}", field.as_str());
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
        for (kind, code, said) in [
            (ErrorKind::BrokenPipe, ExitCode::SUCCESS, ""),
            (ErrorKind::StorageFull, ExitCode::FAILURE, "availability: cannot write to standard output: "),
        ] {
            let mut err = Vec::new();
            let printed = print(&mut Closed(kind), &mut err, "text");
            let err = String::from_utf8(err).unwrap();
            assert_eq!(format!("{printed:?}"), format!("{code:?}"));
            assert!(err.starts_with(said) && err.is_empty() == said.is_empty(), "{err}");
        }
    }
}
