//! Ends, in order of days, and what to do instead.

use super::markdown::{code, codes, numbers, table};
use crate::catalog::model::{Catalog, Cloud, Day, Effect, Lifecycle, Milestone, Reach};

/// Something that comes to its end.
struct Ending<'a> {
    what: String,
    lifecycle: &'a Lifecycle,
    /// The only cloud that it is about.
    cloud: Option<Cloud>,
}

pub(super) fn section(catalog: &Catalog) -> String {
    let endings = endings(catalog);
    let mut days: Vec<(Day, Vec<String>)> = endings.iter().flat_map(rows).collect();
    days.sort();
    let calendar =
        table(&["Day", "What", "What happens", "Clouds", "Rule"], days.into_iter().map(|(_, row)| row));
    let instead = endings.iter().map(|ending| {
        let sources = ending.lifecycle.sources.iter().map(String::as_str);
        vec![ending.what.clone(), ending.lifecycle.instead.clone(), numbers(catalog, sources)]
    });
    format!(
        "## Retirement dates\n\nWhat Azure refuses, and what nothing comes of, is an error for something new and a warning for what is \
         there already; what Azure refuses to everybody is an error for that, too. All else is a warning from its day on.\n\n\
         {calendar}\n### What to do instead\n\n{}",
        table(&["What", "Instead", "Sources"], instead)
    )
}

/// All that comes to an end: plans, sub-plans, extensions, components, their kinds, clouds.
fn endings<'a>(catalog: &'a Catalog) -> Vec<Ending<'a>> {
    let mut endings: Vec<Ending<'a>> = Vec::new();
    let mut add = |what: String, lifecycle: Option<&'a Lifecycle>, cloud| {
        endings.extend(lifecycle.map(|lifecycle| Ending { what, lifecycle, cloud }));
    };
    for plan in &catalog.plans {
        add(format!("Plan `{}`", plan.name), plan.lifecycle.as_ref(), None);
        for subplan in &plan.subplans {
            add(format!("Sub-plan `{}` of `{}`", subplan.name, plan.name), subplan.lifecycle.as_ref(), None);
        }
        for extension in &plan.extensions {
            let what = format!("Extension `{}` of `{}`", extension.name, plan.name);
            add(what, extension.lifecycle.as_ref(), None);
        }
    }
    for component in &catalog.components {
        add(format!("Component `{}`", component.id), component.lifecycle.as_ref(), None);
        for variant in &component.variants {
            let what = format!("Component `{}`, {}", component.id, variant.title);
            add(what, variant.lifecycle.as_ref(), None);
        }
    }
    for cloud in &catalog.clouds {
        let what = format!("Defender for Cloud in {}", cloud.title);
        add(what, cloud.lifecycle.as_ref(), Some(cloud.id));
    }
    endings
}

fn rows<'a>(ending: &'a Ending<'a>) -> impl Iterator<Item = (Day, Vec<String>)> + 'a {
    let row = |day: Day, happens: &str, clouds: &[Cloud]| {
        let clouds = match (ending.cloud, clouds) {
            (Some(cloud), _) => code(cloud.as_str()),
            (None, []) => "all".to_owned(),
            (None, clouds) => codes(clouds.iter().map(|cloud| cloud.as_str())),
        };
        let rule = code(&ending.lifecycle.rule);
        (day, vec![day.to_string(), ending.what.clone(), happens.to_owned(), clouds, rule])
    };
    // What happens on the same day says more.
    let happens_then = |day: Day| ending.lifecycle.milestones.iter().any(|milestone| milestone.on == day);
    let announced = ending.lifecycle.announced_on.filter(|day| !happens_then(*day));
    let announced = announced.map(|day| row(day, "Its end is announced.", &[]));
    let milestones = ending.lifecycle.milestones.iter();
    let milestones =
        milestones.map(move |milestone| row(milestone.on, &happens(milestone), &milestone.clouds));
    announced.into_iter().chain(milestones)
}

fn happens(milestone: &Milestone) -> String {
    let what = match (milestone.effect, milestone.applies_to) {
        (Effect::ApiRejects, Reach::All) => "Azure refuses it",
        (Effect::ApiRejects, Reach::NewEnablement) => "Azure refuses to switch it on where it is not on",
        (Effect::NoFunction, Reach::All) => "Nothing comes of it any more",
        (Effect::NoFunction, Reach::NewEnablement) => "Nothing comes of it where it is new",
        (Effect::DocsOnly, Reach::All) => {
            "Microsoft's pages call it retired or superseded; Azure may still take it"
        }
        (Effect::DocsOnly, Reach::NewEnablement) => "New subscriptions do not get it",
    };
    let code = milestone.code.as_ref().map(|code| format!(", with the error `{code}`"));
    format!("{what}{}.", code.unwrap_or_default())
}
