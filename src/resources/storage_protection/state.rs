//! From Terraform's terms to Azure's, and back.

use tfplugin_protocol::Attr;

use super::live::{self, Live};
use super::{Discovery, Filters, Model, OnUpload, Scanning};
use crate::singleton::Failures;

/// What Azure is to have; what is not known stays as it is found.
pub(super) fn wanted(planned: &Model, found: Option<&Live>) -> Live {
    let mut live = Live { failures: None, ..found.cloned().unwrap_or_default() };
    live.enabled = planned.enabled.into_known().unwrap_or(live.enabled);
    live.overrides = planned.override_subscription_settings.into_known().unwrap_or(live.overrides);
    if let Some(discovery) = planned.sensitive_data_discovery.known() {
        live.discovers = discovery.enabled.into_known().unwrap_or(live.discovers);
    }
    let Some(scanning) = planned.malware_scanning.known() else { return live };
    live.topic = scanning.scan_results_event_grid_topic_id.known().cloned();
    if let Some(results) = scanning.blob_scan_results_options.known() {
        live.results = Some(results.clone());
    }
    let Some(on_upload) = scanning.on_upload.known() else { return live };
    live.scans = on_upload.enabled.into_known().unwrap_or(live.scans);
    live.cap = on_upload.cap_gb_per_month.into_known().or(live.cap);
    if let Some(filters) = on_upload.filters.known() {
        live.filters = live::Filters {
            prefixes: filters.exclude_blobs_with_prefix.known_items().cloned().collect(),
            suffixes: filters.exclude_blobs_with_suffix.known_items().cloned().collect(),
            larger_than: filters.exclude_blobs_larger_than.into_known(),
        };
    }
    live
}

/// The state, with what Azure has. What has failed counts as off.
pub(super) fn refresh(state: Model, live: &Live, failures: &Failures) -> Model {
    let works = |attribute: &str| !failures.contains_key(attribute);
    let before = state.malware_scanning.into_known().unwrap_or_default();
    let on_upload = before.on_upload.into_known().unwrap_or_default();
    let topic = match (before.scan_results_event_grid_topic_id, &live.topic) {
        (Attr::Known(before), Some(now)) if before.eq_ignore_ascii_case(now) => before.into(),
        (_, now) => now.clone().into(),
    };
    let scanning = Scanning {
        on_upload: Attr::Known(OnUpload {
            enabled: Attr::Known(live.scans && works("malware_scanning")),
            cap_gb_per_month: live.cap.into(),
            filters: filters(on_upload.filters, &live.filters),
        }),
        scan_results_event_grid_topic_id: topic,
        blob_scan_results_options: live.results.clone().into(),
    };
    let discovers = live.discovers && works("sensitive_data_discovery");
    Model {
        enabled: Attr::Known(live.enabled),
        override_subscription_settings: Attr::Known(live.overrides),
        malware_scanning: Attr::Known(scanning),
        sensitive_data_discovery: Attr::Known(Discovery { enabled: Attr::Known(discovers) }),
        ..state
    }
}

/// No filters are written in several ways, and the known one stays.
fn filters(before: Attr<Filters>, now: &live::Filters) -> Attr<Filters> {
    let Some(before) = before.into_known() else {
        if *now == live::Filters::default() {
            return Attr::Null;
        }
        return filters(Attr::Known(Filters::default()), now);
    };
    let spelt = |before: Attr<Vec<Attr<String>>>, now: &[String]| match before {
        Attr::Known(before) if before.is_empty() && now.is_empty() => Attr::Known(before),
        Attr::Null | Attr::Unknown | Attr::Known(_) if now.is_empty() => Attr::Null,
        Attr::Null | Attr::Unknown | Attr::Known(_) => {
            Attr::Known(now.iter().map(|text| text.as_str().into()).collect())
        }
    };
    Attr::Known(Filters {
        exclude_blobs_with_prefix: spelt(before.exclude_blobs_with_prefix, &now.prefixes),
        exclude_blobs_with_suffix: spelt(before.exclude_blobs_with_suffix, &now.suffixes),
        exclude_blobs_larger_than: now.larger_than.into(),
    })
}
