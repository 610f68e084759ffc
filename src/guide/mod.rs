//! The page on the availability rules, for users: everything that the catalogue knows, as Markdown.
//!
//! Pure: the catalogue in, a text out, judged on the catalogue's own day, so that the page changes with the rows and with
//! nothing else. `cargo run --example docs` writes it, and a test fails where it is stale.

mod calendar;
mod components;
mod intro;
mod markdown;
mod plans;
mod rules;

pub use components::matrix;

use crate::catalog::Catalog;

/// Where the page lies in the repository.
pub const AVAILABILITY_RULES: &str = "docs/guides/availability-rules.md";

/// The page.
pub fn availability_rules(catalog: &Catalog) -> String {
    let sections = [
        intro::section(catalog),
        plans::section(catalog),
        components::section(catalog),
        rules::clouds(catalog),
        rules::roles(catalog),
        calendar::section(catalog),
        rules::section(catalog),
        rules::sources(catalog),
    ];
    sections.join("\n")
}
