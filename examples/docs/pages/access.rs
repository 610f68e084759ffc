//! What a type asks of Azure, from the file `access.toml` beside its example: resource types, their api-versions, the
//! actions and what each is needed for. A type without that file has no sections on it.

use std::collections::BTreeMap;
use std::path::Path;

use defender::catalog::Catalog;
use defender::guide::{code, table};
use serde::Deserialize;

use super::{Sources, texts};

/// The name of the file.
pub(super) const FILE: &str = "access.toml";

/// What one type asks of Azure.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    /// Built-in roles that are enough, by their GUIDs in the catalogue.
    #[serde(default)]
    pub(crate) roles: Roles,
    /// Resource types; none for what needs no Azure.
    #[serde(default, rename = "api")]
    pub(crate) apis: Vec<Api>,
}

/// Built-in roles.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roles {
    /// Those that can plan, refresh and import.
    #[serde(default)]
    pub(crate) plan: Vec<String>,
    /// Those that can apply.
    #[serde(default)]
    pub(crate) apply: Vec<String>,
    /// Those that can list, for list resources.
    #[serde(default)]
    pub(crate) list: Vec<String>,
    /// What else is to be known, as a sentence.
    #[serde(default)]
    pub(crate) note: String,
}

/// A resource type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Api {
    /// The type, as it stands in ids.
    #[serde(rename = "type")]
    pub(crate) name: String,
    /// Api-versions: the one to be used first, and those for clouds that do not have it yet.
    pub(crate) versions: Vec<String>,
    /// What each action is needed for, by the action without the type: `read`, `write`, `sharedKeys/action`.
    pub(crate) actions: BTreeMap<String, String>,
}

/// The access of everything that has a folder, by the folder below `examples/`: `resources/defender_plan`.
pub(super) fn all(sources: &Sources) -> Result<BTreeMap<String, Access>, String> {
    let files = sources.examples.iter().filter_map(|(path, text)| {
        let folder = path.strip_prefix("examples/")?.strip_suffix(FILE)?.strip_suffix('/')?;
        Some((folder, path, text))
    });
    files
        .map(|(folder, path, text)| {
            let access: Access = toml::from_str(text).map_err(|error| format!("{path}: {error}"))?;
            Ok((folder.to_owned(), access))
        })
        .collect()
}

/// The sections on permissions and on the API.
pub(super) fn sections(access: Option<&Access>, catalog: &Catalog) -> Result<String, String> {
    let Some(access) = access else { return Ok(String::new()) };
    if access.apis.is_empty() {
        return Ok("\n## Permissions\n\nNone: nothing is asked of Azure.\n".to_owned());
    }
    let rows = access.apis.iter().flat_map(|api| {
        api.actions.iter().map(|(action, text)| vec![code(api.action(action)), text.clone()])
    });
    let apis = access.apis.iter().map(|api| {
        let versions = api.versions.iter().map(code).collect::<Vec<_>>().join(", else ");
        vec![code(&api.name), versions]
    });
    Ok(format!(
        "\n## Permissions\n\nThe identity that Terraform runs as needs these actions at the scope, or above it:\n\n{}{}\n## API\n\n{}",
        table(&["Action", "For"], rows),
        access.roles.sentences(catalog)?,
        table(&["Resource type", "API version"], apis),
    ))
}

impl Api {
    /// The name of an action in full.
    pub(super) fn action(&self, action: &str) -> String {
        format!("{}/{action}", self.name)
    }
}

impl Roles {
    fn sentences(&self, catalog: &Catalog) -> Result<String, String> {
        let links = |ids: &[String]| -> Result<String, String> {
            let link = |id: &String| {
                let role =
                    catalog.role(id).ok_or_else(|| format!("{FILE}: the catalogue has no role {id}"))?;
                Ok(format!("[{}]({})", role.name, role.source))
            };
            Ok(ids.iter().map(link).collect::<Result<Vec<_>, String>>()?.join(" and "))
        };
        let (plan, apply, list) = (links(&self.plan)?, links(&self.apply)?, links(&self.list)?);
        let said = [
            (!plan.is_empty())
                .then(|| format!("Of the built-in roles, {plan} can plan, refresh and import.")),
            (!apply.is_empty()).then(|| format!("{apply} can apply.")),
            (!list.is_empty()).then(|| format!("Of the built-in roles, {list} can list.")),
            (!self.note.is_empty()).then(|| self.note.clone()),
        ];
        let said = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(if said.is_empty() { said } else { format!("\n{said}\n") })
    }
}

/// The folder of a type's example, below `examples/`, as a list of `(file, text)` that a page shows.
pub(super) fn examples<'a>(sources: &'a Sources, folder: &str) -> Vec<(&'a str, &'a str)> {
    let files = texts::of_folder(&sources.examples, &format!("examples/{folder}"));
    let shown =
        |name: &str| Path::new(name).extension().is_some_and(|ending| ending == "tf" || ending == "hcl");
    files.into_iter().filter(|(name, _)| shown(name)).collect()
}
