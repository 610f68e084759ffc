//! Making an assignment true: the assignment, then the roles of its identity, then the remediation. After each step the
//! state says what there is, so that whatever fails leaves nothing behind that nobody manages.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::model::Model;
use super::remediating::{self, Of, Run};
use super::roles::{self, Record, Roles};
use super::{planning, wire};
use crate::arm::{self, Error, ErrorKind, Scope};
use crate::context::{Context, patience};
use crate::diagnostics::explain;
use crate::policy::{Assignment, Grantee, Identity, Policy, Wanted};

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
    let (scope, id) = super::place(&prior)?;
    let context = call.context()?;
    context.note_apply();
    let (policy, patience) = (context.policy()?, patience(call));
    let mut state = prior;
    remediating::forget(policy, &state, &[], &patience).await?;
    state.remediations = Attr::Known(Vec::new());
    call.save(&state);
    let mut ours = roles::left_over(&call.private);
    ours.extend(roles::ours(&state, &scope).into_values());
    every(join_all(ours.iter().map(|id| policy.revoke(id, &patience))).await)?;
    roles::nothing_left_over(&mut call.private);
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
        role_definition_ids: roles::to_texts(&Roles::new()),
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

fn no_principal(id: &str) -> Diagnostics {
    let detail = format!(
        "Azure has made {id} and says nothing of its identity, so no role can be granted to it. Apply again; if it stays so, \
         look at the identity in the portal."
    );
    Diagnostic::error("The policy assignment has no identity", detail).at("identity").into()
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
        let config: Model = call.config()?;
        let unchanged = prior.is_some_and(|prior| prior.remediations == self.planned.remediations);
        let mut record = Record {
            roles: roles::of_texts(&self.planned.role_definition_ids),
            identity: planning::kind(&self.planned),
            roles_chosen: !config.role_definition_ids.is_null(),
            identity_chosen: !config.identity.is_null(),
            is_pending: !unchanged,
        };
        roles::want(&mut call.private, &record);
        let mut wanted = wire::wanted(&self.planned);
        if prior.is_none_or(|prior| wire::wanted(prior) != wanted) {
            if record.identity.is_none() && prior.is_some_and(|prior| planning::kind(prior).is_some()) {
                // What is left out stays as it is.
                wanted.identity = Some(Identity { kind: "None".to_owned(), ..Identity::default() });
            }
            self.assign(call, &wanted).await?;
        } else {
            self.state = self.settled();
        }
        self.grant(call, &record.roles).await?;
        if !unchanged {
            let runs = self.remediate(call).await?;
            record.is_pending = false;
            roles::want(&mut call.private, &record);
            call.save(&self.state);
            self.follow(call, &runs).await?;
        }
        Ok(self.state)
    }

    async fn assign(&mut self, call: &mut Call<Context>, wanted: &Wanted) -> Result<()> {
        let patience = patience(call);
        // Roles of the identity of before go with it, whenever that succeeds.
        let before = (self.state.principal_id.clone(), roles::ours(&self.state, &self.scope));
        let mut answer = match self.policy.assign(&self.id, wanted, &patience).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.look_back(call, error).await),
        };
        self.take_in(&answer);
        if before.0 != self.state.principal_id {
            roles::leave_over(&mut call.private, before.1);
            self.state.role_assignments = Attr::Known(BTreeMap::new());
        }
        call.save(&self.state);
        // Only to see that it is there: a moment after a change, Azure may still show what was before.
        let seen = self.policy.until_assigned(&self.id, &patience).await?;
        if answer.principal().is_none() {
            answer = seen;
            self.take_in(&answer);
        }
        Ok(())
    }

    /// The state after Azure's answer: as planned, with what only Azure knows.
    fn take_in(&mut self, answer: &Assignment) {
        let fresh = wire::refresh(self.planned.clone(), answer);
        let definition_version = match &self.planned.definition_version {
            Attr::Unknown => fresh.definition_version,
            Attr::Null | Attr::Known(_) => self.planned.definition_version.clone(),
        };
        self.state = Model {
            principal_id: fresh.principal_id,
            tenant_id: fresh.tenant_id,
            definition_version,
            ..self.settled()
        };
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
    async fn grant(&mut self, call: &mut Call<Context>, wanted: &Roles) -> Result<()> {
        let patience = patience(call);
        let mut there = roles::assignments(&self.state);
        let missing: Vec<&String> = wanted.iter().filter(|role| !there.contains_key(*role)).collect();
        let principal = self.state.principal_id.known().cloned();
        if let (None, false) = (&principal, missing.is_empty()) {
            return Err(no_principal(&self.id));
        }
        let principal = principal.unwrap_or_default();
        let to = Grantee { scope: &self.scope, assignment: &self.id, principal: &principal };
        let outcomes =
            join_all(missing.into_iter().map(|role| self.policy.grant(&to, role, &patience))).await;
        let (granted, failures): (Vec<_>, Vec<_>) =
            outcomes.into_iter().partition(std::result::Result::is_ok);
        there.extend(granted.into_iter().flatten().map(|granted| (granted.role, granted.id)));
        self.note(call, &there);
        every(failures.into_iter().map(|outcome| outcome.map(drop)).collect())?;

        let ours = roles::ours(&self.state, &self.scope);
        let mut old = roles::left_over(&call.private);
        old.extend(ours.into_iter().filter(|(role, _)| !wanted.contains(role)).map(|(_, id)| id));
        every(join_all(old.iter().map(|id| self.policy.revoke(id, &patience))).await)?;
        roles::nothing_left_over(&mut call.private);
        there.retain(|role, _| wanted.contains(role));
        self.note(call, &there);
        self.state.role_definition_ids = self.planned.role_definition_ids.clone();
        call.save(&self.state);
        Ok(())
    }

    /// Saves which roles there are now. A role that could not be granted is missing in the state, so that the next plan
    /// grants it.
    fn note(&mut self, call: &mut Call<Context>, there: &BTreeMap<String, String>) {
        let ids = there.iter().map(|(role, id)| (role.clone(), Attr::Known(id.clone())));
        self.state.role_assignments = Attr::Known(ids.collect());
        self.state.role_definition_ids = roles::to_texts(&there.keys().cloned().collect());
        call.save(&self.state);
    }

    /// Removes remediations of before, and starts those that are wanted now.
    async fn remediate(&mut self, call: &mut Call<Context>) -> Result<Vec<Run>> {
        let patience = patience(call);
        let mut runs = Vec::new();
        if self.planned.remediates() == Some(true) {
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
        let starts =
            join_all(runs.iter().map(|run| self.policy.remediate(&run.id, &run.task, &patience))).await;
        let progress = every(starts)?;
        self.state.remediations = remediating::to_attr(runs.iter().zip(progress.iter().map(Some)));
        call.save(&self.state);
        Ok(runs)
    }

    /// Waits for the ends of remediations. One that takes longer than the resource may goes on without anybody waiting:
    /// what this resource makes is there, and an error would make Terraform replace it.
    async fn follow(&mut self, call: &mut Call<Context>, runs: &[Run]) -> Result<()> {
        let waits = self.planned.remediation.known().is_some_and(|wish| wish.wait.known() != Some(&false));
        if runs.is_empty() || !waits {
            return Ok(());
        }
        let patience = patience(call);
        let ends = join_all(runs.iter().map(|run| self.policy.until_remediated(&run.id, &patience))).await;
        let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
        let mut reached = Vec::new();
        for (run, end) in runs.iter().zip(ends) {
            reached.push(match end {
                Err(error) if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Cancelled) => {
                    call.warn(remediating::unfinished(run, &error));
                    self.policy.remediation(&run.id, &look).await?
                }
                end => end?,
            });
        }
        self.state.remediations = remediating::to_attr(runs.iter().zip(reached.iter().map(Option::as_ref)));
        call.save(&self.state);
        for (run, end) in runs.iter().zip(reached.iter().flatten()) {
            if end.is_over() && !end.is_good() {
                let failed = self.policy.failed_deployments(&run.id, remediating::SHOWN, &look).await;
                call.warn(remediating::warning(run, end, &failed.unwrap_or_default()));
            }
        }
        Ok(())
    }
}
