//! `ApplyResourceChange`: whatever happens, the answer holds the state that is true.

use std::sync::Arc;

use super::Server;
use super::answer::{caught, with};
use super::identity::identify;
use super::registry::OfferedResource;
use super::resource::known;
use crate::codec::storable;
use crate::provider::{Call, Change, Operation, Private, Provider, TIMEOUTS};
use crate::wire::tfplugin6::{self as pb, apply_resource_change as rpc};
use crate::{Diagnostics, Result, Schema, Value, contract, plan};

impl<P: Provider> Server<P> {
    pub(crate) async fn apply_resource_change(
        self: Arc<Self>,
        request: rpc::Request,
    ) -> Result<rpc::Response> {
        let offer = self.resource(&request.type_name)?;
        let prior = offer.decode(request.prior_state.as_ref())?;
        let planned = offer.decode(request.planned_state.as_ref())?;
        let config = offer.decode(request.config.as_ref())?;
        let operation = match (prior.is_null(), planned.is_null()) {
            (_, true) => Operation::Delete,
            (true, false) => Operation::Create,
            (false, false) => Operation::Update,
        };
        let block = if planned.is_null() { &prior } else { &planned }.get(TIMEOUTS);
        let timeout = offer.item.timeouts().of(operation, block);
        let mut call = self.call(timeout, Private::from_bytes(&request.planned_private), &offer.ty);
        call.config = config;
        let change = Change { prior: prior.clone(), planned: planned.clone() };
        let applied = caught(apply(offer, &mut call, change)).await;
        let end = applied.unwrap_or_else(|errors| reached(&offer.schema, &call, prior, &planned, errors));
        let response = respond(offer, end, request.planned_identity).await?;
        Ok(with(response, &call.warnings))
    }
}

/// How an apply ends. A value beside errors is stored all the same.
struct End {
    value: Value,
    private: Private,
    diagnostics: Diagnostics,
}

/// Applies, and holds the result to what was planned.
async fn apply<C>(offer: &OfferedResource<C>, call: &mut Call<C>, change: Change) -> Result<End> {
    let planned = change.planned.clone();
    let outcome = offer.item.apply_value(call, change, &offer.ty).await?;
    let mut diagnostics = Diagnostics::default();
    let value = outcome.map_or(Value::Null, |mut value| {
        plan::keep_spelling(&offer.schema, &planned, &mut value);
        plan::null_write_only(&offer.schema, &mut value);
        if cfg!(debug_assertions) {
            diagnostics = contract::check_apply(&planned, &value);
        }
        if !diagnostics.has_errors() {
            diagnostics.extend(known(&value).err().unwrap_or_default());
        }
        value
    });
    Ok(End { value, private: call.private.clone(), diagnostics })
}

/// What is true after a failure: what was saved on the way, else what was there before. After a failed creation
/// that saved nothing that is nothing at all.
fn reached<C>(
    schema: &Schema,
    call: &Call<C>,
    prior: Value,
    planned: &Value,
    diagnostics: Diagnostics,
) -> End {
    let Some((mut value, private)) = call.progress.take() else {
        return End { value: prior, private: call.private.clone(), diagnostics };
    };
    let timeouts = if planned.is_null() { &prior } else { planned }.get(TIMEOUTS);
    if let Value::Map(entries) = &mut value {
        entries.insert(TIMEOUTS.to_owned(), timeouts.clone());
    }
    plan::null_write_only(schema, &mut value);
    End { value, private, diagnostics }
}

/// The answer. What of the value or its identity cannot be told becomes an error beside what can: an answer
/// without an object would make Terraform forget the one that is there.
async fn respond<C>(
    offer: &OfferedResource<C>,
    end: End,
    planned_identity: Option<pb::ResourceIdentityData>,
) -> Result<rpc::Response> {
    let End { mut value, private, mut diagnostics } = end;
    let whole = offer.encode(&value).unwrap_or_else(|errors| {
        diagnostics.extend(errors);
        None
    });
    let new_state = if diagnostics.has_errors() {
        value = storable(value, &offer.ty);
        offer.encode(&value)?
    } else {
        whole
    };
    let new_identity = caught(async { identify(offer, &value, planned_identity.clone()) }).await;
    let new_identity = new_identity.unwrap_or_else(|errors| {
        // What was only half reached need not tell who it is, and has an error already.
        if !diagnostics.has_errors() {
            diagnostics.extend(errors);
        }
        planned_identity
    });
    let response =
        rpc::Response { new_state, private: private.to_bytes(), new_identity, ..Default::default() };
    Ok(with(response, &diagnostics))
}
