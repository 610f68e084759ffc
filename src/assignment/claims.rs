//! Who manages an assignment, or a setting: one resource of a configuration does.

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, Diagnostic, Result};

use crate::context::{Context, succession};

/// A resource, as a claimant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claimant {
    /// Whether it is created.
    pub(crate) is_new: bool,
    /// The attribute that decides on what it manages.
    pub(crate) decided_by: &'static str,
}

/// Notes that a resource manages `id`.
///
/// # Errors
///
/// Another one does already.
pub(crate) fn claim(call: &mut Call<Context>, id: &Attr<String>, by: Claimant) -> Result<()> {
    let Some(id) = id.known() else { return Ok(()) };
    let others = succession::claim(call, id, by.is_new);
    if others.manage {
        let detail = format!(
            "Another resource of this configuration manages {id} already. Keep one of them: each would undo what the \
             other does."
        );
        return Err(Diagnostic::error("Two resources for one thing", detail).at(by.decided_by).into());
    }
    if others.go {
        warn_of_move(call, id);
    }
    Ok(())
}

/// Notes that the resource that manages `id` is to be destroyed.
pub(crate) fn give_up(call: &mut Call<Context>, id: &Attr<String>) {
    let Some(id) = id.known() else { return };
    if succession::give_up(call, id).is_some() {
        warn_of_move(call, id);
    }
}

/// Terraform destroys and creates in any order, and tells neither of the other.
fn warn_of_move(call: &mut Call<Context>, id: &str) {
    let detail = format!(
        "One resource that manages {id} is destroyed and another one created. If it has only been renamed, a `moved` block \
         keeps it as it is; otherwise take the old one out with a `removed` block (destroy = false) and import the new one."
    );
    call.warn(Diagnostic::warning("It goes from one resource to another", detail));
}
