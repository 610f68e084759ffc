//! What a type asks of Azure, from the file `access.toml` beside its example: resource types, their api-versions, the
//! actions and what each is needed for. `tests/it/access.rs` compares it with what the example asks.

use std::collections::BTreeMap;
use std::path::Path;

use defender::guide::{code, table};
use serde::Deserialize;

use super::Sources;
use super::roles::{self, Roles};
use super::texts::{self, Texts};

/// The name of the file.
const FILE: &str = "access.toml";

/// What one type asks of Azure.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    /// What else is to be known, as a sentence.
    #[serde(default)]
    pub(super) note: String,
    /// Resource types; none for what needs no Azure.
    #[serde(default, rename = "api")]
    pub(crate) apis: Vec<Api>,
}

/// A resource type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Api {
    /// The type, as it stands in ids.
    #[serde(rename = "type")]
    pub(crate) name: String,
    /// Api-versions: the one to be used first, and those for clouds that do not have it yet; none where Azure asks
    /// itself, with the caller's rights.
    pub(crate) versions: Vec<String>,
    /// What each action is needed for, by the action without the type: `read`, `write`, `sharedKeys/action`.
    #[serde(default)]
    pub(crate) actions: BTreeMap<String, String>,
    /// The same of actions that the example does without.
    #[serde(default)]
    pub(crate) sometimes: BTreeMap<String, String>,
}

impl Access {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// It is not what it should be.
    pub(crate) fn read(path: &str, text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("{path}: {error}"))
    }

    /// Actions in full with what they are for: those that are always needed, and those that sometimes are.
    pub(super) fn actions(&self, sometimes: bool) -> impl Iterator<Item = (String, &str)> {
        self.apis.iter().flat_map(move |api| {
            let of = if sometimes { &api.sometimes } else { &api.actions };
            of.iter().map(|(action, text)| (api.action(action), text.as_str()))
        })
    }
}

/// The access of everything that has a folder, by the folder below `examples/`: `resources/defender_plan`.
pub(super) fn all(examples: &Texts) -> Result<BTreeMap<String, Access>, String> {
    let files = examples.iter().filter_map(|(path, text)| {
        let folder = path.strip_prefix("examples/")?.strip_suffix(FILE)?.strip_suffix('/')?;
        Some((folder, path, text))
    });
    files.map(|(folder, path, text)| Ok((folder.to_owned(), Access::read(path, text)?))).collect()
}

/// The sections on permissions and on the API.
pub(super) fn sections(sources: &Sources, folder: &str) -> Result<String, String> {
    let access = sources.access.get(folder);
    let access = access.ok_or_else(|| format!("examples/{folder}/{FILE}: write what is asked of Azure"))?;
    if access.apis.is_empty() {
        return Ok("\n## Permissions\n\nNone: nothing is asked of Azure.\n".to_owned());
    }
    let rows = access.actions(false).chain(access.actions(true));
    let rows = rows.map(|(action, text)| vec![code(action), text.to_owned()]);
    let apis = access.apis.iter().filter(|api| !api.versions.is_empty()).map(|api| {
        let versions = api.versions.iter().map(code).collect::<Vec<_>>().join(", else ");
        vec![code(&api.name), versions]
    });
    Ok(format!(
        "\n## Permissions\n\nThe identity that Terraform runs as needs these actions at the scope, or above it:\n\n{}{}\n## API\n\n{}",
        table(&["Action", "For"], rows),
        sentences(folder, access, &sources.roles)?,
        table(&["Resource type", "API version"], apis),
    ))
}

impl Api {
    /// The name of an action in full.
    pub(crate) fn action(&self, action: &str) -> String {
        format!("{}/{action}", self.name)
    }
}

/// Which roles are enough for what; nothing is said of what is needed only sometimes.
fn sentences(folder: &str, access: &Access, roles: &Roles) -> Result<String, String> {
    if access.actions(false).next().is_none() {
        let note = &access.note;
        return Ok(if note.is_empty() { String::new() } else { format!("\n{note}\n") });
    }
    let enough = roles::enough(access, roles)?;
    let reading = if folder.starts_with("list-resources/") { "list" } else { "plan, refresh and import" };
    let mut said = vec![format!("Of the built-in roles, {} can {reading}", enough.plan)];
    match &enough.apply {
        Some(apply) => said.push(format!("; {apply} can apply.")),
        None => said.push(".".to_owned()),
    }
    if let Some(everything) = &enough.everything {
        said.push(format!(" {everything} has what is needed sometimes, too."));
    }
    if !access.note.is_empty() {
        said.extend([" ".to_owned(), access.note.clone()]);
    }
    Ok(format!("\n{}\n", said.concat()))
}

/// The folder of a type's example, below `examples/`, as a list of `(file, text)` that a page shows.
pub(super) fn examples<'a>(sources: &'a Sources, folder: &str) -> Vec<(&'a str, &'a str)> {
    let files = texts::of_folder(&sources.examples, &format!("examples/{folder}"));
    let shown =
        |name: &str| Path::new(name).extension().is_some_and(|ending| ending == "tf" || ending == "hcl");
    files.into_iter().filter(|(name, _)| shown(name)).collect()
}
