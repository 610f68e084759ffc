//! Settings of a subscription in `Microsoft.Security`: `settings`, `serverVulnerabilityAssessmentsSettings` and
//! `autoProvisioningSettings`. They differ in their bodies, and in whether they can be deleted.
//!
//! Knows no Terraform. Which of them there are, the catalogue says.
//! <https://learn.microsoft.com/rest/api/defenderforcloud/settings>,
//! <https://learn.microsoft.com/rest/api/defenderforcloud/server-vulnerability-assessments-settings>,
//! <https://learn.microsoft.com/rest/api/defenderforcloud/auto-provisioning-settings>

use serde_json::{Value, json};

use crate::arm::{self, Client, Error, ErrorKind, Request, Scope};
use crate::catalog::model::{Call, Setting, SettingValue};

/// Settings over HTTP.
#[derive(Debug)]
pub struct Settings {
    client: Client,
}

impl Settings {
    /// Settings by way of `client`. Nothing is sent yet.
    pub fn new(client: Client) -> Self {
        Self { client }
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
        let (id, act) = (Self::id(scope, setting), format!("reading the setting {}", setting.name));
        let request = Request::get(id.as_str(), version(setting.call)).act(act.as_str());
        match self.client.send(request, call).await {
            Ok(response) => value(setting, &response.body, &act, &id).map(Some),
            Err(error) if is_unset(&error) => Ok(None),
            Err(error) => Err(error),
        }
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
        let (id, act) = (Self::id(scope, setting), format!("setting {} to {wanted}", setting.name));
        let mut body = json!({"properties": {setting.call.property(): wanted}});
        if let Some(kind) = &setting.kind {
            body["kind"] = kind.as_str().into();
        }
        let request = Request::put(id.as_str(), version(setting.call), body).act(act.as_str());
        let response = self.client.send(request, call).await?;
        value(setting, &response.body, &act, &id)
    }

    /// Deletes a setting. It is no error if it is not set.
    ///
    /// # Errors
    ///
    /// Why it could not be deleted: only some can.
    pub async fn delete(&self, scope: &Scope, setting: &Setting, call: &arm::Call) -> Result<(), Error> {
        let act = format!("removing the setting {}", setting.name);
        let request = Request::delete(Self::id(scope, setting), version(setting.call)).act(act);
        match self.client.send(request, call).await {
            Ok(_) => Ok(()),
            Err(error) if is_unset(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The api-version of a call: the newest stable one, or the only one that there is.
fn version(call: Call) -> &'static str {
    match call {
        Call::Settings => "2022-05-01",
        Call::ServerVulnerabilityAssessments => "2023-05-01",
        Call::AutoProvisioning => "2017-08-01-preview",
    }
}

/// Whether this says that the setting is not set, and not that the subscription is not there.
fn is_unset(error: &Error) -> bool {
    *error.kind() == ErrorKind::NotFound
        && error.code().is_none_or(|code| !code.eq_ignore_ascii_case("SubscriptionNotFound"))
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
