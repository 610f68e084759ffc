//! From what was read to what is told. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::causes::{Cause, Policies, cause};
use super::expected::{Wish, differences};
use super::model::{Count, Difference, PlanModel, SubscriptionModel, Summary};
use crate::arm::Scope;
use crate::catalog::Catalog;
use crate::catalog::model::{Answer, Cloud, Day, Plan};
use crate::data_sources::reach;
use crate::fleet::Surveyed;
use crate::pricings::{Pricing, Tier};

/// What rows are judged by.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub(super) policies: &'a Policies,
    /// What plans should be, if that is said.
    pub(super) wishes: Option<&'a [Wish]>,
    pub(super) cloud: Option<Cloud>,
    pub(super) date: Option<Day>,
    /// Plans that any of the subscriptions lists.
    pub(super) listed: BTreeSet<String>,
}

impl Judge<'_> {
    /// A subscription, and what of it is not as it should be.
    pub(super) fn row(&self, surveyed: &Surveyed) -> (SubscriptionModel, Vec<Difference>) {
        let subscription = &surveyed.subscription;
        let registered = surveyed.is_registered();
        let listed = surveyed.plans.iter().flat_map(|plans| plans.iter());
        let plans: BTreeMap<String, PlanModel> =
            listed.map(|plan| self.plan(&subscription.scope, plan)).collect();
        let is_read = surveyed.unread().is_none();
        let wishes = self.wishes.filter(|_| is_read);
        let missing = if registered == Some(false) { Cause::NotRegistered } else { Cause::Unknown };
        let found = wishes
            .map(|wishes| differences(subscription.scope.as_str(), wishes, &plans, missing))
            .unwrap_or_default();
        let is_unmanaged = |(name, plan): &(&String, &PlanModel)| {
            let is_chosen = plan.enabled && plan.cause != Cause::AzureDefault;
            is_chosen && wishes.is_some_and(|wishes| wishes.iter().all(|wish| wish.plan != **name))
        };
        let row = SubscriptionModel {
            id: subscription.scope.to_string(),
            name: subscription.name.clone(),
            state: subscription.state.clone(),
            registered,
            problem: surveyed.unread().map(reach::in_words),
            as_expected: wishes.map(|_| found.is_empty()),
            unlisted_plans: if surveyed.plans.is_ok() { self.unlisted(&plans) } else { Vec::new() },
            unmanaged_plans: plans.iter().filter(is_unmanaged).map(|(name, _)| name.clone()).collect(),
            plans,
        };
        (row, found)
    }

    fn plan(&self, subscription: &Scope, plan: &Pricing) -> (String, PlanModel) {
        let known = Catalog::get().plan(&plan.name);
        let assignments =
            known.map(|known| self.policies.switching_on(subscription, known)).unwrap_or_default();
        let model = PlanModel {
            tier: plan.tier,
            enabled: plan.tier == Tier::Standard,
            subplan: plan.subplan.clone(),
            deprecated: plan.deprecated,
            inherited: plan.inherited,
            extensions: plan
                .extensions
                .iter()
                .map(|(name, extension)| (name.clone(), extension.enabled))
                .collect(),
            cause: cause(plan, known, &assignments),
            managed_by: plan.managed_by.clone(),
            policy_assignments: assignments,
        };
        (spelt(&plan.name), model)
    }

    /// Plans that a list could have: those of its cloud, where it is known which that is, and those that others have. Plans
    /// that come to their end are not missed.
    fn unlisted(&self, plans: &BTreeMap<String, PlanModel>) -> Vec<String> {
        let is_offered = |plan: &Plan| {
            let (Some(cloud), Some(date)) = (self.cloud, self.date) else { return false };
            plan.answer(cloud, date) == Answer::Yes
        };
        let offered =
            Catalog::get().plans.iter().filter(|plan| is_offered(plan)).map(|plan| plan.name.clone());
        let could_be: BTreeSet<String> = offered.chain(self.listed.iter().cloned()).collect();
        let stays = |name: &String| Catalog::get().plan(name).is_none_or(|plan| plan.lifecycle.is_none());
        could_be.into_iter().filter(|name| !plans.contains_key(name) && stays(name)).collect()
    }
}

/// Plans that any of the subscriptions lists.
pub(super) fn listed(rows: &[Surveyed]) -> BTreeSet<String> {
    let lists = rows.iter().filter_map(|row| row.plans.as_ref().ok());
    lists.flat_map(|plans| plans.iter()).map(|plan| spelt(&plan.name)).collect()
}

/// A plan's name in the letter case of the catalogue: Azure's is not the same in every answer.
fn spelt(name: &str) -> String {
    Catalog::get().plan(name).map_or_else(|| name.to_owned(), |known| known.name.clone())
}

/// All of it in numbers.
pub(super) fn summary(rows: &[SubscriptionModel], differences: usize) -> Summary {
    let mut summary = Summary { subscriptions: rows.len(), differences, ..Summary::default() };
    for row in rows {
        summary.unread += usize::from(row.problem.is_some());
        summary.unregistered += usize::from(row.registered == Some(false));
        for (name, plan) in &row.plans {
            let Count { on, off } = summary.plans.entry(name.clone()).or_default();
            *(if plan.enabled { on } else { off }) += 1;
        }
    }
    summary.on = summary.plans.values().map(|count| count.on).sum();
    summary.off = summary.plans.values().map(|count| count.off).sum();
    summary
}
