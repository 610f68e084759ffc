//! Arguments of `drift`.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::commands::options::{HELP, Options, unknown};
use crate::drift::{Format, Severity};

/// What is asked for.
#[derive(Debug)]
pub(super) enum Asked {
    /// How to ask.
    Help,
    /// A report.
    Report(Order),
}

/// What to read, and how to write it.
#[derive(Debug)]
pub(super) struct Order {
    /// The plan; standard input if absent.
    pub(super) plan: Option<PathBuf>,
    /// How to write the report.
    pub(super) format: Format,
    /// What is accepted.
    pub(super) baseline: Option<PathBuf>,
    /// From which severity on it is drift.
    pub(super) fail_on: Option<Severity>,
    /// The file for the report; standard output if absent.
    pub(super) out: Option<PathBuf>,
}

/// Reads the arguments behind the command's name. Of an option that stands twice, the last one counts.
///
/// # Errors
///
/// What is wrong with them, in a line.
pub(super) fn read(arguments: Vec<OsString>) -> Result<Asked, String> {
    let mut plan: Option<String> = None;
    let (mut format, mut fail_on) = (Format::Text, Some(Severity::Cosmetic));
    let (mut baseline, mut out) = (None, None);
    let mut options = Options::new(arguments);
    while let Some(given) = options.next()? {
        match given.name.as_str() {
            name if HELP.contains(&name) => return Ok(Asked::Help),
            "--format" | "--baseline" | "--fail-on" | "--out" => {}
            name if name.starts_with('-') && name != "-" => return Err(unknown(&given.argument)),
            _ if plan.is_some() => {
                return Err(format!("{:?} is one plan too many; give one a run", given.argument));
            }
            _ => {
                plan = Some(given.argument);
                continue;
            }
        }
        let name = given.name.clone();
        let value = options.value(given)?;
        match name.as_str() {
            _ if value.is_empty() => return Err(format!("{name} needs a value")),
            "--format" => format = chosen(&name, &value, &Format::ALL, Format::as_str)?,
            "--fail-on" if value == "never" => fail_on = None,
            "--fail-on" => fail_on = Some(severity(&name, &value)?),
            "--baseline" => baseline = Some(value.into()),
            _ => out = Some(value.into()),
        }
    }
    let plan = plan
        .filter(|plan| !plan.is_empty())
        .ok_or("say which plan: a file, or - for standard input; try --help")?;
    let plan = (plan != "-").then(|| plan.into());
    Ok(Asked::Report(Order { plan, format, baseline, fail_on, out }))
}

fn severity(name: &str, value: &str) -> Result<Severity, String> {
    Severity::parse(value).ok_or_else(|| {
        let words = Severity::ALL.map(Severity::as_str).join(", ");
        format!("{name}: {value:?} is none of {words}, never")
    })
}

fn chosen<T: Copy>(
    name: &str,
    value: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    let words = || all.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ");
    all.iter()
        .copied()
        .find(|one| word(*one) == value)
        .ok_or_else(|| format!("{name}: {value:?} is none of {}", words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(arguments: &[&str]) -> Result<Asked, String> {
        read(arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn a_plan_and_options_in_any_order() {
        let asked = read_all(&[
            "--format=json",
            "plan.json",
            "--fail-on",
            "never",
            "--baseline",
            "b.toml",
            "--out=o",
        ]);
        let Ok(Asked::Report(order)) = asked else { panic!("{asked:?}") };
        assert_eq!((order.plan, order.format), (Some("plan.json".into()), Format::Json));
        assert_eq!(
            (order.baseline, order.fail_on, order.out),
            (Some("b.toml".into()), None, Some("o".into()))
        );
        let asked = read_all(&["-"]);
        let Ok(Asked::Report(order)) = asked else { panic!("{asked:?}") };
        assert_eq!((order.plan, order.format, order.fail_on), (None, Format::Text, Some(Severity::Cosmetic)));
        assert!(matches!(read_all(&["--help"]), Ok(Asked::Help)));
    }

    #[test]
    fn a_file_may_have_an_equals_sign() {
        let asked = read_all(&["env=prod.json"]);
        let Ok(Asked::Report(order)) = asked else { panic!("{asked:?}") };
        assert_eq!(order.plan, Some("env=prod.json".into()));
    }

    #[test]
    fn mistakes_are_told_in_a_line() {
        for (arguments, expected) in [
            (&[][..], "say which plan: a file, or - for standard input; try --help"),
            (&["a", "b"], "\"b\" is one plan too many; give one a run"),
            (&["--fromat=json"], "there is no option \"--fromat=json\"; try --help"),
            (&["a", "--format"], "--format needs a value"),
            (&["a", "--out="], "--out needs a value"),
            (&["a", "--format=pdf"], "--format: \"pdf\" is none of text, "),
            (
                &["a", "--fail-on=all"],
                "--fail-on: \"all\" is none of protection_off, capability_lost, configuration, cosmetic, never",
            ),
        ] {
            let problem = read_all(arguments).unwrap_err();
            assert!(problem.starts_with(expected), "{arguments:?}: {problem}");
        }
    }
}
