//! `data.defender_plans`: all Defender plans of a scope.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::{Call, DataSource, ProviderBlock, Timeouts};
use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Attr, Diagnostics, Result, Schema, Type};

use crate::context::{Context, patience, plan_scope, warn_of_unreadable};
use crate::pricings::{Extension, Pricing, Tier};

/// The data source.
#[derive(Debug)]
pub(super) struct Plans;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    scope: Attr<String>,
    plans: Attr<BTreeMap<String, PlanModel>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PlanModel {
    tier: Tier,
    subplan: Option<String>,
    enforce: Option<bool>,
    deprecated: bool,
    replaced_by: Vec<String>,
    inherited: Option<bool>,
    inherited_from: Option<String>,
    resources_coverage_status: Option<String>,
    free_trial_remaining_time: Option<String>,
    enablement_time: Option<String>,
    extensions: BTreeMap<String, ExtensionModel>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ExtensionModel {
    enabled: bool,
    properties: BTreeMap<String, String>,
}

impl DataSource for Plans {
    type Context = Context;
    type Model = Model;

    const NAME: &'static str = "defender_plans";
    const TIMEOUTS: Timeouts = Timeouts::minutes(5, 5, 5, 5);

    fn schema(&self) -> Schema {
        let scope = "The id of the subscription, or of a virtual machine, scale set or Arc machine. Default: the \
                     provider's subscription.";
        Schema::new("All plans of Microsoft Defender for Cloud on a scope, whoever manages them.")
            .attribute("scope", Attribute::string().optional().computed().describe(scope))
            .attribute("id", Attribute::string().computed().describe("The scope."))
            .attribute("plans", plans())
    }

    fn check(&self, config: &Model, _: &ProviderBlock) -> Diagnostics {
        config.scope.known().and_then(|scope| plan_scope(scope).err()).into_iter().collect()
    }

    async fn read(&self, call: &mut Call<Context>, config: Model) -> Result<Model> {
        let context = call.context()?;
        let scope = match &config.scope {
            Attr::Known(scope) => plan_scope(scope)?,
            Attr::Null | Attr::Unknown => context.scope_by_default()?,
        };
        let listed = context.pricings()?.list(&scope, &patience(call)).await?;
        warn_of_unreadable(call, &scope, &listed);
        let plans = listed.iter().map(|plan| (plan.name.clone(), PlanModel::from(plan))).collect();
        Ok(Model {
            id: scope.as_str().into(),
            scope: Attr::Known(config.scope.into_known().unwrap_or_else(|| scope.as_str().to_owned())),
            plans: Attr::Known(plans),
        })
    }
}

fn plans() -> Attribute {
    let text = |description: &str| Attribute::string().computed().describe(description);
    let flag = |description: &str| Attribute::bool().computed().describe(description);
    let extension = [
        ("enabled", flag("Whether it is on.")),
        ("properties", Attribute::map(Type::String).computed().describe("Its properties, as text.")),
    ];
    let plan = [
        ("tier", text("`Standard` (on) or `Free` (off).").one_of(&["Free", "Standard"])),
        ("subplan", text("The variant of the plan.")),
        ("enforce", flag("Whether resources below may not differ. For subscriptions only.")),
        ("deprecated", flag("Whether other plans took its place.")),
        ("replaced_by", Attribute::list(Type::String).computed().describe("The plans that took its place.")),
        ("inherited", flag("Whether the setting comes from a scope above. For single resources only.")),
        ("inherited_from", text("The scope that an inherited setting comes from.")),
        ("resources_coverage_status", text("`FullyCovered`, `PartiallyCovered` or `NotCovered`.")),
        ("free_trial_remaining_time", text("What is left of the free trial, as an ISO 8601 duration.")),
        ("enablement_time", text("When the plan was last switched on, in RFC 3339.")),
        (
            "extensions",
            Attribute::nested(Nesting::Map, extension).computed().describe("Its extensions, by name."),
        ),
    ];
    Attribute::nested(Nesting::Map, plan).computed().describe("The plans, by Azure's name.")
}

impl From<&Pricing> for PlanModel {
    fn from(plan: &Pricing) -> Self {
        let extension = |(name, extension): (&String, &Extension)| {
            let Extension { enabled, properties, outcome: _ } = extension.clone();
            (name.clone(), ExtensionModel { enabled, properties })
        };
        Self {
            tier: plan.tier,
            subplan: plan.subplan.clone(),
            enforce: plan.enforce,
            deprecated: plan.deprecated,
            replaced_by: plan.replaced_by.clone(),
            inherited: plan.inherited,
            inherited_from: plan.inherited_from.clone(),
            resources_coverage_status: plan.resources_coverage_status.clone(),
            free_trial_remaining_time: plan.free_trial_remaining_time.clone(),
            enablement_time: plan.enablement_time.clone(),
            extensions: plan.extensions.iter().map(extension).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&Plans.schema()), Vec::<String>::new());
    }
}
