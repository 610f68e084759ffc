//! The gRPC service `tfplugin6.Provider`: messages in, messages out.
//!
//! Every RPC goes through [`answer()`]: it runs in a task of its own, so that a client that goes away does
//! not stop an apply half-way; a panic becomes a diagnostic; errors go into the answer, never into a gRPC
//! status, because core forgets the state of an object whose apply ends in one.

mod answer;
mod apply;
mod function;
mod identity;
mod import;
mod list;
mod moving;
mod offers;
mod plan;
mod provider;
mod registry;
mod resource;
mod unoffered;

use std::sync::Arc;

use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use self::answer::{Subject, answer, stream};
use crate::provider::Provider;
use crate::wire::tfplugin6::{self as pb, provider_server};
pub(crate) use registry::Server;

/// The service, as tonic wants it: cheap to share.
pub(crate) struct Service<P: Provider>(Arc<Server<P>>);

impl<P: Provider> Service<P> {
    pub(crate) fn new(provider: P) -> Self {
        Self(Arc::new(Server::new(provider)))
    }
}

/// Writes the service: one line per RPC, with the function that answers it and the type that it is about. Those
/// that decide are plain functions, those that carry are async.
macro_rules! service {
    (
        decide { $($decide:ident($asked:ident) $(about $kind:ident in $name:ident)?;)* }
        carry { $($carry:ident($request:ident) about $carried:ident in $carried_name:ident;)* }
        $($rest:tt)*
    ) => {
        #[tonic::async_trait]
        impl<P: Provider> provider_server::Provider for Service<P> {
            $(
                async fn $decide(
                    &self,
                    request: Request<pb::$asked::Request>,
                ) -> Result<Response<pb::$asked::Response>, Status> {
                    let (server, request) = (Arc::clone(&self.0), request.into_inner());
                    service!(@name name, subject, request $(, $kind, $name)?);
                    let work = async move { server.$decide(&request) };
                    Ok(Response::new(answer(stringify!($decide), subject, work).await))
                }
            )*
            $(
                async fn $carry(
                    &self,
                    request: Request<pb::$request::Request>,
                ) -> Result<Response<pb::$request::Response>, Status> {
                    let (server, request) = (Arc::clone(&self.0), request.into_inner());
                    service!(@name name, subject, request, $carried, $carried_name);
                    let work = server.$carry(request);
                    Ok(Response::new(answer(stringify!($carry), subject, work).await))
                }
            )*
            $($rest)*
        }
    };
    (@name $text:ident, $subject:ident, $request:ident) => {
        let $subject = Subject::Provider;
    };
    (@name $text:ident, $subject:ident, $request:ident, $kind:ident, $name:ident) => {
        let $text = $request.$name.clone();
        let $subject = Subject::$kind(&$text);
    };
}

service! {
    decide {
        get_metadata(get_metadata);
        get_provider_schema(get_provider_schema);
        get_resource_identity_schemas(get_resource_identity_schemas);
        get_functions(get_functions);
        validate_provider_config(validate_provider_config);
        configure_provider(configure_provider);
        stop_provider(stop_provider);
        validate_resource_config(validate_resource_config) about Resource in type_name;
        upgrade_resource_state(upgrade_resource_state) about Resource in type_name;
        upgrade_resource_identity(upgrade_resource_identity) about Resource in type_name;
        import_resource_state(import_resource_state) about Resource in type_name;
        move_resource_state(move_resource_state) about Resource in target_type_name;
        generate_resource_config(generate_resource_config) about Resource in type_name;
        validate_data_resource_config(validate_data_resource_config) about DataSource in type_name;
        call_function(call_function);
        validate_ephemeral_resource_config(validate_ephemeral_resource_config);
        open_ephemeral_resource(open_ephemeral_resource);
        renew_ephemeral_resource(renew_ephemeral_resource);
        close_ephemeral_resource(close_ephemeral_resource);
        validate_list_resource_config(validate_list_resource_config) about ListResource in type_name;
        validate_state_store_config(validate_state_store);
        configure_state_store(configure_state_store);
        lock_state(lock_state);
        unlock_state(unlock_state);
        get_states(get_states);
        delete_state(delete_state);
        plan_action(plan_action);
        validate_action_config(validate_action_config);
    }
    carry {
        read_resource(read_resource) about Resource in type_name;
        plan_resource_change(plan_resource_change) about Resource in type_name;
        apply_resource_change(apply_resource_change) about Resource in type_name;
        read_data_source(read_data_source) about DataSource in type_name;
    }

    async fn list_resource(
        &self,
        request: Request<pb::list_resource::Request>,
    ) -> Result<Response<BoxStream<pb::list_resource::Event>>, Status> {
        let (server, request) = (Arc::clone(&self.0), request.into_inner());
        let name = request.type_name.clone();
        let work = |events| server.list_resource(request, events);
        Ok(Response::new(stream("list_resource", Subject::ListResource(&name), work)))
    }

    async fn invoke_action(
        &self,
        request: Request<pb::invoke_action::Request>,
    ) -> Result<Response<BoxStream<pb::invoke_action::Event>>, Status> {
        use pb::invoke_action::event::{Completed, Type};
        let diagnostics = unoffered::diagnostics("action", &request.into_inner().action_type).to_wire();
        Ok(one(pb::invoke_action::Event { r#type: Some(Type::Completed(Completed { diagnostics })) }))
    }

    async fn read_state_bytes(
        &self,
        request: Request<pb::read_state_bytes::Request>,
    ) -> Result<Response<BoxStream<pb::read_state_bytes::Response>>, Status> {
        let diagnostics = unoffered::diagnostics("state store", &request.into_inner().type_name).to_wire();
        Ok(one(pb::read_state_bytes::Response { diagnostics, ..Default::default() }))
    }

    async fn write_state_bytes(
        &self,
        _: Request<tonic::Streaming<pb::write_state_bytes::RequestChunk>>,
    ) -> Result<Response<pb::write_state_bytes::Response>, Status> {
        let diagnostics = unoffered::diagnostics("state store", "").to_wire();
        Ok(Response::new(pb::write_state_bytes::Response { diagnostics }))
    }
}

/// A stream of one message.
fn one<T: Send + 'static>(message: T) -> Response<BoxStream<T>> {
    Response::new(Box::pin(tokio_stream::once(Ok(message))))
}

#[cfg(test)]
mod tests;
