//! What a day means for something that comes to its end.

use super::finding::Severity;
use super::severity::Standing;
use crate::catalog::model::{Cloud, Confidence, Day, Effect, Lifecycle, Milestone, Reach};

/// What is to be said of it on a day, and the milestone that says so; none where it was only announced.
pub(super) fn judge(
    lifecycle: &Lifecycle,
    cloud: Option<Cloud>,
    date: Day,
    standing: Standing,
) -> Option<(Severity, Option<&Milestone>)> {
    let counts = |milestone: &&Milestone| {
        let here = cloud.map_or(milestone.clouds.is_empty(), |cloud| milestone.is_in(cloud));
        milestone.on <= date && here
    };
    let past = lifecycle.milestones.iter().filter(counts);
    let gravest = past.map(|milestone| (severity(milestone, standing), Some(milestone)));
    // The latest of equally grave ones is the one to tell.
    let gravest = gravest.max_by_key(|(severity, milestone)| (*severity, milestone.map(|m| m.on)));
    let announced = lifecycle.announced_on.is_some_and(|day| day <= date);
    gravest.or_else(|| announced.then_some((Severity::Warning, None)))
}

/// Whether Azure takes back nobody who has left it, on this day.
pub(super) fn is_closed(lifecycle: &Lifecycle, date: Day) -> bool {
    lifecycle.closed_on().is_some_and(|day| day <= date)
}

fn severity(milestone: &Milestone, standing: Standing) -> Severity {
    let new = standing == Standing::New;
    match (milestone.effect, milestone.applies_to) {
        (Effect::ApiRejects, Reach::All) => Severity::Error,
        (Effect::ApiRejects, Reach::NewEnablement) if new => Severity::Error,
        (Effect::NoFunction, _) if new && milestone.confidence == Confidence::High => Severity::Error,
        (Effect::ApiRejects | Effect::NoFunction | Effect::DocsOnly, _) => Severity::Warning,
    }
}

/// Whether a milestone leaves nobody out.
pub(super) fn is_for_all(milestone: &Milestone) -> bool {
    milestone.applies_to == Reach::All
}
