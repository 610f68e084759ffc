//! RPCs about the provider block, and data sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Server;
use super::answer::{caught, conclude, with};
use super::registry::{decode, unreadable};
use super::resource::known;
use crate::provider::{Operation, Private, Provider, TIMEOUTS, check_as};
use crate::wire::tfplugin6 as pb;
use crate::{Diagnostics, Result, Value, model, plan};

impl<P: Provider> Server<P> {
    pub(crate) fn validate_provider_config(
        &self,
        request: &pb::validate_provider_config::Request,
    ) -> Result<pb::validate_provider_config::Response> {
        let config = self.provider_block(request.config.as_ref())?;
        self.set_block(config.clone());
        let check = |config: &Value| check_as(config, |config| self.provider.check(config));
        let diagnostics = plan::validate(&self.provider.schema(), &config, check)?;
        Ok(with(pb::validate_provider_config::Response::default(), &diagnostics))
    }

    pub(crate) fn configure_provider(
        &self,
        request: &pb::configure_provider::Request,
    ) -> Result<pb::configure_provider::Response> {
        let block = self.provider_block(request.config.as_ref())?;
        let config = model::from_value(&block);
        self.set_block(block);
        let config = config.map_err(|error| unreadable("read the provider block", &error))?;
        let mut warnings = Diagnostics::default();
        let configured = self.provider.configure(config, &request.terraform_version, &mut warnings);
        let configured = configured.map(|context| {
            self.set_context(context);
            pb::configure_provider::Response::default()
        });
        conclude(configured, warnings)
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
        let (offer, block) = (self.data_source(&request.type_name)?, self.block());
        let config = offer.decode(request.config.as_ref())?;
        let diagnostics =
            plan::validate(&offer.schema, &config, |config| offer.item.check_value(config, &block))?;
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
        let result = caught(async {
            let result = offer.item.read_value(&mut call, config, &offer.ty).await?;
            known(&result)?;
            Ok(pb::read_data_source::Response { state: offer.encode(&result)?, ..Default::default() })
        });
        let result = result.await;
        conclude(result, call.warnings)
    }

    fn provider_block(&self, config: Option<&pb::DynamicValue>) -> Result<Value> {
        let block = decode(config, &self.provider.schema().ty())?;
        // An absent block is the same as an empty one.
        Ok(if block.is_null() { Value::Map(BTreeMap::new()) } else { block })
    }
}
