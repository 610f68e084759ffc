//! The figures, each beside its budget: as a table for a person and as JSON for a comparison.

use crate::shared::process::{self, Failure};
use crate::shared::terraform::Terraform;
use serde::Serialize;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    profile: &'static str,
    processors: usize,
    terraform: String,
    figures: Vec<Figure>,
}

/// One figure.
#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    /// Absent where it could not be measured; `note` says why.
    value: Option<f64>,
    unit: &'static str,
    /// At most this much; absent where the figure is for information.
    budget: Option<f64>,
    /// What else the reader should know.
    note: String,
}

impl Report {
    /// A report without figures, about this machine and this Terraform.
    pub(crate) fn new(terraform: &Terraform) -> Result<Self, Failure> {
        let mut version = terraform.command();
        version.arg("version").env("CHECKPOINT_DISABLE", "1");
        let version = process::run(&mut version, Duration::from_secs(60))?.require(0)?;
        Ok(Self {
            profile: if cfg!(debug_assertions) { "dev" } else { "release" },
            processors: thread::available_parallelism().map_or(0, usize::from),
            terraform: version.stdout.lines().next().unwrap_or_default().to_owned(),
            figures: Vec::new(),
        })
    }

    /// Adds a figure, and says on standard error that it is there: a full run takes minutes.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        (value, unit): (f64, &'static str),
        budget: Option<f64>,
        note: impl Into<String>,
    ) -> Result<(), Failure> {
        self.push(Figure { name: name.into(), value: Some(value), unit, budget, note: note.into() })
    }

    /// Adds what could not be measured, and why.
    pub(crate) fn add_missing(&mut self, name: &str, reason: impl Into<String>) -> Result<(), Failure> {
        self.push(Figure { name: name.to_owned(), value: None, unit: "", budget: None, note: reason.into() })
    }

    /// Prints the table.
    pub(crate) fn print(&self) -> Result<(), Failure> {
        let Self { profile, processors, terraform, figures } = self;
        let mut text = format!("{terraform}, {processors} processors, {profile} build\n\n");
        if *profile == "dev" {
            text += "The budgets are for a release build: cargo run --release --example bench\n\n";
        }
        text += "| figure | measured | budget | |\n|---|---|---|---|\n";
        text.extend(figures.iter().map(Figure::row));
        write!(io::stdout(), "{text}").map_err(Failure::of("print the figures"))
    }

    /// Writes the JSON.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let act = format!("write {}", path.display());
        let text = serde_json::to_string_pretty(self).map_err(Failure::of(&act))?;
        fs::write(path, text + "\n").map_err(Failure::of(&act))?;
        writeln!(io::stdout(), "\nThe same as JSON: {}", path.display())
            .map_err(Failure::of("print the figures"))
    }

    fn push(&mut self, figure: Figure) -> Result<(), Failure> {
        let measured = figure.value.map_or_else(|| figure.note.clone(), |value| amount(value, figure.unit));
        writeln!(io::stderr(), "{}: {measured}", figure.name).map_err(Failure::of("report progress"))?;
        self.figures.push(figure);
        Ok(())
    }
}

impl Figure {
    fn row(&self) -> String {
        let budget = self.budget.map_or_else(String::new, |budget| amount(budget, self.unit));
        let measured = self.value.map_or_else(|| "-".to_owned(), |value| amount(value, self.unit));
        format!("| {} | {measured} | {budget} | {} |\n", self.name, self.remark())
    }

    fn remark(&self) -> String {
        let over = self.value.zip(self.budget).is_some_and(|(value, budget)| value > budget);
        let parts = [if over { "over budget" } else { "" }, &self.note];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// The middle of the values; of two middle ones the greater.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A time as a figure.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn amount(value: f64, unit: &str) -> String {
    let digits = if unit == "requests" || value >= 100.0 { 0 } else { 2 };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}
