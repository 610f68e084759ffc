//! Making a plan true: one assignment is all of the resource.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tfplugin_protocol::provider::{Call, Private};
use tfplugin_protocol::{Diagnostic, Result};

use crate::assignment::making::{self, Means, Wish};
use crate::assignment::model::Model;
use crate::assignment::notes::{Journal, Notes};
use crate::context::{Context, patience, succession};

/// Private data: what is kept beside the assignment.
const NOTES: &str = "notes";

/// What is kept beside the assignment.
pub(super) fn notes(call: &Call<Context>) -> Notes {
    call.private.get(NOTES).unwrap_or_default()
}

/// Keeps it.
pub(super) fn keep(private: &mut Private, notes: &Notes) {
    private.set(NOTES, notes);
}

/// What the user wrote beside what is planned.
fn wish(call: &Call<Context>, planned: Model) -> Result<Wish> {
    let config: Model = call.config()?;
    Ok(Wish {
        planned,
        roles_chosen: !config.role_definition_ids.is_null(),
        identity_chosen: !config.identity.is_null(),
        named_by: "name",
    })
}

pub(super) async fn create(call: &mut Call<Context>, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
    let (wish, patience, context) = (wish(call, planned)?, patience(call), call.context()?);
    context.note_apply();
    let policy = context.policy()?;
    let journal = Whole(Mutex::new(call));
    making::create(
        Means { context: &context, policy, journal: &journal, patience: &patience },
        wish,
        BTreeSet::new(),
    )
    .await
}

pub(super) async fn update(call: &mut Call<Context>, prior: Model, planned: Model) -> Result<Model> {
    succession::forget(&mut call.private);
    let (wish, patience, context) = (wish(call, planned)?, patience(call), call.context()?);
    context.note_apply();
    let (policy, notes) = (context.policy()?, notes(call));
    let journal = Whole(Mutex::new(call));
    making::update(
        Means { context: &context, policy, journal: &journal, patience: &patience },
        &prior,
        notes,
        wish,
    )
    .await
}

pub(super) async fn delete(call: &mut Call<Context>, prior: Model) -> Result<()> {
    let (patience, context) = (patience(call), call.context()?);
    context.note_apply();
    let (policy, notes) = (context.policy()?, notes(call));
    let journal = Whole(Mutex::new(call));
    making::remove(Means { context: &context, policy, journal: &journal, patience: &patience }, prior, notes)
        .await
}

/// The assignment is all of the state.
struct Whole<'a>(Mutex<&'a mut Call<Context>>);

impl Journal for Whole<'_> {
    fn save(&self, state: &Model, notes: &Notes) {
        let mut call = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keep(&mut call.private, notes);
        call.save(state);
    }

    fn warn(&self, warning: Diagnostic) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).warn(warning);
    }
}
