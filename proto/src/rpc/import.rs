//! `ImportResourceState`.

use super::Server;
use super::answer::conclude;
use super::identity::{self, identify};
use super::registry::OfferedResource;
use super::resource::known;
use crate::provider::{Call, ImportTarget, Operation, Private, Provider};
use crate::wire::tfplugin6::import_resource_state as rpc;
use crate::{Result, Value, plan};

impl<P: Provider> Server<P> {
    pub(crate) fn import_resource_state(&self, request: &rpc::Request) -> Result<rpc::Response> {
        let offer = self.resource(&request.type_name)?;
        let timeout = offer.item.timeouts().of(Operation::Read, &Value::Null);
        let mut call = self.call(timeout, Private::default(), &offer.ty);
        let imported = import(offer, &mut call, request);
        conclude(imported, call.warnings)
    }
}

fn import<C>(
    offer: &OfferedResource<C>,
    call: &mut Call<C>,
    request: &rpc::Request,
) -> Result<rpc::Response> {
    let identity = identity::read(offer, request.identity.as_ref())?;
    let target = match &identity {
        Some(identity) if request.id.is_empty() => ImportTarget::Identity(identity),
        _ => ImportTarget::Id(&request.id),
    };
    let mut value = offer.item.import_value(call, target, &offer.ty)?;
    plan::null_write_only(&offer.schema, &mut value);
    known(&value)?;
    let imported = rpc::ImportedResource {
        type_name: request.type_name.clone(),
        state: offer.encode(&value)?,
        private: call.private.to_bytes(),
        identity: identify(offer, &value, request.identity.clone())?,
    };
    Ok(rpc::Response { imported_resources: vec![imported], ..Default::default() })
}
