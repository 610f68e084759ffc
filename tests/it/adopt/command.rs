//! What the command says: its arguments, its exit codes, and what it does where something cannot be read.

use super::{adopt, assert_adopted, plan, scene};
use crate::harness::{SUBSCRIPTION, terraform};
use crate::shared::process::Failure;
use arm_emulator::{Emulator, Fault, Options};
use serde_json::json;

fn start() -> Result<Emulator, Failure> {
    Emulator::start(Options::default()).map_err(Failure::of("start the emulator"))
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
    let refuse = || {
        let path = format!("{closed}/providers/Microsoft.Security");
        Fault { path: Some(path), status: Some(403), ..Fault::default() }
    };
    scene.azure.add_fault(refuse());
    let output = adopt(&scene.azure, &["--scope", closed, "--scope", open])?.require(3)?;
    assert!(output.stderr.contains(closed) && output.stderr.contains("permission"), "{}", output.stderr);
    assert!(output.stdout.contains(&format!("# NOT READ, so missing here: /subscriptions/{closed} (")));
    scene.workspace.write("main.tf", &output.stdout)?;
    // What Azure has always on, and Arm.
    assert_adopted(&scene, 3)?;
    scene.azure.add_fault(refuse());
    let output = adopt(&scene.azure, &["--scope", closed])?.require(1)?;
    assert!(output.stdout.is_empty(), "{}", output.stdout);
    output.require_text("nothing could be read").map(drop)
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
