//! The one integration binary: the real Terraform, this provider and the emulator, and the tidy checks.
//!
//! Start with [`harness::Scene`], which every scenario sets up first.

#![cfg(test)]

mod access;
mod adopt;
mod assignments;
mod autoprovisioning;
mod availability;
mod ci;
mod coverage;
mod docs;
mod drift;
mod examples;
mod extensions;
mod faults;
mod fleet;
mod harness;
mod identities;
#[cfg(target_os = "linux")]
mod interruptions;
mod moved;
mod mutations;
mod package;
mod plans;
mod policies;
mod query;
mod read_only;
mod requests;
mod rules;
mod secrets;
#[expect(dead_code, reason = "the tests need only a part of what the examples share")]
#[path = "../../examples/shared/mod.rs"]
mod shared;
mod sign_in;
mod singletons;
mod state;
mod terraform_versions;
mod tidy;
