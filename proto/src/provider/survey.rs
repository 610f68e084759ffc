//! What is there, for programs that write configurations: objects as `terraform query` finds them and `terraform import`
//! reads them.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Call, DynResource, Find, Private, ProviderBlock, Taking};
use crate::schema::{Attribute, Block, Nested, Nesting, Schema, Shape};
use crate::{Diagnostic, Diagnostics, Result, Type, Value, plan};

/// Who looks, and for how long.
pub struct Surveyor<C> {
    /// What the provider's `configure` returned.
    pub context: Arc<C>,
    /// When it must be over.
    pub deadline: Instant,
    /// Cancelled when nobody waits any more.
    pub cancel: CancellationToken,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Survey {
    /// The objects, in the order of the listing.
    pub found: Vec<Found>,
    /// What the listing said beside them; what it left out, above all.
    pub warnings: Diagnostics,
}

/// An object.
#[derive(Debug)]
pub struct Found {
    /// What people call it.
    pub display_name: String,
    /// Its state and its configuration, or why it cannot be had.
    pub object: Result<Object>,
}

/// An object as it is after an import.
#[derive(Debug)]
pub struct Object {
    /// Its state.
    pub state: Value,
    /// A configuration that describes it: with it, a plan changes nothing.
    pub configuration: Value,
}

/// Lists the objects of a resource by a query, attribute by attribute, and reads each. One that is gone meanwhile is left
/// out.
///
/// # Errors
///
/// Why they cannot be listed. What cannot be read of one object stands at the object.
pub async fn survey<C: Send + Sync>(
    resource: &dyn DynResource<C>,
    surveyor: &Surveyor<C>,
    query: &[(&str, Value)],
) -> Result<Survey> {
    let schema = resource.full_schema();
    let ty = Arc::new(schema.ty());
    let list = resource.as_list().ok_or_else(|| no_list(resource.name()))?;
    let names = list.query_schema().block.attributes;
    let given = |name: &str| query.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone());
    let query: Value = names.keys().map(|name| (name, given(name).unwrap_or(Value::Null))).collect();
    let (taker, mut finds) = mpsc::channel(1);
    let mut call = surveyor.call(&ty);
    let listing = list.list_value(&mut call, query, Taking { taker, ty: Arc::clone(&ty), limit: None });
    let reading = async {
        let mut found = Vec::new();
        while let Some(Find { display_name, state }) = finds.recv().await {
            let object = surveyor.object(resource, (&schema, &ty), state).await;
            found.extend(object.transpose().map(|object| Found { display_name, object }));
        }
        found
    };
    let (listed, found) = tokio::join!(listing, reading);
    listed.map(|()| Survey { found, warnings: call.warnings })
}

impl<C: Send + Sync> Surveyor<C> {
    fn call(&self, ty: &Arc<Type>) -> Call<C> {
        let context = Some(Arc::clone(&self.context));
        Call::new(context, self.deadline, self.cancel.clone(), Private::default(), Arc::clone(ty))
    }

    /// Reads an object by as much state as an import gives.
    async fn object(
        &self,
        resource: &dyn DynResource<C>,
        (schema, ty): (&Schema, &Arc<Type>),
        state: Value,
    ) -> Result<Option<Object>> {
        let Some(state) = resource.read_value(&mut self.call(ty), state, ty).await? else { return Ok(None) };
        let configuration = configured(&schema.block, &state);
        let check = |config: &Value| resource.check_value(config, &ProviderBlock::default());
        // What Azure, or whoever it is, has taken once is not always what may be written.
        plan::validate(schema, &configuration, check)?.into_result()?;
        Ok(Some(Object { state, configuration }))
    }
}

impl<C> std::fmt::Debug for Surveyor<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surveyor").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// What a user would write for a state: all that can be set, but for what is set so by default.
fn configured(block: &Block, state: &Value) -> Value {
    let attribute = |(name, attribute): (&String, &Attribute)| {
        let value = written(attribute, state.get(name));
        let is_default = attribute.default.as_ref().is_some_and(|default| *default == value);
        (name.clone(), if is_default { Value::Null } else { value })
    };
    let blocks = block.blocks.keys().map(|name| (name.clone(), Value::Null));
    block.attributes.iter().map(attribute).chain(blocks).collect()
}

/// The part of a value that can be set.
fn written(attribute: &Attribute, value: &Value) -> Value {
    if attribute.write_only || !(attribute.required || attribute.optional) {
        return Value::Null;
    }
    let Shape::Nested(Nested { nesting, attributes }) = &attribute.shape else { return value.clone() };
    let object = |value: &Value| {
        let inside = attributes.iter().map(|(name, inside)| (name.clone(), written(inside, value.get(name))));
        if value.is_null() { Value::Null } else { inside.collect() }
    };
    match (nesting, value) {
        (Nesting::Single, value) => object(value),
        (_, Value::List(items)) => Value::List(items.iter().map(object).collect()),
        (_, Value::Set(items)) => Value::Set(items.iter().map(object).collect()),
        (_, Value::Map(entries)) => {
            entries.iter().map(|(name, value)| (name.clone(), object(value))).collect()
        }
        (_, other) => other.clone(),
    }
}

fn no_list(name: &str) -> Diagnostics {
    let detail = format!("There is no list of {name}. This is a bug in the provider; please report it.");
    Diagnostic::error("Objects of this type cannot be listed", detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_set_and_is_no_default_is_written() {
        let inside =
            || [("a", Attribute::bool().optional().default(true)), ("b", Attribute::string().computed())];
        let schema = Schema::new("")
            .attribute("id", Attribute::string().computed())
            .attribute("name", Attribute::string().required())
            .attribute("mode", Attribute::string().optional().default("x"))
            .attribute("other", Attribute::string().optional().default("x"))
            .attribute("kept", Attribute::list(Type::String).optional().computed())
            .attribute("one", Attribute::nested(Nesting::Single, inside()).optional())
            .attribute("many", Attribute::nested(Nesting::List, inside()).optional())
            .attribute("secret", Attribute::string().optional().write_only());
        let object = || Value::from_iter([("a", Value::Bool(true)), ("b", Value::from("read"))]);
        let state = Value::from_iter([
            ("id", Value::from("/1")),
            ("name", "n".into()),
            ("mode", "x".into()),
            ("other", "y".into()),
            ("kept", Value::List(Vec::new())),
            ("one", object()),
            ("many", Value::List(vec![object()])),
            ("secret", Value::Null),
        ]);
        let written = || Value::from_iter([("a", Value::Bool(true)), ("b", Value::Null)]);
        let expected = Value::from_iter([
            ("id", Value::Null),
            ("name", "n".into()),
            ("mode", Value::Null),
            ("other", "y".into()),
            ("kept", Value::List(Vec::new())),
            ("one", written()),
            ("many", Value::List(vec![written()])),
            ("secret", Value::Null),
        ]);
        assert_eq!(configured(&schema.block, &state), expected);
    }
}
