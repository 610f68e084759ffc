//! A host as go-plugin's client is one: starts a plugin, reads its line, connects over mutual TLS.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tfplugin_protocol::wire::health::HealthCheckRequest;
use tfplugin_protocol::wire::health::health_client::HealthClient;
use tfplugin_protocol::wire::plugin::Empty;
use tfplugin_protocol::wire::plugin::grpc_controller_client::GrpcControllerClient;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

pub(crate) const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Far more than anything here takes on a loaded machine; reached only if the plugin hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits for `event`, and fails the test if the plugin hangs.
pub(crate) async fn within<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, event).await.expect("the plugin hangs")
}

/// A program among this package's examples, which `cargo test` builds beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(program.exists(), "build it with `cargo build -p tfplugin-protocol --example {name}`");
    program
}

/// A command with an environment in which only the test speaks for the host.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars() {
        if ["PLUGIN_", "TF_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// A one-time certificate with its key.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) pem: String,
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    /// What go-plugin's client makes: P-521, its own issuer, `CA:TRUE`.
    pub(crate) fn like_terraform() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut parameters = CertificateParams::new(["localhost".to_owned()]).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "localhost");
        parameters.distinguished_name.push(DnType::OrganizationName, "HashiCorp");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), certificate: certificate.der().clone(), key: key.serialize_der() }
    }
}

/// The handshake line in its parts.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) fields: Vec<String>,
}

impl Line {
    pub(crate) fn parse(text: &str) -> Self {
        Self { fields: text.split('|').map(str::to_owned).collect() }
    }

    pub(crate) fn socket(&self) -> &Path {
        Path::new(&self.fields[3])
    }

    /// The plugin's certificate; `None` if the plugin speaks plain HTTP/2.
    pub(crate) fn certificate(&self) -> Option<CertificateDer<'static>> {
        let der = STANDARD_NO_PAD.decode(&self.fields[5]).unwrap();
        (!der.is_empty()).then(|| CertificateDer::from(der))
    }
}

/// A plugin that was started, and the host's end of everything.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) line: Line,
    pub(crate) identity: Identity,
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Lines<BufReader<ChildStderr>>,
    /// Where the plugin's socket is; a plugin that is killed at the test's end cannot remove it.
    _temporary: TempDir,
}

impl Host {
    /// Starts an example as Terraform does, with AutoMTLS.
    pub(crate) async fn start(example: &str) -> Self {
        Self::start_with(example, &[]).await
    }

    /// Starts an example with variables beside, or instead of, Terraform's.
    pub(crate) async fn start_with(name: &str, variables: &[(&str, &str)]) -> Self {
        let identity = Identity::like_terraform();
        let mut command = command(&example(name));
        command
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_CLIENT_CERT", &identity.pem)
            .envs(variables.iter().copied());
        Self::spawn(command, identity).await
    }

    /// Starts a command that leads to a plugin, and reads the handshake line.
    pub(crate) async fn spawn(mut command: Command, identity: Identity) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = command.env("TMPDIR", temporary.path()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut line = String::new();
        within(stdout.read_line(&mut line)).await.unwrap();
        let line = Line::parse(line.strip_suffix('\n').expect("the plugin prints a handshake line"));
        Self { line, identity, child, stdout, stderr, _temporary: temporary }
    }

    /// Connects with the host's own certificate.
    pub(crate) async fn connect(&self) -> Channel {
        within(self.connect_as(Some(&self.identity), &[b"h2"])).await.unwrap()
    }

    /// Connects with any certificate, or none, and any application protocols.
    pub(crate) async fn connect_as(
        &self,
        identity: Option<&Identity>,
        protocols: &[&[u8]],
    ) -> Result<Channel, tonic::transport::Error> {
        let tls = self.line.certificate().map(|server| client_tls(server, identity, protocols));
        connect(self.line.socket(), tls).await
    }

    /// Asks whether the plugin is there.
    pub(crate) async fn ping(&self, channel: Channel) -> Result<(), tonic::Status> {
        let request = HealthCheckRequest { service: "plugin".to_owned() };
        within(HealthClient::new(channel).check(request)).await.map(drop)
    }

    /// Asks the plugin to exit.
    pub(crate) async fn shut_down(&self, channel: Channel) -> Result<(), tonic::Status> {
        within(GrpcControllerClient::new(channel).shutdown(Empty {})).await.map(drop)
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        send(signal, &self.child);
    }

    pub(crate) async fn exit(&mut self) -> ExitStatus {
        within(self.child.wait()).await.unwrap()
    }

    /// Waits for a line on standard error that contains `text`; an error says that there is none.
    pub(crate) async fn stderr_line(&mut self, text: &str) -> Result<String, String> {
        let mut seen = Vec::new();
        while let Some(line) = within(self.stderr.next_line()).await.unwrap() {
            if line.contains(text) {
                return Ok(line);
            }
            seen.push(line);
        }
        Err(format!("no line with {text:?} in {seen:?}"))
    }

    /// What the plugin writes to the handshake's channel after the line, until it closes the channel.
    pub(crate) async fn rest_of_stdout(&mut self) -> String {
        let mut rest = String::new();
        within(self.stdout.read_to_string(&mut rest)).await.unwrap();
        rest
    }
}

/// Sends a signal to a process that runs.
pub(crate) fn send(signal: rustix::process::Signal, child: &Child) {
    let id = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
    rustix::process::kill_process(id.expect("the plugin runs"), signal).unwrap();
}

/// Connects to a socket, with TLS or without.
pub(crate) async fn connect(
    socket: &Path,
    tls: Option<TlsConnector>,
) -> Result<Channel, tonic::transport::Error> {
    let socket = socket.to_owned();
    let connector = tower::service_fn(move |_| {
        let (socket, tls) = (socket.clone(), tls.clone());
        async move {
            let stream = UnixStream::connect(socket).await?;
            let stream: Box<dyn Stream> = match tls {
                None => Box::new(stream),
                Some(tls) => Box::new(tls.connect("localhost".try_into().unwrap(), stream).await?),
            };
            Ok::<_, io::Error>(TokioIo::new(stream))
        }
    });
    Endpoint::from_static("http://localhost").connect_with_connector(connector).await
}

/// TLS as Go's client does it: the plugin's certificate is the only root and must be valid for `localhost`.
fn client_tls(
    server: CertificateDer<'static>,
    identity: Option<&Identity>,
    protocols: &[&[u8]],
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(server).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match identity {
        None => config.with_no_client_auth(),
        Some(identity) => {
            let key = PrivatePkcs8KeyDer::from(identity.key.clone()).into();
            config.with_client_auth_cert(vec![identity.certificate.clone()], key).unwrap()
        }
    };
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

/// What a channel may run over.
trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}

impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Stream for T {}
