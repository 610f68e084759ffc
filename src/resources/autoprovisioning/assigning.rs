//! Plans of assignments: what the catalogue and the user say, completed by what the definitions add.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use tfplugin_protocol::{Attr, Diagnostics, Result};

use super::apply::guid;
use super::deciding::{Chosen, Decision};
use super::model::{Assigned, Model, roles_that_go, without_roles};
use super::record::{Found, Record};
use super::refusing;
use super::wishing::{self, Given};
use crate::arm;
use crate::assignment::against;
use crate::assignment::completing::{Asks, Draft, definition, finish};
use crate::assignment::model::{self as assignment, items};
use crate::context::Context;
use crate::policy::Definition;

/// Plans of assignments in the making.
pub(super) struct Assigning<'a> {
    pub(super) context: &'a Context,
    pub(super) patience: &'a arm::Call,
    pub(super) prior: Option<&'a Model>,
    pub(super) planned: &'a Model,
}

/// The plan of one assignment.
struct Drafted {
    assigned: Assigned,
    /// The user's parameters that it takes.
    takes: BTreeSet<String>,
    /// The definition, where it was asked for.
    definition: Option<Arc<Definition>>,
}

impl Assigning<'_> {
    /// All of them, completed and held against their definitions.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or why it cannot be told.
    pub(super) async fn all(&self, decision: &Decision, record: &mut Record) -> Result<Vec<Assigned>> {
        self.find_workspace(decision, record).await?;
        let going = roles_that_go(self.going(decision));
        let drafts = decision.assignments.iter().map(|chosen| self.one(chosen, &going, record));
        let mut diagnostics = Diagnostics::default();
        let mut drafted = Vec::new();
        for outcome in join_all(drafts).await {
            match outcome {
                Ok(one) => drafted.push(one),
                Err(errors) => diagnostics.extend(errors),
            }
        }
        let definitions = drafted.iter().filter_map(|one| one.definition.as_deref());
        if definitions.clone().count() == decision.assignments.len() {
            let all: Vec<&Definition> = definitions.collect();
            diagnostics.extend(refusing::nobodys_parameter(&self.planned.parameters, &all));
        }
        diagnostics.into_result()?;
        let takes = decision.assignments.iter().map(|chosen| chosen.assignment.definition.clone());
        record.takes = takes.zip(drafted.iter().map(|one| one.takes.clone())).collect();
        Ok(drafted.into_iter().map(|one| one.assigned).collect())
    }

    async fn one(&self, chosen: &Chosen, going: &BTreeSet<String>, record: &Record) -> Result<Drafted> {
        let Chosen { assignment: row, targets } = chosen;
        let policy = self.context.policy().ok();
        let asks = policy.map(|policy| Asks { policy, patience: self.patience, defined_by: "component" });
        let is_same = self.prior.is_some_and(|prior| prior.parameters == self.planned.parameters);
        let known = record.takes.get(&row.definition).filter(|_| is_same);
        let (takes, seen) = match known {
            Some(takes) => (Some(takes.clone()), None),
            None if wishing::entries(&self.planned.parameters).is_empty() => (Some(BTreeSet::new()), None),
            None => {
                let seen = definition(asks, &wishing::definition_id(row)).await?;
                let taken = |seen: &Definition| wishing::taken(seen, &self.planned.parameters);
                (seen.as_deref().map(taken), seen)
            }
        };
        let given = Given { planned: self.planned, workspace: record.workspace.as_ref() };
        let written = wishing::written(&given, row, takes.as_ref());
        let config = assignment::Model {
            identity: self.planned.identity.clone(),
            role_definition_ids: Attr::Null,
            ..written.clone()
        };
        let prior = self.prior_of(&written).map(|prior| without_roles(prior, going));
        let chosen = !self.planned.identity.is_null();
        let planned = match &prior {
            Some(prior) => wishing::rewritten(prior, written.clone(), chosen),
            None => written.clone(),
        };
        let draft = Draft {
            config: &config,
            prior: prior.as_ref(),
            changed: prior.as_ref() != Some(&planned),
            planned,
            record: record.notes.get(&row.definition).and_then(|notes| notes.wanted.as_ref()),
        };
        let (planned, definition) = finish(asks, draft).await?;
        if let Some(definition) = &definition {
            against::against(definition, &config, &planned).into_result()?;
        }
        let targets = items(targets.iter().cloned());
        let definition = definition.or(seen);
        Ok(Drafted {
            assigned: Assigned::of(&planned, targets),
            takes: takes.unwrap_or_default(),
            definition,
        })
    }

    /// Assignments that go.
    fn going(&self, decision: &Decision) -> impl Iterator<Item = &Assigned> {
        let before = self.prior.into_iter().flat_map(|prior| prior.assignments.known_items());
        let chosen = |guid: &str| decision.assignments.iter().any(|one| one.assignment.definition == guid);
        before.filter(move |one| !chosen(&guid(one)))
    }

    /// The same assignment as it is.
    fn prior_of(&self, written: &assignment::Model) -> Option<assignment::Model> {
        let prior = self.prior?;
        let id = written.policy_definition_id.known()?;
        let is_it = |one: &&Assigned| {
            one.policy_definition_id.known().is_some_and(|other| other.eq_ignore_ascii_case(id))
        };
        prior.assignments.known_items().find(is_it).map(|one| prior.whole(one))
    }

    /// Asks for the workspace, where a policy wants to know more of it than its id.
    async fn find_workspace(&self, decision: &Decision, record: &mut Record) -> Result<()> {
        let asks = decision.assignments.iter().any(|chosen| wishing::asks_for_workspace(chosen.assignment));
        let Some(id) = self.planned.workspace_id.known().filter(|_| asks) else {
            record.workspace = None;
            return Ok(());
        };
        if record.workspace.as_ref().is_some_and(|found| found.id.eq_ignore_ascii_case(id)) {
            return Ok(());
        }
        record.workspace = None;
        let Ok(workspaces) = self.context.workspaces() else { return Ok(()) };
        let found = workspaces.read(id, self.patience).await;
        record.workspace = Some(Found::new(id, found.map_err(|error| refusing::no_workspace(&error))?));
        Ok(())
    }
}
