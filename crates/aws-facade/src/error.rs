//! Errors of operations, and what they mean for the next step.

mod classify;

use std::fmt::Display;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ProvideErrorKind;
use aws_types::request_id::RequestId;

use crate::convert::InputError;

/// Sorts a failure by where it arose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The service answered with an error of its own; the code says which.
    Service,
    /// No answer arrived: a timeout, a broken connection, no route.
    Transport,
    /// An answer arrived that is not understood.
    Response,
    /// The request was never sent: a member is missing or unknown, or a value has the wrong type.
    Input,
    /// There are no credentials, or they could not be had.
    Credentials,
    /// This build does not carry the service or the operation.
    Unsupported,
}

/// A failed operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The sort of the failure.
    pub kind: ErrorKind,
    /// AWS's code (`NoSuchEntity`), else `Http503`, `Timeout` and the like.
    pub code: String,
    /// The service's message, or the causes in one line.
    pub message: String,
    /// The status code of the HTTP answer, if there was one.
    pub status: Option<u16>,
    /// The same call may succeed later.
    ///
    /// That is so for throttling, a server's fault and a lost connection.
    pub retryable: bool,
    /// The change may have been made although the call failed.
    ///
    /// The request was sent, it may change something, and the answer does not exclude that it did.
    pub may_have_applied: bool,
    /// AWS's id of the request, for its support.
    pub request_id: Option<String>,
}

impl Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

impl Error {
    fn new(kind: ErrorKind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            status: None,
            retryable: false,
            may_have_applied: false,
            request_id: None,
        }
    }

    pub(crate) fn bad_input(error: &InputError) -> Self {
        Self::new(ErrorKind::Input, "BadInput", error.to_string())
    }

    pub(crate) fn no_service(name: &str, known: &[&str]) -> Self {
        let why = if known.contains(&name) { "was left out of this build" } else { "is not known" };
        Self::new(ErrorKind::Unsupported, "NoService", format!("the service `{name}` {why}"))
    }

    pub(crate) fn no_operation<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let close = known.filter(|one| one.eq_ignore_ascii_case(name)).map(|one| format!("; it is spelled {one}"));
        let message = format!("the operation `{name}` is not carried{}", close.collect::<String>());
        Self::new(ErrorKind::Unsupported, "NoOperation", message)
    }

    /// Returns the error of an answer whose head came and whose stream then broke.
    #[allow(dead_code, reason = "only services with streams need it")]
    pub(crate) fn broken_stream(error: &(dyn std::error::Error + 'static)) -> Self {
        let message = cause_chain(error);
        Self { retryable: true, ..Self::new(ErrorKind::Transport, "BrokenStream", message) }
    }

    pub(crate) fn of_sdk<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + ProvideErrorKind + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        let request_id = error.request_id().map(str::to_owned);
        let found = match error {
            SdkError::ServiceError(context) => of_service(context.err(), status),
            SdkError::ResponseError(_) => of_response(status, cause_chain(error)),
            SdkError::ConstructionFailure(_) => Self::new(ErrorKind::Input, "BadInput", cause_chain(error)),
            _ => classify::unanswered(error),
        };
        Self { status, request_id, ..found }
    }

    /// Clears `may_have_applied` for a read, which changes nothing, however it ends.
    pub(crate) fn of_operation(mut self, name: &str) -> Self {
        self.may_have_applied &= !classify::only_reads(name);
        self
    }
}

/// Joins an error's causes in one line, the nearest first.
///
/// The SDKs' own wrappers say nothing and are left out, as are repetitions and the numbers of the operating system.
fn cause_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut causes: Vec<String> = Vec::new();
    for cause in std::iter::successors(Some(error.source().unwrap_or(error)), |&cause| cause.source()) {
        let text = cause.to_string();
        let text = text.split(" (os error").next().unwrap_or(&text);
        let text = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
        if !text.is_empty() && !causes.iter().any(|before| before.contains(&text)) {
            causes.push(text);
        }
    }
    causes.join(": ")
}

fn of_service<E>(error: &E, status: Option<u16>) -> Error
where
    E: ProvideErrorMetadata + ProvideErrorKind + std::error::Error + 'static,
{
    let meta = ProvideErrorMetadata::meta(error);
    let Some(code) = meta.code() else {
        return of_response(status, meta.message().map_or_else(|| cause_chain(error), str::to_owned));
    };
    let throttled = classify::is_throttling(code) || error.retryable_error_kind().is_some_and(classify::kind_throttles);
    let server = status.is_some_and(|status| status >= 500);
    Error {
        retryable: throttled || classify::is_transient(code) || server || error.retryable_error_kind().is_some(),
        may_have_applied: server && !throttled,
        ..Error::new(ErrorKind::Service, code, meta.message().unwrap_or_default())
    }
}

/// Classifies an answer without a code.
///
/// A success that cannot be read may have changed everything it should, so that trying it again is no way out.
fn of_response(status: Option<u16>, message: String) -> Error {
    let status = status.unwrap_or_default();
    if status < 300 {
        let may_have_applied = true;
        return Error { may_have_applied, ..Error::new(ErrorKind::Response, "MalformedResponse", message) };
    }
    Error {
        retryable: matches!(status, 429 | 500 | 502 | 503 | 504),
        may_have_applied: status >= 500,
        ..Error::new(ErrorKind::Service, format!("Http{status}"), message)
    }
}
