//! Classification of errors: which codes pass by themselves, and which failures leave a change in doubt.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::retry::ErrorKind as RetryKind;

use super::{Error, ErrorKind, cause_chain};

/// AWS's own list for its SDKs, without `LimitExceededException`.
///
/// Among the services here that code means a quota, which no waiting resolves.
const THROTTLING: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const TRANSIENT: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

/// Beginnings of the names of operations that change nothing.
const READS: &[&str] = &["Describe", "Get", "Head", "List", "Simulate", "AssumeRole"];

/// Checks that a code means throttling.
pub fn is_throttling(code: &str) -> bool {
    THROTTLING.contains(&code)
}

/// Checks that a code means a failure that passes by itself.
pub fn is_transient(code: &str) -> bool {
    TRANSIENT.contains(&code)
}

/// Checks that the SDK takes an error for throttling.
pub fn kind_throttles(kind: RetryKind) -> bool {
    kind == RetryKind::ThrottlingError
}

/// Checks that an operation changes nothing, by its name.
pub fn only_reads(operation: &str) -> bool {
    READS.iter().any(|start| operation.starts_with(start))
}

/// Classifies a call without an answer.
///
/// The request was not sent, or it was lost on the way, or the answer was.
pub fn unanswered<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: StdError + 'static,
{
    let message = cause_chain(error);
    if let Some(found) = credentials(error) {
        return found;
    }
    let transport = |code: &str, may_have_applied: bool| Error {
        retryable: true,
        may_have_applied,
        ..Error::new(ErrorKind::Transport, code, message.clone())
    };
    match error {
        SdkError::TimeoutError(_) => transport("Timeout", true),
        SdkError::DispatchFailure(_) if never_connected(error) => transport("NoConnection", false),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => transport("Timeout", true),
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.as_other().is_some() => {
            transport("BrokenConnection", true)
        }
        // Neither the network nor the server has a part in the rest: signing, endpoints, a body that cannot be read.
        _ => Error::new(ErrorKind::Input, "NotSent", message),
    }
}

/// Checks that the connection was never made, so that nothing was sent.
///
/// The HTTP client shows it only in the words of its error.
fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|cause| {
        let said = cause.to_string();
        said == "client error (Connect)" || said.starts_with("HTTP connect timeout")
    })
}

/// Finds a failure to get credentials at the bottom of an error.
fn credentials(error: &(dyn StdError + 'static)) -> Option<Error> {
    let late = |message: String| Error {
        retryable: true,
        ..Error::new(ErrorKind::Credentials, "CredentialsTimeout", message)
    };
    chain(error).find_map(|cause| {
        let Some(found) = cause.downcast_ref::<CredentialsError>() else {
            let said = cause.to_string();
            return said.starts_with("identity resolver timed out").then(|| late(said));
        };
        let message = cause_chain(found);
        Some(match found {
            CredentialsError::CredentialsNotLoaded(_) => Error::new(ErrorKind::Credentials, "NoCredentials", message),
            CredentialsError::ProviderTimedOut(_) => late(message),
            _ => Error::new(ErrorKind::Credentials, "CredentialsFailed", message),
        })
    })
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&current| current.source())
}
