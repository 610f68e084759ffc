//! A user's repository on a CI system: a configuration that has been applied, the scripts, and a provider that `init` finds.

use super::{text, tokens};
use crate::harness::{PROVIDER, Scene, terraform};
use crate::shared::process::{self, Failure, Output};
use arm_emulator::Options;
use std::env::consts;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// With what an apply can be recognized.
const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    defender = {
      source = "registry.terraform.io/defender-tf/defender"
    }
  }
}

provider "defender" {}

resource "defender_plan" "key_vault" {
  name    = "KeyVaults"
  subplan = "PerKeyVault"
}

resource "defender_setting" "endpoint" {
  name    = "WDATP"
  enabled = true
}
"#;

/// GitHub's program for issues: it keeps one issue in a file, and a record of what it was asked.
const GH: &str = r#"#!/bin/sh
: "${GH_TOKEN:?}" "${GH_REPO:?}"
echo "$*" >>gh.log
for word; do
  if [ "$previous" = --body-file ] && ! [ -s "$word" ]; then
    echo "gh: $word is empty" >&2
    exit 1
  fi
  previous=$word
done
case "$1 $2" in
  "issue list") if [ -e gh.issue ]; then cat gh.issue; fi ;;
  "issue create") echo 7 >gh.issue ;;
  "issue close") rm gh.issue ;;
  "issue edit" | "label create" | "pr comment") ;;
  *)
    echo "gh: $1 $2 is not known" >&2
    exit 1
    ;;
esac
"#;

/// No step takes this long.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// The repository, checked out.
pub(super) struct Repository {
    pub(super) scene: Scene,
    /// Where the job gets tokens.
    pub(super) tokens: String,
}

impl Repository {
    /// Makes one, applies it as an Owner, and lets only readers in from then on.
    pub(super) fn new() -> Result<Self, Failure> {
        let mut scene = Scene::with(terraform()?, Options::default(), CONFIGURATION)?;
        let root = scene.workspace.path().to_owned();
        for script in ["drift.sh", "issue.sh"] {
            put(&root.join("ci").join(script), &text(script)?)?;
        }
        let terraform = terraform()?.command();
        let words = [terraform.get_program()].into_iter().chain(terraform.get_args());
        let words: Vec<String> = words.map(|word| format!("'{}'", word.display())).collect();
        program(&root.join("bin/terraform"), &format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" ")))?;
        program(&root.join("bin/gh"), GH)?;
        let rc = root.join("mirror.tfrc");
        put(&rc, &mirror(&root)?)?;
        scene.workspace.set("TF_CLI_CONFIG_FILE", rc);
        scene.workspace.set("TF_CLI_ARGS", "");
        let path = std::env::join_paths([root.join("bin")].into_iter().chain(path()));
        scene.workspace.set("PATH", path.map_err(Failure::of("write PATH"))?);
        scene.workspace.run(["init", "-no-color"])?.require(0)?;
        scene.workspace.apply()?.require(0)?;
        scene.read_only();
        scene.azure.clear_requests();
        Ok(Self { scene, tokens: tokens::start()? })
    }

    /// Runs a shell step as a CI system does, with these variables and no secret of Azure.
    pub(super) fn step(
        &self,
        shell: &str,
        script: &str,
        variables: &[(String, String)],
    ) -> Result<Output, Failure> {
        let mut command = self.scene.workspace.at_home(Command::new(shell));
        for name in ["ARM_CLIENT_SECRET", "ARM_CLIENT_ID", "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"] {
            command.env_remove(name);
        }
        command.args(["-e", "-c", script]).envs(variables.iter().map(|(name, value)| (name, value)));
        process::run(&mut command, TIME_LIMIT)
    }

    /// A file of the checkout; empty where there is none.
    pub(super) fn file(&self, path: &str) -> String {
        fs::read_to_string(self.scene.workspace.path().join(path)).unwrap_or_default()
    }

    /// What `gh` was asked since the last time.
    pub(super) fn asked_of_gh(&self) -> Vec<String> {
        let asked = self.file("gh.log");
        // There is none where nothing was asked.
        fs::remove_file(self.scene.workspace.path().join("gh.log")).unwrap_or_default();
        asked.lines().map(str::to_owned).collect()
    }

    /// Forgets the reports, as a fresh runner does.
    pub(super) fn clean(&self) {
        fs::remove_dir_all(self.scene.workspace.path().join("drift-reports")).unwrap_or_default();
    }

    /// Nothing was written in Azure, and all reports are there. The plan itself is not among them.
    pub(super) fn assert_reported(&self) -> Result<(), Failure> {
        let written = self
            .scene
            .azure
            .requests()
            .into_iter()
            .find(|request| request.method != "GET" && !request.path.contains("/oauth2/"));
        assert!(written.is_none(), "{written:?}");
        let folder = self.scene.workspace.path().join("drift-reports");
        let entries = fs::read_dir(&folder).map_err(Failure::of("list the reports"))?;
        let mut names: Vec<_> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        assert_eq!(names, ["drift.html", "drift.json", "drift.md", "drift.sarif", "drift.xml"]);
        for name in &names {
            assert!(!self.file(&format!("drift-reports/{name}")).is_empty(), "{name} is empty");
        }
        Ok(())
    }
}

fn path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// A folder in which `terraform init` finds the provider, as a released one, and the configuration that says so.
/// <https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror>
fn mirror(root: &Path) -> Result<String, Failure> {
    let architecture = match consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let folder = root
        .join("mirror/registry.terraform.io/defender-tf/defender")
        .join(env!("CARGO_PKG_VERSION"))
        .join(format!("{}_{architecture}", consts::OS));
    fs::create_dir_all(&folder).map_err(Failure::of("make the mirror"))?;
    let place = folder.join(concat!("terraform-provider-defender_v", env!("CARGO_PKG_VERSION")));
    // The same file is enough, where it can be on the same disk.
    if fs::hard_link(PROVIDER, &place).is_err() {
        fs::copy(PROVIDER, &place).map_err(Failure::of("copy the provider"))?;
    }
    let path = root.join("mirror").display().to_string();
    Ok(format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n}}\n"))
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(Failure::of(format!("make {}", folder.display())))?;
    fs::write(path, text).map_err(Failure::of(format!("write {}", path.display())))
}

fn program(path: &Path, text: &str) -> Result<(), Failure> {
    put(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path, executable).map_err(Failure::of(format!("write {}", path.display())))?;
    }
    Ok(())
}
