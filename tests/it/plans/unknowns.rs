//! What is not known at plan: scopes and names from other resources, and a provider that has no subscription yet.

use super::story::{Story, one};
use crate::harness::SUBSCRIPTION;
use crate::shared::process::Failure;
use crate::shared::workspace::PROVIDER_FILE;

/// Something whose output is known after apply only.
const LATER: &str = "resource \"terraform_data\" \"later\" { input = \"INPUT\" }\n";

fn later(input: &str) -> String {
    LATER.replace("INPUT", input)
}

#[test]
fn a_scope_from_another_resource() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let configuration = later(SUBSCRIPTION) + &one("scope = terraform_data.later.output\nname = \"Arm\"");
    story.write(&configuration)?;
    story.plan(2, &["scope = (known after apply)", "id = (known after apply)", "2 to add"])?;
    story.apply(&configuration, "GET *, PUT Arm", "Arm Standard PerSubscription")?;
    story.destroy("GET *, PUT Arm", "Arm Free").map(drop)
}

/// A wrong scope that only turns up at apply is refused before anything is sent.
#[test]
fn a_wrong_scope_from_another_resource() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let configuration =
        later("/subscriptions/nine") + &one("scope = terraform_data.later.output\nname = \"Arm\"");
    story.write(&configuration)?;
    story.plan(2, &[])?;
    story
        .fail(&configuration, &["Not a scope of a Defender plan", "with defender_plan.it"], "", "Arm Free")
        .map(drop)
}

#[test]
fn names_tiers_and_extensions_from_elsewhere() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let configuration = later("Standard")
        + r#"
resource "defender_plan" "it" {
  for_each = toset(["KeyVaults", "Containers"])
  name     = each.key
  tier     = terraform_data.later.output
  extensions = {
    for name in each.key == "Containers" ? ["ContainerSensor"] : [] :
    name => { enabled = terraform_data.later.output == "Standard" }
  }
}
"#;
    story.write(&configuration)?;
    story.plan(2, &["3 to add"])?;
    story.scene.workspace.apply()?.require(0)?;
    let mut sent = story.take_sent();
    sent.sort();
    assert_eq!(sent, ["GET *", "PUT Containers", "PUT KeyVaults"]);
    story.assert_azure("KeyVaults Standard PerKeyVault", "apply");
    story.plan(0, &["No changes."]).map(drop)
}

/// A provider block with these lines besides the endpoints.
fn provider(story: &Story, lines: &str) -> Result<(), Failure> {
    let ready = story.scene.azure.ready();
    let text = format!(
        "terraform {{\n  required_providers {{\n    defender = {{ source = \"defender-tf/defender\" }}\n  }}\n}}\n\
         provider \"defender\" {{\n  endpoints = {{\n    resource_manager = \"{}\"\n    \
         active_directory_authority = \"{}\"\n  }}\n{lines}\n}}\n",
        ready.resource_manager, ready.authority
    );
    story.scene.workspace.write(PROVIDER_FILE, &text)
}

#[test]
fn a_provider_whose_subscription_comes_later() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let guid = SUBSCRIPTION.trim_start_matches("/subscriptions/");
    provider(&story, "subscription_id = terraform_data.later.output")?;
    let configuration = later(guid) + &one("name = \"Arm\"");
    story.write(&configuration)?;
    story.plan(2, &["scope = (known after apply)"])?;
    story.apply(&configuration, "GET *, PUT Arm", "Arm Standard PerSubscription")
}

#[test]
fn a_provider_without_a_subscription() -> Result<(), Failure> {
    let mut story = Story::new(&[])?;
    story.scene.workspace.set("ARM_SUBSCRIPTION_ID", "");
    let texts = [
        "The scope is not known",
        "Neither this block nor the provider names a subscription",
        "ARM_SUBSCRIPTION_ID",
        "with defender_plan.it",
    ];
    story.fail(&one("name = \"Arm\""), &texts, "", "Arm Free")?;
    let named = one(&format!("scope = \"{SUBSCRIPTION}\"\nname = \"Arm\""));
    story.apply(&named, "GET *, PUT Arm", "Arm Standard PerSubscription")
}

/// Nothing can be asked before the secret is known, and that is said without a request.
#[test]
fn a_provider_whose_secret_comes_later() -> Result<(), Failure> {
    let story = Story::new(&[])?;
    let secret = story.scene.azure.ready().client_secret.clone();
    story.begin(&one("name = \"Arm\""))?;
    provider(&story, "client_secret = terraform_data.later.output")?;
    story.write(&(later(&secret) + &one("name = \"Arm\"")))?;
    story
        .plan(1, &["The provider is not fully configured yet", "client_secret is not known before apply"])
        .map(drop)
}
