//! What somebody wants to see of the matrix, read from texts. What cannot be read is one kind of error, which says what
//! may have been meant and what is allowed.

use std::fmt;

use super::matrix::Filter;
use super::rules::listed;
use crate::catalog::model::{Catalog, Cloud, Component, Day, Os, Plan, Target};
use crate::catalog::{nearest, read_word, words};

/// What the matrix can be asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The component.
    Component,
    /// A plan of which the component is part.
    Plan,
    /// What the component goes on.
    Target,
    /// The operating system of a machine.
    Os,
    /// The cloud.
    Cloud,
    /// The day.
    Date,
}

/// Rows, a cloud and a day, as far as somebody has named them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// Which rows.
    pub filter: Filter<'a>,
    /// Which cloud.
    pub cloud: Option<Cloud>,
    /// Which day.
    pub date: Option<Day>,
}

/// A text that names nothing that there is. As a text it is a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What it was given for.
    pub field: Field,
    text: String,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Component, Self::Plan, Self::Target, Self::Os, Self::Cloud, Self::Date];

    /// Its name in configurations and on command lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Plan => "plan",
            Self::Target => "target",
            Self::Os => "os",
            Self::Cloud => "cloud",
            Self::Date => "date",
        }
    }

    /// What its texts name, with the article.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Component => "a component",
            Self::Plan => "a plan",
            Self::Target => "a target",
            Self::Os => "an operating system",
            Self::Cloud => "a cloud",
            Self::Date => "a day of the calendar",
        }
    }
}

impl<'a> Query<'a> {
    /// Narrows it down by a text.
    ///
    /// # Errors
    ///
    /// The text names nothing that there is.
    pub fn set(&mut self, catalog: &'a Catalog, field: Field, text: &str) -> Result<(), Wrong> {
        let found = match field {
            Field::Component => component(catalog, text).map(|row| self.filter.component = Some(&row.id)),
            Field::Plan => plan_named(catalog, text).map(|row| self.filter.plan = Some(&row.name)),
            Field::Target => target(catalog, text).map(|row| self.filter.target = Some(&row.id)),
            Field::Os => os(text).map(|os| self.filter.os = Some(os)),
            Field::Cloud => cloud(catalog, text).map(|cloud| self.cloud = Some(cloud)),
            Field::Date => date(text).map(|date| self.date = Some(date)),
        };
        found.map_err(|text| Wrong { field, text })
    }
}

fn component<'a>(catalog: &'a Catalog, text: &str) -> Result<&'a Component, String> {
    let names = catalog.components.iter().map(|component| component.id.as_str());
    let guess = || catalog.component_like(text).map(|component| component.id.as_str());
    catalog.component(text).ok_or_else(|| no_such(Field::Component.noun(), text, guess(), names))
}

/// The plan of this name, in any letter case.
///
/// # Errors
///
/// There is none: a sentence without its full stop.
pub fn plan_named<'a>(catalog: &'a Catalog, text: &str) -> Result<&'a Plan, String> {
    let names = || catalog.plans.iter().map(|plan| plan.name.as_str());
    let guess = || nearest(text, names().map(|name| (name, name)));
    catalog.plan(text).ok_or_else(|| no_such(Field::Plan.noun(), text, guess(), names()))
}

/// Some know a target by its resource type.
fn target<'a>(catalog: &'a Catalog, text: &str) -> Result<&'a Target, String> {
    let names = catalog.targets.iter().map(|target| target.id.as_str());
    let guess = || {
        let known = catalog.targets.iter().flat_map(|target| {
            [Some(&target.id), target.resource_type.as_ref()]
                .into_iter()
                .flatten()
                .map(|name| (name.as_str(), target.id.as_str()))
        });
        nearest(text, known)
    };
    catalog.target(text).ok_or_else(|| no_such(Field::Target.noun(), text, guess(), names))
}

/// A machine runs one system; that a row is for any is no system of its own.
fn os(text: &str) -> Result<Os, String> {
    let names = || words::<Os>().iter().copied().filter(|name| read_word(name) != Some(Os::Any));
    let found = names().find(|name| *name == text).and_then(read_word);
    let guess = || nearest(text, names().map(|name| (name, name)));
    found.ok_or_else(|| no_such(Field::Os.noun(), text, guess(), names()))
}

/// Some know a cloud by the name that Azure's own tools have for it.
fn cloud(catalog: &Catalog, text: &str) -> Result<Cloud, String> {
    let guess = || {
        let known = catalog.clouds.iter().flat_map(|row| {
            [row.id.as_str(), &row.azure_name, &row.title].map(|name| (name, row.id.as_str()))
        });
        nearest(text, known)
    };
    let found = Cloud::parse(text);
    found.ok_or_else(|| no_such(Field::Cloud.noun(), text, guess(), Cloud::ALL.map(Cloud::as_str)))
}

fn date(text: &str) -> Result<Day, String> {
    let wrong = || format!("{:?} is not {}; write it as in \"2026-11-22\"", short(text), Field::Date.noun());
    Day::parse(text).ok_or_else(wrong)
}

/// Says that a text names nothing that there is, what may have been meant, and what is allowed: a sentence without its
/// full stop.
pub fn no_such<'a>(
    noun: &str,
    text: &str,
    guess: Option<&str>,
    allowed: impl IntoIterator<Item = &'a str>,
) -> String {
    let text = short(text);
    let guess = guess.map_or_else(|| ".".to_owned(), |guess| format!("; did you mean {guess:?}?"));
    format!("{text:?} is not {noun}{guess} Allowed are {}", listed(allowed))
}

/// Enough of a text to recognise it.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Wrong {}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(field: Field, text: &str) -> String {
        let wrong = Query::default().set(Catalog::get(), field, text).unwrap_err();
        assert_eq!(wrong.field, field);
        wrong.to_string()
    }

    #[test]
    fn what_is_meant_is_found_out_and_what_is_allowed_is_said() {
        for (field, text, expected) in [
            (
                Field::Component,
                "mma",
                "\"mma\" is not a component; did you mean \"log_analytics_agent\"? Allowed are",
            ),
            (Field::Component, "teleporter", "\"teleporter\" is not a component. Allowed are \"adaptive_"),
            (Field::Plan, "KeyVault", "did you mean \"KeyVaults\"? Allowed are \"AI\", \"Api\","),
            (Field::Target, "aks", "did you mean \"aks_cluster\"?"),
            (Field::Target, "Microsoft.HybridCompute/machine", "did you mean \"arc_machine\"?"),
            (
                Field::Os,
                "Linux",
                "\"Linux\" is not an operating system; did you mean \"linux\"? Allowed are \"linux\" and \"windows\"",
            ),
            (Field::Os, "any", "\"any\" is not an operating system. Allowed are"),
            (Field::Cloud, "AzureUSGovernment", "did you mean \"usgovernment\"?"),
            (
                Field::Cloud,
                "germany",
                "is not a cloud. Allowed are \"public\", \"usgovernment\" and \"china\"",
            ),
            (
                Field::Date,
                "2026-02-30",
                "\"2026-02-30\" is not a day of the calendar; write it as in \"2026-11-22\"",
            ),
        ] {
            let said = said(field, text);
            assert!(said.contains(expected) && !said.ends_with('.'), "{text}: {said}");
        }
        assert!(said(Field::Plan, &"x".repeat(5000)).len() < 1000, "a long text is cut short");
    }

    #[test]
    fn every_field_narrows_the_query() {
        let mut query = Query::default();
        for (field, text) in Field::ALL.into_iter().zip([
            "defender_sensor",
            "containers",
            "aks_cluster",
            "linux",
            "china",
            "2026-01-01",
        ]) {
            query.set(Catalog::get(), field, text).unwrap();
        }
        let Filter { component, plan, target, os } = query.filter;
        assert_eq!((component, plan), (Some("defender_sensor"), Some("Containers")));
        assert_eq!((target, os), (Some("aks_cluster"), Some(Os::Linux)));
        assert_eq!((query.cloud, query.date), (Some(Cloud::China), Day::new(2026, 1, 1)));
    }
}
