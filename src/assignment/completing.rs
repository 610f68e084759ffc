//! Completing a plan: identity and roles come from the definition, which is asked for where something changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tfplugin_protocol::model::to_value;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Value};
use uuid::Uuid;

use super::model::{Identity, Model, known_texts};
use super::notes::Record;
use super::roles::{self, Roles};
use super::{schema, wire};
use crate::arm::{self, Error, ErrorKind, Scope};
use crate::policy::{Definition, Policy, Wanted};

/// Names that are made here come from this.
const NAMES: Uuid = Uuid::from_u128(0x1d2b_7a64_90c3_4f5e_b1a8_37e6_5c0d_42f9);

/// Who is asked for definitions.
#[derive(Clone, Copy)]
pub(crate) struct Asks<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) patience: &'a arm::Call,
    /// The attribute that says which definition.
    pub(crate) defined_by: &'static str,
}

/// What a plan of an assignment is made from.
pub(crate) struct Draft<'a> {
    /// As the user wrote it, or as if.
    pub(crate) config: &'a Model,
    /// As it is.
    pub(crate) prior: Option<&'a Model>,
    /// As it is to be, as far as that is known.
    pub(crate) planned: Model,
    /// Whether something differs from what is there.
    pub(crate) changed: bool,
    /// What the last apply was to make true.
    pub(crate) record: Option<&'a Record>,
}

/// An assignment without a name is named so: always the same where it assigns the same.
pub(crate) fn name(scope: &Scope, definition: &str) -> String {
    let key = format!("{scope}|{definition}").to_ascii_lowercase();
    let hex = Uuid::new_v5(&NAMES, key.as_bytes()).simple().to_string();
    // 24 characters are all that a management group allows.
    format!("defender-{}", hex.get(..15).unwrap_or(&hex))
}

/// Completes a plan; with the definition where something changes, and it has to be held against that.
///
/// # Errors
///
/// Why the definition cannot be read.
pub(crate) async fn finish(
    asks: Option<Asks<'_>>,
    draft: Draft<'_>,
) -> Result<(Model, Option<Arc<Definition>>)> {
    let Draft { config, prior, mut planned, changed, record } = draft;
    // What the user chose and does not write any more is the definition's to say again.
    let reverts = record.is_none_or(|record| {
        (record.roles_chosen && config.role_definition_ids.is_null())
            || (config.identity.is_null() && (record.identity_chosen || record.identity != kind(&planned)))
    });
    let is_pending = record.is_some_and(|record| record.is_pending);
    if prior.is_some() && !changed && !reverts {
        // The roles that are there may be fewer than those that were meant, and remediations may not have started.
        if let Some(Record { roles, .. }) = record
            && roles::of_texts(&planned.role_definition_ids) != *roles
        {
            planned.role_definition_ids = roles::to_texts(roles);
            planned.role_assignments = Attr::Unknown;
        }
        match planned.remediates() {
            Some(true) if is_pending => planned.remediations = Attr::Unknown,
            // One that was to be removed and could not be is still there.
            Some(false) => planned.remediations = Attr::Known(Vec::new()),
            Some(true) | None => {}
        }
        return Ok((planned, None));
    }
    let definition = match planned.policy_definition_id.known() {
        Some(id) => definition(asks, id).await?,
        None => None,
    };
    complete(config, prior, &mut planned, definition.as_deref());
    if is_pending && planned.remediates() == Some(true) {
        planned.remediations = Attr::Unknown;
    }
    let definition = definition.filter(|_| changed || prior != Some(&planned));
    Ok((planned, definition))
}

/// What Azure says of a definition; nothing where nothing can be asked yet.
///
/// # Errors
///
/// Why it cannot be read.
pub(crate) async fn definition(asks: Option<Asks<'_>>, id: &str) -> Result<Option<Arc<Definition>>> {
    let Some(asks) = asks else { return Ok(None) };
    match asks.policy.definition(id, asks.patience).await {
        Ok(definition) => Ok(Some(definition)),
        Err(error) => Err(no_definition(error, asks.defined_by)),
    }
}

fn no_definition(error: Error, defined_by: &'static str) -> Diagnostics {
    if *error.kind() != ErrorKind::NotFound {
        return error.into();
    }
    let id = error.id();
    let detail = format!(
        "Azure does not know {id}. Check the id: initiatives are /policySetDefinitions/, and custom definitions begin with the \
         subscription or management group that has them. Not every cloud has every built-in definition.\n\n{error}."
    );
    Diagnostic::error("There is no such policy definition", detail).at(defined_by).into()
}

/// Fills in what is computed.
fn complete(config: &Model, prior: Option<&Model>, planned: &mut Model, definition: Option<&Definition>) {
    if let Some(identity) = identity(config, definition) {
        planned.identity = identity;
    }
    if config.role_definition_ids.is_null() {
        match (has_identity(planned), definition) {
            (Some(false), _) => planned.role_definition_ids = roles::to_texts(&Roles::new()),
            (Some(true), Some(definition)) => {
                planned.role_definition_ids = roles::to_texts(&definition.roles.clone());
            }
            (Some(true), None) | (None, _) => {}
        }
    }
    let same_identity = prior.filter(|prior| identity_of(prior) == identity_of(planned) && is_known(planned));
    match (same_identity, has_identity(planned)) {
        (Some(prior), _) => {
            planned.principal_id = prior.principal_id.clone();
            planned.tenant_id = prior.tenant_id.clone();
        }
        (None, Some(false)) => {
            planned.principal_id = Attr::Null;
            planned.tenant_id = Attr::Null;
        }
        (None, _) => {
            planned.principal_id = Attr::Unknown;
            planned.tenant_id = Attr::Unknown;
        }
    }
    let wanted = roles::of_texts(&planned.role_definition_ids);
    let kept = same_identity.filter(|prior| {
        roles::assignments(prior).keys().eq(wanted.iter()) && is_certain(&planned.role_definition_ids)
    });
    if let Some(prior) = kept {
        planned.role_assignments = prior.role_assignments.clone();
    } else if has_identity(planned) == Some(false) {
        planned.role_assignments = Attr::Known(BTreeMap::new());
    } else {
        planned.role_assignments = Attr::Unknown;
    }
    let settled = same_identity.filter(|prior| is_settled(planned) && inputs(prior) == inputs(planned));
    planned.remediations = match (planned.remediates(), settled) {
        (Some(false), _) => Attr::Known(Vec::new()),
        (Some(true), Some(prior)) if prior.remediates() == Some(true) => prior.remediations.clone(),
        (Some(true) | None, _) => Attr::Unknown,
    };
}

/// The identity that was asked for, or that the definition needs; nothing where neither is known.
pub(crate) fn identity(config: &Model, definition: Option<&Definition>) -> Option<Attr<Identity>> {
    let system = || Identity { kind: "SystemAssigned".into(), identity_ids: Attr::Null };
    match (&config.identity, definition) {
        (Attr::Null, Some(definition)) => {
            Some(if definition.deploys() { Attr::Known(system()) } else { Attr::Null })
        }
        (Attr::Null, None) | (Attr::Unknown, _) => None,
        (Attr::Known(written), _) => {
            let kind = match (&written.kind, &written.identity_ids) {
                (Attr::Null, Attr::Null) => "SystemAssigned".into(),
                (Attr::Null, Attr::Known(_)) => "UserAssigned".into(),
                (Attr::Null, Attr::Unknown) => Attr::Unknown,
                (kind, _) => kind.clone(),
            };
            Some(Attr::Known(Identity { kind, identity_ids: written.identity_ids.clone() }))
        }
    }
}

/// Whether there is an identity; nothing where that is not known.
pub(crate) fn has_identity(model: &Model) -> Option<bool> {
    match &model.identity {
        Attr::Null => Some(false),
        Attr::Unknown => None,
        Attr::Known(identity) => identity.kind.known().map(|kind| kind != "None"),
    }
}

fn identity_of(model: &Model) -> (Option<&String>, Vec<String>) {
    let identity = model.identity.known();
    let ids = identity.map(|identity| known_texts(&identity.identity_ids)).unwrap_or_default();
    let ids = ids.iter().map(|id| id.to_ascii_lowercase()).collect();
    (identity.and_then(|identity| identity.kind.known()).filter(|kind| *kind != "None"), ids)
}

fn is_known(model: &Model) -> bool {
    match &model.identity {
        Attr::Null => true,
        Attr::Unknown => false,
        Attr::Known(identity) => !identity.kind.is_unknown() && is_certain(&identity.identity_ids),
    }
}

fn is_certain(texts: &super::model::Texts) -> bool {
    match texts {
        Attr::Null => true,
        Attr::Unknown => false,
        Attr::Known(texts) => !texts.iter().any(Attr::is_unknown),
    }
}

/// Whether nothing that a remediation depends on is still unknown.
fn is_settled(planned: &Model) -> bool {
    const LATER: [&str; 5] =
        ["definition_version", "principal_id", "tenant_id", "role_assignments", "remediations"];
    let value = to_value(planned, &schema::schema().ty()).ok();
    let attributes = value.as_ref().and_then(Value::as_map).into_iter().flatten();
    attributes.filter(|(name, _)| !LATER.contains(&name.as_str())).all(|(_, value)| value.is_wholly_known())
}

/// The kind of an identity; none is as good as no identity.
pub(crate) fn kind(model: &Model) -> Option<String> {
    identity_of(model).0.cloned()
}

/// What a remediation depends on: when this changes it runs again.
pub(crate) fn inputs(model: &Model) -> (Wanted, Roles, Option<super::model::Remediation>) {
    let mut wanted = wire::wanted(model);
    let properties = &mut wanted.properties;
    // Words for people change nothing.
    properties.display_name = None;
    properties.description = None;
    properties.metadata = None;
    properties.non_compliance_messages = None;
    // Whether anybody waits is not among what is remediated.
    let how = model.remediation.known().cloned();
    let how = how.map(|how| super::model::Remediation { wait: Attr::Null, ..how });
    (wanted, roles::of_texts(&model.role_definition_ids), how)
}
