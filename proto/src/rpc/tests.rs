//! What the RPCs make of a resource that does what its attribute `mode` says: one case per promise.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Server;
use super::answer::{Subject, answer};
use crate::provider::{
    Call, DataSource, DynDataSource, DynResource, IdentityAttribute, ImportTarget, Planning, Provider,
    ProviderBlock, Resource,
};
use crate::schema::Attribute;
use crate::wire::tfplugin6 as pb;
use crate::{Attr, Diagnostic, Diagnostics, Result, Schema, Value, codec};

struct Moody;

#[derive(Deserialize)]
struct Nothing {}

impl Provider for Moody {
    type Context = ();
    type Config = Nothing;

    fn schema(&self) -> Schema {
        Schema::new("For tests.")
    }

    fn configure(&self, _: Nothing, _: &str, _: &mut Diagnostics) -> Result<()> {
        Ok(())
    }

    fn resources(&self) -> &'static [&'static dyn DynResource<()>] {
        &[&Thing]
    }

    fn data_sources(&self) -> &'static [&'static dyn DynDataSource<()>] {
        &[&Look]
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Model {
    id: Attr<String>,
    name: Attr<String>,
    mode: Attr<String>,
    secret: Attr<String>,
    size: Attr<f64>,
    #[serde(skip_serializing_if = "Attr::is_null", default)]
    misfit: Attr<String>,
}

impl Model {
    fn mode(&self) -> &str {
        self.mode.known().map_or("", String::as_str)
    }
}

struct Thing;

impl Resource for Thing {
    type Context = ();
    type Model = Model;

    const NAME: &'static str = "moody_thing";

    fn schema(&self) -> Schema {
        let case =
            |a: &Value, b: &Value| a.as_str().map(str::to_lowercase) == b.as_str().map(str::to_lowercase);
        let text = || Attribute::string().describe("T.");
        let schema = Schema::new("Moody.")
            .attribute("id", text().computed())
            .attribute("name", text().required().same_if(case))
            .attribute("mode", text().optional())
            .attribute("secret", text().optional().write_only())
            .attribute("size", Attribute::number().computed().describe("S."));
        Schema { version: 2, ..schema }
    }

    fn identity_schema(&self) -> &'static [IdentityAttribute] {
        &[IdentityAttribute { name: "name", description: "N.", required: true }]
    }

    fn identity(&self, state: &Model) -> Option<Value> {
        let name = Value::from(state.name.known()?.as_str());
        match state.mode() {
            "no identity" => None,
            "wrong identity" => Some(Value::from_iter([("nome", name)])),
            "panic identity" => panic!("no identity"),
            _ => Some(Value::from_iter([("name", name)])),
        }
    }

    fn check(&self, _: &Model, provider: &ProviderBlock) -> Diagnostics {
        seen(provider)
    }

    async fn plan(&self, call: &mut Call<()>, planning: Planning<Model>) -> Result<Model> {
        call.warn(Diagnostic::warning("Warned", "First."));
        match planning.planned.mode() {
            "fail" => Err(Diagnostic::error("Failed", "Then.").into()),
            "panic" => panic!("at planning"),
            "replace" => {
                call.replace("mode");
                Ok(planning.planned)
            }
            _ => Ok(planning.planned),
        }
    }

    async fn plan_delete(&self, call: &mut Call<()>, prior: &Model) -> Result<()> {
        call.warn(Diagnostic::warning("Warned", "First."));
        tokio::task::yield_now().await;
        match prior.mode() {
            "fail" => Err(Diagnostic::error("Failed", "Then.").into()),
            "panic" => panic!("at planning"),
            _ => Ok(()),
        }
    }

    async fn create(&self, call: &mut Call<()>, planned: Model) -> Result<Model> {
        let new = Model { id: "created".into(), size: Attr::Known(1.0), ..planned };
        let saved = |call: &mut Call<()>, new: &Model| {
            call.save(new);
            Diagnostics::from(Diagnostic::error("Half-way", "It was told to."))
        };
        Ok(match new.mode() {
            "secret saved" => return Err(saved(call, &Model { secret: "hunter2".into(), ..new })),
            "unknown saved" => return Err(saved(call, &Model { size: Attr::Unknown, ..new })),
            "only a warning" => return Err(Diagnostic::warning("Hm", "Throttled.").into()),
            "unknown" => Model { size: Attr::Unknown, ..new },
            "nan" => Model { size: Attr::Known(f64::NAN), ..new },
            "misfit" => Model { misfit: "x".into(), ..new },
            "spelling" => Model { name: new.name.map(|name| name.to_lowercase()), ..new },
            "secret read" => Model { id: call.config::<Model>()?.secret, ..new },
            "secret returned" => Model { secret: "hunter2".into(), ..new },
            _ => new,
        })
    }

    async fn read(&self, call: &mut Call<()>, state: Model) -> Result<Option<Model>> {
        call.warn(Diagnostic::warning("Warned", "First."));
        match state.mode() {
            "fail" => Err(Diagnostic::error("Failed", "Then.").into()),
            "only a warning" => Err(Diagnostic::warning("Hm", "Throttled.").into()),
            "spelling" => {
                Ok(Some(Model { name: state.name.clone().map(|name| name.to_uppercase()), ..state }))
            }
            _ => Ok(Some(state)),
        }
    }

    async fn update(&self, call: &mut Call<()>, _: Model, planned: Model) -> Result<Model> {
        self.create(call, planned).await
    }

    async fn delete(&self, _: &mut Call<()>, _: Model) -> Result<()> {
        Ok(())
    }

    fn import(&self, call: &mut Call<()>, target: ImportTarget<'_>) -> Result<Model> {
        call.warn(Diagnostic::warning("Warned", "First."));
        let ImportTarget::Id(id @ ("found" | "no identity")) = target else {
            return Err(Diagnostic::error("Failed", "Then.").into());
        };
        let [id, secret]: [Attr<String>; 2] = [id.into(), "hunter2".into()];
        let [mode, name] = [id.clone(), id.clone()];
        Ok(Model { id, name, mode, secret, size: Attr::Null, misfit: Attr::Null })
    }

    fn upgrade(&self, from: i64, state: &serde_json::Value) -> Result<Model> {
        let text = |name: &str| state[name].as_str().map_or(Attr::Null, Attr::from);
        match from {
            1 => Ok(Model {
                id: text("id"),
                name: text("title"),
                mode: Attr::Null,
                secret: "hunter2".into(),
                size: Attr::Null,
                misfit: Attr::Null,
            }),
            _ => Err(Diagnostic::error("Failed", format!("Version {from}.")).into()),
        }
    }
}

struct Look;

impl DataSource for Look {
    type Context = ();
    type Model = Model;

    const NAME: &'static str = "moody_look";

    fn schema(&self) -> Schema {
        Thing.schema()
    }

    fn check(&self, _: &Model, provider: &ProviderBlock) -> Diagnostics {
        seen(provider)
    }

    async fn read(&self, call: &mut Call<()>, config: Model) -> Result<Model> {
        call.warn(Diagnostic::warning("Warned", "First."));
        match config.mode() {
            "fail" => Err(Diagnostic::error("Failed", "Then.").into()),
            "unknown" => Ok(Model { id: Attr::Unknown, ..config }),
            _ => Ok(config),
        }
    }
}

/// Tells whether a check sees the provider block.
fn seen(provider: &ProviderBlock) -> Diagnostics {
    let summary = if provider.read::<Nothing>().is_some() { "Seen" } else { "Not seen" };
    Diagnostic::warning(summary, "By a check.").into()
}

fn server() -> Arc<Server<Moody>> {
    Arc::new(Server::new(Moody))
}

fn wire(value: &Value) -> Option<pb::DynamicValue> {
    Some(codec::encode(value, &server().resource(Thing::NAME).unwrap().ty).unwrap())
}

fn value(wire: Option<&pb::DynamicValue>) -> Value {
    server().resource(Thing::NAME).unwrap().decode(wire).unwrap()
}

/// A thing with some attributes; the others are null.
fn thing(attributes: &[(&str, &str)]) -> Value {
    let names = ["id", "name", "mode", "secret", "size", "timeouts"];
    let set = |name| attributes.iter().find(|(n, _)| *n == name).map_or(Value::Null, |(_, v)| (*v).into());
    names.into_iter().map(|name| (name, set(name))).collect()
}

fn with_unknown(mut thing: Value, names: &[&str]) -> Value {
    if let Value::Map(entries) = &mut thing {
        entries.extend(names.iter().map(|name| ((*name).to_owned(), Value::UNKNOWN)));
    }
    thing
}

fn said(diagnostics: &[pb::Diagnostic]) -> String {
    diagnostics.iter().map(|d| d.summary.as_str()).collect::<Vec<_>>().join(", ")
}

fn identity(name: &str) -> Option<pb::ResourceIdentityData> {
    let ty = crate::Type::object([("name", crate::Type::String)]);
    let identity_data = codec::encode(&Value::from_iter([("name", Value::from(name))]), &ty).unwrap();
    Some(pb::ResourceIdentityData { identity_data: Some(identity_data) })
}

async fn create(mode: &str) -> pb::apply_resource_change::Response {
    let planned = with_unknown(thing(&[("name", "One"), ("mode", mode)]), &["id", "size"]);
    let request = pb::apply_resource_change::Request {
        type_name: Thing::NAME.to_owned(),
        prior_state: wire(&Value::Null),
        planned_state: wire(&planned),
        config: wire(&thing(&[("name", "One"), ("mode", mode), ("secret", "hush")])),
        planned_identity: identity("planned"),
        ..Default::default()
    };
    let work = server().apply_resource_change(request);
    answer("apply_resource_change", Subject::Resource(Thing::NAME), work).await
}

/// Creates a thing in this mode and expects these messages, and its id in the state.
async fn created(mode: &str, expected: &str, id: &str) {
    let response = create(mode).await;
    assert_eq!(said(&response.diagnostics), expected, "{mode}");
    let state = value(response.new_state.as_ref());
    assert_eq!(state.get("id").as_str(), Some(id), "{mode}");
    assert_eq!(state.get("name").as_str(), Some("One"), "{mode}");
    assert_eq!(state.get("secret"), &Value::Null, "{mode}");
    assert!(state.is_wholly_known(), "{mode}");
}

#[tokio::test]
async fn what_was_created_is_never_lost() {
    created("", "", "created").await;
    created("spelling", "", "created").await;
    created("secret read", "", "hush").await;
    created("secret returned", "", "created").await;
    created("secret saved", "Half-way", "created").await;
    created("unknown saved", "Half-way", "created").await;
    created("wrong identity", "Could not write a value for Terraform", "created").await;
    created("panic identity", "The provider has a bug", "created").await;
    created("misfit", "The provider's model does not fit its schema", "created").await;
    created("nan", "Could not write a value for Terraform", "created").await;
    let unknown = create("unknown").await;
    assert_eq!(unknown.diagnostics.len(), 1);
    assert_eq!(value(unknown.new_state.as_ref()).get("id"), &"created".into());
}

#[tokio::test]
async fn identities_are_those_of_the_final_value_or_stay() {
    for (mode, name) in [
        ("", "One"),
        ("spelling", "One"),
        ("secret saved", "One"),
        ("no identity", "planned"),
        ("wrong identity", "planned"),
    ] {
        assert_eq!(create(mode).await.new_identity, identity(name), "{mode}");
    }
    for (mode, name) in [("", "one"), ("spelling", "one"), ("no identity", "stored")] {
        assert_eq!(read(mode).await.new_identity, identity(name), "{mode}");
    }
}

async fn read(mode: &str) -> pb::read_resource::Response {
    let request = pb::read_resource::Request {
        type_name: Thing::NAME.to_owned(),
        current_state: wire(&thing(&[("id", "i"), ("name", "one"), ("mode", mode)])),
        current_identity: identity("stored"),
        ..Default::default()
    };
    answer("read_resource", Subject::Resource(Thing::NAME), server().read_resource(request)).await
}

async fn plan(prior: &Value, mode: &str) -> pb::plan_resource_change::Response {
    let config = thing(&[("name", "one"), ("mode", mode)]);
    let request = pb::plan_resource_change::Request {
        type_name: Thing::NAME.to_owned(),
        prior_state: wire(prior),
        proposed_new_state: wire(&config),
        config: wire(&config),
        ..Default::default()
    };
    let work = server().plan_resource_change(request);
    answer("plan_resource_change", Subject::Resource(Thing::NAME), work).await
}

async fn plan_delete(mode: &str) -> pb::plan_resource_change::Response {
    let request = pb::plan_resource_change::Request {
        type_name: Thing::NAME.to_owned(),
        prior_state: wire(&thing(&[("id", "i"), ("name", "one"), ("mode", mode)])),
        proposed_new_state: wire(&Value::Null),
        config: wire(&Value::Null),
        ..Default::default()
    };
    let work = server().plan_resource_change(request);
    answer("plan_resource_change", Subject::Resource(Thing::NAME), work).await
}

fn look_config(mode: &str) -> Option<pb::DynamicValue> {
    let config = thing(&[("name", "one"), ("mode", mode)]);
    server().data_source(Look::NAME).unwrap().encode(&config).unwrap()
}

async fn look(mode: &str) -> pb::read_data_source::Response {
    let (type_name, config) = (Look::NAME.to_owned(), look_config(mode));
    let request = pb::read_data_source::Request { type_name, config, ..Default::default() };
    answer("read_data_source", Subject::DataSource(Look::NAME), server().read_data_source(request)).await
}

fn import(id: &str) -> Result<pb::import_resource_state::Response> {
    let [type_name, id] = [Thing::NAME, id].map(str::to_owned);
    server().import_resource_state(&pb::import_resource_state::Request {
        type_name,
        id,
        ..Default::default()
    })
}

#[tokio::test]
async fn warnings_are_told_also_beside_errors() {
    for (mode, expected) in
        [("", "Warned"), ("fail", "Warned, Failed"), ("only a warning", "Warned, Hm, The provider has a bug")]
    {
        assert_eq!(said(&read(mode).await.diagnostics), expected, "{mode}");
    }
    for (mode, expected) in
        [("", "Warned"), ("fail", "Warned, Failed"), ("panic", "Warned, The provider has a bug")]
    {
        assert_eq!(said(&plan(&Value::Null, mode).await.diagnostics), expected, "{mode}");
        assert_eq!(said(&plan_delete(mode).await.diagnostics), expected, "{mode}");
    }
    for (mode, expected) in
        [("", "Warned"), ("fail", "Warned, Failed"), ("unknown", "Warned, The provider left a value unknown")]
    {
        let response = look(mode).await;
        assert_eq!(said(&response.diagnostics), expected, "{mode}");
        assert_eq!(response.state.is_some(), mode.is_empty(), "{mode}");
    }
    let refused = import("other").unwrap_err();
    assert_eq!(refused.iter().map(|d| d.summary.as_str()).collect::<Vec<_>>(), ["Warned", "Failed"]);
}

/// A failure that says no error would otherwise be an answer without an object.
#[tokio::test]
async fn a_failure_has_an_error_in_it() {
    assert_eq!(said(&create("only a warning").await.diagnostics), "Hm, The provider has a bug");
}

#[tokio::test]
async fn what_is_imported_holds_no_secret_and_has_an_identity() {
    let imported = import("found").unwrap().imported_resources.remove(0);
    assert_eq!(value(imported.state.as_ref()).get("secret"), &Value::Null);
    assert_eq!(imported.identity, identity("found"));
}

#[tokio::test]
async fn a_plan_may_ask_for_a_new_object() {
    let prior = thing(&[("id", "i"), ("name", "one"), ("mode", "before")]);
    let path = crate::AttributePath::of("mode").to_wire();
    assert_eq!(plan(&prior, "replace").await.requires_replace, [path]);
    assert_eq!(plan(&prior, "other").await.requires_replace, []);
    assert_eq!(plan(&Value::Null, "replace").await.requires_replace, []);
}

/// What the checks of a resource and a data source say of the provider block in this process.
fn checked(server: &Server<Moody>) -> String {
    let (type_name, config) = (Thing::NAME.to_owned(), wire(&thing(&[("name", "one")])));
    let request = pb::validate_resource_config::Request { type_name, config, ..Default::default() };
    let thing = server.validate_resource_config(&request).unwrap();
    let (type_name, config) = (Look::NAME.to_owned(), look_config(""));
    let request = pb::validate_data_resource_config::Request { type_name, config };
    let look = server.validate_data_resource_config(&request).unwrap();
    format!("{}, {}", said(&thing.diagnostics), said(&look.diagnostics))
}

#[test]
fn checks_see_the_provider_block_once_terraform_has_shown_it() {
    let (validated, configured) = (server(), server());
    assert_eq!(checked(&validated), "Not seen, Not seen");
    validated.validate_provider_config(&pb::validate_provider_config::Request::default()).unwrap();
    assert_eq!(checked(&validated), "Seen, Seen");
    configured.configure_provider(&pb::configure_provider::Request::default()).unwrap();
    assert_eq!(checked(&configured), "Seen, Seen");
}

fn upgrade(version: i64, state: &str) -> Result<Value> {
    let request = pb::upgrade_resource_state::Request {
        type_name: Thing::NAME.to_owned(),
        version,
        raw_state: Some(pb::RawState { json: state.as_bytes().to_vec().into(), ..Default::default() }),
    };
    server().upgrade_resource_state(&request).map(|response| value(response.upgraded_state.as_ref()))
}

#[test]
fn a_state_of_another_version_is_upgraded_by_the_resource() {
    let today = upgrade(2, r#"{"id":"i","name":"n","gone":1}"#).unwrap();
    assert_eq!(today, thing(&[("id", "i"), ("name", "n")]));
    let older = upgrade(1, r#"{"id":"i","title":"n","timeouts":{"create":"5m"}}"#).unwrap();
    assert_eq!(older.get("name"), &"n".into());
    assert_eq!(older.get("secret"), &Value::Null);
    assert_eq!(older.get("timeouts").get("create"), &"5m".into());
    assert_eq!(upgrade(0, "{}").unwrap_err().to_string(), "Failed: Version 0.");
    let broken = upgrade(1, r#"{"id":hunter2}"#).unwrap_err().to_string();
    assert_eq!(broken, "Could not read the stored state: It is not JSON.");
}

#[tokio::test]
async fn a_resource_can_be_tested_without_terraform() {
    let schema = Thing.schema();
    let mut call = Call::detached((), &schema);
    let model: Model = crate::model::from_value(&thing(&[("name", "one"), ("mode", "replace")])).unwrap();
    let planning = Planning { config: model.clone(), prior: None, planned: model.clone(), changed: true };
    assert_eq!(Thing.plan(&mut call, planning).await, Ok(model));
    assert_eq!(call.warnings().iter().count(), 1);
    assert_eq!(call.replaced(), [crate::AttributePath::of("mode")]);
    assert_eq!(crate::model::misfits::<Model>(&schema), [""; 0]);
}
