//! `defender_setting`: an integration of Defender for Cloud with another product, on or off.
//!
//! <https://learn.microsoft.com/rest/api/defenderforcloud/settings>

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tfplugin_protocol::provider::{IdentityAttribute, ImportTarget};
use tfplugin_protocol::schema::Attribute;
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Value};

use crate::singleton::{
    self, DefaultScope, Failures, Kind, Listing, Place, Singleton, at_subscription, framed, imported, with_id,
};

/// The resource.
pub(super) const RESOURCE: Singleton<Setting> = Singleton::new();

/// Azure's settings: name, kind, and what each is for.
/// <https://learn.microsoft.com/rest/api/defenderforcloud/settings/update>
const SETTINGS: [(&str, &str, &str); 5] = [
    (
        "MCAS",
        "DataExportSettings",
        "Microsoft Defender for Cloud Apps may read the data of Defender for Cloud",
    ),
    ("WDATP", "DataExportSettings", "the integration with Microsoft Defender for Endpoint"),
    (
        "WDATP_UNIFIED_SOLUTION",
        "DataExportSettings",
        "the unified agent of Defender for Endpoint on Windows Server 2012 R2 and 2016",
    ),
    (
        "WDATP_EXCLUDE_LINUX_PUBLIC_PREVIEW",
        "DataExportSettings",
        "Linux machines are left out of Defender for Endpoint; only subscriptions that were there before its Linux preview \
         ended need it",
    ),
    ("Sentinel", "AlertSyncSettings", "the state of alerts is the same in Microsoft Sentinel"),
];

/// The kind of setting.
#[derive(Debug)]
pub(super) struct Setting;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    scope: Attr<String>,
    name: Attr<String>,
    enabled: Attr<bool>,
    on_destroy: Attr<String>,
}
framed!(Model, scope);

/// What Azure has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Live {
    kind: String,
    enabled: bool,
}

impl Kind for Setting {
    type Model = Model;
    type Live = Live;

    const NAME: &'static str = "defender_setting";
    const TYPE: &'static str = "Microsoft.Security/settings";
    const VERSION: &'static str = "2022-05-01";
    const AZURERM: &'static [&'static str] = &["azurerm_security_center_setting"];
    const IDENTITY: &'static [IdentityAttribute] = &[
        IdentityAttribute { name: "name", description: "The setting's name.", required: true },
        singleton::SUBSCRIPTION,
    ];
    const LISTING: Listing = Listing {
        finds: "Lists the integrations of subscriptions with other Microsoft products. Azure has all of them in every subscription, on or off.",
        what: "the settings",
        in_groups: false,
        enabled: Some("Only those that are on, or off. Default: all."),
    };

    fn schema() -> Schema {
        let names = SETTINGS.map(|(name, _, what)| format!("`{name}`: {what}")).join(". ");
        Schema::new(
            "An integration of Microsoft Defender for Cloud with another Microsoft product, on or off for a subscription. \
             Settings always exist: this takes one over, and destroying puts back what was there before.",
        )
        .attribute("id", singleton::id())
        .attribute("scope", singleton::scope())
        .attribute(
            "name",
            Attribute::string()
                .required()
                .replace()
                .same_if(Value::same_text)
                .describe(format!("Azure's name of the setting, in any letter case. {names}.")),
        )
        .attribute("enabled", Attribute::bool().required().describe("Whether it is on."))
        .attribute("on_destroy", singleton::on_destroy("disable", "the setting is switched off"))
    }

    fn identity(state: &Model) -> Option<Value> {
        let (name, scope) = (state.name.known()?, state.scope.known()?);
        let name = known(name).map_or(name.as_str(), |(name, _, _)| name);
        Some(Value::from_iter([("name", Value::from(name)), ("scope", Value::from(scope.as_str()))]))
    }

    fn check(config: &Model) -> Diagnostics {
        config.name.known().and_then(|name| named(name).err()).unwrap_or_default()
    }

    fn place(model: &Model) -> Result<Option<Place>> {
        let Some(name) = model.name.known() else { return Ok(None) };
        // What is no name is for `check` to say.
        let name = known(name).map_or(name.as_str(), |(name, _, _)| name);
        at_subscription::<Self>(model, name, &format!("the setting {name}"))
    }

    fn live(body: &Json) -> Result<Live, String> {
        // Policies write the switch as a text, and Azure hands it on.
        let enabled = &body["properties"]["enabled"];
        let text = enabled.as_str().map(str::to_ascii_lowercase);
        let enabled = enabled.as_bool().or_else(|| text?.parse().ok());
        let kind = body["kind"].as_str().map(str::to_owned);
        match (kind, enabled) {
            (Some(kind), Some(enabled)) => Ok(Live { kind, enabled }),
            _ => Err("the answer has no kind, or no enabled that can be read".to_owned()),
        }
    }

    fn body(live: &Live) -> Json {
        json!({"kind": live.kind, "properties": {"enabled": live.enabled}})
    }

    fn wanted(planned: &Model, _found: Option<&Live>) -> Live {
        let kind = planned.name.known().and_then(|name| known(name)).map_or("", |(_, kind, _)| kind);
        Live { kind: kind.to_owned(), enabled: planned.enabled == Attr::Known(true) }
    }

    /// There is no deletion: what is off is as good as not there.
    fn off(planned: &Model) -> Option<Json> {
        Some(Self::body(&Live { enabled: false, ..Self::wanted(planned, None) }))
    }

    fn refresh(state: Model, live: &Live, _failures: &Failures) -> Model {
        Model { enabled: Attr::Known(live.enabled), ..state }
    }

    fn is_enabled(live: &Live) -> Option<bool> {
        Some(live.enabled)
    }

    fn import(target: ImportTarget<'_>, default_scope: &DefaultScope<'_>) -> Result<Model> {
        let target = imported::<Self>(target, default_scope, "a setting of Defender for Cloud", "WDATP")?;
        let name = named(&target.name.unwrap_or_default())?;
        with_id::<Self>(Model { scope: target.scope.as_str().into(), name: name.into(), ..Model::default() })
    }
}

fn known(name: &str) -> Option<(&'static str, &'static str, &'static str)> {
    SETTINGS.into_iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name))
}

/// A name in Azure's spelling.
fn named(name: &str) -> Result<&'static str> {
    known(name).map(|(name, _, _)| name).ok_or_else(|| {
        let beginning: String = name.chars().take(100).collect();
        let names = SETTINGS.map(|(name, _, _)| name).join(", ");
        let detail = format!("{beginning:?} is none. There are: {names}; in any letter case.");
        Diagnostic::error("Not the name of a setting", detail).at("name").into()
    })
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&Setting::schema()), Vec::<String>::new());
    }

    #[test]
    fn switches_are_read_in_both_ways() {
        for (enabled, expected) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!("On"), None),
            (json!(null), None),
        ] {
            let body = json!({"kind": "DataExportSettings", "properties": {"enabled": enabled}});
            assert_eq!(Setting::live(&body).ok().map(|live| live.enabled), expected, "{body}");
        }
    }
}
