//! Data sources: one module each, listed here and nowhere else.

mod availability;
mod coverage;
mod machine;
mod machines;
mod plans;
mod reach;

use tfplugin_protocol::provider::DynDataSource;

use crate::context::Context;

/// All data sources, sorted by name.
pub const ALL: &[&dyn DynDataSource<Context>] = &[
    &availability::Availability,
    &coverage::Coverage,
    &machine::Machine,
    &machines::Machines,
    &plans::Plans,
];
