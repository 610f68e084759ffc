//! Tables of the guide on permissions: every `access.toml` at once.

use std::collections::BTreeMap;

use defender::guide::{code, table};

use super::access::{Access, Api};
use super::roles::{self, Roles};
use super::short;

/// The tables, by the names that stand for them in the guide.
pub(super) fn tables(
    access: &BTreeMap<String, Access>,
    roles: &Roles,
) -> Result<[(&'static str, String); 4], String> {
    Ok([
        ("permissions of the provider", provider(access)),
        ("permissions of resources", of_kind(access, roles, "resources")?),
        ("permissions of data sources", of_kind(access, roles, "data-sources")?),
        ("permissions of list resources", of_kind(access, roles, "list-resources")?),
    ])
}

fn provider(access: &BTreeMap<String, Access>) -> String {
    let actions = access
        .get("provider")
        .into_iter()
        .flat_map(|access| access.actions(false).chain(access.actions(true)));
    table(&["Action", "For"], actions.map(|(action, text)| vec![code(action), text.to_owned()]))
}

fn of_kind(access: &BTreeMap<String, Access>, roles: &Roles, kind: &str) -> Result<String, String> {
    let mut rows = Vec::new();
    for (folder, access) in access {
        let Some(name) = folder.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let mut row = vec![format!("[`{name}`](../{kind}/{}.md)", short(name))];
        if access.apis.is_empty() {
            row.extend([String::new(), "nothing is asked of Azure".to_owned(), String::new()]);
        } else {
            let enough = roles::enough(access, roles)?;
            row.push(actions(access));
            row.push(enough.plan);
            row.push(match (enough.apply, enough.everything) {
                (Some(apply), Some(everything)) => {
                    format!("{apply}; with what is needed sometimes: {everything}")
                }
                (apply, _) => apply.unwrap_or_default(),
            });
        }
        rows.push(row);
    }
    Ok(table(&["Type", "Actions (sometimes)", "To plan, refresh and import", "To apply"], rows))
}

/// All actions, by their types; those that are needed sometimes stand in parentheses.
fn actions(access: &Access) -> String {
    let of_type = |api: &Api| {
        let always = api.actions.keys().map(code);
        let sometimes = api.sometimes.keys().map(|action| format!("({})", code(action)));
        format!("{}: {}", code(&api.name), always.chain(sometimes).collect::<Vec<_>>().join(", "))
    };
    access.apis.iter().map(of_type).collect::<Vec<_>>().join("<br>")
}
