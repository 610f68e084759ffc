//! Extensions of plans: which plan and sub-plan has which, and what they need.

use super::super::facts::Wish;
use super::super::finding::Subject;
use super::{Case, Fact, Rule, Said, listed, say};
use crate::catalog::model::{Extension, Plan};
use crate::catalog::nearest;

pub(super) const ALL: &[Rule] =
    &[not_known, not_in_subplan, gating, always_on, none_listed, direct_onboarding];

/// The property that switches gated deployment on, and what it takes besides the sensor.
/// <https://learn.microsoft.com/azure/defender-for-cloud/support-matrix-defender-for-containers>
const GATING: (&str, &str) = ("ContainerSensor", "SecurityGatingEnabled");
const GATING_NEEDS: [&str; 2] =
    ["ContainerIntegrityContribution", "ContainerRegistriesVulnerabilityAssessments"];
/// Servers without Azure Arc. <https://learn.microsoft.com/azure/defender-for-cloud/plan-defender-for-servers-select-plan>
const DIRECT_ONBOARDING: &str = "MdeDesignatedSubscription";

/// The extensions that are wished for, of a plan that the catalogue has.
fn wishes<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (&'static Plan, &'a Wish)> {
    let plan = case.plan.filter(|_| case.is_wanted());
    plan.into_iter()
        .flat_map(|plan| case.facts.extensions.known().into_iter().flatten().map(move |wish| (plan, wish)))
}

/// The sub-plan that the plan will have: the one that is named, or the one that it has, or Azure's default.
fn subplan<'a>(case: &'a Case<'_>, plan: &'static Plan) -> Option<&'a str> {
    let default = || plan.default_subplan().map(|subplan| subplan.name.as_str());
    match (&case.facts.subplan, &case.facts.live) {
        (Fact::Known(name), _) => Some(name),
        (Fact::Unknown, _) | (Fact::Absent, Fact::Unknown) => None,
        (Fact::Absent, Fact::Absent) => default(),
        (Fact::Absent, Fact::Known(live)) => live.subplan.as_deref().or_else(default),
    }
}

/// MDC082: also where only the letter case is another one, which Azure takes, and answers with its own.
fn not_known(case: &Case<'_>) -> Vec<Said> {
    let said = wishes(case).filter_map(|(plan, wish)| {
        let subject = Subject::Extension(wish.name.clone());
        if let Some(known) = plan.extension(&wish.name).or_else(|| elsewhere(case, &wish.name)) {
            let detail = format!("Azure writes it {:?}, not {:?}.", known.name, wish.name);
            let summary = "Azure spells the extension differently";
            return (known.name != wish.name).then(|| say("MDC082", subject, summary, detail));
        }
        let names = || plan.extensions.iter().map(|extension| extension.name.as_str());
        let guess = nearest(&wish.name, names().map(|name| (name, name)));
        let guess = guess.map(|guess| format!("Did you mean {guess:?}? ")).unwrap_or_default();
        let detail = format!(
            "{guess}Known extensions of the plan {}: {}. If Azure has a newer one of this name, it works, but nothing \
             about it can be checked beforehand.",
            plan.name,
            listed(names())
        );
        Some(say("MDC082", subject, "The extension is not known", detail))
    });
    said.collect()
}

/// The extension of this name of any plan.
fn elsewhere(case: &Case<'_>, name: &str) -> Option<&'static Extension> {
    case.catalog.plans.iter().find_map(|plan| plan.extension(name))
}

/// MDC006
fn not_in_subplan(case: &Case<'_>) -> Vec<Said> {
    wishes(case).filter_map(|(plan, wish)| misplaced(case, plan, wish)).collect()
}

fn misplaced(case: &Case<'_>, plan: &'static Plan, wish: &Wish) -> Option<Said> {
    let subject = Subject::Extension(wish.name.clone());
    let Some(extension) = plan.extension(&wish.name) else {
        let having = case.catalog.plans.iter().filter(|plan| plan.extension(&wish.name).is_some());
        let having: Vec<&str> = having.map(|plan| plan.name.as_str()).collect();
        let others = listed(having.iter().copied());
        let detail = format!(
            "{} is an extension of {others}, not of {}. Remove it here, and list it in a defender_plan of {others}.",
            wish.name, plan.name
        );
        return (!having.is_empty())
            .then(|| say("MDC006", subject, "The extension belongs to another plan", detail));
    };
    let subplan = subplan(case, plan)?;
    // One that the sub-plan lacks is off, and that is what was asked for.
    if extension.is_in(subplan) || !wish.enabled.is(&true) {
        return None;
    }
    let having = listed(extension.subplans.iter().map(String::as_str));
    let detail = format!(
        "{} comes with {having} of plan {} only; with {subplan} Azure refuses the whole request. Write:\n\n    \
         subplan = {:?}\n\nor remove the extension. Everything else that {subplan} has works without it.",
        extension.name, plan.name, extension.subplans[0]
    );
    Some(say("MDC006", subject, "The sub-plan does not have the extension", detail))
}

/// MDC045
fn gating(case: &Case<'_>) -> Vec<Said> {
    let all: Vec<_> = wishes(case).collect();
    let on = |wish: &Wish| {
        let properties = wish.properties.known().into_iter().flatten();
        let mut values = properties.filter(|(name, _)| name.eq_ignore_ascii_case(GATING.1));
        let set =
            values.any(|(_, value)| value.known().is_some_and(|text| text.eq_ignore_ascii_case("true")));
        wish.name.eq_ignore_ascii_case(GATING.0) && wish.enabled.is(&true) && set
    };
    if !all.iter().any(|(_, wish)| on(wish)) {
        return Vec::new();
    }
    let off = |name: &&str| {
        all.iter().any(|(_, wish)| wish.name.eq_ignore_ascii_case(name) && wish.enabled.is(&false))
    };
    let missing: Vec<&str> = GATING_NEEDS.into_iter().filter(off).collect();
    let said = missing.iter().map(|name| {
        let detail = format!(
            "{} = \"True\" holds images back by what {} find, and {name} is switched off here. Switch it on, or take the \
             property away.",
            GATING.1,
            listed(GATING_NEEDS)
        );
        say("MDC045", Subject::Extension((*name).to_owned()), "Gated deployment needs the extension", detail)
    });
    said.collect()
}

/// MDC047
fn always_on(case: &Case<'_>) -> Vec<Said> {
    let Some(cloud) = case.facts.cloud.known() else { return Vec::new() };
    let said = wishes(case).filter_map(|(plan, wish)| {
        let extension = plan.extension(&wish.name)?;
        let refused = extension.always_on.contains(cloud) && wish.enabled.is(&false);
        let detail = format!(
            "In {} {} is always on with the plan {}, and cannot be switched off.",
            super::components::cloud_title(case, *cloud),
            extension.name,
            plan.name
        );
        refused.then(|| {
            let subject = Subject::Extension(wish.name.clone());
            say("MDC047", subject, "The extension is always on in this cloud", detail)
        })
    });
    said.collect()
}

/// MDC053
fn none_listed(case: &Case<'_>) -> Vec<Said> {
    let Some(plan) = case.plan.filter(|plan| plan.portal_enables_extensions) else { return Vec::new() };
    let newly = match &case.facts.live {
        Fact::Absent => true,
        Fact::Known(live) => !live.on,
        Fact::Unknown => false,
    };
    let none = match &case.facts.extensions {
        Fact::Absent => true,
        Fact::Known(wishes) => wishes.is_empty(),
        Fact::Unknown => false,
    };
    if !newly || !none || !case.is_wanted() {
        return Vec::new();
    }
    let names: Vec<String> =
        plan.extensions.iter().map(|extension| format!("      {} = {{}}", extension.name)).collect();
    let detail = format!(
        "The portal switches the extensions of {} on with the plan; no page says so of the API, which takes its own \
         defaults. Without them the plan is paid for and covers little. List those that you want:\n\n    extensions = {{\n{}\n    }}",
        plan.title,
        names.join("\n")
    );
    vec![say("MDC053", Subject::Extensions, "The plan is switched on without extensions", detail)]
}

/// MDC013
fn direct_onboarding(case: &Case<'_>) -> Vec<Said> {
    let said = wishes(case).filter_map(|(plan, wish)| {
        let newly = match &case.facts.live {
            Fact::Absent => true,
            Fact::Known(live) => !live.extensions.keys().any(|name| name.eq_ignore_ascii_case(&wish.name)),
            Fact::Unknown => false,
        };
        let chosen = wish.name.eq_ignore_ascii_case(DIRECT_ONBOARDING) && wish.enabled.is(&true);
        if !newly || !chosen || subplan(case, plan)? != "P2" {
            return None;
        }
        let detail = format!(
            "Servers that {DIRECT_ONBOARDING} brings without Azure Arc get the functions of P1, and premium vulnerability \
             management, also where the subscription has P2. For all of P2 connect them to Azure Arc."
        );
        let subject = Subject::Extension(wish.name.clone());
        Some(say("MDC013", subject, "Servers onboarded directly do not get all of P2", detail))
    });
    said.collect()
}
