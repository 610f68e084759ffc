//! RPCs on resources before and after planning: validation, upgrade, reading.

use std::sync::Arc;

use super::Server;
use super::answer::{caught, with};
use super::registry::{decode, encode, unreadable};
use crate::provider::{IdentityAttribute, Operation, Outcome, Private, Provider, TIMEOUTS, identity};
use crate::schema::Schema;
use crate::wire::tfplugin6 as pb;
use crate::{AttributePath, Diagnostic, Diagnostics, Result, Value, codec, plan, walk};

impl<P: Provider> Server<P> {
    pub(crate) fn validate_resource_config(
        &self,
        request: &pb::validate_resource_config::Request,
    ) -> Result<pb::validate_resource_config::Response> {
        let offer = self.resource(&request.type_name)?;
        let config = offer.decode(request.config.as_ref())?;
        let mut diagnostics = plan::validate(&offer.schema, &config);
        if !request.client_capabilities.is_some_and(|client| client.write_only_attributes_allowed) {
            diagnostics.extend(write_only_attributes(&offer.schema, &config));
        }
        // A value that the schema refuses has no place in the resource's own struct either.
        if !diagnostics.has_errors() {
            diagnostics.extend(offer.item.check_value(&config)?);
        }
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
        let mut state = codec::json::decode(&raw.json, &offer.ty)
            .map_err(|error| unreadable("read the stored state", &error))?;
        plan::null_write_only(&offer.schema, &mut state);
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
        let found = caught(offer.item.read_value(&mut call, prior.clone(), &offer.ty)).await?;
        let mut response =
            pb::read_resource::Response { private: call.private.to_bytes(), ..Default::default() };
        match found {
            None => response.new_state = offer.encode(&Value::Null)?,
            Some(Outcome { mut value, identity }) => {
                plan::null_write_only(&offer.schema, &mut value);
                plan::keep_spelling(&offer.schema, &prior, &mut value);
                response.new_state = offer.encode(&known(value)?)?;
                response.new_identity = wire_identity(offer.item.identity_attributes(), identity)?;
            }
        }
        Ok(with(response, &call.warnings))
    }

    pub(crate) fn move_resource_state(
        &self,
        request: &pb::move_resource_state::Request,
    ) -> Result<pb::move_resource_state::Response> {
        let detail = format!(
            "{} of {} cannot be moved to {}. Import the object into {0} instead, and take the old resource out \
             of the state with a `removed` block.",
            request.source_type_name, request.source_provider_address, request.target_type_name
        );
        Err(Diagnostic::error("The resource cannot be moved", detail).into())
    }
}

/// The value, which must not hold unknowns any more.
pub(crate) fn known(value: Value) -> Result<Value> {
    if value.is_wholly_known() {
        return Ok(value);
    }
    let detail = "An attribute is still unknown. This is a bug in the provider; please report it.";
    Err(Diagnostic::error("The provider left a value unknown", detail).into())
}

/// An identity as a message carries it; absent where the resource has none.
pub(crate) fn wire_identity(
    attributes: &[IdentityAttribute],
    value: Option<Value>,
) -> Result<Option<pb::ResourceIdentityData>> {
    if attributes.is_empty() {
        return Ok(None);
    }
    let ty = identity::ty(attributes);
    let data = |value: Value| Ok(pb::ResourceIdentityData { identity_data: encode(&value, &ty)? });
    value.map(data).transpose()
}

/// An identity from a message.
pub(crate) fn read_identity(
    attributes: &[IdentityAttribute],
    data: Option<&pb::ResourceIdentityData>,
) -> Result<Option<Value>> {
    let Some(data) = data else { return Ok(None) };
    decode(data.identity_data.as_ref(), &identity::ty(attributes)).map(Some)
}

fn write_only_attributes(schema: &Schema, config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    walk::values(&schema.block, config, &AttributePath::default(), &mut |attribute, path, _| {
        if attribute.write_only {
            let detail = format!("{path} is never stored, which needs Terraform 1.11 or later.");
            diagnostics.push(Diagnostic::error("Write-only attributes are not supported", detail).at(path));
        }
    });
    diagnostics
}
