//! Subscriptions: which there are, which of them lie below a management group, and what people call them.
//!
//! Knows no Terraform and no Defender. <https://learn.microsoft.com/rest/api/resources/subscriptions>,
//! <https://learn.microsoft.com/rest/api/managementgroups/management-groups/get-descendants>

use std::collections::BTreeMap;

use serde_json::Value;

use crate::arm::{Call, Client, Error, Request, Scope, ScopeKind};

const SUBSCRIPTION_VERSION: &str = "2022-12-01";
const GROUP_VERSION: &str = "2020-05-01";

/// <https://learn.microsoft.com/azure/governance/resource-graph/samples/samples-by-category#management-groups>
const CHAINS: &str = "resourcecontainers | where type == 'microsoft.resources/subscriptions' \
    | project id, subscriptionId, chain = properties.managementGroupAncestorsChain | order by id asc";

/// Subscriptions over HTTP.
#[derive(Debug)]
pub struct Subscriptions {
    client: Client,
}

/// A subscription, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The subscription.
    pub scope: Scope,
    /// The name that people gave it, if it has one.
    pub name: Option<String>,
    /// Azure's word for its state, such as `Enabled` or `Disabled`; nothing where it was not read.
    pub state: Option<String>,
}

impl Subscription {
    /// Whether plans of it can be read and set: it is enabled, or only its bill is late.
    /// <https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states>
    pub fn is_usable(&self) -> bool {
        self.state.as_deref().is_some_and(|state| ["Enabled", "PastDue", "Warned"].contains(&state))
    }
}

/// What is below a management group, without states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Below {
    /// The subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// The management groups, of which as much is known.
    pub groups: Vec<Subscription>,
}

/// As much as a scope alone tells.
impl From<Scope> for Subscription {
    fn from(scope: Scope) -> Self {
        Self { scope, name: None, state: None }
    }
}

impl Subscriptions {
    /// Subscriptions by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The name that people gave a subscription.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn name(&self, scope: &Scope, call: &Call) -> Result<Option<String>, Error> {
        let request =
            Request::get(scope.as_str(), SUBSCRIPTION_VERSION).act("reading the subscription's name");
        let response = self.client.send(request, call).await?;
        Ok(text(&response.body["displayName"]))
    }

    /// All subscriptions that the caller may read.
    ///
    /// # Errors
    ///
    /// Why the list could not be had.
    pub async fn all(&self, call: &Call) -> Result<Vec<Subscription>, Error> {
        let request = Request::get("/subscriptions", SUBSCRIPTION_VERSION).act("listing the subscriptions");
        Ok(self.client.list(request, call).await?.iter().filter_map(of_list).collect())
    }

    /// What is below a management group, at any depth.
    ///
    /// # Errors
    ///
    /// Why the list could not be had.
    pub async fn below(&self, group: &Scope, call: &Call) -> Result<Below, Error> {
        let path = format!("{group}/descendants");
        let request = Request::get(path, GROUP_VERSION).act("listing what is below the management group");
        let found = self.client.list(request, call).await?;
        let found: Vec<Subscription> = found.iter().filter_map(of_descendant).collect();
        let is_subscription = |found: &Subscription| found.scope.kind() == ScopeKind::Subscription;
        let (subscriptions, groups) = found.into_iter().partition(is_subscription);
        Ok(Below { subscriptions, groups })
    }

    /// The names of the management groups above each of these subscriptions, the nearest first, by the subscription's id in
    /// lower case: by Azure Resource Graph.
    ///
    /// # Errors
    ///
    /// Why they could not be had.
    pub async fn ancestors(&self, of: &[Scope], call: &Call) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let act = "asking Azure Resource Graph for management groups";
        let rows = self.client.query(of, CHAINS, act, call).await?;
        let chain = |row: &Value| -> Option<(String, Vec<String>)> {
            let groups = row["chain"].as_array().into_iter().flatten();
            let names = groups.filter_map(|group| group["name"].as_str().map(str::to_owned));
            Some((row["subscriptionId"].as_str()?.to_ascii_lowercase(), names.collect()))
        };
        Ok(rows.iter().filter_map(chain).collect())
    }
}

fn of_list(body: &Value) -> Option<Subscription> {
    let scope: Scope = body["id"].as_str()?.parse().ok()?;
    Some(Subscription { scope, name: text(&body["displayName"]), state: text(&body["state"]) })
}

/// The subscription or group that a descendant is. Their ids are not the same in every answer, and their names are.
fn of_descendant(descendant: &Value) -> Option<Subscription> {
    let kind = descendant["type"].as_str()?.to_ascii_lowercase();
    let (name, is_subscription) = (descendant["name"].as_str()?, kind.ends_with("/subscriptions"));
    let above =
        if is_subscription { "/subscriptions" } else { "/providers/Microsoft.Management/managementGroups" };
    let scope: Scope = format!("{above}/{name}").parse().ok()?;
    let wanted = if is_subscription { ScopeKind::Subscription } else { ScopeKind::ManagementGroup };
    let name = text(&descendant["properties"]["displayName"]);
    (scope.kind() == wanted).then_some(Subscription { scope, name, state: None })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn descendants_are_subscriptions_or_groups() {
        let id = "0a1b2c3d-0000-1111-2222-333344445555";
        for (kind, name, display_name, expected) in [
            ("/subscriptions", id, "Prod", Some(("/subscriptions/", Some("Prod")))),
            ("Microsoft.Management/managementGroups/subscriptions", id, " ", Some(("/subscriptions/", None))),
            ("Microsoft.Management/managementGroups", "group", "Group", Some(("/providers/", Some("Group")))),
            ("/subscriptions", "no-guid", "Odd", None),
        ] {
            let row = json!({"type": kind, "name": name, "properties": {"displayName": display_name}});
            let found = of_descendant(&row);
            assert_eq!(found.is_some(), expected.is_some(), "{row}");
            let (Some(found), Some((begin, called))) = (found, expected) else { continue };
            assert!(found.scope.as_str().starts_with(begin) && found.scope.as_str().ends_with(name), "{row}");
            assert_eq!(found.name.as_deref(), called, "{row}");
        }
    }
}
