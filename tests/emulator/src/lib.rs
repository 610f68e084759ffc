//! An emulator of Azure Resource Manager for Microsoft Defender for Cloud: a document store by ARM id, and the
//! rules by which Azure changes and shows the documents, quirks included.
//!
//! It is for tests, benchmarks and demonstrations. Any ARM client can talk to it unchanged, and none of the
//! provider's types is known here: a field that both misspelt would agree with itself.
//!
//! Start reading at [`Emulator::start`]; then `exchange` (the way of one request), `route` (who answers it),
//! `arm` (what Azure Resource Manager checks for every type), `security` (Defender's plans and settings), `policy`
//! (definitions, assignments, remediations), `access` (roles and who has them), `machines` and `clusters` (both with
//! their extensions), `operations` (what goes on after an answer) and `graph` (queries over all of them).
//! To add a resource type: one module with a `ResourceType`, one line in `arm::TYPES`.
//!
//! ```
//! use arm_emulator::{Emulator, Fault, Options};
//!
//! # fn main() -> Result<(), arm_emulator::Error> {
//! let azure = Emulator::start(Options::default())?;
//! azure.add_fault(Fault { path: Some("/pricings/".to_owned()), status: Some(503), ..Fault::default() });
//! assert!(azure.ready().resource_manager.starts_with("https://localhost:"));
//! assert!(azure.requests().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # What it is not
//! It does not start machines, does not evaluate policies on real resources and does not check that the machine of
//! a resource-level plan exists. What it does not know it answers with 501 `NotImplementedByEmulator`.
//!
//! # What seeds and tests can say
//! - `{"management_groups":["root-child",{"name":"platform","parent":"root-child","subscriptions":["…"]}]}`: groups
//!   below the tenant's root group, whose name is the tenant's id.
//! - Principals: a document `/providers/Microsoft.Graph/{users|groups|servicePrincipals}/{object id}`.
//! - Roles beyond those that built-in policies use: a document `…/providers/Microsoft.Authorization/roleDefinitions/{id}`.
//! - What is not compliant: see `policy::deployments`.
//! - Machines, clusters and what is installed on them: documents with Azure's ids and bodies; see `machines`, `clusters`.
//! - What fails of Defender for Storage on an account: see `security::storage_settings`.
//! - How operations on machines and clusters fail: a document `{machine, cluster or scope}/providers/Emulator.Faults/extensions`; see
//!   `operations::faults`.

mod access;
mod arm;
mod certificate;
mod clock;
mod clusters;
mod control;
#[cfg(test)]
mod conversation;
mod emulator;
mod entra;
mod error;
mod exchange;
mod fault;
mod graph;
mod journal;
mod listen;
mod machines;
mod message;
mod metadata;
mod operations;
mod policy;
mod route;
mod security;
mod seed;
mod snapshot;
mod storage;
mod store;
#[cfg(test)]
mod tests;
mod uuid;
mod workspaces;
mod world;

pub use emulator::{Cloud, Emulator, Options, Ready};
pub use error::Error;
pub use fault::{Disconnect, Fault};
pub use journal::LoggedRequest;

/// Says something to whoever watches; the ready line has standard output for itself.
#[expect(clippy::print_stderr, reason = "standard error is the log")]
fn report(text: &str) {
    eprintln!("arm-emulator: {text}");
}
