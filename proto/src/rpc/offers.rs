//! RPCs that tell what the provider offers. They run in processes that are never configured.

use std::collections::HashMap;

use super::Server;
use crate::provider::{IdentityAttribute, Provider};
#[cfg(debug_assertions)]
use crate::schema::{problems, signature_problems};
use crate::wire::tfplugin6 as pb;
#[cfg(debug_assertions)]
use crate::{Diagnostic, Diagnostics};
use crate::{Result, Schema, Type};

impl<P: Provider> Server<P> {
    pub(crate) fn get_metadata(&self, _: &pb::get_metadata::Request) -> Result<pb::get_metadata::Response> {
        let names = |name: &&str| (*name).to_owned();
        let resources = self.offers().resources.keys().map(names);
        let data_sources = self.offers().data_sources.keys().map(names);
        let functions = self.offers().functions.keys().map(names);
        let lists = self.offers().lists.keys().map(names);
        Ok(pb::get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: resources.map(|type_name| pb::get_metadata::ResourceMetadata { type_name }).collect(),
            data_sources: data_sources
                .map(|type_name| pb::get_metadata::DataSourceMetadata { type_name })
                .collect(),
            functions: functions.map(|name| pb::get_metadata::FunctionMetadata { name }).collect(),
            list_resources: lists
                .map(|type_name| pb::get_metadata::ListResourceMetadata { type_name })
                .collect(),
            ..Default::default()
        })
    }

    pub(crate) fn get_provider_schema(
        &self,
        _: &pb::get_provider_schema::Request,
    ) -> Result<pb::get_provider_schema::Response> {
        let provider = self.provider.schema();
        let resources = self.offers().resources.iter().map(|(name, offer)| (*name, &offer.schema));
        let data_sources = self.offers().data_sources.iter().map(|(name, offer)| (*name, &offer.schema));
        let lists = self.offers().lists.iter().map(|(name, offer)| (*name, &offer.schema));
        // A schema that core cannot read ends Terraform itself, so what is wrong is said before core sees it.
        #[cfg(debug_assertions)]
        {
            let schemas = resources.clone().chain(data_sources.clone()).chain([("provider", &provider)]);
            let lists = lists.clone().map(|(name, schema)| (format!("list {name}"), schema));
            let schemas = schemas.map(|(name, schema)| (name.to_owned(), schema)).chain(lists);
            let nameless = self.nameless_lists();
            refuse(schemas.flat_map(|(name, schema)| problems(&name, schema)).chain(nameless))?;
        }
        let wire = |(name, schema): (&str, &Schema)| (name.to_owned(), schema.to_wire());
        Ok(pb::get_provider_schema::Response {
            provider: Some(provider.to_wire()),
            resource_schemas: resources.map(wire).collect(),
            data_source_schemas: data_sources.map(wire).collect(),
            functions: self.functions()?,
            list_resource_schemas: lists.map(wire).collect(),
            server_capabilities: Some(capabilities()),
            ..Default::default()
        })
    }

    pub(crate) fn get_resource_identity_schemas(
        &self,
        _: &pb::get_resource_identity_schemas::Request,
    ) -> Result<pb::get_resource_identity_schemas::Response> {
        let schemas = self.offers().resources.iter().filter_map(|(name, offer)| {
            let attributes = offer.item.identity_attributes();
            (!attributes.is_empty()).then(|| ((*name).to_owned(), identity_schema(attributes)))
        });
        Ok(pb::get_resource_identity_schemas::Response {
            identity_schemas: schemas.collect(),
            ..Default::default()
        })
    }

    pub(crate) fn get_functions(
        &self,
        _: &pb::get_functions::Request,
    ) -> Result<pb::get_functions::Response> {
        Ok(pb::get_functions::Response { functions: self.functions()?, ..Default::default() })
    }

    /// Core refuses the whole provider where the objects that a list gives have no identity.
    #[cfg(debug_assertions)]
    fn nameless_lists(&self) -> impl Iterator<Item = String> {
        let resources = &self.offers().resources;
        let nameless = |name: &&&str| resources[**name].item.identity_attributes().is_empty();
        let lists = self.offers().lists.keys().filter(nameless);
        lists.map(|name| format!("list {name}: the resource has no identity"))
    }

    fn functions(&self) -> Result<HashMap<String, pb::Function>> {
        let signatures = self.offers().functions.iter().map(|(name, offer)| (*name, &offer.signature));
        #[cfg(debug_assertions)]
        refuse(signatures.clone().flat_map(|(name, signature)| signature_problems(name, signature)))?;
        Ok(signatures.map(|(name, signature)| (name.to_owned(), signature.to_wire())).collect())
    }
}

/// Deletions are planned, so that a resource can have a say; the schema is asked for once per command and not
/// once per process.
fn capabilities() -> pb::ServerCapabilities {
    pb::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: false,
    }
}

fn identity_schema(attributes: &[IdentityAttribute]) -> pb::ResourceIdentitySchema {
    let attribute = |attribute: &IdentityAttribute| pb::resource_identity_schema::IdentityAttribute {
        name: attribute.name.to_owned(),
        r#type: Type::String.to_json().into_bytes(),
        required_for_import: attribute.required,
        optional_for_import: !attribute.required,
        description: attribute.description.to_owned(),
    };
    pb::ResourceIdentitySchema { version: 0, identity_attributes: attributes.iter().map(attribute).collect() }
}

#[cfg(debug_assertions)]
fn refuse(problems: impl Iterator<Item = String>) -> Result<Diagnostics> {
    problems
        .map(|problem| Diagnostic::error("The provider's schema is not valid", problem))
        .collect::<Diagnostics>()
        .into_result()
}
