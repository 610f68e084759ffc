//! Plans of a list that cannot be read: whoever lists is told.

use tfplugin_protocol::Diagnostic;
use tfplugin_protocol::provider::Call;

use super::Context;
use crate::arm::Scope;
use crate::pricings::Plans;

/// Warns of the entries of a list that could not be read.
pub fn warn_of_unreadable(call: &mut Call<Context>, scope: &Scope, listed: &Plans) {
    for entry in listed.unreadable() {
        call.warn(Diagnostic::warning("A plan is left out", unreadable(scope, &entry.problem)));
    }
}

/// What is said of a plan that cannot be read.
pub fn unreadable(scope: &Scope, problem: &str) -> String {
    format!(
        "In the list of {scope} {problem}. What this version of the provider does not know, it leaves alone; look for a newer \
         one."
    )
}
