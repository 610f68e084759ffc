//! Azure Resource Graph: machines, clusters and their extensions, subscriptions and their plans, by query.
//!
//! `resources` answers requests, `query` reads the few forms of Kusto that are known, `rows` makes the tables, `window`
//! counts queries. Rows are
//! as fresh as the documents: Azure's lag by minutes.

mod query;
pub(crate) mod resources;
mod rows;
pub(crate) mod window;

#[cfg(test)]
mod tests;
