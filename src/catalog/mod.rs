//! What is known of Defender for Cloud: rows of data, each with its source.
//!
//! Knows no Terraform and no HTTP. To add a plan or a component, add a file to `data/plans` or `data/components`;
//! everything else follows from it. Look things up through [`Catalog::get`]; the row types are in [`model`], what a
//! row must be like is checked by `pack` when the library is built.

pub mod model;
pub mod names;
#[cfg(test)]
mod pack;
#[cfg(test)]
mod published;
mod words;

use std::sync::LazyLock;

pub use model::Catalog;
use model::{
    Answer, Cloud, CloudRow, Component, Day, Effect, Extension, Lifecycle, Milestone, Page, Plan, Role, Rule,
    Source, Subplan, Target,
};
pub use words::{read_word, word, words};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the build script has written it from the same types")]
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/catalog.json")))
        .expect("the packed catalogue")
});

/// How alike a name and what it may mean must be, from 0 to 1.
const ALIKE: f64 = 0.8;

impl Catalog {
    /// The catalogue; read at the first use.
    pub fn get() -> &'static Self {
        &CATALOG
    }

    /// The plan of this name, in any letter case.
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.name.eq_ignore_ascii_case(name))
    }

    /// The role with this GUID.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id.eq_ignore_ascii_case(id))
    }

    /// The component of this name.
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    /// The target of this name.
    pub fn target(&self, id: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// The row of a cloud.
    pub fn cloud(&self, id: Cloud) -> Option<&CloudRow> {
        self.clouds.iter().find(|cloud| cloud.id == id)
    }

    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The source of this name.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// The page of this name.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The component that a wrong name may mean: by its ids and its other names.
    pub fn component_like(&self, name: &str) -> Option<&Component> {
        let names = self.components.iter().flat_map(|component| {
            let aliases = component.aliases.iter().map(String::as_str);
            aliases.chain([component.id.as_str()]).map(move |name| (name, component))
        });
        nearest(name, names)
    }
}

impl Plan {
    /// The sub-plan of this name, in any letter case.
    pub fn subplan(&self, name: &str) -> Option<&Subplan> {
        self.subplans.iter().find(|subplan| subplan.name.eq_ignore_ascii_case(name))
    }

    /// Whether a cloud has it on a day.
    pub fn answer(&self, cloud: Cloud, date: Day) -> Answer {
        let mut past = self.overrides.iter().rev().filter(|change| change.from <= date);
        let latest = past.find_map(|change| change.clouds.get(&cloud));
        latest.or_else(|| self.clouds.get(&cloud)).copied().unwrap_or(Answer::Unknown)
    }

    /// The sub-plan that Azure takes where a request names none.
    pub fn default_subplan(&self) -> Option<&Subplan> {
        self.subplans.iter().find(|subplan| subplan.default)
    }

    /// The extension of this name, in any letter case.
    pub fn extension(&self, name: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.name.eq_ignore_ascii_case(name))
    }
}

impl Lifecycle {
    /// The first day on which Azure takes nobody who does not have it already, in any cloud.
    pub fn closed_on(&self) -> Option<Day> {
        let closing = self.milestones.iter().filter(|milestone| milestone.effect == Effect::ApiRejects);
        closing.map(|milestone| milestone.on).min()
    }
}

impl Milestone {
    /// Whether it holds for a cloud.
    pub fn is_in(&self, cloud: Cloud) -> bool {
        self.clouds.is_empty() || self.clouds.contains(&cloud)
    }
}

impl Extension {
    /// Whether a sub-plan has it.
    pub fn is_in(&self, subplan: &str) -> bool {
        self.subplans.is_empty() || self.subplans.iter().any(|having| having.eq_ignore_ascii_case(subplan))
    }
}

/// What the most alike of some names stands for, if one of them is alike at all; letter case does not count.
pub fn nearest<'a, T>(name: &str, known: impl IntoIterator<Item = (&'a str, T)>) -> Option<T> {
    // Nobody means a name by a text that is many times as long.
    let name = name.get(..name.len().min(100)).unwrap_or_default().to_ascii_lowercase();
    let score = |known: &str| strsim::jaro_winkler(&name, &known.to_ascii_lowercase());
    let scored = known.into_iter().map(|(known, thing)| (score(known), thing));
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 >= ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_in_any_letter_case() {
        let catalog = Catalog::get();
        assert_eq!(catalog.plan("virtualmachines").map(|plan| plan.name.as_str()), Some("VirtualMachines"));
        assert!(catalog.plan("Nothing").is_none());
        let owner = catalog.role("8E3AF657-A8FF-443C-A75C-2FE8C4BCB635");
        assert_eq!(owner.map(|role| role.name.as_str()), Some("Owner"));
    }

    /// Azure's built-in policies, as they are published, where they lie beside the repository: the regions that their
    /// templates know.
    #[test]
    fn regions_are_those_of_the_policies() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/azure-examples/policy/definitions");
        let folders = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let files =
            folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
        let mut read = 0;
        for file in files {
            let policy: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            let id = policy["name"].as_str().unwrap_or_default();
            let maps = Catalog::get().region_maps.iter();
            let Some(map) = maps.into_iter().find(|map| map.policies.iter().any(|policy| policy == id))
            else {
                continue;
            };
            let published = region_codes(&policy).unwrap_or_default();
            assert_eq!(map.codes, published, "{}", file.display());
            read += 1;
        }
        println!("{read} policies with regions read");
    }

    /// The map from regions to codes, however deep in the template it stands.
    fn region_codes(value: &serde_json::Value) -> Option<std::collections::BTreeMap<String, String>> {
        match value {
            serde_json::Value::Object(fields) => fields
                .iter()
                .find_map(|(name, value)| {
                    let found = name
                        .ends_with("LongNameToShortMap")
                        .then(|| serde_json::from_value(value.clone()).ok())?;
                    found.or_else(|| region_codes(value))
                })
                .or_else(|| fields.values().find_map(region_codes)),
            serde_json::Value::Array(items) => items.iter().find_map(region_codes),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => None,
        }
    }

    #[test]
    fn a_slip_is_seen_through_and_another_word_is_not() {
        let catalog = Catalog::get();
        let plans = || catalog.plans.iter().map(|plan| (plan.name.as_str(), plan.name.as_str()));
        for (name, expected) in [
            ("VirtualMachine", Some("VirtualMachines")),
            ("Keyvault", Some("KeyVaults")),
            ("StorageAcounts", Some("StorageAccounts")),
            ("Quantum", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, plans()), expected, "{name}");
        }
        for (name, expected) in [
            ("azure_monitoring_agent", Some("azure_monitor_agent")),
            ("mma", Some("log_analytics_agent")),
            ("defender_sensors", Some("defender_sensor")),
            ("teleporter", None),
        ] {
            assert_eq!(
                catalog.component_like(name).map(|component| component.id.as_str()),
                expected,
                "{name}"
            );
        }
    }
}
