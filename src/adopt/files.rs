//! The texts: a configuration, and imports for it in one of two forms. Pure; the same estate gives the same texts.

use super::estate::{Estate, Failed, Holding, Object};
use super::hcl::{Expression, block, comment, text};
use super::names::{self, Given};

/// How imports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As `import` blocks, which Terraform 1.5 and OpenTofu 1.6 brought.
    Hcl,
    /// As `terraform import` commands, for any version.
    Import,
}

/// A file: where it would stand in a directory, and what is in it.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Its content as a file of its own.
    pub content: String,
    /// Its content behind other HCL, where that differs.
    pub inline: Option<String>,
}

/// What is imported: its address in the configuration, and its id.
struct Import<'a> {
    address: String,
    id: &'a str,
}

/// The files for an estate: where the provider comes from, the resources, the imports.
pub fn written(estate: &Estate, format: Format, address: &str) -> Vec<File> {
    let key = |holding: &'_ Holding| {
        let id = holding.scope.subscription_id().unwrap_or_else(|| holding.scope.id().name());
        (holding.name.clone(), id.to_owned())
    };
    let keys: Vec<(Option<String>, String)> = estate.holdings.iter().map(key).collect();
    let keys: Vec<(Option<&str>, &str)> =
        keys.iter().map(|(name, id)| (name.as_deref(), id.as_str())).collect();
    let mut given = Given::default();
    let (mut resources, mut adopted) = (heading(estate), Vec::new());
    for (holding, prefix) in estate.holdings.iter().zip(names::of_subscriptions(&keys)) {
        resources.push('\n');
        resources.push_str(&title(holding));
        for object in &holding.objects {
            let kind = object.kind.resource();
            let name = given.unique(kind, name(&prefix, object));
            resources.push('\n');
            resources.push_str(&block("resource", &[kind, &name], &object.body));
            adopted.push(Import { address: format!("{kind}.{name}"), id: &object.id });
        }
    }
    vec![
        File { name: "defender_provider.tf", content: provider(format, address), inline: None },
        File { name: "defender_adopted.tf", content: resources, inline: None },
        imports(&adopted, format),
    ]
}

/// What an object is called: by its place, and by what tells it apart there.
fn name(prefix: &str, object: &Object) -> String {
    let label = names::short(&names::slug(&object.label));
    if label.is_empty() { prefix.to_owned() } else { format!("{prefix}_{label}") }
}

fn provider(format: Format, address: &str) -> String {
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.').map_or("0", |(minor, _)| minor);
    let source =
        vec![("source".to_owned(), text(address)), ("version".to_owned(), text(format!("~> {version}")))];
    let oldest = if format == Format::Hcl { ">= 1.5" } else { ">= 1.0" };
    let providers = block("required_providers", &[], &[("defender".to_owned(), Expression::Object(source))]);
    let providers: String = providers.lines().flat_map(|line| ["  ", line, "\n"]).collect();
    let signs_in = comment("Signs in by the environment, as the command did that wrote this.");
    let provider = block("provider", &["defender"], &[]);
    format!("terraform {{\n  required_version = {oldest:?}\n\n{providers}}}\n\n{signs_in}{provider}")
}

/// What the file is, and what is missing in it.
fn heading(estate: &Estate) -> String {
    let mut heading = comment(&format!("Microsoft Defender for Cloud as it is: {}.", estate.summary()));
    heading += &comment(
        "Written by `terraform-provider-defender adopt`. The first plan imports this and changes nothing.",
    );
    heading.extend(estate.failures.iter().map(missing));
    heading
}

/// Without what differs from try to try, such as the request's id; that goes to standard error.
fn missing(failed: &Failed) -> String {
    comment(&format!("NOT READ, so missing here: {} ({})", failed.what, failed.reason))
}

fn title(holding: &Holding) -> String {
    let name = holding.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    let mut title = comment(&format!("{name}{}", holding.scope));
    for (kind, off) in &holding.off {
        title += &comment(&format!("Off, and left out ({}): {}", kind.counted(off.len()), off.join(", ")));
    }
    title
}

fn imports(adopted: &[Import<'_>], format: Format) -> File {
    match format {
        Format::Hcl => {
            let blocks = adopted.iter().map(|one| {
                let to = Expression::Word(one.address.clone());
                block("import", &[], &[("to".to_owned(), to), ("id".to_owned(), text(one.id))])
            });
            let blocks: Vec<String> = blocks.collect();
            let note = comment("Once applied, these can be deleted.");
            let content = if blocks.is_empty() { note } else { format!("{note}\n{}", blocks.join("\n")) };
            File { name: "defender_imports.tf", content, inline: None }
        }
        Format::Import => {
            let commands: Vec<String> =
                adopted.iter().map(|one| format!("{} {}", shell(&one.address), shell(one.id))).collect();
            let lines = commands.iter().map(|command| comment(&format!("terraform import {command}")));
            let calls: String = commands.iter().flat_map(|command| ["adopt ", command, "\n"]).collect();
            File {
                name: "defender_import.sh",
                content: format!("{SCRIPT}\n{calls}"),
                inline: Some(lines.collect()),
            }
        }
    }
}

/// What is imported already is passed over, so that a script that was interrupted can be run again.
const SCRIPT: &str = r#"#!/bin/sh
# Imports what defender_adopted.tf describes. Run it in that directory, after `terraform init`; it can be run again.
# With OpenTofu: TERRAFORM=tofu sh defender_import.sh
set -eu
: "${TERRAFORM:=terraform}"

there=$($TERRAFORM state list 2>/dev/null || true)
adopt() {
  if printf '%s\n' "$there" | grep -qxF -- "$1"; then
    echo "$1 is there already"
  else
    $TERRAFORM import -input=false "$1" "$2"
  fi
}
"#;

/// A word for a shell.
fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::adopt::kinds::Kind;
    use crate::adopt::plans;
    use crate::arm::{Error, ErrorKind, Scope};
    use crate::pricings::Plans;

    fn estate() -> Estate {
        let scope: Scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        let listed = Plans::read(&[
            json!({"name": "CloudPosture", "properties": {
            "pricingTier": "Standard", "enforce": "True", "extensions": [
                {"name": "Off", "isEnabled": "False", "additionalExtensionProperties": {"a": "b"}},
                {"name": "On", "isEnabled": "True"},
                {"name": "Scan", "isEnabled": "True",
                    "additionalExtensionProperties": {"ExclusionTags": "[{\"Key\":\"${x}\"}]"}}]}}),
            json!({"name": "Arm", "properties": {"pricingTier": "Free"}}),
        ]);
        let mut holding = Holding::new(scope.clone(), Some("A\n\"${b}\"".into()));
        assert!(plans::take(&mut holding, &Arc::new(listed), false).is_empty());
        let error = Error::not_sent(ErrorKind::Forbidden, "listing", "/", "no");
        Estate { failures: vec![Failed::at(&scope, Kind::Settings.many(), error)], holdings: vec![holding] }
    }

    #[test]
    fn a_plan_and_its_import() {
        let files = written(&estate(), Format::Hcl, "registry.terraform.io/defender-tf/defender");
        let expected = r#"# Microsoft Defender for Cloud as it is: 1 plan of 1 subscription.
# Written by `terraform-provider-defender adopt`. The first plan imports this and changes nothing.
# NOT READ, so missing here: settings of /subscriptions/00000000-0000-0000-0000-000000000001 (Azure refused: permission is missing)

# A "${b}": /subscriptions/00000000-0000-0000-0000-000000000001
# Off, and left out (1 plan): Arm

resource "defender_plan" "a_b_cloud_posture" {
  scope   = "/subscriptions/00000000-0000-0000-0000-000000000001"
  name    = "CloudPosture"
  enforce = true

  extensions = {
    On = { enabled = true }
    Scan = {
      enabled = true
      properties = {
        ExclusionTags = "[{\"Key\":\"$${x}\"}]"
      }
    }
  }
}
"#;
        assert_eq!(files[1].content, expected);
        assert!(files[2].content.ends_with(
            "\nimport {\n  to = defender_plan.a_b_cloud_posture\n  id = \"/subscriptions/00000000-0000-0000-0000-\
             000000000001/providers/Microsoft.Security/pricings/CloudPosture\"\n}\n"
        ));
    }

    #[test]
    fn commands_are_a_script_or_comments() {
        let files = written(&estate(), Format::Import, "x/y/z");
        let command = "'defender_plan.a_b_cloud_posture' '/subscriptions/00000000-0000-0000-0000-000000000001/\
                       providers/Microsoft.Security/pricings/CloudPosture'\n";
        assert!(files[2].content.ends_with(&format!("}}\n\nadopt {command}")), "{}", files[2].content);
        assert_eq!(files[2].inline.as_deref(), Some(format!("# terraform import {command}").as_str()));
        assert_eq!(shell("a'b"), r"'a'\''b'");
    }
}
