//! The attributes.

use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Schema, Type};

use super::causes::CAUSES;
use crate::data_sources::reach;

/// The schema.
pub(super) fn schema() -> Schema {
    let exact = "Reads each subscription itself, one request each, and not Azure Resource Graph, which lags some minutes \
                 behind. Default: `false`.";
    let schema = Schema::new(
        "Which plans of Microsoft Defender for Cloud many subscriptions have, who has set them, and what differs from what is \
         expected. Without `scopes` and `management_group`: all subscriptions that the account sees. Nothing is changed, and no \
         subscription is registered. One that cannot be read stands in the result, and is warned of.",
    );
    let reach = reach::attributes().into_iter();
    reach
        .fold(schema, |schema, (name, attribute)| schema.attribute(name, attribute))
        .attribute("exact", Attribute::bool().optional().describe(exact))
        .attribute("expected", expected())
        .attribute("id", text("What the subscriptions are below."))
        .attribute("subscriptions", subscriptions())
        .attribute("differences", differences())
        .attribute("summary", summary())
}

fn expected() -> Attribute {
    let tier = "`Standard` (on) or `Free` (off). Default: `Standard`.";
    let extensions = "Whether extensions should be on, by name. Others do not count.";
    let plan = [
        ("tier", Attribute::string().optional().one_of(&["Free", "Standard"]).describe(tier)),
        ("subplan", Attribute::string().optional().describe("The variant. Without it, any is right.")),
        ("extensions", Attribute::map(Type::Bool).optional().describe(extensions)),
    ];
    let description = "What plans should be in each of the subscriptions, by name. Plans that it does not name do not count.";
    Attribute::nested(Nesting::Map, plan).optional().describe(description)
}

fn subscriptions() -> Attribute {
    let registered = "Whether it is registered for Defender for Cloud; one that is not has no plans. Null where that could not be \
                      read.";
    let unlisted = "Plans that it does not list, and that its cloud has as far as this provider knows, or another of the subscriptions lists.";
    let unmanaged =
        "Plans that are on, could be off, and are not named by `expected`. Empty without `expected`.";
    let names = |description: &str| Attribute::list(Type::String).computed().describe(description);
    let subscription = [
        ("id", text("Its id.")),
        ("name", text("What people call it.")),
        ("state", text("Azure's word for its state, such as `Enabled`.")),
        ("registered", flag(registered)),
        ("problem", text("Why it could not be read; null where it could.")),
        (
            "as_expected",
            flag("Whether nothing differs. Null without `expected`, or where it could not be read."),
        ),
        ("plans", Attribute::nested(Nesting::Map, plan()).computed().describe("Its plans, by name.")),
        ("unlisted_plans", names(unlisted)),
        ("unmanaged_plans", names(unmanaged)),
    ];
    Attribute::nested(Nesting::List, subscription).computed().describe("The subscriptions, sorted by id.")
}

fn plan() -> [(&'static str, Attribute); 9] {
    let cause = "Who has set it, as far as that can be known: `defender_portal`, `inherited` (a scope above), `policy` (it is on, \
                 and a built-in policy that is assigned switches it on), `azure_default` (it never was on, or cannot be off), else \
                 `unknown`.";
    let managed_by = "What Azure says of a plan that the Defender portal manages. Sure only with `exact`.";
    let assignments = "Assignments of built-in policies that switch the plan on.";
    [
        ("tier", text("`Standard` or `Free`.").one_of(&["Free", "Standard"])),
        ("enabled", flag("Whether it is on.")),
        ("subplan", text("The variant.")),
        ("deprecated", flag("Whether other plans took its place.")),
        ("inherited", flag("Whether it comes from a scope above, where Azure says so.")),
        (
            "extensions",
            Attribute::map(Type::Bool).computed().describe("Whether its extensions are on, by name."),
        ),
        ("cause", text(cause).one_of(&CAUSES)),
        ("managed_by", text(managed_by)),
        ("policy_assignments", Attribute::list(Type::String).computed().describe(assignments)),
    ]
}

fn differences() -> Attribute {
    let path = "What differs: `tier`, `subplan` or `extensions.NAME`.";
    let cause = "As `cause` of the plan; `not_registered` where the subscription is not registered for Defender for Cloud.";
    let difference = [
        ("subscription", text("The subscription's id.")),
        ("plan", text("The plan.")),
        ("path", text(path)),
        ("expected", text("What it should be.")),
        ("actual", text("What it is; null where it is nothing.")),
        ("cause", text(cause).one_of(&CAUSES)),
    ];
    let description = "All that is not as expected, in the order of subscriptions. Subscriptions that could not be read are not \
                       among them: see `summary.unread`.";
    Attribute::nested(Nesting::List, difference).computed().describe(description)
}

fn summary() -> Attribute {
    let number = |description: &str| Attribute::integer().computed().describe(description);
    let count =
        [("on", number("In how many subscriptions it is on.")), ("off", number("In how many it is off."))];
    let summary = [
        ("subscriptions", number("How many subscriptions there are.")),
        ("unread", number("How many could not be read.")),
        ("unregistered", number("How many are not registered for Defender for Cloud.")),
        ("on", number("How many plans are on, in all of them.")),
        ("off", number("How many plans are off.")),
        ("differences", number("How much is not as expected.")),
        ("plans", Attribute::nested(Nesting::Map, count).computed().describe("The same by plan.")),
    ];
    Attribute::nested(Nesting::Single, summary).computed().describe("All of it in numbers.")
}

fn text(description: &str) -> Attribute {
    Attribute::string().computed().describe(description)
}

fn flag(description: &str) -> Attribute {
    Attribute::bool().computed().describe(description)
}
