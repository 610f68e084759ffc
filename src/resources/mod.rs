//! Resources: one module each, listed here and nowhere else.

mod autoprovisioning;
mod extension;
mod plan;
mod policy_assignment;
mod security_contact;
mod setting;
mod storage_protection;
mod vulnerability_assessment;
mod workspace;

use tfplugin_protocol::provider::DynResource;

use crate::context::Context;

/// All resources, sorted by name.
pub const ALL: &[&dyn DynResource<Context>] = &[
    &autoprovisioning::Autoprovisioning,
    &extension::MachineExtension,
    &plan::Plan,
    &policy_assignment::PolicyAssignment,
    &security_contact::RESOURCE,
    &setting::RESOURCE,
    &storage_protection::RESOURCE,
    &vulnerability_assessment::RESOURCE,
    &workspace::RESOURCE,
];
