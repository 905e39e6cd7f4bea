//! What a failed operation means.

use super::binding::Errors;
use super::invoke::{InvokeError, InvokeErrorKind};
use gpb_engine::cloud::{CloudError, ErrorKind};

/// Codes that mean the same everywhere at AWS.
const EVERYWHERE: &[(ErrorKind, &[&str])] = &[
    (
        ErrorKind::Throttled,
        &[
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "LimitExceededException: rate",
            "ProvisionedThroughputExceededException",
            "PriorRequestNotComplete",
            "SlowDown",
            "EC2ThrottledException",
            "TransactionInProgressException",
        ],
    ),
    (
        ErrorKind::Denied,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "AuthFailure",
            "NotAuthorized",
            "UnauthorizedAccess",
            "AuthorizationError",
            "AuthorizationErrorException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "ExpiredToken",
            "ExpiredTokenException",
            "SignatureDoesNotMatch",
            "OptInRequired",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        ],
    ),
    (
        ErrorKind::Unavailable,
        &[
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "RequestTimeout",
            "RequestTimeoutException",
            "Unavailable",
            "ServiceFailure",
            "ServiceException",
        ],
    ),
    (
        ErrorKind::Conflict,
        &[
            "DependencyViolation",
            "DeleteConflict",
            "OperationAborted",
            "ConcurrentModification",
            "ConcurrentModificationException",
            "ResourceInUse",
            "ResourceInUseException",
            "IncorrectState",
            "IncorrectInstanceState",
            "OperationInProgress",
            "InvalidResourceStateFault",
            "ConflictException",
            "ResourceConflictException",
            "OptimisticLockException",
            "EntityTemporarilyUnmodifiable",
        ],
    ),
];

/// Endings and beginnings that name what an error is; the first that fits counts.
const USUAL: &[(ErrorKind, &[&str])] = &[
    (ErrorKind::NotFound, &["NotFound", "NoSuch", "NonExistent", "DoesNotExist", "NotExist"]),
    (ErrorKind::AlreadyExists, &["AlreadyExist", "AlreadyOwned", ".Duplicate", "DuplicateName"]),
    (ErrorKind::Quota, &["LimitExceeded", "QuotaExceeded", "LimitReached", "TooMany", "QuotaExceeded"]),
    (ErrorKind::Conflict, &["InUse", "InvalidState", "NotAvailableState", "StateFault"]),
];

/// The kind of an error. `changes` says that the call was to change something; `errors` are a binding's, nearest first.
pub fn kind(error: &InvokeError, errors: &[&Errors], changes: bool) -> ErrorKind {
    let lost = if changes && error.may_have_applied { ErrorKind::Ambiguous } else { ErrorKind::Unavailable };
    match error.kind {
        InvokeErrorKind::Unsupported => return ErrorKind::Unsupported,
        InvokeErrorKind::Input => return ErrorKind::Invalid,
        InvokeErrorKind::Credentials => return ErrorKind::Denied,
        InvokeErrorKind::Transport | InvokeErrorKind::Response => return lost,
        InvokeErrorKind::Service => {}
    }
    if let Some(kind) = errors.iter().find_map(|errors| listed(error, errors)) {
        return kind;
    }
    let everywhere = EVERYWHERE.iter().find(|(_, codes)| codes.iter().any(|code| says(error, code)));
    match (everywhere, error.status) {
        (Some((ErrorKind::Unavailable, _)), _) | (None, Some(500..)) => lost,
        (Some((kind, _)), _) => *kind,
        (None, Some(429)) => ErrorKind::Throttled,
        (None, status) => usual(error).unwrap_or(match status {
            _ if error.retryable => lost,
            Some(403 | 401) => ErrorKind::Denied,
            Some(404) => ErrorKind::NotFound,
            _ => ErrorKind::Invalid,
        }),
    }
}

/// Whether an entry of a binding (`Code`, or `Code: words`) is about this error.
pub fn says(error: &InvokeError, entry: &str) -> bool {
    let (code, words) = entry.split_once(": ").map_or((entry, None), |(code, words)| (code, Some(words)));
    error.code == code && words.is_none_or(|words| error.message.to_lowercase().contains(&words.to_lowercase()))
}

pub fn cloud_error(error: InvokeError, kind: ErrorKind, operation: &str) -> CloudError {
    CloudError {
        kind,
        code: error.code,
        message: error.message,
        operation: Some(operation.to_owned()),
        request_id: error.request_id,
    }
}

fn listed(error: &InvokeError, errors: &Errors) -> Option<ErrorKind> {
    let lists = [
        (ErrorKind::NotFound, &errors.not_found),
        (ErrorKind::AlreadyExists, &errors.already_exists),
        (ErrorKind::Throttled, &errors.throttled),
        (ErrorKind::Conflict, &errors.conflict),
        (ErrorKind::NotReady, &errors.not_ready),
        (ErrorKind::Denied, &errors.denied),
        (ErrorKind::Invalid, &errors.invalid),
        (ErrorKind::Quota, &errors.quota),
        (ErrorKind::Unavailable, &errors.unavailable),
    ];
    // An entry with words is about fewer errors than one without, so it is asked first.
    let find = |with_words: bool| {
        lists.iter().find(|(_, list)| list.iter().any(|entry| entry.contains(": ") == with_words && says(error, entry)))
    };
    find(true).or_else(|| find(false)).map(|(kind, _)| *kind)
}

fn usual(error: &InvokeError) -> Option<ErrorKind> {
    USUAL.iter().find(|(_, parts)| parts.iter().any(|part| error.code.contains(part))).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(code: &str, message: &str) -> InvokeError {
        InvokeError::new(InvokeErrorKind::Service, code, message)
    }

    fn check(error: &InvokeError, expected: ErrorKind) {
        let errors = Errors {
            not_ready: vec!["InvalidParameterValueException: cannot be assumed".into()],
            invalid: vec!["InvalidParameterValueException".into()],
            ..Errors::default()
        };
        assert_eq!(kind(error, &[&errors], true), expected, "{error}");
    }

    #[test]
    fn codes_have_kinds() {
        check(&service("ThrottlingException", ""), ErrorKind::Throttled);
        check(&service("InvalidVpcID.NotFound", ""), ErrorKind::NotFound);
        check(&service("NoSuchEntity", ""), ErrorKind::NotFound);
        check(&service("EntityAlreadyExists", ""), ErrorKind::AlreadyExists);
        check(&service("VpcLimitExceeded", ""), ErrorKind::Quota);
        check(&service("DependencyViolation", ""), ErrorKind::Conflict);
        check(&service("ValidationError", ""), ErrorKind::Invalid);
        check(&service("InvalidParameterValueException", "The role cannot be assumed by it"), ErrorKind::NotReady);
        check(&service("InvalidParameterValueException", "no"), ErrorKind::Invalid);
    }

    #[test]
    fn a_change_without_an_answer_is_ambiguous() {
        let mut error = InvokeError::new(InvokeErrorKind::Transport, "Timeout", "");
        error.may_have_applied = true;
        assert_eq!(kind(&error, &[], true), ErrorKind::Ambiguous);
        assert_eq!(kind(&error, &[], false), ErrorKind::Unavailable);
        error.may_have_applied = false;
        assert_eq!(kind(&error, &[], true), ErrorKind::Unavailable);
    }
}
