//! What the process's arguments ask for, and the texts that a person sees.
//!
//! A host passes no arguments, so all of them are for people.

use std::ffi::OsString;

use crate::serve::Options;

/// What to do with the process.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Serve the host that started the process.
    Plugin,
    /// Serve whoever is told where the process listens.
    Debug,
    /// Print a text and end.
    Print(fn(&Options) -> String),
    /// An argument that nobody knows.
    Unknown(OsString),
}

/// Chooses the mode by the first argument; one dash is Go's habit, two are everyone else's.
pub(crate) fn mode(mut arguments: impl Iterator<Item = OsString>) -> Mode {
    let Some(argument) = arguments.next() else {
        return Mode::Plugin;
    };
    match argument.to_str() {
        Some("-debug" | "--debug") => Mode::Debug,
        Some("-version" | "--version" | "-V") => Mode::Print(version),
        Some("-help" | "--help" | "-h") => Mode::Print(help),
        Some(_) | None => Mode::Unknown(argument),
    }
}

/// The answer to somebody who starts a provider like any other program.
pub(crate) fn started_by_hand(options: &Options) -> String {
    format!(
        "this program is the Terraform provider {} {}.\n\
         It is started by Terraform or OpenTofu, not by hand. To attach a debugger, start it with --debug \
         and follow what it prints.",
        options.address, options.version
    )
}

fn version(options: &Options) -> String {
    format!("{} {}\n", options.address, options.version)
}

fn help(options: &Options) -> String {
    format!(
        "The Terraform provider {} {}. Terraform and OpenTofu start it without arguments.\n\n\
         \x20 --debug    wait for Terraform or OpenTofu to attach; prints how to do that\n\
         \x20 --version  print the provider's address and version\n\
         \x20 --help     print this text\n",
        options.address, options.version
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_argument_decides() {
        let cases: &[(&[&str], &str)] = &[
            (&[], "Plugin"),
            (&["-debug"], "Debug"),
            (&["--debug", "--other"], "Debug"),
            (&["--version"], "Print"),
            (&["-h"], "Print"),
            (&["serve"], "Unknown(\"serve\")"),
            (&[""], "Unknown(\"\")"),
        ];
        for (arguments, expected) in cases {
            let mode = format!("{:?}", mode(arguments.iter().map(OsString::from)));
            assert!(mode.starts_with(expected), "{arguments:?}: {mode}");
        }
    }

    #[test]
    fn every_text_names_the_provider_and_its_version() {
        let options = Options::new("registry.terraform.io/ns/name", "1.2.3");
        for text in [version(&options), help(&options), started_by_hand(&options)] {
            assert!(text.contains("registry.terraform.io/ns/name 1.2.3"), "{text}");
        }
    }
}
