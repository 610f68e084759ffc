//! Subscriptions, many at a time: which there are, and the Defender plans of all of them.
//!
//! Knows no Terraform. [`Fleet::subscriptions`] finds those below a management group, those that are named, or all that
//! the caller sees; [`Fleet::plans`] asks Azure Resource Graph for the plans of all of them at once, a thousand rows a page.
//! Graph lags behind by minutes, and has no rows of a subscription that is not registered for Defender for Cloud:
//! such a one is not in the map. What must be exact is read with [`Pricings::list`](crate::pricings::Pricings::list).

use std::collections::BTreeMap;

use crate::arm::{Call, Client, Error, Scope};
use crate::pricings::Pricing;
use crate::subscriptions::{Subscription, Subscriptions};

const ASKING: &str = "asking Azure Resource Graph for the Defender plans";
/// As many subscriptions as one query of Azure's own example for many subscriptions names.
/// <https://learn.microsoft.com/azure/governance/resource-graph/troubleshoot/general#scenario-too-many-subscriptions>
const NAMED_AT_ONCE: usize = 1000;

/// The plans of subscriptions, without those of single resources.
const PLANS: &str = "securityresources | where type == 'microsoft.security/pricings' \
    | where id !contains '/resourcegroups/' | project id, name, subscriptionId, properties | order by id asc";

/// Which subscriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All that the caller sees.
    All,
    /// Those below a management group, at any depth.
    Below(Scope),
    /// These.
    Named(Vec<Scope>),
}

/// Subscriptions over HTTP.
#[derive(Debug)]
pub struct Fleet {
    client: Client,
    subscriptions: Subscriptions,
}

impl Fleet {
    /// Subscriptions by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { subscriptions: Subscriptions::new(client.clone()), client }
    }

    /// The subscriptions, sorted by id, in whatever state, also those that the caller may not read.
    ///
    /// # Errors
    ///
    /// Why they could not be listed.
    pub async fn subscriptions(&self, reach: &Reach, call: &Call) -> Result<Vec<Subscription>, Error> {
        let listed = self.subscriptions.all(call).await?;
        let mut seen: BTreeMap<String, Subscription> =
            listed.into_iter().map(|one| (key(&one.scope), one)).collect();
        let wanted: Vec<Subscription> = match reach {
            Reach::All => return Ok(seen.into_values().collect()),
            Reach::Named(scopes) => scopes.iter().cloned().map(Subscription::from).collect(),
            Reach::Below(group) => self.subscriptions.below(group, call).await?,
        };
        let found = wanted.into_iter().map(|one| {
            let key = key(&one.scope);
            let one = seen.remove(&key).unwrap_or(one);
            (key, one)
        });
        let found: BTreeMap<String, Subscription> = found.collect();
        Ok(found.into_values().collect())
    }

    /// The plans that Azure Resource Graph has, by subscription id in lower case.
    ///
    /// # Errors
    ///
    /// Why it could not be asked.
    pub async fn plans(
        &self,
        subscriptions: &[Subscription],
        call: &Call,
    ) -> Result<BTreeMap<String, Vec<Pricing>>, Error> {
        let scopes: Vec<Scope> = subscriptions.iter().map(|one| one.scope.clone()).collect();
        let mut plans: BTreeMap<String, Vec<Pricing>> = BTreeMap::new();
        for named in scopes.chunks(NAMED_AT_ONCE) {
            for row in self.client.query(named, PLANS, ASKING, call).await? {
                let id = row["subscriptionId"].as_str().unwrap_or_default().to_ascii_lowercase();
                match Pricing::from_body(&row) {
                    Ok(plan) => plans.entry(id).or_default().push(plan),
                    Err(problem) => tracing::warn!("{problem}"),
                }
            }
        }
        Ok(plans)
    }
}

fn key(scope: &Scope) -> String {
    scope.subscription_id().unwrap_or_default().to_owned()
}
