//! Azure Policy: definitions and initiatives (`policySetDefinitions`).
//!
//! `definitions` answers requests and touches the store; `builtin` is the table of built-in definitions, `definition`
//! reads what a definition says, `custom` checks those that are none.

mod builtin;
mod custom;
mod definition;
pub(crate) mod definitions;

#[cfg(test)]
mod examples_tests;
#[cfg(test)]
mod tests;
