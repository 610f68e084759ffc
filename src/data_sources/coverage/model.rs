//! Arguments and results; what they mean stands in the schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::Attr;

use super::causes::Cause;
use crate::pricings::Tier;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::data_sources) struct Model {
    pub(super) id: Attr<String>,
    pub(super) scopes: Attr<Vec<Attr<String>>>,
    pub(super) management_group: Attr<String>,
    pub(super) exact: Attr<bool>,
    pub(super) expected: Attr<Expected>,
    pub(super) subscriptions: Attr<Vec<SubscriptionModel>>,
    pub(super) differences: Attr<Vec<Difference>>,
    pub(super) summary: Attr<Summary>,
}

/// What plans should be, by name.
pub(super) type Expected = BTreeMap<String, Attr<Expectation>>;

/// What a plan should be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::data_sources) struct Expectation {
    pub(super) tier: Attr<Tier>,
    pub(super) subplan: Attr<String>,
    pub(super) extensions: Attr<BTreeMap<String, Attr<bool>>>,
}

/// A subscription.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::data_sources) struct SubscriptionModel {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) state: Option<String>,
    pub(super) registered: Option<bool>,
    pub(super) problem: Option<String>,
    pub(super) as_expected: Option<bool>,
    pub(super) plans: BTreeMap<String, PlanModel>,
    pub(super) unlisted_plans: Vec<String>,
    pub(super) unmanaged_plans: Vec<String>,
}

/// A plan of a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::data_sources) struct PlanModel {
    pub(super) tier: Tier,
    pub(super) enabled: bool,
    pub(super) subplan: Option<String>,
    pub(super) deprecated: bool,
    pub(super) inherited: Option<bool>,
    pub(super) extensions: BTreeMap<String, bool>,
    pub(super) cause: Cause,
    pub(super) managed_by: Option<String>,
    pub(super) policy_assignments: Vec<String>,
}

/// Something that is not as expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::data_sources) struct Difference {
    pub(super) subscription: String,
    pub(super) plan: String,
    pub(super) path: String,
    pub(super) expected: String,
    pub(super) actual: Option<String>,
    pub(super) cause: Cause,
}

/// All of it in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::data_sources) struct Summary {
    pub(super) subscriptions: usize,
    pub(super) unread: usize,
    pub(super) unregistered: usize,
    pub(super) on: usize,
    pub(super) off: usize,
    pub(super) differences: usize,
    pub(super) plans: BTreeMap<String, Count>,
}

/// Subscriptions in which a plan is on, and off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::data_sources) struct Count {
    pub(super) on: usize,
    pub(super) off: usize,
}
