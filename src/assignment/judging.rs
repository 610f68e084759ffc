//! What the rules say of an assignment.

use std::collections::BTreeSet;

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, AttributePath, Result};

use super::model::{Model, scope};
use super::{roles, wire};
use crate::availability::{Fact, Facts, Subject};
use crate::context::{Context, look_ahead};
use crate::diagnostics::{of_findings, tell};
use crate::policy::{Definition, guid_of};

/// The rule on identities without the roles of their policy.
const LACKS_ROLES: &str = "MDC071";

/// Warns, or stops what cannot work.
pub(crate) async fn judge(
    call: &mut Call<Context>,
    prior: Option<&Model>,
    planned: &Model,
    definition: &Definition,
) -> Result<()> {
    let Some(context) = call.context_if_configured() else { return Ok(()) };
    let mut facts = facts(prior, planned, definition);
    facts.cloud = context.cloud;
    let scope = planned.scope.known().and_then(|text| scope(text).ok());
    if let Some(scope) = scope
        && let Some(granted) = context.granted(&scope, &look_ahead(call)).await
    {
        facts.granted = Fact::Known(granted);
        facts.scope = Fact::Known(scope.as_str().to_owned());
    }
    // Roles that are left out on purpose may be granted by another resource, to this one's principal_id.
    let findings = context.rules.judge_mildly(&facts, |rule| rule == LACKS_ROLES);
    tell(call, of_findings(findings, |subject| Some(path(subject))))
}

fn facts(prior: Option<&Model>, planned: &Model, definition: &Definition) -> Facts {
    let parameters = match &planned.parameters {
        Attr::Null => Fact::Known(BTreeSet::new()),
        Attr::Known(any) if any.is_wholly_known() => Fact::Known(wire::parameters(any).into_keys().collect()),
        Attr::Known(_) | Attr::Unknown => Fact::Unknown,
    };
    let roles_known =
        planned.role_definition_ids.known().is_some_and(|ids| !ids.iter().any(Attr::is_unknown));
    Facts {
        policy: Fact::Known(guid_of(&definition.id)),
        policy_parameters: parameters,
        policy_roles: Fact::Known(definition.roles.clone()),
        identity_roles: if roles_known {
            Fact::Known(roles::of_texts(&planned.role_definition_ids))
        } else {
            Fact::Unknown
        },
        remediation: planned.remediates().map_or(Fact::Unknown, Fact::Known),
        // Said once, when the policy is assigned: nobody counts what there is.
        existing_resources: if prior.is_none() { Fact::Absent } else { Fact::Unknown },
        ..Facts::default()
    }
}

fn path(subject: &Subject) -> AttributePath {
    AttributePath::of(if *subject == Subject::Remediation {
        "remediation"
    } else if *subject == Subject::Policy {
        "policy_definition_id"
    } else if *subject == Subject::Region {
        "location"
    } else {
        "scope"
    })
}
