//! Reading: one list of plans a subscription, several subscriptions at once.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::names::slug;
use super::{Estate, Holding};
use crate::arm::{Call, Error, Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::context::Context;
use crate::pricings::{Pricing, Tier};
use crate::subscriptions::Subscription;

/// How many subscriptions are read at the same time: Azure counts reads by subscription and by tenant.
/// <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
const AT_ONCE: usize = 8;

/// How long one subscription may take, waits that Azure asks for included.
const PATIENCE: Duration = Duration::from_secs(300);

/// A scope that could not be read, and why.
#[derive(Debug)]
pub struct Failed {
    /// The subscription or management group.
    pub scope: Scope,
    /// Why.
    pub error: Error,
}

/// Reads the subscriptions among the scopes, and those below the management groups among them. Plans that are off are
/// written only if that is asked for, and never those that other plans have replaced.
///
/// # Errors
///
/// Where the context has no way to Azure. What cannot be read stands in the estate's failures.
pub async fn read(
    context: &Context,
    scopes: &[Scope],
    include_free: bool,
) -> tfplugin_protocol::Result<Estate> {
    let (pricings, subscriptions) = (context.pricings()?, context.subscriptions()?);
    let mut estate = Estate::default();
    let mut wanted: BTreeMap<String, Subscription> = BTreeMap::new();
    let mut note = |found: Subscription| {
        let known = wanted.entry(found.scope.as_str().to_ascii_lowercase()).or_insert_with(|| found.clone());
        if known.name.is_none() {
            known.name = found.name;
        }
    };
    for scope in scopes {
        if scope.kind() != ScopeKind::ManagementGroup {
            note(Subscription::from(scope.clone()));
            continue;
        }
        match subscriptions.below(scope, &call()).await {
            Ok(found) => found.into_iter().for_each(&mut note),
            Err(error) => estate.failures.push(Failed { scope: scope.clone(), error }),
        }
    }
    let read_one = |Subscription { scope, name, state: _ }: Subscription| async move {
        let plans = pricings.list(&scope, &call()).await;
        // A name is for people; where it cannot be read, the id does.
        let name = match name {
            None if plans.is_ok() => subscriptions.name(&scope, &call()).await.unwrap_or_default(),
            name => name,
        };
        (scope, name, plans)
    };
    let mut answers = stream::iter(wanted.into_values().map(read_one)).buffer_unordered(AT_ONCE);
    while let Some((scope, name, plans)) = answers.next().await {
        match plans {
            Ok(plans) => estate.holdings.push(holding(scope, name, &plans, include_free)),
            Err(error) => estate.failures.push(Failed { scope, error }),
        }
    }
    let order = |holding: &Holding| (slug(holding.name.as_deref().unwrap_or("~")), holding.scope.to_string());
    estate.holdings.sort_by_cached_key(order);
    estate.failures.sort_by_cached_key(|failed| failed.scope.to_string());
    Ok(estate)
}

fn call() -> Call {
    Call { deadline: Instant::now() + PATIENCE, cancel: CancellationToken::new() }
}

/// Sorts the plans into those that are written and those that are not.
fn holding(scope: Scope, name: Option<String>, plans: &[Pricing], include_free: bool) -> Holding {
    let is_replaced = |plan: &Pricing| plan.deprecated || !plan.replaced_by.is_empty();
    let is_written = |plan: &Pricing| plan.tier == Tier::Standard || (include_free && !is_replaced(plan));
    // Azure's ids are not the same in every answer; the provider writes names as the catalogue does.
    let spelled = |plan: &Pricing| {
        let known = Catalog::get().plan(&plan.name).map(|known| known.name.clone());
        Pricing { name: known.unwrap_or_else(|| plan.name.clone()), ..plan.clone() }
    };
    let (mut on, mut off): (Vec<_>, Vec<_>) = plans.iter().map(spelled).partition(is_written);
    on.sort_by(|one, other| one.name.cmp(&other.name));
    off.sort_by(|one, other| one.name.cmp(&other.name));
    Holding { scope, name, plans: on, off: off.into_iter().map(|plan| plan.name).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_off_is_written_only_where_asked_for_and_not_if_replaced() {
        let plan = |name: &str, tier: &str, replaced: bool| {
            let replaced_by = if replaced { json!(["Containers"]) } else { json!(null) };
            let properties = json!({"pricingTier": tier, "deprecated": replaced, "replacedBy": replaced_by});
            Pricing::from_body(&json!({"name": name, "properties": properties})).unwrap()
        };
        let plans = [
            plan("keyvaults", "Standard", false),
            plan("Dns", "Standard", true),
            plan("KubernetesService", "Free", true),
            plan("Arm", "Free", false),
        ];
        let scope: Scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        for (include_free, written, off) in [
            (false, vec!["Dns", "KeyVaults"], vec!["Arm", "KubernetesService"]),
            (true, vec!["Arm", "Dns", "KeyVaults"], vec!["KubernetesService"]),
        ] {
            let found = holding(scope.clone(), None, &plans, include_free);
            let names: Vec<_> = found.plans.iter().map(|plan| plan.name.as_str()).collect();
            assert_eq!((names, found.off), (written, off.into_iter().map(str::to_owned).collect()));
        }
    }
}
