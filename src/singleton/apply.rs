//! Making a setting true, and putting back what was there.

use std::time::Duration;

use serde_json::Value as Json;
use tfplugin_protocol::provider::Call;
use tfplugin_protocol::{Diagnostic, Diagnostics, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::kind::{Framed, KEEP, Kind, Place, RESTORE};
use super::record::Before;
use super::{planning, record};
use crate::arm::{self, Error, ErrorKind, ScopeKind};
use crate::context::{Context, patience, succession};
use crate::diagnostics::explain;
use crate::documents::{Document, Documents};

/// How long to look for what a failed write left behind. Terraform is waiting, and the deadline is over.
const LOOK_BACK: Duration = Duration::from_secs(30);

/// What a deletion leaves behind.
#[derive(Debug, PartialEq)]
pub(super) enum Leave {
    AsItIs,
    /// As it is too, because what was there before is not known.
    Unknown,
    Nothing,
    Body(Json),
}

/// Decides what a deletion leaves behind.
pub(super) fn leave(on_destroy: Option<&String>, before: Option<Before>) -> Leave {
    match (on_destroy.map_or(RESTORE, String::as_str), before) {
        (KEEP, _) => Leave::AsItIs,
        (RESTORE, None) => Leave::Unknown,
        (RESTORE, Some(Before::Body(body))) => Leave::Body(body),
        _ => Leave::Nothing,
    }
}

/// Takes a setting over and sets it.
pub(super) async fn create<K: Kind>(call: &mut Call<Context>, planned: K::Model) -> Result<K::Model> {
    let place = place::<K>(&planned)?;
    if succession::take_over(&mut call.private, &place.id) {
        // The predecessor is gone from the state, and only this one still knows what was there before.
        call.save(&planned);
    }
    let context = call.context()?;
    context.note_apply();
    let (documents, document) = (context.documents()?, place.document::<K>());
    let found = find::<K>(documents, &document, &patience(call)).await?;
    let before = match &found {
        Some(found) => K::before(&context, &place, found, &patience(call)).await?.map(Before::Body),
        None => Some(Before::Nothing),
    };
    if let Some(before) = before {
        record::note(&mut call.private, &place, before);
    }
    context.note_creation(&place.id);
    write::<K>(call, documents, &place, planned, found.as_ref()).await
}

/// Changes a setting in place.
pub(super) async fn update<K: Kind>(
    call: &mut Call<Context>,
    prior: &K::Model,
    planned: K::Model,
) -> Result<K::Model> {
    succession::forget(&mut call.private);
    if !planning::needs_write::<K>(prior, &planned) {
        return Ok(planned);
    }
    let place = place::<K>(&planned)?;
    let context = call.context()?;
    context.note_apply();
    let (documents, document) = (context.documents()?, place.document::<K>());
    let found = if K::MERGES { find::<K>(documents, &document, &patience(call)).await? } else { None };
    write::<K>(call, documents, &place, planned, found.as_ref()).await
}

/// Leaves behind what `on_destroy` says. What this run has taken over anew is not touched: with
/// `create_before_destroy`, or where a resource was renamed, Terraform destroys the old object after that.
pub(super) async fn delete<K: Kind>(call: &mut Call<Context>, prior: &K::Model) -> Result<()> {
    let place = place::<K>(prior)?;
    let context = call.context()?;
    context.note_apply();
    if succession::hand_over(&context, &call.private, &place.id) {
        tracing::info!(id = place.id, "left as it is: another resource of this run has taken it over");
        return Ok(());
    }
    let before = record::before(&call.private, &place);
    let body = match leave(prior.frame().on_destroy.known(), before) {
        Leave::AsItIs => return Ok(()),
        Leave::Unknown => {
            planning::warn_of_nothing(call, &place);
            return Ok(());
        }
        Leave::Nothing => K::off(prior),
        Leave::Body(body) => Some(body),
    };
    let (documents, document, patience) = (context.documents()?, place.document::<K>(), patience(call));
    let outcome = match body {
        None => documents.delete(&document, &patience).await.map(|()| None),
        Some(body) => {
            put::<K>(documents, &document, body, &patience).await.map(|answer| K::failures(&answer))
        }
    };
    match outcome {
        // The resource is gone, and its setting with it.
        Err(error) if is_gone(&error, &place) => Ok(()),
        Err(error) => Err(not_restored(&error)),
        Ok(failures) => {
            let failed = |(attribute, reason): (&String, &String)| {
                let detail = format!("{attribute} of {} could not be put back as it was: {reason}", place.id);
                Diagnostic::error("Restoring failed in part", detail)
            };
            failures.iter().flatten().map(failed).collect::<Diagnostics>().into_result().map(drop)
        }
    }
}

/// Where a setting is that is planned or stored.
pub(super) fn place<K: Kind>(model: &K::Model) -> Result<Place> {
    K::place(model)?.ok_or_else(|| {
        let detail = "The state of the setting is incomplete. Remove it with `terraform state rm`, and import it again.";
        Diagnostic::error("It is not known where the setting is", detail).into()
    })
}

/// Reads an answer.
pub(super) fn live<K: Kind>(document: &Document, body: &Json) -> Result<K::Live, Error> {
    K::live(body)
        .map_err(|problem| Error::unreadable(&format!("reading {}", document.what), &document.id, &problem))
}

async fn find<K: Kind>(
    documents: &Documents,
    document: &Document,
    call: &arm::Call,
) -> Result<Option<K::Live>, Error> {
    let found = documents.read(document, call).await?;
    found.map(|body| live::<K>(document, &body)).transpose()
}

/// One write, waited for.
async fn put<K: Kind>(
    documents: &Documents,
    document: &Document,
    body: Json,
    call: &arm::Call,
) -> Result<K::Live, Error> {
    let wanted = live::<K>(document, &body)?;
    let outcome = documents.write(document, body, call).await;
    let answer = K::settle(documents, document, &wanted, outcome, call).await?;
    live::<K>(document, &answer)
}

async fn write<K: Kind>(
    call: &mut Call<Context>,
    documents: &Documents,
    place: &Place,
    planned: K::Model,
    found: Option<&K::Live>,
) -> Result<K::Model> {
    let (document, wanted) = (place.document::<K>(), K::wanted(&planned, found));
    let is_there = found.filter(|found| K::is_taken(&wanted, found));
    if let (Some(found), true) = (is_there, record::failures(&call.private, None).is_empty()) {
        return Ok(K::refresh(planned, found, &record::Failures::new()));
    }
    let answer = match put::<K>(documents, &document, K::body(&wanted), &patience(call)).await {
        Ok(answer) => answer,
        Err(error) => {
            look_back::<K>(call, documents, &document, planned, &error).await;
            return Err(error.into());
        }
    };
    let failures = K::failures(&answer).unwrap_or_default();
    record::remember(&mut call.private, &failures);
    let is_taken = K::is_taken(&wanted, &answer);
    let state = K::refresh(planned, &answer, &failures);
    if is_taken && failures.is_empty() {
        return Ok(state);
    }
    call.save(&state);
    if failures.is_empty() {
        return Err(not_taken::<K>(place, &wanted, &answer).into());
    }
    Err(failures.iter().map(|(attribute, reason)| not_done(place, attribute, reason)).collect())
}

/// After a write of which it is not known whether it took effect: looks, and keeps what is found; where looking fails too,
/// what was planned. Something is kept in any case, because what must not be lost is what was there before.
async fn look_back<K: Kind>(
    call: &mut Call<Context>,
    documents: &Documents,
    document: &Document,
    planned: K::Model,
    error: &Error,
) {
    if !error.may_have_landed() {
        return;
    }
    let look = arm::Call { deadline: Instant::now() + LOOK_BACK, cancel: CancellationToken::new() };
    match find::<K>(documents, document, &look).await {
        Ok(Some(found)) => {
            let failures = K::failures(&found).unwrap_or_default();
            call.save(&K::refresh(planned, &found, &failures));
        }
        Ok(None) => {}
        Err(unseen) => {
            tracing::warn!(error = %unseen, "what the failed write left behind is not known");
            call.save(&planned);
        }
    }
}

fn is_gone(error: &Error, place: &Place) -> bool {
    *error.kind() == ErrorKind::NotFound && place.scope.kind() != ScopeKind::Subscription
}

fn not_done(place: &Place, attribute: &str, reason: &str) -> Diagnostic {
    let detail = format!(
        "{attribute} of {} is not in effect, though Azure took the rest. Azure says: {reason}\n\nMend the cause and apply \
         again; until then the plan shows it as a change to be made.",
        place.id
    );
    Diagnostic::error("A part of the setting could not be switched", detail).at(attribute)
}

fn not_taken<K: Kind>(place: &Place, wanted: &K::Live, now: &K::Live) -> Diagnostic {
    let detail = format!(
        "{} was sent as\n\n  {}\n\nand Azure answered without an error that it is\n\n  {}\n\nLook whether something else sets \
         it, a policy for example, and apply again.",
        place.id,
        K::body(wanted),
        K::body(now)
    );
    Diagnostic::error("The setting has not changed", detail)
}

/// What was there before may not be possible any more.
fn not_restored(error: &Error) -> Diagnostics {
    let mut diagnostic = explain(error);
    if *error.kind() == ErrorKind::Rejected {
        diagnostic.detail.push_str(
            "\n\nIf Azure does not take any more what was there before, set on_destroy = \"keep\", apply, and destroy again.",
        );
    }
    diagnostic.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_before_decides_where_it_is_to_be_put_back() {
        let body = || Json::from("before");
        for (on_destroy, before, expected) in [
            (Some("restore"), Some(Before::Body(body())), Leave::Body(body())),
            (Some("restore"), Some(Before::Nothing), Leave::Nothing),
            (Some("restore"), None, Leave::Unknown),
            (None, Some(Before::Body(body())), Leave::Body(body())),
            (Some("delete"), Some(Before::Body(body())), Leave::Nothing),
            (Some("disable"), None, Leave::Nothing),
            (Some("keep"), Some(Before::Body(body())), Leave::AsItIs),
        ] {
            let word = on_destroy.map(str::to_owned);
            assert_eq!(leave(word.as_ref(), before), expected, "{on_destroy:?}");
        }
    }
}
