//! The generated messages and services.
#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated code")]
/// Terraform's own messages.
pub mod tfplugin6 { tonic::include_proto!("tfplugin6"); }
/// go-plugin's messages.
pub mod plugin { tonic::include_proto!("plugin"); }
/// The health service.
pub mod health { tonic::include_proto!("grpc.health.v1"); }
