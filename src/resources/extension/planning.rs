//! Completing a plan: what is deployed, and what becomes of what is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use tfplugin_protocol::provider::{Call, Planning};
use tfplugin_protocol::{Attr, Diagnostic, Result};

use super::check;
use super::deciding::{self, Identity, Known};
use super::model::{Agent, Model, texts};
use super::place::Place;
use super::record::Record;
use crate::arm::{self, ErrorKind};
use crate::assignment::claims::{Claimant, claim};
use crate::availability::{AgentKind, Fact, Facts};
use crate::catalog::Catalog;
use crate::catalog::model::{Component, Handler, Nothing, Parameter, Placeholder, Via};
use crate::context::{Context, patience};
use crate::diagnostics::{explain, of_findings, tell};
use crate::inventory;
use crate::machines::{Extension, Found, Target};
use crate::workspaces::Workspace;

pub(super) async fn plan(call: &mut Call<Context>, planning: Planning<Model>) -> Result<Model> {
    let Planning { config, prior, mut planned, changed } = planning;
    let Attr::Known(target) = &planned.target_id else { return Ok(planned) };
    let target = check::target(target)?;
    let prior = prior.as_ref();
    if let Some(prior) = prior.filter(|_| !changed) {
        // What somebody else has changed is set again.
        if let Some(wanted) = Record::of(&call.private).wanted.filter(|_| !prior.is_skipped()) {
            planned.all_settings = wanted.into();
        }
        claim_it(call, Some(prior), &planned)?;
        return Ok(planned);
    }
    let is_open = config.component.is_unknown() || config.kind.is_unknown() || config.publisher.is_unknown();
    let Some(context) = call.context_if_configured() else { return Ok(planned) };
    if is_open || context.machines().is_err() || config.name.is_unknown() {
        return Ok(planned);
    }
    let mut looked = Looked::at(&context, &target, &config, &patience(call)).await?;
    if prior.is_none() {
        looked.forget_replaced(&context);
    }
    let known = looked.known();
    let Some(identity) = deciding::identity(&config, &target, known.handler) else {
        judge(call, &context, &known.facts(&config, &planned, None), prior)?;
        return Err(no_way(&config, &target).into());
    };
    if prior.is_some_and(|prior| is_another(prior, &identity, &config)) {
        call.replace("component");
        return Ok(planned);
    }
    let facts = known.facts(&config, &planned, Some(&identity));
    let outcome = known.outcome(&facts, &identity);
    judge(call, &context, &facts, prior)?;
    warn_of_rest(call, &looked.found, outcome.0);
    let workspace = workspace(&context, &planned, known.handler, outcome.0, &patience(call)).await?;
    complete(&config, prior, &mut planned, &Decided { known: &known, identity, facts, outcome, workspace });
    claim_it(call, prior, &planned)?;
    let mut record = Record::of(&call.private);
    record.wanted = planned.all_settings.known().cloned();
    record.keep(&mut call.private);
    Ok(planned)
}

/// What was decided, and by what.
struct Decided<'a> {
    known: &'a Known<'a>,
    identity: Identity,
    facts: Facts,
    outcome: (&'static str, Vec<String>),
    workspace: Option<Workspace>,
}

/// What was found on a look at the target.
pub(super) struct Looked {
    target: Target,
    pub(super) found: Arc<Found>,
    installed: Arc<Vec<Extension>>,
    component: Option<&'static Component>,
    pub(super) handler: Option<&'static Handler>,
}

impl Looked {
    /// Looks at a target, and at what is on it.
    ///
    /// # Errors
    ///
    /// That there is no such target, or why it could not be read.
    pub(super) async fn at(
        context: &Context,
        target: &Target,
        config: &Model,
        call: &arm::Call,
    ) -> Result<Self> {
        let machines = context.machines()?;
        let found = machines.found(target, call).await.map_err(|error| explain(&error).at("target_id"))?;
        let found = found.ok_or_else(|| not_there(target))?;
        let component = config.component.known().and_then(|id| Catalog::get().component(id));
        let handler = component.and_then(|component| inventory::handler(component, target.kind, found.os));
        let is_part = handler.is_some_and(|one| matches!(one.via, Via::DefenderProfile | Via::Addon));
        let installed = if is_part { Arc::default() } else { machines.extensions(target, call).await? };
        Ok(Self { target: target.clone(), found, installed, component, handler })
    }

    /// Forgets what another object of this run has deployed: where a new one is planned in its place, it will be gone.
    fn forget_replaced(&mut self, context: &Context) {
        let is_replaced =
            |id: &str| context.private_data_of(id).is_some_and(|private| !Record::of(&private).is_anothers);
        let stays = |one: &&Extension| !is_replaced(&self.target.extension_id(&one.name));
        self.installed = Arc::new(self.installed.iter().filter(stays).cloned().collect());
        let part = self.handler.filter(|one| matches!(one.via, Via::DefenderProfile | Via::Addon));
        let place =
            part.map(|part| Place { target: self.target.clone(), name: part.name.clone(), via: part.via });
        if place.is_some_and(|place| is_replaced(&place.id())) {
            let found = Found { defender_profile: None, addons: BTreeMap::new(), ..(*self.found).clone() };
            self.found = Arc::new(found);
        }
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known {
            target: &self.target,
            found: &self.found,
            installed: &self.installed,
            component: self.component,
            handler: self.handler,
        }
    }
}

/// Another extension is another object.
fn is_another(prior: &Model, identity: &Identity, config: &Model) -> bool {
    let same = |a: &Attr<String>, b: Option<&str>| match (a, b) {
        (Attr::Known(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (Attr::Null, None) => true,
        (Attr::Known(_), None) | (Attr::Null | Attr::Unknown, _) => false,
    };
    let renamed = config.name.known().is_some_and(|name| !same(&prior.name, Some(name)));
    !same(&prior.publisher, identity.publisher.as_deref())
        || !same(&prior.kind, Some(&identity.kind))
        || renamed
}

fn complete(config: &Model, prior: Option<&Model>, planned: &mut Model, decided: &Decided<'_>) {
    let Decided { known, identity, facts, outcome: (outcome, reports_to), workspace } = decided;
    planned.publisher = identity.publisher.clone().map_or(Attr::Null, Attr::Known);
    planned.kind = identity.kind.clone().into();
    let there = known.existing(identity).map(|one| one.name.clone());
    let name = match (&config.name, prior.and_then(|prior| prior.name.known().cloned())) {
        (Attr::Known(name), _) => name.clone(),
        (_, Some(name)) => name,
        (_, None) => there.unwrap_or_else(|| identity.usual_name.clone()),
    };
    planned.id = Place::new(known.target, identity, &name).id().into();
    planned.name = name.into();
    // What this resource has deployed was not there before.
    let deployed = prior.filter(|prior| !prior.is_skipped());
    planned.outcome = deployed.map_or_else(|| (*outcome).into(), |prior| prior.outcome.clone());
    planned.reports_to = match deployed {
        Some(prior) if prior.workspace_id == planned.workspace_id => prior.reports_to.clone(),
        Some(_) | None if facts.workspace.is_unknown() => Attr::Unknown,
        Some(_) | None => texts(reports_to.iter().cloned()),
    };
    if config.existing_agent.is_null() {
        planned.existing_agent = match (deployed, &facts.agent) {
            (Some(prior), _) => prior.existing_agent.clone(),
            (None, Fact::Known(agent)) => Attr::Known(Agent {
                kind: if agent.kind == AgentKind::Extension { "extension".into() } else { Attr::Null },
                version: agent.version.map_or(Attr::Null, Attr::Known),
                workspaces: texts(agent.workspaces.iter().cloned()),
            }),
            (None, Fact::Unknown | Fact::Absent) => Attr::Null,
        };
    } else if let (Attr::Known(agent), Attr::Known(written)) =
        (&mut planned.existing_agent, &config.existing_agent)
    {
        // What is left out stays out.
        *agent = written.clone();
    }
    if *outcome == "skip" && deployed.is_none() {
        planned.all_settings = Attr::Null;
        planned.current_version = Attr::Null;
        return;
    }
    let value =
        |placeholder: Placeholder| placeholder_value(planned, known.target, workspace.as_ref(), placeholder);
    planned.all_settings = if *outcome == "keep" && deployed.is_none() {
        let settings = known.existing(identity).map(|one| one.settings.clone()).unwrap_or_default();
        deciding::text(&settings).into()
    } else {
        deciding::settings(planned, known.handler, value).map(|settings| deciding::text(&settings))
    };
    planned.current_version = Attr::Unknown;
}

fn placeholder_value(
    planned: &Model,
    target: &Target,
    workspace: Option<&Workspace>,
    placeholder: Placeholder,
) -> Attr<String> {
    let asked = |value: fn(&Workspace) -> &String| match (&planned.workspace_id, workspace) {
        (Attr::Null, _) => Attr::Null,
        (_, Some(workspace)) => value(workspace).clone().into(),
        (Attr::Known(_) | Attr::Unknown, None) => Attr::Unknown,
    };
    match placeholder {
        Placeholder::WorkspaceId => planned.workspace_id.clone(),
        Placeholder::WorkspaceGuid => asked(|workspace| &workspace.guid),
        Placeholder::WorkspaceRegion => asked(|workspace| &workspace.region),
        Placeholder::TargetId => target.as_str().into(),
        Placeholder::Location | Placeholder::OnboardingScript => Attr::Null,
    }
}

/// Reads the workspace where the component wants to know of it; it must be there where it is needed.
async fn workspace(
    context: &Context,
    planned: &Model,
    handler: Option<&Handler>,
    outcome: &str,
    call: &arm::Call,
) -> Result<Option<Workspace>> {
    let used = handler.into_iter().flat_map(|handler| handler.settings.values());
    let used = used.filter_map(|parameter| match parameter {
        Parameter::Placeholder(placeholder) => Some(*placeholder),
        Parameter::Fixed(_) => None,
    });
    let used: Vec<Placeholder> = used.filter(|one| one.input().is_some()).collect();
    if used.is_empty() || ["skip", "keep"].contains(&outcome) {
        return Ok(None);
    }
    let id = match &planned.workspace_id {
        Attr::Known(id) => id,
        Attr::Unknown => return Ok(None),
        Attr::Null => {
            let detail = "The component sends data to a Log Analytics workspace, and on a single machine or cluster nobody chooses \
                          one. Write:\n\n    workspace_id = \"/subscriptions/.../workspaces/NAME\"";
            return Err(Diagnostic::error("The component needs a workspace", detail)
                .at("workspace_id")
                .into());
        }
    };
    if used.iter().all(|one| *one == Placeholder::WorkspaceId) {
        return Ok(None);
    }
    match context.workspaces()?.read(id, call).await {
        Ok(workspace) => Ok(Some(workspace)),
        Err(error) if *error.kind() == ErrorKind::NotFound => {
            let detail = format!(
                "There is no workspace {id}, or the account that is signed in cannot see it.\n\n{error}."
            );
            Err(Diagnostic::error("The workspace is not there", detail).at("workspace_id").into())
        }
        Err(error) => Err(explain(&error).at("workspace_id").into()),
    }
}

fn judge(call: &mut Call<Context>, context: &Context, facts: &Facts, prior: Option<&Model>) -> Result<()> {
    let mut facts = facts.clone();
    facts.cloud = context.cloud;
    facts.deployed = Fact::Known(prior.is_some_and(|prior| !prior.is_skipped()));
    tell(call, of_findings(context.rules.judge(&facts), check::path))
}

/// A machine that does not run takes no extension.
fn warn_of_rest(call: &mut Call<Context>, found: &Found, outcome: &str) {
    let Some(power) = found.power.as_deref().filter(|_| !["skip", "keep"].contains(&outcome)) else { return };
    if ["running", "connected", "starting"].iter().any(|good| power.eq_ignore_ascii_case(good)) {
        return;
    }
    let detail = format!(
        "Azure says that it is {power:?}. An extension is installed by the machine or cluster itself, so it has to run and to be \
         connected while this is applied."
    );
    call.warn(Diagnostic::warning("The target does not run", detail).at("target_id"));
}

fn not_there(target: &Target) -> Diagnostic {
    let detail = format!(
        "There is no {}, or the account that is signed in cannot see it. If it is made by this configuration, refer to its id \
         here instead of writing it.",
        target.as_str()
    );
    Diagnostic::error("The target is not there", detail).at("target_id")
}

fn no_way(config: &Model, target: &Target) -> Diagnostic {
    let component = config.component.known().map_or("", String::as_str);
    let rows = Catalog::get().component(component).map(|component| &*component.deploy.nothing);
    let covers = |one: &&Nothing| one.holds.targets.iter().any(|covered| covered == target.kind.target());
    if let Some(nothing) = rows.into_iter().flatten().find(covers) {
        let detail = format!("{} Leave it out on {}.", nothing.why, target.as_str());
        return Diagnostic::error("There is nothing to deploy", detail).at("component");
    }
    let detail = format!(
        "No extension is known that puts {component} on {}. The guide on deployments says how the component gets to its \
         targets.",
        target.as_str()
    );
    Diagnostic::error("It is not known how this is deployed", detail).at("component")
}

/// One extension, one resource.
fn claim_it(call: &mut Call<Context>, prior: Option<&Model>, planned: &Model) -> Result<()> {
    let by = Claimant { name: "defender_extension", is_new: prior.is_none(), decided_by: "target_id" };
    claim(call, &planned.id, by)
}
