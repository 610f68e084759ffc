//! The assignments of a scope, for `terraform query`.

use serde::Deserialize;
use tfplugin_protocol::provider::{Call, Finds, ListResource};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Result, Schema, Value};

use super::PolicyAssignment;
use crate::assignment::model::{Model, scope};
use crate::context::{Context, parse_id, patience};
use crate::diagnostics::explain;
use crate::policy::{ASSIGNMENT_TYPE, Assignment, guid_of};

/// What to list.
#[derive(Debug, Deserialize)]
pub(in crate::resources) struct Query {
    scope: Attr<String>,
    definition: Attr<String>,
    name_prefix: Attr<String>,
}

impl ListResource for PolicyAssignment {
    type Query = Query;

    fn query_schema(&self) -> Schema {
        let text = || Attribute::string().optional();
        let is_scope = |value: &Value| match value.as_str().map(scope) {
            Some(Err(problem)) => Err(problem.detail),
            _ => Ok(()),
        };
        Schema::new(
            "Lists the policy assignments of a scope: those that were made right there, not those that it inherits from above, \
             nor those of what lies in it.",
        )
        .attribute(
            "scope",
            text().check(is_scope).describe(
                "The id of the subscription, management group, resource group or resource. Default: the provider's \
                 subscription.",
            ),
        )
        .attribute(
            "definition",
            text().check(is_definition).describe(
                "Only assignments of this definition or initiative: its id, or its name, which is a GUID for built-in ones.",
            ),
        )
        .attribute(
            "name_prefix",
            text().describe("Only assignments whose name begins with this, in any letter case."),
        )
    }

    async fn list(&self, call: &mut Call<Context>, query: Query, finds: &Finds<Model>) -> Result<()> {
        let context = call.context()?;
        let scope = match query.scope.known() {
            Some(text) => scope(text)?,
            None => context.scope_by_default()?,
        };
        let listed = context.policy()?.assignments(&scope, &patience(call)).await;
        for found in listed.map_err(|error| explain(&error).at("scope"))? {
            let (_, name) = parse_id(&found.id, ASSIGNMENT_TYPE, "a policy assignment", "NAME")?;
            if is_wanted(&query, &name, &found) {
                let properties = &found.is.properties;
                let called = properties.display_name.as_deref().filter(|text| !text.is_empty());
                finds.push(called.unwrap_or(&name), &Model::at(&scope, &name)).await?;
            }
        }
        Ok(())
    }
}

fn is_wanted(query: &Query, name: &str, found: &Assignment) -> bool {
    let definition = &found.is.properties.policy_definition_id;
    let begins = |prefix: &String| name.to_ascii_lowercase().starts_with(&prefix.to_ascii_lowercase());
    let is_of = |wanted: &String| {
        if wanted.contains('/') {
            wanted.eq_ignore_ascii_case(definition)
        } else {
            wanted.eq_ignore_ascii_case(&guid_of(definition))
        }
    };
    query.name_prefix.known().is_none_or(begins) && query.definition.known().is_none_or(is_of)
}

/// A name, or the id of a definition or initiative.
fn is_definition(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let beginning: String = text.chars().take(300).collect();
    if text.is_empty() || (text.contains('/') && !super::check::is_definition_id(text)) {
        return Err(format!(
            "{beginning:?} is neither the name nor the id of a policy definition or initiative. Such an id looks like \
             /providers/Microsoft.Authorization/policyDefinitions/NAME or .../policySetDefinitions/NAME."
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::policy::{Properties, Wanted};

    use super::*;

    #[test]
    fn filters_do_not_depend_on_letter_case() {
        let id = "/providers/Microsoft.Authorization/policyDefinitions/64DEF556-fbad";
        let properties = Properties { policy_definition_id: id.to_owned(), ..Properties::default() };
        let found = Assignment { id: String::new(), is: Wanted { properties, ..Wanted::default() } };
        for (definition, prefix, expected) in [
            ("", "", true),
            ("64def556-FBAD", "", true),
            ("64def556", "", false),
            (&id.to_ascii_uppercase(), "SEN", true),
            (id, "sensors", false),
            ("/providers/Microsoft.Authorization/policySetDefinitions/64DEF556-fbad", "", false),
        ] {
            let attr = |text: &str| if text.is_empty() { Attr::Null } else { text.into() };
            let query = Query { scope: Attr::Null, definition: attr(definition), name_prefix: attr(prefix) };
            assert_eq!(is_wanted(&query, "Sensor", &found), expected, "{query:?}");
        }
    }
}
