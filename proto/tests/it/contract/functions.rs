//! Functions of the provider's own, as configurations call them (Terraform 1.8 and later) and as messages.

use serde_json::{Value, json};
use tfplugin_protocol::wire::tfplugin6 as pb;
use tfplugin_protocol::wire::tfplugin6::provider_client::ProviderClient;

use super::scene::Scene;
use crate::host::{Host, within};
use crate::shared::process::Failure;

/// An output of what the expression says, with `later` for what is known after apply only.
fn output(expression: &str) -> String {
    let later = "resource \"terraform_data\" \"later\" {\n  input = \"later\"\n}";
    format!("{later}\noutput \"o\" {{\n  value = {expression}\n}}\n")
}

#[test]
fn answers_are_what_the_signature_says() -> Result<(), Failure> {
    for (expression, expected) in [
        (r#"provider::echo::repeat("ab", 3)"#, json!("ababab")),
        (r#"provider::echo::repeat("ab", "2")"#, json!("abab")),
        (r#"provider::echo::prefix("a-", "b", "cä")"#, json!({ "texts": ["a-b", "a-cä"], "length": 7 })),
        (r#"provider::echo::prefix(null, "b", 1)"#, json!({ "texts": ["b", "1"], "length": 2 })),
        (r#"provider::echo::prefix("a")"#, json!({ "texts": [], "length": 0 })),
        (r#"provider::echo::prefix("a", ["b", "c"]...).texts[1]"#, json!("ac")),
        ("provider::echo::repeat(terraform_data.later.output, 2)", json!("laterlater")),
    ] {
        let scene = Scene::new(&output(expression))?;
        scene.run(&["validate"])?.require(0)?;
        scene.apply(0, "1 added")?;
        let shown = scene.run(&["output", "-json", "o"])?.require(0)?;
        let found: Value = serde_json::from_str(&shown.stdout).map_err(Failure::of("read the output"))?;
        assert_eq!(found, expected, "{expression}");
        scene.plan(0, "No changes.")?;
    }
    Ok(())
}

/// Already while validating, as arguments that are written down are known.
#[test]
fn mistakes_are_found_at_their_argument() -> Result<(), Failure> {
    for (expression, says) in [
        (
            r#"provider::echo::prefix("a", "b", "")"#,
            "Invalid value for \"texts\" parameter: a text must not be empty.",
        ),
        (
            r#"provider::echo::repeat("a", 1.5)"#,
            "\"times\" parameter: a whole number (u8) is required, and not a number with a fraction.",
        ),
        (
            r#"provider::echo::repeat("a", 256)"#,
            "Invalid value for \"times\" parameter: a whole number (u8) is required.",
        ),
        (r#"provider::echo::repeat("a", 0)"#, "failed: there is no echo of nothing."),
        (r#"provider::echo::repeat("a", null)"#, "argument must not be null"),
        (r#"provider::echo::repeat("a")"#, "Missing value for \"times\""),
        (r#"provider::echo::shout("a")"#, "Error: Unknown provider function"),
    ] {
        let scene = Scene::new(&output(expression))?;
        scene.run(&["validate"])?.require(1)?.require_text(says)?;
    }
    Ok(())
}

#[tokio::test]
async fn names_and_signatures_are_the_same_wherever_they_are_asked_for() {
    let host = Host::start("echo").await;
    let mut client = ProviderClient::new(host.connect().await);
    let metadata = within(client.get_metadata(pb::get_metadata::Request {})).await.unwrap().into_inner();
    let names: Vec<&str> = metadata.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["prefix", "repeat"]);
    let request = pb::get_provider_schema::Request {};
    let schema = within(client.get_provider_schema(request)).await.unwrap().into_inner();
    let functions = within(client.get_functions(pb::get_functions::Request {})).await.unwrap().into_inner();
    assert_eq!(functions.functions, schema.functions);
    assert_eq!(functions.diagnostics, []);
    let prefix = &functions.functions["prefix"];
    assert_eq!(prefix.parameters.len(), 1);
    assert!(prefix.parameters[0].allow_null_value && !prefix.parameters[0].allow_unknown_values);
    assert_eq!(prefix.variadic_parameter.as_ref().unwrap().name, "texts");
    let returns = &prefix.r#return.as_ref().unwrap().r#type[..];
    assert_eq!(returns, br#"["object",{"length":"number","texts":["list","string"]}]"#);
}
