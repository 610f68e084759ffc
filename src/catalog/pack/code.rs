//! Names of the catalogue as Rust, for what must not read all of it. For the build script only.

use super::super::model::{Catalog, Plan};

/// The value of `catalog::names::PLANS`.
pub(crate) fn names_as_code(catalog: &Catalog) -> String {
    let plan = |plan: &Plan| {
        let subplans: Vec<&str> = plan.subplans.iter().map(|subplan| subplan.name.as_str()).collect();
        let extensions: Vec<&str> = plan.extensions.iter().map(|extension| extension.name.as_str()).collect();
        format!(
            "PlanNames {{ name: {:?}, subplans: &{subplans:?}, extensions: &{extensions:?} }},\n",
            plan.name
        )
    };
    format!("&[\n{}]\n", catalog.plans.iter().map(plan).collect::<String>())
}
