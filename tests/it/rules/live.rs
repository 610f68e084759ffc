//! Rules whose say depends on what Azure has: asked for once, and only where it could change what is said.

use crate::plans::story::{Story, machine, one, require_texts, warnings};
use crate::shared::process::Failure;
use arm_emulator::Fault;
use serde_json::{Value, json};

const TODAY: &str = "  reference_date = \"2026-11-22\"\n";
const BY_TRANSACTION: &str = "name = \"KeyVaults\"\nsubplan = \"PerTransaction\"";

fn by_transaction() -> (&'static str, Value) {
    ("KeyVaults", json!({"pricingTier": "Standard", "subPlan": "PerTransaction"}))
}

#[test]
fn a_closed_sub_plan_is_kept_and_not_had_anew() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.scene.configure(TODAY)?;
    story.write(&one(BY_TRANSACTION))?;
    story.plan(
        1,
        &[
            "Error: PerTransaction of Defender for Key Vault cannot be switched on any more",
            "3: subplan = \"PerTransaction\"",
            "Since 2026-07-05 Azure refuses to switch it on where it is not on, with the error",
            "\"InvalidInputError\"",
            "Set subplan = \"PerKeyVault\"",
            "rule MDC103",
        ],
    )?;
    let (name, there) = by_transaction();
    story.edit(name, &there);
    let kept = story.plan(
        2,
        &[
            "Warning: PerTransaction of Defender for Key Vault is closed to new subscriptions",
            "What has it keeps it",
        ],
    )?;
    assert_eq!(warnings(&kept), 1, "{}", kept.stdout);
    story.apply_with_warnings(
        &one(BY_TRANSACTION),
        "GET *, GET *, PUT KeyVaults",
        "KeyVaults Standard PerTransaction",
    )?;
    story.plan(0, &["No changes.", "Warning: PerTransaction of Defender for Key Vault is closed"])?;

    story.write(&one("name = \"KeyVaults\"\nsubplan = \"PerKeyVault\""))?;
    story.plan(2, &["Warning: There is no way back from this change", "3: subplan", "rule MDC112"])?;
    story.edit("KeyVaults", &json!({"pricingTier": "Free"}));
    story.write(&one(BY_TRANSACTION))?;
    story
        .plan(1, &["Error: PerTransaction of Defender for Key Vault cannot be switched on any more"])
        .map(drop)
}

/// A day before it is closed it is a warning, whatever Azure has.
#[test]
fn the_day_decides() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.write(&one("name = \"Dns\""))?;
    for (date, code, texts) in [
        ("2026-07-05", 1, ["Error: Defender for DNS cannot be switched on any more", "rule MDC102"]),
        (
            "2026-07-04",
            2,
            [
                "Warning: Defender for DNS is to be retired",
                "From 2026-07-05 on Azure refuses to switch it on",
            ],
        ),
        ("2023-07-31", 2, ["1 to add", "defender_plan.it"]),
    ] {
        story.scene.configure(&format!("  reference_date = \"{date}\"\n"))?;
        let output = story.plan(code, &texts)?;
        assert_eq!(warnings(&output), usize::from(date == "2026-07-04"), "{date}: {}", output.stdout);
    }
    Ok(())
}

/// Azure is asked where its answer matters, and for one list however many plans there are.
#[test]
fn one_list_serves_all() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.scene.configure(TODAY)?;
    let plans = |names: &[&str]| {
        format!(
            "resource \"defender_plan\" \"it\" {{\n  for_each = toset({})\n  name = each.key\n}}\n",
            json!(names)
        )
    };
    story.write(&plans(&["Arm", "KeyVaults", "VirtualMachines", "CloudPosture"]))?;
    story.scene.workspace.plan()?.require(2)?;
    assert_eq!(story.take_sent(), Vec::<String>::new(), "nothing depends on what Azure has");
    story.write(&plans(&["Dns", "KubernetesService", "Containers"]))?;
    story.scene.workspace.plan()?.require(1)?;
    assert_eq!(story.take_sent(), ["GET *"]);
    Ok(())
}

/// Without an answer the plan goes on, and is milder.
#[test]
fn no_answer_is_no_error() -> Result<(), Failure> {
    let story = Story::new(&[by_transaction()])?;
    story.scene.configure(TODAY)?;
    story.write(&one(BY_TRANSACTION))?;
    let forbidden = json!({"error": {"code": "AuthorizationFailed", "message": "no"}});
    story.scene.azure.add_fault(Fault {
        status: Some(403),
        body: Some(forbidden),
        times: 0,
        ..Fault::default()
    });
    let output = story
        .plan(2, &["Warning: PerTransaction of Defender for Key Vault is closed", "could not be read"])?;
    assert_eq!(warnings(&output), 1, "{}", output.stdout);
    Ok(())
}

#[test]
fn containers_without_extensions() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.write(&one("name = \"Containers\""))?;
    story.plan(
        2,
        &["Warning: The plan is switched on without extensions", "ContainerSensor = {}", "rule MDC053"],
    )?;
    story.edit("Containers", &json!({"pricingTier": "Standard"}));
    assert_eq!(warnings(&story.plan(2, &["1 to add"])?), 0, "it is on already");
    Ok(())
}

/// What a workspace was given before is kept by Azure, so only a new one asks for it.
#[test]
fn a_property_that_is_needed() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let body =
        "name = \"VirtualMachines\"\nsubplan = \"P2\"\nextensions = {\n  FileIntegrityMonitoring = {}\n}";
    story.write(&one(body))?;
    story.plan(
        1,
        &[
            "Error: The extension needs a property",
            "5:   FileIntegrityMonitoring = {}",
            "DefinedWorkspaceId",
            "rule MDC007",
        ],
    )?;
    let monitoring = json!({"name": "FileIntegrityMonitoring", "isEnabled": "True", "additionalExtensionProperties": {"DefinedWorkspaceId": "/w"}});
    story.edit(
        "VirtualMachines",
        &json!({"pricingTier": "Standard", "subPlan": "P2", "extensions": [monitoring]}),
    );
    assert_eq!(warnings(&story.plan(2, &["1 to add"])?), 0);
    Ok(())
}

#[test]
fn an_enforcing_subscription() -> Result<(), Failure> {
    let enforcing = |enforce| json!({"pricingTier": "Standard", "subPlan": "P2", "enforce": enforce});
    let story = Story::new(&[("VirtualMachines", enforcing("True"))])?;
    let on_machine = |subscription: &str| {
        one(&format!(
            "scope = \"{}\"\nname = \"VirtualMachines\"\ntier = \"Free\"{subscription}",
            machine("vm1")
        ))
    };
    story.write(&on_machine(""))?;
    story.plan(1, &["Error: The subscription enforces its own setting", "2: scope", "rule MDC009"])?;
    assert!(story.state()?.is_null());
    // What this configuration makes of the subscription counts more than what it is now.
    let depends = "\ndepends_on = [defender_plan.all]";
    let subscription = |enforce: bool| {
        one(&format!("name = \"VirtualMachines\"\nsubplan = \"P2\"\nenforce = {enforce}"))
            .replace("\"it\"", "\"all\"")
    };
    story.write(&(on_machine(depends) + &subscription(false)))?;
    story.plan(2, &["2 to add"])?;
    story.edit("VirtualMachines", &enforcing("False"));
    story.write(&(on_machine(depends) + &subscription(true)))?;
    story.plan(1, &["Error: The subscription enforces its own setting", "rule MDC009"])?;
    let other_order =
        subscription(true).replace("enforce = true", "enforce = true\ndepends_on = [defender_plan.it]");
    story.write(&(on_machine("") + &other_order))?;
    story
        .plan(
            1,
            &[
                "Error: Resources of the subscription have settings of their own",
                "enforce = true",
                "rule MDC009",
            ],
        )
        .map(drop)
}

/// Who manages a plan stands in lists of newer api-versions; an Azure without them is asked in an older one.
#[test]
fn a_plan_of_the_defender_portal() -> Result<(), Failure> {
    let managed = json!({"pricingTier": "Standard", "managedBy": "M365 security rule: /management/rules/1", "originatedFrom": "M365"});
    let story = Story::new(&[("CloudPosture", managed)])?;
    story.begin(&one("name = \"CloudPosture\""))?;
    let texts = [
        "No changes.",
        "Warning: The plan is managed by the Defender portal",
        "M365 security rule",
        "rule MDC056",
    ];
    story.plan(0, &texts)?;
    let unsupported =
        json!({"error": {"code": "InvalidResourceType", "message": "not for api version '2026-07-01'"}});
    story.scene.azure.add_fault(Fault {
        path: Some("api-version=2026-07-01".to_owned()),
        status: Some(404),
        body: Some(unsupported),
        times: 0,
        ..Fault::default()
    });
    let output = story.scene.workspace.plan()?.require(0)?;
    assert_eq!(story.take_sent(), ["GET * 404", "GET *"]);
    assert_eq!(warnings(&output), 0, "an older list does not tell");
    Ok(())
}

/// Destroying says what it cannot undo.
#[test]
fn destroying_what_is_closed() -> Result<(), Failure> {
    let story = Story::new(&[by_transaction()])?;
    story.scene.configure(TODAY)?;
    story.begin(&one(&format!("{BY_TRANSACTION}\non_destroy = \"free\"")))?;
    let destroy = ["plan", "-destroy", "-input=false"];
    let output = story.scene.workspace.run(destroy)?.require(0)?;
    require_texts(output, &["Warning: There is no way back from this change", "rule MDC112"])?;
    story.begin(&one(&format!("{BY_TRANSACTION}\non_destroy = \"restore\"")))?;
    let output = story.scene.workspace.run(destroy)?.require(0)?;
    assert_eq!(warnings(&output), 0, "what was there before is the same: {}", output.stdout);
    story.begin(&one("name = \"KeyVaults\"\nsubplan = \"PerKeyVault\""))?;
    let output = story.scene.workspace.run(destroy)?.require(0)?;
    let refused = "Warning: PerTransaction of Defender for Key Vault cannot be switched on any more";
    require_texts(output, &[refused, "rule MDC103"]).map(drop)
}
