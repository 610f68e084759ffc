//! RPCs about the provider block, and data sources.

use std::sync::Arc;

use super::Server;
use super::answer::with;
use super::registry::{decode, unreadable};
use crate::provider::{Operation, Private, Provider, TIMEOUTS};
use crate::wire::tfplugin6 as pb;
use crate::{Result, Value, model, plan};

impl<P: Provider> Server<P> {
    pub(crate) fn validate_provider_config(
        &self,
        request: &pb::validate_provider_config::Request,
    ) -> Result<pb::validate_provider_config::Response> {
        let config = self.provider_block(request.config.as_ref())?;
        let mut diagnostics = plan::validate(&self.provider.schema(), &config);
        if !diagnostics.has_errors() {
            diagnostics.extend(self.provider.check(&Self::provider_config(&config)?));
        }
        Ok(with(pb::validate_provider_config::Response::default(), &diagnostics))
    }

    pub(crate) fn configure_provider(
        &self,
        request: &pb::configure_provider::Request,
    ) -> Result<pb::configure_provider::Response> {
        let config = self.provider_block(request.config.as_ref())?;
        let config = Self::provider_config(&config)?;
        self.set_context(self.provider.configure(config, &request.terraform_version)?);
        Ok(pb::configure_provider::Response::default())
    }

    pub(crate) fn stop_provider(
        &self,
        _: &pb::stop_provider::Request,
    ) -> Result<pb::stop_provider::Response> {
        self.stop();
        Ok(pb::stop_provider::Response::default())
    }

    pub(crate) fn validate_data_resource_config(
        &self,
        request: &pb::validate_data_resource_config::Request,
    ) -> Result<pb::validate_data_resource_config::Response> {
        let offer = self.data_source(&request.type_name)?;
        let config = offer.decode(request.config.as_ref())?;
        let mut diagnostics = plan::validate(&offer.schema, &config);
        if !diagnostics.has_errors() {
            diagnostics.extend(offer.item.check_value(&config)?);
        }
        Ok(with(pb::validate_data_resource_config::Response::default(), &diagnostics))
    }

    pub(crate) async fn read_data_source(
        self: Arc<Self>,
        request: pb::read_data_source::Request,
    ) -> Result<pb::read_data_source::Response> {
        let offer = self.data_source(&request.type_name)?;
        let config = offer.decode(request.config.as_ref())?;
        let timeout = offer.item.timeouts().of(Operation::Read, config.get(TIMEOUTS));
        let mut call = self.call(timeout, Private::default(), &offer.ty);
        let result = offer.item.read_value(&mut call, config, &offer.ty).await?;
        let state = offer.encode(&result)?;
        Ok(with(pb::read_data_source::Response { state, ..Default::default() }, &call.warnings))
    }

    fn provider_block(&self, config: Option<&pb::DynamicValue>) -> Result<Value> {
        decode(config, &self.provider.schema().ty())
    }

    fn provider_config(block: &Value) -> Result<P::Config> {
        // An absent block is the same as an empty one.
        let empty = Value::Map(std::collections::BTreeMap::new());
        let block = if block.is_null() { &empty } else { block };
        model::from_value(block).map_err(|error| unreadable("read the provider block", &error))
    }
}
