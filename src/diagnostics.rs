//! The one place where a failed request, or what a rule finds, becomes something that a user reads.

use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{AttributePath, Diagnostic, Diagnostics, Result};

use crate::arm::{Error, ErrorKind};
use crate::availability::{Finding, Severity, Subject};
use crate::catalog::Catalog;

/// What a rule finds, at the attribute that it is about; nothing where nothing is wrong.
pub fn of_finding(finding: Finding, path: AttributePath) -> Option<Diagnostic> {
    let catalog = Catalog::get();
    let page = catalog.page(&finding.rule.page).map(|page| format!("{}\n", page.url)).unwrap_or_default();
    let id = &finding.rule.id;
    // Data can be wrong, and whoever is stopped by it must know the way out.
    let way_out = if finding.severity == Severity::Error {
        let setting = format!("rule_severity = {{ {id} = \"warning\" }}");
        format!("If Azure has changed, {setting} in the provider block lets it pass.\n")
    } else {
        String::new()
    };
    let footer = format!("{page}{way_out}rule {id} | rules as of {}", catalog.as_of);
    let detail = format!("{}\n\n{footer}", finding.detail);
    match finding.severity {
        Severity::Error => Some(Diagnostic::error(finding.summary, detail).at(path)),
        Severity::Warning => Some(Diagnostic::warning(finding.summary, detail).at(path)),
        Severity::Note => None,
    }
}

/// What rules find, at the attributes that it is about. What is about none is left out.
pub fn of_findings(findings: Vec<Finding>, path: impl Fn(&Subject) -> Option<AttributePath>) -> Diagnostics {
    findings
        .into_iter()
        .filter_map(|finding| {
            let path = path(&finding.subject)?;
            of_finding(finding, path)
        })
        .collect()
}

/// Tells the warnings.
///
/// # Errors
///
/// Everything, where there are errors.
pub fn tell<C>(call: &mut Call<C>, told: Diagnostics) -> Result<()> {
    for warning in told.into_result()? {
        call.warn(warning);
    }
    Ok(())
}

/// Explains a failed request: what was attempted, what Azure said, and what to do.
pub fn explain(error: &Error) -> Diagnostic {
    let (summary, advice) = advice(error.kind());
    // Without an act the sentence may begin with the name of an attribute.
    let text = error.to_string();
    let mut detail = if error.act().is_empty() { text } else { capitalized(&text) };
    if !detail.ends_with('.') {
        detail.push('.');
    }
    if let Some(advice) = advice {
        detail.push_str("\n\n");
        detail.push_str(advice);
    }
    Diagnostic::error(summary, detail)
}

impl From<Error> for Diagnostics {
    fn from(error: Error) -> Self {
        explain(&error).into()
    }
}

/// The sentence with a large first letter: acts are named in the middle of sentences, too.
fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn advice(kind: &ErrorKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ErrorKind::Credentials => (
            "Azure sign-in failed",
            Some(
                "Ways to sign in are set in the provider block or by azurerm's environment variables: ARM_CLIENT_SECRET \
                 for client_secret, ARM_USE_OIDC for use_oidc, and so on.",
            ),
        ),
        ErrorKind::Forbidden => (
            "Azure refused: permission is missing",
            Some(
                "To look takes Security Reader, and Reader for machines, accounts and policies. Plans and their settings need the \
                 role Security Admin on the subscription; extensions that assign roles to Microsoft's identities, and policies \
                 that are assigned with roles and remediations, need Owner. A role that was granted a moment ago may \
                 take some minutes to count.",
            ),
        ),
        ErrorKind::NotFound => (
            "Azure did not find the subscription or resource",
            Some("Check the id, and that the account that is signed in can see it."),
        ),
        ErrorKind::Conflict => (
            "Azure reports a conflict",
            Some(
                "If something else changes the same resource, or plans of the same subscription, try again when it is done, \
                 or give the resource more time in its `timeouts` block.",
            ),
        ),
        ErrorKind::NotRegistered { .. } => ("The subscription is not registered", None),
        ErrorKind::Throttled => (
            "Azure asks for fewer requests",
            Some(
                "The limit outlasted the resource's timeout. Try again later, or with a lower -parallelism.",
            ),
        ),
        ErrorKind::OperationFailed => ("The operation failed in Azure", None),
        ErrorKind::Rejected => ("Azure rejected the request", None),
        ErrorKind::Server => {
            ("Azure failed", Some("Azure's own error outlasted all tries. Try again later."))
        }
        ErrorKind::Network => (
            "Azure cannot be reached",
            Some(
                "Check the network, a proxy (HTTPS_PROXY, NO_PROXY), and private certificates (SSL_CERT_FILE).",
            ),
        ),
        ErrorKind::Timeout => (
            "The time ran out",
            Some(
                "Whether a write took effect is not known; the next plan tells. The resource's `timeouts` block \
                 gives it more time.",
            ),
        ),
        ErrorKind::Cancelled => ("The operation was interrupted", None),
        ErrorKind::Protocol => (
            "The answer cannot be read",
            Some(
                "If something other than Azure answered, check the provider's endpoints and any proxy on the way. If Azure has \
                 something new, look for a newer version of the provider.",
            ),
        ),
        ErrorKind::Settings => ("The provider's settings are wrong", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_names_the_act_and_says_what_to_do() {
        let error =
            Error::not_sent(ErrorKind::Forbidden, "setting the Defender plan Api", "/subscriptions/x", "no");
        let diagnostic = explain(&error);
        assert_eq!(diagnostic.summary, "Azure refused: permission is missing");
        assert!(diagnostic.detail.starts_with("Setting the Defender plan Api (/subscriptions/x): no.\n\n"));
        assert!(diagnostic.detail.contains("Security Admin"));
    }
}
