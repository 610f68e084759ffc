//! What is wrong with a query is said at its attribute.

use super::{GROUP, list, query, scene};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::{Failure, Output};
use serde_json::json;

/// What this provider says, with its place, where Terraform's frame has broken the lines; without ids of requests, which
/// tell how many there were before.
pub(super) fn said(output: &Output) -> String {
    let said = format!("{}\n{}", output.stdout, output.stderr);
    let said = said.replace(['│', '╷', '╵'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let own = ["Error: ", "Warning: "].iter().flat_map(|word| said.match_indices(word)).map(|(at, _)| at);
    // Each run begins with a warning of Terraform's that this provider is not from a registry.
    let from = own.filter(|at| !said[*at..].starts_with("Warning: Provider development overrides")).min();
    let mut rest = said[from.unwrap_or_default()..].to_owned();
    while let Some((before, after)) = rest.split_once(", request id ") {
        rest = format!("{before}{}", &after[after.find(')').unwrap_or_default()..]);
    }
    rest
}

#[test]
fn scopes_and_filters_that_cannot_be() -> Result<(), Failure> {
    let Some(scene) = scene(&["00000000-0000-0000-0000-000000000001"], &[])? else { return Ok(()) };
    for (name, kind, config) in [
        ("group", "defender_setting", format!("scope = \"{SUBSCRIPTION}/resourceGroups/a\"")),
        ("guid", "defender_workspace", "scope = \"00000000-0000-0000-0000-000000000001\"".to_owned()),
        (
            "machine",
            "defender_storage_protection",
            format!(
                "scope = \"{SUBSCRIPTION}/resourceGroups/a/providers/Microsoft.Compute/virtualMachines/vm\""
            ),
        ),
        ("tier", "defender_plan", "tier = \"Premium\"".to_owned()),
        ("plans", "defender_plan", format!("scope = \"{SUBSCRIPTION}/resourceGroups/a\"")),
        ("definition", "defender_policy_assignment", format!("definition = \"{SUBSCRIPTION}\"")),
        ("assignments", "defender_policy_assignment", "scope = \"contoso\"".to_owned()),
        ("component", "defender_extension", "component = \"guest_config\"".to_owned()),
        (
            "target",
            "defender_extension",
            format!(
                "scope = \"{SUBSCRIPTION}/resourceGroups/a/providers/Microsoft.Storage/storageAccounts/a\""
            ),
        ),
        (
            "autoprovisioning",
            "defender_autoprovisioning",
            format!("scope = \"{SUBSCRIPTION}/resourceGroups/a\""),
        ),
    ] {
        let refused = query(&scene, &list(kind, "", &config))?.require(1)?;
        insta::assert_snapshot!(format!("refused_{name}"), said(&refused));
        assert!(scene.azure.requests().is_empty(), "{name}");
    }
    Ok(())
}

#[test]
fn what_azure_refuses() -> Result<(), Failure> {
    let permissions = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions");
    let there = [(permissions, json!({"value": []}))];
    let Some(scene) = scene(&["00000000-0000-0000-0000-000000000001"], &there)? else { return Ok(()) };
    for (name, kind, config) in [
        ("forbidden", "defender_vulnerability_assessment", format!("scope = \"{SUBSCRIPTION}\"")),
        ("forbidden_default", "defender_setting", String::new()),
        ("forbidden_plans", "defender_plan", format!("scope = \"{SUBSCRIPTION}\"")),
        ("forbidden_assignments", "defender_policy_assignment", format!("scope = \"{SUBSCRIPTION}\"")),
        (
            "forbidden_machine",
            "defender_extension",
            format!(
                "scope = \"{SUBSCRIPTION}/resourceGroups/a/providers/Microsoft.Compute/virtualMachines/vm\""
            ),
        ),
        ("no_group", "defender_setting", format!("scope = \"{}\"", GROUP.replace("contoso", "none"))),
    ] {
        let refused = query(&scene, &list(kind, "", &config))?.require(1)?;
        insta::assert_snapshot!(name, said(&refused));
    }
    Ok(())
}
