//! What only real sockets show: connections that break, TLS with a private authority, redirects, plain http.
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::arm::testing::{SUBSCRIPTION, call, settings};
use crate::arm::{Client, CloudSource, Error, ErrorKind, Request, Settings};

/// What the server does with one connection's request.
#[derive(Clone)]
enum Act {
    Answer(String),
    /// Closes before reading the request.
    CloseBefore,
    /// Reads the request and closes without an answer.
    CloseAfter,
}

/// A server on this machine that acts so on one connection after the other, and tells the request lines with their
/// bearer.
async fn serve(acts: Vec<Act>) -> (Url, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for act in acts {
            let (stream, _) = listener.accept().await.unwrap();
            act_on(stream, act, &sender).await;
        }
    });
    (url, receiver)
}

async fn act_on<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    act: Act,
    seen: &mpsc::UnboundedSender<String>,
) {
    if matches!(act, Act::CloseBefore) {
        return;
    }
    let head = read_request(&mut stream).await;
    if head.starts_with("POST") {
        // Two would be as wrong as none.
        assert_eq!(head.to_ascii_lowercase().matches("content-length: ").count(), 1, "{head}");
    }
    let line = head.lines().next().unwrap_or_default().to_owned();
    let bearer =
        if head.to_ascii_lowercase().contains("\r\nauthorization: bearer ") { " +token" } else { "" };
    seen.send(format!("{}{bearer}", line.trim_end_matches(" HTTP/1.1"))).unwrap();
    if let Act::Answer(answer) = act {
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.ok();
    }
}

/// Reads head and body of a request, returns the head.
async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut text = String::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.unwrap();
        text.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return head.to_owned();
            }
        }
        assert_ne!(count, 0, "the request ended early: {text}");
    }
}

fn http(status: &str, headers: &str, body: &str) -> Act {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
    Act::Answer(format!("{head}{body}"))
}

fn json_answer(body: &str) -> Act {
    http("200 OK", "content-type: application/json\r\n", body)
}

fn token() -> Act {
    json_answer(r#"{"access_token":"t","expires_in":3600}"#)
}

fn client(server: &Url) -> Client {
    let cloud = CloudSource::Endpoints {
        resource_manager: server.clone(),
        authority: server.clone(),
        audience: None,
    };
    Client::new(Settings { cloud, ..settings() }).unwrap()
}

async fn get(server: &Url, seconds: u64) -> Result<u16, Error> {
    let request = Request::get(SUBSCRIPTION, "2022-12-01");
    client(server).send(request, &call(seconds)).await.map(|response| response.status)
}

async fn check(acts: Vec<Act>, expected: Result<u16, (ErrorKind, &str)>, requests: usize) {
    let mut all = vec![token()];
    all.extend(acts);
    let (url, mut seen) = serve(all).await;
    match (get(&url, 60).await, expected) {
        (Ok(status), Ok(expected)) => assert_eq!(status, expected),
        (Err(error), Err((kind, part))) => {
            assert!(*error.kind() == kind && error.message().contains(part), "{error}");
        }
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
    assert_eq!(seen.recv().await.unwrap(), "POST /tenant/oauth2/v2.0/token");
    for _ in 0..requests {
        assert_eq!(seen.recv().await.unwrap(), format!("GET {SUBSCRIPTION}?api-version=2022-12-01 +token"));
    }
    assert!(seen.try_recv().is_err());
}

#[tokio::test]
async fn connections_that_break_are_made_again() {
    check(vec![json_answer("{}")], Ok(200), 1).await;
    check(vec![Act::CloseBefore, json_answer("{}")], Ok(200), 1).await;
    check(vec![Act::CloseAfter, json_answer("{}")], Ok(200), 2).await;
    let cut =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"a\"".to_owned();
    check(vec![Act::Answer(cut), json_answer("{}")], Ok(200), 2).await;
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_sent_again_only_if_that_is_harmless() {
    for (request, expected) in [
        (Request::put(SUBSCRIPTION, "1", json!({"a": 1})), Ok(200)),
        (Request::post(SUBSCRIPTION, "1", json!({"a": 1})), Err(ErrorKind::Network)),
        (Request::post(SUBSCRIPTION, "1", json!(null)).repeatable(), Ok(200)),
    ] {
        let (url, _seen) = serve(vec![token(), Act::CloseAfter, json_answer("{}")]).await;
        let found = client(&url).send(request, &call(60)).await;
        assert_eq!(found.map(|response| response.status).map_err(|error| error.kind().clone()), expected);
    }
}

#[tokio::test]
async fn answers_of_another_kind_are_refused() {
    let html = http("200 OK", "content-type: text/html\r\n", "<html>");
    check(vec![html], Err((ErrorKind::Protocol, "the answer's content type is text/html, not JSON")), 1)
        .await;
}

#[tokio::test]
async fn a_redirect_to_another_host_gets_nothing() {
    let (other, mut seen) = serve(vec![json_answer("{}")]).await;
    let redirect = http("302 Found", &format!("location: {other}steal\r\n"), "");
    check(vec![redirect], Err((ErrorKind::Protocol, "the answer is a redirect to 127.0.0.1")), 1).await;
    assert!(tokio::time::timeout(Duration::from_millis(100), seen.recv()).await.is_err());
}

#[tokio::test]
async fn nobody_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let error = get(&url, 3).await.unwrap_err();
    assert!(*error.kind() == ErrorKind::Network && error.message().contains("no connection: "), "{error}");
    assert!(error.message().contains("no token from the client secret"), "{error}");
}

#[test]
fn plain_http_to_another_machine_is_refused_at_once() {
    let cloud = CloudSource::Endpoints {
        resource_manager: "http://management.example.com".parse().unwrap(),
        authority: "https://login.example.com".parse().unwrap(),
        audience: None,
    };
    let error = Client::new(Settings { cloud, ..settings() }).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Settings);
}

/// Names the server that the test below, run again in a process of its own, sends its request to.
const PROBE: &str = "TLS_PROBE_SERVER";

/// The environment decides whom TLS trusts, and may be set for another process only. So this test runs itself again,
/// with `SSL_CERT_FILE` naming a private authority, and a proxy that loopback addresses must not go through.
#[tokio::test]
async fn a_private_authority_is_trusted_through_ssl_cert_file() {
    if let Ok(server) = std::env::var(PROBE) {
        assert_eq!(get(&server.parse().unwrap(), 60).await.unwrap(), 200);
        return;
    }
    let (url, authority) = serve_tls().await;
    let error = get(&url, 60).await.unwrap_err();
    assert!(error.message().contains("invalid peer certificate"), "{error}");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("authority.pem");
    std::fs::write(&file, authority).unwrap();
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "arm::tests::sockets::a_private_authority_is_trusted_through_ssl_cert_file"])
        .env(PROBE, url.as_str())
        .env("SSL_CERT_FILE", &file)
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

/// A TLS server that answers token requests and all others, and the PEM of its authority.
async fn serve_tls() -> (Url, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port()).parse().unwrap();
    tokio::spawn(serve_tls_connections(listener, TlsAcceptor::from(std::sync::Arc::new(config))));
    (url, authority.pem())
}

async fn serve_tls_connections(listener: TcpListener, acceptor: TlsAcceptor) {
    loop {
        let (stream, _): (TcpStream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that does not trust the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let head = read_request(&mut stream).await;
            let act = if head.starts_with("POST /tenant/oauth2") { token() } else { json_answer("{}") };
            if let Act::Answer(answer) = act {
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream.shutdown().await.ok();
            }
        });
    }
}
