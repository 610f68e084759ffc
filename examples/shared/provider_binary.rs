//! Builds the provider with cargo, for programs that cargo does not build it for by itself.

use super::process::Failure;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Builds the provider in the profile of this program and returns the path of the binary. Cargo's own
/// progress goes to standard error.
///
/// An example that names itself lets cargo use again what it has compiled for it; alone, the provider is built
/// with the features that it is released with, from dependencies of its own.
///
/// # Errors
///
/// Cargo cannot be started, or the build fails.
pub(crate) fn build(example: Option<&str>) -> Result<PathBuf, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--message-format=json-render-diagnostics"]);
    command.args(["--bin", "terraform-provider-defender"]);
    command.args(example.into_iter().flat_map(|name| ["--example", name]));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(Failure::of("start cargo to build the provider"))?;
    if !output.status.success() {
        return Err(Failure::new("cargo could not build the provider; its messages are above"));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages.lines().find_map(executable);
    executable.ok_or_else(|| Failure::new("cargo built the provider and did not say where it is"))
}

/// The path in one of [cargo's messages](https://doc.rust-lang.org/cargo/reference/external-tools.html), if
/// it is the one about the provider.
fn executable(message: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    let is_provider = message["target"]["kind"] == serde_json::json!(["bin"]);
    is_provider.then_some(PathBuf::from(message.get("executable")?.as_str()?))
}
