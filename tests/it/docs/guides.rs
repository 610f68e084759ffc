//! What guides tell users to write is taken by the real Terraform.

use crate::harness::Scene;
use crate::shared::process::Failure;
use std::collections::BTreeMap;

/// Where the provider comes from, for snippets that do not say it.
const REQUIRED: &str = "terraform {\n  required_providers {\n    defender = {\n      source = \"defender-tf/defender\"\n    }\n  }\n}\n";

/// Other providers' blocks, which only they can judge. Those of `moved` and `removed` need no provider.
const FOREIGN: [&str; 4] = ["resource \"azurerm", "resource \"azapi", "data \"azurerm", "data \"azapi"];

#[test]
fn snippets_are_valid_and_formatted() -> Result<(), Failure> {
    let pages: BTreeMap<String, String> = super::pages()?;
    let guides = pages.iter().filter(|(path, _)| path.starts_with("docs/guides/"));
    let scene = Scene::new(REQUIRED)?;
    let (mut findings, mut valid) = (Vec::new(), 0);
    for (path, text) in guides {
        for snippet in snippets(text) {
            let required = if snippet.contains("required_providers") { "" } else { REQUIRED };
            scene.workspace.write("main.tf", required)?;
            scene.workspace.write("snippet.tf", snippet)?;
            let mut commands = vec![vec!["fmt", "-check", "-diff", "snippet.tf"]];
            if !FOREIGN.iter().any(|foreign| snippet.contains(foreign)) {
                commands.push(vec!["validate"]);
                valid += 1;
            }
            for command in commands {
                let refused = scene.workspace.run(command)?.require(0).err();
                findings.extend(refused.map(|refused| format!("{path}:\n{snippet}\n{refused}")));
            }
        }
    }
    assert!(valid > 20, "the snippets were found: {valid}");
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    Ok(())
}

#[test]
fn snippets_are_found() {
    let page = "a\n```terraform\nx = 1\n```\n```shell\nls\n```\n```terraform\n\ny = 2\n```\n";
    assert_eq!(snippets(page).collect::<Vec<_>>(), ["x = 1\n", "\ny = 2\n"]);
}

/// Blocks of Terraform's language.
fn snippets(page: &str) -> impl Iterator<Item = &str> {
    page.split("```terraform\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0))
}
