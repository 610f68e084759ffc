//! Arguments of `availability`.

use std::ffi::OsString;

use super::options::{each, one_of};
use crate::availability::{Field, Query};
use crate::catalog::model::Catalog;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For documents.
    Markdown,
}

/// What is asked for.
#[derive(Debug)]
pub(super) enum Asked<'a> {
    /// How to ask.
    Help,
    /// The matrix.
    Matrix(Query<'a>, Format),
}

/// The words for them.
const FORMATS: [(&str, Format); 3] =
    [("table", Format::Table), ("json", Format::Json), ("markdown", Format::Markdown)];

/// Reads the arguments behind the command's name. Of an option that stands twice, the last one counts.
///
/// # Errors
///
/// What is wrong with them, in a line.
pub(super) fn read(catalog: &Catalog, arguments: Vec<OsString>) -> Result<Asked<'_>, String> {
    let (mut query, mut format) = (Query::default(), Format::Table);
    let is_known = |name: &str| name == "--format" || field(name).is_some();
    let is_help = each(arguments, &[], is_known, |name, value| {
        match field(name) {
            Some(field) => query.set(catalog, field, value).map_err(|wrong| format!("{name}: {wrong}"))?,
            None => format = one_of(name, value, &FORMATS)?,
        }
        Ok(())
    })?;
    Ok(if is_help { Asked::Help } else { Asked::Matrix(query, format) })
}

/// What an option filters by, if it does.
fn field(option: &str) -> Option<Field> {
    let name = option.strip_prefix("--")?;
    Field::ALL.into_iter().find(|field| field.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(arguments: &[&str]) -> Result<Asked<'static>, String> {
        read(Catalog::get(), arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn both_ways_to_give_a_value_and_the_last_one_counts() {
        let asked =
            read_all(&["--cloud=china", "--cloud", "usgovernment", "--date=2026-01-01", "--format", "json"]);
        let Ok(Asked::Matrix(query, format)) = asked else { panic!("{asked:?}") };
        let cloud = query.cloud.map(crate::catalog::model::Cloud::as_str);
        assert_eq!(
            (cloud, query.date.map(String::from).as_deref()),
            (Some("usgovernment"), Some("2026-01-01"))
        );
        assert_eq!((format, query.filter.component), (Format::Json, None));
        assert!(matches!(read_all(&[]), Ok(Asked::Matrix(_, Format::Table))));
        assert!(matches!(read_all(&["--cloud", "china", "--help"]), Ok(Asked::Help)));
    }

    #[test]
    fn mistakes_are_told_in_a_line() {
        for (arguments, expected) in [
            (["--colour"].as_slice(), "there is no option \"--colour\"; try --help"),
            (&["defender_sensor"], "there is no option \"defender_sensor\"; try --help"),
            (&["--cloud"], "--cloud needs a value"),
            (&["--cloud", "--format=json"], "--cloud needs a value"),
            (&["--format", "yaml"], "--format: \"yaml\" is none of table, json, markdown"),
            (&["--date="], "--date: \"\" is not a day of the calendar; write it as in \"2026-11-22\""),
            (
                &["--cloud=gov"],
                "--cloud: \"gov\" is not a cloud. Allowed are \"public\", \"usgovernment\" and \"china\"",
            ),
        ] {
            assert_eq!(read_all(arguments).unwrap_err(), expected, "{arguments:?}");
        }
    }
}
