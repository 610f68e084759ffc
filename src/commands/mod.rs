//! What people can ask of the program without Terraform: one module each, listed here and nowhere else.

mod adopt;
mod arguments;
mod availability;
mod drift;
mod options;
mod stdout;
mod table;

use tfplugin_protocol::provider::DynResource;
use tfplugin_protocol::{Command, Result};

use crate::context::Context;

/// What commands that ask Azure need, and only the provider knows.
pub trait Surroundings {
    /// The provider's address.
    const ADDRESS: &'static str;

    /// The resources that there are.
    fn resources() -> &'static [&'static dyn DynResource<Context>];

    /// The surroundings of an empty provider block.
    ///
    /// # Errors
    ///
    /// Where the environment contradicts itself.
    fn context() -> Result<Context>;
}

/// All commands, sorted by name.
pub const fn all<S: Surroundings>() -> &'static [Command] {
    const {
        &[
            Command {
                name: "adopt",
                summary: "write what there is as a configuration with imports",
                run: adopt::run::<S>,
            },
            Command {
                name: "availability",
                summary: "print where components are available, by cloud and day",
                run: availability::run,
            },
            Command { name: "drift", summary: "report what a plan file says has drifted", run: drift::run },
        ]
    }
}
