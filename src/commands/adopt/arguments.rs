//! Arguments of `adopt`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::adopt::{Format, Kind, Wish};
use crate::arm::{Scope, ScopeKind};
use crate::commands::options::{each, one_of};

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
    /// What to read; no scopes mean the one of the environment.
    pub(super) wish: Wish,
    /// How imports are written.
    pub(super) format: Format,
    /// The directory for files; standard output if absent.
    pub(super) out: Option<PathBuf>,
}

const FLAGS: [&str; 2] = ["--include-free", "--all-assignments"];
const NAMES: [&str; 4] = ["--scope", "--only", "--format", "--out"];
const FORMATS: [(&str, Format); 2] = [("hcl", Format::Hcl), ("import", Format::Import)];

/// Reads the arguments behind the command's name. Of an option that stands twice, the last one counts, but for scopes and
/// kinds, which add up.
///
/// # Errors
///
/// What is wrong with them, in a line.
pub(super) fn read(arguments: Vec<OsString>) -> Result<Asked, String> {
    let (mut scopes, mut kinds, mut flags) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let (mut format, mut out) = (Format::Hcl, None);
    let is_help = each(
        arguments,
        &FLAGS,
        |name| NAMES.contains(&name),
        |name, value| {
            if FLAGS.contains(&name) {
                flags.insert(name.to_owned());
                return Ok(());
            }
            if value.is_empty() {
                return Err(format!("{name} needs a value"));
            }
            match name {
                "--scope" => scopes.push(scope(value)?),
                "--only" => {
                    let words = Kind::ALL.map(|kind| (kind.word(), kind));
                    for word in value.split(',') {
                        kinds.insert(one_of(name, word.trim(), &words)?);
                    }
                }
                "--format" => format = one_of(name, value, &FORMATS)?,
                _ => out = Some(value.into()),
            }
            Ok(())
        },
    )?;
    if is_help {
        return Ok(Asked::Help);
    }
    if kinds.is_empty() {
        kinds.extend(Kind::ALL);
    }
    let (include_off, all_assignments) = (flags.contains(FLAGS[0]), flags.contains(FLAGS[1]));
    if all_assignments && !kinds.contains(&Kind::Assignments) {
        return Err("--all-assignments: assignments are not among what --only names".to_owned());
    }
    Ok(Asked::Estate(Order { wish: Wish { scopes, kinds, include_off, all_assignments }, format, out }))
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
            "--only=plans, storage",
            "--only",
            "plans",
            "--out=a",
        ]);
        let Ok(Asked::Estate(Order { wish, format, out })) = asked else { panic!("{asked:?}") };
        assert_eq!(wish.scopes.len(), 3);
        assert_eq!(wish.scopes[0], wish.scopes[1]);
        assert_eq!((format, wish.include_off, out), (Format::Import, true, Some("a".into())));
        assert_eq!(wish.kinds, BTreeSet::from([Kind::Plans, Kind::Storage]));
        let Ok(Asked::Estate(Order { wish, .. })) = read_all(&["--all-assignments"]) else { panic!() };
        assert!(wish.all_assignments && wish.kinds.len() == Kind::ALL.len());
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
            (
                &["--only=plans,machines"],
                "--only: \"machines\" is none of plans, settings, contacts, workspaces, assessments, storage, assignments",
            ),
            (&["--only=plans,"], "--only: \"\" is none of plans, "),
            (&["--only=plans", "--all-assignments"], "--all-assignments: assignments are not among"),
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
