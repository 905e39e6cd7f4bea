//! Logs to standard error: what gpb does and how long it takes.
//!
//! Every crate reports by `tracing`; only the command installs a subscriber. Standard output belongs to results, so logs
//! never go there.
#![expect(clippy::disallowed_methods, reason = "the command reads `GPB_LOG` and measures its stages")]

use crate::cli::args::{CommonArgs, LogFormat};
use std::future::Future;
use std::io;
use std::time::Instant;
use tracing::{Instrument as _, Metadata, Span, info, info_span};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt};

/// The variable with a filter, `gpb_engine=debug`.
///
/// The syntax is that of tracing-subscriber's `EnvFilter`.
const FILTER_VARIABLE: &str = "GPB_LOG";

/// Starts the logs of the command line or `GPB_LOG`, and returns whether it did.
///
/// # Errors
/// A sentence that says why `GPB_LOG` is not a filter.
pub fn install(common: &CommonArgs) -> Result<bool, String> {
    let Some(filter) = filter(common.verbose)? else { return Ok(false) };
    // An error of writing is nobody's to hear: standard error is where it would be reported.
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false).log_internal_errors(false);
    let lines = match common.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().with_current_span(false).boxed(),
    };
    let layer = lines.with_filter(filter.and(filter_fn(is_own)));
    Registry::default().with(layer).try_init().map_err(|error| format!("the logs cannot be started: {error}"))?;
    Ok(true)
}

/// Returns the filter of the logs; `None` where nothing is logged.
///
/// `GPB_LOG` decides where it is set, else the number of `-v`.
fn filter(verbose: u8) -> Result<Option<EnvFilter>, String> {
    let Some(text) = std::env::var_os(FILTER_VARIABLE).filter(|text| !text.is_empty()) else {
        let level = match verbose {
            0 => return Ok(None),
            1 => LevelFilter::INFO,
            2 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        return Ok(Some(EnvFilter::default().add_directive(level.into())));
    };
    let filter = parse_filter(&text.to_string_lossy())?;
    Ok(Some(filter).filter(|filter| filter.max_level_hint() != Some(LevelFilter::OFF)))
}

/// Reads a filter as it stands in `GPB_LOG`.
fn parse_filter(text: &str) -> Result<EnvFilter, String> {
    let refuse = |why: &str| {
        format!(
            "`{text}` is not a valid filter for {FILTER_VARIABLE}: {why}; write for example `debug` or `gpb_engine=trace`"
        )
    };
    // A word alone is a level or a target. A misspelt level is a target that logs nothing, without a word about it.
    let unknown = text.split(',').map(str::trim).find(|word| {
        let is_word = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '-'));
        is_word && !word.is_empty() && word.parse::<LevelFilter>().is_err() && !word.starts_with("gpb")
    });
    if let Some(word) = unknown {
        return Err(refuse(&format!("`{word}` is neither a level nor a part of gpb")));
    }
    EnvFilter::try_new(text).map_err(|error| refuse(&error.to_string()))
}

/// Checks that a message is gpb's own.
///
/// The SDKs log requests with their bodies and headers, which may hold secrets.
fn is_own(metadata: &Metadata<'_>) -> bool {
    let root = metadata.target().split("::").next().unwrap_or_default();
    root == "gpb" || root.starts_with("gpb_")
}

/// Runs one stage of a command in a span of its own and logs how long it took.
pub fn stage<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    let (span, started) = (info_span!("stage", stage = name), Instant::now());
    let result = span.in_scope(work);
    finish(&span, started);
    result
}

/// Runs one stage that waits for a cloud, as [`stage`] does.
pub async fn stage_async<T>(name: &'static str, work: impl Future<Output = T>) -> T {
    let (span, started) = (info_span!("stage", stage = name), Instant::now());
    let result = work.instrument(span.clone()).await;
    finish(&span, started);
    result
}

fn finish(span: &Span, started: Instant) {
    // Inside the span: the form in JSON lists the spans that are entered, not the parent of the message.
    span.in_scope(|| info!(duration_ms = milliseconds(started), "stage finished"));
}

/// Returns the time since a moment, in milliseconds.
pub fn milliseconds(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::Context;

    /// Collects the targets of all events that pass.
    #[derive(Clone, Default)]
    struct Targets(Arc<Mutex<Vec<String>>>);

    impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Targets {
        fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(event.metadata().target().to_owned());
        }
    }

    #[test]
    fn a_filter_is_made_of_levels_and_parts_of_gpb() {
        for good in
            ["debug", "TRACE", "off", "gpb_engine", "gpb_engine=trace", "info,gpb_aws=debug", "gpb_sim[step]=info"]
        {
            assert!(parse_filter(good).is_ok(), "{good}");
        }
        for (bad, why) in
            [("nonsense", "`nonsense` is neither"), ("info,dbug", "`dbug` is neither"), ("gpb=loud", "gpb=loud")]
        {
            assert!(parse_filter(bad).is_err_and(|message| message.contains(why)), "{bad}");
        }
    }

    #[test]
    fn only_messages_of_gpb_are_logged() {
        let targets = Targets::default();
        let subscriber = Registry::default().with(targets.clone().with_filter(filter_fn(is_own)));
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: "aws_sigv4::http_request::sign", "canonical request");
            tracing::error!(target: "gpbx", "another crate");
            tracing::error!(target: "gpb_engine::call", "called");
            tracing::error!(target: "gpb::cli", "started");
        });
        assert_eq!(*targets.0.lock().unwrap(), ["gpb_engine::call", "gpb::cli"]);
    }
}
