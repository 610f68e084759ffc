//! Arguments of `availability`.

use std::ffi::OsString;

use super::options::{HELP, Options, unknown};
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

impl Format {
    /// The words for them, in the same order.
    pub(super) const NAMES: [&'static str; 3] = ["table", "json", "markdown"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "table" => Some(Self::Table),
            "json" => Some(Self::Json),
            "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Reads the arguments behind the command's name. Of an option that stands twice, the last one counts.
///
/// # Errors
///
/// What is wrong with them, in a line.
pub(super) fn read(catalog: &Catalog, arguments: Vec<OsString>) -> Result<Asked<'_>, String> {
    let (mut query, mut format) = (Query::default(), Format::Table);
    let mut options = Options::new(arguments);
    while let Some(given) = options.next()? {
        if HELP.contains(&given.argument.as_str()) {
            return Ok(Asked::Help);
        }
        let (name, option) = (given.name.clone(), Name::parse(&given.name)?);
        let value = options.value(given)?;
        match option {
            Name::Filter(field) => {
                query.set(catalog, field, &value).map_err(|wrong| format!("{name}: {wrong}"))?;
            }
            Name::Format => {
                let wrong = || format!("{name}: {value:?} is none of {}", Format::NAMES.join(", "));
                format = Format::parse(&value).ok_or_else(wrong)?;
            }
        }
    }
    Ok(Asked::Matrix(query, format))
}

/// An option.
enum Name {
    Filter(Field),
    Format,
}

impl Name {
    fn parse(argument: &str) -> Result<Self, String> {
        let name = argument.strip_prefix("--");
        let field = name.and_then(|name| Field::ALL.into_iter().find(|field| field.as_str() == name));
        match field {
            Some(field) => Ok(Self::Filter(field)),
            None if name == Some("format") => Ok(Self::Format),
            None => Err(unknown(argument)),
        }
    }
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

    #[test]
    fn every_format_has_its_word() {
        let formats = Format::NAMES.map(Format::parse);
        assert_eq!(formats, [Format::Table, Format::Json, Format::Markdown].map(Some));
    }
}
