//! How a plugin ends: at the host's word, by a signal, with its host.

use std::io::Write as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tfplugin_protocol::wire::health::HealthCheckRequest;
use tfplugin_protocol::wire::health::health_client::HealthClient;
use tfplugin_protocol::wire::plugin::grpc_broker_client::GrpcBrokerClient;
use tfplugin_protocol::wire::plugin::grpc_stdio_client::GrpcStdioClient;
use tokio::process::Command;
use tonic::Code;

use crate::host::{COOKIE, Host, Identity, command, example, within};

/// A host kills a plugin that takes longer; in practice it is a few milliseconds.
const EXIT_LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn the_plugin_exits_at_once_when_told_and_ends_its_streams() {
    let mut host = Host::start("bare").await;
    let channel = host.connect().await;
    // The two streams that go-plugin's client opens at once, and the health service's.
    let mut broker = GrpcBrokerClient::new(channel.clone());
    let mut offers = within(broker.start_stream(tokio_stream::pending())).await.unwrap().into_inner();
    let mut stdio =
        within(GrpcStdioClient::new(channel.clone()).stream_stdio(())).await.unwrap().into_inner();
    let watched = HealthCheckRequest { service: "plugin".to_owned() };
    let mut health = within(HealthClient::new(channel.clone()).watch(watched)).await.unwrap().into_inner();
    assert!(within(health.message()).await.unwrap().is_some());

    let asked = Instant::now();
    host.shut_down(channel.clone()).await.unwrap();
    assert_eq!(within(offers.message()).await.unwrap(), None);
    assert_eq!(within(stdio.message()).await.unwrap(), None);
    assert!(within(health.message()).await.unwrap().is_none());
    let status = host.exit().await;
    let taken = asked.elapsed();
    let mut report = std::io::stdout();
    writeln!(report, "from Shutdown to the exit: {taken:?}").unwrap();
    assert!(status.success() && taken < EXIT_LIMIT, "{status} after {taken:?}");
    assert!(!host.line.socket().parent().unwrap().exists(), "the socket's directory is left over");
}

#[tokio::test]
async fn health_knows_the_plugin_and_nothing_else() {
    let host = Host::start("bare").await;
    let mut health = HealthClient::new(host.connect().await);
    for (service, expected) in [("plugin", Code::Ok), ("", Code::Ok), ("other", Code::NotFound)] {
        let answer = within(health.check(HealthCheckRequest { service: service.to_owned() })).await;
        assert_eq!(answer.err().map_or(Code::Ok, |status| status.code()), expected, "{service:?}");
    }
}

#[tokio::test]
async fn an_interrupt_is_the_hosts_business_and_a_termination_is_not() {
    let mut host = Host::start_with("bare", &[("TF_LOG", "TRACE")]).await;
    let channel = host.connect().await;
    host.signal(Signal::INT);
    host.stderr_line("interrupt ignored").await.unwrap();
    host.ping(channel).await.unwrap();
    host.signal(Signal::TERM);
    assert!(host.exit().await.success());
    assert!(!host.line.socket().exists());
}

/// Terraform may start a plugin from a thread that ends before the plugin does.
#[tokio::test]
async fn the_plugin_outlives_the_thread_that_started_it() {
    let identity = Identity::like_terraform();
    let mut command = command(&example("bare"));
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("TF_LOG", "TRACE")
        .env("PLUGIN_CLIENT_CERT", &identity.pem);
    let runtime = tokio::runtime::Handle::current();
    // The line is read on that thread too, so that the plugin has asked for the signal before it ends.
    let starting = std::thread::spawn(move || {
        let _runtime = runtime.enter();
        runtime.block_on(Host::spawn(command, identity))
    });
    let mut host = tokio::task::spawn_blocking(|| starting.join().unwrap()).await.unwrap();
    host.stderr_line("the parent lives").await.unwrap();
    host.ping(host.connect().await).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_plugin_goes_when_its_host_is_killed() {
    let identity = Identity::like_terraform();
    // A shell plays the host: it starts the plugin, waits, and is killed.
    let mut shell: Command = command(std::path::Path::new("sh"));
    shell
        .args(["-c", "\"$0\" & wait"])
        .arg(example("bare"))
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_CLIENT_CERT", &identity.pem);
    let mut host = Host::spawn(shell, identity).await;
    let channel = host.connect().await;
    host.ping(channel).await.unwrap();
    host.signal(Signal::KILL);
    // Standard error is closed only when the plugin, which inherited it, has gone as well.
    host.stderr_line("never written").await.unwrap_err();
    assert!(!host.line.socket().exists());
}

/// Covers the systems that have no parent-death signal: nobody is connected any more.
#[tokio::test]
async fn the_plugin_goes_when_it_is_left_alone() {
    let mut host = Host::start("bare").await;
    let channel = host.connect().await;
    host.ping(channel.clone()).await.unwrap();
    drop(channel);
    assert!(host.exit().await.success());
    assert!(!host.line.socket().exists());
}
