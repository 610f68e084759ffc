//! Which failures are worth another try. A table and nothing else; [`super::delay`] says how long to wait, and
//! [`super::tries`] does the waiting.

/// One try that failed, as far as the table looks at it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<'a> {
    /// An answer with this status, code and message.
    Answer { status: u16, code: &'a str, message: &'a str },
    /// No connection came about: nothing was sent.
    Unreachable,
    /// The request was sent and the answer did not come, or not whole.
    Dropped,
}

/// A failure that is worth another try.
#[derive(Debug)]
pub(super) struct Row {
    matches: fn(&Seen<'_>) -> bool,
    /// Whether the act may have taken effect, so that only a request that may be sent twice is sent again.
    may_have_landed: bool,
    /// The number of tries after which this failure is final; `None` tries until the deadline.
    pub(super) tries_max: Option<u32>,
}

/// The row for what was seen, if it is worth another try. `repeatable`: sending the request twice does no harm.
pub(super) fn row(seen: &Seen<'_>, repeatable: bool) -> Option<&'static Row> {
    ROWS.iter().find(|row| (row.matches)(seen)).filter(|row| repeatable || !row.may_have_landed)
}

/// Whether the act may have taken effect although it failed.
pub(super) fn may_have_landed(seen: &Seen<'_>) -> bool {
    ROWS.iter().any(|row| row.may_have_landed && (row.matches)(seen))
}

/// Whether a 500 says that the request is wrong, so that the same request will fail again. Microsoft.Security answers
/// so where an extension's properties are sent while it is off.
/// <https://github.com/hashicorp/terraform-provider-azurerm/pull/22997>
pub(super) fn blames_the_request(message: &str) -> bool {
    message.to_ascii_lowercase().contains("while the extension is disabled")
}

/// About a minute of back-off.
const TRIES_OF_A_FAULT: Option<u32> = Some(8);

const ROWS: &[Row] = &[
    // Throttling, which has not run the request; the wait is the server's to say.
    // https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
    Row { matches: |seen| status(seen) == Some(429), may_have_landed: false, tries_max: None },
    // One write at a time: pricings of one subscription, extensions of one machine. Refused, not run.
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/32451
    Row { matches: is_busy, may_have_landed: false, tries_max: None },
    // A 500 is worth another try unless its message blames the request.
    // https://learn.microsoft.com/azure/architecture/best-practices/retry-service-specific
    Row {
        matches: |seen| matches!(seen, Seen::Answer { status: 500, message, .. } if !blames_the_request(message)),
        may_have_landed: true,
        tries_max: TRIES_OF_A_FAULT,
    },
    // Azure's SDKs retry the same ones. 501 is not among them: it does not pass.
    // https://github.com/Azure/azure-sdk-for-go/blob/main/sdk/azcore/runtime/policy_retry.go
    Row {
        matches: |seen| matches!(status(seen), Some(408 | 502 | 503 | 504)),
        may_have_landed: true,
        tries_max: TRIES_OF_A_FAULT,
    },
    // https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
    Row { matches: |seen| matches!(seen, Seen::Dropped), may_have_landed: true, tries_max: TRIES_OF_A_FAULT },
    // Fewer, because a wrong host name does not cure itself.
    Row { matches: |seen| matches!(seen, Seen::Unreachable), may_have_landed: false, tries_max: Some(5) },
];

fn status(seen: &Seen<'_>) -> Option<u16> {
    match seen {
        Seen::Answer { status, .. } => Some(*status),
        Seen::Unreachable | Seen::Dropped => None,
    }
}

fn is_busy(seen: &Seen<'_>) -> bool {
    let Seen::Answer { status: 409, code, message } = seen else { return false };
    let message = message.to_ascii_lowercase();
    message.contains("in progress")
        || message.contains("still processing")
        || ["AnotherOperationInProgress", "ConcurrentOperationInProgress", "RetryableError"]
            .iter()
            .any(|busy| code.eq_ignore_ascii_case(busy))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, message: &str, once: bool, repeatable: bool) {
        let seen = Seen::Answer { status, code: "Conflict", message };
        assert_eq!(
            (row(&seen, false).is_some(), row(&seen, true).is_some()),
            (once, repeatable),
            "{status} {message}"
        );
    }

    #[test]
    fn every_row() {
        for status in [400, 401, 403, 404, 405, 409, 410, 412, 422, 501, 505] {
            check(status, "no", false, false);
        }
        check(429, "slow down", true, true);
        check(409, "Another update operation is in progress. Please retry in a few minutes", true, true);
        check(
            409,
            "An extension of type X is still processing. Only one instance may run at a time",
            true,
            true,
        );
        check(409, "The scope is locked", false, false);
        for status in [408, 500, 502, 503, 504] {
            check(status, "oops", false, true);
        }
        check(500, "AdditionalProperties can't be updated while the extension is disabled", false, false);
        let busy = Seen::Answer { status: 409, code: "AnotherOperationInProgress", message: "" };
        assert!(row(&busy, false).is_some_and(|row| row.tries_max.is_none()));
        assert!(row(&Seen::Unreachable, false).is_some() && row(&Seen::Dropped, false).is_none());
        assert!(row(&Seen::Dropped, true).is_some());
    }
}
