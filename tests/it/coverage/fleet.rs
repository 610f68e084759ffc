//! Thirty subscriptions of a management group: what they have, from whom, and what of it is not as expected.

use super::{GROUP, INNER, coverage, scene, subscription, told};
use crate::shared::process::Failure;
use serde_json::{Value, json};
use std::time::Duration;

const EXPECTED: &str = r#"
  management_group = "fleet"
  expected = {
    KeyVaults       = { subplan = "PerKeyVault" }
    virtualmachines = { tier = "Standard", subplan = "P2", extensions = { AgentlessVmScanning = true, MdeDesignatedSubscription = false } }
    Arm             = { tier = "Free" }
  }
"#;

fn row(all: &Value, number: usize) -> &Value {
    let rows = all["subscriptions"].as_array().expect("a list");
    rows.iter().find(|row| row["id"] == subscription(number)).expect("the subscription")
}

/// What differs in a subscription: plan, path, expected, actual and cause.
fn differences(all: &Value, number: usize) -> Vec<String> {
    let of = all["differences"].as_array().into_iter().flatten();
    let own = of.filter(|one| one["subscription"] == subscription(number));
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or("-").to_owned();
    let fields = ["plan", "path", "expected", "actual", "cause"];
    own.map(|one| fields.map(|field| text(one, field)).join(" ")).collect()
}

#[test]
fn thirty_subscriptions_in_few_requests() -> Result<(), Failure> {
    let scene = scene(30, &coverage(EXPECTED))?;
    let applied = scene.workspace.apply()?.require(0)?;
    applied
        .require_text("1 of 30 subscriptions could not be read")?
        .require_text(&format!("{}: AuthorizationFailed", subscription(2)))?;
    insta::assert_snapshot!("thirty", scene.take_requests().join("\n"));
    let all = told(&scene)?;
    assert_eq!(all["id"], GROUP);
    let mut summary = all["summary"].clone();
    let plans = summary["plans"].take();
    assert_eq!(
        summary,
        json!({"subscriptions": 30, "unread": 1, "unregistered": 1, "on": 84, "off": 420, "differences": 33,
            "plans": null})
    );
    assert_eq!(
        (&plans["KeyVaults"], &plans["VirtualMachines"]),
        (&json!({"on": 27, "off": 1}), &json!({"on": 1, "off": 27}))
    );
    scene.workspace.plan()?.require(0)?.require_text("No changes.").map(drop)
}

#[test]
fn each_subscription_says_what_and_from_whom() -> Result<(), Failure> {
    let scene = scene(8, &coverage(EXPECTED))?;
    scene.workspace.apply()?.require(0)?;
    let all = told(&scene)?;
    let head = |number: usize| {
        let row = row(&all, number);
        ["state", "registered", "problem", "as_expected"].map(|field| row[field].clone())
    };
    assert_eq!(head(1), [json!("Enabled"), json!(false), Value::Null, json!(false)]);
    let unread = head(2);
    assert_eq!((&unread[0], &unread[1], &unread[3]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(unread[2].as_str().is_some_and(|why| why.starts_with("AuthorizationFailed: ")), "{unread:?}");
    assert_eq!((&head(3)[0], &row(&all, 3)["name"]), (&json!("Disabled"), &json!("Old")));
    let plan = |number: usize, name: &str| row(&all, number)["plans"][name].clone();
    let assigned = format!("{GROUP}/providers/Microsoft.Authorization/policyAssignments/1f725891");
    assert_eq!(
        plan(8, "KeyVaults"),
        json!({"tier": "Standard", "enabled": true, "subplan": "PerKeyVault", "deprecated": false, "inherited": null,
            "extensions": {}, "cause": "policy", "managed_by": null, "policy_assignments": [assigned]})
    );
    let servers = plan(4, "VirtualMachines");
    assert_eq!(
        (&servers["cause"], &servers["managed_by"], &servers["extensions"]),
        (
            &json!("defender_portal"),
            &json!("M365 security rule: /management/rules/1"),
            &json!({"MdeDesignatedSubscription": true})
        )
    );
    let causes = [(5, "KeyVaults"), (6, "KeyVaults"), (7, "Arm"), (8, "Discovery")]
        .map(|(number, name)| plan(number, name)["cause"].clone());
    assert_eq!(causes, ["unknown", "unknown", "azure_default", "azure_default"]);
    assert_eq!(row(&all, 8)["unmanaged_plans"], json!([]), "what cannot be off is nobody's choice");
    assert_eq!(
        differences(&all, 1),
        ["KeyVaults tier Standard - not_registered", "VirtualMachines tier Standard - not_registered"]
    );
    assert_eq!(
        differences(&all, 4),
        [
            "VirtualMachines subplan P2 P1 defender_portal",
            "VirtualMachines extensions.AgentlessVmScanning true - defender_portal",
            "VirtualMachines extensions.MdeDesignatedSubscription false true defender_portal",
        ]
    );
    assert_eq!(
        differences(&all, 5),
        ["KeyVaults tier Standard Free unknown", "VirtualMachines tier Standard Free azure_default"]
    );
    assert_eq!(differences(&all, 2), Vec::<String>::new());
    Ok(())
}

/// Below the inner group; all that is seen; a list with one that is not there.
#[test]
fn other_reaches() -> Result<(), Failure> {
    let scene = scene(8, "")?;
    let ids = |arguments: &str| -> Result<Vec<String>, Failure> {
        scene.workspace.write("main.tf", &coverage(arguments))?;
        scene.workspace.apply()?.require(0)?;
        let all = told(&scene)?;
        let rows = all["subscriptions"].as_array().cloned().unwrap_or_default();
        assert!(rows.iter().all(|row| row["as_expected"].is_null() && row["unmanaged_plans"] == json!([])));
        Ok(rows
            .iter()
            .filter_map(|row| row["id"].as_str()?.rsplit('-').next()?.trim_start_matches('0').parse().ok())
            .collect())
    };
    assert_eq!(ids(&format!("management_group = \"{INNER}\""))?, ["5", "6", "7", "8"]);
    assert_eq!(ids("")?, ["", "1", "3", "4", "5", "6", "7", "8"], "what may not be entered is not seen");
    let named = format!(
        "scopes = [\"{}\", \"{}\"]",
        subscription(9).to_uppercase().replace("SUBSCRIPTIONS", "subscriptions"),
        subscription(4)
    );
    assert_eq!(ids(&named)?, ["4", "9"]);
    Ok(())
}

/// A plan of the cloud that a subscription does not list; Graph that lags behind, and the exact way.
#[test]
fn graph_lags_behind_and_exact_does_not() -> Result<(), Failure> {
    let arguments = |exact: bool| {
        let scopes = [4, 5].map(|number| format!("\"{}\"", subscription(number))).join(", ");
        coverage(&format!(
            "  scopes   = [{scopes}]\n  exact    = {exact}\n  expected = {{ KeyVaults = {{}} }}"
        ))
    };
    let scene = scene(8, &arguments(false))?;
    scene.azure.set_graph_delay(Duration::from_secs(300));
    let id = |name: &str| format!("{}/providers/Microsoft.Security/pricings/{name}", subscription(5));
    let mut vaults = scene.azure.resource(&id("KeyVaults")).expect("the plan");
    vaults["properties"]["pricingTier"] = json!("Standard");
    scene.azure.put_resource(&id("KeyVaults"), vaults);
    scene.azure.delete_resource(&id("Arm"));
    let look = |exact: bool| -> Result<(Value, Value), Failure> {
        scene.workspace.write("main.tf", &arguments(exact))?;
        scene.workspace.apply()?.require(0)?;
        let all = told(&scene)?;
        assert_eq!(row(&all, 4)["unmanaged_plans"], json!(["VirtualMachines"]));
        Ok((all["differences"].clone(), row(&all, 5)["unlisted_plans"].clone()))
    };
    let (found, unlisted) = look(false)?;
    assert_eq!((found.as_array().map(Vec::len), unlisted), (Some(1), json!([])));
    scene.take_requests();
    assert_eq!(look(true)?, (json!([]), json!(["Arm"])));
    let lists = scene.take_requests().into_iter().filter(|line| line.contains("/pricings?")).count();
    assert_eq!(lists, 2, "one list for each subscription");
    scene.azure.advance(Duration::from_secs(300));
    assert_eq!(look(false)?, (json!([]), json!(["Arm"])));
    Ok(())
}

/// A `check` block tells what differs, in words of the user.
#[test]
fn a_check_warns() -> Result<(), Failure> {
    let check = r#"
check "coverage" {
  assert {
    condition     = length(data.defender_coverage.it.differences) == 0
    error_message = join(", ", [for one in data.defender_coverage.it.differences : "${one.plan}:${one.path}"])
  }
}
"#;
    let expected = |plans: &str| {
        coverage(&format!("  scopes = [\"{}\"]\n  expected = {{ {plans} }}", subscription(5))) + check
    };
    let scene = scene(8, &expected("KeyVaults = {}, Containers = {}"))?;
    scene.workspace.apply()?.require(0)?.require_text("Containers:tier, KeyVaults:tier")?;
    scene.workspace.write("main.tf", &expected("KeyVaults = { tier = \"Free\" }"))?;
    let quiet = scene.workspace.apply()?.require(0)?;
    assert!(!quiet.stdout.contains("Check block assertion failed"), "{}", quiet.stdout);
    Ok(())
}
