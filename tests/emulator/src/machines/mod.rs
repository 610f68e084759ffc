//! Machines: virtual machines and scale sets of `Microsoft.Compute`, Azure Arc machines of `Microsoft.HybridCompute`, and
//! the extensions of all three.
//!
//! Seeds and tests write machines, as documents with the ids and bodies that Azure has; only their extensions can be
//! written by clients. A machine without `properties.instanceView` runs; one whose view says `PowerState/deallocated`
//! refuses changes of its extensions. An Arc machine whose `properties.status` is `Disconnected` keeps the operations on
//! its extensions waiting until the document says `Connected` again. How operations fail: `operations::faults`.
//!
//! `virtual_machines`, `scale_sets`, `extensions`, `arc` and `arc_extensions` answer requests and touch the store;
//! `extension`, `view` and `agent` decide.

mod agent;
pub(crate) mod arc;
pub(crate) mod arc_extensions;
pub(crate) mod extension;
pub(crate) mod extensions;
pub(crate) mod scale_sets;
pub(crate) mod view;
pub(crate) mod virtual_machines;

#[cfg(test)]
mod arc_tests;
#[cfg(test)]
mod examples_tests;
#[cfg(test)]
mod tests;

/// The api-versions of Microsoft.Compute.
pub(crate) const COMPUTE_VERSIONS: &[&str] =
    &["2026-03-01", "2024-11-01", "2024-07-01", "2024-03-01", "2023-03-01"];

/// The api-versions of Microsoft.HybridCompute.
pub(crate) const ARC_VERSIONS: &[&str] = &["2026-07-15", "2025-01-13", "2024-07-10"];

/// How many machines or extensions a page has: Azure documents no number.
const PAGE: usize = 50;
