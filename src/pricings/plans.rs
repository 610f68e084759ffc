//! A list of plans, and what of it is missing.

use std::ops::Deref;

use serde_json::Value;

use super::Pricing;

/// The plans of a scope, as a slice; and beside them the entries that could not be read, so that nobody who lists takes them
/// for not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plans {
    plans: Vec<Pricing>,
    unreadable: Vec<Unreadable>,
}

/// An entry that is no plan as this provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The plan's name, as far as there is one.
    pub name: String,
    /// What is wrong with it, as a sentence without its end.
    pub problem: String,
}

impl Plans {
    /// One that cannot be read does not take the others along.
    pub(crate) fn read(entries: &[Value]) -> Self {
        let mut listed = Self::default();
        for entry in entries {
            match Pricing::from_body(entry) {
                Ok(plan) => listed.plans.push(plan),
                Err(problem) => {
                    let name = entry["name"].as_str().unwrap_or_default().to_owned();
                    listed.unreadable.push(Unreadable { name, problem });
                }
            }
        }
        listed
    }

    /// The entries that could not be read.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// Why the plan of this name cannot be read, if that is so.
    pub fn problem(&self, name: &str) -> Option<&str> {
        let unreadable = self.unreadable.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        unreadable.map(|entry| entry.problem.as_str())
    }
}

impl Deref for Plans {
    type Target = [Pricing];

    fn deref(&self) -> &[Pricing] {
        &self.plans
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_and_takes_nothing_along() {
        let entry = |name: &str, tier: &str| json!({"name": name, "properties": {"pricingTier": tier}});
        let listed = Plans::read(&[entry("Arm", "Premium"), entry("Dns", "Free"), json!({"id": "/x"})]);
        assert_eq!(listed.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>(), ["Dns"]);
        assert_eq!(listed.unreadable().len(), 2);
        let problem = "the plan \"Arm\" has the tier \"Premium\", which is unknown here";
        assert_eq!((listed.problem("arm"), listed.problem("Dns")), (Some(problem), None));
    }
}
