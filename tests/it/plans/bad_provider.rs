//! What is wrong with the provider block or with the credentials is said there, and names what was tried.

use super::story::{Story, one, require_texts};
use crate::shared::process::Failure;
use crate::shared::workspace::PROVIDER_FILE;

/// Replaces the provider block.
fn provider(story: &Story, body: &str) -> Result<(), Failure> {
    let source =
        "terraform {\n  required_providers {\n    defender = { source = \"defender-tf/defender\" }\n  }\n}\n";
    story.scene.workspace.write(PROVIDER_FILE, &format!("{source}provider \"defender\" {{\n{body}\n}}\n"))
}

/// Endpoints of the story's Azure, for a provider block.
fn endpoints(story: &Story) -> String {
    let ready = story.scene.azure.ready();
    format!(
        "endpoints = {{\n  resource_manager = \"{}\"\n  active_directory_authority = \"{}\"\n}}\n",
        ready.resource_manager, ready.authority
    )
}

/// Plans with such a provider block, which fails with these texts and without a request.
#[test]
fn provider_blocks() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    story.write(&one("name = \"Arm\""))?;
    let http = "endpoints = {\n  resource_manager = \"http://azure.example\"\n  active_directory_authority = \"https://azure.example\"\n}";
    let no_address = "endpoints = {\n  resource_manager = \"azure\"\n  active_directory_authority = \"https://azure.example\"\n}";
    let both = format!("{}environment = \"public\"", endpoints(&story));
    for (body, texts) in [
        (http, &["http://azure.example", "is plain http", "use https"][..]),
        (no_address, &["That is not an address", "Write one such as https://management.azure.com"]),
        (&both, &["Contradicting clouds", "environment and endpoints both say which cloud it is"]),
        ("environment = \"germany\"", &["\"germany\" is not one of the allowed values", "\"usgovernment\""]),
        (
            "subscription_id = \"mine\"",
            &["Not a subscription id", "\"mine\" is not a subscription's GUID", "7: subscription_id"],
        ),
        ("metadata_host = \"http://azure.example\"", &["metadata_host", "is plain http"]),
        ("use_msi = \"perhaps\"", &["a bool is required"]),
        (
            "endpoints = { resource_manager = \"https://azure.example\" }",
            &["\"active_directory_authority\" is required"],
        ),
    ] {
        provider(&story, body)?;
        let texts = [&["on provider.tf line"][..], texts].concat();
        let texts = if body.starts_with("metadata_host") { &texts[1..] } else { &texts[..] };
        require_texts(story.scene.workspace.plan()?.require(1)?, texts)?;
        assert!(story.scene.azure.requests().is_empty(), "{body}");
    }
    Ok(())
}

/// Applies with these variables in the place of the right ones.
fn check_credentials(variables: &[(&str, &str)], texts: &[&str], asks: bool) -> Result<(), Failure> {
    let mut story = Story::new(&[])?;
    for (name, value) in variables {
        story.scene.workspace.set(*name, *value);
    }
    story.write(&one("name = \"Arm\""))?;
    let output = require_texts(story.scene.workspace.apply()?.require(1)?, texts)?;
    let secret = &story.scene.azure.ready().client_secret;
    assert!(
        !output.stderr.contains(secret.as_str()) && !output.stderr.contains("not-the-secret"),
        "{}",
        output.stderr
    );
    let asked = story.scene.azure.requests().iter().any(|request| request.path.contains("/oauth2/"));
    assert_eq!(asked, asks, "{variables:?}");
    assert_eq!(story.take_sent(), Vec::<String>::new(), "nothing but the sign-in");
    Ok(())
}

#[test]
fn credentials_that_are_missing() -> Result<(), Failure> {
    check_credentials(
        &[("ARM_CLIENT_SECRET", "")],
        &[
            "Azure sign-in failed",
            "client certificate: client_certificate_path is not set",
            "client secret: client_secret is not set",
            "OIDC: use_oidc and use_aks_workload_identity are false",
            "managed identity: use_msi is false",
            "Azure CLI: use_cli is false",
        ],
        false,
    )?;
    check_credentials(&[("ARM_CLIENT_ID", "")], &["client_secret is set", "client_id"], false)?;
    check_credentials(&[("ARM_USE_MSI", "perhaps")], &["ARM_USE_MSI is neither true nor false"], false)
}

#[test]
fn credentials_that_are_wrong() -> Result<(), Failure> {
    let elsewhere = "11111111-1111-1111-1111-111111111111";
    for (variable, value, texts) in [
        ("ARM_CLIENT_SECRET", "not-the-secret", ["AADSTS7000215", "Invalid client secret provided"]),
        (
            "ARM_TENANT_ID",
            elsewhere,
            ["AADSTS90002", "Tenant '11111111-1111-1111-1111-111111111111' not found"],
        ),
        ("ARM_CLIENT_ID", elsewhere, ["AADSTS700016", "was not found in the directory"]),
    ] {
        let texts = [&["Azure sign-in failed", "with defender_plan.it"][..], &texts].concat();
        check_credentials(&[(variable, value)], &texts, true)?;
    }
    Ok(())
}
