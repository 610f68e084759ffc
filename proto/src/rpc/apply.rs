//! `ApplyResourceChange`: whatever happens, the answer holds the state that is true.

use std::sync::Arc;

use super::Server;
use super::answer::{caught, with};
use super::resource::{known, wire_identity};
use crate::provider::{Call, Change, Operation, Outcome, Private, Provider, TIMEOUTS};
use crate::wire::tfplugin6::apply_resource_change as rpc;
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
        let block = if planned.is_null() { &prior } else { &planned }.get(TIMEOUTS).clone();
        let timeout = offer.item.timeouts().of(operation, &block);
        let mut call = self.call(timeout, Private::from_bytes(&request.planned_private), &offer.ty);
        let change = Change { config, prior: prior.clone(), planned: planned.clone() };
        let applied = caught(offer.item.apply_value(&mut call, change, &offer.ty)).await;
        let settled = applied.and_then(|outcome| settle(&offer.schema, &planned, outcome));
        let (value, identity, private, diagnostics) = match settled {
            Ok(outcome) => {
                let (value, identity) = outcome.map_or((Value::Null, None), |o| (o.value, o.identity));
                (value, identity, call.private.clone(), Diagnostics::default())
            }
            Err(errors) => {
                let (value, private) = reached(&call, prior, block);
                (value, None, private, errors)
            }
        };
        let response = rpc::Response {
            new_state: offer.encode(&value)?,
            private: private.to_bytes(),
            new_identity: wire_identity(offer.item.identity_attributes(), identity)?
                .or(request.planned_identity),
            ..Default::default()
        };
        Ok(with(with(response, &diagnostics), &call.warnings))
    }
}

/// A result that Terraform will take.
fn settle(schema: &Schema, planned: &Value, outcome: Option<Outcome>) -> Result<Option<Outcome>> {
    let Some(Outcome { mut value, identity }) = outcome else { return Ok(None) };
    plan::null_write_only(schema, &mut value);
    if cfg!(debug_assertions) {
        contract::check_apply(schema, planned, &value).into_result()?;
    }
    Ok(Some(Outcome { value: known(value)?, identity }))
}

/// What is true after a failure: what was saved on the way, else what was there before. After a failed creation
/// that saved nothing that is nothing at all.
fn reached<C>(call: &Call<C>, prior: Value, timeouts: Value) -> (Value, Private) {
    match call.progress.take() {
        None => (prior, call.private.clone()),
        Some((mut saved, private)) => {
            if let Value::Map(entries) = &mut saved {
                entries.insert(TIMEOUTS.to_owned(), timeouts);
            }
            (saved, private)
        }
    }
}
