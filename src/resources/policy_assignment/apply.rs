//! Making an assignment true: the assignment, then the roles of its identity, then the remediation. After each step the
//! state says what there is, so that whatever fails leaves nothing behind that nobody manages.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::model::Model;
use super::remediating::{self, Of, Run};
use super::roles::{self, Record};
use super::{planning, wire};
use crate::arm::{self, Error, Scope};
use crate::context::{Context, patience};
use crate::diagnostics::explain;
use crate::policy::{Policy, all};

/// How long to look for what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    let (scope, id) = super::place(&planned)?;
    let context = call.context()?;
    context.note_apply();
    let policy = context.policy()?;
    if let Some(there) = policy.assignment(&id, &patience(call)).await? {
        taken_over(call, &planned, &id, &there.is.properties.policy_definition_id)?;
    }
    let state = nothing_yet(planned.clone());
    Making { policy, scope, id, planned, state }.run(call, None).await
}

pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    let (scope, id) = super::place(&planned)?;
    let context = call.context()?;
    context.note_apply();
    let state = prior.clone();
    Making { policy: context.policy()?, scope, id, planned, state }.run(call, Some(&prior)).await
}

/// Removes what we made, the last first, and nothing else.
pub(super) async fn delete(call: &mut Call<Context>, prior: Model) -> Result<()> {
    let (_, id) = super::place(&prior)?;
    let context = call.context()?;
    context.note_apply();
    let (policy, patience) = (context.policy()?, patience(call));
    let mut state = prior;
    remediating::forget(policy, &state, &[], &patience).await?;
    state.remediations = Attr::Known(Vec::new());
    call.save(&state);
    let found = roles::found(&call.private);
    let ours = roles::assignments(&state).into_values().filter(|id| !found.contains(id));
    every(
        all(ours.map(|id| {
            let patience = &patience;
            async move { policy.revoke(&id, patience).await }
        }))
        .await,
    )?;
    state.role_assignments = Attr::Known(BTreeMap::new());
    call.save(&state);
    Ok(policy.unassign(&id, &patience).await?)
}

/// An apply that was killed may have made it, so one of the same definition is taken over.
fn taken_over(call: &mut Call<Context>, planned: &Model, id: &str, definition: &str) -> Result<()> {
    let same =
        planned.policy_definition_id.known().is_some_and(|wanted| wanted.eq_ignore_ascii_case(definition));
    if same {
        let detail = format!(
            "{id} was there already, with the same definition, as after an apply that was interrupted. It is set as this \
             resource says, and destroying removes it."
        );
        call.warn(Diagnostic::warning("A policy assignment is taken over", detail).at("name"));
        return Ok(());
    }
    let detail = format!(
        "{id} is there already and assigns {definition}. Choose another name, or import that assignment and change its \
         definition there, which replaces it."
    );
    Err(Diagnostic::error("The name is taken by another policy assignment", detail).at("name").into())
}

/// What is planned, before any of it is there.
fn nothing_yet(planned: Model) -> Model {
    Model {
        principal_id: Attr::Null,
        tenant_id: Attr::Null,
        role_definition_ids: roles::to_texts(&roles::Roles::new()),
        role_assignments: Attr::Known(BTreeMap::new()),
        remediations: Attr::Known(Vec::new()),
        ..planned
    }
}

/// The first failure, if there is one.
fn every<T>(outcomes: Vec<std::result::Result<T, Error>>) -> Result<Vec<T>> {
    let mut diagnostics = Diagnostics::default();
    let mut done = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(value) => done.push(value),
            Err(error) => diagnostics.push(explain(&error)),
        }
    }
    diagnostics.into_result().map(|_| done)
}

/// An assignment on its way to Azure.
struct Making<'a> {
    policy: &'a Policy,
    scope: Scope,
    id: String,
    planned: Model,
    /// What is true so far.
    state: Model,
}

impl Making<'_> {
    async fn run(mut self, call: &mut Call<Context>, prior: Option<&Model>) -> Result<Model> {
        let planned = wire::wanted(&self.planned);
        if prior.is_none_or(|prior| wire::wanted(prior) != planned) {
            self.assign(call, &planned).await?;
        } else {
            self.state = self.settled();
        }
        let wanted = roles::of_texts(&self.planned.role_definition_ids);
        let principal_before = prior.and_then(|prior| prior.principal_id.known().cloned());
        let config: Model = call.config()?;
        let record = Record {
            roles: wanted.clone(),
            roles_chosen: !config.role_definition_ids.is_null(),
            identity_chosen: !config.identity.is_null(),
        };
        roles::want(&mut call.private, &record);
        self.grant(call, &wanted, principal_before).await?;
        self.remediate(call, prior).await?;
        Ok(self.state)
    }

    async fn assign(&mut self, call: &mut Call<Context>, wanted: &crate::policy::Wanted) -> Result<()> {
        let patience = patience(call);
        let mut answer = match self.policy.assign(&self.id, wanted, &patience).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.look_back(call, error).await),
        };
        self.take_in(&answer);
        call.save(&self.state);
        answer = self.policy.until_assigned(&self.id, &patience).await.or_else(|error| {
            // The answer to the write is good enough where time runs out for looking again.
            if answer.is == *wanted { Ok(answer) } else { Err(error) }
        })?;
        self.take_in(&answer);
        Ok(())
    }

    /// The state after Azure's answer: as planned, with what only Azure knows.
    fn take_in(&mut self, answer: &crate::policy::Assignment) {
        let fresh = wire::refresh(self.planned.clone(), answer);
        self.state = Model { principal_id: fresh.principal_id, tenant_id: fresh.tenant_id, ..self.settled() };
    }

    /// As planned, but for what is told apart from the assignment: its identity, roles and remediations.
    fn settled(&self) -> Model {
        let state = self.state.clone();
        Model {
            principal_id: state.principal_id,
            tenant_id: state.tenant_id,
            role_definition_ids: state.role_definition_ids,
            role_assignments: state.role_assignments,
            remediations: state.remediations,
            ..self.planned.clone()
        }
    }

    /// After a write of which it is not known whether it took effect: looks, and keeps what is found.
    async fn look_back(&mut self, call: &mut Call<Context>, error: Error) -> Diagnostics {
        if error.may_have_landed() {
            let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
            match self.policy.assignment(&self.id, &look).await {
                Ok(None) => {}
                Ok(Some(found)) => {
                    self.state = wire::refresh(self.state.clone(), &found);
                    call.save(&self.state);
                }
                Err(unseen) => {
                    tracing::warn!(error = %unseen, "what the failed write left behind is not known");
                    call.save(&self.state);
                }
            }
        }
        error.into()
    }

    /// Grants what is missing, then takes away what we granted and is wanted no longer.
    async fn grant(
        &mut self,
        call: &mut Call<Context>,
        wanted: &roles::Roles,
        principal_before: Option<String>,
    ) -> Result<()> {
        let patience = patience(call);
        let principal = self.state.principal_id.known().cloned();
        let same = principal == principal_before;
        let there = roles::assignments(&self.state);
        let (kept, old): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|(role, _)| same && wanted.contains(role));
        let missing = wanted.iter().filter(|role| !kept.iter().any(|(kept, _)| kept == *role));
        let outcomes = match &principal {
            Some(principal) => {
                all(missing.map(|role| self.policy.grant(&self.scope, role, principal, &patience))).await
            }
            None => Vec::new(),
        };
        let (granted, failures): (Vec<_>, Vec<_>) =
            outcomes.into_iter().partition(std::result::Result::is_ok);
        let granted: Vec<_> = granted.into_iter().flatten().collect();
        self.note(call, &kept, &old, &granted);
        every(failures.into_iter().map(|outcome| outcome.map(drop)).collect())?;
        let found = roles::found(&call.private);
        let ours = old
            .iter()
            .map(|(_, id)| id)
            .filter(|id| !found.contains(*id) && !granted.iter().any(|new| new.id == **id));
        every(all(ours.map(|id| self.policy.revoke(id, &patience))).await)?;
        self.note(call, &kept, &[], &granted);
        self.state.role_definition_ids = self.planned.role_definition_ids.clone();
        call.save(&self.state);
        Ok(())
    }

    /// Saves which roles there are now. A role that could not be granted is missing in the state, so that the next plan
    /// grants it.
    fn note(
        &mut self,
        call: &mut Call<Context>,
        kept: &[(String, String)],
        old: &[(String, String)],
        granted: &[crate::policy::Granted],
    ) {
        roles::note(&mut self.state, &mut call.private, granted);
        if let Attr::Known(ids) = &mut self.state.role_assignments {
            for (role, id) in kept.iter().chain(old) {
                ids.entry(role.clone()).or_insert_with(|| Attr::Known(id.clone()));
            }
            let there: BTreeSet<String> = ids.keys().cloned().collect();
            self.state.role_definition_ids = roles::to_texts(&there);
        }
        call.save(&self.state);
    }

    async fn remediate(&mut self, call: &mut Call<Context>, prior: Option<&Model>) -> Result<()> {
        let unchanged = prior.filter(|_| !self.planned.remediations.is_unknown());
        if unchanged.is_some_and(|prior| prior.remediations == self.planned.remediations) {
            return Ok(());
        }
        let patience = patience(call);
        let mut runs = Vec::new();
        if self.planned.remediates() {
            let definition = self.planned.policy_definition_id.known().cloned().unwrap_or_default();
            let definition = self.policy.definition(&definition, &patience).await?;
            let (wanted, roles, _) = planning::inputs(&self.planned);
            let key = serde_json::to_string(&(wanted, roles)).unwrap_or_default();
            let principal = self.state.principal_id.known().cloned().unwrap_or_default();
            let of = Of { scope: &self.scope, assignment: &self.id, principal: &principal, inputs: &key };
            runs = definition
                .remediable()
                .into_iter()
                .map(|member| Run::new(&of, member, &self.planned))
                .collect();
        }
        let ids: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
        remediating::forget(self.policy, &self.state, &ids, &patience).await?;
        self.state.remediations = remediating::started(&runs);
        call.save(&self.state);
        let starts = all(runs.iter().map(|run| self.policy.remediate(&run.id, &run.task, &patience))).await;
        let progress = every(starts)?;
        self.state.remediations = remediating::to_attr(runs.iter().zip(progress.iter().map(Some)));
        call.save(&self.state);
        let waits = self.planned.remediation.known().is_some_and(|wish| wish.wait.known() != Some(&false));
        if waits {
            let ends = all(runs.iter().map(|run| self.policy.until_remediated(&run.id, &patience))).await;
            let ends = every(ends)?;
            self.state.remediations = remediating::to_attr(runs.iter().zip(ends.iter().map(Option::as_ref)));
            call.save(&self.state);
            for (run, end) in runs.iter().zip(&ends) {
                if let Some(end) = end.as_ref().filter(|end| !end.is_good()) {
                    let failed = self.policy.failed_deployments(&run.id, remediating::SHOWN, &patience).await;
                    call.warn(remediating::warning(run, end, &failed.unwrap_or_default()));
                }
            }
        }
        Ok(())
    }
}
