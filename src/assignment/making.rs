//! Making an assignment true: the assignment, then the roles of its identity, then the remediation. After each step the
//! state says what there is, so that whatever fails leaves nothing behind that nobody manages.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::model::{Model, place};
use super::notes::{Journal, Notes, Record};
use super::remediating::{self, Of, Run};
use super::roles::{self, Roles};
use super::{completing, wire};
use crate::arm::{self, Error, Scope};
use crate::context::Context;
use crate::diagnostics::explain;
use crate::policy::{Assignment, Grantee, Identity, Policy, Wanted};

/// How long to look for what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

/// An assignment that is to be there.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// As it is planned.
    pub(crate) planned: Model,
    /// Whether the user chose the roles, and not the definition.
    pub(crate) roles_chosen: bool,
    /// Whether the user chose the identity, and not the definition.
    pub(crate) identity_chosen: bool,
    /// The attribute that gives it its name.
    pub(crate) named_by: &'static str,
}

/// How it is made: where, who is told, and how long that may take.
#[derive(Clone, Copy)]
pub(crate) struct Means<'a> {
    pub(crate) context: &'a Context,
    pub(crate) policy: &'a Policy,
    pub(crate) journal: &'a dyn Journal,
    pub(crate) patience: &'a arm::Call,
}

/// Makes an assignment, whole. `left_over` are role assignments of one that was there before, which are to go.
///
/// # Errors
///
/// What could not be made. What could is in the journal.
pub(crate) async fn create(means: Means<'_>, wish: Wish, left_over: BTreeSet<String>) -> Result<Model> {
    let (scope, id) = place(&wish.planned)?;
    // Another resource that removes it in this run has removed all of it by now, or sees that it stays: half of one, and half
    // of the other, would have roles granted to an identity that is gone.
    let turn = means.context.turn(&id, means.patience).await?;
    means.context.note_creation(&id);
    drop(turn);
    if let Some(there) = means.policy.assignment(&id, means.patience).await? {
        taken_over(means, &wish, &id, &there.is.properties.policy_definition_id)?;
    }
    let state = nothing_yet(wish.planned.clone());
    let notes = Notes { left_over, ..Notes::default() };
    Making { means, scope, id, planned: wish.planned.clone(), state, notes, is_new: true }
        .run(&wish, None)
        .await
}

/// Changes an assignment.
///
/// # Errors
///
/// What could not be changed. What could is in the journal.
pub(crate) async fn update(means: Means<'_>, prior: &Model, notes: Notes, wish: Wish) -> Result<Model> {
    let (scope, id) = place(&wish.planned)?;
    let state = prior.clone();
    let making = Making { means, scope, id, planned: wish.planned.clone(), state, notes, is_new: false };
    making.run(&wish, Some(prior)).await
}

/// Removes what we made, the last first, and nothing else.
///
/// # Errors
///
/// What could not be removed. What is left is in the journal.
pub(crate) async fn remove(means: Means<'_>, prior: Model, mut notes: Notes) -> Result<()> {
    let Means { context, policy, journal, patience } = means;
    let (scope, id) = place(&prior)?;
    let _turn = context.turn(&id, patience).await?;
    if context.has_created(&id) {
        // Another resource has taken its place in this run, and goes on with what is there.
        return Ok(());
    }
    let mut state = prior;
    remediating::forget(policy, &state, &[], patience).await?;
    state.remediations = Attr::Known(Vec::new());
    journal.save(&state, &notes);
    let mut ours = notes.left_over.clone();
    ours.extend(roles::ours(&state, &scope).into_values());
    every(join_all(ours.iter().map(|id| policy.revoke(id, patience))).await)?;
    notes.left_over = BTreeSet::new();
    state.role_assignments = Attr::Known(BTreeMap::new());
    journal.save(&state, &notes);
    Ok(policy.unassign(&id, patience).await?)
}

/// Takes away roles that assignments had which are gone.
///
/// # Errors
///
/// Which could not be taken away.
pub(crate) async fn clean(means: Means<'_>, left_over: &BTreeSet<String>) -> Result<()> {
    every(join_all(left_over.iter().map(|id| means.policy.revoke(id, means.patience))).await).map(drop)
}

/// An apply that was killed may have made it, so one of the same definition is taken over.
fn taken_over(means: Means<'_>, wish: &Wish, id: &str, definition: &str) -> Result<()> {
    let wanted = &wish.planned.policy_definition_id;
    if wanted.known().is_some_and(|wanted| wanted.eq_ignore_ascii_case(definition)) {
        let detail = format!(
            "{id} was there already, with the same definition, as after an apply that was interrupted. It is set as this \
             resource says, and destroying removes it."
        );
        let warning = Diagnostic::warning("A policy assignment is taken over", detail);
        means.journal.warn(warning.at(wish.named_by));
        return Ok(());
    }
    let detail = format!(
        "{id} is there already and assigns {definition}. Rename or remove that assignment, or import it and change its \
         definition there, which replaces it."
    );
    Err(Diagnostic::error("The name is taken by another policy assignment", detail).at(wish.named_by).into())
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
    means: Means<'a>,
    scope: Scope,
    id: String,
    planned: Model,
    /// What is true so far.
    state: Model,
    notes: Notes,
    /// Whether it is made just now: Azure has not looked yet at what there is.
    is_new: bool,
}

impl Making<'_> {
    async fn run(mut self, wish: &Wish, prior: Option<&Model>) -> Result<Model> {
        let unchanged = prior.is_some_and(|prior| prior.remediations == self.planned.remediations);
        let wanted_roles = roles::of_texts(&self.planned.role_definition_ids);
        let identity = completing::kind(&self.planned);
        let removes_identity =
            identity.is_none() && prior.is_some_and(|prior| completing::kind(prior).is_some());
        self.notes.wanted = Some(Record {
            roles: wanted_roles.clone(),
            identity,
            roles_chosen: wish.roles_chosen,
            identity_chosen: wish.identity_chosen,
            is_pending: !unchanged,
        });
        let mut wanted = wire::wanted(&self.planned);
        if prior.is_none_or(|prior| wire::wanted(prior) != wanted) {
            if removes_identity {
                // What is left out stays as it is.
                wanted.identity = Some(Identity { kind: "None".to_owned(), ..Identity::default() });
            }
            self.assign(&wanted).await?;
        } else {
            self.state = self.settled();
        }
        self.grant(&wanted_roles).await?;
        if !unchanged {
            let runs = self.remediate().await?;
            self.notes.is_pending(false);
            self.save();
            self.follow(&runs).await?;
        }
        Ok(self.state)
    }

    fn save(&self) {
        self.means.journal.save(&self.state, &self.notes);
    }

    async fn assign(&mut self, wanted: &Wanted) -> Result<()> {
        let Means { policy, patience, .. } = self.means;
        // Roles of the identity of before go with it, whenever that succeeds.
        let before = (self.state.principal_id.clone(), roles::ours(&self.state, &self.scope));
        let answer = match policy.assign(&self.id, wanted, patience).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.look_back(error).await),
        };
        self.take_in(&answer);
        let is_told = answer.principal().is_some();
        if is_told {
            self.leave_behind(&before);
        }
        self.save();
        // Only to see that it is there: a moment after a change, Azure may still show what was before.
        let seen = policy.until_assigned(&self.id, patience).await?;
        if !is_told {
            self.take_in(&seen);
            self.leave_behind(&before);
            self.save();
        }
        Ok(())
    }

    /// Notes that the roles of an identity of before are to go, if it is another one now.
    fn leave_behind(&mut self, (principal, roles): &(Attr<String>, BTreeMap<String, String>)) {
        if *principal != self.state.principal_id {
            self.notes.leave_over(roles.clone());
            self.state.role_assignments = Attr::Known(BTreeMap::new());
        }
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
    async fn look_back(&mut self, error: Error) -> Diagnostics {
        if error.may_have_landed() {
            let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
            match self.means.policy.assignment(&self.id, &look).await {
                Ok(None) => {}
                Ok(Some(found)) => {
                    self.state = wire::refresh(self.state.clone(), &found);
                    self.save();
                }
                Err(unseen) => {
                    tracing::warn!(error = %unseen, "what the failed write left behind is not known");
                    self.save();
                }
            }
        }
        error.into()
    }

    /// Grants what is missing, then takes away what we granted and is wanted no longer.
    async fn grant(&mut self, wanted: &Roles) -> Result<()> {
        let Means { policy, patience, .. } = self.means;
        let mut there = roles::assignments(&self.state);
        let missing: Vec<&String> = wanted.iter().filter(|role| !there.contains_key(*role)).collect();
        let principal = self.state.principal_id.known().cloned();
        if let (None, false) = (&principal, missing.is_empty()) {
            return Err(no_principal(&self.id));
        }
        let principal = principal.unwrap_or_default();
        let to = Grantee { scope: &self.scope, assignment: &self.id, principal: &principal };
        let outcomes = join_all(missing.into_iter().map(|role| policy.grant(&to, role, patience))).await;
        let (granted, failures): (Vec<_>, Vec<_>) =
            outcomes.into_iter().partition(std::result::Result::is_ok);
        there.extend(granted.into_iter().flatten().map(|granted| (granted.role, granted.id)));
        self.note(&there);
        every(failures.into_iter().map(|outcome| outcome.map(drop)).collect())?;

        let ours = roles::ours(&self.state, &self.scope);
        let granted: BTreeSet<&String> = there.values().collect();
        // An identity that comes back, or stays where its assignment was made anew, has the same roles by the same names.
        let mut old = self.notes.left_over.clone();
        old.retain(|id| !granted.contains(id));
        old.extend(ours.into_iter().filter(|(role, _)| !wanted.contains(role)).map(|(_, id)| id));
        every(join_all(old.iter().map(|id| policy.revoke(id, patience))).await)?;
        self.notes.left_over = BTreeSet::new();
        there.retain(|role, _| wanted.contains(role));
        self.note(&there);
        self.state.role_definition_ids = self.planned.role_definition_ids.clone();
        self.save();
        Ok(())
    }

    /// Saves which roles there are now. A role that could not be granted is missing in the state, so that the next plan
    /// grants it.
    fn note(&mut self, there: &BTreeMap<String, String>) {
        let ids = there.iter().map(|(role, id)| (role.clone(), Attr::Known(id.clone())));
        self.state.role_assignments = Attr::Known(ids.collect());
        self.state.role_definition_ids = roles::to_texts(&there.keys().cloned().collect());
        self.save();
    }

    /// Removes remediations of before, and starts those that are wanted now.
    async fn remediate(&mut self) -> Result<Vec<Run>> {
        let Means { policy, patience, .. } = self.means;
        let mut runs = Vec::new();
        if self.planned.remediates() == Some(true) {
            let definition = self.planned.policy_definition_id.known().cloned().unwrap_or_default();
            let definition = policy.definition(&definition, patience).await?;
            let (wanted, roles, _) = completing::inputs(&self.planned);
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
        remediating::forget(policy, &self.state, &ids, patience).await?;
        self.state.remediations = remediating::started(&runs);
        self.save();
        let starts = join_all(runs.iter().map(|run| policy.remediate(&run.id, &run.task, patience))).await;
        let progress = every(starts)?;
        self.state.remediations = remediating::to_attr(runs.iter().zip(progress.iter().map(Some)));
        self.save();
        Ok(runs)
    }

    /// Waits for the ends of remediations. One that takes longer than the resource may goes on without anybody waiting:
    /// what this resource makes is there, and an error would make Terraform replace it.
    async fn follow(&mut self, runs: &[Run]) -> Result<()> {
        let Means { policy, journal, patience, .. } = self.means;
        let waits = self.planned.remediation.known().is_some_and(|wish| wish.wait.known() != Some(&false));
        if runs.is_empty() || !waits {
            return Ok(());
        }
        let ends = join_all(runs.iter().map(|run| policy.until_remediated(&run.id, patience))).await;
        let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
        let mut reached = Vec::new();
        for (run, end) in runs.iter().zip(ends) {
            reached.push(match end {
                // Whatever keeps us from looking, the remediation goes on, and nothing has to be made anew.
                Err(error) => {
                    journal.warn(remediating::unfinished(run, &error));
                    policy.remediation(&run.id, &look).await.unwrap_or_default()
                }
                Ok(end) => end,
            });
        }
        self.state.remediations = remediating::to_attr(runs.iter().zip(reached.iter().map(Option::as_ref)));
        self.save();
        for (run, end) in runs.iter().zip(reached.iter().flatten()) {
            if self.is_new && end.is_good() && end.total == 0 && run.is_of_what_is_known() {
                journal.warn(remediating::nothing_found(run));
            }
            if end.is_over() && !end.is_good() {
                let failed = policy.failed_deployments(&run.id, remediating::SHOWN, &look).await;
                journal.warn(remediating::warning(run, end, &failed.unwrap_or_default()));
            }
        }
        Ok(())
    }
}
