//! What reaches the host through the standard streams: stray output, the log, panics.

use serde_json::{Value, json};
use tfplugin_protocol::wire::plugin::StdioData;
use tfplugin_protocol::wire::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplugin_protocol::wire::plugin::stdio_data::Channel;
use tfplugin_protocol::wire::tfplugin6::provider_client::ProviderClient;
use tfplugin_protocol::wire::tfplugin6::{
    configure_provider, get_functions, get_metadata, stop_provider, validate_provider_config,
};

use crate::host::{Host, within};

#[tokio::test]
async fn stray_output_goes_to_the_stdio_stream_and_not_to_the_handshake_channel() {
    let mut host = Host::start("clumsy").await;
    let channel = host.connect().await;
    let mut provider = ProviderClient::new(channel.clone());
    within(provider.validate_provider_config(validate_provider_config::Request::default())).await.unwrap();
    let printed = StdioData { channel: Channel::Stdout.into(), data: b"a stray line\n".to_vec() };
    let mut stdio = within(GrpcStdioClient::new(channel).stream_stdio(())).await.unwrap().into_inner();
    assert_eq!(within(stdio.message()).await.unwrap(), Some(printed));
    assert_eq!(host.rest_of_stdout().await, "");
}

#[tokio::test]
async fn output_that_nobody_reads_blocks_nobody() {
    let host = Host::start("clumsy").await;
    let mut provider = ProviderClient::new(host.connect().await);
    for _ in 0..3 {
        within(provider.get_functions(get_functions::Request {})).await.unwrap();
    }
}

#[tokio::test]
async fn log_lines_are_hclog_records_without_secrets() {
    let mut host = Host::start_with("clumsy", &[("TF_LOG_PROVIDER_CLUMSY", "TRACE")]).await;
    let mut provider = ProviderClient::new(host.connect().await);
    within(provider.get_metadata(get_metadata::Request {})).await.unwrap();
    let mut record: Value = serde_json::from_str(&host.stderr_line("clumsy logs").await.unwrap()).unwrap();
    let timestamp = record.as_object_mut().unwrap().remove("@timestamp").unwrap();
    assert_eq!(timestamp.as_str().unwrap().len(), "2006-01-02T15:04:05.000000Z".len(), "{timestamp}");
    let expected = json!({
        "@level": "info", "@message": "clumsy logs", "@module": "provider.clumsy",
        "tf_rpc": "GetMetadata", "token": "[redacted]", "tries": 3,
    });
    assert_eq!(record, expected);
}

#[tokio::test]
async fn without_a_level_nothing_below_an_error_is_written() {
    let mut host = Host::start("clumsy").await;
    let channel = host.connect().await;
    within(ProviderClient::new(channel.clone()).get_metadata(get_metadata::Request {})).await.unwrap();
    host.shut_down(channel).await.unwrap();
    assert_eq!(host.stderr_line("").await, Err("no line with \"\" in []".to_owned()));
}

#[tokio::test]
async fn a_panic_is_printed_as_go_prints_it_and_ends_one_request_only() {
    let mut host = Host::start("clumsy").await;
    let channel = host.connect().await;
    let mut provider = ProviderClient::new(channel.clone());
    within(provider.stop_provider(stop_provider::Request {})).await.unwrap_err();
    let line = host.stderr_line("clumsy on stop").await.unwrap();
    assert_eq!(line, "panic: clumsy on stop");
    host.stderr_line("clumsy.rs:").await.unwrap();
    host.ping(channel).await.unwrap();
}

#[tokio::test]
async fn a_caught_panic_is_an_answer_and_is_not_printed() {
    let mut host = Host::start("clumsy").await;
    let channel = host.connect().await;
    let mut provider = ProviderClient::new(channel.clone());
    let answer = within(provider.configure_provider(configure_provider::Request::default())).await.unwrap();
    let summary = &answer.get_ref().diagnostics[0].summary;
    assert!(summary.starts_with("clumsy on configure (") && summary.contains("clumsy.rs:"), "{summary}");
    host.shut_down(channel).await.unwrap();
    host.stderr_line("clumsy").await.unwrap_err();
}
