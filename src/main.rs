//! The provider, as Terraform starts it.

use std::process::ExitCode;

use defender::provider::{Defender, OPTIONS};

fn main() -> ExitCode {
    tfplugin_protocol::run(Defender, &OPTIONS)
}
