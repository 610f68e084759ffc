//! Kubernetes clusters: Azure Arc's of `Microsoft.Kubernetes`, AKS of `Microsoft.ContainerService`, and the extensions
//! of both (`Microsoft.KubernetesConfiguration`).
//!
//! Seeds and tests write Arc clusters; an AKS cluster can also be written whole by a client. An Arc cluster whose
//! `properties.connectivityStatus` is `Offline` keeps the operations on its extensions waiting, but for a forced
//! deletion. How operations fail: `operations::faults`.

pub(crate) mod connected;
pub(crate) mod extensions;
pub(crate) mod managed;
mod wish;

#[cfg(test)]
mod managed_tests;
#[cfg(test)]
mod tests;

/// The api-versions of Microsoft.Kubernetes.
const CONNECTED_VERSIONS: &[&str] = &["2024-07-15-preview", "2024-01-01", "2021-10-01"];

/// The api-versions of Microsoft.KubernetesConfiguration.
pub(crate) const EXTENSION_VERSIONS: &[&str] = &["2025-03-01", "2024-11-01", "2023-05-01"];

/// The api-versions of Microsoft.ContainerService.
pub(crate) const AKS_VERSIONS: &[&str] = &["2026-05-01", "2025-01-01", "2024-09-01"];

/// How many clusters or extensions a page has: Azure documents no number.
const PAGE: usize = 50;
