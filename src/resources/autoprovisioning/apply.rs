//! Making a plan true: settings, and assignments at the same time. After each step the state says what there is; what
//! fails does not keep the rest from being made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result};

use super::check;
use super::model::{Assigned, Model, Switched, roles_that_go, without_roles};
use super::record::Record;
use super::switching::{self, Switching};
use crate::arm;
use crate::assignment::making::{self, Means, Wish};
use crate::assignment::model::{self as assignment};
use crate::assignment::notes::{Journal, Notes};
use crate::catalog::Catalog;
use crate::catalog::model::Setting;
use crate::context::{Context, patience, succession};
use crate::policy::guid_of;

pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
    let nothing =
        Model { assignments: Attr::Known(Vec::new()), settings: Attr::Known(Vec::new()), ..planned.clone() };
    change(call, nothing, planned).await
}

pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
    // What is made follows from what is written, so what is missing of it is seen by the next plan. From here on the state
    // and what is kept beside it belong to what is written now.
    let state = Model { assignments: prior.assignments, settings: prior.settings, ..planned.clone() };
    call.save(&state);
    change(call, state, planned).await
}

pub(super) async fn delete(call: &mut Call<Context>, prior: Model) -> Result<()> {
    let nothing =
        Model { assignments: Attr::Known(Vec::new()), settings: Attr::Known(Vec::new()), ..prior.clone() };
    change(call, prior, nothing).await.map(drop)
}

/// From what there is to what is to be there.
async fn change(call: &mut Call<Context>, state: Model, planned: Model) -> Result<Model> {
    let (context, patience) = (call.context()?, patience(call));
    context.note_apply();
    let identity_chosen = !planned.identity.is_null();
    let record = Record::of(&call.private);
    let all = Everything(Mutex::new(Reached { call, state: state.clone(), record }));
    let work = Work { all: &all, context: &context, patience: &patience, planned: &planned, identity_chosen };
    let going: Vec<&Assigned> =
        state.assignments.known_items().filter(|one| planned.find(one).is_none()).collect();
    let gone = join_all(going.iter().map(|one| work.remove(&state, one))).await;
    let clean = work.clean().await;
    let going = roles_that_go(going.into_iter());
    let made = async {
        let wanted = planned.assignments.known_items();
        join_all(wanted.map(|one| work.make(&state, one, &going))).await
    };
    let (made, switched) = futures_util::future::join(made, work.switch(&state)).await;
    let mut diagnostics = Diagnostics::default();
    for outcome in gone.into_iter().chain(made).chain([clean, switched]) {
        diagnostics.extend(outcome.err().into_iter().flatten());
    }
    diagnostics.into_result()?;
    Ok(all.state(&planned))
}

/// What is done, for whom.
struct Work<'a> {
    all: &'a Everything<'a>,
    context: &'a Context,
    patience: &'a arm::Call,
    planned: &'a Model,
    identity_chosen: bool,
}

impl<'a> Work<'a> {
    fn means<'b>(&'b self, journal: &'b Part<'a>) -> Result<Means<'b>> {
        let Self { context, patience, .. } = *self;
        Ok(Means { context, policy: context.policy()?, journal, patience })
    }

    async fn make(&self, prior: &Model, one: &Assigned, going: &BTreeSet<String>) -> Result<()> {
        let part = Part { all: self.all, guid: guid(one), targets: one.targets.clone() };
        let means = self.means(&part)?;
        let planned = self.planned.whole(one);
        let wish = Wish {
            planned,
            roles_chosen: false,
            identity_chosen: self.identity_chosen,
            named_by: "component",
        };
        let made = match prior.find(one) {
            Some(before) if before == one => return Ok(()),
            Some(before) => {
                let before = without_roles(prior.whole(before), going);
                making::update(means, &before, part.notes(), wish).await?
            }
            None => making::create(means, wish, part.notes().left_over).await?,
        };
        part.set(Some(&made), None);
        Ok(())
    }

    async fn remove(&self, prior: &Model, one: &Assigned) -> Result<()> {
        let part = Part { all: self.all, guid: guid(one), targets: one.targets.clone() };
        making::remove(self.means(&part)?, prior.whole(one), part.notes()).await?;
        part.set(None, None);
        Ok(())
    }

    /// Takes away what is left over of assignments that somebody else has removed, and that are not made again.
    async fn clean(&self) -> Result<()> {
        let is_in = |model: &Model, id: &str| model.assignments.known_items().any(|one| guid(one) == id);
        let mut left: BTreeMap<String, Notes> = self.all.look(|state, record| {
            let notes = record.notes.iter().filter(|(guid, _)| !is_in(state, guid));
            notes.map(|(guid, notes)| (guid.clone(), notes.clone())).collect()
        });
        left.retain(|guid, _| !is_in(self.planned, guid));
        for (guid, notes) in left {
            let part = Part { all: self.all, guid, targets: Attr::Null };
            making::clean(self.means(&part)?, &notes.left_over).await?;
            part.set(None, None);
        }
        Ok(())
    }

    /// Settings depend on each other, so they are written one by one, and put back the other way round.
    async fn switch(&self, prior: &Model) -> Result<()> {
        let (Attr::Known(component), Attr::Known(scope)) = (&self.planned.component, &self.planned.scope)
        else {
            return Ok(());
        };
        let scope = check::scope(scope)?;
        let rows = Catalog::get().component(component).map(|component| &*component.deploy.settings);
        let row = |one: &Switched| {
            let name = one.name.known()?;
            rows?.iter().find(|row| row.name == *name)
        };
        let wanted: Vec<&Setting> = self.planned.settings.known_items().filter_map(row).collect();
        // One whose write was not answered is not in the state, and may be on all the same.
        let is_begun = |row: &&Setting| self.all.look(|_, record| record.before.contains_key(&row.name));
        let mut before: Vec<&Setting> = prior.settings.known_items().filter_map(row).collect();
        for begun in rows.into_iter().flatten().filter(is_begun) {
            if !before.iter().any(|one| one.name == begun.name) {
                before.push(begun);
            }
        }
        if wanted.is_empty() && before.is_empty() {
            return Ok(());
        }
        let (context, patience) = (self.context, self.patience);
        let switching = Switching { context, settings: context.settings()?, scope: &scope, patience };
        for setting in &wanted {
            switching::on(&switching, setting, self.all).await?;
        }
        let gone = before.into_iter().rev().filter(|one| !wanted.iter().any(|other| other.name == one.name));
        for setting in gone {
            switching::back(&switching, setting, self.all).await?;
        }
        Ok(())
    }
}

/// All that has been reached, and who is told.
pub(super) struct Everything<'a>(Mutex<Reached<'a>>);

struct Reached<'a> {
    call: &'a mut Call<Context>,
    state: Model,
    record: Record,
}

impl Everything<'_> {
    /// Changes what has been reached, and saves it.
    pub(super) fn note(&self, change: impl FnOnce(&mut Model, &mut Record)) {
        let mut reached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Reached { call, state, record } = &mut *reached;
        change(state, record);
        record.keep(&mut call.private);
        call.save(state);
    }

    /// Looks at the state, and at what is kept beside it.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Model, &Record) -> T) -> T {
        let reached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        look(&reached.state, &reached.record)
    }

    pub(super) fn warn(&self, warning: Diagnostic) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).call.warn(warning);
    }

    /// What has been reached, in the order in which it was planned.
    fn state(&self, planned: &Model) -> Model {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner).state.clone();
        let rank =
            |one: &Assigned| planned.assignments.known_items().position(|other| guid(other) == guid(one));
        if let Attr::Known(assignments) = &mut state.assignments {
            assignments.sort_by_key(|one| one.known().and_then(rank));
        }
        state
    }
}

/// One assignment of several.
struct Part<'a> {
    all: &'a Everything<'a>,
    guid: String,
    targets: assignment::Texts,
}

impl Part<'_> {
    fn notes(&self) -> Notes {
        self.all.look(|_, record| record.notes.get(&self.guid).cloned()).unwrap_or_default()
    }

    /// Puts the assignment into the state, or takes it out.
    fn set(&self, whole: Option<&assignment::Model>, notes: Option<&Notes>) {
        let now = whole.map(|whole| Assigned::of(whole, self.targets.clone()));
        self.all.note(|state, record| {
            let mut all: Vec<Attr<Assigned>> = state.assignments.known().cloned().unwrap_or_default();
            let at = all.iter().position(|one| one.known().is_some_and(|one| guid(one) == self.guid));
            match (at, now) {
                (Some(at), Some(now)) => all[at] = Attr::Known(now),
                (None, Some(now)) => all.push(Attr::Known(now)),
                (Some(at), None) => drop(all.remove(at)),
                (None, None) => {}
            }
            state.assignments = Attr::Known(all);
            match (whole, notes) {
                (Some(_), Some(notes)) => drop(record.notes.insert(self.guid.clone(), notes.clone())),
                (None, _) => drop(record.notes.remove(&self.guid)),
                (Some(_), None) => {}
            }
        });
    }
}

impl Journal for Part<'_> {
    fn save(&self, state: &assignment::Model, notes: &Notes) {
        self.set(Some(state), Some(notes));
    }

    fn warn(&self, warning: Diagnostic) {
        self.all.warn(warning);
    }
}

/// What tells the assignments of one resource apart: the definition's GUID.
pub(super) fn guid(one: &Assigned) -> String {
    one.policy_definition_id.known().map(|id| guid_of(id)).unwrap_or_default()
}

impl Model {
    /// The same assignment here.
    fn find(&self, one: &Assigned) -> Option<&Assigned> {
        self.assignments.known_items().find(|other| guid(other) == guid(one))
    }
}
