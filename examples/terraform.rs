//! Runs the Terraform that the examples and the tests use: the machine's, or the one that they install.
//!
//! `cargo run --example terraform -- version`

#[expect(dead_code, reason = "this example needs only a part of what the examples share")]
mod shared;

use shared::process::Failure;
use shared::terraform::Terraform;
use std::env;
use std::process::ExitCode;

fn main() -> Result<ExitCode, Failure> {
    let mut command = Terraform::find()?.command();
    let status = command.args(env::args_os().skip(1)).status().map_err(Failure::of("start Terraform"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
