//! A release as users get it: the real Terraform installs the archive from a mirror, with `init` and a lock file, and
//! refuses another one.

#[path = "../../examples/package/release/mod.rs"]
mod release;

use crate::harness::{PROVIDER, ROOT, Scene};
use crate::shared::process::{self, Failure};
use release::{Release, platform, sum};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where a mirror has the archives of a provider.
/// <https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror>
const MIRRORED: &str = "registry.terraform.io/defender-tf/defender";

const CONFIGURATION: &str = r#"
resource "defender_plan" "this" {
  name = "KeyVaults"
}
"#;

/// Where a program for this machine would have come from.
fn target() -> &'static str {
    match (cfg!(target_os = "linux"), cfg!(target_os = "windows"), cfg!(target_arch = "x86_64")) {
        (true, _, true) => "x86_64-unknown-linux-gnu",
        (true, _, false) => "aarch64-unknown-linux-gnu",
        (_, true, true) => "x86_64-pc-windows-msvc",
        (_, true, false) => "aarch64-pc-windows-msvc",
        (_, _, true) => "x86_64-apple-darwin",
        (_, _, false) => "aarch64-apple-darwin",
    }
}

/// The provider of this test in its archive, with manifest and sums, in a folder.
fn release(binary: &Path, out: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(out).map_err(Failure::of("create the mirror"))?;
    let release = Release::of(VERSION).map_err(Failure::new)?;
    let platform = platform(target()).map_err(Failure::new)?;
    let archive = release.pack(binary, &platform, out).map_err(Failure::new)?;
    release.write_manifest(out).map_err(Failure::new)?;
    release.write_sums(out).map_err(Failure::new)?;
    Ok(archive)
}

#[test]
fn terraform_installs_it_and_refuses_another() -> Result<(), Failure> {
    let mut scene = Scene::new(CONFIGURATION)?;
    let mirror = scene.workspace.path().join("mirror");
    let archive = release(Path::new(PROVIDER), &mirror.join(MIRRORED))?;
    let path = mirror.display().to_string().replace('\\', "/");
    scene.workspace.write(
        "mirror.tfrc",
        &format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n}}\n"),
    )?;
    let file = scene.workspace.path().join("mirror.tfrc");
    scene.workspace.set("TF_CLI_CONFIG_FILE", file);

    let workspace = &scene.workspace;
    workspace.run(["init", "-input=false"])?.require(0)?.require_text(&format!("v{VERSION}"))?;
    let lock = workspace.path().join(".terraform.lock.hcl");
    let locked = fs::read_to_string(&lock).map_err(Failure::of("read the lock file"))?;
    assert!(locked.contains(&format!("version = \"{VERSION}\"")) && locked.contains("\"h1:"), "{locked}");
    workspace.plan()?.require(2)?.require_text("Plan: 1 to add")?;

    // Somebody puts another program under the same name.
    let other = workspace.path().join("other");
    fs::write(&other, "#!/bin/sh\n").map_err(Failure::of("write another program"))?;
    fs::remove_dir_all(workspace.path().join(".terraform"))
        .map_err(Failure::of("forget what was installed"))?;
    release(&other, archive.parent().unwrap_or(&mirror))?;
    let refused = workspace.run(["init", "-input=false"])?.require(1)?;
    refused
        .require_text("doesn't match any of the checksums previously recorded in the dependency lock file")?;
    Ok(())
}

#[test]
fn names_and_contents_are_what_registries_ask_for() -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::of("create a folder"))?;
    let program = folder.path().join("program");
    fs::write(&program, "not really a program").map_err(Failure::of("write a program"))?;
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    let release = Release::of(&format!("v{VERSION}")).map_err(Failure::new)?;
    for out in [&first, &second] {
        fs::create_dir(out).map_err(Failure::of("create a folder"))?;
        for target in [
            "x86_64-unknown-linux-musl",
            "aarch64-unknown-linux-musl",
            "x86_64-apple-darwin",
            "aarch64-apple-darwin",
            "x86_64-pc-windows-msvc",
            "aarch64-pc-windows-msvc",
        ] {
            let platform = platform(target).map_err(Failure::new)?;
            release.pack(&program, &platform, out).map_err(Failure::new)?;
        }
        release.write_manifest(out).map_err(Failure::new)?;
        release.write_sums(out).map_err(Failure::new)?;
    }
    let files = contents(&first)?;
    let expected: Vec<String> = [
        "SHA256SUMS",
        "darwin_amd64.zip",
        "darwin_arm64.zip",
        "linux_amd64.zip",
        "linux_arm64.zip",
        "manifest.json",
        "windows_amd64.zip",
        "windows_arm64.zip",
    ]
    .map(|end| format!("terraform-provider-defender_{VERSION}_{end}"))
    .into();
    assert_eq!(files.keys().cloned().collect::<Vec<_>>(), expected);
    assert_eq!(files, contents(&second)?, "the same from the same, whenever it is made");
    let lines = expected[1..].iter().map(|name| format!("{}  {name}\n", sum(&files[name])));
    assert_eq!(String::from_utf8_lossy(&files[&expected[0]]), lines.collect::<String>());
    assert_eq!(sum(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (name, ending) in [(&expected[4], ""), (&expected[6], ".exe")] {
        check_archive(&first.join(name), &format!("terraform-provider-defender_v{VERSION}{ending}"))?;
    }
    Ok(())
}

/// The program is first, may be run, and has its licences beside it.
fn check_archive(path: &Path, program: &str) -> Result<(), Failure> {
    let file = fs::File::open(path).map_err(Failure::of("open an archive"))?;
    let mut archive = zip::ZipArchive::new(file).map_err(Failure::of("read an archive"))?;
    let mut found = Vec::new();
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(Failure::of("read an entry"))?;
        let name = entry.name().map_err(Failure::of("read a name"))?.into_owned();
        found.push((name, entry.unix_mode().map(|mode| mode & 0o777)));
    }
    let expected = [(program, 0o755), ("LICENSE-APACHE", 0o644), ("LICENSE-MIT", 0o644)];
    assert_eq!(found, expected.map(|(name, mode)| (name.to_owned(), Some(mode))));
    Ok(())
}

#[test]
fn another_version_or_platform_is_refused() {
    let refused = Release::of("9.9.9").expect_err("it is another version");
    assert_eq!(refused, format!("the version is 9.9.9, and Cargo.toml says {VERSION}: make them the same"));
    for target in ["riscv64gc-unknown-linux-gnu", "x86_64-unknown-freebsd", "linux_amd64"] {
        assert!(platform(target).is_err(), "{target}");
    }
}

/// What the program says of itself is what it is released as, and the changelog has a section on it, in the form that
/// bots read.
#[test]
fn program_and_changelog_say_the_version() -> Result<(), Failure> {
    let changelog =
        fs::read_to_string(Path::new(ROOT).join("CHANGELOG.md")).map_err(Failure::of("read CHANGELOG.md"))?;
    assert!(changelog.starts_with(&format!("## {VERSION} (")), "the newest section is that of this version");
    let mut command = Command::new(PROVIDER);
    process::run(command.arg("--version"), Duration::from_secs(60))?.require(0)?.require_text(VERSION)?;
    Ok(())
}

/// All files of a folder.
fn contents(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(Failure::of("list a folder"))? {
        let entry = entry.map_err(Failure::of("list a folder"))?;
        let content = fs::read(entry.path()).map_err(Failure::of("read a file"))?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), content);
    }
    Ok(files)
}
