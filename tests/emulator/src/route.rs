//! Who answers a request: the metadata endpoint, the login service, or Azure Resource Manager.

use std::collections::BTreeMap;

use crate::message::{Answer, Call};
use crate::world::World;
use crate::{arm, entra, metadata};

/// Answers a request. `contended` says that another request has the write lock this one needs.
pub(crate) fn route(
    world: &mut World,
    call: &Call,
    contended: bool,
    extension_failures: &BTreeMap<String, String>,
) -> Answer {
    if let Some(answer) = metadata::answer(world, call).or_else(|| entra::answer(world, call)) {
        return answer;
    }
    arm::answer(world, call, contended, extension_failures)
}

/// The answer to what the emulator does not know: loud, so that no test takes it for an absent resource.
pub(crate) fn not_implemented(call: &Call) -> Answer {
    let message = format!("{} {} is not implemented by this emulator.", call.method, call.path);
    Answer::error(501, "NotImplementedByEmulator", &message)
}
