//! Storage accounts with a setting of their own.

use super::{found, list, scene};
use crate::assignments::requests;
use crate::shared::process::Failure;
use serde_json::{Value, json};

const SUBSCRIPTION: &str = crate::harness::SUBSCRIPTION;

fn account(group: &str, name: &str) -> String {
    format!("{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}")
}

/// An account, and its setting where it has one.
fn with(group: &str, name: &str, enabled: bool, overrides: bool) -> [(String, Value); 2] {
    let account = account(group, name);
    let setting = format!("{account}/providers/Microsoft.Security/defenderForStorageSettings/current");
    let properties = json!({"isEnabled": enabled, "overrideSubscriptionLevelSettings": overrides});
    [
        (account.clone(), json!({"id": account, "location": "westeurope"})),
        (setting.clone(), json!({"id": setting, "name": "current", "properties": properties})),
    ]
}

#[test]
fn only_accounts_that_override_their_subscription() -> Result<(), Failure> {
    let there = [
        with("a", "follows", true, false),
        with("a", "off", false, true),
        with("a", "on", true, true),
        with("b", "other", true, true),
    ]
    .concat();
    let Some(scene) = scene(&["00000000-0000-0000-0000-000000000001"], &there)? else { return Ok(()) };
    let group = format!("scope = \"{SUBSCRIPTION}/resourceGroups/A\"");
    for (config, expected) in [
        ("", &["off", "on", "other"][..]),
        (&group, &["off", "on"]),
        ("enabled = false", &["off"]),
        (&format!("{group}\nenabled = true"), &["on"]),
    ] {
        let expected: Vec<String> =
            expected.iter().map(|name| format!("Defender for Storage on {name}")).collect();
        let kind = "defender_storage_protection";
        assert_eq!(found(&scene, &list(kind, "", config))?, expected, "{config}");
    }
    let asked = requests(&scene);
    assert_eq!(asked.iter().filter(|line| line.contains("storageAccounts (list)")).count(), 1, "{asked:?}");
    assert_eq!(asked.len(), 4, "one of each account, after the list: {asked:?}");
    Ok(())
}
