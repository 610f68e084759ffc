//! Subscriptions, many at a time: which there are, and the Defender plans of all of them.
//!
//! Knows no Terraform. [`Fleet::subscriptions`] finds those below a management group, those that are named, or all that
//! the caller sees; [`Fleet::survey`] has the plans of all of them: by Azure Resource Graph, a thousand rows a page, and
//! from the subscription itself where Graph has no rows. Graph lags behind by minutes, and has no rows of a subscription
//! that is not registered for Defender for Cloud or that the caller may not read; so the subscription says which it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;
use tokio::time::Instant;

use crate::arm::{Call, Client, Error, ErrorKind, Scope};
use crate::pricings::{Plans, Pricings};
use crate::subscriptions::{Subscription, Subscriptions};

const ASKING: &str = "asking Azure Resource Graph for the Defender plans";
/// How many subscriptions are read one by one at the same time: Azure counts reads by subscription and by tenant.
/// <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>
const AT_ONCE: usize = 8;

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

/// The plans of many subscriptions.
#[derive(Debug, Default)]
pub struct Survey {
    /// The subscriptions, in the order in which they were asked for.
    pub rows: Vec<Surveyed>,
    /// Why Azure Resource Graph could not be asked, so that each subscription was; nothing where it could.
    pub refused: Option<Error>,
}

/// A subscription with its plans.
#[derive(Debug)]
pub struct Surveyed {
    /// Which it is.
    pub subscription: Subscription,
    /// Its plans, or why they cannot be had.
    pub plans: Result<Arc<Plans>, Error>,
}

impl Surveyed {
    /// Whether it is registered for Defender for Cloud; nothing where that could not be seen.
    pub fn is_registered(&self) -> Option<bool> {
        match &self.plans {
            Ok(_) => Some(true),
            Err(error) if matches!(error.kind(), ErrorKind::NotRegistered { .. }) => Some(false),
            Err(_) => None,
        }
    }

    /// Why it could not be read, if that is so; that it is not registered has been read.
    pub fn unread(&self) -> Option<&Error> {
        self.plans.as_ref().err().filter(|_| self.is_registered().is_none())
    }
}

/// Subscriptions over HTTP.
#[derive(Debug)]
pub struct Fleet {
    client: Client,
    subscriptions: Subscriptions,
    pricings: Arc<Pricings>,
}

impl Fleet {
    /// Subscriptions by way of `client`; their own lists of plans are shared with everybody who has `pricings`. Nothing is
    /// sent yet.
    pub fn new(client: Client, pricings: Arc<Pricings>) -> Self {
        Self { subscriptions: Subscriptions::new(client.clone()), client, pricings }
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
            Reach::Below(group) => self.subscriptions.below(group, call).await?.subscriptions,
        };
        let found = wanted.into_iter().map(|one| {
            let key = key(&one.scope);
            let one = seen.remove(&key).unwrap_or(one);
            (key, one)
        });
        let found: BTreeMap<String, Subscription> = found.collect();
        Ok(found.into_values().collect())
    }

    /// The plans of these subscriptions: what Azure Resource Graph has, and of the others what they say themselves; of all
    /// of them where it is to be `exact`, or Graph cannot be asked. No subscription is registered for that.
    ///
    /// # Errors
    ///
    /// Where the caller is not signed in, or gave up. A subscription that cannot be read has its own error.
    pub async fn survey(
        &self,
        subscriptions: Vec<Subscription>,
        exact: bool,
        call: &Call,
    ) -> Result<Survey, Error> {
        let mut known = BTreeMap::new();
        let mut refused = None;
        if !exact {
            match self.plans(&subscriptions, &half(call)).await {
                Ok(plans) => known = plans,
                Err(error) if is_everywhere(&error) => return Err(error),
                Err(error) => refused = Some(error),
            }
        }
        let reads: Vec<_> = subscriptions
            .into_iter()
            .map(|subscription| {
                let found = known.remove(&key(&subscription.scope));
                async move {
                    let plans = match found {
                        Some(plans) => Ok(Arc::new(plans)),
                        None => self.pricings.look(&subscription.scope, call).await,
                    };
                    Surveyed { subscription, plans }
                }
            })
            .collect();
        let rows: Vec<Surveyed> = stream::iter(reads).buffered(AT_ONCE).collect().await;
        match rows.iter().filter_map(|row| row.plans.as_ref().err()).find(|error| is_everywhere(error)) {
            Some(error) => Err(error.clone()),
            None => Ok(Survey { rows, refused }),
        }
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
    ) -> Result<BTreeMap<String, Plans>, Error> {
        let scopes: Vec<Scope> = subscriptions.iter().map(|one| one.scope.clone()).collect();
        let mut entries: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        // Without a scope, a query reaches everything.
        let rows = if scopes.is_empty() {
            Vec::new()
        } else {
            self.client.query(&scopes, PLANS, ASKING, call).await?
        };
        for row in rows {
            let id = row["subscriptionId"].as_str().unwrap_or_default().to_ascii_lowercase();
            entries.entry(id).or_default().push(row);
        }
        Ok(entries.into_iter().map(|(id, entries)| (id, Plans::read(&entries))).collect())
    }
}

/// Half of the time that is left: where Azure Resource Graph takes all of its half, the subscriptions can still be asked.
fn half(call: &Call) -> Call {
    let now = Instant::now();
    let deadline = now + call.deadline.saturating_duration_since(now) / 2;
    Call { deadline, cancel: call.cancel.clone() }
}

/// Whether the same would come of every further request.
fn is_everywhere(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Credentials | ErrorKind::Settings)
}

fn key(scope: &Scope) -> String {
    scope.subscription_id().unwrap_or_default().to_owned()
}
