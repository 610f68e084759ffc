//! The names of plans, ready without reading the catalogue: every process of Terraform asks for schemas, which are
//! described with them, and most need no more of it.

/// The names of a plan, and of what it has.
#[derive(Debug, PartialEq, Eq)]
pub struct PlanNames {
    /// Azure's name of the plan.
    pub name: &'static str,
    /// Its sub-plans.
    pub subplans: &'static [&'static str],
    /// Its extensions.
    pub extensions: &'static [&'static str],
}

/// The plans of the catalogue, sorted by name; written by the build script.
pub const PLANS: &[PlanNames] = include!(concat!(env!("OUT_DIR"), "/names.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn they_are_those_of_the_catalogue() {
        let names = PLANS.iter().map(|plan| (plan.name, plan.subplans.to_vec(), plan.extensions.to_vec()));
        let catalog = Catalog::get().plans.iter().map(|plan| {
            let subplans = plan.subplans.iter().map(|subplan| subplan.name.as_str()).collect();
            let extensions = plan.extensions.iter().map(|extension| extension.name.as_str()).collect();
            (plan.name.as_str(), subplans, extensions)
        });
        assert!(names.eq(catalog));
        assert!(!PLANS.is_empty());
    }
}
