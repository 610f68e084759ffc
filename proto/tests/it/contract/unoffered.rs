//! RPCs for what a provider does not have: newer cores may call them, and get a diagnostic instead of a broken call.

use tfplugin_protocol::wire::tfplugin6 as pb;
use tfplugin_protocol::wire::tfplugin6::provider_client::ProviderClient;
use tonic::transport::Channel;

use crate::host::{Host, within};

async fn echo() -> (Host, ProviderClient<Channel>) {
    let host = Host::start("echo").await;
    let client = ProviderClient::new(host.connect().await);
    (host, client)
}

#[track_caller]
fn expect_refusal(rpc: &str, diagnostics: &[pb::Diagnostic], expected: &str) {
    assert_eq!(diagnostics.len(), 1, "{rpc}: {diagnostics:?}");
    let only = &diagnostics[0];
    assert_eq!(only.severity(), pb::diagnostic::Severity::Error, "{rpc}: {only:?}");
    assert!(only.summary.contains(expected), "{rpc}: {only:?}");
    assert!(!only.detail.is_empty(), "{rpc}: {only:?}");
}

/// Calls each RPC with an empty request and expects this in the summary of the only diagnostic.
macro_rules! refused {
    ($client:ident: $($rpc:ident($request:ident) $expected:literal;)*) => {
        $(
            let answer = within($client.$rpc(pb::$request::Request::default())).await.unwrap().into_inner();
            expect_refusal(stringify!($rpc), &answer.diagnostics, $expected);
        )*
    };
}

#[tokio::test]
async fn what_the_provider_does_not_have_is_explained() {
    let (_host, mut client) = echo().await;
    refused! { client:
        generate_resource_config(generate_resource_config) "no such configuration generator";
        validate_ephemeral_resource_config(validate_ephemeral_resource_config) "no such ephemeral resource";
        open_ephemeral_resource(open_ephemeral_resource) "no such ephemeral resource";
        renew_ephemeral_resource(renew_ephemeral_resource) "no such ephemeral resource";
        close_ephemeral_resource(close_ephemeral_resource) "no such ephemeral resource";
        validate_list_resource_config(validate_list_resource_config) "no such list resource";
        plan_action(plan_action) "no such action";
        validate_action_config(validate_action_config) "no such action";
        validate_state_store_config(validate_state_store) "no such state store";
        configure_state_store(configure_state_store) "no such state store";
        lock_state(lock_state) "no such state store";
        unlock_state(unlock_state) "no such state store";
        get_states(get_states) "no such state store";
        delete_state(delete_state) "no such state store";
    }
}

/// Types that no schema names, as after a downgrade.
#[tokio::test]
async fn unknown_types_are_explained() {
    let (_host, mut client) = echo().await;
    refused! { client:
        validate_resource_config(validate_resource_config) "";
        upgrade_resource_state(upgrade_resource_state) "";
        move_resource_state(move_resource_state) "";
        upgrade_resource_identity(upgrade_resource_identity) "";
        read_resource(read_resource) "";
        plan_resource_change(plan_resource_change) "";
        apply_resource_change(apply_resource_change) "";
        import_resource_state(import_resource_state) "";
        validate_data_resource_config(validate_data_resource_config) "";
        read_data_source(read_data_source) "";
    }
}

/// Terraform 0.11 stored objects as flat maps.
#[tokio::test]
async fn a_state_from_before_terraform_0_12_is_refused() {
    let (_host, mut client) = echo().await;
    let flat = pb::RawState { flatmap: [("id".to_owned(), "t".to_owned())].into(), ..Default::default() };
    let request = pb::upgrade_resource_state::Request {
        type_name: "echo_thing".to_owned(),
        raw_state: Some(flat),
        ..Default::default()
    };
    let answer = within(client.upgrade_resource_state(request)).await.unwrap().into_inner();
    expect_refusal("upgrade_resource_state", &answer.diagnostics, "");
    assert!(answer.diagnostics[0].detail.contains("0.12"), "{answer:?}");
}

/// Functions have no diagnostics, only one error.
#[tokio::test]
async fn a_function_answers_with_its_own_kind_of_error() {
    let (_host, mut client) = echo().await;
    let request = pb::call_function::Request { name: "nothing".to_owned(), ..Default::default() };
    let answer = within(client.call_function(request)).await.unwrap().into_inner();
    let error = answer.error.unwrap();
    assert!(error.text.contains("no function \"nothing\""), "{error:?}");
    assert_eq!(error.function_argument, None);
}

/// Core panics on an event without a type, so an action ends with `Completed` in any case.
#[tokio::test]
async fn streams_end_after_the_explanation() {
    let (_host, mut client) = echo().await;
    let request = pb::list_resource::Request::default();
    let mut events = within(client.list_resource(request)).await.unwrap().into_inner();
    let event = within(events.message()).await.unwrap().unwrap();
    expect_refusal("list_resource", &event.diagnostic, "no such list resource");
    assert!(within(events.message()).await.unwrap().is_none());

    let request = pb::invoke_action::Request::default();
    let mut events = within(client.invoke_action(request)).await.unwrap().into_inner();
    let event = within(events.message()).await.unwrap().unwrap();
    let Some(pb::invoke_action::event::Type::Completed(completed)) = event.r#type else {
        panic!("the action is not completed: {event:?}");
    };
    expect_refusal("invoke_action", &completed.diagnostics, "no such action");
    assert!(within(events.message()).await.unwrap().is_none());

    let request = pb::read_state_bytes::Request::default();
    let mut chunks = within(client.read_state_bytes(request)).await.unwrap().into_inner();
    let chunk = within(chunks.message()).await.unwrap().unwrap();
    expect_refusal("read_state_bytes", &chunk.diagnostics, "no such state store");

    let chunks = tokio_stream::once(pb::write_state_bytes::RequestChunk::default());
    let answer = within(client.write_state_bytes(chunks)).await.unwrap().into_inner();
    expect_refusal("write_state_bytes", &answer.diagnostics, "no such state store");
}
