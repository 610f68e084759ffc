//! What is wrong with a configuration by itself.

use tfplugin_protocol::{Attr, Diagnostic, Diagnostics};
use uuid::Uuid;

use crate::arm::{ResourceId, ScopeKind};
use crate::assignment::checking;
use crate::assignment::model::{Model, Selector, Texts, scope};
use crate::policy::guid_of;

/// Checks what can be seen without Azure.
pub(super) fn check(config: &Model) -> Diagnostics {
    let scope = config.scope.known().map(|text| scope(text));
    let kind = scope.as_ref().and_then(|scope| Some(scope.as_ref().ok()?.kind()));
    let mut diagnostics: Diagnostics = scope.and_then(Result::err).into_iter().collect();
    let further = [
        name(config, kind),
        definition_id(config),
        checking::identity(config),
        without_identity(config),
        checking::location(config),
        checking::object(&config.parameters, "parameters"),
        checking::object(&config.metadata, "metadata"),
        checking::remediation(config, kind),
        roles(config),
        nulls(config),
    ];
    for diagnostic in further.into_iter().flatten().chain(selectors(config)) {
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftauthorization>
fn name(config: &Model, kind: Option<ScopeKind>) -> Option<Diagnostic> {
    let name = config.name.known()?;
    let most = if kind == Some(ScopeKind::ManagementGroup) { 24 } else { 64 };
    let wrong =
        |detail: String| Some(Diagnostic::error("Not a name of a policy assignment", detail).at("name"));
    if name.is_empty() || name.chars().count() > most {
        let count = name.chars().count();
        return wrong(format!("The name has {count} characters; Azure takes 1 to {most} at this scope."));
    }
    if name.chars().any(|letter| "<>*%&:\\?.+/".contains(letter)) || name.ends_with(' ') {
        return wrong(format!(
            "{name:?} has a character that Azure refuses: one of <>*%&:\\?.+/ or a space at the end."
        ));
    }
    None
}

fn definition_id(config: &Model) -> Option<Diagnostic> {
    let id = config.policy_definition_id.known()?;
    if is_definition_id(id) {
        return None;
    }
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} is not the id of a policy definition or initiative. Such an id looks like \
         /providers/Microsoft.Authorization/policyDefinitions/NAME or .../policySetDefinitions/NAME, and begins with its \
         subscription or management group where it is a custom one."
    );
    Some(Diagnostic::error("Not the id of a policy definition", detail).at("policy_definition_id"))
}

/// Whether this is the id of a definition or an initiative.
pub(super) fn is_definition_id(id: &str) -> bool {
    let found = id.parse::<ResourceId>().ok().and_then(|id| id.resource_type());
    found.is_some_and(|found| {
        found == "Microsoft.Authorization/policyDefinitions"
            || found == "Microsoft.Authorization/policySetDefinitions"
    })
}

fn without_identity(config: &Model) -> Option<Diagnostic> {
    let roles = config.role_definition_ids.known().is_some_and(|ids| !ids.is_empty());
    let kind = config.identity.known().and_then(|identity| identity.kind.known());
    (roles && kind.is_some_and(|kind| kind == "None")).then(|| {
        let detail = "There is no identity to give roles to. Leave role_definition_ids out, or give the assignment an identity.";
        Diagnostic::error("Roles without an identity", detail).at("role_definition_ids")
    })
}

fn selectors(config: &Model) -> Vec<Diagnostic> {
    let wrong = |selector: &Selector| {
        // A value that is not known yet may turn out to be null.
        let (one_of, not_in) = (&selector.one_of, &selector.not_in);
        (one_of.is_null() && not_in.is_null()) || (one_of.known().is_some() && not_in.known().is_some())
    };
    let empty = |texts: &Texts| texts.known().is_some_and(Vec::is_empty);
    let wrong = |selector: &Selector| wrong(selector) || empty(&selector.one_of) || empty(&selector.not_in);
    let of = |attribute: &'static str, found: bool| {
        found.then(|| {
            let detail = "A selector compares with values: set one of `in` and `not_in`, with at \
                          least one value, and not both.";
            Diagnostic::error("The selector is not complete", detail).at(attribute)
        })
    };
    let resources =
        config.resource_selectors.known_items().flat_map(|chosen| chosen.selectors.known_items()).any(wrong);
    let overrides =
        config.overrides.known_items().flat_map(|change| change.selectors.known_items()).any(wrong);
    let none =
        config.overrides.known_items().any(|change| change.selectors.known().is_some_and(Vec::is_empty));
    let none = none.then(|| {
        let detail =
            "An override without selectors is for all. Leave selectors out: Azure keeps no empty list.";
        Diagnostic::error("The selectors are empty", detail).at("overrides")
    });
    [of("resource_selectors", resources), of("overrides", overrides), none].into_iter().flatten().collect()
}

fn roles(config: &Model) -> Option<Diagnostic> {
    let id = config.role_definition_ids.known_items().find(|id| guid_of(id).parse::<Uuid>().is_err())?;
    let beginning: String = id.chars().take(300).collect();
    let detail = format!(
        "{beginning:?} is not the id of a role. Roles are never matched by name: write \
         /providers/Microsoft.Authorization/roleDefinitions/ and the role's GUID."
    );
    Some(Diagnostic::error("Not the id of a role", detail).at("role_definition_ids"))
}

/// Azure has no nulls in lists, so one would be a difference for ever.
fn nulls(config: &Model) -> Option<Diagnostic> {
    let has_null = |texts: &Texts| texts.known().is_some_and(|texts| texts.iter().any(Attr::is_null));
    let identity_ids = config.identity.known().is_some_and(|identity| has_null(&identity.identity_ids));
    let lists = [
        ("not_scopes", has_null(&config.not_scopes)),
        ("role_definition_ids", has_null(&config.role_definition_ids)),
        ("identity", identity_ids),
    ];
    let (attribute, _) = lists.into_iter().find(|(_, has)| *has)?;
    let detail = "A list has an element that is null. Leave it out, for example with compact().";
    Some(Diagnostic::error("A null in a list", detail).at(attribute))
}
