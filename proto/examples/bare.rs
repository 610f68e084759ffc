//! The smallest provider: it has a schema without anything in it.
//!
//! ```sh
//! cargo run --example bare -- --debug    # then do what it prints
//! ```

use std::process::ExitCode;

use tfplugin_protocol::serve::{self, Options};
use tfplugin_protocol::wire::tfplugin6::{Schema, ServerCapabilities};
use tfplugin_protocol::wire::tfplugin6::{get_provider_schema, provider_server, schema};
use tonic::{Request, Response, Status};

/// A provider without resources.
struct Bare;

#[tonic::async_trait]
impl provider_server::Provider for Bare {
    async fn get_provider_schema(
        &self,
        _request: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        Ok(Response::new(get_provider_schema::Response {
            // Terraform crashes on a schema without a block.
            provider: Some(Schema { version: 0, block: Some(schema::Block::default()) }),
            server_capabilities: Some(ServerCapabilities {
                get_provider_schema_optional: true,
                ..ServerCapabilities::default()
            }),
            ..get_provider_schema::Response::default()
        }))
    }
}

fn main() -> ExitCode {
    serve::run(Bare, &Options::new("registry.terraform.io/example/bare", env!("CARGO_PKG_VERSION")))
}
