//! What the rules say of a plan, at the attributes that they are about. Azure is asked only where its answer could change
//! what is said, and no answer is no error.

use std::collections::BTreeSet;

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Diagnostics, Result, Severity};

use super::apply::{Leave, leave};
use super::facts;
use super::model::Model;
use super::state::Before;
use crate::arm::{self, Scope};
use crate::availability::{Fact, Facts, Finding};
use crate::catalog::Catalog;
use crate::catalog::model::{Answer, Cloud};
use crate::context::{Context, RuleSettings, look_ahead};
use crate::diagnostics::{of_findings, tell};
use crate::pricings::{Pricing, Pricings, Tier, plan_named};

/// A plan that is planned.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) config: &'a Model,
    pub(super) prior: Option<&'a Model>,
    pub(super) planned: &'a Model,
    pub(super) scope: Option<&'a Scope>,
    /// Whether Azure has to be told.
    pub(super) writes: bool,
}

/// Errors that a configuration shows by itself, on any day. Warnings wait for the plan, which shows them once.
pub(super) fn check(rules: &RuleSettings, config: &Model, scope: Option<&Scope>) -> Diagnostics {
    let findings = rules.judge(&facts::of_config(config, scope));
    told(findings).into_iter().filter(|said| said.severity == Severity::Error).collect()
}

/// Says everything that the rules find of a plan.
///
/// # Errors
///
/// Where one of them is an error.
pub(super) async fn judge(call: &mut Call<Context>, subject: Subject<'_>) -> Result<()> {
    let Some(context) = call.context_if_configured() else { return Ok(()) };
    let look = Look { context: &context, call: look_ahead(call), scope: subject.scope };
    let facts = look.complete(subject).await;
    tell(call, told(context.rules.judge(&facts)))
}

/// Says what the rules find of a deletion. It is not stopped by them, unless that was asked for: Azure has the last word.
///
/// # Errors
///
/// Where one of them was made an error.
pub(super) async fn judge_deletion(
    call: &mut Call<Context>,
    prior: &Model,
    scope: &Scope,
    name: &str,
) -> Result<()> {
    let Some(context) = call.context_if_configured() else { return Ok(()) };
    let before = Before::recorded(&call.private, &Pricings::id(scope, name));
    let live = facts::live_in_state(prior);
    let place = Facts {
        plan: Fact::Known(name.to_owned()),
        resource_level: Fact::Known(facts::is_single(scope)),
        cloud: context.cloud,
        ..Facts::default()
    };
    let left = match leave(prior, scope, name, before) {
        Leave::AsItIs | Leave::Unknown => return Ok(()),
        Leave::Inherited => Facts { removed: Fact::Known(true), ..place },
        Leave::Setting(wanted) => {
            let on = wanted.tier == Tier::Standard;
            let stays = on == live.on && (!on || wanted.subplan == live.subplan);
            if stays {
                place
            } else {
                Facts { enabled: Fact::Known(on), subplan: wanted.subplan.into(), ..place }
            }
        }
    };
    let look = Look { context: &context, call: look_ahead(call), scope: Some(scope) };
    let facts = look.with_permissions(Facts { live: Fact::Known(live), ..left }).await;
    tell(call, told(context.rules.judge_mildly(&facts, |_| true)))
}

fn told(findings: Vec<Finding>) -> Diagnostics {
    of_findings(findings, facts::path)
}

/// A look at Azure.
struct Look<'a> {
    context: &'a Context,
    call: arm::Call,
    scope: Option<&'a Scope>,
}

impl Look<'_> {
    /// All facts that matter.
    async fn complete(&self, subject: Subject<'_>) -> Facts {
        let Subject { config, prior, planned, scope, writes } = subject;
        let mut facts = facts::of_plan(config, planned, scope);
        facts.cloud = self.context.cloud;
        if let Some(prior) = prior {
            facts.live = Fact::Known(facts::live_in_state(prior));
        }
        if let (Some(scope), Some(name)) = (scope, planned.name.known()) {
            if writes {
                facts = self.with_permissions(facts).await;
            }
            self.note_overrides(&mut facts, scope, name);
            self.ask(&mut facts, scope, name).await;
            facts.enforced_above = self.enforced_above(scope, name, writes).await;
        }
        facts
    }

    /// Machines of this configuration that a subscription's plan would not let differ.
    fn note_overrides(&self, facts: &mut Facts, scope: &Scope, name: &str) {
        if facts::is_single(scope) {
            return;
        }
        let id = Pricings::id(scope, name);
        if let Fact::Known(enforce) = facts.enforce {
            self.context.note_enforcement(&id, enforce);
        }
        facts.overrides = Fact::Known(self.context.managed_below(scope.as_str(), name).into_iter().collect());
    }

    /// What Azure has and offers: from what was listed anyway, or from a list where that could change what is said.
    async fn ask(&self, facts: &mut Facts, scope: &Scope, name: &str) {
        let Ok(pricings) = self.context.pricings() else { return };
        let asks = asks_for_live(&self.context.rules, facts, name) || asks_for_offer(facts, scope, name);
        let listed = match pricings.seen(scope) {
            Some(listed) => Some(listed),
            None if asks && !self.context.is_applying() => match pricings.list(scope, &self.call).await {
                Ok(listed) => Some(listed),
                Err(error) => {
                    tracing::warn!(%error, "the rules do without what Azure has now");
                    facts.offered = Fact::Absent;
                    None
                }
            },
            None => None,
        };
        let Some(listed) = listed else { return };
        let missing = if listed.problem(name).is_some() { Fact::Unknown } else { Fact::Absent };
        facts.live = plan_named(&listed, name).map_or(missing, facts::live_in_azure);
        let unreadable = listed.unreadable().iter().map(|entry| &entry.name);
        let offered = listed.iter().map(|plan: &Pricing| &plan.name).chain(unreadable);
        facts.offered = Fact::Known(offered.cloned().collect::<BTreeSet<_>>());
    }

    /// Whether the subscription of a single resource lets it differ: as it is planned in this run, or as it is.
    async fn enforced_above(&self, scope: &Scope, name: &str, writes: bool) -> Fact<bool> {
        let parent = scope.subscription_id().filter(|_| facts::is_single(scope));
        let parent: Option<Scope> = parent.and_then(|id| format!("/subscriptions/{id}").parse().ok());
        let (Some(parent), Ok(pricings)) = (parent, self.context.pricings()) else { return Fact::Unknown };
        if let Some(planned) = self.context.planned_enforcement(&Pricings::id(&parent, name)) {
            return Fact::Known(planned);
        }
        if !writes || self.context.is_applying() {
            return Fact::Unknown;
        }
        match pricings.list(&parent, &self.call).await {
            Ok(listed) => plan_named(&listed, name).and_then(|plan| plan.enforce).into(),
            Err(error) => {
                tracing::warn!(%error, "the rules do without the subscription's plans");
                Fact::Unknown
            }
        }
    }

    /// What the caller may do, where that is compared.
    async fn with_permissions(&self, mut facts: Facts) -> Facts {
        let Some(scope) = self.scope else { return facts };
        if let Some(granted) = self.context.granted(scope, &self.call).await {
            facts.granted = Fact::Known(granted);
            facts.scope = Fact::Known(scope.as_str().to_owned());
        }
        facts
    }
}

/// Whether what Azure has now could change what is said.
fn asks_for_live(rules: &RuleSettings, facts: &Facts, name: &str) -> bool {
    let words = |facts: &Facts| {
        let findings = rules.judge(facts).into_iter();
        findings.map(|finding| (finding.rule.id.as_str(), finding.severity)).collect::<Vec<_>>()
    };
    if !facts.live.is_unknown() {
        return false;
    }
    let now = words(facts);
    let possible = facts::possibilities(Catalog::get().plan(name)).into_iter();
    possible.map(|live| Facts { live, ..facts.clone() }).any(|facts| words(&facts) != now)
}

/// Whether it is in doubt that Azure offers the plan: it is not known here, or the cloud is not known to have it.
fn asks_for_offer(facts: &Facts, scope: &Scope, name: &str) -> bool {
    let Some(plan) = Catalog::get().plan(name) else { return true };
    let elsewhere = facts.cloud.known().filter(|cloud| **cloud != Cloud::Public);
    elsewhere.is_some_and(|cloud| !facts::is_single(scope) && plan.clouds.get(cloud) != Some(&Answer::Yes))
}
