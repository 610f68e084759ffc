//! Terraform provider for Microsoft Defender for Cloud.
pub mod arm;
pub mod catalog;
pub mod context;
pub mod data_sources;
pub mod diagnostics;
pub mod pricings;
pub mod provider;
pub mod resources;
