//! Remediations: bringing what is there already in line with a policy.
//! API version 2024-10-01, and 2021-10-01 where a cloud does not have it.
//! <https://learn.microsoft.com/rest/api/policyinsights/remediations>

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Backoff, Policy, gone};
use crate::arm::{Call, Error, ErrorKind, Request, Scope};

const REMEDIATIONS: &str = "Microsoft.PolicyInsights/remediations";

/// What to remediate, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The assignment, by its id.
    pub policy_assignment_id: String,
    /// The member of an initiative; needed for one, and for nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_definition_reference_id: Option<String>,
    /// `ExistingNonCompliant` or `ReEvaluateCompliance`.
    pub resource_discovery_mode: String,
    /// At most so many resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_count: Option<u32>,
    /// So many at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_deployments: Option<u32>,
    /// When to give up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_threshold: Option<Threshold>,
    /// Which resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filters: Option<Filters>,
}

/// When to give up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The part of deployments that may fail, from 0 to 1.
    pub percentage: f64,
}

/// Which resources to remediate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    /// Those in these regions.
    #[serde(default)]
    pub locations: Vec<String>,
}

/// How far a remediation has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Azure's word: `Accepted`, `Evaluating`, `Running`, and at the end `Succeeded`, `Complete`, `Failed`, `Canceled`.
    pub state: String,
    /// How many resources are deployed to; 0 until that is known.
    pub total: u32,
    /// How many of them are done.
    pub succeeded: u32,
    /// How many of them have failed.
    pub failed: u32,
    /// What Azure says besides.
    pub message: Option<String>,
}

/// A deployment that has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The resource.
    pub resource: String,
    /// Why.
    pub reason: String,
}

impl Policy {
    /// The id of a remediation.
    pub fn remediation_id(scope: &Scope, name: &str) -> String {
        format!("{scope}/providers/{REMEDIATIONS}/{name}")
    }

    /// Starts a remediation; one of this name that is under way goes on.
    ///
    /// # Errors
    ///
    /// Why it could not be started.
    pub async fn remediate(&self, id: &str, task: &Task, call: &Call) -> Result<Progress, Error> {
        let body = json!({"properties": task});
        let request = |version| {
            self.client.send(Request::put(id, version, body.clone()).act("starting the remediation"), call)
        };
        match self.insights.with(request).await {
            Ok(response) => Ok(progress(&response.body)),
            // A run that was interrupted has started it.
            Err(error) if error.code() == Some("InvalidUpdateRemediationRequest") => {
                self.remediation(id, call).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// How far a remediation has come; nothing if it is gone.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn remediation(&self, id: &str, call: &Call) -> Result<Option<Progress>, Error> {
        let request =
            |version| self.client.send(Request::get(id, version).act("following the remediation"), call);
        match self.insights.with(request).await {
            Ok(response) => Ok(Some(progress(&response.body))),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits for the end of a remediation, and returns it; nothing if somebody removed it meanwhile.
    ///
    /// # Errors
    ///
    /// Why it could not be followed to the end: the call's time may be over before.
    pub async fn until_remediated(&self, id: &str, call: &Call) -> Result<Option<Progress>, Error> {
        let mut backoff = Backoff::new(Duration::from_secs(15));
        loop {
            match self.remediation(id, call).await? {
                Some(progress) if !progress.is_over() => {
                    let text = format!("the remediation is still {}: it did not end", progress.state);
                    backoff.pause(call, "following the remediation", id, &text).await?;
                }
                ended => return Ok(ended),
            }
        }
    }

    /// Deployments of a remediation that have failed, the first few of them. A POST lists them, page by page.
    ///
    /// # Errors
    ///
    /// Why they could not be read.
    pub async fn failed_deployments(&self, id: &str, most: usize, call: &Call) -> Result<Vec<Failed>, Error> {
        let path = format!("{id}/listDeployments");
        let request = |version| {
            let request = Request::post(path.as_str(), version, Value::Null).repeatable();
            self.client.list(request.act("listing what the remediation has deployed"), call)
        };
        Ok(self.insights.with(request).await?.iter().filter_map(failed).take(most).collect())
    }

    /// Removes a remediation; one that is under way and cannot be removed is ended first. It is no error if there is none.
    ///
    /// # Errors
    ///
    /// Why it could not be removed.
    pub async fn forget_remediation(&self, id: &str, call: &Call) -> Result<(), Error> {
        let refused = |error: &Error| matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Conflict);
        match self.remove(id, call).await {
            Err(error) if refused(&error) => {}
            outcome => return outcome,
        }
        let path = format!("{id}/cancel");
        let request = |version| {
            let request = Request::post(path.as_str(), version, Value::Null).repeatable();
            self.client.send(request.act("ending the remediation"), call)
        };
        // Azure ends it only in some states; in the others there is nothing to do but to wait.
        if let Err(error) = self.insights.with(request).await
            && !refused(&error)
            && *error.kind() != ErrorKind::NotFound
        {
            return Err(error);
        }
        self.until_remediated(id, call).await?;
        self.remove(id, call).await
    }

    async fn remove(&self, id: &str, call: &Call) -> Result<(), Error> {
        let request =
            |version| self.client.send(Request::delete(id, version).act("removing the remediation"), call);
        gone(self.insights.with(request).await)
    }
}

impl Progress {
    /// Whether nothing more comes. Azure documents some of these and answers with others as well.
    pub fn is_over(&self) -> bool {
        ["Succeeded", "Complete", "Failed", "Canceled"].iter().any(|end| self.state.eq_ignore_ascii_case(end))
    }

    /// Whether it has brought everything in line that it was about.
    pub fn is_good(&self) -> bool {
        ["Succeeded", "Complete"].iter().any(|end| self.state.eq_ignore_ascii_case(end)) && self.failed == 0
    }
}

fn progress(body: &Value) -> Progress {
    let properties = &body["properties"];
    let count = |field: &str| {
        properties["deploymentStatus"][field]
            .as_u64()
            .and_then(|count| count.try_into().ok())
            .unwrap_or_default()
    };
    Progress {
        state: properties["provisioningState"].as_str().unwrap_or_default().to_owned(),
        total: count("totalDeployments"),
        succeeded: count("successfulDeployments"),
        failed: count("failedDeployments"),
        message: properties["statusMessage"].as_str().filter(|text| !text.is_empty()).map(str::to_owned),
    }
}

fn failed(body: &Value) -> Option<Failed> {
    let status = body["status"].as_str().unwrap_or_default();
    let error = &body["error"];
    if !status.eq_ignore_ascii_case("Failed") && error["message"].as_str().is_none() {
        return None;
    }
    let text = |field: &str| error[field].as_str().filter(|text| !text.is_empty());
    let reason = [text("code"), text("message")].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let reason = if reason.is_empty() { "Azure gives no reason".to_owned() } else { reason };
    Some(Failed { resource: body["remediatedResourceId"].as_str().unwrap_or_default().to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_failures() {
        let of = |state: &str, failed: u32| {
            progress(&json!({"properties": {"provisioningState": state, "deploymentStatus": {
                "totalDeployments": 3, "successfulDeployments": 3 - failed, "failedDeployments": failed}}}))
        };
        for (state, over) in
            [("Accepted", false), ("Evaluating", false), ("Running", false), ("Cancelling", false)]
        {
            assert_eq!(of(state, 0).is_over(), over, "{state}");
        }
        assert!(of("succeeded", 0).is_good() && of("Complete", 0).is_good());
        assert!(of("Complete", 1).is_over() && !of("Complete", 1).is_good());
        assert!(of("Failed", 3).is_over() && !of("Failed", 3).is_good());
        let body = json!({"status": "Failed", "remediatedResourceId": "/vm", "error": {"code": "X", "message": "y"}});
        assert_eq!(failed(&body), Some(Failed { resource: "/vm".into(), reason: "X: y".into() }));
        assert_eq!(failed(&json!({"status": "Succeeded", "error": null})), None);
    }
}
