//! Completing a plan: what is deployed, and what becomes of what is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use tfplugin_protocol::provider::{Call, Planning};
use tfplugin_protocol::{Attr, Diagnostic, Result};

use super::check;
use super::completing::{self, Decided};
use super::deciding::{self, Known, Wish};
use super::model::Model;
use super::place::Place;
use super::record::Record;
use crate::arm::{self, ErrorKind};
use crate::assignment::claims::{Claimant, claim};
use crate::availability::{Fact, Facts};
use crate::catalog::Catalog;
use crate::catalog::model::{Component, Day, Handler, Nothing, Parameter, Placeholder};
use crate::context::{Context, patience, succession};
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
        if let Some(wanted) = Record::of(&call.private).wanted.filter(|_| !prior.is_left_alone())
            && prior.all_settings.known() != Some(&wanted)
        {
            planned.all_settings = wanted.into();
            planned.current_version = Attr::Unknown;
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
        judge(
            call,
            &context,
            &known.facts(&Wish { config: &config, planned: &planned, prior }, None, None),
            prior,
        )?;
        return nothing_to_do(call, &looked, planned, context.rules.date);
    };
    completing::name(&config, prior, &mut planned, &known, &identity)?;
    if prior.is_some_and(|prior| completing::is_another(prior, &planned)) {
        // Another object takes its place, and is planned once more, as a creation.
        return Ok(planned);
    }
    if prior.is_none() {
        completing::version(&config, &known, &identity)?;
        succession::inherit(call, &context, &planned.id);
    }
    let workspace = workspace(&context, &planned, known.handler, &patience(call)).await?;
    let wish = Wish { config: &config, planned: &planned, prior };
    let facts = known.facts(&wish, Some(&identity), workspace.as_ref());
    judge(call, &context, &facts, prior)?;
    let mut record = Record::of(&call.private);
    let decided = Decided { known: &known, identity, facts, workspace };
    let outcome = completing::complete(&config, prior, &mut planned, &decided, &mut record)?;
    warn_of_rest(call, &looked.found, outcome);
    claim_it(call, prior, &planned)?;
    record.keep(&mut call.private);
    Ok(planned)
}

/// A target that has the component without any extension is none to deploy to; of any other nothing is known.
fn nothing_to_do(
    call: &mut Call<Context>,
    looked: &Looked,
    planned: Model,
    date: Fact<Day>,
) -> Result<Model> {
    let Looked { target, component, .. } = looked;
    let rows = component.map(|component| &*component.deploy.nothing);
    let is_on = |one: &Nothing| date.known().is_none_or(|date| one.holds.is_on(*date));
    let covers = |one: &&Nothing| {
        is_on(one) && one.holds.targets.iter().any(|covered| covered == target.kind.target())
    };
    let (Some(component), Some(nothing)) = (component, rows.into_iter().flatten().find(covers)) else {
        return Err(no_way(looked).into());
    };
    let detail = format!("{} Nothing is deployed to {}.", nothing.why, target.as_str());
    call.warn(Diagnostic::warning("There is nothing to deploy", detail).at("component"));
    Record::default().keep(&mut call.private);
    let name = planned.name.known().unwrap_or(&component.id).clone();
    Ok(Model {
        id: target.extension_id(&name).into(),
        name: name.into(),
        publisher: Attr::Null,
        kind: Attr::Null,
        existing_agent: if planned.existing_agent.is_unknown() { Attr::Null } else { planned.existing_agent },
        outcome: "skip".into(),
        reports_to: Attr::Known(Vec::new()),
        all_settings: Attr::Null,
        current_version: Attr::Null,
        ..planned
    })
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
        let is_part = handler.is_some_and(|one| one.via.is_part());
        let installed = if is_part { Arc::default() } else { machines.extensions(target, call).await? };
        Ok(Self { target: target.clone(), found, installed, component, handler })
    }

    /// The extension of this name.
    pub(super) fn installed(&self, name: &str) -> Option<&Extension> {
        self.installed.iter().find(|one| one.name.eq_ignore_ascii_case(name))
    }

    /// Forgets what another object of this run has deployed: where a new one is planned in its place, it will be gone.
    fn forget_replaced(&mut self, context: &Context) {
        let is_replaced =
            |id: &str| context.private_data_of(id).is_some_and(|private| !Record::of(&private).is_anothers);
        let stays = |one: &&Extension| !is_replaced(&self.target.extension_id(&one.name));
        self.installed = Arc::new(self.installed.iter().filter(stays).cloned().collect());
        let part = self.handler.filter(|one| one.via.is_part());
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

/// Reads the workspace where the component wants to know of it; it must be there where it is needed.
async fn workspace(
    context: &Context,
    planned: &Model,
    handler: Option<&Handler>,
    call: &arm::Call,
) -> Result<Option<Workspace>> {
    let used = handler.into_iter().flat_map(|handler| handler.settings.values());
    let used = used.filter_map(|parameter| match parameter {
        Parameter::Placeholder(placeholder) => Some(*placeholder),
        Parameter::Fixed(_) => None,
    });
    let mut used = used.filter(|one| *one != Placeholder::WorkspaceId && one.input().is_some());
    let (Attr::Known(id), true) = (&planned.workspace_id, used.next().is_some()) else { return Ok(None) };
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
fn warn_of_rest(call: &mut Call<Context>, found: &Found, outcome: Option<&str>) {
    let writes = outcome.is_some_and(|outcome| !["skip", "keep"].contains(&outcome));
    let Some(power) = found.power.as_deref().filter(|_| writes) else { return };
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

fn no_way(looked: &Looked) -> Diagnostic {
    let target = &looked.target;
    let component = looked.component.map_or("", |component| component.id.as_str());
    if looked.found.os.is_none() && !target.kind.is_cluster() {
        let detail = format!(
            "Azure does not say which operating system {} has, and the extension depends on it. Set publisher and type instead of \
             component.",
            target.as_str()
        );
        return Diagnostic::error("The operating system is not known", detail).at("target_id");
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
    let by = Claimant { is_new: prior.is_none(), decided_by: "target_id" };
    claim(call, &planned.id, by)
}
