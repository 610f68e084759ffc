//! A directory with a Terraform configuration, and an environment in which only this provider, and only the
//! emulator, can be reached.

use super::process::{self, Failure, Output};
use super::terraform::Terraform;
use arm_emulator::Ready;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The registry in the provider's own address, also where OpenTofu runs it.
const TERRAFORM_REGISTRY: &str = "registry.terraform.io";

/// The file with the provider block.
pub(crate) const PROVIDER_FILE: &str = "provider.tf";

/// Variables of the caller that Terraform may see; all others could change what it does.
const KEPT_VARIABLES: [&str; 6] = ["PATH", "TMPDIR", "LANG", "LC_ALL", "RUST_BACKTRACE", "SYSTEMROOT"];

/// No command takes this long unless it hangs, even on a loaded machine.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// A working directory of Terraform, removed on drop unless [`Workspace::keep`] was called.
#[derive(Debug)]
pub(crate) struct Workspace {
    terraform: Terraform,
    directory: TempDir,
    environment: Vec<(OsString, OsString)>,
}

impl Workspace {
    /// Creates an empty directory in which this Terraform runs this provider, through
    /// [`dev_overrides`](https://developer.hashicorp.com/terraform/cli/config/config-file#development-overrides-for-provider-developers),
    /// so that no `terraform init` is needed.
    ///
    /// # Errors
    ///
    /// The directory or a file in it cannot be written.
    pub(crate) fn new(terraform: &Terraform, provider: &Path) -> Result<Self, Failure> {
        let directory = tempfile::Builder::new()
            .prefix("defender-")
            .tempdir()
            .map_err(Failure::of("create a temporary directory"))?;
        let mut workspace = Self { terraform: terraform.clone(), directory, environment: Vec::new() };
        workspace.write(CLI_CONFIGURATION, &cli_configuration(provider))?;
        workspace.set("TF_CLI_CONFIG_FILE", workspace.path().join(CLI_CONFIGURATION));
        workspace.set("HOME", workspace.path().to_owned());
        workspace.set("CHECKPOINT_DISABLE", "1");
        workspace.set("TF_IN_AUTOMATION", "1");
        workspace.set("TF_INPUT", "0");
        workspace.set("TF_CLI_ARGS", "-no-color");
        Ok(workspace)
    }

    /// Sets a variable for the commands that follow.
    pub(crate) fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.environment.push((name.into(), value.into()));
    }

    /// Points any provider block at the emulator, with its credentials and its first subscription.
    pub(crate) fn use_emulator(&mut self, ready: &Ready) {
        for (name, value) in emulator_variables(ready) {
            self.set(name, value);
        }
    }

    /// Writes [`PROVIDER_FILE`]: where the provider comes from, and a provider block that knows the emulator's
    /// addresses, so that it need not ask for them, and has these attributes besides.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn write_provider(&self, ready: &Ready, attributes: &str) -> Result<(), Failure> {
        let Ready { resource_manager, authority, .. } = ready;
        self.write(
            PROVIDER_FILE,
            &format!(
                r#"terraform {{
  required_providers {{
    defender = {{
      source = "{TERRAFORM_REGISTRY}/defender-tf/defender"
    }}
  }}
}}

provider "defender" {{
  endpoints = {{
    resource_manager           = "{resource_manager}"
    active_directory_authority = "{authority}"
  }}
{attributes}}}
"#
            ),
        )
    }

    /// Lets Terraform colour its output from now on. It does not ask whether anybody sees it.
    pub(crate) fn use_color(&mut self) {
        self.set("TF_CLI_ARGS", "");
    }

    /// Writes a file of the configuration.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn write(&self, name: &str, content: &str) -> Result<(), Failure> {
        fs::write(self.path().join(name), content).map_err(Failure::of(format!("write {name}")))
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Leaves the directory behind for the reader, and returns it.
    pub(crate) fn keep(self) -> PathBuf {
        self.directory.keep()
    }

    /// `terraform plan`: exit code 0 where nothing is to be done, 2 where something is, 1 on an error.
    ///
    /// # Errors
    ///
    /// As [`Workspace::run`]; so it is for all that follow.
    pub(crate) fn plan(&self) -> Result<Output, Failure> {
        self.run(["plan", "-input=false", "-detailed-exitcode"])
    }

    /// `terraform apply`, without asking.
    pub(crate) fn apply(&self) -> Result<Output, Failure> {
        self.run(["apply", "-input=false", "-auto-approve"])
    }

    /// `terraform destroy`, without asking.
    pub(crate) fn destroy(&self) -> Result<Output, Failure> {
        self.run(["destroy", "-input=false", "-auto-approve"])
    }

    /// `terraform import`.
    pub(crate) fn import(&self, address: &str, id: &str) -> Result<Output, Failure> {
        self.run(["import", "-input=false", address, id])
    }

    /// The state, as `terraform show -json` tells it.
    pub(crate) fn show_json(&self) -> Result<serde_json::Value, Failure> {
        let output = self.run(["show", "-json"])?.require(0)?;
        serde_json::from_str(&output.stdout).map_err(Failure::of("read the output of terraform show"))
    }

    /// Runs Terraform with exactly these arguments.
    ///
    /// # Errors
    ///
    /// Terraform cannot be started, or does not end within ten minutes. What it ends with is for the caller
    /// to judge.
    pub(crate) fn run(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Output, Failure> {
        process::run(&mut self.command(arguments), TIME_LIMIT)
    }

    /// The command that [`Workspace::run`] runs, for callers who want to hold the process themselves.
    pub(crate) fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.at_home(self.terraform.command());
        command.args(arguments);
        command
    }

    /// Another program in Terraform's place: in the same directory, with the same environment.
    pub(crate) fn at_home(&self, mut command: Command) -> Command {
        let kept = KEPT_VARIABLES.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.env_clear().envs(kept).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.path());
        command
    }
}

/// Not in a file ending in `.tf`, and hidden, since it is not part of the configuration.
const CLI_CONFIGURATION: &str = ".terraformrc";

fn cli_configuration(provider: &Path) -> String {
    let folder = provider.parent().unwrap_or(provider).display().to_string().replace('\\', "/");
    // What a configuration means by `defender-tf/defender` depends on who reads it.
    let overrides = [TERRAFORM_REGISTRY, "registry.opentofu.org"]
        .map(|registry| format!("    \"{registry}/defender-tf/defender\" = \"{folder}\"\n"))
        .concat();
    format!("provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n  direct {{}}\n}}\n")
}

/// The variables with which azurerm, too, would find the emulator.
pub(crate) fn emulator_variables(ready: &Ready) -> [(&'static str, String); 7] {
    let subscription = ready.subscriptions.first().cloned().unwrap_or_default();
    [
        ("ARM_METADATA_HOSTNAME", ready.metadata_host.clone()),
        ("ARM_TENANT_ID", ready.tenant_id.clone()),
        ("ARM_CLIENT_ID", ready.client_id.clone()),
        ("ARM_CLIENT_SECRET", ready.client_secret.clone()),
        ("ARM_SUBSCRIPTION_ID", subscription),
        ("ARM_USE_CLI", "false".to_owned()),
        ("SSL_CERT_FILE", ready.ca_certificate.clone()),
    ]
}
