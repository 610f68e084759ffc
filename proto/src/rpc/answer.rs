//! One way to answer: run, catch, log.

use std::future::Future;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tonic::codegen::BoxStream;
use tracing::Instrument as _;

use crate::log::{CaughtPanic, catch_panic};
use crate::wire::tfplugin6 as pb;
use crate::{Diagnostic, Diagnostics, Result};

/// A response that can carry diagnostics.
pub(crate) trait Answer: Default + Send + 'static {
    /// Puts the diagnostics in front of those that the answer has already.
    fn add(&mut self, diagnostics: &Diagnostics);
    /// How many errors and warnings the answer carries.
    fn counts(&self) -> (usize, usize);
}

/// What an RPC is about, for the log.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// The provider as a whole, or what it does not offer.
    Provider,
    /// A resource type.
    Resource(&'a str),
    /// A data source type.
    DataSource(&'a str),
    /// A list resource type.
    ListResource(&'a str),
}

/// Runs `work` to its end, whatever becomes of the client, and turns errors and panics into diagnostics.
pub(crate) async fn answer<R: Answer>(
    rpc: &'static str,
    subject: Subject<'_>,
    work: impl Future<Output = Result<R>> + Send + 'static,
) -> R {
    let start = Instant::now();
    let span = span(rpc, subject);
    let outcome = tokio::spawn(caught(work).instrument(span.clone())).await;
    let answer = match outcome.unwrap_or_else(|stopped| Err(bug("was stopped", &stopped.to_string()))) {
        Ok(answer) => answer,
        Err(diagnostics) => with(R::default(), &diagnostics),
    };
    let counts = answer.counts();
    span.in_scope(|| log(start, counts));
    answer
}

/// Events on their way to a client that may go away before the last one.
pub(crate) type Events<E> = mpsc::Sender<Result<E, Status>>;

/// Answers with a stream of events. `work` sends them, and is dropped where it stands once the client takes no more,
/// so it must only look; what it fails with is the last event.
pub(crate) fn stream<E: Answer, F: Future<Output = Result<()>> + Send + 'static>(
    rpc: &'static str,
    subject: Subject<'_>,
    work: impl FnOnce(Events<E>) -> F,
) -> BoxStream<E> {
    let (start, span) = (Instant::now(), span(rpc, subject));
    let (events, received) = mpsc::channel(1);
    let work = work(events.clone());
    let answered = async move {
        let outcome = tokio::select! {
            outcome = caught(work) => outcome,
            () = events.closed() => Ok(()),
        };
        let last = outcome.err().map(|diagnostics| with(E::default(), &diagnostics));
        log(start, last.as_ref().map_or((0, 0), E::counts));
        if let Some(last) = last {
            // A client that has gone away has no use for it.
            drop(events.send(Ok(last)).await);
        }
    };
    tokio::spawn(answered.instrument(span));
    Box::pin(ReceiverStream::new(received))
}

fn log(start: Instant, (errors, warnings): (usize, usize)) {
    let duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        tf_req_duration_ms = duration_ms,
        diagnostic_error_count = errors,
        diagnostic_warning_count = warnings,
        "answered"
    );
}

/// The names and values of HashiCorp's own servers, so that whoever filters logs by them finds these as well.
/// <https://github.com/hashicorp/terraform-plugin-go/blob/v0.26.0/internal/logging/keys.go>
fn span(rpc: &str, subject: Subject<'_>) -> tracing::Span {
    let (resource, data_source, list_resource) = match subject {
        Subject::Provider => (None, None, None),
        Subject::Resource(name) => (Some(name), None, None),
        Subject::DataSource(name) => (None, Some(name), None),
        Subject::ListResource(name) => (None, None, Some(name)),
    };
    tracing::debug_span!(
        "rpc",
        tf_rpc = camel_case(rpc),
        tf_resource_type = resource,
        tf_data_source_type = data_source,
        tf_list_resource_type = list_resource
    )
}

/// `ReadResource` from `read_resource`.
fn camel_case(name: &str) -> String {
    let capitalised = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split('_').map(capitalised).collect()
}

/// Runs code of the provider's author; a panic in it becomes an error, and a failure has an error in it.
pub(crate) async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    match catch_panic(work).await {
        Ok(outcome) => outcome.map_err(with_an_error),
        Err(panic @ CaughtPanic { .. }) => {
            tracing::error!(%panic, "the provider panicked");
            Err(bug("panicked", &panic.to_string()))
        }
    }
}

/// The outcome of an operation with what it told the user on the way, also if it failed.
pub(crate) fn conclude<R: Answer>(outcome: Result<R>, warnings: Diagnostics) -> Result<R> {
    match outcome {
        Ok(answer) => Ok(with(answer, &warnings)),
        Err(errors) => Err(warnings.into_iter().chain(errors).collect()),
    }
}

/// The same answer with more diagnostics.
pub(crate) fn with<R: Answer>(mut answer: R, diagnostics: &Diagnostics) -> R {
    answer.add(diagnostics);
    answer
}

/// Without an error Terraform would take the empty answer that follows for the truth: the object is gone.
fn with_an_error(mut diagnostics: Diagnostics) -> Diagnostics {
    if !diagnostics.has_errors() {
        diagnostics.extend(bug("failed", "it did not say why."));
    }
    diagnostics
}

fn bug(what: &str, message: &str) -> Diagnostics {
    let detail =
        format!("The provider {what}: {message}\n\nThis is a bug in the provider; please report it.");
    Diagnostic::error("The provider has a bug", detail).into()
}

fn counted(diagnostics: &[pb::Diagnostic]) -> (usize, usize) {
    let error = i32::from(pb::diagnostic::Severity::Error);
    let errors = diagnostics.iter().filter(|d| d.severity == error).count();
    (errors, diagnostics.len() - errors)
}

/// Implements [`Answer`] for responses with a field `diagnostics`.
macro_rules! answers {
    ($($module:ident)*) => {
        $(
            impl Answer for pb::$module::Response {
                fn add(&mut self, diagnostics: &Diagnostics) {
                    self.diagnostics.splice(..0, diagnostics.to_wire());
                }

                fn counts(&self) -> (usize, usize) {
                    counted(&self.diagnostics)
                }
            }
        )*
    };
}

answers! {
    get_metadata get_provider_schema get_resource_identity_schemas get_functions validate_provider_config
    configure_provider validate_resource_config upgrade_resource_state upgrade_resource_identity read_resource
    plan_resource_change apply_resource_change import_resource_state move_resource_state
    generate_resource_config validate_data_resource_config read_data_source
    validate_ephemeral_resource_config open_ephemeral_resource renew_ephemeral_resource
    close_ephemeral_resource validate_list_resource_config validate_state_store configure_state_store
    lock_state unlock_state get_states delete_state plan_action validate_action_config
}

/// An event beside its objects.
impl Answer for pb::list_resource::Event {
    fn add(&mut self, diagnostics: &Diagnostics) {
        self.diagnostic.splice(..0, diagnostics.to_wire());
    }

    fn counts(&self) -> (usize, usize) {
        counted(&self.diagnostic)
    }
}

/// The only word that a stop can say is an error text.
impl Answer for pb::stop_provider::Response {
    fn add(&mut self, diagnostics: &Diagnostics) {
        self.error = diagnostics.to_string();
    }

    fn counts(&self) -> (usize, usize) {
        (usize::from(!self.error.is_empty()), 0)
    }
}

/// Functions have no diagnostics, only one error, and core adds the full stop.
impl Answer for pb::call_function::Response {
    fn add(&mut self, diagnostics: &Diagnostics) {
        let text = diagnostics.to_string().trim_end_matches('.').to_owned();
        self.error = Some(pb::FunctionError { text, function_argument: None });
    }

    fn counts(&self) -> (usize, usize) {
        (usize::from(self.error.is_some()), 0)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

    use super::*;

    /// Keeps what is logged, as `name=value`.
    #[derive(Clone, Default)]
    struct Logged(Arc<Mutex<Vec<String>>>);

    impl Visit for Logged {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0.lock().unwrap().push(format!("{}={value:?}", field.name()));
        }
    }

    impl<S: tracing::Subscriber> Layer<S> for Logged {
        fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
            attributes.record(&mut self.clone());
        }

        fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
            event.record(&mut self.clone());
        }
    }

    #[tokio::test]
    async fn the_log_names_what_was_asked_and_keeps_panics() {
        // Without a subscriber for all threads, another test's thread may decide that nobody wants what this one logs.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        let logged = Logged::default();
        let subscriber = tracing_subscriber::registry().with(logged.clone());
        let _guard = tracing::subscriber::set_default(subscriber);
        let response: pb::read_data_source::Response =
            answer("read_data_source", Subject::DataSource("a_b"), async { panic!("oh") }).await;
        assert_eq!(response.counts(), (1, 0));
        let logged = logged.0.lock().unwrap();
        for expected in [
            "tf_rpc=\"ReadDataSource\"",
            "tf_data_source_type=\"a_b\"",
            "message=the provider panicked",
            "panic=oh",
        ] {
            assert!(logged.iter().any(|field| field.starts_with(expected)), "{expected} in {logged:?}");
        }
        assert!(!logged.iter().any(|field| field.starts_with("tf_resource_type")), "{logged:?}");
    }
}
