//! Every folder that the documentation shows is run as it is: applied, planned again, imported, destroyed; those of list
//! resources find what the examples of the resources have made.

use crate::access;
use crate::docs::pages::import_arguments;
use crate::harness::{ROOT, Scene, terraform};
use crate::shared::process::{self, Failure};
use crate::shared::terraform::Terraform;
use crate::shared::workspace::PROVIDER_FILE;
use arm_emulator::Options;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

#[test]
fn provider() -> Result<(), Failure> {
    check_kind("provider")
}

#[test]
fn resources() -> Result<(), Failure> {
    check_kind("resources")
}

#[test]
fn data_sources() -> Result<(), Failure> {
    check_kind("data-sources")
}

#[test]
fn functions() -> Result<(), Failure> {
    check_kind("functions")
}

/// Terraform has list resources from 1.14 on.
#[test]
fn list_resources() -> Result<(), Failure> {
    let Some(core) = Terraform::if_to_be_had("0.15.3", "1.15.5")? else { return Ok(()) };
    of_kind("list-resources")?.iter().try_for_each(|example| check_list(&core, example))
}

#[test]
fn are_formatted() -> Result<(), Failure> {
    let mut command: Command = terraform()?.command();
    command.args(["fmt", "-check", "-diff", "-recursive", "examples"]).current_dir(ROOT);
    process::run(&mut command, Duration::from_secs(120))?.require(0).map(drop)
}

/// Runs the examples of one kind.
fn check_kind(kind: &str) -> Result<(), Failure> {
    of_kind(kind)?.iter().try_for_each(|example| check(example))
}

/// The examples of one kind: each folder in the folder of that name, or that folder itself. That everything registered has
/// such a folder is for the tidy checks to see.
pub(crate) fn of_kind(kind: &str) -> Result<Vec<PathBuf>, Failure> {
    let folder = Path::new(ROOT).join("examples").join(kind);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut examples: Vec<PathBuf> = entries(&folder)?.into_iter().filter(|path| path.is_dir()).collect();
    if examples.is_empty() {
        examples.push(folder);
    }
    Ok(examples)
}

fn check(example: &Path) -> Result<(), Failure> {
    let (scene, import) = scene(example)?;
    let workspace = &scene.workspace;
    workspace.apply()?.require(0)?;
    let mut asked = scene.azure.requests();
    scene.azure.clear_requests();
    workspace.plan()?.require(0)?;
    let planned = scene.azure.requests();
    if let Some((address, id)) = import {
        workspace.run(["state", "rm", &address])?.require(0)?;
        workspace.import(&address, &id)?.require(0)?;
        workspace.plan()?.require(0)?;
    }
    workspace.destroy()?.require(0)?;
    asked.extend(scene.azure.requests());
    access::check(example, &asked, &planned)
}

/// Two subscriptions in a management group, with what the examples take for granted.
fn azure(core: &Terraform) -> Result<Scene, Failure> {
    let subscriptions = [1, 2].map(|number| format!("00000000-0000-0000-0000-{number:012}"));
    let groups = [serde_json::json!({ "name": "contoso", "subscriptions": subscriptions })];
    // Machines and clusters are there before Terraform comes.
    let there = fs::read_to_string(Path::new(ROOT).join("tests/it/examples.json"))
        .map_err(Failure::of("read tests/it/examples.json"))?;
    let there: serde_json::Value =
        serde_json::from_str(&there).map_err(Failure::of("parse tests/it/examples.json"))?;
    let seed = serde_json::json!({ "subscriptions": subscriptions, "management_groups": groups, "resources": there });
    Scene::with(core, Options { seed: Some(seed), ..Options::default() }, "")
}

/// Such an Azure and a workspace with this example, and what to import where.
pub(crate) fn scene(example: &Path) -> Result<(Scene, Option<(String, String)>), Failure> {
    scene_in(terraform()?, example)
}

/// The same in a Terraform of the caller's choice.
pub(crate) fn scene_in(
    core: &Terraform,
    example: &Path,
) -> Result<(Scene, Option<(String, String)>), Failure> {
    let scene = azure(core)?;
    let mut import = None;
    for file in entries(example)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).map_err(Failure::of(format!("read {}", file.display())))?;
        match name.as_str() {
            "import.sh" => import = Some(import_arguments(&text).map_err(Failure::new)?),
            _ if text.contains("required_providers") => scene.workspace.write(PROVIDER_FILE, &text)?,
            _ => scene.workspace.write(&name, &text)?,
        }
    }
    Ok((scene, import))
}

/// Makes what the example of the resource makes, forgets it, and takes over what is found: that changes nothing.
fn check_list(core: &Terraform, example: &Path) -> Result<(), Failure> {
    let kind = example.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read =
        |path: PathBuf| fs::read_to_string(&path).map_err(Failure::of(format!("read {}", path.display())));
    let scene = azure(core)?;
    let workspace = &scene.workspace;
    let resources = Path::new(ROOT).join("examples/resources").join(&kind);
    workspace.write("resource.tf", &read(resources.join("resource.tf"))?)?;
    workspace.apply()?.require(0)?;
    workspace.write("resource.tf", "")?;
    workspace.write("terraform.tfstate", "")?;

    let query = read(example.join("list-resource.tfquery.hcl"))?;
    workspace.write("list-resource.tfquery.hcl", &query)?;
    workspace.run(["query", "-generate-config-out=found.tf"])?.require(0)?;
    let found = read(workspace.path().join("found.tf"))?;
    let blocks =
        query.lines().filter_map(|line| Some(line.strip_prefix("list ")?.split('"').nth(3)?.to_owned()));
    for label in blocks {
        let heading = format!("resource \"{kind}\" \"{label}_0\"");
        assert!(found.contains(&heading), "{kind}: {label} finds nothing:\n{found}");
    }
    scene.take_requests();
    let count = found.lines().filter(|line| line.starts_with("import {")).count();
    let only = format!("{count} imported, 0 added, 0 changed, 0 destroyed.");
    workspace.apply()?.require(0)?.require_text(&only)?;
    workspace.plan()?.require(0)?;
    let writes = |line: &String| line.starts_with("PUT") || line.starts_with("DELETE");
    assert_eq!(scene.take_requests().into_iter().find(writes), None, "{kind}: found, and written");
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let act = || format!("list {}", folder.display());
    let entries = fs::read_dir(folder).map_err(Failure::of(act()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(Failure::of(act())));
    let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
