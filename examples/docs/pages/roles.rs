//! Which built-in roles are enough: their actions from `roles.toml`, compared with those of `access.toml` as the
//! provider compares a caller's.

use defender::availability::{Grant, allows};
use defender::catalog::Catalog;
use serde::Deserialize;

use super::access::Access;

/// Where their actions stand.
pub(super) const FILE: &str = "examples/docs/roles.toml";

/// Roles, the least first.
pub(super) type Roles = Vec<Role>;

/// A role of the catalogue, and what it allows.
#[derive(Debug)]
pub(super) struct Role {
    link: String,
    grant: Grant,
}

/// Roles that are enough, as words with links.
#[derive(Debug)]
pub(super) struct Enough {
    /// For what is always needed and reads.
    pub(super) plan: String,
    /// For what is always needed; nothing where all of that reads.
    pub(super) apply: Option<String>,
    /// For what is needed sometimes as well, where that takes others.
    pub(super) everything: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    role: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    actions: Vec<String>,
    #[serde(default)]
    not_actions: Vec<String>,
}

/// Reads the file. Names and sources are the catalogue's.
pub(super) fn read(text: &str, catalog: &Catalog) -> Result<Roles, String> {
    let file: File = toml::from_str(text).map_err(|error| format!("{FILE}: {error}"))?;
    let role = |row: Row| {
        let Row { id, actions, not_actions } = row;
        let known = catalog.role(&id).ok_or_else(|| format!("{FILE}: the catalogue has no role {id}"))?;
        Ok(Role {
            link: format!("[{}]({})", known.name, known.source),
            grant: Grant { actions, not_actions },
        })
    };
    file.role.into_iter().map(role).collect()
}

/// The roles that are enough for a type.
pub(super) fn enough(access: &Access, roles: &Roles) -> Result<Enough, String> {
    let always: Vec<String> = access.actions(false).map(|(action, _)| action).collect();
    let sometimes = access.actions(true).map(|(action, _)| action);
    let all: Vec<String> = always.iter().cloned().chain(sometimes).collect();
    let reads = |action: &&String| action.ends_with("/read");
    let reading: Vec<String> = always.iter().filter(reads).cloned().collect();
    let plan = least(roles, &reading)?;
    let apply = if always.iter().all(|action| reads(&action)) { None } else { Some(least(roles, &always)?) };
    let everything = Some(least(roles, &all)?).filter(|roles| roles != apply.as_ref().unwrap_or(&plan));
    Ok(Enough { plan, apply, everything })
}

/// Those that are enough: who only reads, where that is, or all.
fn least(roles: &Roles, actions: &[String]) -> Result<String, String> {
    let reads = |role: &&Role| role.grant.actions.iter().all(|action| action.ends_with("/read"));
    sufficient(roles.iter().filter(reads), actions).or_else(|_| sufficient(roles.iter(), actions))
}

fn sufficient<'a>(roles: impl Iterator<Item = &'a Role>, actions: &[String]) -> Result<String, String> {
    let found =
        roles.filter(|role| actions.iter().all(|action| allows(std::slice::from_ref(&role.grant), action)));
    let links: Vec<&str> = found.map(|role| role.link.as_str()).collect();
    match links.split_last() {
        None => Err(format!("{FILE}: no role is enough for {actions:?}")),
        Some((last, [])) => Ok((*last).to_owned()),
        Some((last, rest)) => Ok(format!("{} or {last}", rest.join(", "))),
    }
}
