//! Names of rows: well-formed, told once, equal to the file's name; and every rule has its cases.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{File, Parsed};
use super::{Problem, list};

pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), Problem> {
    check_files(parsed)?;
    check_lists(parsed)?;
    check_roles(parsed)?;
    check_addresses(parsed)?;
    check_matrix(parsed)
}

/// The name of a file is the name of its row.
fn check_files(parsed: &Parsed<'_>) -> Result<(), Problem> {
    let plans = parsed.plans.iter().map(|(file, plan)| (*file, &plan.name));
    let components = parsed.components.iter().map(|(file, component)| (*file, &component.id));
    for (file, name) in plans.chain(components) {
        if file.stem() != name {
            return Err(Problem::at(file, name, format!("{name:?} must stand in the file {name}.toml")));
        }
    }
    Ok(())
}

/// Lists are sorted where order means nothing else, and name nothing twice.
fn check_lists(parsed: &Parsed<'_>) -> Result<(), Problem> {
    let lists = &parsed.lists;
    let names: [(&str, Vec<&str>); 6] = [
        ("clouds", lists.clouds.iter().map(|row| row.id.as_str()).collect()),
        ("targets", lists.targets.iter().map(|row| row.id.as_str()).collect()),
        ("sources", lists.sources.iter().map(|row| row.id.as_str()).collect()),
        ("pages", lists.pages.iter().map(|row| row.id.as_str()).collect()),
        ("rules", lists.rules.iter().map(|row| row.id.as_str()).collect()),
        ("region_maps", lists.region_maps.iter().map(|row| row.id.as_str()).collect()),
    ];
    for (file, names) in names {
        let mut seen = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(**name)) {
            return Err(parsed.problem(file, twice, format!("{twice:?} stands twice")));
        }
        if file == "rules"
            && let Some(pair) = names.windows(2).find(|pair| pair[0] > pair[1])
        {
            return Err(parsed.problem(file, pair[1], format!("{} must stand before {}", pair[1], pair[0])));
        }
    }
    let ids = lists.rules.iter().map(|rule| rule.id.as_str());
    for id in ids {
        let digits =
            id.strip_prefix("MDC").is_some_and(|rest| rest.len() == 3 && rest.parse::<u16>().is_ok());
        if !digits {
            return Err(parsed.problem("rules", id, format!("{id:?} is not MDC and three digits")));
        }
    }
    Ok(())
}

fn check_roles(parsed: &Parsed<'_>) -> Result<(), Problem> {
    for role in &parsed.lists.roles {
        if !is_guid(&role.id) {
            let text = format!("{:?} is not a GUID in lower case", role.id);
            return Err(parsed.problem("roles", &role.id, text));
        }
    }
    for (file, plan) in &parsed.plans {
        if let Some(wrong) = plan.policies.iter().find(|id| !is_guid(id)) {
            return Err(Problem::at(file, wrong, format!("{wrong:?} is not a GUID in lower case")));
        }
    }
    for map in &parsed.lists.region_maps {
        if let Some(wrong) = map.policies.iter().find(|id| !is_guid(id)) {
            return Err(parsed.problem(
                "region_maps",
                wrong,
                format!("{wrong:?} is not a GUID in lower case"),
            ));
        }
    }
    Ok(())
}

fn check_addresses(parsed: &Parsed<'_>) -> Result<(), Problem> {
    let lists = &parsed.lists;
    let sources = lists.sources.iter().map(|source| ("sources", &source.url));
    let roles = lists.roles.iter().map(|role| ("roles", &role.source));
    for (file, url) in sources.chain(roles) {
        if !url.starts_with("https://") {
            return Err(parsed.problem(file, url, format!("{url:?} is not an https address")));
        }
    }
    for page in &lists.pages {
        if !page.url.starts_with("https://learn.microsoft.com/") {
            let text = format!("{:?} is not a page of learn.microsoft.com", page.url);
            return Err(parsed.problem("pages", &page.url, text));
        }
    }
    Ok(())
}

/// One row for each component, target and operating system, and one for each number of the matrix.
fn check_matrix(parsed: &Parsed<'_>) -> Result<(), Problem> {
    let mut numbers: BTreeMap<&str, &File> = BTreeMap::new();
    for (file, component) in &parsed.components {
        let mut seen = BTreeSet::new();
        for row in &component.rows {
            if !seen.insert((&row.target, row.os)) {
                let text = format!("{:?} has two rows for one operating system", row.target);
                return Err(Problem::at(file, &row.target, text));
            }
            if let Some(number) = row.number.as_deref()
                && let Some(other) = numbers.insert(number, file)
            {
                return Err(Problem::at(file, number, format!("{number} stands in {}, too", other.path)));
            }
        }
    }
    Ok(())
}

/// Every rule has a case in which it speaks, and one of its own in which it does not.
pub(super) fn check_cases(parsed: &Parsed<'_>) -> Result<(), Problem> {
    let rules: BTreeSet<&str> = parsed.lists.rules.iter().map(|rule| rule.id.as_str()).collect();
    let mut seen = BTreeSet::new();
    let (mut positive, mut negative) = (BTreeSet::new(), BTreeSet::new());
    for (file, case) in &parsed.cases {
        if !seen.insert(&case.id) {
            return Err(Problem::at(file, &case.id, format!("the case {:?} stands twice", case.id)));
        }
        let spoken = case.expect.iter().filter_map(|finding| finding.split(' ').nth(1));
        if let Some(unknown) = spoken.clone().chain([case.about.as_str()]).find(|id| !rules.contains(id)) {
            return Err(Problem::at(file, unknown, format!("there is no rule {unknown:?}")));
        }
        if !spoken.clone().any(|id| id == case.about) {
            negative.insert(case.about.as_str());
        }
        positive.extend(spoken);
    }
    for (kind, having) in [("in which it speaks", &positive), ("in which it does not", &negative)] {
        let lacking: Vec<&str> = rules.iter().copied().filter(|rule| !having.contains(rule)).collect();
        if let Some(first) = lacking.first() {
            let text = format!("no case {kind} for {}", list(lacking.iter().copied()));
            return Err(parsed.problem("rules", first, text));
        }
    }
    Ok(())
}

/// Whether a text is a GUID in lower case.
pub(super) fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let hexadecimal = |group: &str| group.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| hexadecimal(group))
}
