//! Ends: of plans, sub-plans, extensions, components, their variants, and of whole clouds. All of it is rows; this says
//! them.

use super::super::finding::{Severity, Subject};
use super::super::lifecycle::judge;
use super::super::severity::Standing;
use super::{Case, Fact, Grave, Rule, Said};
use crate::catalog::model::{Effect, Lifecycle, Milestone, Reach, Rule as Row};

pub(super) const ALL: &[Rule] = &[of_cloud, of_plan, of_subplan, of_extensions, of_component, of_variant];

/// Something that comes to its end.
struct Ending<'a> {
    lifecycle: &'a Lifecycle,
    title: String,
    subject: Subject,
    standing: Standing,
}

impl Ending<'_> {
    fn say(self, case: &Case<'_>) -> Option<Said> {
        let (cloud, date) = (case.facts.cloud.known().copied(), case.date?);
        let (severity, milestone) = judge(self.lifecycle, cloud, date, self.standing)?;
        let rule: &'static Row = case.catalog.rule(&self.lifecycle.rule)?;
        let ahead = self.lifecycle.milestones.iter().find(|next| next.on > date).map(what_is_ahead);
        let detail = format!(
            "{}{}\n\n{}{}",
            what_happens(self.lifecycle, milestone),
            ahead.unwrap_or_default(),
            self.lifecycle.instead,
            unaffected(milestone, self.standing)
        );
        let summary = format!("{} {}", self.title, outcome(self.lifecycle, milestone, severity));
        let grave = Grave::Exactly(severity);
        Some(Said { rule: &rule.id, grave, subject: self.subject, summary, detail })
    }
}

/// The end of the line that says what is at its end: whether that stops anything.
fn outcome(lifecycle: &Lifecycle, milestone: Option<&Milestone>, severity: Severity) -> &'static str {
    match milestone.map(|milestone| (milestone.effect, milestone.applies_to)) {
        None => "is to be retired",
        Some((Effect::ApiRejects, Reach::NewEnablement)) if severity == Severity::Error => {
            "cannot be switched on any more"
        }
        Some((Effect::ApiRejects | Effect::DocsOnly, Reach::NewEnablement)) => {
            "is closed to new subscriptions"
        }
        Some((Effect::DocsOnly, Reach::All)) if !lifecycle.replaced_by.is_empty() => "has been superseded",
        Some((Effect::ApiRejects | Effect::NoFunction | Effect::DocsOnly, _)) => "is retired",
    }
}

fn what_happens(lifecycle: &Lifecycle, milestone: Option<&Milestone>) -> String {
    let Some(milestone) = milestone else {
        let day = lifecycle.announced_on.map(|day| format!(" on {day}")).unwrap_or_default();
        return format!("Its end was announced{day}.");
    };
    let on = milestone.on;
    let code = milestone.code.as_ref().map(|code| format!(", with the error {code:?}")).unwrap_or_default();
    match (milestone.effect, milestone.applies_to) {
        (Effect::ApiRejects, Reach::All) => {
            format!("Since {on} Azure refuses it{code}, so an apply would fail.")
        }
        (Effect::ApiRejects, Reach::NewEnablement) => {
            format!("Since {on} Azure refuses to switch it on where it is not on{code}.")
        }
        (Effect::NoFunction, Reach::All) => format!("Since {on} nothing comes of it any more."),
        (Effect::NoFunction, Reach::NewEnablement) => {
            format!("Since {on} nothing comes of it where it is new.")
        }
        (Effect::DocsOnly, Reach::All) => format!("Microsoft's pages say so since {on}."),
        (Effect::DocsOnly, Reach::NewEnablement) => format!("New subscriptions do not get it since {on}."),
    }
}

fn what_is_ahead(next: &Milestone) -> String {
    match (next.effect, next.applies_to) {
        (Effect::ApiRejects, Reach::All) => format!(" From {} on Azure refuses it.", next.on),
        (Effect::ApiRejects, Reach::NewEnablement) => {
            format!(" From {} on Azure refuses to switch it on where it is not on.", next.on)
        }
        (Effect::NoFunction, _) => format!(" From {} on nothing comes of it any more.", next.on),
        (Effect::DocsOnly, _) => format!(" It takes effect on {}.", next.on),
    }
}

/// What is not affected.
fn unaffected(milestone: Option<&Milestone>, standing: Standing) -> &'static str {
    match (milestone.map(|milestone| milestone.applies_to), standing) {
        (Some(Reach::NewEnablement), Standing::Live) => {
            "\n\nWhat has it keeps it, here as well; once it is left there is no way back."
        }
        (Some(Reach::NewEnablement), Standing::New) => {
            "\n\nSubscriptions that have it keep it; this one does not have it."
        }
        (Some(Reach::NewEnablement), Standing::Unclear) => {
            "\n\nSubscriptions that have it keep it; whether this one does could not be read."
        }
        (Some(Reach::All) | None, _) => "",
    }
}

/// Whether the plan, with this sub-plan if one is meant, is on already.
fn standing_of_plan(case: &Case<'_>, subplan: Option<&str>) -> Standing {
    match &case.facts.live {
        Fact::Unknown => Standing::Unclear,
        Fact::Absent => Standing::New,
        Fact::Known(live) => {
            let same = subplan
                .is_none_or(|name| live.subplan.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(name)));
            if live.on && same { Standing::Live } else { Standing::New }
        }
    }
}

fn one(case: &Case<'_>, ending: Option<Ending<'_>>) -> Vec<Said> {
    ending.and_then(|ending| ending.say(case)).into_iter().collect()
}

/// Of the cloud itself; what is new makes no difference to it.
fn of_cloud(case: &Case<'_>) -> Vec<Said> {
    let row = case.facts.cloud.known().and_then(|cloud| case.catalog.cloud(*cloud));
    let ending = row.and_then(|row| {
        let title = format!("Defender for Cloud in {}", row.title);
        let lifecycle = row.lifecycle.as_ref()?;
        Some(Ending { lifecycle, title, subject: Subject::Cloud, standing: Standing::New })
    });
    one(case, ending)
}

fn of_plan(case: &Case<'_>) -> Vec<Said> {
    let ending = case.plan.filter(|_| case.is_wanted()).and_then(|plan| {
        let standing = standing_of_plan(case, None);
        let lifecycle = plan.lifecycle.as_ref()?;
        Some(Ending { lifecycle, title: plan.title.clone(), subject: Subject::Plan, standing })
    });
    one(case, ending)
}

fn of_subplan(case: &Case<'_>) -> Vec<Said> {
    let ending = case.plan.filter(|_| case.is_wanted()).and_then(|plan| {
        let subplan = plan.subplan(case.facts.subplan.known()?)?;
        let standing = standing_of_plan(case, Some(&subplan.name));
        let title = format!("{} of {}", subplan.name, plan.title);
        Some(Ending { lifecycle: subplan.lifecycle.as_ref()?, title, subject: Subject::Subplan, standing })
    });
    one(case, ending)
}

fn of_extensions(case: &Case<'_>) -> Vec<Said> {
    let Some(plan) = case.plan.filter(|_| case.is_wanted()) else { return Vec::new() };
    let wishes = case.facts.extensions.known().into_iter().flatten().filter(|wish| wish.enabled.is(&true));
    let endings = wishes.filter_map(|wish| {
        let extension = plan.extension(&wish.name)?;
        Some(Ending {
            lifecycle: extension.lifecycle.as_ref()?,
            title: format!("The product behind {}", extension.name),
            subject: Subject::Extension(wish.name.clone()),
            standing: standing_of_plan(case, None),
        })
    });
    endings.filter_map(|ending| ending.say(case)).collect()
}

fn of_component(case: &Case<'_>) -> Vec<Said> {
    let ending = case.component.filter(|_| case.is_wanted()).and_then(|component| {
        let lifecycle = component.lifecycle.as_ref()?;
        let title = component.title.clone();
        Some(Ending { lifecycle, title, subject: Subject::Component, standing: case.standing() })
    });
    one(case, ending)
}

fn of_variant(case: &Case<'_>) -> Vec<Said> {
    let ending = case.component.filter(|_| case.is_wanted()).and_then(|component| {
        let given = case.facts.variant.known()?;
        let is_meant = |name: &String| name.eq_ignore_ascii_case(given);
        let mut variants = component.variants.iter();
        let variant =
            variants.find(|variant| is_meant(&variant.id) || variant.aliases.iter().any(is_meant))?;
        Some(Ending {
            lifecycle: variant.lifecycle.as_ref()?,
            title: format!("{} {}", component.title, variant.title),
            subject: Subject::Component,
            standing: case.standing(),
        })
    });
    one(case, ending)
}
