//! A provider that does what providers must not do, for the tests: it prints, panics and logs secrets.

use std::process::ExitCode;

use tfplugin_protocol::log::catch_panic;
use tfplugin_protocol::serve::{self, Options};
use tfplugin_protocol::wire::tfplugin6::diagnostic::Severity;
use tfplugin_protocol::wire::tfplugin6::provider_server::Provider;
use tfplugin_protocol::wire::tfplugin6::{
    Diagnostic, call_function, configure_provider, get_functions, get_metadata, stop_provider,
    validate_provider_config,
};
use tonic::{Request, Response, Status};
use tracing::Instrument as _;

/// A provider with one bad habit per RPC.
struct Clumsy;

#[expect(clippy::print_stdout, clippy::panic, reason = "these are the bad habits")]
#[tonic::async_trait]
impl Provider for Clumsy {
    /// Prints one line.
    async fn validate_provider_config(
        &self,
        _request: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        println!("a stray line");
        Ok(Response::new(validate_provider_config::Response::default()))
    }

    /// Prints more than any pipe holds.
    async fn get_functions(
        &self,
        _request: Request<get_functions::Request>,
    ) -> Result<Response<get_functions::Response>, Status> {
        println!("{}", "x".repeat(1 << 20));
        Ok(Response::new(get_functions::Response::default()))
    }

    /// Panics, and nobody catches it.
    async fn stop_provider(
        &self,
        _request: Request<stop_provider::Request>,
    ) -> Result<Response<stop_provider::Response>, Status> {
        panic!("clumsy on stop");
    }

    /// Panics, and catches it.
    async fn configure_provider(
        &self,
        _request: Request<configure_provider::Request>,
    ) -> Result<Response<configure_provider::Response>, Status> {
        let outcome = catch_panic(async { panic!("clumsy on configure") }).await;
        let diagnostics = outcome.err().map(|caught| Diagnostic {
            severity: Severity::Error.into(),
            summary: caught.to_string(),
            ..Diagnostic::default()
        });
        Ok(Response::new(configure_provider::Response { diagnostics: diagnostics.into_iter().collect() }))
    }

    /// Logs a secret inside a span.
    async fn get_metadata(
        &self,
        _request: Request<get_metadata::Request>,
    ) -> Result<Response<get_metadata::Response>, Status> {
        let span = tracing::info_span!("rpc", tf_rpc = "GetMetadata");
        async { tracing::info!(token = "hunter2", tries = 3, "clumsy logs") }.instrument(span).await;
        Ok(Response::new(get_metadata::Response::default()))
    }

    /// Answers its first argument, however large.
    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Result<Response<call_function::Response>, Status> {
        let result = request.into_inner().arguments.into_iter().next();
        Ok(Response::new(call_function::Response { result, error: None }))
    }
}

fn main() -> ExitCode {
    serve::run(Clumsy, &Options::new("registry.terraform.io/example/clumsy", env!("CARGO_PKG_VERSION")))
}
