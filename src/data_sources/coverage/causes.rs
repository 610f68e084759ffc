//! Who has set a plan, as far as it can be known: the Defender portal, a policy, Azure itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::arm::{Call, Error, ResourceId, Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::catalog::model::Plan;
use crate::context::Context;
use crate::policy::Assignment;
use crate::pricings::{Pricing, Tier};

/// Who has set a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::data_sources) enum Cause {
    /// Microsoft's Defender portal.
    DefenderPortal,
    /// A scope above.
    Inherited,
    /// A policy that is assigned.
    Policy,
    /// Nobody: it never was on, or it cannot be off.
    AzureDefault,
    /// Nobody could: the subscription is not registered for Defender for Cloud.
    NotRegistered,
    /// It is not known.
    Unknown,
}

/// The words for them.
pub(super) const CAUSES: [&str; 6] =
    ["defender_portal", "inherited", "policy", "azure_default", "not_registered", "unknown"];

/// Built-in policies that switch plans on, as they are assigned.
#[derive(Debug, Default)]
pub(super) struct Policies {
    assigned: Vec<Assigned>,
    /// The management groups above a subscription, by its id in lower case.
    ancestors: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Assigned {
    id: String,
    scope: Scope,
    /// The definition, by its GUID.
    definition: String,
    /// Scopes that it leaves out.
    not_scopes: Vec<Scope>,
}

impl Policies {
    /// Those that reach these subscriptions. Which management groups are above them is asked only if it matters.
    pub(super) async fn read(
        context: &Context,
        subscriptions: &[Scope],
        call: &Call,
    ) -> tfplugin_protocol::Result<Result<Self, Error>> {
        if subscriptions.is_empty() {
            return Ok(Ok(Self::default()));
        }
        let found = match context.policy()?.reaching(subscriptions, call).await {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        let assigned: Vec<Assigned> = found.into_iter().filter_map(Assigned::of).collect();
        let is_group = |scope: &Scope| scope.kind() == ScopeKind::ManagementGroup;
        if !assigned.iter().any(|one| is_group(&one.scope) || one.not_scopes.iter().any(is_group)) {
            return Ok(Ok(Self { assigned, ancestors: BTreeMap::new() }));
        }
        let ancestors = context.subscriptions()?.ancestors(subscriptions, call).await;
        Ok(ancestors.map(|ancestors| Self { assigned, ancestors }))
    }

    /// The ids of the assignments that switch a plan on in a subscription.
    pub(super) fn switching_on(&self, subscription: &Scope, plan: &Plan) -> Vec<String> {
        let reaches = |one: &&Assigned| {
            plan.policies.contains(&one.definition)
                && self.is_within(subscription, &one.scope)
                && !one.not_scopes.iter().any(|scope| self.is_within(subscription, scope))
        };
        self.assigned.iter().filter(reaches).map(|one| one.id.clone()).collect()
    }

    fn is_within(&self, subscription: &Scope, scope: &Scope) -> bool {
        let above = self.ancestors.get(subscription.subscription_id().unwrap_or_default());
        let is_above = |name: &String| name.eq_ignore_ascii_case(scope.id().name());
        match scope.kind() {
            ScopeKind::ManagementGroup => above.is_some_and(|groups| groups.iter().any(is_above)),
            ScopeKind::Subscription
            | ScopeKind::ResourceGroup
            | ScopeKind::VirtualMachine
            | ScopeKind::VirtualMachineScaleSet
            | ScopeKind::ArcMachine
            | ScopeKind::OtherResource => scope == subscription,
        }
    }
}

impl Assigned {
    /// One that is enforced, not switched off, and of a built-in policy that switches a plan on.
    fn of(found: Assignment) -> Option<Self> {
        let properties = found.is.properties;
        let enforced = properties.enforcement_mode.is_none_or(|mode| mode.eq_ignore_ascii_case("Default"));
        let effect = properties.parameters.and_then(|mut parameters| parameters.remove("effect"));
        let deploys = effect.is_none_or(|effect| {
            effect.value.as_str().is_none_or(|effect| effect.eq_ignore_ascii_case("DeployIfNotExists"))
        });
        let definition: ResourceId = properties.policy_definition_id.parse().ok()?;
        // One that stands at a scope is not built in, whatever its name.
        let name = definition.name().to_ascii_lowercase();
        let is_known = Catalog::get().plans.iter().any(|plan| plan.policies.contains(&name));
        if !enforced || !deploys || definition.parent().is_some() || !is_known {
            return None;
        }
        let (scope, ..) = ResourceId::parse_extension(&found.id).ok()?;
        let not_scopes = properties.not_scopes.unwrap_or_default();
        let not_scopes = not_scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
        Some(Self { id: found.id, scope, definition: name, not_scopes })
    }
}

/// Who has set a plan. A policy only switches on, so it is no cause of a plan that is off.
pub(super) fn cause(plan: &Pricing, known: Option<&Plan>, assignments: &[String]) -> Cause {
    let is_on = plan.tier == Tier::Standard;
    let is_default = match known {
        Some(known) if is_on => known.always_standard,
        // Azure notes when a plan was last switched on.
        _ => !is_on && plan.enablement_time.is_none(),
    };
    if plan.managed_by.is_some() {
        Cause::DefenderPortal
    } else if plan.inherited == Some(true) {
        Cause::Inherited
    } else if is_on && !assignments.is_empty() {
        Cause::Policy
    } else if is_default {
        Cause::AzureDefault
    } else {
        Cause::Unknown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";
    const ARM: &str = "b7021b2b-08fd-4dc0-9de7-3c6ece09faf9";
    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/Platform";

    /// Whether an assignment at a scope, with these properties and the policy of the plan Arm, switches that plan on.
    fn check(scope: &str, more: &Value, expected: bool) {
        let definition =
            format!("/providers/Microsoft.Authorization/policyDefinitions/{}", ARM.to_uppercase());
        let mut properties = json!({ "policyDefinitionId": definition });
        for (name, value) in more.as_object().unwrap() {
            properties[name] = value.clone();
        }
        let id = format!("{scope}/providers/Microsoft.Authorization/policyAssignments/a");
        let found: Assignment =
            serde_json::from_value(json!({ "id": id, "properties": properties })).unwrap();
        let ancestors =
            [(SUBSCRIPTION.rsplit('/').next().unwrap().to_owned(), vec!["platform".to_owned()])].into();
        let policies = Policies { assigned: Assigned::of(found).into_iter().collect(), ancestors };
        let plan = |name: &str| {
            policies.switching_on(&SUBSCRIPTION.parse().unwrap(), Catalog::get().plan(name).unwrap()).len()
        };
        assert_eq!((plan("Arm"), plan("Dns")), (usize::from(expected), 0), "{scope} {more}");
    }

    #[test]
    fn an_assignment_reaches_or_does_not() {
        let effect = |effect: &str| json!({ "parameters": { "effect": { "value": effect } } });
        check(SUBSCRIPTION, &json!({}), true);
        check(GROUP, &json!({ "enforcementMode": "Default" }), true);
        check(GROUP, &effect("deployIfNotExists"), true);
        check(GROUP, &effect("Disabled"), false);
        check(GROUP, &json!({ "enforcementMode": "DoNotEnforce" }), false);
        check(GROUP, &json!({ "notScopes": [SUBSCRIPTION.to_uppercase()] }), false);
        check(GROUP, &json!({ "notScopes": [GROUP] }), false);
        check(GROUP, &json!({ "notScopes": [format!("{SUBSCRIPTION}/resourceGroups/rg")] }), true);
        check("/providers/Microsoft.Management/managementGroups/other", &json!({}), false);
        check("/subscriptions/00000000-0000-0000-0000-000000000002", &json!({}), false);
        check(&format!("{SUBSCRIPTION}/resourceGroups/rg"), &json!({}), false);
        let own = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/{ARM}");
        check(SUBSCRIPTION, &json!({ "policyDefinitionId": own }), false);
    }

    #[test]
    fn causes_from_the_surest_on() {
        let assigned = ["/a".to_owned()];
        for (properties, name, assignments, expected) in [
            (
                json!({"pricingTier": "Standard", "managedBy": "M365"}),
                "Arm",
                &assigned[..],
                Cause::DefenderPortal,
            ),
            (json!({"pricingTier": "Standard", "inherited": "True"}), "Arm", &assigned, Cause::Inherited),
            (json!({"pricingTier": "Standard"}), "Arm", &assigned, Cause::Policy),
            (json!({"pricingTier": "Standard"}), "Arm", &[], Cause::Unknown),
            (json!({"pricingTier": "Standard"}), "Discovery", &[], Cause::AzureDefault),
            (json!({"pricingTier": "Standard"}), "Newest", &[], Cause::Unknown),
            (json!({"pricingTier": "Free"}), "Arm", &assigned, Cause::AzureDefault),
            (json!({"pricingTier": "Free"}), "Newest", &[], Cause::AzureDefault),
            (
                json!({"pricingTier": "Free", "enablementTime": "2026-01-01T00:00:00Z"}),
                "Arm",
                &assigned,
                Cause::Unknown,
            ),
        ] {
            let body = json!({"name": name, "properties": properties});
            let listed = crate::pricings::Plans::read(std::slice::from_ref(&body));
            assert_eq!(cause(&listed[0], Catalog::get().plan(name), assignments), expected, "{body}");
        }
    }
}
