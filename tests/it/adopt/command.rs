//! What the command says: its arguments, its exit codes, and what it does where something cannot be read.

use super::{adopt, assert_adopted, plan, scene, whole};
use crate::harness::{SUBSCRIPTION, Scene, terraform};
use crate::shared::process::Failure;
use arm_emulator::{Emulator, Fault, Options};
use serde_json::{Value, json};

fn start() -> Result<Emulator, Failure> {
    start_with(json!({"resources": []}))
}

fn start_with(seed: Value) -> Result<Emulator, Failure> {
    let options = Options { seed: Some(seed), ..Options::default() };
    Emulator::start(options).map_err(Failure::of("start the emulator"))
}

#[test]
fn help_and_mistakes() -> Result<(), Failure> {
    let azure = start()?;
    adopt(&azure, &["--help"])?.require(0)?.require_text("Exit codes:")?;
    for (arguments, text) in [
        (&["--scope", "prod"][..], "adopt: --scope: \"prod\" is neither a subscription, such as "),
        (&["--formt=hcl"], "adopt: there is no option \"--formt=hcl\"; try --help"),
    ] {
        let output = adopt(&azure, arguments)?.require(2)?;
        assert!(output.stdout.is_empty() && output.stderr.lines().count() == 1, "{}", output.stderr);
        output.require_text(text)?;
    }
    assert!(azure.requests().is_empty(), "nothing is asked for");
    Ok(())
}

#[test]
fn nobodys_files_are_written_over() -> Result<(), Failure> {
    let scene = scene(terraform()?, json!({"resources": []}))?;
    scene.workspace.write("defender_imports.tf", "# mine\n")?;
    let directory = scene.workspace.path().display().to_string();
    adopt(&scene.azure, &["--out", &directory])?.require(1)?.require_text("is there already")?;
    assert!(scene.azure.requests().is_empty(), "nothing is asked for");
    Ok(())
}

/// One of two subscriptions cannot be read: the other one is written, and nothing is silent.
#[test]
fn what_cannot_be_read_does_not_stop_the_rest() -> Result<(), Failure> {
    let closed = "00000000-0000-0000-0000-000000000009";
    let open = SUBSCRIPTION.trim_start_matches("/subscriptions/");
    let arm = plan(open, "Arm", &json!({"pricingTier": "Standard", "subPlan": "PerSubscription"}));
    let scene = scene(terraform()?, json!({"subscriptions": [open, closed], "resources": [arm]}))?;
    refuse(&scene, &format!("/subscriptions/{closed}/"));
    let output = adopt(&scene.azure, &["--scope", closed, "--scope", open])?.require(3)?;
    let said = format!("adopt: /subscriptions/{closed}: Azure refused: permission is missing");
    assert_eq!(output.stderr.matches(&said).count(), 1, "{}", output.stderr);
    assert!(output.stderr.contains("; one thing could not be read"), "{}", output.stderr);
    assert!(output.stdout.contains(&format!("# NOT READ, so missing here: /subscriptions/{closed} (")));
    scene.workspace.write("main.tf", &output.stdout)?;
    // What Azure has always on, and Arm.
    assert_adopted(&scene, 3)?;
    let output = adopt(&scene.azure, &["--scope", closed])?.require(1)?;
    assert!(output.stdout.is_empty(), "{}", output.stdout);
    output.require_text("nothing could be read").map(drop)
}

/// From now on nobody may see what has this in its path.
fn refuse(scene: &Scene, path: &str) {
    let fault = Fault { path: Some(path.to_owned()), status: Some(403), times: 0, ..Fault::default() };
    scene.azure.add_fault(fault);
}

/// Each kind that may not be read is named, and all others are written.
#[test]
fn a_kind_that_cannot_be_read_does_not_stop_the_others() -> Result<(), Failure> {
    for (path, what) in [
        ("/providers/Microsoft.Security/pricings", "plans"),
        ("/providers/Microsoft.Security/settings", "settings"),
        ("/providers/Microsoft.Security/securityContacts", "security contacts"),
        ("/providers/Microsoft.Security/workspaceSettings", "workspaces"),
        ("/providers/Microsoft.Security/serverVulnerability", "vulnerability assessments"),
        ("/providers/Microsoft.Storage/storageAccounts?", "storage accounts"),
        ("/providers/Microsoft.Authorization/policyAssignments?", "policy assignments"),
    ] {
        let azure = start_with(whole::everything())?;
        let all = adopt(&azure, &[])?.require(0)?;
        azure.add_fault(Fault {
            path: Some(path.to_owned()),
            status: Some(403),
            times: 0,
            ..Fault::default()
        });
        let output = adopt(&azure, &[])?.require(3)?;
        let said = format!("{what} of {SUBSCRIPTION}");
        assert!(output.stderr.contains(&format!("adopt: {said}: Azure refused")), "{}", output.stderr);
        let comment = format!("# NOT READ, so missing here: {said} (Azure refused: permission is missing)");
        assert_eq!(output.stdout.matches("# NOT READ").count(), 1, "{}", output.stdout);
        assert!(output.stdout.contains(&comment), "{}", output.stdout);
        let blocks = |text: &str| text.matches("\nresource ").count();
        assert!((1..blocks(&all.stdout)).contains(&blocks(&output.stdout)), "{what}: {}", output.stdout);
    }
    Ok(())
}

/// What Azure has and the resource would refuse is named, and does not spoil the plan of all the rest.
#[test]
fn what_could_not_be_written_is_left_out() -> Result<(), Failure> {
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Security/securityContacts/default");
    let contact = json!({"id": id, "name": "default", "properties": {"emails": "nobody", "isEnabled": true}});
    let scene = scene(terraform()?, json!({"resources": [contact]}))?;
    let output = adopt(&scene.azure, &[])?.require(3)?.require_text("\"nobody\" is not one.")?;
    let comment =
        format!("# NOT READ, so missing here: the security contact of {SUBSCRIPTION} (Not an email address)");
    assert!(output.stdout.contains(&comment), "{}", output.stdout);
    scene.workspace.write("main.tf", &output.stdout)?;
    assert_adopted(&scene, 2)
}

/// A plan that this version does not know is named like anything else that cannot be read.
#[test]
fn a_plan_of_an_unknown_tier_is_named() -> Result<(), Failure> {
    let subscription = SUBSCRIPTION.trim_start_matches("/subscriptions/");
    let arm = plan(subscription, "Arm", &json!({"pricingTier": "Premium"}));
    let azure = start_with(json!({"resources": [arm]}))?;
    let output = adopt(&azure, &["--only=plans"])?.require(3)?;
    let comment = format!(
        "# NOT READ, so missing here: a plan of {SUBSCRIPTION} (the plan \"Arm\" has the tier \"Premium\", which"
    );
    assert!(output.stdout.contains(&comment), "{}", output.stdout);
    output.require_text("look for a newer one").map(drop)
}

/// With plans that are off, too; and the same question gets the same answer.
#[test]
fn plans_that_are_off() -> Result<(), Failure> {
    let scene = scene(terraform()?, json!({"resources": []}))?;
    let first = adopt(&scene.azure, &["--include-free"])?.require(0)?;
    let second = adopt(&scene.azure, &["--include-free", "--scope", SUBSCRIPTION])?.require(0)?;
    assert_eq!(first.stdout, second.stdout);
    scene.workspace.write("main.tf", &first.stdout)?;
    scene.workspace.run(["fmt", "-check", "-diff"])?.require(0)?;
    assert_adopted(&scene, first.stdout.matches("\nresource ").count())
}
