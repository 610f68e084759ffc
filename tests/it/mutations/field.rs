//! A field of a document, and another value of it.

use serde_json::{Map, Value, json};

/// A change behind Terraform's back.
pub(super) struct Field {
    /// Where it stands, as a JSON pointer; `-` at its end is a further item.
    pub(super) at: &'static str,
    /// What it becomes; nothing takes it away.
    to: Option<Value>,
    /// The attribute that shows it, with dots; empty where none does.
    pub(super) shows: &'static str,
    /// Whether the plan decides on it, though users cannot write it.
    pub(super) planned: bool,
    /// What tells whether it is back, where not all of it is the same then.
    told_by: Option<&'static str>,
}

/// A field that becomes something else, and the attribute that shows it.
pub(super) fn field(at: &'static str, to: impl Into<Value>, shows: &'static str) -> Field {
    Field { at, to: Some(to.into()), shows, planned: false, told_by: None }
}

/// A field that goes, and the attribute that shows it.
pub(super) fn gone(at: &'static str, shows: &'static str) -> Field {
    Field { at, to: None, shows, planned: false, told_by: None }
}

/// A field that no attribute shows, or another way of writing the same.
pub(super) fn noise(at: &'static str, to: impl Into<Value>) -> Field {
    field(at, to, "")
}

impl Field {
    /// The same field, where the plan decides on a computed attribute.
    pub(super) fn planned(self) -> Self {
        Self { planned: true, ..self }
    }

    /// The same field, which is back when this is the same.
    pub(super) fn told_by(self, at: &'static str) -> Self {
        Self { told_by: Some(at), ..self }
    }

    /// Whether a leaf of a document is this field, or is in it.
    pub(super) fn covers(&self, leaf: &str) -> bool {
        leaf.strip_prefix(self.at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The document with another value of the field.
    pub(super) fn changed(&self, document: &Value) -> Value {
        let mut document = document.clone();
        let (parent, name) = self.at.rsplit_once('/').unwrap_or_default();
        match (place(&mut document, parent), &self.to) {
            (Value::Array(items), Some(to)) => match name.parse::<usize>() {
                Ok(index) => items[index] = to.clone(),
                Err(_) => items.push(to.clone()),
            },
            (Value::Array(items), None) => drop(items.remove(name.parse().unwrap_or_default())),
            (Value::Object(fields), Some(to)) => drop(fields.insert(name.to_owned(), to.clone())),
            (Value::Object(fields), None) => drop(fields.remove(name)),
            (nothing, Some(to)) => *nothing = json!({ name: to }),
            (_, None) => {}
        }
        document
    }

    /// Whether two documents have the same in the field. Nothing is as good as an empty list.
    pub(super) fn same(&self, one: &Value, other: &Value) -> bool {
        // A further item is looked for in its list.
        let at = self.told_by.unwrap_or_else(|| self.at.strip_suffix("/-").unwrap_or(self.at));
        let value = |document: &Value| {
            let value = document.pointer(at).filter(|value| !value.is_null() && **value != json!([]));
            value.cloned()
        };
        value(one) == value(other)
    }
}

/// The object or list at a pointer, made where there is none.
fn place<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    pointer.split('/').skip(1).fold(document, |value, name| {
        if let Ok(index) = name.parse::<usize>() {
            return &mut value[index];
        }
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        &mut value[name]
    })
}

/// Changes that mean nothing in any document.
pub(super) fn common(document: &Value) -> Vec<Field> {
    let text = |name: &str| document[name].as_str().map(str::to_owned);
    let cased = [
        ("/id", text("id").map(|id| id.to_uppercase().replace("/SUBSCRIPTIONS/", "/subscriptions/"))),
        ("/name", text("name").map(|name| name.to_uppercase())),
        ("/type", text("type").map(|name| name.to_lowercase())),
        ("/etag", Some("\"another\"".to_owned())),
    ];
    let cased = cased.into_iter().filter_map(|(at, to)| Some(noise(at, to?)));
    let someone = json!({"lastModifiedBy": "somebody", "lastModifiedAt": "2026-11-23T00:00:00Z"});
    cased
        .chain([noise("/systemData", someone), noise("/properties/somethingNew", json!({"a": [1]}))])
        .collect()
}

/// Where something stands that has no parts.
pub(super) fn leaves(document: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        leaves(value).into_iter().map(|leaf| format!("/{name}{leaf}")).collect::<Vec<_>>()
    };
    if let Some(fields) = document.as_object().filter(|fields| !fields.is_empty()) {
        return fields.iter().flat_map(|(name, value)| below(name, value)).collect();
    }
    if let Some(items) = document.as_array().filter(|items| !items.is_empty()) {
        return items
            .iter()
            .enumerate()
            .flat_map(|(index, value)| below(&index.to_string(), value))
            .collect();
    }
    vec![String::new()]
}
