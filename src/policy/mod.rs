//! Azure Policy and the roles that it takes: definitions, assignments, role assignments, remediations; typed bodies over
//! the ARM client.
//!
//! Knows no Terraform and no Defender. What Azure needs time for is waited for by looking again, with short pauses, and
//! never longer than it takes: a new identity is not known to the roles for seconds or minutes.
//! <https://learn.microsoft.com/azure/governance/policy/how-to/remediate-resources>

mod assignment;
mod definition;
mod reaching;
mod remediation;
mod roles;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::Instant;

pub use assignment::{
    Assignment, Identity, Message, Override, ParameterValue, Properties, ResourceSelector, Selector,
    UserAssigned, Wanted,
};
pub use definition::{Definition, Member, Parameter, ParameterKind};
pub use remediation::{Failed, Filters, Progress, Task, Threshold};
pub use roles::{Granted, Grantee, guid_of, role_definition_id};

use crate::arm::{Call, Client, Error, ErrorKind, Request, Scope, SingleFlight, Versions};

/// The resource type of assignments, as it stands in ids.
pub const ASSIGNMENT_TYPE: &str = "Microsoft.Authorization/policyAssignments";

/// How long something that was removed is waited for to be gone.
const LINGERING: Duration = Duration::from_secs(60);

/// Policy over HTTP.
#[derive(Debug)]
pub struct Policy {
    client: Client,
    definitions: Mutex<HashMap<String, Arc<SingleFlight<Arc<Definition>>>>>,
    authorization: Versions,
    insights: Versions,
}

impl Policy {
    /// Policy by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            definitions: Mutex::default(),
            authorization: Versions::new("2025-03-01", "2024-05-01"),
            insights: Versions::new("2024-10-01", "2021-10-01"),
        }
    }

    /// The id of an assignment.
    pub fn assignment_id(scope: &Scope, name: &str) -> String {
        format!("{}/providers/{ASSIGNMENT_TYPE}/{name}", scope.as_str())
    }

    /// A definition or an initiative, with the roles of all its members: asked for once.
    ///
    /// # Errors
    ///
    /// Why it could not be read; [`ErrorKind::NotFound`] where the cloud does not have it.
    pub async fn definition(&self, id: &str, call: &Call) -> Result<Arc<Definition>, Error> {
        let flight = {
            let mut definitions = self.definitions.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(definitions.entry(id.to_ascii_lowercase()).or_default())
        };
        // An initiative asks for its members by this function, so the future holds itself.
        let fetch = || Box::pin(self.fetch_definition(id, call));
        flight.get(call, |_| true, fetch).await
    }

    /// The category of a definition or an initiative, without a look at its members.
    ///
    /// # Errors
    ///
    /// Why it could not be read; [`ErrorKind::NotFound`] where there is no such definition any more.
    pub async fn category(&self, id: &str, call: &Call) -> Result<Option<String>, Error> {
        let act = "reading the policy definition";
        let request = |version| self.client.send(Request::get(id, version).act(act), call);
        let body = self.authorization.with(request).await?.body;
        Ok(body["properties"]["metadata"]["category"].as_str().map(str::to_owned))
    }

    async fn fetch_definition(&self, id: &str, call: &Call) -> Result<Arc<Definition>, Error> {
        let request =
            |version| self.client.send(Request::get(id, version).act("reading the policy definition"), call);
        let body = self.authorization.with(request).await?.body;
        let mut definition = Definition::of_body(&body)
            .map_err(|problem| Error::unreadable("reading the policy definition", id, &problem))?;
        let ids: Vec<String> = definition.members.iter().map(|member| member.definition.clone()).collect();
        let members = ids.iter().map(|id| self.definition(id, call));
        for (at, member) in join_all(members).await.into_iter().enumerate() {
            definition.take_in(at, &*member?);
        }
        Ok(Arc::new(definition))
    }

    /// Reads an assignment; nothing if there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn assignment(&self, id: &str, call: &Call) -> Result<Option<Assignment>, Error> {
        let act = "reading the policy assignment";
        let request = |version| self.client.send(Request::get(id, version).act(act), call);
        match self.authorization.with(request).await {
            Ok(response) => readable(response.body, act, id).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The assignments that were made right at a scope.
    /// <https://learn.microsoft.com/rest/api/policyauthorization/policy-assignments/list>
    ///
    /// # Errors
    ///
    /// Why they could not be listed.
    pub async fn assignments(&self, scope: &Scope, call: &Call) -> Result<Vec<Assignment>, Error> {
        let (act, path) = ("listing the policy assignments", format!("{scope}/providers/{ASSIGNMENT_TYPE}"));
        let request = |version| {
            let request = Request::get(path.as_str(), version).query("$filter", "atExactScope()");
            self.client.list(request.act(act), call)
        };
        let listed = self.authorization.with(request).await?;
        listed.into_iter().map(|body| readable(body, act, &path)).collect()
    }

    /// Makes or changes an assignment, and returns what Azure made of it.
    ///
    /// # Errors
    ///
    /// Why it could not be made, or that it is not known whether it was.
    pub async fn assign(&self, id: &str, wanted: &Wanted, call: &Call) -> Result<Assignment, Error> {
        let act = "assigning the policy";
        let body = serde_json::to_value(wanted).unwrap_or_default();
        let request = |version| self.client.send(Request::put(id, version, body.clone()).act(act), call);
        readable(self.authorization.with(request).await?.body, act, id)
    }

    /// Waits until an assignment can be read: a moment after it was made, Azure may say that there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn until_assigned(&self, id: &str, call: &Call) -> Result<Assignment, Error> {
        let mut backoff = Backoff::new(Duration::from_secs(5));
        loop {
            if let Some(found) = self.assignment(id, call).await? {
                return Ok(found);
            }
            backoff
                .pause(call, "making the policy assignment", id, "it was made, and cannot be read")
                .await?;
        }
    }

    /// Removes an assignment, with the identity that Azure made for it, and waits a moment until it cannot be read any more.
    /// It is no error if there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be removed.
    pub async fn unassign(&self, id: &str, call: &Call) -> Result<(), Error> {
        let act = "removing the policy assignment";
        let request = |version| self.client.send(Request::delete(id, version).act(act), call);
        gone(self.authorization.with(request).await)?;
        // Whoever makes one of the same name next must not find the old one. It is removed in any case.
        let deadline = call.deadline.min(Instant::now() + LINGERING);
        let look = Call { deadline, cancel: call.cancel.clone() };
        let mut backoff = Backoff::new(Duration::from_secs(5));
        while let Ok(Some(_)) = self.assignment(id, &look).await {
            if backoff.pause(&look, act, id, "it lingers").await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Longer and longer pauses between looks at something that Azure is still at.
#[derive(Debug)]
struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    fn new(longest: Duration) -> Self {
        Self { next: Duration::from_millis(250), longest }
    }

    /// Pauses after a failure that time cures; the failure itself where the call's time is over.
    async fn wait(&mut self, call: &Call, failure: &Error) -> Result<(), Error> {
        match self.pause(call, failure.act(), failure.id(), "").await {
            Err(error) if *error.kind() != ErrorKind::Cancelled => Err(failure.clone()),
            outcome => outcome,
        }
    }

    /// Pauses, or says what was unfinished.
    async fn pause(&mut self, call: &Call, act: &str, id: &str, unfinished: &str) -> Result<(), Error> {
        let time = self.next;
        self.next = (time * 3 / 2).min(self.longest);
        call.pause(time, act, id, unfinished).await
    }
}

fn readable(body: Value, act: &str, id: &str) -> Result<Assignment, Error> {
    serde_json::from_value(body).map_err(|problem| Error::unreadable(act, id, &problem.to_string()))
}

/// What is gone need not be removed.
fn gone<T>(outcome: Result<T, Error>) -> Result<(), Error> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if *error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// How Azure says that an assignment is not there, or went with what it was on. Any other 404 is about a scope that the
/// caller may not see.
const ABSENT: [&str; 4] =
    ["PolicyAssignmentNotFound", "ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound"];

/// Whether this says that the assignment is not there.
fn is_absent(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound && error.code().is_none_or(|found| ABSENT.contains(&found))
}
