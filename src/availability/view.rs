//! The matrix as it is shown: rows, clouds and a day in, entries out. Whoever shows it shows these entries.

use serde::{Deserialize, Serialize};

use super::matrix::{self, Availability, Effective, Filter};
use crate::catalog::model::{
    Answer, Catalog, Cloud, Day, Effect, Lifecycle, Mechanism, Milestone, Os, Reach, RoleNeed, RoleScope,
    State,
};

/// What is true of a component on one kind of target in one cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The component.
    pub component: String,
    /// What Microsoft's pages call it.
    pub title: String,
    /// What it goes on.
    pub target: String,
    /// The operating system.
    pub os: Os,
    /// The cloud.
    pub cloud: Cloud,
    /// Whether the cloud has it.
    pub availability: Availability,
    /// How far it is released.
    pub state: State,
    /// How it gets there.
    pub mechanism: Mechanism,
    /// Whether Azure Policy deploys it.
    pub policy_based: Answer,
    /// Plans of which one must be on; none where no plan is needed.
    pub plans: Vec<String>,
    /// What people need to set it up, or to see what it finds.
    pub roles: Vec<RoleEntry>,
    /// What else is said.
    pub note: Option<String>,
    /// Where all of this stands, what contradicts it included.
    pub sources: Vec<SourceEntry>,
    /// The day on which the component or the cloud comes to its end, past or ahead.
    pub retired_on: Option<String>,
    /// The components that take its place.
    pub replaced_by: Vec<String>,
    /// What Azure does from which day on, in order.
    pub milestones: Vec<MilestoneEntry>,
    /// The row's number in the document that the rows began with.
    pub number: Option<String>,
}

/// A role that somebody needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleEntry {
    /// For what: `enable` or `view`.
    pub action: String,
    /// Where it must be held, at least.
    pub scope: RoleScope,
    /// Roles of which one is enough.
    pub any_of: Vec<RoleName>,
}

/// A role by its id and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleName {
    /// The role definition's GUID.
    pub id: String,
    /// What the portal calls it.
    pub name: String,
}

/// Where a fact stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// Its name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The day of the text that was read.
    pub read: String,
}

/// Something that Azure does from a day on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MilestoneEntry {
    /// The day.
    pub on: String,
    /// Whom it concerns.
    pub applies_to: Reach,
    /// What happens.
    pub effect: Effect,
    /// Azure's error code.
    pub code: Option<String>,
}

/// The entries that a filter lets through in these clouds on a day: by component, target and operating system, and for
/// each of these by cloud.
pub fn entries(catalog: &Catalog, filter: Filter<'_>, clouds: &[Cloud], date: Day) -> Vec<Entry> {
    let mut rows: Vec<Effective<'_>> = matrix::rows(catalog, filter, date).collect();
    let place = |id: &str| catalog.targets.iter().position(|target| target.id == id);
    rows.sort_by_key(|row| (row.component.id.as_str(), place(&row.row.target), row.row.os));
    rows.into_iter().flat_map(|row| clouds.iter().map(move |cloud| entry(catalog, row, *cloud))).collect()
}

/// The entries of each component on each target and operating system, one for each cloud.
pub fn by_place(entries: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    entries.chunk_by(|a, b| (&a.component, &a.target, a.os) == (&b.component, &b.target, b.os))
}

fn entry(catalog: &Catalog, row: Effective<'_>, cloud: Cloud) -> Entry {
    let lifecycles: Vec<&Lifecycle> = row.lifecycles(catalog, cloud).collect();
    let own = row.component.lifecycle.as_ref();
    Entry {
        component: row.component.id.clone(),
        title: row.component.title.clone(),
        target: row.row.target.clone(),
        os: row.row.os,
        cloud,
        availability: row.availability(catalog, cloud),
        state: row.state(),
        mechanism: row.mechanism(),
        policy_based: row.policy_based(),
        plans: row.plans().to_vec(),
        roles: row.row.roles.iter().map(|need| role(catalog, need)).collect(),
        note: Some(row.note()).filter(|note| !note.is_empty()).map(str::to_owned),
        sources: sources(catalog, row, cloud, &lifecycles),
        retired_on: lifecycles.iter().filter_map(|ending| ending.retired_on).min().map(String::from),
        replaced_by: own.map(|ending| ending.replaced_by.clone()).unwrap_or_default(),
        milestones: milestones(&lifecycles, cloud),
        number: row.row.number.clone(),
    }
}

fn role(catalog: &Catalog, need: &RoleNeed) -> RoleEntry {
    let name = |id: &String| {
        let name = catalog.role(id).map(|role| role.name.clone());
        RoleName { id: id.clone(), name: name.unwrap_or_default() }
    };
    RoleEntry {
        action: need.action.clone(),
        scope: need.scope,
        any_of: need.any_of.iter().map(name).collect(),
    }
}

fn sources(
    catalog: &Catalog,
    row: Effective<'_>,
    cloud: Cloud,
    lifecycles: &[&Lifecycle],
) -> Vec<SourceEntry> {
    let mut ids = row.sources();
    let contradicting = row.contradictions(cloud).into_iter().flat_map(|dispute| &dispute.sources);
    let ending = lifecycles.iter().flat_map(|ending| &ending.sources);
    for id in contradicting.chain(ending) {
        if !ids.contains(&id.as_str()) {
            ids.push(id);
        }
    }
    let found = ids.into_iter().filter_map(|id| catalog.source(id));
    found
        .map(|source| SourceEntry {
            id: source.id.clone(),
            title: source.title.clone(),
            url: source.url.clone(),
            read: source.read.to_string(),
        })
        .collect()
}

fn milestones(lifecycles: &[&Lifecycle], cloud: Cloud) -> Vec<MilestoneEntry> {
    let here = lifecycles.iter().flat_map(|ending| &ending.milestones);
    let mut here: Vec<&Milestone> = here.filter(|milestone| milestone.is_in(cloud)).collect();
    here.sort_by_key(|milestone| milestone.on);
    here.into_iter()
        .map(|milestone| MilestoneEntry {
            on: milestone.on.to_string(),
            applies_to: milestone.applies_to,
            effect: milestone.effect,
            code: milestone.code.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str, component: &str, cloud: Cloud) -> Vec<Entry> {
        let filter = Filter { component: Some(component), ..Filter::default() };
        entries(Catalog::get(), filter, &[cloud], Day::parse(date).unwrap())
    }

    #[test]
    fn an_entry_is_what_its_row_says_on_the_day() {
        let sensor = on("2026-11-22", "defender_sensor", Cloud::UsGovernment);
        let words: Vec<_> = sensor.iter().map(|entry| (entry.target.as_str(), entry.availability)).collect();
        assert_eq!(words, [("aks_cluster", Availability::Yes), ("arc_k8s_cluster", Availability::Disputed)]);
        let contradicting: Vec<_> = sensor[1].sources.iter().map(|source| source.id.as_str()).collect();
        assert_eq!(contradicting, ["seed", "builtin_policies"]);
        let roles: Vec<_> = sensor[0].roles[0].any_of.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(roles, ["Owner", "User Access Administrator"]);
        assert_eq!(
            on("2024-01-01", "defender_sensor", Cloud::UsGovernment)[0].availability,
            Availability::No
        );
    }

    #[test]
    fn ends_of_component_and_cloud_come_in_order() {
        let agent = &on("2024-09-30", "log_analytics_agent", Cloud::China)[0];
        assert_eq!(agent.availability, Availability::Yes, "closed, and not gone yet");
        assert_eq!(agent.retired_on.as_deref(), Some("2024-11-30"));
        let days: Vec<_> = agent.milestones.iter().map(|milestone| milestone.on.as_str()).collect();
        assert_eq!(days, ["2024-08-31", "2024-09-30", "2024-11-30", "2025-08-18", "2026-10-01"]);
        let agent = &on("2024-11-30", "log_analytics_agent", Cloud::Public)[0];
        assert_eq!((agent.availability, agent.milestones.len()), (Availability::Retired, 3));
        assert_eq!(on("2026-10-01", "defender_sensor", Cloud::China)[0].availability, Availability::Retired);
        let fim = &on("2026-10-01", "file_integrity_monitoring", Cloud::China)[0];
        assert_eq!(fim.availability, Availability::No, "what a cloud never had does not end there");
    }

    #[test]
    fn before_a_row_begins_nothing_is_known() {
        let of = |date, cloud| on(date, "sql_protection_extension", cloud)[0].availability;
        assert_eq!(of("2025-04-27", Cloud::Public), Availability::Unknown);
        assert_eq!(of("2025-04-28", Cloud::Public), Availability::Yes);
        assert_eq!(of("2026-09-29", Cloud::UsGovernment), Availability::Yes);
    }

    #[test]
    fn entries_are_sorted_and_each_place_has_all_clouds() {
        let all = entries(Catalog::get(), Filter::default(), &Cloud::ALL, Catalog::get().as_of);
        assert!(by_place(&all).all(|place| place.iter().map(|entry| entry.cloud).eq(Cloud::ALL)));
        let endpoint: Vec<_> = by_place(&all)
            .filter(|place| place[0].component == "defender_for_endpoint")
            .map(|place| (place[0].target.as_str(), place[0].os))
            .collect();
        assert_eq!(
            endpoint,
            [
                ("azure_vm", Os::Linux),
                ("azure_vm", Os::Windows),
                ("avd_session_host", Os::Windows),
                ("arc_machine", Os::Linux),
                ("arc_machine", Os::Windows),
            ]
        );
        assert!(all.iter().all(|entry| !entry.sources.is_empty()));
    }
}
