//! A Terraform configuration with the example provider `echo`, and what Terraform makes of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::host::example;
use crate::shared::process::{self, Failure, Output};
use crate::shared::terraform::Terraform;

/// No command takes this long unless it hangs, even on a loaded machine.
const TIME_LIMIT: Duration = Duration::from_secs(300);

const PROVIDER: &str = r#"
terraform {
  required_providers {
    echo = { source = "example/echo" }
  }
}
"#;

/// A working directory of Terraform, in which `echo` is the only provider.
#[derive(Debug)]
pub(crate) struct Scene {
    terraform: Terraform,
    directory: TempDir,
}

impl Scene {
    /// A configuration, in the Terraform that this machine has.
    pub(crate) fn new(configuration: &str) -> Result<Self, Failure> {
        static FOUND: OnceLock<Result<Terraform, String>> = OnceLock::new();
        let found = FOUND.get_or_init(|| Terraform::find().map_err(|failure| failure.to_string()));
        Self::with(found.as_ref().map_err(|message| Failure::new(message.as_str()))?, configuration)
    }

    /// The same, in a Terraform of the caller's choice.
    pub(crate) fn with(terraform: &Terraform, configuration: &str) -> Result<Self, Failure> {
        let directory = tempfile::tempdir().map_err(Failure::of("create a directory"))?;
        let scene = Self { terraform: terraform.clone(), directory };
        let link = scene.path("terraform-provider-echo");
        symlink(example("echo"), link).map_err(Failure::of("link the provider"))?;
        let folder = scene.directory.path().display();
        let overrides = format!("dev_overrides {{\n \"example/echo\" = \"{folder}\"\n }}\n direct {{}}\n");
        scene.write("terraform.rc", &format!("provider_installation {{\n {overrides}}}\n"))?;
        scene.write("provider.tf", PROVIDER)?;
        scene.write("main.tf", configuration)?;
        Ok(scene)
    }

    /// Puts `echo` at the address of another provider as well, one `…/shout`.
    pub(crate) fn stand_in(&self, address: &str) -> Result<(), Failure> {
        let folder = self.directory.path().display();
        let link = self.path("terraform-provider-shout");
        symlink(example("echo"), link).map_err(Failure::of("link the other provider"))?;
        let overrides = format!("\"example/echo\" = \"{folder}\"\n \"{address}\" = \"{folder}\"");
        self.write(
            "terraform.rc",
            &format!("provider_installation {{\n dev_overrides {{\n {overrides}\n }}\n direct {{}}\n}}\n"),
        )
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, content: &str) -> Result<(), Failure> {
        fs::write(self.path(name), content).map_err(Failure::of(format!("write {name}")))
    }

    /// Runs Terraform with these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        process::run(&mut self.command(arguments), TIME_LIMIT)
    }

    /// Terraform with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.terraform.command();
        let kept = ["PATH", "TMPDIR"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command
            .env_clear()
            .envs(kept)
            .envs([("CHECKPOINT_DISABLE", "1"), ("TF_IN_AUTOMATION", "1"), ("TF_CLI_ARGS", "-no-color")])
            .env("TF_CLI_CONFIG_FILE", self.path("terraform.rc"))
            .env("HOME", self.directory.path())
            .current_dir(self.directory.path())
            .args(arguments);
        command
    }

    /// `terraform apply`, which must end with this exit code and say this.
    pub(crate) fn apply(&self, code: i32, says: &str) -> Result<(), Failure> {
        self.run(&["apply", "-auto-approve"])?.require(code)?.require_text(says).map(drop)
    }

    /// `terraform plan`, which must end with this exit code (0: no changes, 2: some) and say this.
    pub(crate) fn plan(&self, code: i32, says: &str) -> Result<(), Failure> {
        self.run(&["plan", "-detailed-exitcode"])?.require(code)?.require_text(says).map(drop)
    }

    /// The change that is planned for `echo_thing.t`, as `terraform show -json` tells it.
    pub(crate) fn planned_change(&self) -> Result<Value, Failure> {
        self.run(&["plan", "-out=planned"])?.require(0)?;
        let shown = self.run(&["show", "-json", "planned"])?.require(0)?;
        let plan: Value = serde_json::from_str(&shown.stdout).map_err(Failure::of("read the plan"))?;
        let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
        let change = changes.into_iter().find(|change| change["address"] == "echo_thing.t");
        Ok(change.unwrap_or_default()["change"].clone())
    }

    /// The stored instance of `echo_thing.t`; null if there is none.
    pub(crate) fn instance(&self) -> Result<Value, Failure> {
        let state = self.state()?;
        let resources = state["resources"].as_array().into_iter().flatten();
        let thing = resources.into_iter().find(|resource| resource["name"] == "t");
        Ok(thing.map_or(Value::Null, |resource| resource["instances"][0].clone()))
    }

    /// Changes the stored instance of `echo_thing.t` behind Terraform's back.
    pub(crate) fn edit_instance(&self, edit: impl FnOnce(&mut Value)) -> Result<(), Failure> {
        let mut state = self.state()?;
        let resources = state["resources"].as_array_mut().into_iter().flatten();
        let thing = resources.into_iter().find(|resource| resource["name"] == "t");
        edit(&mut thing.ok_or_else(|| Failure::new("there is no echo_thing.t"))?["instances"][0]);
        self.write(STATE, &state.to_string())
    }

    fn state(&self) -> Result<Value, Failure> {
        let text = fs::read(self.path(STATE)).map_err(Failure::of("read the state"))?;
        serde_json::from_slice(&text).map_err(Failure::of("understand the state"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

const STATE: &str = "terraform.tfstate";

/// A configuration of one `echo_thing.t` with these attributes.
pub(crate) fn thing(attributes: &str) -> String {
    format!("resource \"echo_thing\" \"t\" {{\n{attributes}\n}}\n")
}
