//! Properties of extensions.

use std::collections::BTreeMap;

use super::super::facts::Wish;
use super::super::finding::Subject;
use super::{Case, Fact, Rule, Said, listed, say};
use crate::catalog::model::{Extension, Property, PropertyKind};
use crate::catalog::nearest;

pub(super) const ALL: &[Rule] = &[not_known, wrong_value, missing];

/// The extensions that are wished for and known, and whatever properties they are given.
fn wishes<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (&'static Extension, &'a Wish)> {
    let wishes = case.facts.extensions.known().into_iter().flatten();
    wishes.filter_map(|wish| {
        let extension = case.plan?.extension(&wish.name)?;
        wish.enabled.is(&true).then_some((extension, wish))
    })
}

fn given(wish: &Wish) -> impl Iterator<Item = (&String, &Fact<String>)> {
    wish.properties.known().into_iter().flatten()
}

fn property<'a>(extension: &'a Extension, name: &str) -> Option<&'a Property> {
    extension.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
}

/// MDC083
fn not_known(case: &Case<'_>) -> Vec<Said> {
    let pairs =
        wishes(case).flat_map(|(extension, wish)| given(wish).map(move |(name, _)| (extension, wish, name)));
    let said = pairs.filter(|(extension, _, name)| property(extension, name).is_none());
    said.map(|(extension, wish, name)| {
        let names = || extension.properties.iter().map(|property| property.name.as_str());
        let guess = nearest(name, names().map(|name| (name, name)));
        let guess = guess.map(|guess| format!("Did you mean {guess:?}? ")).unwrap_or_default();
        let detail = format!("{guess}Known properties of {}: {}.", extension.name, listed(names()));
        let subject = Subject::Property(wish.name.clone(), name.clone());
        say("MDC083", subject, "The property is not known", detail)
    })
    .collect()
}

/// MDC084. The value itself is not repeated: it may be long.
fn wrong_value(case: &Case<'_>) -> Vec<Said> {
    let values =
        wishes(case).flat_map(|(extension, wish)| given(wish).map(move |given| (extension, wish, given)));
    let said = values.filter_map(|(extension, wish, (name, value))| {
        let property = property(extension, name)?;
        let wanted = objection(property, value.known()?)?;
        let detail = format!("{} of {} takes {wanted}.", property.name, extension.name);
        let subject = Subject::Property(wish.name.clone(), name.clone());
        Some(say("MDC084", subject, "The property does not take this value", detail))
    });
    said.collect()
}

/// What a property takes, if the value is nothing of the kind.
fn objection(property: &Property, value: &str) -> Option<String> {
    if !property.values.is_empty() {
        let listed = listed(property.values.iter().map(String::as_str));
        let fits = property.values.iter().any(|one| one.eq_ignore_ascii_case(value));
        return (!fits).then(|| listed.replace(" and ", " or "));
    }
    let (fits, wanted) = match property.kind {
        PropertyKind::Text => (true, ""),
        PropertyKind::Flag => {
            (["true", "false"].iter().any(|flag| flag.eq_ignore_ascii_case(value)), "\"True\" or \"False\"")
        }
        PropertyKind::Integer => (value.parse::<i64>().is_ok(), "a whole number"),
        PropertyKind::JsonArray => {
            let array = serde_json::from_str::<Vec<serde_json::Value>>(value).is_ok();
            (array, "a JSON array as text; jsonencode([…]) writes one")
        }
        PropertyKind::Workspace => {
            let kind = "/providers/microsoft.operationalinsights/workspaces/";
            let lower = value.to_ascii_lowercase();
            (
                lower.starts_with("/subscriptions/") && lower.contains(kind),
                "the id of a Log Analytics workspace",
            )
        }
    };
    (!fits).then(|| wanted.to_owned())
}

/// MDC007. Azure keeps what a request does not name, so a property may be there already.
fn missing(case: &Case<'_>) -> Vec<Said> {
    let required = wishes(case).flat_map(|(extension, wish)| {
        extension
            .properties
            .iter()
            .filter(|property| property.required)
            .map(move |property| (extension, wish, property))
    });
    let said = required.filter_map(|(extension, wish, property)| {
        let named = match &wish.properties {
            Fact::Unknown => return None,
            Fact::Absent => false,
            Fact::Known(properties) => names(properties, &property.name),
        };
        let there = match &case.facts.live {
            Fact::Unknown => return None,
            Fact::Absent => false,
            Fact::Known(live) => live.extensions.iter().any(|(name, properties)| {
                name.eq_ignore_ascii_case(&wish.name)
                    && properties.iter().any(|name| name.eq_ignore_ascii_case(&property.name))
            }),
        };
        let detail = format!(
            "{0} does nothing without {1}. Write:\n\n    {0} = {{\n      properties = {{ {1} = azurerm_log_analytics_workspace.this.id }}\n    }}",
            extension.name, property.name
        );
        let subject = Subject::Extension(wish.name.clone());
        (!named && !there).then(|| say("MDC007", subject, "The extension needs a property", detail))
    });
    said.collect()
}

/// Whether a property is set, known or not.
fn names(properties: &BTreeMap<String, Fact<String>>, name: &str) -> bool {
    properties.iter().any(|(one, value)| one.eq_ignore_ascii_case(name) && !value.is_absent())
}
