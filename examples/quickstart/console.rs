//! Writes for a person: headings, sentences, what Terraform said, tables.

use crate::shared::process::Failure;
use std::env;
use std::io::{self, IsTerminal as _, Stdout, Write as _};

/// Standard output, with colours if somebody can see them.
#[derive(Debug)]
pub(crate) struct Console {
    output: Stdout,
    color: bool,
}

impl Console {
    /// Standard output as it is: colours only on a terminal, and not with
    /// [`NO_COLOR`](https://no-color.org).
    pub(crate) fn new() -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let output = io::stdout();
        let color = output.is_terminal() && !unwanted;
        Self { output, color }
    }

    /// Begins a part.
    pub(crate) fn heading(&self, text: &str) -> Result<(), Failure> {
        if self.color {
            self.line(&format!("\n\x1b[1;36m== {text}\x1b[0m"))
        } else {
            self.line(&format!("\n== {text}"))
        }
    }

    /// Says a sentence.
    pub(crate) fn say(&self, text: &str) -> Result<(), Failure> {
        self.line(&format!("   {text}"))
    }

    /// Shows what a program said in colour, set off from own words, without what is the same each time.
    pub(crate) fn quote(&self, text: &str) -> Result<(), Failure> {
        for line in without_noise(text) {
            let line = if self.color { line.to_owned() } else { without_color(line) };
            self.line(format!("   │ {line}").trim_end())?;
        }
        Ok(())
    }

    /// Shows rows in columns; the first row is their titles.
    pub(crate) fn table<const COLUMNS: usize>(&self, rows: &[[String; COLUMNS]]) -> Result<(), Failure> {
        let widths: Vec<usize> = (0..COLUMNS)
            .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default())
            .collect();
        for (number, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            self.say(cells.collect::<Vec<_>>().join("  ").trim_end())?;
            if number == 0 {
                let rule = widths.iter().map(|width| "─".repeat(*width));
                self.say(&rule.collect::<Vec<_>>().join("  "))?;
            }
        }
        Ok(())
    }

    fn line(&self, text: &str) -> Result<(), Failure> {
        writeln!(self.output.lock(), "{text}").map_err(Failure::of("write to standard output"))
    }
}

/// Leaves out [the sequences that set colours](https://en.wikipedia.org/wiki/ANSI_escape_code#SGR).
pub(crate) fn without_color(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let start = parts.next().unwrap_or_default().to_owned();
    start + &parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text)).collect::<String>()
}

/// Leaves out empty lines at both ends, and the warning that the provider is a development build.
fn without_noise(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let box_length = if line.contains('╷') {
            rest.iter().take_while(|line| !line.contains('╵')).count()
        } else {
            0
        };
        let (boxed, after_box) = rest.split_at(box_length);
        if boxed.iter().any(|line| line.contains("Provider development overrides are in effect")) {
            rest = after_box.get(1..).unwrap_or_default();
            continue;
        }
        if !(is_blank(line) && kept.last().is_none_or(|line| is_blank(line))) {
            kept.push(line);
        }
        rest = after;
    }
    while kept.last().is_some_and(|line| is_blank(line)) {
        kept.pop();
    }
    kept
}

fn is_blank(line: &str) -> bool {
    without_color(line).trim().is_empty()
}
