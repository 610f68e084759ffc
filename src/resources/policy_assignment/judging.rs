//! What the rules say of an assignment.

use std::collections::BTreeSet;

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Attr, AttributePath, Diagnostics, Result};

use super::model::Model;
use super::{check, roles, wire};
use crate::availability::{Fact, Facts, Severity, Subject};
use crate::context::{Context, patience};
use crate::diagnostics::of_finding;
use crate::policy::{Definition, role_guid};

/// The rule on identities without the roles of their policy.
const LACKS_ROLES: &str = "MDC071";

/// Warns, or stops what cannot work.
pub(super) async fn judge(
    call: &mut Call<Context>,
    prior: Option<&Model>,
    planned: &Model,
    definition: &Definition,
) -> Result<()> {
    let Some(context) = call.context_if_configured() else { return Ok(()) };
    let mut facts = facts(prior, planned, definition);
    facts.cloud = context.cloud;
    let scope = planned.scope.known().and_then(|text| check::scope(text).ok());
    let looks = context.rules.preflight_permissions && !context.is_applying();
    if let (Some(scope), Some(permissions), true) = (scope, context.permissions(), looks) {
        match permissions.at(&scope, &patience(call)).await {
            Ok(granted) => {
                facts.granted = Fact::Known(granted.to_vec());
                facts.scope = Fact::Known(scope.as_str().to_owned());
            }
            Err(error) => tracing::warn!(%error, "permissions are not compared"),
        }
    }
    let chosen = |rule: &str| context.rules.levels.as_ref().is_some_and(|levels| levels.contains_key(rule));
    let mut told = Diagnostics::default();
    for mut finding in context.rules.judge(&facts) {
        // Roles that are left out on purpose may be granted by another resource, to this one's principal_id.
        if finding.rule.id == LACKS_ROLES && !chosen(LACKS_ROLES) {
            finding.severity = finding.severity.min(Severity::Warning);
        }
        let path = path(&finding.subject);
        if let Some(diagnostic) = of_finding(finding, path) {
            told.push(diagnostic);
        }
    }
    for warning in told.into_result()? {
        call.warn(warning);
    }
    Ok(())
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
        policy: Fact::Known(role_guid(&definition.id)),
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
