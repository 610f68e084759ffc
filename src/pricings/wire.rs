//! The bodies of requests and answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::property;

/// Whether a plan is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tier {
    /// Off.
    Free,
    /// On.
    Standard,
}

impl Tier {
    /// As Azure writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Standard => "Standard",
        }
    }
}

/// A plan as Azure reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pricing {
    /// The plan's name; in an answer to a write, in the letter case of the request.
    pub name: String,
    /// Whether it is on.
    pub tier: Tier,
    /// The variant; nothing while it is off, or for a plan without variants.
    pub subplan: Option<String>,
    /// Whether resources below may differ (`false`) or not (`true`); subscriptions only.
    pub enforce: Option<bool>,
    /// Extensions by name, as Azure spells it; none while the plan is off.
    pub extensions: BTreeMap<String, Extension>,
    /// Whether other plans took its place.
    pub deprecated: bool,
    /// The plans that took its place.
    pub replaced_by: Vec<String>,
    /// Whether a resource has no setting of its own; resources only.
    pub inherited: Option<bool>,
    /// The scope that an inherited setting comes from.
    pub inherited_from: Option<String>,
    /// `FullyCovered`, `PartiallyCovered` or `NotCovered`; subscriptions only.
    pub resources_coverage_status: Option<String>,
    /// What is left of the free trial, as an ISO 8601 duration.
    pub free_trial_remaining_time: Option<String>,
    /// When it was last switched on, in RFC 3339.
    pub enablement_time: Option<String>,
    /// Who manages it, where that is the Defender portal. Azure says so in lists of newer api-versions only.
    pub managed_by: Option<String>,
}

/// An extension as Azure reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// Whether it is on. Azure says so even where switching it on failed, see [`outcome`](Self::outcome).
    pub enabled: bool,
    /// Its properties, all as text: Azure stores numbers and objects as text, too.
    pub properties: BTreeMap<String, String>,
    /// Whether switching it succeeded, or why not. Only in the answer to a write, and only for an extension that the
    /// write changed.
    pub outcome: Option<Result<(), String>>,
}

/// What a plan is to be. It is also stored, in private data, as what a plan was before; so fields may be added, with a
/// default, and never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Whether it is to be on.
    pub tier: Tier,
    /// The variant; Azure takes the plan's default where nothing is said.
    pub subplan: Option<String>,
    /// Whether resources below may differ; subscriptions only.
    pub enforce: Option<bool>,
    /// Extensions that are to be on or off. Azure leaves alone, or sets to its default, what is not named.
    #[serde(default)]
    pub extensions: BTreeMap<String, Setting>,
}

/// What an extension is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setting {
    /// Whether it is to be on.
    pub enabled: bool,
    /// Properties to set. Azure keeps those that are not named.
    pub properties: BTreeMap<String, String>,
}

impl Wanted {
    /// The request's body. Extensions go with a plan that is on only, and properties with an extension that is
    /// on only: Azure answers 500 to properties of one that is off.
    /// <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/securitycenter/security_center_subscription_pricing_resource.go>
    pub(super) fn to_body(&self) -> Value {
        let mut properties = json!({ "pricingTier": self.tier.as_str() });
        if self.tier == Tier::Standard {
            if let Some(subplan) = &self.subplan {
                properties["subPlan"] = json!(subplan);
            }
            if !self.extensions.is_empty() {
                let extension = |(name, setting): (&String, &Setting)| setting.to_body(name);
                properties["extensions"] = self.extensions.iter().map(extension).collect();
            }
        }
        if let Some(enforce) = self.enforce {
            properties["enforce"] = json!(text_of(enforce));
        }
        json!({ "properties": properties })
    }
}

impl Setting {
    fn to_body(&self, name: &str) -> Value {
        let mut body = json!({ "name": name, "isEnabled": text_of(self.enabled) });
        if self.enabled && !self.properties.is_empty() {
            body["additionalExtensionProperties"] = json!(self.properties);
        }
        body
    }
}

impl Pricing {
    /// Reads an answer. Azure leaves out whatever does not apply, writes booleans as text, and has added fields
    /// before; so nothing is required but the tier.
    ///
    /// # Errors
    ///
    /// A sentence on what is not a plan: without a tier that is known, a plan would look as if it were off.
    pub(crate) fn from_body(body: &Value) -> Result<Self, String> {
        let properties = &body["properties"];
        let text = |name: &str| properties[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let name = body["name"].as_str().unwrap_or_default().to_owned();
        let tier = match properties["pricingTier"].as_str() {
            Some(tier) if tier.eq_ignore_ascii_case("Standard") => Tier::Standard,
            Some(tier) if tier.eq_ignore_ascii_case("Free") => Tier::Free,
            Some(tier) => {
                return Err(format!("the plan {name:?} has the tier {tier:?}, which is unknown here"));
            }
            None => return Err(format!("the plan {name:?} has no tier")),
        };
        let extensions = properties["extensions"].as_array().into_iter().flatten();
        let replaced_by = properties["replacedBy"].as_array().into_iter().flatten();
        Ok(Self {
            name,
            tier,
            subplan: text("subPlan"),
            enforce: flag(&properties["enforce"]),
            extensions: extensions.filter_map(Extension::from_body).collect(),
            deprecated: flag(&properties["deprecated"]).unwrap_or(false),
            replaced_by: replaced_by.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            inherited: flag(&properties["inherited"]),
            inherited_from: text("inheritedFrom"),
            resources_coverage_status: text("resourcesCoverageStatus"),
            free_trial_remaining_time: text("freeTrialRemainingTime"),
            enablement_time: text("enablementTime"),
            managed_by: text("managedBy").or_else(|| text("originatedFrom")),
        })
    }

    /// The extension of this name, in any letter case.
    pub fn extension(&self, name: &str) -> Option<&Extension> {
        by_name(&self.extensions, name)
    }

    /// What would make the plan what it is here, word for word.
    pub fn to_wanted(&self) -> Wanted {
        let setting = |(name, extension): (&String, &Extension)| {
            let properties = if extension.enabled { extension.properties.clone() } else { BTreeMap::new() };
            (name.clone(), Setting { enabled: extension.enabled, properties })
        };
        Wanted {
            tier: self.tier,
            subplan: self.subplan.clone(),
            enforce: self.enforce,
            extensions: self.extensions.iter().map(setting).collect(),
        }
    }
}

impl Extension {
    fn from_body(body: &Value) -> Option<(String, Self)> {
        let status = &body["operationStatus"];
        let outcome = status["code"].as_str().map(|code| match code {
            code if code.eq_ignore_ascii_case("Succeeded") => Ok(()),
            _ => Err(status["message"].as_str().unwrap_or("no reason was given").to_owned()),
        });
        let properties = body["additionalExtensionProperties"].as_object().into_iter().flatten();
        let extension = Self {
            enabled: flag(&body["isEnabled"]).unwrap_or(false),
            properties: properties
                .filter_map(|(name, value)| Some((name.clone(), property::text(value)?)))
                .collect(),
            outcome,
        };
        Some((body["name"].as_str()?.to_owned(), extension))
    }
}

/// The plan of this name in a list, in any letter case.
pub fn plan_named<'a>(plans: &'a [Pricing], name: &str) -> Option<&'a Pricing> {
    plans.iter().find(|plan| plan.name.eq_ignore_ascii_case(name))
}

/// The entry of this name, in any letter case: names of Azure differ only if they differ in more.
pub fn by_name<'a, T>(entries: &'a BTreeMap<String, T>, name: &str) -> Option<&'a T> {
    entries.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, entry)| entry)
}

/// A boolean as this API writes it.
fn text_of(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_whatever_they_leave_out() {
        let body = json!({"name": "CloudPosture", "properties": {
            "pricingTier": "standard", "enforce": "False", "inheritedFrom": null, "extensions": [
                {"name": "A", "isEnabled": "true", "additionalExtensionProperties": {"cap": 10, "none": null}},
                {"name": "B", "isEnabled": "True", "operationStatus": {"code": "Failed", "message": "no role"}},
                {"name": "C", "isEnabled": "False", "operationStatus": {"code": "Succeeded"}}]}});
        let pricing = Pricing::from_body(&body).unwrap();
        assert_eq!(
            (pricing.tier, pricing.enforce, pricing.subplan.clone()),
            (Tier::Standard, Some(false), None)
        );
        assert_eq!(pricing.extension("a").unwrap().properties, BTreeMap::from([("cap".into(), "10".into())]));
        assert_eq!(pricing.extension("B").unwrap().outcome, Some(Err("no role".to_owned())));
        assert_eq!(
            pricing.extension("C").unwrap(),
            &Extension { outcome: Some(Ok(())), ..Extension::default() }
        );
        assert!(Pricing::from_body(&Value::Null).is_err());
        assert!(Pricing::from_body(&json!({"properties": {"pricingTier": "Premium"}})).is_err());
    }

    #[test]
    fn requests_never_carry_what_azure_refuses() {
        let properties = BTreeMap::from([("ExclusionTags".to_owned(), "[]".to_owned())]);
        let on = Setting { enabled: true, properties: properties.clone() };
        let off = Setting { enabled: false, properties };
        let extensions = BTreeMap::from([("On".to_owned(), on), ("Off".to_owned(), off)]);
        let standard =
            Wanted { tier: Tier::Standard, subplan: Some("P2".into()), enforce: Some(true), extensions };
        assert_eq!(
            standard.to_body(),
            json!({"properties": {"pricingTier": "Standard", "subPlan": "P2", "enforce": "True", "extensions": [
                {"name": "Off", "isEnabled": "False"},
                {"name": "On", "isEnabled": "True", "additionalExtensionProperties": {"ExclusionTags": "[]"}}]}})
        );
        let free = Wanted { tier: Tier::Free, enforce: None, ..standard };
        assert_eq!(free.to_body(), json!({"properties": {"pricingTier": "Free"}}));
    }
}
