//! The schema, which is also the documentation.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type, Value};

use crate::catalog::names::{PLANS, PlanNames};
use crate::pricings::same_value;

pub(super) fn schema() -> Schema {
    let schema = Schema::new(
        "A plan of Microsoft Defender for Cloud on a subscription, or on one virtual machine, scale set or Arc \
         machine. A plan that is on already is taken over as it is; destroying puts back what was there before.",
    );
    computed(configured(schema))
}

fn configured(schema: Schema) -> Schema {
    let text = || Attribute::string().optional();
    schema
        .attribute(
            "scope",
            text().computed().replace().same_if(Value::same_text).describe(
                "The id of the subscription, virtual machine, scale set or Arc machine, for example \
                 `/subscriptions/00000000-0000-0000-0000-000000000000`. Default: the provider's subscription.",
            ),
        )
        .attribute(
            "name",
            Attribute::string().required().replace().same_if(Value::same_text).describe(format!(
                "Azure's name of the plan: {}.",
                list(PLANS.iter().map(|plan| plan.name))
            )),
        )
        .attribute(
            "tier",
            text().default("Standard").one_of(&["Free", "Standard"]).describe(
                "Whether the plan is on: `Standard` or `Free`. Default: `Standard`.",
            ),
        )
        .attribute(
            "subplan",
            text().computed().keep().describe(format!(
                "The variant of the plan; it changes in place. Where nothing is set the plan keeps the one it \
                 has, or gets Azure's default. {}",
                sentences(|plan| plan.subplans)
            )),
        )
        .attribute(
            "enforce",
            Attribute::bool().optional().computed().keep().describe(
                "Whether resources below must follow the subscription's setting. For subscriptions only.",
            ),
        )
        .attribute("extensions", extensions())
        .attribute(
            "extension_ownership",
            text().default("listed").one_of(&["listed", "exclusive"]).describe(
                "Which extensions this resource decides on. `listed`: those in `extensions`; others are left alone \
                 and are no drift. `exclusive`: all of them; others are switched off. Default: `listed`.",
            ),
        )
        .attribute(
            "on_destroy",
            text().default("restore").one_of(&["restore", "free", "keep"]).describe(
                "What destroying leaves behind. `restore`: what was there before this resource was created; \
                 where that is not known, as after an import, the plan of a subscription is kept, and the setting \
                 of a single resource is removed so that it inherits again. `free`: the plan is switched off, but \
                 for plans that Azure never lets be `Free`. `keep`: nothing changes. Default: `restore`.",
            ),
        )
}

fn extensions() -> Attribute {
    let enabled = Attribute::bool().optional().default(true).describe("Whether it is on. Default: `true`.");
    let properties = Attribute::map(Type::String).optional().computed().same_if(same_properties).describe(
        "Its properties, by Azure's names, as text. Azure's own way of writing a value is no drift. Where nothing \
         is set, they are left as they are. Not for an extension that is off.",
    );
    Attribute::nested(Nesting::Map, [("enabled", enabled), ("properties", properties)]).optional().describe(
        format!(
            "Extensions that are to be on or off, by Azure's name. {}",
            sentences(|plan| plan.extensions)
        ),
    )
}

fn computed(schema: Schema) -> Schema {
    let text = || Attribute::string().computed();
    let extension = [
        ("enabled", Attribute::bool().computed().describe("Whether Azure says that it is on.")),
        ("properties", Attribute::map(Type::String).computed().describe("Its properties, as text.")),
    ];
    schema
        .attribute("id", text().keep().describe("The plan's id in Azure Resource Manager."))
        .attribute(
            "deprecated",
            Attribute::bool().computed().keep().describe("Whether other plans took this one's place."),
        )
        .attribute(
            "replaced_by",
            Attribute::list(Type::String).computed().keep().describe("The plans that took this one's place."),
        )
        .attribute(
            "inherited",
            Attribute::bool().computed().describe(
                "Whether the setting comes from a scope above; `false` where this resource made it. For single \
                 resources only.",
            ),
        )
        .attribute(
            "inherited_from",
            text().describe("The scope that an inherited setting comes from. For single resources only."),
        )
        .attribute(
            "resources_coverage_status",
            text().describe(
                "How many resources are covered: `FullyCovered`, `PartiallyCovered` or `NotCovered`. For \
                 subscriptions only.",
            ),
        )
        .attribute(
            "all_extensions",
            Attribute::nested(Nesting::Map, extension).computed().describe(
                "All extensions of the plan as Azure reports them, whoever decides on them.",
            ),
        )
}

fn same_properties(prior: &Value, new: &Value) -> bool {
    let (Some(prior), Some(new)) = (prior.as_map(), new.as_map()) else { return false };
    let same = |name: &str, new: &Value| match (prior.get(name).and_then(Value::as_str), new.as_str()) {
        (Some(prior), Some(new)) => same_value(prior, new),
        _ => false,
    };
    prior.len() == new.len() && new.iter().all(|(name, value)| same(name, value))
}

fn list(names: impl IntoIterator<Item = &'static str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A sentence for each plan that has some of these names.
fn sentences(names: impl Fn(&PlanNames) -> &'static [&'static str]) -> String {
    let having = PLANS.iter().filter(|plan| !names(plan).is_empty());
    let sentences = having.map(|plan| format!("{}: {}.", plan.name, list(names(plan).iter().copied())));
    sentences.collect::<Vec<_>>().join(" ")
}
