//! What Azure has.

use serde_json::{Map, Value as Json, json};

use crate::singleton::Failures;

/// A setting of an account. What is not there, Azure has not said, or is not to be told.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of Azure's")]
pub(in crate::resources) struct Live {
    pub(super) enabled: bool,
    pub(super) overrides: bool,
    pub(super) scans: bool,
    pub(super) cap: Option<i64>,
    pub(super) filters: Filters,
    pub(super) topic: Option<String>,
    pub(super) results: Option<String>,
    pub(super) discovers: bool,
    /// What could not be switched, where the answer says anything of it.
    pub(super) failures: Option<Failures>,
}

/// Which blobs are not scanned.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Filters {
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    pub(super) larger_than: Option<i64>,
}

impl Live {
    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// What of it cannot be read.
    pub(super) fn read(body: &Json) -> Result<Self, String> {
        let properties = &body["properties"];
        let flag = |value: &Json| value.as_bool().unwrap_or_default();
        let (scanning, discovery) = (&properties["malwareScanning"], &properties["sensitiveDataDiscovery"]);
        let (on_upload, text) = (&scanning["onUpload"], |value: &Json| {
            value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
        });
        let filters = &on_upload["filters"];
        let texts = |value: &Json| {
            let texts = value.as_array().into_iter().flatten();
            texts.filter_map(|one| one.as_str().map(str::to_owned)).collect()
        };
        Ok(Self {
            enabled: properties["isEnabled"].as_bool().ok_or("the answer has no isEnabled")?,
            overrides: flag(&properties["overrideSubscriptionLevelSettings"]),
            scans: flag(&on_upload["isEnabled"]),
            cap: on_upload["capGBPerMonth"].as_i64(),
            filters: Filters {
                prefixes: texts(&filters["excludeBlobsWithPrefix"]),
                suffixes: texts(&filters["excludeBlobsWithSuffix"]),
                larger_than: filters["excludeBlobsLargerThan"].as_i64(),
            },
            topic: text(&scanning["scanResultsEventGridTopicResourceId"]),
            results: text(&scanning["blobScanResultsOptions"]),
            discovers: flag(&discovery["isEnabled"]),
            failures: failures(&[("malware_scanning", scanning), ("sensitive_data_discovery", discovery)]),
        })
    }

    /// What is sent: never the outcome of the last write, which is only to be read.
    pub(super) fn body(&self) -> Json {
        let mut on_upload = json!({"isEnabled": self.scans});
        if let Some(cap) = self.cap {
            on_upload["capGBPerMonth"] = cap.into();
        }
        let filters = self.filters.body();
        if !filters.is_empty() {
            on_upload["filters"] = filters.into();
        }
        let mut scanning = json!({"onUpload": on_upload});
        if let Some(topic) = &self.topic {
            scanning["scanResultsEventGridTopicResourceId"] = topic.as_str().into();
        }
        if let Some(results) = &self.results {
            scanning["blobScanResultsOptions"] = results.as_str().into();
        }
        json!({"properties": {
            "isEnabled": self.enabled,
            "overrideSubscriptionLevelSettings": self.overrides,
            "malwareScanning": scanning,
            "sensitiveDataDiscovery": {"isEnabled": self.discovers},
        }})
    }

    /// Whether Azure has what is wanted. What was not asked for is no difference, and neither are letters of ids.
    pub(super) fn is_taken(&self, now: &Self) -> bool {
        let lower = |text: &Option<String>| text.as_deref().map(str::to_ascii_lowercase);
        let same = |wanted: &Option<String>, now| wanted.is_none() || lower(wanted) == lower(now);
        (self.enabled, self.overrides, self.scans, self.discovers)
            == (now.enabled, now.overrides, now.scans, now.discovers)
            && (self.cap.is_none() || self.cap == now.cap)
            && self.filters == now.filters
            && lower(&self.topic) == lower(&now.topic)
            && same(&self.results, &now.results)
    }
}

impl Filters {
    fn body(&self) -> Map<String, Json> {
        let mut body = Map::new();
        for (name, texts) in
            [("excludeBlobsWithPrefix", &self.prefixes), ("excludeBlobsWithSuffix", &self.suffixes)]
        {
            if !texts.is_empty() {
                body.insert(name.to_owned(), json!(texts));
            }
        }
        if let Some(size) = self.larger_than {
            body.insert("excludeBlobsLargerThan".to_owned(), size.into());
        }
        body
    }
}

/// What Azure says that it could not do. It answers 201 then, and the answer to the write may be the only one that tells.
/// <https://learn.microsoft.com/rest/api/defenderforcloud/defender-for-storage/create#operationstatus>
fn failures(parts: &[(&str, &Json)]) -> Option<Failures> {
    let statuses: Vec<(&str, &Json)> = parts
        .iter()
        .map(|(name, part)| (*name, &part["operationStatus"]))
        .filter(|(_, status)| status["code"].is_string())
        .collect();
    if statuses.is_empty() {
        return None;
    }
    let failed = statuses.into_iter().filter_map(|(name, status)| {
        let code = status["code"].as_str().filter(|code| !code.eq_ignore_ascii_case("Succeeded"))?;
        let message = status["message"].as_str().unwrap_or_default();
        Some((
            name.to_owned(),
            if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") },
        ))
    });
    Some(failed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_and_never_sent() {
        let body = json!({"properties": {"isEnabled": true, "overrideSubscriptionLevelSettings": true,
            "malwareScanning": {"onUpload": {"isEnabled": false, "capGBPerMonth": -1},
                "operationStatus": {"code": "UnknownError", "message": "no"}},
            "sensitiveDataDiscovery": {"isEnabled": true, "operationStatus": {"code": "succeeded"}}}});
        let live = Live::read(&body).unwrap();
        let failures: Failures = [("malware_scanning".to_owned(), "UnknownError: no".to_owned())].into();
        assert_eq!(live.failures, Some(failures));
        assert!(!live.body().to_string().contains("operationStatus"));
        assert_eq!(live.body()["properties"]["malwareScanning"]["onUpload"]["capGBPerMonth"], -1);
    }
}
