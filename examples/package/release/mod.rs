//! What a release consists of, by the names that both registries ask for.
//! <https://developer.hashicorp.com/terraform/registry/providers/publishing#manually-preparing-a-release>,
//! <https://github.com/opentofu/registry/blob/main/README.md>
//!
//! The archives of one binary are the same, byte for byte, wherever and whenever they are made.

mod archive;

use aws_lc_rs::digest;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What all names begin with.
const NAME: &str = "terraform-provider-defender";

/// The version that everything of this repository has.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The manifest says which protocol the provider speaks.
const MANIFEST: &str = "terraform-registry-manifest.json";

/// Files that go with the program.
const BESIDE: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// One version of the provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release {
    version: &'static str,
}

/// A platform, as registries call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Platform {
    os: &'static str,
    arch: &'static str,
}

/// The platform of a target of Rust.
///
/// # Errors
///
/// Nothing is released for it.
pub(crate) fn platform(target: &str) -> Result<Platform, String> {
    let found = [("-linux-", "linux"), ("-apple-darwin", "darwin"), ("-windows-", "windows")];
    let os = found.into_iter().find(|(part, _)| target.contains(part)).map(|(_, os)| os);
    let found = [("x86_64-", "amd64"), ("aarch64-", "arm64")];
    let arch = found.into_iter().find(|(part, _)| target.starts_with(part)).map(|(_, arch)| arch);
    match (os, arch) {
        (Some(os), Some(arch)) => Ok(Platform { os, arch }),
        _ => Err(format!("{target:?} is no target of linux, darwin or windows on x86_64 or aarch64")),
    }
}

impl Release {
    /// The release of this version, which a tag writes with a `v`.
    ///
    /// # Errors
    ///
    /// It is not the version of the program.
    pub(crate) fn of(version: &str) -> Result<Self, String> {
        if version.strip_prefix('v').unwrap_or(version) == VERSION {
            return Ok(Self { version: VERSION });
        }
        Err(format!("the version is {version}, and Cargo.toml says {VERSION}: make them the same"))
    }

    /// Puts a built program into its archive, and returns where that is.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written.
    pub(crate) fn pack(self, binary: &Path, platform: &Platform, out: &Path) -> Result<PathBuf, String> {
        let (Self { version }, Platform { os, arch }) = (self, platform);
        let ending = if *os == "windows" { ".exe" } else { "" };
        let mut files = vec![archive::File {
            name: format!("{NAME}_v{version}{ending}"),
            content: read(binary)?,
            is_program: true,
        }];
        for name in BESIDE {
            let content = read(&in_repository(name))?;
            files.push(archive::File { name: name.to_owned(), content, is_program: false });
        }
        let path = out.join(format!("{NAME}_{version}_{os}_{arch}.zip"));
        archive::write(&path, &files).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        Ok(path)
    }

    /// Writes the manifest under the name that it has in a release.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written.
    pub(crate) fn write_manifest(self, out: &Path) -> Result<PathBuf, String> {
        let Self { version } = self;
        let path = out.join(format!("{NAME}_{version}_manifest.json"));
        write(&path, &read(&in_repository(MANIFEST))?)?;
        Ok(path)
    }

    /// Writes the sums of all that the directory has of this version, as `sha256sum --check` reads them.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written.
    pub(crate) fn write_sums(self, out: &Path) -> Result<PathBuf, String> {
        let Self { version } = self;
        let path = out.join(format!("{NAME}_{version}_SHA256SUMS"));
        let act = |error| format!("cannot list {}: {error}", out.display());
        let mut lines = Vec::new();
        for entry in fs::read_dir(out).map_err(act)? {
            let name = entry.map_err(act)?.file_name().to_string_lossy().into_owned();
            let summed = [".zip", "_manifest.json"].iter().any(|ending| name.ends_with(ending));
            if summed && name.starts_with(&format!("{NAME}_{version}_")) {
                lines.push((name.clone(), format!("{}  {name}\n", sum(&read(&out.join(&name))?))));
            }
        }
        lines.sort();
        let text: String = lines.into_iter().map(|(_, line)| line).collect();
        write(&path, text.as_bytes())?;
        Ok(path)
    }
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sum(content: &[u8]) -> String {
    let digits = |mut text: String, byte: &u8| {
        // Text, so writing cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    };
    digest::digest(&digest::SHA256, content).as_ref().iter().fold(String::new(), digits)
}

fn in_repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
