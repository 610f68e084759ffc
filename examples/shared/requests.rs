//! Counts what the emulator was asked, in the words of a reader who wants to know what a command costs.

use arm_emulator::LoggedRequest;
use std::collections::BTreeMap;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Where the cloud's endpoints are.
    Metadata,
    /// A token, or where to get one.
    SignIn,
    /// GET of Azure Resource Manager.
    Read,
    /// Everything else that it is asked.
    Write,
}

/// Returns how many requests of each kind there were; kinds without any are left out.
pub(crate) fn counts(requests: &[LoggedRequest]) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        *counts.entry(kind(request)).or_default() += 1;
    }
    counts
}

/// Says the counts: `1 sign-in, 1 read, 14 writes`.
pub(crate) fn in_words(requests: &[LoggedRequest]) -> String {
    let part = |(kind, count): (&Kind, &usize)| {
        let (one, many) = match kind {
            Kind::Metadata => ("metadata", "metadata"),
            Kind::SignIn => ("sign-in", "sign-ins"),
            Kind::Read => ("read", "reads"),
            Kind::Write => ("write", "writes"),
        };
        format!("{count} {}", if *count == 1 { one } else { many })
    };
    let parts: Vec<String> = counts(requests).iter().map(part).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// What a request is for.
pub(crate) fn kind(request: &LoggedRequest) -> Kind {
    let path = request.path.to_ascii_lowercase();
    match request.method.as_str() {
        _ if path.contains("/oauth2/") || path.contains("/.well-known/") => Kind::SignIn,
        _ if path.starts_with("/metadata/") => Kind::Metadata,
        "GET" => Kind::Read,
        _ => Kind::Write,
    }
}
