//! A report, written: one module a format.
//!
//! All texts in a report are printable already; each format escapes what has a meaning to its readers.

mod html;
mod json;
mod junit;
mod markdown;
mod markup;
mod sarif;
mod text;

use super::report::Report;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// For comments on pull requests.
    Markdown,
    /// For people in a browser.
    Html,
    /// For code scanning.
    Sarif,
    /// For pipelines that show test results.
    Junit,
    /// For programs.
    Json,
}

impl Format {
    /// All of them, in the order in which they are told of.
    pub const ALL: [Self; 6] = [Self::Text, Self::Markdown, Self::Html, Self::Sarif, Self::Junit, Self::Json];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Json => "json",
        }
    }

    /// The report in it.
    ///
    /// # Errors
    ///
    /// It cannot be written as JSON.
    pub fn write(self, report: &Report) -> Result<String, String> {
        match self {
            Self::Text => Ok(text::text(report)),
            Self::Markdown => Ok(markdown::markdown(report)),
            Self::Html => Ok(html::html(report)),
            Self::Sarif => sarif::sarif(report),
            Self::Junit => Ok(junit::junit(report)),
            Self::Json => json::json(report),
        }
    }
}
