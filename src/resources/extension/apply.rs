//! Making a plan true, and undoing it.

use std::time::Duration;

use serde_json::{Map, Value};
use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{AnyValue, Attr, Diagnostic, Diagnostics, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::deciding;
use super::model::Model;
use super::place::Place;
use super::planning::Looked;
use super::record::Record;
use crate::arm::{self, Error, ErrorKind};
use crate::catalog::model::{Handler, Os, Parameter, Placeholder, Via};
use crate::context::{Context, patience};
use crate::diagnostics::explain;
use crate::machines::{Extension, Machines, Part, Target, Wanted};

/// How long to look at what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    let context = call.context()?;
    context.note_apply();
    let outcome = planned.outcome.known().cloned().unwrap_or_default();
    let mut record = Record::of(&call.private);
    record.is_anothers = ["adopt", "keep"].contains(&outcome.as_str());
    record.keep(&mut call.private);
    match outcome.as_str() {
        "skip" => Ok(planned),
        "keep" => {
            let place = Place::parse(planned.id.known().map_or("", String::as_str))?;
            let found = context.machines()?.extension(&place.target, &place.name, &patience(call)).await?;
            let version = found.and_then(|found| found.version);
            Ok(Model { current_version: version.map_or(Attr::Null, Attr::Known), ..planned })
        }
        _ => write(call, planned).await,
    }
}

pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    call.context()?.note_apply();
    if planned.is_skipped() {
        return Ok(planned);
    }
    if prior.is_skipped() {
        return create(call, planned).await;
    }
    let same = prior.all_settings == planned.all_settings
        && prior.type_handler_version == planned.type_handler_version
        && prior.auto_upgrade_minor_version == planned.auto_upgrade_minor_version
        && prior.automatic_upgrade_enabled == planned.automatic_upgrade_enabled
        && prior.protected_settings_version == planned.protected_settings_version;
    if same {
        return Ok(Model { current_version: prior.current_version, ..planned });
    }
    write(call, planned).await
}

/// Takes off what this resource has put there. What was there before goes on.
pub(super) async fn delete(call: &mut Call<Context>, prior: Model) -> Result<()> {
    let context = call.context()?;
    context.note_apply();
    if prior.is_skipped() {
        return Ok(());
    }
    let place = Place::parse(prior.id.known().map_or("", String::as_str))?;
    if Record::of(&call.private).is_anothers {
        let detail = format!("{} was there before this resource, and stays as it is now.", place.id());
        call.warn(Diagnostic::warning("The extension stays", detail));
        return Ok(());
    }
    let (machines, patience) = (context.machines()?, patience(call));
    match place.via {
        Via::MachineExtension | Via::ClusterExtension => {
            Ok(machines.delete(&place.target, &place.name, &patience).await?)
        }
        Via::DefenderProfile => off(machines, &place.target, &Part::DefenderProfile(None), &patience).await,
        Via::Addon => off(machines, &place.target, &Part::Addon(place.name.clone(), false), &patience).await,
    }
}

/// A cluster that is gone has no parts.
async fn off(machines: &Machines, target: &Target, part: &Part, call: &arm::Call) -> Result<()> {
    match machines.change(target, part, call).await {
        Err(error) if *error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

async fn write(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    let (context, patience) = (call.context()?, patience(call));
    let config: Model = call.config()?;
    let place = Place::parse(planned.id.known().map_or("", String::as_str))?;
    let looked = Looked::at(&context, &place.target, &config, &patience).await?;
    let machines = context.machines()?;
    let settings = deciding::parsed(planned.all_settings.known());
    match place.via {
        Via::DefenderProfile => {
            let workspace = settings.get("logAnalyticsWorkspaceResourceId").and_then(Value::as_str);
            machines
                .change(&place.target, &Part::DefenderProfile(workspace.map(str::to_owned)), &patience)
                .await?;
            return Ok(Model { current_version: Attr::Null, ..planned });
        }
        Via::Addon => {
            machines.change(&place.target, &Part::Addon(place.name.clone(), true), &patience).await?;
            return Ok(Model { current_version: Attr::Null, ..planned });
        }
        Via::MachineExtension | Via::ClusterExtension => {}
    }
    let mut protected = any(&config.protected_settings);
    if let Some(handler) = looked.handler {
        protected.extend(secrets(&context, handler, &place.target, looked.found.os, &patience).await?);
    }
    let text = |text: &Attr<String>| text.known().cloned();
    let wanted = Wanted {
        publisher: text(&planned.publisher),
        kind: text(&planned.kind).unwrap_or_default(),
        version: text(&planned.type_handler_version).or_else(|| looked.handler?.version.clone()),
        auto_upgrade_minor_version: planned.auto_upgrade_minor_version.known().copied(),
        automatic_upgrade: planned.automatic_upgrade_enabled.known().copied(),
        settings,
        protected,
        namespace: looked.handler.and_then(|handler| handler.namespace.clone()),
        identity: looked.handler.is_some_and(|handler| handler.identity),
    };
    match machines.put(&place.target, &place.name, &wanted, &patience).await {
        Ok(found) => Ok(reached(planned, &found)),
        Err(error) => Err(look_back(call, machines, &place, planned, error).await),
    }
}

/// The state after a write.
fn reached(planned: Model, found: &Extension) -> Model {
    Model { current_version: found.version.clone().map_or(Attr::Null, Attr::Known), ..planned }
}

/// After a failed write: what is there is kept in the state, and the extension's own words are said.
async fn look_back(
    call: &Call<Context>,
    machines: &Machines,
    place: &Place,
    planned: Model,
    error: Error,
) -> Diagnostics {
    let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
    let mut diagnostic = explain(&error);
    match machines.extension(&place.target, &place.name, &look).await {
        Ok(None) => {}
        Ok(Some(found)) => {
            if let Some(said) =
                found.message.as_ref().filter(|said| !diagnostic.detail.contains(said.as_str()))
            {
                diagnostic.detail = format!("{}\n\nThe extension says: {said}", diagnostic.detail);
            }
            call.save(&reached(planned, &found));
        }
        Err(unseen) => {
            tracing::warn!(error = %unseen, "what the failed write left behind is not known");
            call.save(&planned);
        }
    }
    diagnostic.into()
}

/// Settings that Azure hands out for a component, and that nobody else may see.
async fn secrets(
    context: &Context,
    handler: &Handler,
    target: &Target,
    os: Option<Os>,
    call: &arm::Call,
) -> Result<Map<String, Value>> {
    let mut secrets = Map::new();
    for (name, parameter) in &handler.protected {
        if let Parameter::Placeholder(Placeholder::OnboardingScript) = parameter {
            let is_windows = os == Some(Os::Windows);
            let script = context.machines()?.onboarding_script(target, is_windows, call).await?;
            secrets.insert(name.clone(), Value::String(script));
        }
    }
    Ok(secrets)
}

fn any(attr: &Attr<AnyValue>) -> Map<String, Value> {
    match attr.known().and_then(AnyValue::to_json) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
