//! `ImportResourceState`.

use super::Server;
use super::answer::with;
use super::resource::{known, read_identity, wire_identity};
use crate::provider::{ImportTarget, Operation, Outcome, Private, Provider};
use crate::wire::tfplugin6::import_resource_state as rpc;
use crate::{Result, Value};

impl<P: Provider> Server<P> {
    pub(crate) fn import_resource_state(&self, request: &rpc::Request) -> Result<rpc::Response> {
        let offer = self.resource(&request.type_name)?;
        let attributes = offer.item.identity_attributes();
        let identity = read_identity(attributes, request.identity.as_ref())?;
        let target = match &identity {
            Some(identity) if request.id.is_empty() => ImportTarget::Identity(identity),
            _ => ImportTarget::Id(&request.id),
        };
        let timeout = offer.item.timeouts().of(Operation::Read, &Value::Null);
        let mut call = self.call(timeout, Private::default(), &offer.ty);
        let Outcome { value, identity } = offer.item.import_value(&mut call, target, &offer.ty)?;
        let imported = rpc::ImportedResource {
            type_name: request.type_name.clone(),
            state: offer.encode(&known(value)?)?,
            private: call.private.to_bytes(),
            identity: wire_identity(attributes, identity)?,
        };
        let response = rpc::Response { imported_resources: vec![imported], ..Default::default() };
        Ok(with(response, &call.warnings))
    }
}
