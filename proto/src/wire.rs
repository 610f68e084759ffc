//! The generated messages and services, as the `.proto` files beside this crate's manifest describe them.
//!
//! Servers implement [`tfplugin6::provider_server::Provider`]; every RPC that is left out answers
//! "unimplemented". The clients are for tests that play the host.
#![expect(
    missing_docs,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::clone_on_ref_ptr,
    reason = "generated code"
)]

/// Terraform plugin protocol 6.
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}

/// go-plugin's own services.
pub mod plugin {
    tonic::include_proto!("plugin");
}

/// The standard health service of gRPC.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
