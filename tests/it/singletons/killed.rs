//! A provider that is killed at any request of a create: the next run converges.

use super::{Begun, id, one, scene, settle, storage_protection, workspace};
use crate::harness::Scene;
use crate::interruptions::kill_at;
use crate::requests::in_order;
use crate::shared::process::Failure;
use serde_json::Value;

/// A type, its body, and the setting with what is there before.
fn cases() -> Vec<(&'static str, String, String, Begun)> {
    let (workspaces, set) = workspace::there(Some("old"));
    let (accounts, uploads) = storage_protection::there(Some(storage_protection::own(7)));
    vec![
        ("defender_security_contact", "phone = \"1234\"".to_owned(), id("securityContacts/default"), vec![]),
        ("defender_setting", "name = \"WDATP\"\nenabled = true".to_owned(), id("settings/WDATP"), vec![]),
        (
            "defender_vulnerability_assessment",
            String::new(),
            id("serverVulnerabilityAssessmentsSettings/azureServersSetting"),
            vec![],
        ),
        ("defender_workspace", workspace::body("new"), set, workspaces),
        (
            "defender_storage_protection",
            storage_protection::body("sensitive_data_discovery = {}"),
            uploads,
            accounts,
        ),
    ]
}

fn properties(scene: &Scene, id: &str) -> Option<Value> {
    scene.azure.resource(id).map(|document| document["properties"].clone())
}

/// A provider that is killed while it reads or writes has told Terraform nothing, and the next run begins anew.
#[test]
fn between_any_two_requests_of_a_create() -> Result<(), Failure> {
    for (kind, body, id, there) in cases() {
        let there: Vec<(&str, Value)> = there.iter().map(|(id, body)| (id.as_str(), body.clone())).collect();
        let configuration = one(kind, &body);
        let undisturbed = scene(&there, &configuration)?;
        undisturbed.workspace.apply()?.require(0)?;
        let wanted = properties(&undisturbed, &id);
        let count = in_order(&undisturbed.azure).len();
        let mut landed = 0;
        for request in 0..count {
            let scene = scene(&there, &configuration)?;
            let before = properties(&scene, &id);
            assert_ne!(before, wanted, "{kind}");
            kill_at(&scene, request).map_err(Failure::of(format!("kill {kind} at request {request}")))?;
            // Of a write that landed before that, nobody knows what was there at first.
            let has_landed = properties(&scene, &id) == wanted;
            landed += usize::from(has_landed);
            settle(&scene)?;
            assert_eq!(properties(&scene, &id), wanted, "{kind} at {request}");
            scene.workspace.destroy()?.require(0)?;
            let left = properties(&scene, &id);
            assert_eq!(&left, if has_landed { &wanted } else { &before }, "{kind} at {request}");
        }
        // Only a workspace is looked at once more after the write.
        assert_eq!(landed, usize::from(kind == "defender_workspace"), "{kind}");
    }
    Ok(())
}
