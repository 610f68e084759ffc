//! The pages on the availability rules and on deployments, for users: everything that the catalogue knows, as Markdown.
//!
//! Pure: the catalogue in, a text out, judged on the catalogue's own day, so that a page changes with the rows and with
//! nothing else. `cargo run --example docs` writes them, and a test fails where one is stale.

mod calendar;
mod components;
mod deployments;
mod intro;
mod markdown;
mod plans;
mod rules;

pub use components::matrix;
pub use deployments::{DEPLOYMENTS, deployments};
pub use markdown::{code, table};

use crate::catalog::Catalog;

/// Makes a page.
pub type Make = fn(&Catalog) -> String;

/// All pages: where each lies in the repository, and what makes it.
pub const PAGES: [(&str, Make); 2] = [(AVAILABILITY_RULES, availability_rules), (DEPLOYMENTS, deployments)];

/// Where the page on the rules lies in the repository.
pub const AVAILABILITY_RULES: &str = "docs/guides/availability-rules.md";

/// The page on the rules.
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
