//! Runs a provider as a process: everything between `main` and the provider's own RPCs.
//!
//! Start at [`run`]. This module must not know any RPC of Terraform; it takes the generated service trait and
//! passes it on to gRPC.
//!
//! ```text
//! cookie -> TLS certificate -> socket -> signals -> handshake line -> connections -> gRPC -> stop
//! handshake    mtls            listen    shutdown   stdout            connections    plugin  shutdown
//! ```

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use tokio::sync::{Mutex, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::transport::Server;

pub use crate::arguments::Command;
use crate::arguments::{self, Mode};
use crate::connections::{Connection, accept};
use crate::handshake::{self, HandshakeError, HostEnvironment};
use crate::listen::Listener;
use crate::live::{Counted, LiveCount};
use crate::plugin::{Broker, Controller, Healthy, Stdio};
use crate::shutdown::{self, Stop};
use crate::wire::health::health_server::HealthServer;
use crate::wire::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::wire::plugin::grpc_controller_server::GrpcControllerServer;
use crate::wire::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::wire::tfplugin6::provider_server::{Provider, ProviderServer};
use crate::wire::tfplugin6::stop_provider;
use crate::{debug, log, mtls, stdout};

/// The largest message, both ways, as in HashiCorp's own server: gRPC's usual 4 MiB is less than one large
/// attribute. <https://github.com/hashicorp/terraform-plugin-go/blob/v0.26.0/tfprotov6/tf6server/server.go>
const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// How long answers under way may take to leave after the stop. A host waits two seconds for the exit and
/// spends them on every command, so the process rather cuts off a slow peer.
const DRAIN_LIMIT: Duration = Duration::from_millis(100);

/// Requests are I/O; two threads keep one that computes from delaying the others.
const WORKER_THREADS: usize = 2;

type Failure = Box<dyn Error + Send + Sync>;

/// What a provider is called, and what people can ask of its program.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Options {
    /// The address in a registry, with host: `registry.terraform.io/namespace/name`.
    pub address: &'static str,
    /// The provider's version, usually `env!("CARGO_PKG_VERSION")`.
    pub version: &'static str,
    /// Commands of the provider's own.
    pub commands: &'static [Command],
}

impl Options {
    /// Names a provider by its full registry address and its version.
    pub const fn new(address: &'static str, version: &'static str) -> Self {
        Self { address, version, commands: &[] }
    }

    /// The same provider with commands of its own, which people start by the first argument.
    #[must_use]
    pub const fn commands(self, commands: &'static [Command]) -> Self {
        Self { commands, ..self }
    }

    /// The last part of the address: `name` in `registry.terraform.io/namespace/name`.
    pub(crate) fn name(&self) -> &'static str {
        self.address.rsplit('/').next().unwrap_or(self.address)
    }
}

/// Runs `service` as a Terraform provider until the host ends it, and says how the process should exit.
///
/// Call it first in `main` and return its answer. The arguments of the process decide: none means that a host
/// started it, `--debug` that a person did, `--version` and `--help` print and end, and a [`Command`] of the
/// options runs with nothing prepared for it. To serve, this installs the log (see [`log`]), a panic hook, signal
/// handlers and its own Tokio runtime, and takes standard output away.
///
/// RPCs that are under way when the process stops, or when their connection closes, are dropped where they
/// wait; a service that must not be cut off in the middle spawns a task of its own. After SIGTERM the service's
/// `stop_provider` is called and what is under way is waited for.
pub fn run<S: Provider>(service: S, options: &Options) -> ExitCode {
    let outcome = match arguments::mode(std::env::args_os().skip(1), options.commands) {
        Mode::Plugin => run_as_plugin(service, options),
        Mode::Debug => run_in_debug_mode(service, options),
        Mode::Print(text) => io::stdout().write_all(text(options).as_bytes()).map_err(Failure::from),
        Mode::Run(command, arguments) => return (command.run)(arguments),
        Mode::Unknown(argument) => Err(arguments::unknown(&argument, options).into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to be done if standard error is closed too.
            writeln!(io::stderr(), "{}: {failure}", options.name()).ok();
            ExitCode::FAILURE
        }
    }
}

fn run_as_plugin<S: Provider>(service: S, options: &Options) -> Result<(), Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    let host = match HostEnvironment::read(variable) {
        Err(HandshakeError::NoCookie) => return Err(arguments::started_by_hand(options).into()),
        read => read?,
    };
    log::install(log::level(variable, options.name()));
    block_on(async {
        let mut stdout = stdout::take().map_err(while_trying("to take standard output"))?;
        let tls = host.client_certificate.clone().map(mutual_tls).transpose()?;
        let (certificate, tls) = tls.unzip();
        let listener = Listener::bind(&host).map_err(while_trying("to open a socket for the host"))?;
        let (stop, live) = (Stop::default(), LiveCount::default());
        shutdown::follow_host_signals(stop.clone()).map_err(while_trying("to follow signals"))?;
        #[cfg(target_os = "linux")]
        shutdown::stop_with_parent(stop.clone()).map_err(while_trying("to follow the host"))?;
        tokio::spawn(shutdown::stop_when_unconnected(live.clone(), stop.clone()));

        let answer = handshake::line(listener.address(), certificate.as_ref(), host.asks_for_multiplexing);
        let told = stdout.handshake.write_all(answer.as_bytes()).and_then(|()| stdout.handshake.flush());
        told.map_err(while_trying("to tell the host where to connect"))?;
        drop(stdout.handshake);
        if !host.speaks_our_version() {
            tracing::error!(versions = ?host.protocol_versions, "the host does not speak protocol 6");
        }
        serve(service, &Endpoint { listener, tls, live, stop }, stdout.printed).await
    })
}

fn run_in_debug_mode<S: Provider>(service: S, options: &Options) -> Result<(), Failure> {
    log::install(log::level(|name| std::env::var(name).ok(), options.name()));
    block_on(async {
        let listener =
            Listener::bind(&HostEnvironment::default()).map_err(while_trying("to open a socket"))?;
        let stop = Stop::default();
        shutdown::stop_on_interrupt(stop.clone()).map_err(while_trying("to follow signals"))?;
        let text = debug::instructions(options.address, std::process::id(), listener.address());
        io::stdout().write_all(text.as_bytes())?;
        // A person reads this process's standard output, so there is nothing to hand to the host.
        let (_, nothing_printed) = mpsc::channel(1);
        let endpoint = Endpoint { listener, tls: None, live: LiveCount::default(), stop };
        serve(service, &endpoint, nothing_printed).await
    })
}

/// Makes this process's certificate, and the acceptor that lets only `client` in.
fn mutual_tls(client: CertificateDer<'static>) -> Result<(CertificateDer<'static>, TlsAcceptor), Failure> {
    let (certificate, config) = mtls::server_config(client, OffsetDateTime::now_utc())
        .map_err(while_trying("to make a certificate"))?;
    Ok((certificate, TlsAcceptor::from(Arc::new(config))))
}

/// Says what failed, for errors of the operating system that do not.
fn while_trying<E: fmt::Display>(act: &'static str) -> impl FnOnce(E) -> Failure {
    move |error| format!("failed {act}: {error}").into()
}

/// Runs `process` to its end without waiting for blocking tasks that are left over.
fn block_on(process: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(WORKER_THREADS).enable_all().build()?;
    let outcome = runtime.block_on(process);
    runtime.shutdown_background();
    outcome
}

/// Where hosts connect to, and the process's end; dropping it removes the socket.
struct Endpoint {
    listener: Listener,
    tls: Option<TlsAcceptor>,
    live: LiveCount,
    stop: Stop,
}

/// Serves all services on every connection until the stop, then drains for at most [`DRAIN_LIMIT`].
async fn serve<S: Provider>(
    service: S,
    endpoint: &Endpoint,
    printed: mpsc::Receiver<Bytes>,
) -> Result<(), Failure> {
    let Endpoint { listener, tls, live, stop } = endpoint;
    let (sender, connections) = mpsc::channel::<Connection>(1);
    let (service, under_way) = (Arc::new(service), LiveCount::default());
    let provider = ProviderServer::from_arc(Arc::clone(&service))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    let printed = Arc::new(Mutex::new(printed));
    let serving = Server::builder()
        .add_service(Counted { service: provider, under_way: under_way.clone() })
        .add_service(GrpcControllerServer::new(Controller { stop: stop.clone() }))
        .add_service(GrpcBrokerServer::new(Broker { stop: stop.clone() }))
        .add_service(GrpcStdioServer::new(Stdio { stop: stop.clone(), printed }))
        .add_service(HealthServer::new(Healthy { stop: stop.clone() }))
        .serve_with_incoming_shutdown(
            ReceiverStream::new(connections).map(Ok::<_, io::Error>),
            stop.requested(),
        );
    tokio::spawn(wind_down(service, under_way, stop.clone()));
    let drained = async {
        stop.requested().await;
        tokio::time::sleep(DRAIN_LIMIT).await;
    };
    tokio::select! {
        outcome = serving => Ok(outcome?),
        () = drained => Ok(()),
        never = accept(listener, tls.as_ref(), live, &sender) => match never {},
    }
}

/// Once the process winds down, tells the provider to come to an end, as the host does with an interrupt, and
/// waits for that.
async fn wind_down<S: Provider>(service: Arc<S>, under_way: LiveCount, stop: Stop) {
    stop.winding_down().await;
    // A provider that cannot be told is waited for all the same.
    service.stop_provider(Request::new(stop_provider::Request {})).await.ok();
    shutdown::stop_when_finished(under_way, stop).await;
}
