//! What there is now: of what was made, or, after an import, of all that could have been.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, Result};

use super::apply::guid;
use super::check;
use super::deciding::{Asked, Chosen, Decision, Kept, Question, all_targets, decide};
use super::model::{Assigned, Model, Switched};
use super::record::{Found, Record};
use super::{judging, refusing, wishing};
use crate::arm::{self, Scope, ScopeKind};
use crate::assignment::completing::name;
use crate::assignment::model::{self as assignment};
use crate::assignment::notes::Notes;
use crate::assignment::{reading, roles};
use crate::availability::Fact;
use crate::catalog::model::{Assignment, Component, Parameter, Placeholder, Setting, WorkspaceKind};
use crate::catalog::{Catalog, word};
use crate::context::{Context, patience};
use crate::policy::{self, Policy};
use crate::settings::Settings;

/// What there is of a component, or nothing.
pub(super) async fn read(call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
    let component = state.component.known().and_then(|id| Catalog::get().component(id));
    let (Some(scope), Some(component)) = (state.scope.known(), component) else { return Ok(Some(state)) };
    let scope = check::scope(scope)?;
    let looking = Looking { scope, component, listed: None };
    if state.mechanism.is_null() {
        return looking.discover(call, state).await;
    }
    looking.refresh(call, state).await.map(Some)
}

/// Whether an import would find the component, given the policy assignments of the scope.
///
/// # Errors
///
/// Why that could not be read.
pub(super) async fn is_there(
    call: &mut Call<Context>,
    scope: &Scope,
    component: &'static Component,
    listed: &[policy::Assignment],
) -> Result<bool> {
    let looking = Looking { scope: scope.clone(), component, listed: Some(listed) };
    let has_settings = scope.kind() == ScopeKind::Subscription && !component.deploy.settings.is_empty();
    if !has_settings && !component.deploy.assignments.iter().any(|row| looking.may_have(row)) {
        return Ok(false);
    }
    Ok(looking.discover(call, Model::at(scope.as_str(), &component.id)).await?.is_some())
}

/// Where is looked, and for what.
struct Looking<'a> {
    scope: Scope,
    component: &'static Component,
    /// The policy assignments of the scope, where they are known already.
    listed: Option<&'a [policy::Assignment]>,
}

impl Looking<'_> {
    /// Whether the assignment that this resource would make may be there, as far as is known.
    fn may_have(&self, row: &Assignment) -> bool {
        let Some(listed) = self.listed else { return true };
        let id = Policy::assignment_id(&self.scope, &name(&self.scope, &wishing::definition_id(row)));
        listed.iter().any(|one| one.id.eq_ignore_ascii_case(&id))
    }

    /// Reads again what the state has.
    async fn refresh(&self, call: &mut Call<Context>, mut state: Model) -> Result<Model> {
        let (context, patience) = (call.context()?, patience(call));
        let mut record = Record::of(&call.private);
        let assigned: Vec<Assigned> = state.assignments.known_items().cloned().collect();
        let policy = context.policy()?;
        let again = assigned.iter().map(|one| {
            let notes = record.notes.get(&guid(one)).cloned().unwrap_or_default();
            again(policy, &patience, state.whole(one), notes)
        });
        let mut left = Vec::new();
        for (one, outcome) in assigned.iter().zip(join_all(again).await) {
            let (found, notes) = outcome?;
            record.notes.insert(guid(one), notes);
            left.extend(found.map(|found| Attr::Known(Assigned::of(&found, one.targets.clone()))));
        }
        state.assignments = Attr::Known(left);
        let mut settings = Vec::new();
        for one in state.settings.known_items() {
            let rows = self.component.deploy.settings.iter();
            let Some(row) = rows.into_iter().find(|row| one.name.known() == Some(&row.name)) else {
                continue;
            };
            if let Some(value) = context.settings()?.read(&self.scope, row, &patience).await? {
                settings.push(Attr::Known(Switched { value: value.to_string().into(), ..one.clone() }));
            }
        }
        state.settings = Attr::Known(settings);
        // The same id may stand for another workspace by now, with another GUID.
        if let Some(known) = &record.workspace {
            match context.workspaces()?.read(&known.id, &patience).await {
                Ok(found) => record.workspace = Some(Found::new(&known.id.clone(), found)),
                Err(error) => tracing::warn!(%error, "the workspace is taken as it was"),
            }
        }
        record.keep(&mut call.private);
        if let Attr::Known(id) = &state.id {
            context.note_private_data(id, call.private.clone());
        }
        Ok(state)
    }

    /// Looks for everything that this resource could have made, under the names that it would have given it.
    async fn discover(&self, call: &mut Call<Context>, state: Model) -> Result<Option<Model>> {
        let (context, patience) = (call.context()?, patience(call));
        let Fact::Known(date) = context.rules.date else { return Ok(Some(state)) };
        let there = There {
            assigned: self.assignments(context.policy()?, &patience).await?,
            on: self.settings(context.settings()?, &patience).await?,
        };
        let facts = judging::base_facts(self.component, None, &state);
        let decide = |targets: &[String]| {
            let asked = |id: &String| Asked { id: id.clone(), date, kept: Some(Kept::default()) };
            decide(&Question {
                component: self.component,
                targets: targets.iter().map(asked).collect(),
                cloud: context.cloud,
                own_workspace: Some(there.has_own_workspace(self.component)),
                rules: &context.rules,
                facts: &facts,
            })
        };
        let all = all_targets(self.component);
        let reached = all.iter().filter(|target| there.has(&decide(std::slice::from_ref(target))));
        let mut targets: Vec<String> = reached.cloned().collect();
        if targets.is_empty() && decide(&all).needs_nothing() {
            targets = all;
        }
        if targets.is_empty() {
            return Ok(None);
        }
        let decision = decide(&targets);
        let texts = |texts: &[String]| Attr::Known(texts.iter().map(|text| text.as_str().into()).collect());
        let ways = decision.mechanism.iter();
        let id = |setting: &Setting| Settings::id(&self.scope, setting).into();
        let settings = decision.settings.iter().map(|setting| Switched::on(id(setting), setting));
        let left_out = decision.nothing.iter().map(refusing::skipped);
        let mut state = Model {
            targets: texts(&targets),
            mechanism: Attr::Known(ways.map(|(target, way)| (target.clone(), word(way).into())).collect()),
            settings: Attr::Known(settings.map(Attr::Known).collect()),
            skipped: Attr::Known(left_out.map(Attr::Known).collect()),
            ..state
        };
        let mut assignments = Vec::new();
        for chosen in &decision.assignments {
            let Some(whole) = there.assigned.get(&chosen.assignment.definition) else { continue };
            state.take_over(chosen.assignment, whole);
            assignments.push(Attr::Known(Assigned::of(whole, texts(&chosen.targets))));
        }
        state.assignments = Attr::Known(assignments);
        let decided = targets.into_iter().map(|target| (target, date)).collect();
        Record { decided, ..Record::default() }.keep(&mut call.private);
        Ok(Some(state))
    }

    /// Assignments under the names that this resource gives, by the definition's GUID.
    async fn assignments(
        &self,
        policy: &Policy,
        patience: &arm::Call,
    ) -> Result<BTreeMap<String, assignment::Model>> {
        let rows = self.component.deploy.assignments.iter().filter(|row| self.may_have(row));
        let reads = rows.map(|row| async move {
            let definition = wishing::definition_id(row);
            let at = assignment::Model::at(&self.scope, &name(&self.scope, &definition));
            let found = reading::read(policy, patience, at, &mut Notes::default()).await?;
            let same = |found: &assignment::Model| {
                found.policy_definition_id.known().is_some_and(|id| id.eq_ignore_ascii_case(&definition))
            };
            Ok(found.filter(same).map(|found| (row.definition.clone(), found)))
        });
        let found: Result<Vec<_>> = join_all(reads).await.into_iter().collect();
        Ok(found?.into_iter().flatten().collect())
    }

    /// Settings that are on.
    async fn settings(&self, settings: &Settings, patience: &arm::Call) -> Result<Vec<&'static Setting>> {
        let mut on = Vec::new();
        if self.scope.kind() == ScopeKind::Subscription {
            for row in &self.component.deploy.settings {
                if settings.read(&self.scope, row, patience).await?.as_ref() == Some(&row.on) {
                    on.push(row);
                }
            }
        }
        Ok(on)
    }
}

/// What was found.
struct There {
    /// Assignments, by the definition's GUID.
    assigned: BTreeMap<String, assignment::Model>,
    /// Settings that are on.
    on: Vec<&'static Setting>,
}

impl There {
    /// Whether what a decision comes to is there, at least in part.
    fn has(&self, decision: &Decision) -> bool {
        let is_on = |setting: &&Setting| self.on.iter().any(|one| one.name == setting.name);
        let is_assigned = |chosen: &Chosen| self.assigned.contains_key(&chosen.assignment.definition);
        let (assignments, settings) = (&decision.assignments, &decision.settings);
        (!settings.is_empty() || !assignments.is_empty())
            && settings.iter().all(is_on)
            && (assignments.is_empty() || assignments.iter().any(is_assigned))
    }

    /// Whether policies were chosen that are for a workspace that the user names.
    fn has_own_workspace(&self, component: &Component) -> bool {
        let rows = component.deploy.assignments.iter();
        let mut found = rows.filter(|row| self.assigned.contains_key(&row.definition));
        found.any(|row| row.workspace == Some(WorkspaceKind::Own))
    }
}

impl Model {
    /// Takes over what an assignment says of what is said for all of them.
    fn take_over(&mut self, row: &Assignment, whole: &assignment::Model) {
        self.location.clone_from(&whole.location);
        if whole.identity.known().is_some_and(|identity| identity.kind == "UserAssigned".into()) {
            self.identity.clone_from(&whole.identity);
        }
        if let Some(id) = workspace_of(row, whole) {
            self.workspace_id = id.into();
        }
    }
}

/// An assignment as it is now, with what is kept beside it. Of one that is gone, with its identity, the roles are left.
async fn again(
    policy: &Policy,
    patience: &arm::Call,
    whole: assignment::Model,
    mut notes: Notes,
) -> Result<(Option<assignment::Model>, Notes)> {
    let (scope, _) = assignment::place(&whole)?;
    let ours = roles::ours(&whole, &scope);
    let found = reading::read(policy, patience, whole, &mut notes).await?;
    if found.is_none() {
        notes = Notes { wanted: None, ..notes };
        notes.leave_over(ours);
    }
    Ok((found, notes))
}

/// The workspace that an assignment was given.
fn workspace_of(row: &Assignment, whole: &assignment::Model) -> Option<String> {
    let is_id = |parameter: &Parameter| matches!(parameter, Parameter::Placeholder(Placeholder::WorkspaceId));
    let (name, _) = row.parameters.iter().find(|(_, parameter)| is_id(parameter))?;
    let entries = whole.parameters.known()?.entries()?;
    entries.get(name)?.as_str().map(str::to_owned)
}
