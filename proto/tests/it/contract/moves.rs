//! Objects that another provider's resource has managed so far.

use serde_json::{Value, json};

use super::scene::{Scene, thing};
use crate::shared::process::Failure;

const MOVED: &str = "moved {\n  from = shout_thing.s\n  to   = echo_thing.t\n}\n";

/// A state with an object of another provider.
fn state(provider: &str, attributes: &Value) -> String {
    let instance = json!({ "schema_version": 3, "attributes": attributes, "private": "bnVsbA==" });
    let resource = json!({
        "mode": "managed", "type": "shout_thing", "name": "s", "instances": [instance],
        "provider": format!("provider[\"{provider}\"]"),
    });
    json!({ "version": 4, "serial": 1, "lineage": "moves", "outputs": {}, "resources": [resource] })
        .to_string()
}

fn scene(provider: &str, attributes: &Value, target: &str) -> Result<Scene, Failure> {
    let scene = Scene::new(&format!("{MOVED}{}", thing(target)))?;
    // Terraform wants the provider of everything in the state, even of what it moves away. Any will do.
    scene.stand_in(provider)?;
    scene.write("terraform.tfstate", &state(provider, attributes))?;
    Ok(scene)
}

#[test]
fn an_object_of_another_provider_is_moved_and_not_changed() -> Result<(), Failure> {
    let shouted = json!({ "name": "t", "words": "Hey", "pitch": "high", "timeouts": { "create": "5m", "other": null } });
    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let target = "name = \"t\"\ntext = \"Hey\"\ntimeouts {\n  create = \"5m\"\n}";
        let scene = scene(&format!("{host}/example/shout"), &shouted, target)?;
        scene.plan(2, "shout_thing.s has moved to echo_thing.t")?;
        scene.plan(2, "Plan: 0 to add, 0 to change, 0 to destroy.")?;
        scene.plan(2, "Warning: The pitch stays behind")?;
        scene.apply(0, "0 added, 0 changed, 0 destroyed")?;
        assert_eq!(scene.instance()?["attributes"]["text"], "Hey");
        scene.plan(0, "No changes.")?;
        // The move has said how often the object was written before.
        scene.write("main.tf", &thing("name = \"t\"\ntext = \"louder\""))?;
        scene.apply(0, "1 changed")?;
        assert_eq!(scene.instance()?["attributes"]["writes"], 11);
    }
    Ok(())
}

#[test]
fn what_cannot_be_moved_is_told_with_the_way_out() -> Result<(), Failure> {
    let named = json!({ "name": "t" });
    for (provider, attributes) in [
        ("registry.terraform.io/other/shout", &named),
        ("registry.terraform.io/example/shout", &json!({ "name": null })),
    ] {
        let scene = scene(provider, attributes, "name = \"t\"")?;
        scene.plan(1, "What can be moved to echo_thing: `shout_thing` of")?;
        scene.plan(1, "from = shout_thing.NAME")?;
    }
    Ok(())
}
