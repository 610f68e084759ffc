//! What is wrong with a configuration, as far as it is known. Pure, and without a configured provider.

use tfplugin_protocol::{Attr, AttributePath, Diagnostic, Diagnostics};

use super::judging;
use super::model::{Extension, Extensions, Model};
use crate::arm::{Scope, ScopeKind};
use crate::catalog::Catalog;
use crate::context::{RuleSettings, plan_scope};
use crate::pricings::Tier;

/// Far more than any name of Azure's has, so that a text that got here by mistake is not sent, and not quoted whole.
const LONGEST_NAME: usize = 100;

/// First what no rule is about: what cannot be meant, whatever Azure does. Then what the rules say on any day.
pub(super) fn check(catalog: &Catalog, config: &Model, rules: &RuleSettings) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let mut scope = None;
    if let Attr::Known(text) = &config.scope {
        match plan_scope(text) {
            Ok(known) => {
                diagnostics.extend(check_enforce(config, &known));
                scope = Some(known);
            }
            Err(problem) => diagnostics.push(problem),
        }
    }
    if let Attr::Known(name) = &config.name {
        diagnostics.extend(check_name(catalog, name));
        diagnostics.extend(check_subplan(catalog, name, config));
    }
    if config.tier == Attr::Known(Tier::Free) {
        diagnostics.extend(check_free(config));
    }
    if let Attr::Known(extensions) = &config.extensions {
        diagnostics.extend(check_extensions(extensions));
    }
    if !diagnostics.has_errors() {
        diagnostics.extend(judging::check(rules, config, scope.as_ref()));
    }
    diagnostics
}

/// Unknown names are for Azure to judge, which may be newer than this provider; a known one in another letter
/// case is a slip, and would be echoed by Azure in every id.
fn check_name(catalog: &Catalog, name: &str) -> Option<Diagnostic> {
    let wrong =
        |detail: String| Some(Diagnostic::error("Not the name of a Defender plan", detail).at("name"));
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(|c: char| !c.is_ascii_alphanumeric()) {
        let beginning: String = name.chars().take(LONGEST_NAME).collect();
        let example = "A plan's name is Azure's, such as \"VirtualMachines\" or \"StorageAccounts\"";
        return wrong(format!("{beginning:?} cannot be one. {example}."));
    }
    match catalog.plan(name) {
        Some(plan) if plan.name != name => wrong(format!("Azure writes it {:?}, not {name:?}.", plan.name)),
        _ => None,
    }
}

/// As with names: Azure takes any letter case and answers with its own, which Terraform would take for a change.
fn check_subplan(catalog: &Catalog, name: &str, config: &Model) -> Option<Diagnostic> {
    let given = config.subplan.known()?;
    let known = catalog.plan(name)?.subplan(given).filter(|known| known.name != *given)?;
    let detail = format!("Azure writes it {:?}, not {given:?}.", known.name);
    Some(Diagnostic::error("Not the name of a sub-plan", detail).at("subplan"))
}

fn check_enforce(config: &Model, scope: &Scope) -> Option<Diagnostic> {
    let set = config.enforce.known().is_some() && scope.kind() != ScopeKind::Subscription;
    set.then(|| {
        let detail = "`enforce` says whether resources of a subscription may differ from it, so it is for \
                      subscriptions only. Remove it here.";
        Diagnostic::error("A resource cannot enforce", detail).at("enforce")
    })
}

/// What a plan that is off cannot have.
fn check_free(config: &Model) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    if config.extensions.known().is_some_and(|extensions| !extensions.is_empty()) {
        let detail = "A plan with tier = \"Free\" is off and has no extensions. Remove `extensions`, or set tier = \
                      \"Standard\".";
        diagnostics.push(Diagnostic::error("A Free plan has no extensions", detail).at("extensions"));
    }
    if config.subplan.known().is_some() {
        let detail = "A plan with tier = \"Free\" is off and has no sub-plan. Remove `subplan`, or set tier = \
                      \"Standard\".";
        diagnostics.push(Diagnostic::error("A Free plan has no sub-plan", detail).at("subplan"));
    }
    diagnostics
}

fn check_extensions(extensions: &Extensions) -> Diagnostics {
    let path = AttributePath::of("extensions");
    let mut diagnostics = Diagnostics::default();
    for (name, extension) in extensions {
        let path = path.key(name);
        let twin = extensions.keys().find(|other| *other != name && other.eq_ignore_ascii_case(name));
        if let Some(twin) = twin.filter(|twin| *twin < name) {
            let detail =
                format!("{twin:?} and {name:?} are the same extension to Azure. Remove one of them.");
            diagnostics.push(Diagnostic::error("The extension stands twice", detail).at(path.clone()));
        }
        match extension {
            Attr::Null => {
                let detail = format!("Write {name} = {{ enabled = true }} or {{ enabled = false }}.");
                diagnostics.push(Diagnostic::error("The extension is null", detail).at(path));
            }
            Attr::Known(Extension { enabled: Attr::Known(false), properties: Attr::Known(properties) })
                if !properties.is_empty() =>
            {
                let detail = format!(
                    "Azure takes properties for an extension that is on only (it answers HTTP 500 otherwise). Remove \
                     the properties of {name}, or set enabled = true."
                );
                // Terraform finds the line of a map's element, but not of what is inside it.
                diagnostics.push(Diagnostic::error("Properties on a disabled extension", detail).at(path));
            }
            Attr::Known(_) | Attr::Unknown => {}
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::Levels;

    const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";

    /// A configuration of a plan, with everything that is not set null.
    fn config(change: impl FnOnce(&mut Model)) -> Model {
        let mut config =
            Model { id: Attr::Null, ..Model::at(&SUBSCRIPTION.parse().unwrap(), "VirtualMachines") };
        change(&mut config);
        config
    }

    fn extension(enabled: bool, property: Option<&str>) -> Attr<Extension> {
        let properties = property.map(|name| [(name.to_owned(), Attr::from("x"))].into());
        Attr::Known(Extension { enabled: Attr::Known(enabled), properties: properties.into() })
    }

    #[test]
    fn each_mistake_is_told_at_its_attribute() {
        let machine =
            format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v");
        let account =
            format!("{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s");
        let extensions = |entries: &[(&str, Attr<Extension>)]| {
            Attr::Known(
                entries.iter().map(|(name, extension)| ((*name).to_owned(), extension.clone())).collect(),
            )
        };
        let cases: Vec<(Model, &str)> = vec![
            (config(|_| ()), ""),
            (config(|c| c.scope = Attr::Unknown), ""),
            (config(|c| c.scope = "subscription".into()), "scope: Not a scope of a Defender plan"),
            (config(|c| c.scope = account.as_str().into()), "scope: Not a scope of a Defender plan"),
            (config(|c| c.name = "virtualmachines".into()), "name: Not the name of a Defender plan"),
            (config(|c| c.name = "No/Plan".into()), "name: Not the name of a Defender plan"),
            (config(|c| c.name = "NewerThanThisProvider".into()), ""),
            (
                config(|c| (c.scope, c.enforce) = (machine.as_str().into(), Attr::Known(true))),
                "enforce: A resource cannot enforce",
            ),
            (
                config(|c| (c.tier, c.subplan) = (Attr::Known(Tier::Free), "P2".into())),
                "subplan: A Free plan has no sub-plan",
            ),
            (
                config(|c| (c.name, c.tier) = ("Discovery".into(), Attr::Known(Tier::Free))),
                "tier: The plan cannot be Free",
            ),
            (
                config(|c| {
                    c.tier = Attr::Known(Tier::Free);
                    c.extensions = extensions(&[("A", extension(true, None))]);
                }),
                "extensions: A Free plan has no extensions",
            ),
            (
                config(|c| c.extensions = extensions(&[("A", extension(false, Some("p")))])),
                r#"extensions["A"]: Properties on a disabled extension"#,
            ),
            (
                config(|c| c.extensions = extensions(&[("A", Attr::Null)])),
                r#"extensions["A"]: The extension is null"#,
            ),
            (
                config(|c| {
                    let one = extension(true, None);
                    c.extensions = extensions(&[("Ab", one.clone()), ("aB", one)]);
                }),
                r#"extensions["aB"]: The extension stands twice"#,
            ),
            (config(|c| c.extensions = Attr::Unknown), ""),
        ];
        for (config, expected) in cases {
            let rules = RuleSettings { levels: Some(Levels::new()), ..RuleSettings::default() };
            let found = check(Catalog::get(), &config, &rules);
            assert!(found.iter().count() <= 1, "one mistake, one message: {found}");
            let found = found.to_string();
            let fits = if expected.is_empty() { found.is_empty() } else { found.starts_with(expected) };
            assert!(fits, "expected {expected:?}, found {found:?}");
        }
    }
}
