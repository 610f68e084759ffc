//! What is wrong with the arguments is said before anything is asked of Azure.

use super::{coverage, scene};
use crate::shared::process::Failure;

#[test]
fn wrong_arguments() -> Result<(), Failure> {
    let scene = scene(4, "")?;
    let subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
    for (arguments, texts) in [
        (
            format!("scopes = [\"{subscription}\"]\nmanagement_group = \"fleet\""),
            ["Both scopes and management_group are set", "Take one of them out."],
        ),
        ("scopes = []".to_owned(), ["No subscription is named", "leave the argument out"]),
        (
            "scopes = [\"00000000-0000-0000-0000-000000000001\"]".to_owned(),
            ["Not a subscription", "Write \"/subscriptions/00000000-0000-0000-0000-000000000001\""],
        ),
        (
            format!("scopes = [\"{subscription}/resourceGroups/rg\"]"),
            ["Not a subscription", "goes on after the subscription"],
        ),
        (
            "scopes = [\"/providers/Microsoft.Management/managementGroups/fleet\"]".to_owned(),
            ["Not a subscription", "which the argument management_group takes"],
        ),
        (
            format!("management_group = \"{subscription}\""),
            ["Not a management group", "is the id of something else"],
        ),
        ("management_group = \"a/b\"".to_owned(), ["Not a management group", "Write its name"]),
        (
            "expected = { Arm = { tier = \"Free\", subplan = \"PerSubscription\" } }".to_owned(),
            ["A plan that is off has nothing else", "Arm should be off"],
        ),
        ("expected = { Arm = { tier = \"Premium\" } }".to_owned(), ["expected", "Standard"]),
    ] {
        scene.workspace.write("main.tf", &coverage(&arguments))?;
        let failed = scene.workspace.plan()?.require(1)?;
        texts.iter().try_fold(failed, |failed, text| failed.require_text(text))?;
        assert!(scene.azure.requests().is_empty(), "{arguments}");
    }
    Ok(())
}

/// Azure may have plans that this version does not know.
#[test]
fn a_plan_that_is_not_known_is_a_warning() -> Result<(), Failure> {
    let configuration = coverage(
        "scopes = [\"/subscriptions/00000000-0000-0000-0000-000000000004\"]\nexpected = { KeyVault = {} }",
    );
    let scene = scene(4, &configuration)?;
    let applied = scene.workspace.apply()?.require(0)?;
    applied.require_text("No such plan is known")?.require_text("did you mean \"KeyVaults\"?")?;
    let all = super::told(&scene)?;
    assert_eq!(
        (&all["differences"][0]["plan"], &all["differences"][0]["actual"]),
        (&"KeyVault".into(), &().into())
    );
    Ok(())
}
