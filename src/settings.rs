//! Settings of a subscription in `Microsoft.Security`: `settings`, `serverVulnerabilityAssessmentsSettings` and
//! `autoProvisioningSettings`. They differ in their bodies, and in whether they can be deleted.
//!
//! Knows no Terraform. Which of them there are, the catalogue says.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/settings>,
//! <https://learn.microsoft.com/rest/api/defenderforcloud/server-vulnerability-assessments-settings>,
//! <https://learn.microsoft.com/rest/api/defenderforcloud/auto-provisioning-settings>

use serde_json::{Value, json};

use crate::arm::{self, Client, Error, Scope};
use crate::catalog::model::{Call, Setting, SettingValue};
use crate::documents::{Document, Documents};

/// Settings over HTTP.
#[derive(Debug)]
pub struct Settings {
    documents: Documents,
}

impl Settings {
    /// Settings by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { documents: Documents::new(client) }
    }

    /// The id of a setting.
    pub fn id(scope: &Scope, setting: &Setting) -> String {
        format!("{scope}/providers/{}/{}", setting.call.resource_type(), setting.name)
    }

    /// The value of a setting; nothing where it was never set, or was deleted.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    pub async fn read(
        &self,
        scope: &Scope,
        setting: &Setting,
        call: &arm::Call,
    ) -> Result<Option<SettingValue>, Error> {
        let document = document(scope, setting, format!("the setting {}", setting.name));
        let found = self.documents.read(&document, call).await?;
        found
            .map(|body| value(setting, &body, &format!("reading {}", document.what), &document.id))
            .transpose()
    }

    /// Sets a setting, and returns what Azure has then.
    ///
    /// # Errors
    ///
    /// Why it could not be set, or that it is not known whether it was.
    pub async fn write(
        &self,
        scope: &Scope,
        setting: &Setting,
        wanted: &SettingValue,
        call: &arm::Call,
    ) -> Result<SettingValue, Error> {
        let document = document(scope, setting, format!("{} to {wanted}", setting.name));
        let mut body = json!({"properties": {setting.call.property(): wanted}});
        if let Some(kind) = &setting.kind {
            body["kind"] = kind.as_str().into();
        }
        let answer = self.documents.write(&document, body, call).await?;
        value(setting, &answer, &format!("setting {}", document.what), &document.id)
    }

    /// Deletes a setting. It is no error if it is not set.
    ///
    /// # Errors
    ///
    /// Why it could not be deleted: only some can.
    pub async fn delete(&self, scope: &Scope, setting: &Setting, call: &arm::Call) -> Result<(), Error> {
        self.documents.delete(&document(scope, setting, format!("the setting {}", setting.name)), call).await
    }
}

/// A setting as a document; `what` is what errors call it.
fn document(scope: &Scope, setting: &Setting, what: String) -> Document {
    Document { id: Settings::id(scope, setting), version: version(setting.call), what }
}

/// The api-version of a call: the newest stable one, or the only one that there is.
fn version(call: Call) -> &'static str {
    match call {
        Call::Settings => "2022-05-01",
        Call::ServerVulnerabilityAssessments => "2023-05-01",
        Call::AutoProvisioning => "2017-08-01-preview",
    }
}

/// The value in an answer. Policies write switches as texts, and Azure hands them on.
fn value(setting: &Setting, body: &Value, act: &str, id: &str) -> Result<SettingValue, Error> {
    let found = &body["properties"][setting.call.property()];
    let read = match (&setting.on, found) {
        (SettingValue::Switch(_), Value::Bool(on)) => Some(SettingValue::Switch(*on)),
        (SettingValue::Switch(_), Value::String(text)) => {
            text.to_ascii_lowercase().parse().ok().map(SettingValue::Switch)
        }
        (SettingValue::Word(_), Value::String(word)) => Some(SettingValue::Word(word.clone())),
        _ => None,
    };
    let problem = || format!("the answer has no {} that can be read", setting.call.property());
    read.ok_or_else(|| Error::unreadable(act, id, &problem()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn answers_are_read_as_the_catalogue_says() {
        let endpoint = &Catalog::get().component("defender_for_endpoint").unwrap().deploy.settings[0];
        let agent = &Catalog::get().component("log_analytics_agent").unwrap().deploy.settings[0];
        let read = |setting, body: Value| value(setting, &body, "", "").ok();
        for (setting, body, expected) in [
            (endpoint, json!({"properties": {"enabled": true}}), Some(SettingValue::Switch(true))),
            (endpoint, json!({"properties": {"enabled": "False"}}), Some(SettingValue::Switch(false))),
            (endpoint, json!({"properties": {"enabled": "On"}}), None),
            (endpoint, json!({}), None),
            (agent, json!({"properties": {"autoProvision": "Off"}}), Some(SettingValue::Word("Off".into()))),
            (agent, json!({"properties": {"autoProvision": false}}), None),
        ] {
            assert_eq!(read(setting, body.clone()), expected, "{body}");
        }
    }
}
