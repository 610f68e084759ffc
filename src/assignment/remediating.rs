//! Remediations of an assignment: which, under which names, and what is said of their ends.

use futures_util::future::join_all;
use tfplugin_protocol::{Attr, Diagnostic, Result};
use uuid::Uuid;

use super::model::{Model, Remediated, known_texts};
use crate::arm::{Call, Error, Scope};
use crate::policy::{Failed, Filters, Policy, Progress, Task, Threshold};

/// How many failures are shown.
pub(crate) const SHOWN: usize = 5;

/// Names of remediations are made from this, so that an apply that was killed starts none twice.
const NAMES: Uuid = Uuid::from_u128(0x8e04_5b7d_2f61_4ac9_93d8_51b0_6ea7_c31d);

/// A remediation that is to run.
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) task: Task,
}

/// What all remediations of an assignment have in common.
pub(crate) struct Of<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) assignment: &'a str,
    pub(crate) principal: &'a str,
    pub(crate) inputs: &'a str,
}

impl Run {
    /// `inputs` is everything else that the remediation depends on: where that changes, it is another one.
    pub(crate) fn new(of: &Of<'_>, reference: Option<&str>, planned: &Model) -> Self {
        let Of { scope, assignment, principal, inputs } = *of;
        let reference = reference.map(str::to_ascii_lowercase);
        let how = planned.remediation.known();
        let locations = how.map(|how| known_texts(&how.locations)).unwrap_or_default();
        let mode = how.and_then(|how| how.mode.known().cloned());
        let task = Task {
            policy_assignment_id: assignment.to_owned(),
            policy_definition_reference_id: reference,
            resource_discovery_mode: mode.unwrap_or_else(|| "ExistingNonCompliant".to_owned()),
            resource_count: how.and_then(|how| how.resource_count.known().copied()),
            parallel_deployments: how.and_then(|how| how.parallel_deployments.known().copied()),
            failure_threshold: how
                .and_then(|how| how.failure_threshold.known())
                .map(|percentage| Threshold { percentage: *percentage }),
            filters: (!locations.is_empty()).then_some(Filters { locations }),
        };
        let lower = |id: &str| id.to_ascii_lowercase();
        let key = serde_json::json!([lower(assignment), lower(principal), inputs, task]).to_string();
        let name = Uuid::new_v5(&NAMES, key.as_bytes()).to_string();
        Self { id: Policy::remediation_id(scope, &name), task }
    }
}

impl Run {
    /// Whether it is about what Azure knows not to comply, without another look.
    pub(crate) fn is_of_what_is_known(&self) -> bool {
        self.task.resource_discovery_mode == "ExistingNonCompliant"
    }
}

/// Remediations that are about to start.
pub(crate) fn started(runs: &[Run]) -> Attr<Vec<Attr<Remediated>>> {
    to_attr(runs.iter().map(|run| (run, None)))
}

/// Remediations as an attribute.
pub(crate) fn to_attr<'a>(
    runs: impl Iterator<Item = (&'a Run, Option<&'a Progress>)>,
) -> Attr<Vec<Attr<Remediated>>> {
    let remediated = |(run, progress): (&Run, Option<&Progress>)| Remediated {
        id: run.id.as_str().into(),
        policy_definition_reference_id: run
            .task
            .policy_definition_reference_id
            .as_deref()
            .map_or(Attr::Null, Into::into),
        state: progress.map_or(Attr::Null, |progress| progress.state.as_str().into()),
        total: progress.map_or(Attr::Null, |progress| Attr::Known(progress.total)),
        succeeded: progress.map_or(Attr::Null, |progress| Attr::Known(progress.succeeded)),
        failed: progress.map_or(Attr::Null, |progress| Attr::Known(progress.failed)),
    };
    Attr::Known(runs.map(|run| Attr::Known(remediated(run))).collect())
}

/// Removes the remediations of a state, but for some.
pub(crate) async fn forget(policy: &Policy, state: &Model, but: &[&str], call: &Call) -> Result<()> {
    let ids = state.remediations.known_items().filter_map(|remediated| remediated.id.known());
    let old = ids.filter(|id| !but.contains(&id.as_str()));
    for outcome in join_all(old.map(|id| policy.forget_remediation(id, call))).await {
        outcome?;
    }
    Ok(())
}

/// Says that nobody waits any longer.
pub(crate) fn unfinished(run: &Run, error: &Error) -> Diagnostic {
    let detail = format!(
        "{error}.\n\nIt goes on in Azure, and Azure's portal shows how it ends: {}. The resource's `timeouts` block gives it more \
         time; wait = false does not wait at all.",
        run.id
    );
    Diagnostic::warning("The remediation is still under way", detail).at("remediation")
}

/// Says that a remediation has found nothing, which may be because nobody has looked yet.
/// <https://learn.microsoft.com/azure/governance/policy/how-to/get-compliance-data#evaluation-triggers>
pub(crate) fn nothing_found(run: &Run) -> Diagnostic {
    let detail = format!(
        "It ended as good, and found no resource to bring in line. That is right where there is none. Azure takes up to half an \
         hour to look at resources after a policy was assigned, and until then a remediation of what is known not to comply \
         (mode = \"ExistingNonCompliant\") finds nothing. If there are resources, run it again then, by a change of remediation's \
         resource_count for example, or let it look by itself, which takes longer and is not possible at a management \
         group:\n\n    remediation = {{ mode = \"ReEvaluateCompliance\" }}\n\n{}",
        run.id
    );
    Diagnostic::warning("The remediation has found nothing", detail).at("remediation")
}

/// Says how a remediation ended that has not done all it was to do.
pub(crate) fn warning(run: &Run, end: &Progress, failures: &[Failed]) -> Diagnostic {
    let of = run
        .task
        .policy_definition_reference_id
        .as_deref()
        .map(|member| format!(" of {member}"))
        .unwrap_or_default();
    let said = end.message.as_ref().map(|message| format!(" Azure says: {message}")).unwrap_or_default();
    let lines: Vec<String> =
        failures.iter().map(|failed| format!("\n  - {}: {}", failed.resource, failed.reason)).collect();
    let first =
        if lines.is_empty() { String::new() } else { format!("\n\nThe first failures:\n{}", lines.concat()) };
    let detail = format!(
        "The remediation{of} ended as {}: of {} resources {} were brought in line and {} were not.{said}{first}\n\nThe policy is \
         assigned, and what is made or changed from now on is covered. When the cause is mended, run it again: terraform apply \
         -replace of this resource, or change what it depends on.\n\n{}",
        end.state, end.total, end.succeeded, end.failed, run.id
    );
    Diagnostic::warning("The remediation has not reached everything", detail).at("remediation")
}
