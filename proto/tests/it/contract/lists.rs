//! `terraform query`, from Terraform's side and on the wire.

use tfplugin_protocol::wire::tfplugin6 as pb;
use tfplugin_protocol::wire::tfplugin6::attribute_path::step::Selector;
use tfplugin_protocol::wire::tfplugin6::list_resource::{Event, Request};
use tfplugin_protocol::wire::tfplugin6::provider_client::ProviderClient;
use tonic::transport::Channel;

use super::versions::newest;
use crate::host::{Host, within};
use crate::shared::process::Failure;

/// A query for `names`, as core sends it.
fn query(names: &[&str], misbehave: &str) -> pb::DynamicValue {
    let misbehave = if misbehave.is_empty() { rmpv::Value::Nil } else { misbehave.into() };
    let names = rmpv::Value::Array(names.iter().map(|name| (*name).into()).collect());
    object([("misbehave", misbehave), ("names", names)])
}

fn object<const N: usize>(attributes: [(&str, rmpv::Value); N]) -> pb::DynamicValue {
    let object = rmpv::Value::Map(attributes.map(|(name, value)| (name.into(), value)).into());
    let mut msgpack = Vec::new();
    rmpv::encode::write_value(&mut msgpack, &object).unwrap();
    pb::DynamicValue { msgpack: msgpack.into(), ..Default::default() }
}

fn request(names: &[&str], misbehave: &str) -> Request {
    let type_name = "echo_thing".to_owned();
    Request { type_name, config: Some(query(names, misbehave)), ..Default::default() }
}

async fn configured() -> (Host, ProviderClient<Channel>) {
    let host = Host::start("echo").await;
    let mut client = ProviderClient::new(host.connect().await);
    let config = Some(object([("nameless", rmpv::Value::Nil), ("prefix", rmpv::Value::Nil)]));
    let nothing = pb::configure_provider::Request { config, ..Default::default() };
    within(client.configure_provider(nothing)).await.unwrap();
    (host, client)
}

/// What a query finds, in short: names, `!` before an error, `?` before a warning.
async fn found(client: &mut ProviderClient<Channel>, request: Request) -> Vec<String> {
    let mut events = within(client.list_resource(request)).await.unwrap().into_inner();
    let mut found = Vec::new();
    while let Some(event) = within(events.message()).await.unwrap() {
        found.extend(short(&event));
    }
    found
}

fn short(event: &Event) -> Vec<String> {
    assert!(event.identity.is_some() || !event.diagnostic.is_empty(), "{event:?}");
    let name = event.identity.iter().map(|_| {
        let whole = if event.resource_object.is_some() { "+" } else { "" };
        format!("{}{whole}", event.display_name)
    });
    let said = event.diagnostic.iter().map(|diagnostic| {
        let error = diagnostic.severity() == pb::diagnostic::Severity::Error;
        format!("{}{}", if error { '!' } else { '?' }, diagnostic.summary)
    });
    name.chain(said).collect()
}

#[tokio::test]
async fn a_query_finds_no_more_than_it_asks_for_and_says_what_went_wrong() {
    let (_host, mut client) = configured().await;
    let three = ["a", "b", "c"];
    for (asked, expected) in [
        (request(&three, ""), &["a", "b", "c"][..]),
        (Request { limit: 2, ..request(&three, "error") }, &["a", "b"]),
        (Request { limit: 3, ..request(&three, "wait") }, &["a", "b", "c"]),
        (Request { limit: 4, include_resource_object: true, ..request(&three, "") }, &["a+", "b+", "c+"]),
        (request(&three[..1], "error"), &["a", "!It failed at the end"]),
        (request(&three[..1], "panic"), &["a", "!The provider has a bug"]),
        (request(&three[..1], "warn"), &["a", "?There may be more"]),
        (request(&[], ""), &[]),
    ] {
        let asked_for = format!("{asked:?}");
        assert_eq!(found(&mut client, asked).await, expected, "{asked_for}");
    }
}

/// The listing waits for ever; the process would not end in time if anything of it were left.
#[tokio::test]
async fn a_client_that_goes_away_ends_the_listing() {
    let (host, mut client) = configured().await;
    let mut events = within(client.list_resource(request(&["a"], "wait"))).await.unwrap().into_inner();
    assert_eq!(short(&within(events.message()).await.unwrap().unwrap()), ["a"]);
    drop(events);
    assert_eq!(found(&mut client, request(&["b"], "")).await, ["b"]);
    drop(host);
}

#[tokio::test]
async fn queries_are_checked_without_a_configured_provider() {
    let host = Host::start("echo").await;
    let mut client = ProviderClient::new(host.connect().await);
    // Core looks for attributes in the list block, where the query is the block `config`.
    for (names, expected) in [(&["a"][..], ""), (&[], "config.names: Nothing to find")] {
        let request = pb::validate_list_resource_config::Request {
            type_name: "echo_thing".to_owned(),
            config: Some(query(names, "")),
            ..Default::default()
        };
        let answer = within(client.validate_list_resource_config(request)).await.unwrap().into_inner();
        let said: Vec<_> =
            answer.diagnostics.iter().map(|d| format!("{}: {}", place(d), d.summary)).collect();
        assert_eq!(said.join(", "), expected);
    }
}

/// The attribute that a diagnostic is about.
fn place(said: &pb::Diagnostic) -> String {
    let steps = said.attribute.iter().flat_map(|path| &path.steps);
    let name = |step: &pb::attribute_path::Step| {
        if let Some(Selector::AttributeName(name)) = &step.selector { Some(name.clone()) } else { None }
    };
    let names = steps.filter_map(name);
    names.collect::<Vec<_>>().join(".")
}

#[test]
fn terraform_finds_things_and_writes_their_configuration() -> Result<(), Failure> {
    let Some(scene) = newest("provider \"echo\" {\n  prefix = \">\"\n}\n")? else { return Ok(()) };
    let list = "list \"echo_thing\" \"l\" {\n  provider = echo\n  include_resource = true\n  config {\n    \
                names = [\"a\", \"b\"]\n  }\n}\n";
    scene.write("things.tfquery.hcl", list)?;
    let shown = scene.run(&["query", "-generate-config-out=generated.tf"])?.require(0)?;
    shown.require_text("name=b")?.require_text(">b")?;
    scene.run(&["apply", "-auto-approve"])?.require(0)?.require_text("2 imported, 0 added")?;
    scene.plan(0, "No changes.")?;
    scene.write("things.tfquery.hcl", &list.replace("[\"a\", \"b\"]", "[]"))?;
    scene.run(&["query"])?.require(1)?.require_text("Nothing to find").map(drop)
}
