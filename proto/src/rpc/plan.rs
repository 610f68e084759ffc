//! `PlanResourceChange`.

use std::sync::Arc;

use super::Server;
use super::answer::{caught, conclude};
use super::registry::OfferedResource;
use crate::provider::{Call, Change, Operation, Private, Provider, TIMEOUTS};
use crate::wire::tfplugin6::plan_resource_change as rpc;
use crate::{AttributePath, Result, Value, contract, plan};

impl<P: Provider> Server<P> {
    pub(crate) async fn plan_resource_change(
        self: Arc<Self>,
        request: rpc::Request,
    ) -> Result<rpc::Response> {
        let offer = self.resource(&request.type_name)?;
        let prior = offer.decode(request.prior_state.as_ref())?;
        let proposed = offer.decode(request.proposed_new_state.as_ref())?;
        let config = offer.decode(request.config.as_ref())?;
        let timeouts = offer.item.timeouts();
        let timeout = if proposed.is_null() {
            timeouts.of(Operation::Delete, prior.get(TIMEOUTS))
        } else {
            timeouts.of(Operation::Read, proposed.get(TIMEOUTS))
        };
        let mut call = self.call(timeout, Private::from_bytes(&request.prior_private), &offer.ty);
        call.config = config;
        let planned = caught(async {
            if proposed.is_null() {
                plan_delete(offer, &mut call, &prior).await
            } else {
                plan_change(offer, &mut call, Change { prior, planned: proposed }).await
            }
        });
        let answered = planned.await.map(|response| rpc::Response {
            planned_private: call.private.to_bytes(),
            planned_identity: request.prior_identity,
            ..response
        });
        conclude(answered, call.warnings)
    }
}

/// Plans a creation or a change in place from what core proposes.
async fn plan_change<C>(
    offer: &OfferedResource<C>,
    call: &mut Call<C>,
    proposal: Change,
) -> Result<rpc::Response> {
    let Change { prior, planned } = proposal;
    let planned = plan::prepare(&offer.schema, &call.config, &prior, planned);
    let change = Change { prior: prior.clone(), planned };
    let mut planned = offer.item.plan_value(call, change, &offer.ty).await?;
    plan::null_write_only(&offer.schema, &mut planned);
    if cfg!(debug_assertions) {
        contract::check_plan(&offer.schema, &call.config, &prior, &planned).into_result()?;
    }
    let mut replaced = plan::replacements(&offer.schema, &prior, &planned);
    if !prior.is_null() {
        replaced.append(&mut call.replaced);
    }
    Ok(rpc::Response {
        planned_state: offer.encode(&planned)?,
        requires_replace: replaced.iter().map(AttributePath::to_wire).collect(),
        ..Default::default()
    })
}

async fn plan_delete<C>(
    offer: &OfferedResource<C>,
    call: &mut Call<C>,
    prior: &Value,
) -> Result<rpc::Response> {
    // Deleting what state does not hold needs no say of the resource.
    if !prior.is_null() {
        offer.item.plan_delete_value(call, prior).await?;
    }
    Ok(rpc::Response { planned_state: offer.encode(&Value::Null)?, ..Default::default() })
}
