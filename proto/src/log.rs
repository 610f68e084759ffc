//! The process's log: `tracing` events as hclog lines on standard error, which Terraform merges into its own.
//!
//! [`crate::serve::run`] installs it. Write to it with the macros of `tracing`; fields of the surrounding spans
//! are part of each line. Nothing else may write to standard error: Terraform parses each line, and one whose
//! `@message` is not a string makes it panic.
//!
//! Users choose the level with `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` or `TF_LOG`; without them only errors
//! are written, because Terraform parses every line even when it shows none.
//!
//! A panic that kills the process is printed as Go does it, for Terraform looks for that. Code that turns
//! panics into diagnostics runs inside [`catch_panic`], which keeps them quiet.
//!
//! This module must not know what is logged. Callers keep secrets out of it; see [`record`] for the safety net.

mod level;
mod panics;
mod record;

use std::io::{self, Write as _};

use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Scope};

pub(crate) use self::level::level;
pub use self::panics::{CaughtPanic, catch_panic};

/// Crates below gRPC, whose finer events are one line or more per network frame.
const TRANSPORT_CRATES: [&str; 7] = ["h2", "hyper", "hyper_util", "rustls", "tokio", "tonic", "tower"];

/// Sends all events up to `level` to standard error and installs the panic hook.
///
/// A subscriber that the program has installed before stays, and gets the events instead.
pub(crate) fn install(level: LevelFilter) {
    panics::install_hook();
    let subscriber = tracing_subscriber::registry().with(HclogLayer { level });
    // Fails only if the program has its own subscriber, which then is what its author wants.
    tracing::subscriber::set_global_default(subscriber).ok();
}

/// Writes events as hclog lines.
struct HclogLayer {
    level: LevelFilter,
}

impl HclogLayer {
    /// Whether an event or span is worth the work of collecting its fields.
    fn lets_pass(&self, metadata: &Metadata<'_>) -> bool {
        let source = metadata.target().split("::").next().unwrap_or_default();
        let limit = if TRANSPORT_CRATES.contains(&source) { Level::WARN } else { Level::TRACE };
        *metadata.level() <= self.level && *metadata.level() <= limit
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for HclogLayer {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.lets_pass(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        self.lets_pass(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.0.extend(of_span.0.clone());
            }
        }
        event.record(&mut fields);
        let metadata = event.metadata();
        let line = record::line(*metadata.level(), metadata.target(), OffsetDateTime::now_utc(), fields.0);
        // One call per line, or lines of several threads would mix. There is nowhere to report a failure.
        io::stderr().write_all(&line).ok();
    }
}

/// The typed fields of an event or a span, by name.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transport_crates_are_heard_from_warnings_up_only() {
        use tracing::subscriber::with_default;

        let seen = |level: LevelFilter| {
            let subscriber = tracing_subscriber::registry().with(HclogLayer { level });
            with_default(subscriber, || {
                [
                    tracing::enabled!(target: "h2::codec", Level::DEBUG),
                    tracing::enabled!(target: "h2::codec", Level::WARN),
                    tracing::enabled!(target: "h2o", Level::DEBUG),
                    tracing::enabled!(target: "defender::arm", Level::ERROR),
                ]
            })
        };
        assert_eq!(seen(LevelFilter::TRACE), [false, true, true, true]);
        assert_eq!(seen(LevelFilter::ERROR), [false, false, false, true]);
        assert_eq!(seen(LevelFilter::OFF), [false; 4]);
    }
}
