//! The matrix in Terraform's terms: the attributes of its entries, for whatever returns them.
//!
//! Knows no data source and no function; both have their shape from here, so that they return the same objects.

use tfplugin_protocol::Type;
use tfplugin_protocol::schema::{Attribute, Nesting};

use crate::availability::matrix::Availability;
use crate::catalog::model::{Answer, Cloud, Effect, Mechanism, Os, Reach, RoleScope, State};
use crate::catalog::words;

/// The attribute that holds entries of the matrix.
pub fn rows() -> Attribute {
    let row = [
        ("component", text("The component.")),
        ("title", text("What Microsoft's pages call it.")),
        ("target", text("What it goes on, such as `azure_vm` or `aks_cluster`.")),
        ("os", text("The operating system; `any` where it makes no difference.").one_of(words::<Os>())),
        ("cloud", text("The cloud.").one_of(words::<Cloud>())),
        ("availability", text(AVAILABILITY).one_of(words::<Availability>())),
        ("state", text("How far it is released: `ga`, `preview` or `unknown`.").one_of(words::<State>())),
        ("mechanism", text(MECHANISM).one_of(words::<Mechanism>())),
        (
            "policy_based",
            text("Whether Azure Policy deploys it: `yes`, `no` or `unknown`.").one_of(words::<Answer>()),
        ),
        ("plans", texts("Plans of which one must be on; empty where no plan is needed.")),
        ("roles", roles()),
        ("note", text("What else is to be known.")),
        ("sources", sources()),
        ("retired_on", text("The day on which the component, or the cloud, comes to its end.")),
        ("replaced_by", texts("The components that take its place.")),
        ("milestones", milestones()),
        ("number", text("The row's number in the document that the rules began with, `M01` to `M19`.")),
    ];
    list(row, "The rows, sorted by component, target and operating system.")
}

/// The type of a list of entries.
pub fn rows_type() -> Type {
    rows().ty()
}

const AVAILABILITY: &str = "`yes` or `no`; `disputed` where Microsoft's pages contradict each other; `retired` where it \
                            has come to its end; `unknown` where no page says.";

const MECHANISM: &str = "How it gets there: `policy`, `setting` (of Defender for Cloud), `plan_extension`, `included` \
                         (nothing is deployed), `prerequisite` or `other`.";

fn roles() -> Attribute {
    let role = [("id", text("The role definition's GUID.")), ("name", text("What the portal calls it."))];
    let need = [
        ("action", text("What the role is for: `enable` or `view`.")),
        (
            "scope",
            text("Where it must be held, at least: `subscription` or `resource_group`.")
                .one_of(words::<RoleScope>()),
        ),
        ("any_of", list(role, "Roles of which one is enough.")),
    ];
    list(need, "What people need to set it up, or to see what it finds.")
}

fn sources() -> Attribute {
    let source = [
        ("id", text("Its name.")),
        ("title", text("What it is.")),
        ("url", text("Its address.")),
        ("read", text("The day of the text that was read.")),
    ];
    list(source, "Where the row stands; what contradicts it included.")
}

fn milestones() -> Attribute {
    let milestone = [
        ("on", text("The day.")),
        (
            "applies_to",
            text("Whom it concerns: `new_enablement` (who does not have it yet) or `all`.")
                .one_of(words::<Reach>()),
        ),
        (
            "effect",
            text("What happens: `api_rejects`, `no_function`, or `docs_only` where only pages say so.")
                .one_of(words::<Effect>()),
        ),
        ("code", text("Azure's error code, where it is known.")),
    ];
    list(milestone, "What happens to it from which day on, in order.")
}

fn list<const N: usize>(attributes: [(&str, Attribute); N], description: &str) -> Attribute {
    Attribute::nested(Nesting::List, attributes).computed().describe(description)
}

fn text(description: &str) -> Attribute {
    Attribute::string().computed().describe(description)
}

fn texts(description: &str) -> Attribute {
    Attribute::list(Type::String).computed().describe(description)
}
