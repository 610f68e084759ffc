//! Reading an assignment again, to see what has changed.

use tfplugin_protocol::{Attr, Result};

use super::model::{Model, place};
use super::notes::Notes;
use super::{roles, wire};
use crate::arm;
use crate::policy::Policy;

/// An assignment as it is now, by its last state; nothing if it is gone.
///
/// # Errors
///
/// Why it could not be read.
pub(crate) async fn read(
    policy: &Policy,
    patience: &arm::Call,
    state: Model,
    notes: &mut Notes,
) -> Result<Option<Model>> {
    let (scope, id) = place(&state)?;
    let Some(found) = policy.assignment(&id, patience).await? else { return Ok(None) };
    if state.principal_id.known().map(String::as_str) != found.principal() {
        // An apply that was killed, or somebody else, has given it another identity.
        notes.leave_over(roles::ours(&state, &scope));
    }
    let mut state = wire::refresh(state, &found);
    let there = match found.principal() {
        Some(principal) => policy.granted(&scope, principal, patience).await?,
        None => Vec::new(),
    };
    roles::refresh(&mut state, notes, &there);
    if state.remediations.is_null() {
        state.remediations = Attr::Known(Vec::new());
    }
    Ok(Some(state))
}
