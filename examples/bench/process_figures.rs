//! The provider alone: start, schema, memory, size.

use crate::Size;
use crate::plugin::Plugin;
use crate::report::{Report, median, milliseconds};
use crate::shared::process::Failure;
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use std::path::Path;
use std::time::{Duration, Instant};
use tfplugin_protocol::wire::tfplugin6::get_provider_schema::Request;
use tfplugin_protocol::wire::tfplugin6::provider_client::ProviderClient;
use tokio::net::UnixStream;
use tokio::runtime;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

const SCHEMA_MEMORY: &str = "peak memory after the schema";

/// Measures and reports.
pub(crate) fn measure(provider: &Path, size: Size, report: &mut Report) -> Result<(), Failure> {
    let bytes = provider.metadata().map_err(Failure::of("measure the provider's binary"))?.len();
    report.add("binary", (mebibytes(bytes), "MiB"), Some(12.0), "stripped in release builds")?;

    let certificate = client_certificate()?;
    let starts = (0..size.starts).map(|_| Plugin::start(provider, Some(&certificate)));
    let handshakes =
        starts.map(|plugin| Ok(milliseconds(plugin?.handshake))).collect::<Result<Vec<_>, _>>()?;
    let note = format!("median of {}, with TLS", size.starts);
    report.add("start to handshake", (median(handshakes), "ms"), Some(3.0), note)?;

    let schemas = (0..size.starts).map(|_| schema(provider)).collect::<Result<Vec<_>, _>>()?;
    let times = schemas.iter().map(|schema| milliseconds(schema.took)).collect();
    let bytes = schemas.first().map_or(0, |schema| schema.bytes);
    report.add("handshake to schema", (median(times), "ms"), Some(2.0), format!("{bytes} bytes, no TLS"))?;
    match schemas.iter().map(|schema| schema.peak_memory).collect::<Option<Vec<f64>>>() {
        Some(memory) => report.add(SCHEMA_MEMORY, (median(memory), "MiB"), Some(12.0), ""),
        None => report.add_missing(SCHEMA_MEMORY, "not measured: this system has no /proc"),
    }
}

/// One answer to the question for the schema.
#[derive(Debug)]
struct Schema {
    took: Duration,
    bytes: usize,
    peak_memory: Option<f64>,
}

/// Asks a new process for its schema, from the moment its handshake was read.
fn schema(provider: &Path) -> Result<Schema, Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::of("start a runtime"))?;
    let plugin = Plugin::start(provider, None)?;
    let start = Instant::now();
    let answer = runtime.block_on(async {
        let mut client = ProviderClient::new(connect(&plugin).await?).max_decoding_message_size(256 << 20);
        client.get_provider_schema(Request {}).await.map_err(Failure::of("ask for the schema"))
    })?;
    let took = start.elapsed();
    let bytes = prost::Message::encoded_len(answer.get_ref());
    Ok(Schema { took, bytes, peak_memory: plugin.peak_memory() })
}

async fn connect(plugin: &Plugin) -> Result<Channel, Failure> {
    let socket = plugin.socket.clone();
    // The address is a formality: the connector knows where to go.
    let connector = service_fn(move |_| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
        .map_err(Failure::of("connect to the provider"))
}

/// A certificate like Terraform's: self-signed ECDSA P-521 for localhost.
/// <https://github.com/hashicorp/go-plugin/blob/v1.6.0/mtls.go>
fn client_certificate() -> Result<String, Failure> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).map_err(Failure::of("make a key"))?;
    let parameters =
        CertificateParams::new(["localhost".to_owned()]).map_err(Failure::of("name a certificate"))?;
    let certificate = parameters.self_signed(&key).map_err(Failure::of("sign a certificate"))?;
    Ok(certificate.pem())
}

#[expect(clippy::cast_precision_loss, reason = "no binary has 2^52 bytes")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
