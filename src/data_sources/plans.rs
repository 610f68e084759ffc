//! `data.defender_plans`: all Defender plans of a scope, or of many subscriptions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin_protocol::provider::{Call, DataSource, ProviderBlock, Timeouts};
use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Attr, Diagnostics, Result, Schema, Type};

use super::reach::{self, Arguments, both};
use crate::arm::Scope;
use crate::context::{Context, patience, plan_scope, warn_of_unreadable};
use crate::fleet::Reach;
use crate::pricings::{Extension, Pricing, Pricings, Tier};

/// The data source.
#[derive(Debug)]
pub(super) struct Plans;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    scope: Attr<String>,
    scopes: Attr<Vec<Attr<String>>>,
    management_group: Attr<String>,
    plans: Attr<BTreeMap<String, PlanModel>>,
    unread: Attr<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PlanModel {
    scope: String,
    name: String,
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
        let unread = "Subscriptions whose plans could not be read, and why; also those that are not registered for Defender for \
                      Cloud.";
        let schema = Schema::new(
            "All plans of Microsoft Defender for Cloud on a scope, or of many subscriptions, whoever manages them. Those of one \
             scope are read from it. Those of many come from Azure Resource Graph, which lags some minutes behind.",
        )
        .attribute("scope", Attribute::string().optional().computed().describe(scope));
        let of_many = reach::attributes().into_iter();
        of_many
            .fold(schema, |schema, (name, attribute)| schema.attribute(name, attribute))
            .attribute(
                "id",
                Attribute::string().computed().describe("The scope, or what the scopes are below."),
            )
            .attribute("plans", plans())
            .attribute("unread", Attribute::map(Type::String).computed().describe(unread))
    }

    fn check(&self, config: &Model, _: &ProviderBlock) -> Diagnostics {
        let mut problems = config.many().check();
        for (name, is_set) in
            [("scopes", !config.scopes.is_null()), ("management_group", !config.management_group.is_null())]
        {
            problems.extend((is_set && !config.scope.is_null()).then(|| both("scope", name)));
        }
        problems.extend(config.scope.known().and_then(|scope| plan_scope(scope).err()));
        problems
    }

    async fn read(&self, call: &mut Call<Context>, config: Model) -> Result<Model> {
        if let Some(reach) = config.many().reach()? {
            return read_many(call, config, &reach).await;
        }
        let context = call.context()?;
        let scope = match &config.scope {
            Attr::Known(scope) => plan_scope(scope)?,
            Attr::Null | Attr::Unknown => context.scope_by_default()?,
        };
        let listed = context.pricings()?.list(&scope, &patience(call)).await?;
        warn_of_unreadable(call, &scope, &listed);
        let plans = listed.iter().map(|plan| (plan.name.clone(), PlanModel::of(&scope, plan))).collect();
        let given = config.scope.known().cloned();
        Ok(Model {
            id: scope.as_str().into(),
            scope: Attr::Known(given.unwrap_or_else(|| scope.as_str().to_owned())),
            plans: Attr::Known(plans),
            unread: Attr::Known(BTreeMap::new()),
            ..config
        })
    }
}

impl Model {
    fn many(&self) -> Arguments<'_> {
        Arguments { scopes: &self.scopes, management_group: &self.management_group }
    }
}

/// Plans of many subscriptions, by their ids: names come again.
async fn read_many(call: &mut Call<Context>, config: Model, reach: &Reach) -> Result<Model> {
    let survey = reach::survey(call, reach, false).await?;
    let mut plans = BTreeMap::new();
    let mut unread = BTreeMap::new();
    for row in &survey.rows {
        let scope = &row.subscription.scope;
        match &row.plans {
            Ok(listed) => plans.extend(
                listed.iter().map(|plan| (Pricings::id(scope, &plan.name), PlanModel::of(scope, plan))),
            ),
            Err(error) => {
                unread.insert(scope.to_string(), reach::in_words(error));
            }
        }
    }
    Ok(Model {
        id: reach::id(reach).into(),
        scope: Attr::Null,
        plans: Attr::Known(plans),
        unread: Attr::Known(unread),
        ..config
    })
}

fn plans() -> Attribute {
    let text = |description: &str| Attribute::string().computed().describe(description);
    let flag = |description: &str| Attribute::bool().computed().describe(description);
    let extension = [
        ("enabled", flag("Whether it is on.")),
        ("properties", Attribute::map(Type::String).computed().describe("Its properties, as text.")),
    ];
    let plan = [
        ("scope", text("The scope that it is on.")),
        ("name", text("Azure's name of it.")),
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
    let plans = "The plans: by name those of one scope, and by id those of many.";
    Attribute::nested(Nesting::Map, plan).computed().describe(plans)
}

impl PlanModel {
    fn of(scope: &Scope, plan: &Pricing) -> Self {
        let extension = |(name, extension): (&String, &Extension)| {
            let Extension { enabled, properties, outcome: _ } = extension.clone();
            (name.clone(), ExtensionModel { enabled, properties })
        };
        Self {
            scope: scope.to_string(),
            name: plan.name.clone(),
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
