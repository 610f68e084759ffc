//! Resources: one module each, listed here and nowhere else.

mod autoprovisioning;
mod extension;
mod plan;
mod policy_assignment;
mod setting;
mod vulnerability_assessment;

use tfplugin_protocol::provider::DynResource;

use crate::context::Context;

/// All resources, sorted by name.
pub const ALL: &[&dyn DynResource<Context>] = &[
    &autoprovisioning::Autoprovisioning,
    &extension::MachineExtension,
    &plan::Plan,
    &policy_assignment::PolicyAssignment,
    &setting::RESOURCE,
    &vulnerability_assessment::RESOURCE,
];
