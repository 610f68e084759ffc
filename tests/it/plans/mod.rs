//! `defender_plan` and `data.defender_plans` in the hands of the real Terraform, told as [`story::Story`]s.
//!
//! A story is a sequence of steps. Each says what the user writes, which requests Azure sees because of it, and
//! what stands in Azure afterwards; that a plan right after an apply is empty goes for every step.

mod bad_input;
mod bad_provider;
mod data_source;
mod destroy;
mod failures;
mod fourteen;
mod import;
mod lifecycle;
mod machines;
mod ownership;
mod properties;
mod refusals;
pub(crate) mod story;
mod twice;
mod unknowns;
mod unreadable;
