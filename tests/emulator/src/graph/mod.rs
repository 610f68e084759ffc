//! Azure Resource Graph: machines, clusters and their extensions, subscriptions and their plans, by query.
//!
//! `resources` answers requests, `query` reads the few forms of Kusto that are known, `rows` makes the tables, `reach` says
//! which of their rows a request is about, `window` counts queries. Rows are as fresh as the documents, or lag behind by
//! as much as a test wants: `index`.

pub(crate) mod index;
mod query;
mod reach;
pub(crate) mod resources;
mod rows;
pub(crate) mod window;

#[cfg(test)]
mod tests;
