//! Reads every row of the catalogue, checks it, and packs all of them into one file that the library contains.
//! A bad row stops the build with the file, the line and the allowed values.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[expect(unreachable_pub, reason = "the library's module, read here by path")]
#[path = "src/catalog/model.rs"]
mod model;

use model::{Catalog, Plan, Role};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const DATA: &str = "src/catalog/data";

/// The file of roles.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    roles: Vec<Role>,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DATA}");
    println!("cargo::rerun-if-changed=src/catalog/model.rs");
    let mut plans = Vec::new();
    for path in files(&Path::new(DATA).join("plans"))? {
        let plan: Plan = read(&path)?;
        check(&plan).map_err(|problem| format!("{}: {problem}", path.display()))?;
        plans.push(plan);
    }
    plans.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(pair) = plans.windows(2).find(|pair| pair[0].name.eq_ignore_ascii_case(&pair[1].name)) {
        return Err(format!("{DATA}/plans: two files describe the plan {}", pair[0].name).into());
    }
    let Roles { roles } = read(&Path::new(DATA).join("roles.toml"))?;
    let packed = serde_json::to_vec(&Catalog { plans, roles })?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalog.json"), packed)?;
    Ok(())
}

/// What types cannot say of a plan.
fn check(plan: &Plan) -> Result<(), String> {
    for extension in &plan.extensions {
        if let Some(unknown) = extension.subplans.iter().find(|subplan| !plan.subplans.contains(subplan)) {
            return Err(format!(
                "the extension {} names the sub-plan {unknown:?}; the plan's sub-plans are {:?}",
                extension.name, plan.subplans
            ));
        }
    }
    if !plan.source.starts_with("https://") {
        return Err("source must be an https address".to_owned());
    }
    let day = plan.checked.as_bytes();
    if day.len() != 10 || day[4] != b'-' || day[7] != b'-' {
        return Err(format!("checked must be a day such as 2026-11-22, not {:?}", plan.checked));
    }
    Ok(())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The TOML files of a folder, sorted so that the result does not depend on the file system.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}
