//! Roles of the identities that policies deploy with. API version 2022-04-01.
//! <https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest>

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Backoff, Policy, gone};
use crate::arm::{Call, Error, ErrorKind, Request, Scope};

const API_VERSION: &str = "2022-04-01";
const ROLE_ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
const ROLE_DEFINITIONS: &str = "/providers/Microsoft.Authorization/roleDefinitions";
const GRANTING: &str = "granting a role to the identity of the policy assignment";

/// Names of role assignments are made from this, so that whoever grants the same again grants nothing new.
const NAMES: Uuid = Uuid::from_u128(0x5f3c_2a51_9d1e_4b0f_8a67_c2d1_e0f4_7b93);

/// A role that an identity has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The id of the role assignment.
    pub id: String,
    /// The role, by its GUID in lower case.
    pub role: String,
}

/// The GUID of a definition of a role or a policy, in lower case, by its id.
pub fn guid_of(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// The id of a role definition, as definitions of policies write it.
pub fn role_definition_id(guid: &str) -> String {
    format!("{ROLE_DEFINITIONS}/{guid}")
}

/// Whom roles are granted to: the identity of an assignment, at the assignment's scope.
#[derive(Clone, Copy, Debug)]
pub struct Grantee<'a> {
    /// The scope.
    pub scope: &'a Scope,
    /// The id of the policy assignment.
    pub assignment: &'a str,
    /// The object id of its identity.
    pub principal: &'a str,
}

impl Grantee<'_> {
    /// The id of the role assignment that gives it this role. It tells ours from those of others, and from those of another
    /// policy assignment that deploys by the same identity.
    pub fn role_assignment_id(&self, role: &str) -> String {
        let Self { scope, assignment, principal } = self;
        let key = format!("{assignment}|{role}|{principal}").to_ascii_lowercase();
        let name = Uuid::new_v5(&NAMES, key.as_bytes());
        format!("{scope}/providers/{ROLE_ASSIGNMENTS}/{name}")
    }
}

impl Policy {
    /// Gives a role to the identity of an assignment, and waits until both are known. Granting it again grants nothing
    /// new, also where somebody else has granted it.
    ///
    /// # Errors
    ///
    /// Why it could not be granted.
    pub async fn grant(&self, to: &Grantee<'_>, role: &str, call: &Call) -> Result<Granted, Error> {
        let Grantee { scope, principal, .. } = *to;
        let id = to.role_assignment_id(role);
        let body = json!({"properties": {
            "roleDefinitionId": definition_id(scope, role), "principalId": principal, "principalType": "ServicePrincipal",
        }});
        let mut backoff = Backoff::new(Duration::from_secs(10));
        loop {
            let request = Request::put(id.as_str(), API_VERSION, body.clone()).act(GRANTING);
            let Err(error) = self.client.send(request, call).await else { break };
            match error.code() {
                // A new identity takes seconds to minutes to be known everywhere.
                // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails
                Some("PrincipalNotFound") => backoff.wait(call, &error).await?,
                // After a deletion Azure says so for a while although there is none.
                Some("RoleAssignmentExists") => match self.same(scope, role, principal, call).await? {
                    Some(granted) => return Ok(granted),
                    None => backoff.wait(call, &error).await?,
                },
                _ => return Err(error),
            }
        }
        self.until_seen(&id, call).await?;
        Ok(Granted { id, role: role.to_owned() })
    }

    /// The role assignment that stands in the way, which does what is wanted under another name.
    async fn same(
        &self,
        scope: &Scope,
        role: &str,
        principal: &str,
        call: &Call,
    ) -> Result<Option<Granted>, Error> {
        let granted = self.granted(scope, principal, call).await?;
        Ok(granted.into_iter().find(|granted| granted.role == role))
    }

    /// Roles that an identity has at exactly this scope, sorted by role.
    ///
    /// # Errors
    ///
    /// Why they could not be read.
    pub async fn granted(&self, scope: &Scope, principal: &str, call: &Call) -> Result<Vec<Granted>, Error> {
        let path = format!("{scope}/providers/{ROLE_ASSIGNMENTS}");
        let request = Request::get(path, API_VERSION)
            .query("$filter", format!("principalId eq '{principal}'"))
            .act("reading the roles of the policy assignment's identity");
        let listed = self.client.list(request, call).await?;
        let mut granted: Vec<_> = listed.iter().filter_map(|body| read(body, scope, principal)).collect();
        granted.sort_by(|a, b| a.role.cmp(&b.role));
        Ok(granted)
    }

    /// Takes a role away. It is no error if nobody has it.
    ///
    /// # Errors
    ///
    /// Why it could not be taken away.
    pub async fn revoke(&self, id: &str, call: &Call) -> Result<(), Error> {
        let act = "taking a role from the identity of the policy assignment";
        gone(self.client.send(Request::delete(id, API_VERSION).act(act), call).await)
    }

    /// Waits until a role assignment can be read: until then Azure's parts do not agree that it is there.
    async fn until_seen(&self, id: &str, call: &Call) -> Result<(), Error> {
        let mut backoff = Backoff::new(Duration::from_secs(5));
        loop {
            match self.client.send(Request::get(id, API_VERSION).act(GRANTING), call).await {
                Ok(_) => return Ok(()),
                Err(error) if *error.kind() == ErrorKind::NotFound => backoff.wait(call, &error).await?,
                Err(error) => return Err(error),
            }
        }
    }
}

/// A role definition as role assignments of this scope name it.
fn definition_id(scope: &Scope, role: &str) -> String {
    let subscription = scope.subscription_id().map(|id| format!("/subscriptions/{id}")).unwrap_or_default();
    format!("{subscription}{ROLE_DEFINITIONS}/{role}")
}

/// A role assignment, if it is the principal's and at this scope: lists bring those of other scopes, too.
fn read(body: &Value, scope: &Scope, principal: &str) -> Option<Granted> {
    let properties = &body["properties"];
    let same = |field: &str, wanted: &str| {
        properties[field].as_str().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    };
    let role = guid_of(properties["roleDefinitionId"].as_str()?);
    let id = body["id"].as_str()?.to_owned();
    (same("scope", scope.as_str()) && same("principalId", principal)).then_some(Granted { id, role })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_assignment_is_named_by_what_it_says() {
        let scope: Scope = "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555".parse().unwrap();
        let name = |assignment, role, principal| {
            let to = Grantee { scope: &scope, assignment, principal };
            guid_of(&to.role_assignment_id(role))
        };
        assert_eq!(name("/a", "r", "p"), name("/A", "R", "P"));
        for other in [name("/b", "r", "p"), name("/a", "s", "p"), name("/a", "r", "q")] {
            assert_ne!(name("/a", "r", "p"), other);
        }
        assert_eq!(
            definition_id(&scope, "r"),
            "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/providers/Microsoft.Authorization/roleDefinitions/r"
        );
    }

    #[test]
    fn roles_of_others_and_at_other_scopes_do_not_count() {
        let scope: Scope = "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555".parse().unwrap();
        let body = |scope: &str, principal: &str| json!({"id": "/i", "properties": {"scope": scope, "principalId": principal, "roleDefinitionId": "/x/ABC"}});
        let granted = Granted { id: "/i".into(), role: "abc".into() };
        assert_eq!(read(&body(scope.as_str(), "P"), &scope, "p"), Some(granted));
        assert_eq!(read(&body("/providers/Microsoft.Management/managementGroups/m", "p"), &scope, "p"), None);
        assert_eq!(read(&body(scope.as_str(), "q"), &scope, "p"), None);
    }
}
