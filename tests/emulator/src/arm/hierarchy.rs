//! What lies in what: resources in resource groups, these in subscriptions, those in management groups.
//! <https://learn.microsoft.com/azure/governance/management-groups/overview#hierarchy-of-management-groups-and-subscriptions>

use super::groups;
use crate::store::{Store, key};

/// Azure's hierarchy has six levels below the root; a longer chain is a circle that a test wrote.
const LEVELS: usize = 8;

/// The scopes whose settings reach `scope`, lower case: itself first, then what it lies in, up to the root group.
pub(crate) fn reaching(store: &Store, scope: &str) -> Vec<String> {
    let scope = key(scope);
    let mut scopes = vec![scope.clone()];
    let mut group = groups::name_in(&scope);
    if let Some(subscription) = crate::seed::subscription_of(&scope) {
        let subscription_id = format!("/subscriptions/{subscription}");
        let rest = scope.strip_prefix(&format!("{subscription_id}/resourcegroups/"));
        if let Some((resource_group, _)) = rest.and_then(|rest| rest.split_once('/')) {
            scopes.push(format!("{subscription_id}/resourcegroups/{resource_group}"));
        }
        if scope != subscription_id {
            scopes.push(subscription_id);
        }
        group = groups::of_subscription(store, &subscription);
        scopes.extend(group.as_deref().map(groups::id));
    }
    for _ in 0..LEVELS {
        group = group.and_then(|group| groups::parent(store, &group));
        scopes.extend(group.as_deref().map(groups::id));
    }
    scopes.iter().map(|scope| key(scope)).collect()
}

/// Whether `scope` is `outer` or lies in it.
pub(crate) fn is_within(store: &Store, scope: &str, outer: &str) -> bool {
    reaching(store, scope).contains(&key(outer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::TENANT_ID;
    use crate::{Cloud, seed};
    use serde_json::json;

    #[test]
    fn a_scope_lies_in_all_above_it() {
        let mut store = Store::default();
        let groups = json!({ "management_groups": ["A", { "name": "b", "parent": "A", "subscriptions": ["S"] }], "subscriptions": ["t"] });
        seed::sow(&mut store, Cloud::Public, Some(&groups)).unwrap();
        let group = |name: &str| groups::id(name).to_lowercase();
        let root = group(TENANT_ID);
        let check = |scope: &str, above: &[&str]| {
            let expected: Vec<String> =
                [scope].iter().chain(above).map(|scope| scope.to_lowercase()).collect();
            assert_eq!(reaching(&store, scope), expected, "{scope}");
        };
        check(&root, &[]);
        check(&group("A"), &[&root]);
        check("/subscriptions/s", &[&group("b"), &group("a"), &root]);
        check("/subscriptions/t", &[&root]);
        check(
            "/subscriptions/T/resourceGroups/g/providers/M.C/vms/v",
            &["/subscriptions/t/resourcegroups/g", "/subscriptions/t", &root],
        );
        assert!(is_within(&store, "/subscriptions/s/resourceGroups/g", &groups::id("A")));
        assert!(!is_within(&store, &groups::id("A"), &groups::id("b")));
    }
}
