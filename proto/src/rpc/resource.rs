//! RPCs on resources before and after planning: validation, upgrade, reading.

use std::sync::Arc;

use super::Server;
use super::answer::{caught, conclude, with};
use super::identity::identify;
use super::registry::{OfferedResource, encode, unreadable};
use crate::provider::{Call, Operation, Private, Provider, TIMEOUTS, identity};
use crate::schema::Schema;
use crate::wire::tfplugin6 as pb;
use crate::{Diagnostic, Diagnostics, Result, Value, codec, plan, walk};

impl<P: Provider> Server<P> {
    pub(crate) fn validate_resource_config(
        &self,
        request: &pb::validate_resource_config::Request,
    ) -> Result<pb::validate_resource_config::Response> {
        let (offer, block) = (self.resource(&request.type_name)?, self.block());
        let config = offer.decode(request.config.as_ref())?;
        let mut diagnostics = Diagnostics::default();
        if !request.client_capabilities.is_some_and(|client| client.write_only_attributes_allowed) {
            diagnostics.extend(write_only_attributes(&offer.schema, &config));
        }
        let check = |config: &Value| offer.item.check_value(config, &block);
        diagnostics.extend(plan::validate(&offer.schema, &config, check)?);
        Ok(with(pb::validate_resource_config::Response::default(), &diagnostics))
    }

    /// Called for every stored object, at the same version too. The answer is the state in the shape of today's
    /// schema: what is missing is null, what the schema no longer has is gone.
    pub(crate) fn upgrade_resource_state(
        &self,
        request: &pb::upgrade_resource_state::Request,
    ) -> Result<pb::upgrade_resource_state::Response> {
        let offer = self.resource(&request.type_name)?;
        let Some(raw) = request.raw_state.as_ref().filter(|raw| !raw.json.is_empty()) else {
            let detail = "The state was written by a Terraform older than 0.12, in a form that this provider \
                          never wrote.";
            return Err(Diagnostic::error("The stored state cannot be read", detail).into());
        };
        let mut state = if request.version == offer.schema.version {
            codec::json::decode(&raw.json, &offer.ty)
                .map_err(|error| unreadable("read the stored state", &error))?
        } else {
            // What serde says of an error may quote the state.
            let state = serde_json::from_slice(&raw.json)
                .map_err(|_| Diagnostic::error("Could not read the stored state", "It is not JSON."))?;
            offer.item.upgrade_value(request.version, &state, &offer.ty)?
        };
        plan::null_write_only(&offer.schema, &mut state);
        known(&state)?;
        let upgraded_state = offer.encode(&state)?;
        Ok(pb::upgrade_resource_state::Response { upgraded_state, ..Default::default() })
    }

    pub(crate) fn upgrade_resource_identity(
        &self,
        request: &pb::upgrade_resource_identity::Request,
    ) -> Result<pb::upgrade_resource_identity::Response> {
        let offer = self.resource(&request.type_name)?;
        let ty = identity::ty(offer.item.identity_attributes());
        let raw = request.raw_identity.as_ref().map_or(&[][..], |raw| &raw.json[..]);
        let value =
            codec::json::decode(raw, &ty).map_err(|error| unreadable("read the stored identity", &error))?;
        let upgraded_identity = Some(pb::ResourceIdentityData { identity_data: encode(&value, &ty)? });
        Ok(pb::upgrade_resource_identity::Response { upgraded_identity, ..Default::default() })
    }

    pub(crate) async fn read_resource(
        self: Arc<Self>,
        request: pb::read_resource::Request,
    ) -> Result<pb::read_resource::Response> {
        let offer = self.resource(&request.type_name)?;
        let prior = offer.decode(request.current_state.as_ref())?;
        let timeout = offer.item.timeouts().of(Operation::Read, prior.get(TIMEOUTS));
        let mut call = self.call(timeout, Private::from_bytes(&request.private), &offer.ty);
        let found = caught(read(offer, &mut call, prior, request.current_identity)).await;
        let answered =
            found.map(|found| pb::read_resource::Response { private: call.private.to_bytes(), ..found });
        conclude(answered, call.warnings)
    }
}

async fn read<C>(
    offer: &OfferedResource<C>,
    call: &mut Call<C>,
    prior: Value,
    identity: Option<pb::ResourceIdentityData>,
) -> Result<pb::read_resource::Response> {
    let Some(value) = look(offer, call, prior).await? else {
        return Ok(pb::read_resource::Response {
            new_state: offer.encode(&Value::Null)?,
            ..Default::default()
        });
    };
    Ok(pb::read_resource::Response {
        new_state: offer.encode(&value)?,
        new_identity: identify(offer, &value, identity)?,
        ..Default::default()
    })
}

/// What is there now of an object, fit for an answer; nothing if it is gone.
pub(super) async fn look<C>(
    offer: &OfferedResource<C>,
    call: &mut Call<C>,
    prior: Value,
) -> Result<Option<Value>> {
    let found = offer.item.read_value(call, prior.clone(), &offer.ty).await?;
    let Some(mut value) = found else { return Ok(None) };
    plan::null_write_only(&offer.schema, &mut value);
    plan::keep_spelling(&offer.schema, &prior, &mut value);
    known(&value)?;
    Ok(Some(value))
}

/// Succeeds if the value holds no unknowns any more.
pub(crate) fn known(value: &Value) -> Result<()> {
    if value.is_wholly_known() {
        return Ok(());
    }
    let detail = "An attribute is still unknown. This is a bug in the provider; please report it.";
    Err(Diagnostic::error("The provider left a value unknown", detail).into())
}

fn write_only_attributes(schema: &Schema, config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    walk::values(&schema.block, config, &mut |attribute, path, _| {
        if attribute.write_only {
            let detail = format!("{path} is never stored, which needs Terraform 1.11 or later.");
            diagnostics
                .push(Diagnostic::error("Write-only attributes are not supported", detail).at(path.clone()));
        }
    });
    diagnostics
}
