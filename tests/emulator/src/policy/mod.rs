//! Azure Policy: definitions and initiatives (`policySetDefinitions`), their assignments, and the remediations of
//! `Microsoft.PolicyInsights`.
//!
//! `definitions`, `assignments` and `remediations` answer requests and touch the store; `builtin` is the table of
//! built-in definitions, `definition` reads what a definition says, `wish` what a client wants of an assignment,
//! `identity` and `parameters` decide parts of it, `deployments` what a remediation does. Nothing is evaluated: what is
//! not compliant, a seed or a test says.

pub(crate) mod assignments;
mod builtin;
mod consistency;
mod custom;
mod definition;
pub(crate) mod definitions;
mod deployments;
mod identity;
mod parameters;
mod remediation;
pub(crate) mod remediations;
mod wish;

#[cfg(test)]
mod examples_tests;
#[cfg(test)]
mod remediation_tests;
#[cfg(test)]
mod tests;
