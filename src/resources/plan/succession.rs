//! What is said where several resources are about one plan.

use tfplugin_protocol::Diagnostic;
use tfplugin_protocol::provider::Call;

use crate::context::{Context, Managed, succession};

/// Notes that the object being planned manages the plan `id`, and what it takes over. Warns where another resource
/// of the configuration manages the plan too, or where one that is destroyed does.
pub(super) fn claim(call: &mut Call<Context>, id: &str, is_new: bool) {
    let others = succession::succeed(call, id, is_new);
    if others.manage {
        let detail = format!(
            "Two resources of this configuration manage {id}. Each will undo what the other does. Take one of them out: \
             with a `removed` block and destroy = false, if it is in the state."
        );
        call.warn(Diagnostic::warning("The plan is managed twice", detail).at("name"));
    }
    if others.go {
        warn_of_move(call, id);
    }
}

/// Notes that an object is planned to be destroyed, and warns where another one manages the same plan.
pub(super) fn note_destruction(call: &mut Call<Context>, id: &str) {
    match succession::give_up(call, id) {
        None => {}
        Some(Managed::Anew) => warn_of_move(call, id),
        Some(Managed::AsBefore) => {
            let detail = format!(
                "Another resource goes on managing {id}; destroying this one puts back what it found, and the other \
                 one will change it again. To take this one out without touching Azure, use a `removed` block with \
                 destroy = false."
            );
            call.warn(Diagnostic::warning("The plan is still managed", detail));
        }
    }
}

/// Terraform destroys and creates in any order, and tells neither of the other.
fn warn_of_move(call: &mut Call<Context>, id: &str) {
    let detail = format!(
        "One resource of {id} is destroyed and another one created. The plan stays on, but what was there before the \
         first one may be forgotten. If the resource has only been renamed, a `moved` block keeps it."
    );
    call.warn(Diagnostic::warning("The plan goes from one resource to another", detail));
}
