//! Arguments of `adopt`.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::adopt::Format;
use crate::arm::{Scope, ScopeKind};
use crate::commands::options::{HELP, Options, unknown};

/// What is asked for.
#[derive(Debug)]
pub(super) enum Asked {
    /// How to ask.
    Help,
    /// What there is.
    Estate(Order),
}

/// What to read, and how to write it.
#[derive(Debug)]
pub(super) struct Order {
    /// Subscriptions and management groups; none means the one of the environment.
    pub(super) scopes: Vec<Scope>,
    /// How imports are written.
    pub(super) format: Format,
    /// Whether plans that are off are written, too.
    pub(super) include_free: bool,
    /// The directory for files; standard output if absent.
    pub(super) out: Option<PathBuf>,
}

/// Reads the arguments behind the command's name. Of an option that stands twice, the last one counts, but for scopes.
///
/// # Errors
///
/// What is wrong with them, in a line.
pub(super) fn read(arguments: Vec<OsString>) -> Result<Asked, String> {
    let mut order = Order { scopes: Vec::new(), format: Format::Hcl, include_free: false, out: None };
    let mut options = Options::new(arguments);
    while let Some(given) = options.next()? {
        match given.name.as_str() {
            name if HELP.contains(&name) => return Ok(Asked::Help),
            "--include-free" if !given.has_value() => {
                order.include_free = true;
                continue;
            }
            "--scope" | "--format" | "--out" => {}
            _ => return Err(unknown(&given.argument)),
        }
        let name = given.name.clone();
        let value = options.value(given)?;
        if value.is_empty() {
            return Err(format!("{name} needs a value"));
        }
        match name.as_str() {
            "--scope" => order.scopes.push(scope(&value)?),
            "--format" => order.format = format(&value)?,
            _ => order.out = Some(value.into()),
        }
    }
    Ok(Asked::Estate(order))
}

fn format(name: &str) -> Result<Format, String> {
    match name {
        "hcl" => Ok(Format::Hcl),
        "import" => Ok(Format::Import),
        _ => Err(format!("--format: {name:?} is none of hcl, import")),
    }
}

/// A subscription, also by its GUID alone, or a management group.
fn scope(given: &str) -> Result<Scope, String> {
    let id = if given.contains('/') { given.to_owned() } else { format!("/subscriptions/{given}") };
    let scope: Option<Scope> = id.trim_end_matches('/').parse().ok();
    let possible =
        |scope: &Scope| matches!(scope.kind(), ScopeKind::Subscription | ScopeKind::ManagementGroup);
    scope.filter(possible).ok_or_else(|| {
        format!(
            "--scope: {given:?} is neither a subscription, such as /subscriptions/00000000-0000-0000-0000-000000000000, \
             nor a management group, such as /providers/Microsoft.Management/managementGroups/name"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "0A1b2c3d-0000-1111-2222-333344445555";

    fn read_all(arguments: &[&str]) -> Result<Asked, String> {
        read(arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn scopes_add_up_and_the_rest_counts_once() {
        let group = "/providers/Microsoft.Management/managementGroups/g";
        let id = format!("--scope=/subscriptions/{GUID}/");
        let asked = read_all(&[
            "--scope",
            GUID,
            &id,
            "--scope",
            group,
            "--format=hcl",
            "--format",
            "import",
            "--include-free",
            "--out=a",
        ]);
        let Ok(Asked::Estate(order)) = asked else { panic!("{asked:?}") };
        assert_eq!(order.scopes.len(), 3);
        assert_eq!(order.scopes[0], order.scopes[1]);
        assert_eq!((order.format, order.include_free, order.out), (Format::Import, true, Some("a".into())));
        assert!(matches!(read_all(&["--scope", GUID, "--help"]), Ok(Asked::Help)));
    }

    #[test]
    fn mistakes_are_told_in_a_line() {
        let machine = format!(
            "--scope=/subscriptions/{GUID}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v"
        );
        for (arguments, expected) in [
            (&["--scopes"][..], "there is no option \"--scopes\"; try --help"),
            (&["--include-free=no"], "there is no option \"--include-free=no\"; try --help"),
            (&["--scope"], "--scope needs a value"),
            (&["--out="], "--out needs a value"),
            (&["--format", "json"], "--format: \"json\" is none of hcl, import"),
            (
                &["--scope=my-subscription"],
                "--scope: \"my-subscription\" is neither a subscription, such as ",
            ),
            (&[&machine], "--scope: \"/subscriptions/"),
        ] {
            let problem = read_all(arguments).unwrap_err();
            assert!(problem.starts_with(expected), "{arguments:?}: {problem}");
        }
    }
}
