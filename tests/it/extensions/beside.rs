//! What follows from a component may be written beside it, as `terraform query` does; nothing else.

use super::{extension, linux, on, settled, writes};
use crate::plans::story::require_texts;
use crate::shared::process::Failure;

const TODAY: &str = "2026-11-22";

#[test]
fn what_follows_from_the_component() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let same = "component = \"guest_configuration\"\npublisher = \"microsoft.guestconfiguration\"\n\
                type = \"ConfigurationForLinux\"\nname = \"AzurePolicyforLinux\"";
    scene.workspace.write("main.tf", &extension(&target, same))?;
    scene.workspace.apply()?.require(0)?;
    assert_eq!(writes(&scene), ["PUT AzurePolicyforLinux"]);
    settled(&scene)?;
    scene.workspace.write("main.tf", &extension(&target, "component = \"guest_configuration\""))?;
    settled(&scene)
}

#[test]
fn what_does_not() -> Result<(), Failure> {
    let scene = on(TODAY)?;
    let target = linux(&scene);
    let component = "component = \"guest_configuration\"\npublisher = \"Microsoft.GuestConfiguration\"";
    for (further, texts) in [
        ("type = \"MDE.Linux\"", vec!["What is deployed is not clear", "this type is none of its own"]),
        (
            "type = \"ConfigurationforWindows\"",
            vec!["The extension is another one", "it is \"ConfigurationforLinux\"", "Leave type out"],
        ),
    ] {
        scene.workspace.write("main.tf", &extension(&target, &format!("{component}\n{further}")))?;
        require_texts(scene.workspace.plan()?.require(1)?, &texts)?;
    }
    Ok(())
}
