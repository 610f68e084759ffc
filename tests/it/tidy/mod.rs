//! Rules about the repository that no compiler and no lint knows: layers, lengths, lists, examples.
//!
//! Each check collects all its findings as `file:line: what, and what to do`. It reads source text, trusts
//! rustfmt for its shape, and must not know what the code does.

mod layers;
mod lengths;
mod registration;
mod sources;
mod texts;
mod workflows;

use sources::Source;

/// Fails with every finding, one a line.
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// A finding about a line, which counts from 0 here and from 1 in the message.
fn finding(source: &Source, line: usize, text: &str) -> String {
    format!("{}:{}: {text}", source.path, line + 1)
}
