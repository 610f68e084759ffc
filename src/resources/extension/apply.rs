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
use crate::context::{Context, patience, succession};
use crate::diagnostics::explain;
use crate::inventory;
use crate::machines::{Extension, Kind, Machines, Part, Target, Wanted};

/// How long to look at what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
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
            let version = found.as_ref().and_then(Extension::current);
            Ok(Model { current_version: version.map_or(Attr::Null, Into::into), ..planned })
        }
        _ => write(call, planned, true).await,
    }
}

pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
    call.context()?.note_apply();
    if prior.is_skipped() && !planned.is_skipped() {
        return create(call, planned).await;
    }
    if planned.is_left_alone() {
        return Ok(planned);
    }
    let same = prior.all_settings == planned.all_settings
        && prior.type_handler_version == planned.type_handler_version
        && prior.auto_upgrade_minor_version == planned.auto_upgrade_minor_version
        && prior.automatic_upgrade_enabled == planned.automatic_upgrade_enabled
        && prior.protected_settings_version == planned.protected_settings_version;
    if same {
        return Ok(Model { current_version: prior.current_version, ..planned });
    }
    write(call, planned, false).await
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

async fn write(call: &mut Call<Context>, planned: Model, is_new: bool) -> Result<Model> {
    let (context, patience) = (call.context()?, patience(call));
    let config: Model = call.config()?;
    let place = Place::parse(planned.id.known().map_or("", String::as_str))?;
    let looked = Looked::at(&context, &place.target, &config, &patience).await?;
    let machines = context.machines()?;
    let settings = deciding::parsed(planned.all_settings.known());
    match place.via {
        Via::DefenderProfile => {
            let workspace = settings.get("logAnalyticsWorkspaceResourceId").and_then(Value::as_str);
            let part = Part::DefenderProfile(workspace.map(str::to_owned));
            return write_part(call, planned, &place, &part, is_new).await;
        }
        Via::Addon => {
            let part = Part::Addon(place.name.clone(), true);
            return write_part(call, planned, &place, &part, is_new).await;
        }
        Via::MachineExtension | Via::ClusterExtension => {}
    }
    let mut protected = Map::new();
    if let Some(handler) = looked.handler {
        let workspace = planned.workspace_id.known().map(String::as_str);
        protected =
            secrets(&context, (handler, workspace), &place.target, looked.found.os, &patience).await?;
    }
    protected.extend(any(&config.protected_settings));
    let text = |text: &Attr<String>| text.known().cloned();
    let wanted = Wanted {
        publisher: text(&planned.publisher),
        kind: text(&planned.kind).unwrap_or_default(),
        version: text(&planned.type_handler_version).or_else(|| usual_version(&looked, &place.target)),
        auto_upgrade_minor_version: planned.auto_upgrade_minor_version.known().copied(),
        automatic_upgrade: planned.automatic_upgrade_enabled.known().copied(),
        settings,
        protected,
        namespace: looked.handler.and_then(|handler| handler.namespace.clone()),
        identity: looked.handler.is_some_and(|handler| handler.identity),
        base: looked.installed(&place.name).cloned(),
    };
    match machines.put(&place.target, &place.name, &wanted, &patience).await {
        Ok(found) => Ok(reached(planned, &found)),
        Err(error) => Err(look_back(call, machines, &place, is_new.then_some(planned), error).await),
    }
}

/// Arc machines take the newest version where none is named; the others take none without one.
fn usual_version(looked: &Looked, target: &Target) -> Option<String> {
    looked.handler.filter(|_| target.kind != Kind::ArcMachine)?.version.clone()
}

async fn write_part(
    call: &Call<Context>,
    planned: Model,
    place: &Place,
    part: &Part,
    is_new: bool,
) -> Result<Model> {
    let (context, patience) = (call.context()?, patience(call));
    let machines = context.machines()?;
    let planned = Model { current_version: Attr::Null, ..planned };
    let Err(error) = machines.change(&place.target, part, &patience).await else { return Ok(planned) };
    // What is on, or may yet be, is managed.
    let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
    let found = machines.found(&place.target, &look).await;
    let is_on = match &found {
        Ok(Some(found)) => inventory::part_is_on(found, place.via, &place.name),
        Ok(None) => false,
        Err(_) => true,
    };
    if is_new && (is_on || matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Cancelled)) {
        call.save(&planned);
    }
    Err(error.into())
}

/// The state after a write.
fn reached(planned: Model, found: &Extension) -> Model {
    Model { current_version: found.current().map_or(Attr::Null, Into::into), ..planned }
}

/// After a failed write: what is there is kept in the state, and the extension's own words are said.
async fn look_back(
    call: &Call<Context>,
    machines: &Machines,
    place: &Place,
    planned: Option<Model>,
    error: Error,
) -> Diagnostics {
    let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
    let mut diagnostic = explain(&error);
    if let Some(advice) = advice(&error) {
        diagnostic.detail = format!("{}\n\n{advice}", diagnostic.detail);
    }
    match machines.extension(&place.target, &place.name, &look).await {
        Ok(None) => {}
        Ok(Some(found)) => {
            if let Some(said) =
                found.message.as_ref().filter(|said| !diagnostic.detail.contains(said.as_str()))
            {
                diagnostic.detail = format!("{}\n\nThe extension says: {said}", diagnostic.detail);
            }
            // What was there before a change is what the state goes on saying.
            if let Some(planned) = planned {
                call.save(&reached(planned, &found));
            }
        }
        Err(unseen) => {
            tracing::warn!(error = %unseen, "what the failed write left behind is not known");
            if let Some(planned) = planned {
                call.save(&planned);
            }
        }
    }
    diagnostic.into()
}

/// What to do about what only the machine itself can mend.
fn advice(error: &Error) -> Option<&'static str> {
    let text = error.to_string().to_ascii_lowercase();
    if text.contains("not running") {
        return Some("Start the machine, and apply again: an extension is installed by the machine itself.");
    }
    if *error.kind() == ErrorKind::OperationFailed {
        return Some(
            "The machine or cluster has tried and failed. Mend the cause there, and apply again; on a machine the extension's log \
             says more: /var/log/azure on Linux, C:\\WindowsAzure\\Logs\\Plugins on Windows.",
        );
    }
    (*error.kind() == ErrorKind::Timeout).then_some(
        "If the machine or cluster is stopped or disconnected, nothing happens until it is back; what was begun goes on then.",
    )
}

/// Settings that Azure hands out for a component, and that nobody else may see.
async fn secrets(
    context: &Context,
    (handler, workspace): (&Handler, Option<&str>),
    target: &Target,
    os: Option<Os>,
    call: &arm::Call,
) -> Result<Map<String, Value>> {
    let mut secrets = Map::new();
    for (name, parameter) in &handler.protected {
        let secret = match parameter {
            Parameter::Fixed(value) => Some(value.clone()),
            Parameter::Placeholder(Placeholder::OnboardingScript) => {
                let is_windows = os == Some(Os::Windows);
                let script = context.machines()?.onboarding_script(target, is_windows, call).await?;
                Some(Value::String(script))
            }
            Parameter::Placeholder(Placeholder::WorkspaceKey) => match workspace {
                Some(id) => Some(Value::String(context.workspaces()?.key(id, call).await?)),
                None => None,
            },
            Parameter::Placeholder(Placeholder::WorkspaceGuid) => match workspace {
                Some(id) => Some(Value::String(context.workspaces()?.read(id, call).await?.guid)),
                None => None,
            },
            Parameter::Placeholder(
                Placeholder::WorkspaceId
                | Placeholder::WorkspaceRegion
                | Placeholder::Location
                | Placeholder::TargetId,
            ) => None,
        };
        secrets.extend(secret.map(|secret| (name.clone(), secret)));
    }
    Ok(secrets)
}

fn any(attr: &Attr<AnyValue>) -> Map<String, Value> {
    match attr.known().and_then(AnyValue::to_json) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
