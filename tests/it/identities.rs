//! Every resource is imported by its identity (Terraform 1.12 and later): the plan only imports, and the next one is empty.

use crate::examples::{of_kind, scene_in};
use crate::shared::process::Failure;
use crate::shared::terraform::Terraform;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Each registered resource has an example.
#[test]
fn resources_are_imported_by_their_identities() -> Result<(), Failure> {
    let Some(core) = Terraform::if_to_be_had("0.15.3", "1.15.5")? else { return Ok(()) };
    let mut identities = BTreeMap::new();
    for example in of_kind("resources")? {
        let kind = example.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let identity = round(&core, &example).map_err(Failure::of(kind.as_str()))?;
        identities.insert(kind, identity);
    }
    insta::assert_json_snapshot!("identities", identities);
    Ok(())
}

/// Applies an example, forgets what its `import.sh` is about, and imports that by its identity, which it returns.
fn round(core: &Terraform, example: &Path) -> Result<Value, Failure> {
    let (scene, import) = scene_in(core, example)?;
    let (address, _) = import.ok_or_else(|| Failure::new("there is no import.sh"))?;
    let workspace = &scene.workspace;
    workspace.apply()?.require(0)?;
    let state = workspace.show_json()?;
    let mut resources = state["values"]["root_module"]["resources"].as_array().into_iter().flatten();
    let stored = resources.find(|one| one["address"] == address.as_str());
    let identity = stored.map(|stored| stored["identity"].clone()).unwrap_or_default();
    workspace.run(["state", "rm", &address])?.require(0)?;
    // A JSON object of texts is an object of Terraform's, too.
    let import = format!("import {{\n  to = {address}\n  identity = {identity}\n}}\n");
    workspace.write("by_identity.tf", &import)?;
    scene.take_requests();
    workspace.plan()?.require_text("1 to import, 0 to add, 0 to change, 0 to destroy.")?;
    workspace.apply()?.require(0)?.require_text("1 imported, 0 added, 0 changed, 0 destroyed.")?;
    workspace.plan()?.require(0)?;
    let wrote = |line: &String| line.starts_with("PUT") || line.starts_with("DELETE");
    assert_eq!(scene.take_requests().into_iter().find(wrote), None, "an import writes nothing");
    Ok(identity)
}
