//! `PlanResourceChange`.

use std::sync::Arc;

use super::Server;
use super::answer::{caught, with};
use super::registry::Offer;
use crate::provider::{Change, DynResource, Operation, Private, Provider, TIMEOUTS};
use crate::wire::tfplugin6::{self as pb, plan_resource_change as rpc};
use crate::{AttributePath, Diagnostics, Result, Value, contract, plan};

impl<P: Provider> Server<P> {
    pub(crate) async fn plan_resource_change(
        self: Arc<Self>,
        request: rpc::Request,
    ) -> Result<rpc::Response> {
        let offer = self.resource(&request.type_name)?;
        let prior = offer.decode(request.prior_state.as_ref())?;
        let proposed = offer.decode(request.proposed_new_state.as_ref())?;
        if proposed.is_null() {
            return self.plan_delete(offer, &prior, &request);
        }
        let config = offer.decode(request.config.as_ref())?;
        let timeout = offer.item.timeouts().of(Operation::Read, proposed.get(TIMEOUTS));
        let mut call = self.call(timeout, Private::from_bytes(&request.prior_private), &offer.ty);
        let planned = plan::prepare(&offer.schema, &config, &prior, proposed);
        let change = Change { config: config.clone(), prior: prior.clone(), planned };
        let mut planned = caught(offer.item.plan_value(&mut call, change, &offer.ty)).await?;
        plan::null_write_only(&offer.schema, &mut planned);
        if cfg!(debug_assertions) {
            contract::check_plan(&offer.schema, &config, &prior, &planned).into_result()?;
        }
        let replaced = plan::replacements(&offer.schema, &prior, &planned);
        let response = rpc::Response {
            planned_state: offer.encode(&planned)?,
            requires_replace: replaced.iter().map(AttributePath::to_wire).collect(),
            planned_private: call.private.to_bytes(),
            planned_identity: request.prior_identity,
            ..Default::default()
        };
        Ok(with(response, &call.warnings))
    }

    fn plan_delete(
        &self,
        offer: &Offer<&'static dyn DynResource<P::Context>>,
        prior: &Value,
        request: &rpc::Request,
    ) -> Result<rpc::Response> {
        let timeout = offer.item.timeouts().of(Operation::Delete, prior.get(TIMEOUTS));
        let mut call = self.call(timeout, Private::from_bytes(&request.prior_private), &offer.ty);
        // Deleting what state does not hold needs no say of the resource.
        if !prior.is_null() {
            offer.item.plan_delete_value(&mut call, prior)?;
        }
        let warnings: Diagnostics = call.warnings;
        let response = rpc::Response {
            planned_state: offer.encode(&Value::Null)?,
            planned_private: call.private.to_bytes(),
            planned_identity: request.prior_identity.clone(),
            ..Default::default()
        };
        Ok(with::<pb::plan_resource_change::Response>(response, &warnings))
    }
}
