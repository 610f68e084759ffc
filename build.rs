//! Reads every row of the catalogue, checks it, and packs all of them into one file that the library contains; beside
//! it, as code, the names that schemas are described with.
//! A bad row stops the build with the file, the line and the allowed values.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[expect(unreachable_pub, reason = "the library's module, read here by path")]
#[expect(dead_code, unused_imports, unnameable_types, reason = "the library uses all of it")]
#[path = "src/catalog/model/mod.rs"]
mod model;
#[path = "src/catalog/pack/mod.rs"]
mod pack;

use pack::File;

/// Where rows stand, and the cases that show each rule at work.
const FOLDERS: [&str; 4] =
    ["src/catalog/data", "src/catalog/data/plans", "src/catalog/data/components", "src/availability/cases"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/catalog");
    println!("cargo::rerun-if-changed=src/availability/cases");
    let mut files = Vec::new();
    for folder in FOLDERS {
        files.extend(toml_files(folder)?);
    }
    let catalog = pack::pack(&files).map_err(|problem| problem.to_string())?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("catalog.json"), serde_json::to_vec(&catalog)?)?;
    fs::write(Path::new(&out).join("names.rs"), pack::names_as_code(&catalog))?;
    Ok(())
}

/// The TOML files of a folder, sorted so that the result does not depend on the file system.
fn toml_files(folder: &str) -> Result<Vec<File>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push(File { path: format!("{folder}/{name}"), text });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
