//! The plugin as its host sees it: real processes, a host of our own, and Terraform where it is installed.
//!
//! [`host`] plays go-plugin's client; each of the other modules is one chapter of the contract between host
//! and plugin. The programs under test are this package's examples.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first surprise")]

mod contract;
mod debug_mode;
mod handshake;
mod host;
mod peers;
#[expect(dead_code, reason = "only a part of what the examples share is needed")]
mod shared;
mod standard_streams;
mod stopping;
mod terraform;
