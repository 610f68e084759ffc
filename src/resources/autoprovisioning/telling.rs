//! Where a user wrote what a finding is about.

use tfplugin_protocol::{AttributePath, Diagnostics};

use crate::availability::{Finding, Subject};
use crate::diagnostics::of_findings;

/// What rules find, each thing once: several targets are judged, and most of what is said is said of all of them.
pub(super) fn once(findings: Vec<Finding>) -> Diagnostics {
    let mut told: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = |other: &Finding| other.rule.id == finding.rule.id && other.detail == finding.detail;
        if !told.iter().any(same) {
            told.push(finding);
        }
    }
    of_findings(told, path)
}

/// Nowhere for the cloud, of which the provider block speaks.
pub(super) fn path(subject: &Subject) -> Option<AttributePath> {
    Some(AttributePath::of(match subject {
        Subject::Cloud => return None,
        Subject::Target => "targets",
        Subject::Workspace => "workspace_id",
        Subject::Region => "location",
        Subject::Remediation => "remediation",
        Subject::Scope => "scope",
        Subject::Plan
        | Subject::Tier
        | Subject::Subplan
        | Subject::Enforce
        | Subject::Extensions
        | Subject::Extension(_)
        | Subject::Property(..)
        | Subject::Component
        | Subject::Policy
        | Subject::Removal
        | Subject::Setting => "component",
    }))
}
