//! Functions (Terraform 1.8 and later): one module each, listed here and nowhere else.
//!
//! They know no provider block and no clock: the same arguments give the same answer, in a plan and in its apply.

mod availability;
mod extensions;
mod parse_id;
mod subplans;

use tfplugin_protocol::provider::{DynFunction, FunctionError};

use crate::availability::plan_named;
use crate::catalog::Catalog;
use crate::catalog::model::Plan;

/// All functions, sorted by name.
pub const ALL: &[&dyn DynFunction] =
    &[&availability::Availability, &extensions::Extensions, &parse_id::ParseId, &subplans::Subplans];

/// The plan that the first argument names.
fn plan(name: &str) -> Result<&'static Plan, FunctionError> {
    plan_named(Catalog::get(), name).map_err(|problem| FunctionError::at(0, problem))
}
