//! Azure Policy: definitions and initiatives (`policySetDefinitions`), and their assignments.
//!
//! `definitions` and `assignments` answer requests and touch the store; `builtin` is the table of built-in definitions,
//! `definition` reads what a definition says, `wish` what a client wants of an assignment, `identity` and `parameters`
//! decide parts of it.

pub(crate) mod assignments;
mod builtin;
mod consistency;
mod custom;
mod definition;
pub(crate) mod definitions;
mod identity;
mod parameters;
mod wish;

#[cfg(test)]
mod examples_tests;
#[cfg(test)]
mod tests;
