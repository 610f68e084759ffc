//! The provider.
pub mod arm;
