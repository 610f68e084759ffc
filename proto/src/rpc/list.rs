//! `ListResource` and `ValidateListResourceConfig`.
//!
//! The author's listing and the way to the client run beside each other, an object between them: whoever looks for
//! the next page need not wait for the objects of this one to be read. Where one ends, so does the other.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Server;
use super::answer::{Events, caught, with};
use super::identity::identify;
use super::registry::{Offer, OfferedResource};
use super::resource::{known, look};
use crate::provider::{Find, Operation, Private, Provider, Taking};
use crate::wire::tfplugin6::list_resource::{Event, Request};
use crate::wire::tfplugin6::{self as pb, validate_list_resource_config as validate};
use crate::{AttributePath, Diagnostic, Diagnostics, Result, Type, Value, plan};

impl<P: Provider> Server<P> {
    pub(crate) fn validate_list_resource_config(
        &self,
        request: &validate::Request,
    ) -> Result<validate::Response> {
        let (offer, block) = (self.list(&request.type_name)?, self.block());
        let query = query(offer, request.config.as_ref())?;
        let check = |query: &Value| offer.item.check_query_value(query, &block);
        let diagnostics = plan::validate(&offer.schema, &query, check).map_err(in_config)?;
        Ok(with(validate::Response::default(), &in_config(diagnostics)))
    }

    pub(crate) async fn list_resource(
        self: Arc<Self>,
        request: Request,
        events: Events<Event>,
    ) -> Result<()> {
        let (list, offer) = (self.list(&request.type_name)?, self.resource(&request.type_name)?);
        let query = query(list, request.config.as_ref())?;
        let timeout = offer.item.timeouts().of(Operation::Read, &Value::Null);
        let mut call = self.call(timeout, Private::default(), &offer.ty);
        let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0);
        let (taker, mut found) = mpsc::channel(1);
        let sending = async {
            let mut sent = 0;
            while let Some(find) = found.recv().await {
                if let Some(event) = self.event(offer, find, request.include_resource_object).await? {
                    send(&events, event).await;
                    sent += 1;
                }
                if limit == Some(sent) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let taking = Taking { taker, ty: Arc::clone(&offer.ty), limit };
        let listing = list.item.list_value(&mut call, query, taking);
        let outcome = together(caught(listing), sending).await;
        for warning in call.warnings {
            let only = with(Event::default(), &in_config(warning.into()));
            send(&events, only).await;
        }
        outcome.map_err(in_config)
    }

    /// An object as an event; nothing if a whole one is wanted, and it is gone meanwhile.
    async fn event(
        &self,
        offer: &OfferedResource<P::Context>,
        Find { display_name, mut state }: Find,
        whole: bool,
    ) -> Result<Option<Event>> {
        plan::null_write_only(&offer.schema, &mut state);
        known(&state)?;
        let mut warnings = Diagnostics::default();
        if whole {
            let timeout = offer.item.timeouts().of(Operation::Read, &Value::Null);
            let mut call = self.call(timeout, Private::default(), &offer.ty);
            let Some(read) = caught(look(offer, &mut call, state)).await? else { return Ok(None) };
            (state, warnings) = (read, call.warnings);
        }
        let Some(identity) = identify(offer, &state, None)? else { return Err(nameless(&display_name)) };
        let event = Event {
            identity: Some(identity),
            display_name,
            resource_object: if whole { offer.encode(&state)? } else { None },
            diagnostic: Vec::new(),
        };
        Ok(Some(with(event, &warnings)))
    }
}

/// What the user wrote as `config`; a list block without one is one that says nothing.
fn query<T>(list: &Offer<T>, config: Option<&pb::DynamicValue>) -> Result<Value> {
    match (list.decode(config)?, &*list.ty) {
        (Value::Null, Type::Object(types)) => Ok(types.keys().map(|name| (name, Value::Null)).collect()),
        (query, _) => Ok(query),
    }
}

/// Core looks for attributes in the list block, where a query is the block `config`: measured with Terraform 1.15.5.
fn in_config(said: Diagnostics) -> Diagnostics {
    let inside = |path: AttributePath| {
        path.steps().iter().fold(AttributePath::of("config"), |path, step| path.then(step.clone()))
    };
    said.into_iter().map(|one| Diagnostic { path: one.path.map(inside), ..one }).collect()
}

/// A client that has gone away gets nothing, and soon the stream is dropped.
async fn send(events: &Events<Event>, event: Event) {
    drop(events.send(Ok(event)).await);
}

/// Runs both until there is nothing to send any more: because all has been found, or enough.
async fn together(
    listing: impl Future<Output = Result<()>>,
    sending: impl Future<Output = Result<bool>>,
) -> Result<()> {
    let mut sending = std::pin::pin!(sending);
    tokio::select! {
        biased;
        sent = &mut sending => sent.map(drop),
        listed = listing => {
            // What was found before it failed goes out first; where that is enough, the failure is nothing to tell.
            if sending.await? { Ok(()) } else { listed }
        }
    }
}

fn nameless(display_name: &str) -> Diagnostics {
    let detail = format!("{display_name} has none. This is a bug in the provider; please report it.");
    Diagnostic::error("An object that was found has no identity", detail).into()
}
