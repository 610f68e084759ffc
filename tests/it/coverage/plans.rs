//! `data.defender_plans` of many subscriptions.

use super::{scene, subscription, told};
use crate::shared::process::Failure;
use serde_json::json;

fn plans(arguments: &str) -> String {
    format!(
        "data \"defender_plans\" \"it\" {{\n{arguments}\n}}\noutput \"it\" {{ value = data.defender_plans.it }}\n"
    )
}

#[test]
fn plans_of_a_management_group() -> Result<(), Failure> {
    let scene = scene(30, &plans("  management_group = \"fleet\""))?;
    let applied = scene.workspace.apply()?.require(0)?;
    applied.require_text("1 of 30 subscriptions could not be read")?;
    let lists = scene.take_requests().into_iter().filter(|line| line.contains("/pricings?")).count();
    assert_eq!(lists, 2, "only of the two without rows");
    let all = told(&scene)?;
    let listed = all["plans"].as_object().expect("a map");
    assert_eq!(listed.len(), 28 * 18);
    let id = format!("{}/providers/Microsoft.Security/pricings/VirtualMachines", subscription(4));
    let servers = &listed[&id];
    assert_eq!(
        (&servers["scope"], &servers["name"], &servers["subplan"]),
        (&json!(subscription(4)), &json!("VirtualMachines"), &json!("P1"))
    );
    assert!(all["scope"].is_null());
    let unread = all["unread"].as_object().expect("a map");
    assert_eq!(unread.keys().collect::<Vec<_>>(), [&subscription(1), &subscription(2)]);
    assert!(
        unread[&subscription(1)].as_str().is_some_and(|why| why.contains("not registered")),
        "{unread:?}"
    );
    scene.workspace.plan()?.require(0)?.require_text("No changes.").map(drop)
}

#[test]
fn a_list_and_what_excludes_it() -> Result<(), Failure> {
    let scopes = format!("  scopes = [\"{}\", \"{}\"]\n", subscription(4), subscription(5));
    let scene = scene(6, &plans(&scopes))?;
    scene.workspace.apply()?.require(0)?;
    let all = told(&scene)?;
    assert_eq!(all["plans"].as_object().map(serde_json::Map::len), Some(36));
    assert_eq!(
        (&all["unread"], &all["id"]),
        (&json!({}), &json!(format!("{},{}", subscription(4), subscription(5))))
    );
    let one = format!("  scope = \"{}\"\n", subscription(4));
    let group = "  management_group = \"fleet\"\n";
    for (arguments, text) in [
        (scopes.clone() + group, "Both scopes and management_group are set"),
        (scopes + &one, "Both scope and scopes are set"),
        (one + group, "Both scope and management_group are set"),
    ] {
        scene.workspace.write("main.tf", &plans(&arguments))?;
        scene.workspace.plan()?.require(1)?.require_text(text)?;
    }
    Ok(())
}
