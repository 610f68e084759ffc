//! What a client wants of a plan: the body of a pricing PUT, read and checked against the table of plans.

use serde_json::{Map, Value};

use super::facts::{Extension, Plan};
use crate::message::Answer;

/// A checked wish.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Desired {
    /// None: the plan shall be Free.
    pub(crate) standard: Option<Standard>,
    /// `enforce`; none where the body does not say.
    pub(crate) enforce: Option<bool>,
}

/// What `Standard` shall mean.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Standard {
    /// The sub-plan; none where the plan has no sub-plans.
    pub(crate) subplan: Option<&'static str>,
    /// The extensions that the body names.
    pub(crate) extensions: Vec<Switch>,
}

/// One extension as the body has it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Switch {
    /// The extension's name in Azure's spelling.
    pub(crate) name: &'static str,
    /// Whether it shall be on.
    pub(crate) enabled: bool,
    /// Properties to set; values are texts, as Azure makes them.
    pub(crate) properties: Map<String, Value>,
}

impl Desired {
    /// Reads a body. `default_subplan` is chosen where the body names none, even if another one is on. Whether a
    /// closed offer may be chosen is not decided here, since that depends on what is on.
    ///
    /// # Errors
    /// Azure's answer to a body it does not take.
    pub(crate) fn read(
        plan: &'static Plan,
        default_subplan: Option<&'static str>,
        body: &[u8],
    ) -> Result<Self, Answer> {
        let body: Value = serde_json::from_slice(body).map_err(|error| {
            Answer::error(400, "InvalidRequestContent", &format!("The request content was invalid: {error}"))
        })?;
        let properties = &body["properties"];
        let enforce = flag(&properties["enforce"], "enforce")?;
        let switches = properties["extensions"].as_array().map_or(&[][..], Vec::as_slice);
        let tier = properties["pricingTier"].as_str().unwrap_or_default();
        if tier.eq_ignore_ascii_case("Standard") {
            let subplan = subplan(plan, default_subplan, &properties["subPlan"])?;
            let extensions =
                switches.iter().map(|switch| read_switch(plan, subplan, switch)).collect::<Result<_, _>>()?;
            return Ok(Self { standard: Some(Standard { subplan, extensions }), enforce });
        }
        if !tier.eq_ignore_ascii_case("Free") {
            return Err(invalid(&format!(
                "The 'PricingTier' property '{tier}' is not valid. Possible values: Free, Standard"
            )));
        }
        if plan.always_standard {
            return Err(invalid(&format!(
                "The 'PricingTier' property must be 'Standard' for plan '{}'",
                plan.name
            )));
        }
        for switch in switches {
            if flag(&switch["isEnabled"], "isEnabled")? == Some(true) {
                return Err(invalid(&format!(
                    "Extensions can't be enabled for plan '{}' in 'Free' tier",
                    plan.name
                )));
            }
        }
        Ok(Self { standard: None, enforce })
    }
}

fn subplan(
    plan: &'static Plan,
    default: Option<&'static str>,
    asked: &Value,
) -> Result<Option<&'static str>, Answer> {
    let Some(asked) = asked.as_str().filter(|asked| !asked.is_empty()) else {
        return Ok(default);
    };
    match plan.subplans.iter().find(|subplan| subplan.name.eq_ignore_ascii_case(asked)) {
        Some(subplan) => Ok(Some(subplan.name)),
        None if plan.subplans.is_empty() => Err(invalid(&format!(
            "The plan '{}' doesn't support sub plans, but '{asked}' was given",
            plan.name
        ))),
        None => {
            let names: Vec<&str> = plan.subplans.iter().map(|subplan| subplan.name).collect();
            Err(invalid(&format!(
                "SubPlan '{asked}' is not supported for '{}' plan. Supported sub plans: {}",
                plan.name,
                names.join(", ")
            )))
        }
    }
}

/// The wording is Azure's: <https://github.com/Azure/Enterprise-Scale/issues/1784>. It refuses an extension that the
/// sub-plan lacks even where the body turns it off.
fn read_switch(plan: &'static Plan, subplan: Option<&'static str>, switch: &Value) -> Result<Switch, Answer> {
    let asked = switch["name"].as_str().unwrap_or_default();
    let known = plan.extensions.iter().find(|extension| extension.name.eq_ignore_ascii_case(asked));
    let Some(extension) = known.filter(|extension| extension.in_subplan(subplan)) else {
        let name = known.map_or(asked, |extension| extension.name);
        let suffix = subplan.map(|subplan| format!(" and '{subplan}' SubPlan")).unwrap_or_default();
        return Err(invalid(&format!(
            "Extension with name '{name}' is not supported for '{}' plan{suffix}",
            plan.name
        )));
    };
    let Some(enabled) = flag(&switch["isEnabled"], "isEnabled")? else {
        return Err(invalid(&format!("The property 'isEnabled' of extension '{asked}' is required")));
    };
    let properties = read_properties(extension, &switch["additionalExtensionProperties"])?;
    if !enabled && !properties.is_empty() {
        // A server error for a client's mistake: azurerm quotes it in
        // <https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/securitycenter/security_center_subscription_pricing_resource.go>.
        let message = format!(
            "AdditionalProperties of Extension '{}' can't be updated while the extension is disabled (IsEnabled = False)",
            extension.name
        );
        return Err(Answer::error(500, "InternalServerError", &message));
    }
    Ok(Switch { name: extension.name, enabled, properties })
}

/// Values become texts, and nulls (which some clients send for "not set") are as good as absent.
fn read_properties(extension: &Extension, properties: &Value) -> Result<Map<String, Value>, Answer> {
    if !properties.is_null() && !properties.is_object() {
        return Err(invalid(&format!(
            "The additionalExtensionProperties of '{}' are not an object",
            extension.name
        )));
    }
    let fields = properties.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    Ok(fields.map(|(name, value)| (name.clone(), Value::String(text(value)))).collect())
}

fn text(value: &Value) -> String {
    match (value.as_str(), value.as_bool()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(flag)) => spelled(flag).to_owned(),
        (None, None) => value.to_string(),
    }
}

/// Azure's booleans in this API are texts in any letter case; built-in policies send `"true"`.
fn flag(value: &Value, name: &str) -> Result<Option<bool>, Answer> {
    match value.as_str() {
        _ if value.is_null() => Ok(None),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        _ => Err(invalid(&format!("The property '{name}' is '{value}'. Possible values: True, False"))),
    }
}

/// How Azure writes booleans in this API.
pub(crate) fn spelled(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

fn invalid(message: &str) -> Answer {
    Answer::error(400, "InvalidInputJson", message)
}
