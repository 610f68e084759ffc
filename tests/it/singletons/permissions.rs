//! Before anything is written, a caller who may only read is told what is missing.

use super::{flat, one, storage_protection, workspace};
use crate::harness::Scene;
use crate::shared::process::Failure;

#[test]
fn a_missing_permission_is_told_beforehand() -> Result<(), Failure> {
    let (workspaces, _) = workspace::there(None);
    let (accounts, _) = storage_protection::there(None);
    for (kind, body, there, action) in [
        ("defender_setting", "name = \"WDATP\"\nenabled = true".to_owned(), vec![], "settings"),
        (
            "defender_security_contact",
            "emails = [\"soc@example.com\"]".to_owned(),
            vec![],
            "securityContacts",
        ),
        ("defender_workspace", workspace::body("new"), workspaces, "workspaceSettings"),
        (
            "defender_vulnerability_assessment",
            String::new(),
            vec![],
            "serverVulnerabilityAssessmentsSettings",
        ),
        ("defender_storage_protection", storage_protection::body(""), accounts, "defenderForStorageSettings"),
    ] {
        let scene = Scene::new(&one(kind, &body))?;
        for (id, document) in there {
            scene.azure.put_resource(&id, document);
        }
        scene.read_only();
        let said = flat(&scene.workspace.plan()?.require(2)?);
        for text in [
            "A permission seems to be missing",
            &format!("Microsoft.Security/{action}/write"),
            "is Security Admin",
        ] {
            assert!(said.contains(text), "{kind}: {text} in {said}");
        }
        let asked = scene.take_requests();
        assert!(asked.iter().all(|line| !line.starts_with("PUT ")), "{asked:?}");
    }
    Ok(())
}
