//! What a schema says of a field that changed: whether Terraform is to put it back.

use super::field::Field;
use crate::harness::Scene;
use crate::shared::process::Failure;
use defender::provider::Defender;
use serde_json::Value;
use std::collections::BTreeMap;
use tfplugin_protocol::reference::Reference;
use tfplugin_protocol::schema::{Attribute, Shape};

/// The schema of a resource, and what is written in a configuration of it.
pub(super) struct Declared {
    attributes: BTreeMap<String, Attribute>,
    written: Value,
}

impl Declared {
    /// The schema of a type, and what the resource `this` of the scene has set.
    ///
    /// # Errors
    ///
    /// There is no such type, or the plan cannot be read.
    pub(super) fn of(resource: &str, scene: &Scene) -> Result<Self, Failure> {
        let workspace = &scene.workspace;
        workspace.run(["plan", "-input=false", "-out=this.tfplan"])?.require(0)?;
        let shown = workspace.run(["show", "-json", "this.tfplan"])?.require(0)?;
        let plan: Value =
            serde_json::from_str(&shown.stdout).map_err(Failure::of("read the plan as JSON"))?;
        let resources = plan.pointer("/configuration/root_module/resources").and_then(Value::as_array);
        let this =
            resources.into_iter().flatten().find(|one| one["type"] == resource && one["name"] == "this");
        let expressions = this.map(|one| one["expressions"].clone()).unwrap_or_default();
        let constants = expressions.as_object().into_iter().flatten();
        let written = constants.map(|(name, value)| (name.clone(), value["constant_value"].clone()));
        Ok(Self { attributes: schema(resource)?, written: Value::Object(written.collect()) })
    }

    /// Whether Terraform puts the field back: where users have written the attribute, where it has a default, and
    /// where only users can write it and have not. What the provider may fill in is as Azure has it.
    pub(super) fn comes_back(&self, field: &Field) -> bool {
        if field.shows.is_empty() || field.planned {
            return field.planned;
        }
        let (mut attributes, mut written) = (&self.attributes, vec![&self.written]);
        for name in field.shows.split('.') {
            let attribute = &attributes[name];
            written = written.iter().map(|object| &object[name]).filter(|value| !value.is_null()).collect();
            if written.is_empty() {
                let decided = attribute.default.is_some() || !attribute.computed;
                return decided;
            }
            let Shape::Nested(nested) = &attribute.shape else { return true };
            attributes = &nested.attributes;
            written = written.into_iter().flat_map(objects).collect();
        }
        true
    }
}

/// The objects in an attribute: itself, or its items.
fn objects(value: &Value) -> Vec<&Value> {
    if let Some(items) = value.as_array() {
        return items.iter().collect();
    }
    // A map of objects is one whose values are all objects; which one it is meant as, the names decide.
    let entries = value.as_object().into_iter().flatten().map(|(_, entry)| entry);
    entries.filter(|entry| entry.is_object()).chain([value]).collect()
}

/// All types.
pub(super) fn resources() -> Vec<&'static str> {
    Reference::of(&Defender).resources.into_keys().collect()
}

/// The attributes of a type that have no parts, with dots, without `timeouts`.
///
/// # Errors
///
/// There is no such type.
pub(super) fn attributes(resource: &str) -> Result<Vec<String>, Failure> {
    Ok(paths(&schema(resource)?))
}

fn schema(resource: &str) -> Result<BTreeMap<String, Attribute>, Failure> {
    let found = Reference::of(&Defender).resources.remove(resource);
    let found = found.ok_or_else(|| Failure::new(format!("there is no {resource}")))?;
    Ok(found.schema.block.attributes)
}

fn paths(attributes: &BTreeMap<String, Attribute>) -> Vec<String> {
    let below = |(name, attribute): (&String, &Attribute)| match &attribute.shape {
        Shape::Type(_) => vec![name.clone()],
        Shape::Nested(nested) => {
            paths(&nested.attributes).into_iter().map(|path| format!("{name}.{path}")).collect()
        }
    };
    attributes.iter().flat_map(below).collect()
}
