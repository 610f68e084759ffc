//! What is known of Defender for Cloud: rows of data, each with its source.
//!
//! Knows no Terraform and no HTTP. To add a plan, add a file to `data/plans`; everything else follows from it.
//! Look things up through [`Catalog::get`]; the row types are in [`model`].

mod model;

use std::sync::LazyLock;

pub use model::{Catalog, Extension, Plan, Role};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the build script has written it from the same types")]
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/catalog.json")))
        .expect("the packed catalogue")
});

impl Catalog {
    /// The catalogue; read at the first use.
    pub fn get() -> &'static Self {
        &CATALOG
    }

    /// The plan of this name, in any letter case.
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.name.eq_ignore_ascii_case(name))
    }

    /// The role with this GUID.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id.eq_ignore_ascii_case(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_in_any_letter_case() {
        let catalog = Catalog::get();
        assert_eq!(catalog.plan("virtualmachines").map(|plan| plan.name.as_str()), Some("VirtualMachines"));
        assert!(catalog.plan("Nothing").is_none());
        let owner = catalog.role("8E3AF657-A8FF-443C-A75C-2FE8C4BCB635");
        assert_eq!(owner.map(|role| role.name.as_str()), Some("Owner"));
    }

    #[test]
    fn replacements_and_sub_plans_of_extensions_exist() {
        let catalog = Catalog::get();
        for plan in &catalog.plans {
            for replacement in &plan.replaced_by {
                assert!(catalog.plan(replacement).is_some(), "{} is replaced by {replacement}", plan.name);
            }
        }
    }
}
