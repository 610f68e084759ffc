//! What the process's arguments ask for, and the texts that a person sees.
//!
//! A host passes no arguments, so all of them are for people.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use crate::serve::Options;

/// Something that a person can ask of the provider's program, beside serving Terraform: its first argument.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// The first argument, such as `availability`; no dashes.
    pub name: &'static str,
    /// What it does, in one line for `--help`.
    pub summary: &'static str,
    /// Runs it with the arguments behind its name, and says how the process should exit. Both standard streams
    /// are its own, and neither log nor runtime is there.
    pub run: fn(Vec<OsString>) -> ExitCode,
}

/// What to do with the process.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Serve the host that started the process.
    Plugin,
    /// Serve whoever is told where the process listens.
    Debug,
    /// Print a text and end.
    Print(fn(&Options) -> String),
    /// Run a command of the provider's own with these arguments.
    Run(Command, Vec<OsString>),
    /// An argument that nobody knows.
    Unknown(OsString),
}

/// Chooses the mode by the first argument; one dash is Go's habit, two are everyone else's.
pub(crate) fn mode(mut arguments: impl Iterator<Item = OsString>, commands: &[Command]) -> Mode {
    let Some(argument) = arguments.next() else {
        return Mode::Plugin;
    };
    match argument.to_str() {
        Some("-debug" | "--debug") => Mode::Debug,
        Some("-version" | "--version" | "-V") => Mode::Print(version),
        Some("-help" | "--help" | "-h") => Mode::Print(help),
        text => match commands.iter().find(|command| text == Some(command.name)) {
            Some(command) => Mode::Run(*command, arguments.collect()),
            None => Mode::Unknown(argument),
        },
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

/// The answer to a first argument that nobody knows.
pub(crate) fn unknown(argument: &OsStr, options: &Options) -> String {
    let argument = argument.display();
    let names: Vec<&str> = options.commands.iter().map(|command| command.name).collect();
    match &names[..] {
        [] => format!("there is no argument {argument}; try --help"),
        [only] => format!("there is no argument {argument}; the only command is {only}; try --help"),
        names => {
            format!("there is no argument {argument}; the commands are {}; try --help", names.join(", "))
        }
    }
}

fn version(options: &Options) -> String {
    format!("{} {}\n", options.address, options.version)
}

fn help(options: &Options) -> String {
    let flags = [
        ("--debug", "wait for Terraform or OpenTofu to attach; prints how to do that"),
        ("--version", "print the provider's address and version"),
        ("--help", "print this text"),
    ];
    let commands: Vec<_> = options.commands.iter().map(|command| (command.name, command.summary)).collect();
    let width = flags.iter().chain(&commands).map(|(name, _)| name.len()).max().unwrap_or(0);
    let row = |(name, summary): &(&str, &str)| format!("  {name:width$}  {summary}\n");
    let table = |rows: &[(&str, &str)]| rows.iter().map(row).collect::<Vec<_>>().concat();
    let own = if commands.is_empty() { "" } else { "\nIts own commands:\n\n" };
    format!(
        "The Terraform provider {} {}. Terraform and OpenTofu start it without arguments.\n\n{}{own}{}",
        options.address,
        options.version,
        table(&flags),
        table(&commands)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: Vec<OsString>) -> ExitCode {
        ExitCode::SUCCESS
    }

    const COMMANDS: &[Command] = &[
        Command { name: "listen", summary: "hear what there is", run: nothing },
        Command { name: "availability", summary: "tell where it works", run: nothing },
    ];

    fn options(commands: &'static [Command]) -> Options {
        Options::new("registry.terraform.io/ns/name", "1.2.3").commands(commands)
    }

    #[test]
    fn the_first_argument_decides() {
        let cases: &[(&[&str], &str)] = &[
            (&[], "Plugin"),
            (&["-debug"], "Debug"),
            (&["--debug", "--other"], "Debug"),
            (&["--version"], "Print"),
            (&["-h"], "Print"),
            (&["serve"], "Unknown(\"serve\")"),
            (&["listen"], "Run(Command { name: \"listen\""),
            (&["--debug", "listen"], "Debug"),
            (&["Listen"], "Unknown(\"Listen\")"),
            (&[""], "Unknown(\"\")"),
        ];
        for (arguments, expected) in cases {
            let mode = format!("{:?}", mode(arguments.iter().map(OsString::from), COMMANDS));
            assert!(mode.starts_with(expected), "{arguments:?}: {mode}");
        }
    }

    #[test]
    fn a_command_gets_what_stands_behind_its_name() {
        let arguments = ["availability", "--json", "", "listen"].map(OsString::from);
        let Mode::Run(command, rest) = mode(arguments.into_iter(), COMMANDS) else {
            panic!("it is a command");
        };
        assert_eq!(
            (command.name, rest),
            ("availability", ["--json", "", "listen"].map(OsString::from).into())
        );
    }

    #[test]
    fn people_learn_which_commands_there_are() {
        assert!(help(&options(&[])).ends_with("\n  --help     print this text\n"));
        assert!(help(&options(COMMANDS)).ends_with(
            "\n  --help        print this text\n\nIts own commands:\n\n  listen        hear what there is\n  \
             availability  tell where it works\n"
        ));
        for (commands, expected) in [
            (&[][..], "there is no argument lisen; try --help"),
            (&COMMANDS[..1], "there is no argument lisen; the only command is listen; try --help"),
            (COMMANDS, "there is no argument lisen; the commands are listen, availability; try --help"),
        ] {
            assert_eq!(unknown("lisen".as_ref(), &options(commands)), expected);
        }
    }

    #[test]
    fn every_text_names_the_provider_and_its_version() {
        let options = options(COMMANDS);
        for text in [version(&options), help(&options), started_by_hand(&options)] {
            assert!(text.contains("registry.terraform.io/ns/name 1.2.3"), "{text}");
        }
    }
}
