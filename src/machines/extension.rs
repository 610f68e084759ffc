//! Extensions of machines and clusters, in one shape.

use serde_json::{Map, Value, json};

use super::target::{Kind, Target};

/// An extension as Azure has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    /// Its id, as Azure writes it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who publishes it; nothing on clusters.
    pub publisher: Option<String>,
    /// Its type.
    pub kind: String,
    /// Its version, as it was asked for.
    pub version: Option<String>,
    /// Whether minor versions are taken when it is deployed; on clusters, while it is there.
    pub auto_upgrade_minor_version: Option<bool>,
    /// Whether it is brought up to date by itself.
    pub automatic_upgrade: Option<bool>,
    /// Its settings.
    pub settings: Map<String, Value>,
    /// Azure's word for how it is: `Succeeded`, `Failed`, `Creating` and so on.
    pub state: String,
    /// What the extension itself says, where Azure was asked for that.
    pub message: Option<String>,
    /// The version that is there, where Azure says it.
    installed: Option<String>,
    /// What Azure says besides, for a write that is to leave it as it is.
    body: Value,
}

/// What of a machine's extension a write leaves as it is.
const MACHINES_OWN: [&str; 5] = [
    "enableAutomaticUpgrade",
    "forceUpdateTag",
    "provisionAfterExtensions",
    "protectedSettingsFromKeyVault",
    "suppressFailures",
];
/// What of a cluster's extension a write leaves as it is.
const CLUSTERS_OWN: [&str; 3] = ["autoUpgradeMode", "releaseTrain", "scope"];

/// What an extension is to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Who publishes it; nothing on clusters.
    pub publisher: Option<String>,
    /// Its type.
    pub kind: String,
    /// Its version; on clusters only with minor versions not taken.
    pub version: Option<String>,
    /// Whether minor versions are taken.
    pub auto_upgrade_minor_version: Option<bool>,
    /// Whether it is brought up to date by itself; not on clusters.
    pub automatic_upgrade: Option<bool>,
    /// Its settings.
    pub settings: Map<String, Value>,
    /// Its settings that Azure never shows.
    pub protected: Map<String, Value>,
    /// The namespace in the cluster.
    pub namespace: Option<String>,
    /// Whether it has an identity of its own in the cluster.
    pub identity: bool,
    /// What is there already: what a write does not speak of stays.
    pub base: Option<Extension>,
}

impl Extension {
    /// The version that is there, as far as Azure says.
    pub fn current(&self) -> Option<&str> {
        self.installed.as_deref().or(self.version.as_deref())
    }

    /// Reads an extension; nothing where that is none.
    pub fn of_body(target: &Target, body: &Value) -> Option<Self> {
        let properties = &body["properties"];
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let (kind, version, settings) = if target.kind.is_cluster() {
            ("extensionType", "version", "configurationSettings")
        } else {
            ("type", "typeHandlerVersion", "settings")
        };
        Some(Self {
            id: text(&body["id"])?,
            name: text(&body["name"])?,
            publisher: text(&properties["publisher"]),
            kind: text(&properties[kind])?,
            version: text(&properties[version]),
            auto_upgrade_minor_version: properties["autoUpgradeMinorVersion"].as_bool(),
            automatic_upgrade: properties["enableAutomaticUpgrade"].as_bool(),
            settings: properties[settings].as_object().cloned().unwrap_or_default(),
            state: text(&properties["provisioningState"]).unwrap_or_default(),
            message: message(properties),
            installed: text(&properties["instanceView"]["typeHandlerVersion"])
                .or_else(|| text(&properties["currentVersion"])),
            body: body.clone(),
        })
    }

    /// Whether it is of this publisher and type: names are anybody's choice, and Azure takes one of a type.
    pub fn is_of(&self, publisher: Option<&str>, kind: &str) -> bool {
        let same_publisher = match (&self.publisher, publisher) {
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same_publisher && self.kind.eq_ignore_ascii_case(kind)
    }
}

impl Wanted {
    /// The body of a write.
    pub(super) fn to_body(&self, kind: Kind, location: &str) -> Value {
        let kept = |names: &[&str], from: &Value| -> Value {
            let fields = names.iter().filter(|name| !from[**name].is_null());
            fields.map(|name| ((*name).to_owned(), from[*name].clone())).collect()
        };
        let base = self.base.as_ref().map_or(&Value::Null, |base| &base.body);
        let mut properties =
            kept(if kind.is_cluster() { &CLUSTERS_OWN } else { &MACHINES_OWN }, &base["properties"]);
        let mut body = kept(&["tags", "identity", "plan"], base);
        if kind.is_cluster() {
            properties["extensionType"] = json!(self.kind);
            properties["autoUpgradeMinorVersion"] = json!(self.auto_upgrade_minor_version.unwrap_or(true));
            set(&mut properties, "version", self.version.as_ref());
            properties["configurationSettings"] = json!(texts(&self.settings));
            if !self.protected.is_empty() {
                properties["configurationProtectedSettings"] = json!(texts(&self.protected));
            }
            if let Some(namespace) = self.namespace.as_ref().filter(|_| properties["scope"].is_null()) {
                properties["scope"] = json!({"cluster": {"releaseNamespace": namespace}});
            }
            body["properties"] = properties;
            if self.identity && body["identity"].is_null() {
                body["identity"] = json!({"type": "SystemAssigned"});
            }
            return body;
        }
        set(&mut properties, "publisher", self.publisher.as_ref());
        properties["type"] = json!(self.kind);
        set(&mut properties, "typeHandlerVersion", self.version.as_ref());
        set(&mut properties, "autoUpgradeMinorVersion", self.auto_upgrade_minor_version.as_ref());
        set(&mut properties, "enableAutomaticUpgrade", self.automatic_upgrade.as_ref());
        properties["settings"] = json!(self.settings);
        if !self.protected.is_empty() {
            properties["protectedSettings"] = json!(self.protected);
        }
        // The model of a scale set has no place of its own.
        body["properties"] = properties;
        if kind != Kind::ScaleSet {
            body["location"] = json!(location);
        }
        body
    }
}

fn set(properties: &mut Value, name: &str, value: Option<&impl serde::Serialize>) {
    if let Some(value) = value {
        properties[name] = json!(value);
    }
}

/// Clusters take texts only.
pub fn texts(settings: &Map<String, Value>) -> Map<String, Value> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    };
    settings.iter().map(|(name, value)| (name.clone(), Value::String(text(value)))).collect()
}

/// What the extension itself says: of virtual machines a list, of Arc machines one, of clusters another list.
fn message(properties: &Value) -> Option<String> {
    let view = &properties["instanceView"];
    let of_list = |list: &Value| {
        let all = list.as_array().into_iter().flatten();
        let said = all.filter_map(|status| status["message"].as_str()).filter(|text| !text.is_empty());
        said.fold(None, |_, text| Some(text.to_owned()))
    };
    let one = view["status"]["message"].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    one.or_else(|| of_list(&view["statuses"]))
        .or_else(|| properties["errorInfo"]["message"].as_str().map(str::to_owned))
        .or_else(|| of_list(&properties["statuses"]))
}
