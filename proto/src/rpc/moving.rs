//! `MoveResourceState`.

use serde_json::Value as Json;

use super::Server;
use super::answer::with;
use super::identity::identify;
use super::resource::known;
use crate::provider::{MoveSource, Moved, Provider};
use crate::wire::tfplugin6::{self as pb, move_resource_state as rpc};
use crate::{Diagnostic, Result, plan};

impl<P: Provider> Server<P> {
    /// Runs in a process that is not configured. OpenTofu asks without looking at the capability.
    pub(crate) fn move_resource_state(&self, request: &rpc::Request) -> Result<rpc::Response> {
        let offer = self.resource(&request.target_type_name)?;
        let (state, identity) =
            (json(request.source_state.as_ref())?, json(request.source_identity.as_ref())?);
        let Some(state) = &state else {
            let detail = "The state of the old resource was written by a Terraform older than 0.12. Apply it once \
                          with a newer Terraform and its old provider, and move it after that.";
            return Err(Diagnostic::error("The stored state cannot be read", detail).into());
        };
        let source = MoveSource {
            provider: &request.source_provider_address,
            type_name: &request.source_type_name,
            schema_version: request.source_schema_version,
            state,
            identity: identity.as_ref(),
        };
        let Moved { state: mut value, private, warnings } = offer.item.move_value(&source, &offer.ty)?;
        plan::null_write_only(&offer.schema, &mut value);
        known(&value)?;
        let answer = rpc::Response {
            target_state: offer.encode(&value)?,
            target_private: private.to_bytes(),
            target_identity: identify(offer, &value, None)?,
            ..Default::default()
        };
        Ok(with(answer, &warnings))
    }
}

/// JSON of another provider's. What serde says of an error may quote it, so that is not told.
fn json(raw: Option<&pb::RawState>) -> Result<Option<Json>> {
    let Some(raw) = raw.filter(|raw| !raw.json.is_empty()) else { return Ok(None) };
    let unreadable = |_| Diagnostic::error("Could not read the stored state", "It is not JSON.");
    Ok(Some(serde_json::from_slice(&raw.json).map_err(unreadable)?))
}
