//! What is wrong with a configuration, as far as it is known.

use tfplugin_protocol::{Attr, Diagnostic, Diagnostics};

use super::{ACCOUNT, Model, StorageProtection};
use crate::arm::ResourceId;
use crate::singleton::Kind as _;

/// The type of topics.
const TOPIC: &str = "Microsoft.EventGrid/topics";

pub(super) fn check(config: &Model) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    if config.override_subscription_settings == Attr::Known(false) && differs(config) {
        let detail = "What is set here differs from the subscription, and Azure heeds that only where it overrides the \
                      subscription. Remove override_subscription_settings, or set it to true.";
        let path = "override_subscription_settings";
        diagnostics.push(Diagnostic::error("The account's own settings would not count", detail).at(path));
    }
    let topic = config.malware_scanning.known().and_then(|one| one.scan_results_event_grid_topic_id.known());
    if let Some(problem) = topic.and_then(|topic| problem(topic, TOPIC)) {
        let detail =
            format!("{problem}. Azure takes custom topics of Event Grid, {TOPIC}, and no system topics.");
        diagnostics
            .push(Diagnostic::error("Not the id of an Event Grid topic", detail).at("malware_scanning"));
    }
    diagnostics
}

/// Whether something is set that is for this account only.
pub(super) fn differs(config: &Model) -> bool {
    !config.malware_scanning.is_null()
        || !config.sensitive_data_discovery.is_null()
        || config.enabled == Attr::Known(false)
}

/// Parses the id of an account.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn account(id: &str) -> Result<ResourceId, Diagnostic> {
    let wrong = |problem: String| {
        let detail = format!(
            "{problem}. Such an id looks like \
             /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/data/providers/{ACCOUNT}/example."
        );
        Diagnostic::error("Not the id of a storage account", detail).at("storage_account_id")
    };
    match problem(id, ACCOUNT) {
        Some(problem) => Err(wrong(problem)),
        None => id.parse().map_err(|error| wrong(format!("{error}"))),
    }
}

/// The account that an id of it, or of its setting, names.
///
/// # Errors
///
/// What is wrong with the id.
pub(super) fn account_of(id: &str) -> Result<ResourceId, Diagnostic> {
    match ResourceId::parse_extension(id) {
        Ok((scope, found, _)) if found == StorageProtection::TYPE => account(scope.as_str()),
        _ => account(id),
    }
}

/// Why this is no id of that type.
fn problem(id: &str, wanted: &str) -> Option<String> {
    let beginning: String = id.chars().take(300).collect();
    match id.parse::<ResourceId>() {
        Err(error) => Some(format!("{beginning:?} is no id: {}", error.problem())),
        Ok(id) if id.resource_type().is_some_and(|found| found == wanted) => None,
        Ok(_) => Some(format!("{beginning:?} is not that of a {wanted}")),
    }
}
