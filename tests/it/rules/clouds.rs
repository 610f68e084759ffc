//! Clouds: what each of them offers, and one that is at its end.

use crate::harness::{Scene, terraform};
use crate::plans::story::{one, require_texts, warnings};
use crate::shared::process::Failure;
use arm_emulator::{Cloud, Fault, Options};
use serde_json::json;

/// A scene in a cloud that the provider block names; where its addresses are, the environment says.
fn scene(cloud: Cloud, attributes: &str, configuration: &str) -> Result<Scene, Failure> {
    let source =
        "terraform {\n  required_providers {\n    defender = { source = \"defender-tf/defender\" }\n  }\n}\n";
    let block = format!("provider \"defender\" {{\n{attributes}\n}}\n");
    let options = Options { cloud, ..Options::default() };
    Scene::with(terraform()?, options, &format!("{source}{block}{configuration}"))
}

/// It stops before a request, at the day of its end; before that it warns.
#[test]
fn china_is_at_its_end() -> Result<(), Failure> {
    for (date, code, text) in [
        ("2026-10-01", 1, "Error: Defender for Cloud in Azure operated by 21Vianet is retired"),
        ("2026-09-30", 2, "Warning: Defender for Cloud in Azure operated by 21Vianet is closed to new"),
    ] {
        let attributes =
            format!("environment = \"china\"\nreference_date = \"{date}\"\npreflight_permissions = false");
        let scene = scene(Cloud::Public, &attributes, &one("name = \"Arm\""))?;
        let output = scene.workspace.plan()?.require(code)?;
        require_texts(output, &[text, "environment = \"china\"", "rule MDC110"])?;
        assert_eq!(scene.take_requests(), Vec::<String>::new());
    }
    let attributes = "environment = \"china\"\nreference_date = \"2026-10-01\"\npreflight_permissions = false\nrule_severity = { MDC110 = \"off\" }";
    let scene = scene(Cloud::Public, attributes, &one("name = \"VirtualMachines\"\nsubplan = \"P2\""))?;
    assert_eq!(warnings(&scene.workspace.plan()?.require(2)?), 0, "the last word is the user's");
    Ok(())
}

/// The subscription's own list has the last word; without one there is a doubt, and no more.
#[test]
fn government_offers_less() -> Result<(), Failure> {
    let attributes = "environment = \"usgovernment\"\nreference_date = \"2026-11-22\"";
    let scene = scene(Cloud::UsGovernment, attributes, &one("name = \"AppServices\""))?;
    let output = scene.workspace.plan()?.require(1)?;
    require_texts(
        output,
        &["Error: Azure does not offer the plan here", "name = \"AppServices\"", "It lists", "rule MDC086"],
    )?;

    scene.workspace.write("main.tf", &scene_text("AppServices", attributes))?;
    let forbidden = json!({"error": {"code": "AuthorizationFailed", "message": "no"}});
    scene.azure.add_fault(Fault {
        path: Some("/pricings".into()),
        status: Some(403),
        body: Some(forbidden),
        times: 0,
        ..Fault::default()
    });
    let output = scene.workspace.plan()?.require(2)?;
    require_texts(output, &["Warning: The cloud may not have the plan", "rule MDC087"])?;
    scene.azure.clear_faults();

    // Key Vault came to Government in 2026; the list says so, whatever the day.
    for date in ["2026-11-22", "2025-01-01"] {
        let attributes = format!("environment = \"usgovernment\"\nreference_date = \"{date}\"");
        scene.workspace.write("main.tf", &scene_text("KeyVaults", &attributes))?;
        assert_eq!(warnings(&scene.workspace.plan()?.require(2)?), 0, "{date}");
    }
    Ok(())
}

fn scene_text(plan: &str, attributes: &str) -> String {
    let source =
        "terraform {\n  required_providers {\n    defender = { source = \"defender-tf/defender\" }\n  }\n}\n";
    let name = format!("name = \"{plan}\"");
    format!("{source}provider \"defender\" {{\n{attributes}\n}}\n{}", one(&name))
}

/// An extension that Government has on in any case.
#[test]
fn government_switches_registries_on() -> Result<(), Failure> {
    let body = "name = \"Containers\"\nextensions = {\n  ContainerRegistriesVulnerabilityAssessments = { enabled = false }\n}";
    let scene = scene(Cloud::UsGovernment, "environment = \"usgovernment\"", &one(body))?;
    let output = scene.workspace.plan()?.require(2)?;
    require_texts(
        output,
        &["Warning: The extension is always on in this cloud", "In Azure Government", "rule MDC047"],
    )
    .map(drop)
}
