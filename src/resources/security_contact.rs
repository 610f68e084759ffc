//! `defender_security_contact`: whom Defender for Cloud writes to about a subscription.
//!
//! <https://learn.microsoft.com/rest/api/defenderforcloud/security-contacts>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tfplugin_protocol::provider::{IdentityAttribute, ImportTarget};
use tfplugin_protocol::schema::{Attribute, Nesting};
use tfplugin_protocol::{Attr, Diagnostic, Diagnostics, Result, Schema, Type, Value};

use crate::singleton::{
    self, DefaultScope, Failures, Kind, Listing, Place, Singleton, at_subscription, framed, imported_only,
    subscription_identity,
};

/// The resource.
pub(super) const RESOURCE: Singleton<SecurityContact> = Singleton::new();

/// The only name. Contacts of api-version 2017-08-01-preview, which azurerm uses, have numbers at the end.
const NAME: &str = "default";
/// Roles that can be written to. Old contacts have others, such as `Admin`, which are not taken any more.
const ROLES: [&str; 4] = ["Owner", "Contributor", "AccountAdmin", "ServiceAdmin"];
const SEVERITIES: [&str; 3] = ["High", "Medium", "Low"];
const RISK_LEVELS: [&str; 4] = ["Critical", "High", "Medium", "Low"];

/// The kind of setting.
#[derive(Debug)]
pub(super) struct SecurityContact;

/// Configuration, plan and state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    id: Attr<String>,
    scope: Attr<String>,
    emails: Attr<Vec<Attr<String>>>,
    phone: Attr<String>,
    enabled: Attr<bool>,
    notifications_by_role: Attr<ByRole>,
    alert_notifications: Attr<Alerts>,
    attack_path_notifications: Attr<AttackPaths>,
    on_destroy: Attr<String>,
}
framed!(Model, scope);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct ByRole {
    enabled: Attr<bool>,
    roles: Attr<Vec<Attr<String>>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Alerts {
    enabled: Attr<bool>,
    minimal_severity: Attr<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct AttackPaths {
    enabled: Attr<bool>,
    minimal_risk_level: Attr<String>,
}

/// What Azure has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Live {
    /// In lower case: that is how they are told apart.
    emails: BTreeSet<String>,
    phone: String,
    enabled: bool,
    by_role: Option<(bool, BTreeSet<String>)>,
    /// From which severity on alerts are told.
    alerts: Option<String>,
    /// From which risk level on attack paths are told.
    attack_paths: Option<String>,
    /// Sources that are newer than this provider.
    others: Vec<Json>,
}

impl Kind for SecurityContact {
    type Model = Model;
    type Live = Live;

    const NAME: &'static str = "defender_security_contact";
    const TYPE: &'static str = "Microsoft.Security/securityContacts";
    const VERSION: &'static str = "2023-12-01-preview";
    const MERGES: bool = true;
    const AZURERM: &'static [&'static str] = &["azurerm_security_center_contact"];
    const IDENTITY: &'static [IdentityAttribute] = &[singleton::SUBSCRIPTION];
    const LISTING: Listing = Listing {
        finds: "Lists the security contacts of subscriptions: each has one or none.",
        what: "the security contacts",
        in_groups: false,
        enabled: Some("Only those that are written to, or those that are not. Default: all."),
    };

    fn schema() -> Schema {
        Schema::new(
            "Whom Microsoft Defender for Cloud writes to about a subscription, and about what. A contact that is there \
             already is taken over, and destroying puts back what was there before. What is not set stays as it is.",
        )
        .attribute("id", singleton::id())
        .attribute("scope", singleton::scope())
        .attribute(
            "emails",
            Attribute::of(Type::set(Type::String)).optional().computed().keep().same_if(same_texts).describe(
                "Addresses that are written to. `[]` takes all of them out; where nothing is set, they stay as they are.",
            ),
        )
        .attribute(
            "phone",
            Attribute::string().optional().computed().keep().describe(
                "The phone number for urgent cases. `\"\"` takes it out; where nothing is set, it stays as it is.",
            ),
        )
        .attribute(
            "enabled",
            Attribute::bool().optional().default(true).describe("Whether anybody is written to. Default: `true`."),
        )
        .attribute("notifications_by_role", by_role())
        .attribute(
            "alert_notifications",
            source("alerts", "minimal_severity", "The lowest severity of alerts that are told", &SEVERITIES),
        )
        .attribute(
            "attack_path_notifications",
            source("attack paths", "minimal_risk_level", "The lowest risk level of attack paths that are told", &RISK_LEVELS),
        )
        .attribute("on_destroy", singleton::on_destroy("delete", "the contact is removed"))
    }

    fn identity(state: &Model) -> Option<Value> {
        subscription_identity(&state.scope)
    }

    fn check(config: &Model) -> Diagnostics {
        let mut diagnostics: Diagnostics =
            texts(&config.emails).into_iter().filter_map(|email| not_an_address(&email)).collect();
        if let Attr::Known(ByRole { enabled, roles: Attr::Null }) = &config.notifications_by_role
            && !matches!(enabled, Attr::Known(false) | Attr::Unknown)
        {
            let detail = "Name roles = [\"Owner\"] or others, or set enabled = false.";
            diagnostics.push(Diagnostic::error("No role to write to", detail).at("notifications_by_role"));
        }
        if let Attr::Known(Alerts { enabled, minimal_severity }) = &config.alert_notifications {
            diagnostics.extend(check_source(
                *enabled,
                minimal_severity,
                "alert_notifications",
                "minimal_severity",
            ));
        }
        if let Attr::Known(AttackPaths { enabled, minimal_risk_level }) = &config.attack_path_notifications {
            let (path, level) = ("attack_path_notifications", "minimal_risk_level");
            diagnostics.extend(check_source(*enabled, minimal_risk_level, path, level));
        }
        diagnostics
    }

    fn place(model: &Model) -> Result<Option<Place>> {
        at_subscription::<Self>(model, NAME, "the security contact")
    }

    fn live(body: &Json) -> Result<Live, String> {
        let properties = body["properties"].as_object().ok_or("the answer has no properties")?;
        let field = |name: &str| properties.get(name).unwrap_or(&Json::Null);
        let emails = field("emails").as_str().unwrap_or_default();
        let mut live = Live {
            emails: emails
                .split(';')
                .map(|one| one.trim().to_owned())
                .filter(|one| !one.is_empty())
                .collect(),
            phone: field("phone").as_str().unwrap_or_default().to_owned(),
            enabled: field("isEnabled").as_bool().unwrap_or(true),
            by_role: roles_in(field("notificationsByRole")),
            ..Live::default()
        };
        for source in field("notificationsSources").as_array().into_iter().flatten() {
            let text = |name: &str| source[name].as_str().map(str::to_owned);
            match source["sourceType"].as_str() {
                Some("Alert") => live.alerts = text("minimalSeverity"),
                Some("AttackPath") => live.attack_paths = text("minimalRiskLevel"),
                _ => live.others.push(source.clone()),
            }
        }
        Ok(live)
    }

    fn body(live: &Live) -> Json {
        let alerts =
            live.alerts.as_ref().map(|level| json!({"sourceType": "Alert", "minimalSeverity": level}));
        let paths = live
            .attack_paths
            .as_ref()
            .map(|level| json!({"sourceType": "AttackPath", "minimalRiskLevel": level}));
        let sources: Vec<Json> = alerts.into_iter().chain(paths).chain(live.others.iter().cloned()).collect();
        let mut properties = json!({
            "emails": live.emails.iter().cloned().collect::<Vec<_>>().join(";"),
            "phone": live.phone,
            "isEnabled": live.enabled,
            "notificationsSources": sources,
        });
        if let Some((enabled, roles)) = &live.by_role {
            let state = if *enabled { "On" } else { "Off" };
            properties["notificationsByRole"] = json!({"state": state, "roles": roles});
        }
        json!({ "properties": properties })
    }

    fn wanted(planned: &Model, found: Option<&Live>) -> Live {
        let found = found.cloned().unwrap_or_default();
        let by_role = planned.notifications_by_role.known().map(|wanted| {
            let (enabled, roles) = found.by_role.clone().unwrap_or_default();
            let roles = if wanted.roles.known().is_some() { texts(&wanted.roles) } else { roles };
            (wanted.enabled.into_known().unwrap_or(enabled), roles)
        });
        let level = |enabled: Attr<bool>, level: &Attr<String>| {
            level.known().filter(|_| enabled != Attr::Known(false)).cloned()
        };
        Live {
            emails: if planned.emails.known().is_some() { texts(&planned.emails) } else { found.emails },
            phone: planned.phone.known().cloned().unwrap_or(found.phone),
            enabled: planned.enabled.into_known().unwrap_or(found.enabled),
            by_role: by_role.or(found.by_role),
            alerts: match planned.alert_notifications.known() {
                Some(wanted) => level(wanted.enabled, &wanted.minimal_severity),
                None => found.alerts,
            },
            attack_paths: match planned.attack_path_notifications.known() {
                Some(wanted) => level(wanted.enabled, &wanted.minimal_risk_level),
                None => found.attack_paths,
            },
            others: found.others,
        }
    }

    fn is_taken(wanted: &Live, now: &Live) -> bool {
        let by_role = wanted.by_role.clone().or_else(|| now.by_role.clone());
        let wanted = Live { by_role, emails: lower(&wanted.emails), ..wanted.clone() };
        wanted == Live { emails: lower(&now.emails), ..now.clone() }
    }

    fn refresh(state: Model, live: &Live, _failures: &Failures) -> Model {
        let (enabled, roles) = live.by_role.clone().unwrap_or_default();
        // Azure may write an address in another letter case.
        let same = lower(&texts(&state.emails)) == lower(&live.emails) && state.emails.known().is_some();
        Model {
            emails: if same { state.emails } else { known_texts(&live.emails) },
            phone: live.phone.as_str().into(),
            enabled: Attr::Known(live.enabled),
            notifications_by_role: Attr::Known(ByRole {
                enabled: Attr::Known(enabled),
                roles: known_texts(&roles),
            }),
            alert_notifications: Attr::Known(Alerts {
                enabled: Attr::Known(live.alerts.is_some()),
                minimal_severity: live.alerts.clone().into(),
            }),
            attack_path_notifications: Attr::Known(AttackPaths {
                enabled: Attr::Known(live.attack_paths.is_some()),
                minimal_risk_level: live.attack_paths.clone().into(),
            }),
            ..state
        }
    }

    fn is_enabled(live: &Live) -> Option<bool> {
        Some(live.enabled)
    }

    fn import(target: ImportTarget<'_>, default_scope: &DefaultScope<'_>) -> Result<Model> {
        let numbered = |name: &str| {
            let number = name.to_ascii_lowercase().strip_prefix(NAME).map(str::to_owned);
            number.is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
        };
        imported_only::<Self>(target, default_scope, "a security contact", NAME, numbered)
    }
}

fn by_role() -> Attribute {
    let enabled = Attribute::bool().optional().default(true).describe("Whether they are. Default: `true`.");
    let roles = Attribute::of(Type::set(Type::String)).optional().computed().keep().check(|value| {
        let mut roles = items(value).iter().filter_map(Value::as_str);
        match roles.find(|role| !ROLES.contains(role)) {
            Some(role) => Err(format!("{role:?} is not one of the roles: {}.", ROLES.join(", "))),
            None => Ok(()),
        }
    });
    let roles = roles.describe("The roles: `Owner`, `Contributor`, `AccountAdmin`, `ServiceAdmin`.");
    Attribute::nested(Nesting::Single, [("enabled", enabled), ("roles", roles)]).optional().computed().keep().describe(
        "Whether everybody who holds certain roles on the subscription is written to as well. Where nothing is set, it stays \
         as it is.",
    )
}

fn source(what: &str, level: &str, means: &str, allowed: &[&str]) -> Attribute {
    let enabled = Attribute::bool().optional().default(true).describe("Whether they are. Default: `true`.");
    let list = allowed.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
    let minimal = Attribute::string().optional().one_of(allowed);
    let minimal = minimal.describe(format!("{means}: {list}. Required, unless `enabled` is `false`."));
    Attribute::nested(Nesting::Single, [("enabled", enabled), (level, minimal)])
        .optional()
        .computed()
        .keep()
        .describe(format!("Whether {what} are told. Where nothing is set, it stays as it is."))
}

/// The roles in an answer. Where nothing says whether they are written to, they are.
fn roles_in(by_role: &Json) -> Option<(bool, BTreeSet<String>)> {
    let roles = by_role.as_object()?.get("roles").and_then(Json::as_array).cloned().unwrap_or_default();
    let roles: BTreeSet<String> = roles
        .iter()
        .filter_map(Json::as_str)
        .filter(|role| ROLES.contains(role))
        .map(str::to_owned)
        .collect();
    let enabled =
        by_role["state"].as_str().map_or(!roles.is_empty(), |state| state.eq_ignore_ascii_case("On"));
    Some((enabled, roles))
}

fn check_source(enabled: Attr<bool>, level: &Attr<String>, path: &str, name: &str) -> Option<Diagnostic> {
    match (enabled, level) {
        (Attr::Known(false), Attr::Known(_)) => {
            let detail =
                format!("With enabled = false nothing is told. Remove {name}, or set enabled = true.");
            Some(Diagnostic::error("A level for what is not told", detail).at(path))
        }
        (Attr::Null | Attr::Known(true), Attr::Null) => {
            let detail = format!("Set {name}, or enabled = false.");
            Some(Diagnostic::error("From which level on is missing", detail).at(path))
        }
        _ => None,
    }
}

fn not_an_address(email: &str) -> Option<Diagnostic> {
    let is_address = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if is_address && !email.contains([';', ',', ' ', '<', '>']) {
        return None;
    }
    let beginning: String = email.chars().take(100).collect();
    let detail =
        format!("{beginning:?} is not one. Write one address for each element, as in \"soc@example.com\".");
    Some(Diagnostic::error("Not an email address", detail).at("emails"))
}

fn texts(list: &Attr<Vec<Attr<String>>>) -> BTreeSet<String> {
    list.known_items().cloned().collect()
}

fn known_texts(texts: &BTreeSet<String>) -> Attr<Vec<Attr<String>>> {
    Attr::Known(texts.iter().map(|text| text.as_str().into()).collect())
}

fn lower(texts: &BTreeSet<String>) -> BTreeSet<String> {
    texts.iter().map(|text| text.to_ascii_lowercase()).collect()
}

/// Addresses are the same in any letter case.
fn same_texts(prior: &Value, new: &Value) -> bool {
    let texts = |value: &Value| -> BTreeSet<String> {
        items(value).iter().filter_map(|one| Some(one.as_str()?.to_ascii_lowercase())).collect()
    };
    texts(prior) == texts(new)
}

fn items(value: &Value) -> &[Value] {
    if let Value::Set(items) = value { items } else { &[] }
}

#[cfg(test)]
mod tests {
    use tfplugin_protocol::model::misfits;

    use super::*;

    #[test]
    fn schema_and_model_have_the_same_attributes() {
        assert_eq!(misfits::<Model>(&SecurityContact::schema()), Vec::<String>::new());
    }

    #[test]
    fn what_is_newer_is_kept_and_what_is_older_is_left_out() {
        let newer = json!({"sourceType": "Newer", "level": 3});
        let body = json!({"etag": "x", "location": "West Europe", "properties": {
            "emails": "b@example.com; a@example.com;", "notificationsByRole": {"roles": ["Admin", "Owner"]},
            "notificationsSources": [newer, {"sourceType": "Alert", "minimalSeverity": "Low"}]}});
        let live = SecurityContact::live(&body).unwrap();
        let sent = &SecurityContact::body(&live)["properties"];
        assert_eq!(sent["emails"], "a@example.com;b@example.com");
        assert_eq!(sent["notificationsByRole"], json!({"state": "On", "roles": ["Owner"]}));
        assert_eq!(sent["notificationsSources"][1], newer);
        assert_eq!(sent["notificationsSources"][0]["minimalSeverity"], "Low");
    }
}
