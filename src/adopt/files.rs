//! The texts: a configuration, and imports for it in one of two forms. Pure; the same estate gives the same texts.

use super::hcl::{Expression, block, comment, text};
use super::names::{self, Given};
use super::{Estate, Failed, Holding};
use crate::pricings::{Extension, Pricing, Pricings, Tier};

/// The resource type of plans.
const PLAN: &str = "defender_plan";

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

/// A resource: its name, the id to import, and its block.
struct Adopted {
    name: String,
    id: String,
    block: String,
}

/// The files for an estate: where the provider comes from, the resources, the imports.
pub fn written(estate: &Estate, format: Format, address: &str) -> Vec<File> {
    let keys: Vec<(Option<&str>, &str)> = estate
        .holdings
        .iter()
        .map(|holding| (holding.name.as_deref(), holding.scope.subscription_id().unwrap_or_default()))
        .collect();
    let mut given = Given::default();
    let (mut resources, mut adopted) = (heading(estate), Vec::new());
    for (holding, prefix) in estate.holdings.iter().zip(names::of_subscriptions(&keys)) {
        resources.push('\n');
        resources.push_str(&title(holding));
        for plan in &holding.plans {
            let one = adopt(holding, plan, &prefix, &mut given);
            resources.push('\n');
            resources.push_str(&one.block);
            adopted.push(one);
        }
    }
    vec![
        File { name: "defender_provider.tf", content: provider(format, address), inline: None },
        File { name: "defender_adopted.tf", content: resources, inline: None },
        imports(&adopted, format),
    ]
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
    let (plans, subscriptions) = (estate.plans(), estate.holdings.len());
    let mut heading = comment(&format!(
        "Plans of Microsoft Defender for Cloud as they are: {plans} in {subscriptions} subscriptions."
    ));
    heading += &comment(
        "Written by `terraform-provider-defender adopt`. The first plan imports them and changes nothing.",
    );
    heading.extend(estate.failures.iter().map(missing));
    heading
}

/// Without what differs from try to try, such as the request's id; that goes to standard error.
fn missing(failed: &Failed) -> String {
    let reason = failed.error.code().unwrap_or_else(|| failed.error.message());
    comment(&format!("NOT READ, so missing here: {} ({reason})", failed.scope))
}

fn title(holding: &Holding) -> String {
    let name = holding.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    let mut title = comment(&format!("{name}{}", holding.scope));
    if !holding.off.is_empty() {
        let names = holding.off.join(", ");
        title += &comment(&format!("Off, and left out ({}): {names}", holding.off.len()));
    }
    title
}

fn adopt(holding: &Holding, plan: &Pricing, prefix: &str, given: &mut Given) -> Adopted {
    let name = given.unique(format!("{prefix}_{}", names::slug(&plan.name)));
    let mut body = vec![
        ("scope".to_owned(), text(holding.scope.as_str())),
        ("name".to_owned(), text(plan.name.as_str())),
    ];
    if plan.tier == Tier::Free {
        body.push(("tier".to_owned(), text("Free")));
    }
    let is_on = plan.tier == Tier::Standard;
    body.extend(
        plan.subplan.iter().filter(|_| is_on).map(|subplan| ("subplan".to_owned(), text(subplan.as_str()))),
    );
    if plan.enforce == Some(true) {
        body.push(("enforce".to_owned(), Expression::Word("true".to_owned())));
    }
    // What is off is left alone: an import lists what is on, and anything else would be a change.
    let on = plan.extensions.iter().filter(|(_, extension)| is_on && extension.enabled);
    let on: Vec<_> = on.map(|(name, one)| (name.clone(), extension(one))).collect();
    if !on.is_empty() {
        body.push(("extensions".to_owned(), Expression::Object(on)));
    }
    let id = Pricings::id(&holding.scope, &plan.name);
    Adopted { block: block("resource", &[PLAN, &name], &body), name, id }
}

fn extension(extension: &Extension) -> Expression {
    let enabled = ("enabled".to_owned(), Expression::Word("true".to_owned()));
    if extension.properties.is_empty() {
        return Expression::Line(vec![enabled]);
    }
    let properties = extension.properties.iter();
    let properties = properties.map(|(name, value)| (name.clone(), text(value.as_str()))).collect();
    Expression::Object(vec![enabled, ("properties".to_owned(), Expression::Object(properties))])
}

fn imports(adopted: &[Adopted], format: Format) -> File {
    match format {
        Format::Hcl => {
            let blocks = adopted.iter().map(|one| {
                let to = Expression::Word(format!("{PLAN}.{}", one.name));
                block("import", &[], &[("to".to_owned(), to), ("id".to_owned(), text(one.id.as_str()))])
            });
            let blocks: Vec<String> = blocks.collect();
            let note = comment("Once applied, these can be deleted.");
            let content = if blocks.is_empty() { note } else { format!("{note}\n{}", blocks.join("\n")) };
            File { name: "defender_imports.tf", content, inline: None }
        }
        Format::Import => {
            let commands: Vec<String> = adopted
                .iter()
                .map(|one| format!("{} {}", shell(&format!("{PLAN}.{}", one.name)), shell(&one.id)))
                .collect();
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
    use super::*;
    use crate::arm::{Error, ErrorKind, Scope};
    use serde_json::json;

    fn estate() -> Estate {
        let scope: Scope = "/subscriptions/00000000-0000-0000-0000-000000000001".parse().unwrap();
        let plan = Pricing::from_body(&json!({"name": "CloudPosture", "properties": {
            "pricingTier": "Standard", "enforce": "True", "extensions": [
                {"name": "Off", "isEnabled": "False", "additionalExtensionProperties": {"a": "b"}},
                {"name": "On", "isEnabled": "True"},
                {"name": "Scan", "isEnabled": "True",
                    "additionalExtensionProperties": {"ExclusionTags": "[{\"Key\":\"${x}\"}]"}}]}}))
        .unwrap();
        let off = vec!["Arm".to_owned()];
        let error = Error::not_sent(ErrorKind::Forbidden, "listing", "/", "no");
        Estate {
            failures: vec![Failed { scope: scope.clone(), error }],
            holdings: vec![Holding { scope, name: Some("A\n\"${b}\"".into()), plans: vec![plan], off }],
        }
    }

    #[test]
    fn a_plan_and_its_import() {
        let files = written(&estate(), Format::Hcl, "registry.terraform.io/defender-tf/defender");
        let expected = r#"# Plans of Microsoft Defender for Cloud as they are: 1 in 1 subscriptions.
# Written by `terraform-provider-defender adopt`. The first plan imports them and changes nothing.
# NOT READ, so missing here: /subscriptions/00000000-0000-0000-0000-000000000001 (no)

# A "${b}": /subscriptions/00000000-0000-0000-0000-000000000001
# Off, and left out (1): Arm

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
