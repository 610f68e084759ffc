//! Who may connect, and that those who may not disturb nobody.

use tfplugin_protocol::wire::tfplugin6::provider_client::ProviderClient;
use tfplugin_protocol::wire::tfplugin6::{DynamicValue, call_function, get_provider_schema};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tonic::Code;

use crate::host::{Host, Identity, within};

/// Starts a plugin that logs whom it refuses.
async fn bare_with_warnings() -> Host {
    Host::start_with("bare", &[("TF_LOG", "WARN")]).await
}

#[tokio::test]
async fn only_the_host_that_started_the_plugin_gets_in() {
    let mut host = bare_with_warnings().await;
    let other = Identity::like_terraform();
    for (name, identity) in [("another certificate", Some(&other)), ("no certificate", None)] {
        // In TLS 1.3 the client is done before the server has looked at the certificate, so the refusal may
        // come with the connection or with the first request.
        let served = match host.connect_as(identity, &[b"h2"]).await {
            Ok(channel) => host.ping(channel).await.is_ok(),
            Err(_) => false,
        };
        assert!(!served, "{name} was let in");
        let line = host.stderr_line("a peer was refused").await.unwrap();
        assert!(line.contains("\"@level\":\"warn\""), "{line}");
    }
    host.ping(host.connect().await).await.unwrap();
}

/// Go's client always offers `h2`, and since grpc-go 1.67 hangs up if the plugin does not choose it; a client that
/// names no protocol is served as well, because there is nothing else that it could mean.
#[tokio::test]
async fn application_protocols_are_h2_or_unsaid() {
    let host = Host::start("bare").await;
    for (protocols, accepted) in [(&[&b"h2"[..]][..], true), (&[], true), (&[b"http/1.1"], false)] {
        let served = match host.connect_as(Some(&host.identity), protocols).await {
            Ok(channel) => host.ping(channel).await.is_ok(),
            Err(_) => false,
        };
        assert_eq!(served, accepted, "{protocols:?}");
    }
}

#[tokio::test]
async fn connections_are_served_side_by_side() {
    let host = Host::start("bare").await;
    let (first, second) = tokio::join!(host.connect(), host.connect());
    host.ping(second.clone()).await.unwrap();
    host.ping(first.clone()).await.unwrap();
    drop(first);
    host.ping(second).await.unwrap();
}

#[tokio::test]
async fn silent_peers_and_junk_block_nobody() {
    let mut host = bare_with_warnings().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(UnixStream::connect(host.line.socket()).await.unwrap());
    }
    let mut junk = UnixStream::connect(host.line.socket()).await.unwrap();
    junk.write_all(b"GET / HTTP/1.1\r\n\r\n\0\0\0\xff").await.unwrap();
    let mut answer = Vec::new();
    // The plugin may answer with an alert before it hangs up, or reset the connection.
    within(junk.read_to_end(&mut answer)).await.ok();
    host.stderr_line("a peer was refused").await.unwrap();
    host.ping(host.connect().await).await.unwrap();
}

#[tokio::test]
async fn large_messages_pass_both_ways() {
    let host = Host::start("clumsy").await;
    let mut provider = ProviderClient::new(host.connect().await).max_decoding_message_size(usize::MAX);
    let large = DynamicValue { msgpack: vec![b'x'; 9 << 20].into(), ..DynamicValue::default() };
    let request = call_function::Request { name: "echo".to_owned(), arguments: vec![large.clone()] };
    let answer = within(provider.call_function(request)).await.unwrap();
    assert_eq!(answer.into_inner().result.unwrap(), large);
}

#[tokio::test]
async fn an_rpc_that_the_provider_leaves_out_is_unimplemented() {
    let host = Host::start("clumsy").await;
    let mut provider = ProviderClient::new(host.connect().await);
    let answer = within(provider.get_provider_schema(get_provider_schema::Request {})).await;
    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
}
