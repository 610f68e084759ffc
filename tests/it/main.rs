//! The one integration binary: the real Terraform, this provider and the emulator, and the tidy checks.
//!
//! Start with [`harness::Scene`], which every scenario sets up first.

#[cfg(test)]
#[path = "../../examples/shared/mod.rs"]
mod shared;

#[cfg(test)]
mod harness;

mod examples;
mod terraform_versions;
mod tidy;
