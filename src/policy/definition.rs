//! Policy definitions and initiatives, as far as an assignment depends on them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::roles::guid_of;

/// A definition, or an initiative with what its members say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// Its id, as Azure writes it.
    pub id: String,
    /// What the portal calls it.
    pub display_name: String,
    /// Its parameters.
    pub parameters: BTreeMap<String, Parameter>,
    /// Roles that its deployments need, by GUID; of an initiative, those of all its members.
    pub roles: BTreeSet<String>,
    /// The members of an initiative.
    pub members: Vec<Member>,
}

/// A definition in an initiative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name within the initiative.
    pub reference: String,
    /// Its id.
    pub definition: String,
    /// Whether it deploys or changes something, so that existing resources can be remediated.
    pub deploys: bool,
}

/// A parameter of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The kind of its value.
    pub kind: ParameterKind,
    /// The values that it takes; any of its kind if there are none.
    pub allowed: Vec<Value>,
    /// Its value where an assignment gives none.
    pub default: Option<Value>,
}

/// Kinds of values of parameters.
/// <https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-parameters>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Text.
    Text,
    /// A list.
    Array,
    /// An object.
    Object,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A time, as text.
    DateTime,
    /// A kind that is not known here; any value is left to Azure to judge.
    Other,
}

impl Definition {
    /// Whether it deploys or changes something, which takes an identity.
    pub fn deploys(&self) -> bool {
        !self.roles.is_empty() || self.members.iter().any(|member| member.deploys)
    }

    /// What can be remediated: each member that deploys, by its reference, or the definition itself.
    pub fn remediable(&self) -> Vec<Option<&str>> {
        if self.members.is_empty() {
            return if self.deploys() { vec![None] } else { Vec::new() };
        }
        self.members
            .iter()
            .filter(|member| member.deploys)
            .map(|member| Some(member.reference.as_str()))
            .collect()
    }

    pub(super) fn of_body(body: &Value) -> Result<Self, String> {
        let properties = &body["properties"];
        let id = body["id"].as_str().ok_or("the answer is no policy definition: it has no id")?;
        let parameters = properties["parameters"].as_object().into_iter().flatten();
        let details = &properties["policyRule"]["then"]["details"];
        let roles = details["roleDefinitionIds"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let members = properties["policyDefinitions"].as_array().into_iter().flatten();
        Ok(Self {
            id: id.to_owned(),
            display_name: properties["displayName"].as_str().unwrap_or_default().to_owned(),
            parameters: parameters.map(|(name, body)| (name.clone(), Parameter::of_body(body))).collect(),
            roles: roles.map(guid_of).collect(),
            members: members.filter_map(Member::of_body).collect(),
        })
    }

    /// Takes in what a member's own definition says.
    pub(super) fn take_in(&mut self, at: usize, member: &Self) {
        self.roles.extend(member.roles.iter().cloned());
        if let Some(own) = self.members.get_mut(at) {
            own.deploys = member.deploys();
        }
    }
}

impl Member {
    fn of_body(body: &Value) -> Option<Self> {
        Some(Self {
            reference: body["policyDefinitionReferenceId"].as_str().unwrap_or_default().to_owned(),
            definition: body["policyDefinitionId"].as_str()?.to_owned(),
            deploys: false,
        })
    }
}

impl Parameter {
    fn of_body(body: &Value) -> Self {
        let kind = match body["type"].as_str().unwrap_or_default().to_ascii_lowercase().as_str() {
            "string" => ParameterKind::Text,
            "array" => ParameterKind::Array,
            "object" => ParameterKind::Object,
            "boolean" => ParameterKind::Boolean,
            "integer" => ParameterKind::Integer,
            "float" => ParameterKind::Float,
            "datetime" => ParameterKind::DateTime,
            _ => ParameterKind::Other,
        };
        let allowed = body["allowedValues"].as_array().cloned().unwrap_or_default();
        Self { kind, allowed, default: body.get("defaultValue").cloned() }
    }

    /// What is wrong with a value, as the second half of a sentence; nothing if it fits.
    pub fn objection(&self, value: &Value) -> Option<String> {
        let (fits, wanted) = match self.kind {
            ParameterKind::Text => (value.is_string(), "text"),
            ParameterKind::Array => (value.is_array(), "a list"),
            ParameterKind::Object => (value.is_object(), "an object"),
            ParameterKind::Boolean => (value.is_boolean(), "true or false"),
            ParameterKind::Integer => (value.is_i64() || value.is_u64(), "a whole number"),
            ParameterKind::Float => (value.is_number(), "a number"),
            ParameterKind::DateTime => (value.is_string(), "a time as text"),
            ParameterKind::Other => (true, ""),
        };
        if !fits {
            return Some(format!("takes {wanted}"));
        }
        // Each element of a list must be allowed, and any other value itself. Letter case does not count.
        let is_allowed = |value: &Value| self.allowed.iter().any(|allowed| same(allowed, value));
        let all_allowed = value.as_array().is_some_and(|items| items.iter().all(is_allowed));
        let allowed = self.allowed.is_empty() || is_allowed(value) || all_allowed;
        let values = || self.allowed.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
        (!allowed).then(|| format!("takes one of {}", values()))
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_held_against_kinds_and_lists() {
        let check = |parameter: Value, value: Value, expected: Option<&str>| {
            let found = Parameter::of_body(&parameter).objection(&value);
            assert_eq!(found.as_deref(), expected, "{parameter} {value}");
        };
        let effect = || json!({"type": "String", "allowedValues": ["DeployIfNotExists", "Disabled"]});
        check(effect(), json!("disabled"), None);
        check(effect(), json!("Audit"), Some("takes one of \"DeployIfNotExists\", \"Disabled\""));
        check(effect(), json!(true), Some("takes text"));
        check(json!({"type": "integer"}), json!(5), None);
        check(json!({"type": "Integer"}), json!(5.5), Some("takes a whole number"));
        check(json!({"type": "Boolean"}), json!("true"), Some("takes true or false"));
        check(json!({"type": "Array", "allowedValues": ["a", "b"]}), json!(["a"]), None);
        check(
            json!({"type": "Array", "allowedValues": ["a", "b"]}),
            json!(["c"]),
            Some("takes one of \"a\", \"b\""),
        );
        check(json!({"type": "Object"}), json!([]), Some("takes an object"));
        check(json!({"type": "Secret"}), json!([]), None);
    }

    #[test]
    fn an_initiative_has_the_roles_of_its_members() {
        let member = json!({"id": "/m", "properties": {"policyRule": {"then": {"details": {"roleDefinitionIds": [
            "/providers/Microsoft.Authorization/roleDefinitions/B24988AC-6180-42a0-ab88-20f7382dd24c"]}}}}});
        let set = json!({"id": "/s", "properties": {"policyDefinitions": [
            {"policyDefinitionId": "/m", "policyDefinitionReferenceId": "one"}, {"policyDefinitionId": "/n"}]}});
        let mut set = Definition::of_body(&set).unwrap();
        assert!(!set.deploys() && set.remediable().is_empty());
        set.take_in(0, &Definition::of_body(&member).unwrap());
        assert_eq!(set.roles.iter().collect::<Vec<_>>(), ["b24988ac-6180-42a0-ab88-20f7382dd24c"]);
        assert_eq!(set.remediable(), [Some("one")]);
    }
}
