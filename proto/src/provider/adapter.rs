//! From typed resources, data sources and functions to values, so that they can stand in one list.

mod function;
mod list;

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

pub use function::DynFunction;
pub(crate) use function::unfit_output;
pub use list::DynListResource;
pub(crate) use list::Taking;

use super::timeouts::{Operation, TIMEOUTS};
use super::{
    Call, DataSource, IdentityAttribute, ImportTarget, MoveSource, Moved, Planning, ProviderBlock, Resource,
    Timeouts,
};
use crate::codec::{CodecError, json};
use crate::schema::{BlockNesting, Schema};
use crate::{Diagnostic, Diagnostics, Result, Type, Value, model};

/// A future of a list element, whose type depends on the element.
type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What state and the pipeline say of a change; what the configuration says is in the call.
#[derive(Debug)]
#[expect(unnameable_types, reason = "only this crate calls and implements the traits that use it")]
pub struct Change {
    pub(crate) prior: Value,
    pub(crate) planned: Value,
}

/// Any [`Resource`]; implemented for all of them, and only by this crate.
pub trait DynResource<C>: Send + Sync {
    #[doc(hidden)]
    fn name(&self) -> &'static str;
    #[doc(hidden)]
    fn full_schema(&self) -> Schema;
    #[doc(hidden)]
    fn identity_attributes(&self) -> &'static [IdentityAttribute];
    #[doc(hidden)]
    fn timeouts(&self) -> Timeouts;
    #[doc(hidden)]
    fn check_value(&self, config: &Value, provider: &ProviderBlock) -> Result<Diagnostics>;
    #[doc(hidden)]
    fn plan_value<'a>(&'a self, call: &'a mut Call<C>, change: Change, ty: &'a Type) -> Pending<'a, Value>;
    #[doc(hidden)]
    fn plan_delete_value<'a>(&'a self, call: &'a mut Call<C>, prior: &'a Value) -> Pending<'a, ()>;
    #[doc(hidden)]
    fn apply_value<'a>(
        &'a self,
        call: &'a mut Call<C>,
        change: Change,
        ty: &'a Type,
    ) -> Pending<'a, Option<Value>>;
    #[doc(hidden)]
    fn read_value<'a>(
        &'a self,
        call: &'a mut Call<C>,
        state: Value,
        ty: &'a Type,
    ) -> Pending<'a, Option<Value>>;
    #[doc(hidden)]
    fn import_value(&self, call: &mut Call<C>, target: ImportTarget<'_>, ty: &Type) -> Result<Value>;
    #[doc(hidden)]
    fn upgrade_value(&self, from: i64, state: &Json, ty: &Type) -> Result<Value>;
    #[doc(hidden)]
    fn move_value(&self, source: &MoveSource<'_>, ty: &Type) -> Result<Moved<Value>>;
    #[doc(hidden)]
    fn identity_of(&self, value: &Value) -> Result<Option<Value>>;
    #[doc(hidden)]
    fn as_list(&self) -> Option<&dyn DynListResource<C>>;
}

/// Any [`DataSource`]; implemented for all of them, and only by this crate.
pub trait DynDataSource<C>: Send + Sync {
    #[doc(hidden)]
    fn name(&self) -> &'static str;
    #[doc(hidden)]
    fn full_schema(&self) -> Schema;
    #[doc(hidden)]
    fn timeouts(&self) -> Timeouts;
    #[doc(hidden)]
    fn check_value(&self, config: &Value, provider: &ProviderBlock) -> Result<Diagnostics>;
    #[doc(hidden)]
    fn read_value<'a>(&'a self, call: &'a mut Call<C>, config: Value, ty: &'a Type) -> Pending<'a, Value>;
}

impl<R: Resource> DynResource<R::Context> for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn full_schema(&self) -> Schema {
        use Operation::{Create, Delete, Read, Update};
        let timeouts = R::TIMEOUTS.block(&[Create, Read, Update, Delete]);
        self.schema().block(TIMEOUTS, BlockNesting::Single, timeouts)
    }

    fn identity_attributes(&self) -> &'static [IdentityAttribute] {
        self.identity_schema()
    }

    fn timeouts(&self) -> Timeouts {
        R::TIMEOUTS
    }

    fn check_value(&self, config: &Value, provider: &ProviderBlock) -> Result<Diagnostics> {
        check_as(config, |config| self.check(config, provider))
    }

    fn plan_value<'a>(
        &'a self,
        call: &'a mut Call<R::Context>,
        change: Change,
        ty: &'a Type,
    ) -> Pending<'a, Value> {
        Box::pin(async move {
            let planning = Planning {
                config: read(&call.config)?,
                prior: if change.prior.is_null() { None } else { Some(read(&change.prior)?) },
                planned: read(&change.planned)?,
                changed: change.planned != change.prior,
            };
            let planned = self.plan(call, planning).await?;
            write_over(&change.planned, &planned, ty)
        })
    }

    fn plan_delete_value<'a>(&'a self, call: &'a mut Call<R::Context>, prior: &'a Value) -> Pending<'a, ()> {
        Box::pin(async move { self.plan_delete(call, &read(prior)?).await })
    }

    fn apply_value<'a>(
        &'a self,
        call: &'a mut Call<R::Context>,
        change: Change,
        ty: &'a Type,
    ) -> Pending<'a, Option<Value>> {
        Box::pin(async move {
            let Change { prior, planned } = change;
            let new = match (prior.is_null(), planned.is_null()) {
                (_, true) => return self.delete(call, read(&prior)?).await.map(|()| None),
                (true, false) => self.create(call, read(&planned)?).await?,
                (false, false) => self.update(call, read(&prior)?, read(&planned)?).await?,
            };
            // There is an object now: nothing that goes wrong from here on may lose it.
            call.progress.arrive(&planned, &new, &call.private);
            write_over(&planned, &new, ty).map(Some)
        })
    }

    fn read_value<'a>(
        &'a self,
        call: &'a mut Call<R::Context>,
        state: Value,
        ty: &'a Type,
    ) -> Pending<'a, Option<Value>> {
        Box::pin(async move {
            let found = self.read(call, read(&state)?).await?;
            found.map(|found| write_over(&state, &found, ty)).transpose()
        })
    }

    fn import_value(
        &self,
        call: &mut Call<R::Context>,
        target: ImportTarget<'_>,
        ty: &Type,
    ) -> Result<Value> {
        write(&self.import(call, target)?, ty, &Value::Null)
    }

    fn upgrade_value(&self, from: i64, state: &Json, ty: &Type) -> Result<Value> {
        write(&self.upgrade(from, state)?, ty, &timeouts(state, ty))
    }

    fn move_value(&self, source: &MoveSource<'_>, ty: &Type) -> Result<Moved<Value>> {
        let Moved { state, private, warnings } = self.move_from(source)?;
        Ok(Moved { state: write(&state, ty, &timeouts(source.state, ty))?, private, warnings })
    }

    fn identity_of(&self, value: &Value) -> Result<Option<Value>> {
        if self.identity_schema().is_empty() { Ok(None) } else { Ok(self.identity(&read(value)?)) }
    }

    fn as_list(&self) -> Option<&dyn DynListResource<R::Context>> {
        self.listing()
    }
}

impl<D: DataSource> DynDataSource<D::Context> for D {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn full_schema(&self) -> Schema {
        let timeouts = D::TIMEOUTS.block(&[Operation::Read]);
        self.schema().block(TIMEOUTS, BlockNesting::Single, timeouts)
    }

    fn timeouts(&self) -> Timeouts {
        D::TIMEOUTS
    }

    fn check_value(&self, config: &Value, provider: &ProviderBlock) -> Result<Diagnostics> {
        check_as(config, |config| self.check(config, provider))
    }

    fn read_value<'a>(
        &'a self,
        call: &'a mut Call<D::Context>,
        config: Value,
        ty: &'a Type,
    ) -> Pending<'a, Value> {
        Box::pin(async move {
            let result = self.read(call, read(&config)?).await?;
            write_over(&config, &result, ty)
        })
    }
}

/// Checks a configuration as the author's struct. One that holds a struct where something is not known yet is
/// checked later: core asks again when everything is known.
pub(crate) fn check_as<T: DeserializeOwned>(
    config: &Value,
    check: impl FnOnce(&T) -> Diagnostics,
) -> Result<Diagnostics> {
    match model::from_value(config) {
        Ok(config) => Ok(check(&config)),
        Err(error) if error.is_not_known() => Ok(Diagnostics::default()),
        Err(CodecError { path, problem, .. }) => {
            // The struct is narrower than the schema, and what the user wrote falls in between.
            let summary = format!("Invalid value for {path}");
            Err(Diagnostic::error(summary, format!("What is written here does not fit: {problem}."))
                .at(path)
                .into())
        }
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T> {
    model::from_value(value).map_err(|error| misfit(&error))
}

/// Writes a model that came from `before`, whose parts stay exactly as they are where the model repeats them.
fn write_over<T: Serialize + DeserializeOwned>(before: &Value, model: &T, ty: &Type) -> Result<Value> {
    let timeouts = before.get(TIMEOUTS);
    let echoed = write(&read::<T>(before)?, ty, timeouts)?;
    Ok(model::keep_untouched(before, &echoed, write(model, ty, timeouts)?))
}

/// The timeouts in a state of another version, or of another type, most of which have the same ones. Those that
/// cannot be read are those of the configuration again with the next apply.
fn timeouts(state: &Json, ty: &Type) -> Value {
    let (Type::Object(types), Some(timeouts)) = (ty, state.get(TIMEOUTS)) else { return Value::Null };
    let read = |ty| json::decode(timeouts.to_string().as_bytes(), ty).ok();
    types.get(TIMEOUTS).and_then(read).unwrap_or(Value::Null)
}

/// Writes a model and puts back the timeouts, which are no part of it.
pub(super) fn write<T: Serialize>(model: &T, ty: &Type, timeouts: &Value) -> Result<Value> {
    let mut value = model::to_value(model, ty).map_err(|error| misfit(&error))?;
    if let Value::Map(entries) = &mut value {
        entries.insert(TIMEOUTS.to_owned(), timeouts.clone());
    }
    Ok(value)
}

fn misfit(error: &CodecError) -> Diagnostics {
    let detail = format!("{error}. This is a bug in the provider; please report it.");
    Diagnostic::error("The provider's model does not fit its schema", detail).at(error.path.clone()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Part {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        size: crate::Attr<i64>,
    }

    /// A struct that has no place for elements that are null or unknown, nor for fractions.
    #[derive(Deserialize)]
    struct Narrow {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        parts: crate::Attr<BTreeMap<String, Part>>,
    }

    #[test]
    fn what_does_not_fit_is_said_to_who_wrote_it_and_only_when_it_is_known() {
        let part = |size: Value| Value::from_iter([("size", size)]);
        let fraction = Value::Number(crate::value::Number::Float(1.5));
        for (element, expected) in [
            (part(1.into()), "checked: It was."),
            (part(Value::UNKNOWN), "checked: It was."),
            (Value::UNKNOWN, ""),
            (
                Value::Null,
                "parts[\"p\"]: Invalid value for parts[\"p\"]: What is written here does not fit: an \
                 object is required, and not null.",
            ),
            (
                part(fraction),
                "parts[\"p\"].size: Invalid value for parts[\"p\"].size: What is written here does not fit: \
                 a whole number (i64) is required, and not a number with a fraction.",
            ),
        ] {
            let config = Value::from_iter([("parts", Value::from_iter([("p", element)]))]);
            let checked = |_: &Narrow| Diagnostic::error("checked", "It was.").into();
            let said = check_as(&config, checked).unwrap_or_else(|errors| errors);
            assert_eq!(said.to_string(), expected);
        }
    }
}
