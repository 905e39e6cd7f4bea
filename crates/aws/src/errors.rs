//! Classification of failed operations, by their codes.

use super::binding::ErrorCodes;
use super::invoke::{InvokeError, InvokeErrorKind};
use gpb_engine::cloud::{CloudError, CloudErrorKind};

/// Codes that mean the same in all services.
const COMMON_CODES: &[(CloudErrorKind, &[&str])] = &[
    (
        CloudErrorKind::Throttled,
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
        CloudErrorKind::Denied,
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
        CloudErrorKind::Unavailable,
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
        CloudErrorKind::Conflict,
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

/// Parts of codes that show the kind; the first that fits counts.
const CODE_FRAGMENTS: &[(CloudErrorKind, &[&str])] = &[
    (CloudErrorKind::NotFound, &["NotFound", "NoSuch", "NonExistent", "DoesNotExist", "NotExist"]),
    (CloudErrorKind::AlreadyExists, &["AlreadyExist", "AlreadyOwned", ".Duplicate", "DuplicateName"]),
    (CloudErrorKind::Quota, &["LimitExceeded", "QuotaExceeded", "LimitReached", "TooMany", "QuotaExceeded"]),
    (CloudErrorKind::Conflict, &["InUse", "InvalidState", "NotAvailableState", "StateFault"]),
];

/// Returns the kind of an error.
///
/// `changes` says that the call was to change something; `errors` are a binding's, nearest first.
pub fn kind(error: &InvokeError, errors: &[&ErrorCodes], changes: bool) -> CloudErrorKind {
    let lost = if changes && error.may_have_applied { CloudErrorKind::Ambiguous } else { CloudErrorKind::Unavailable };
    match error.kind {
        InvokeErrorKind::Unsupported => return CloudErrorKind::Unsupported,
        InvokeErrorKind::Input => return CloudErrorKind::Invalid,
        // A slow answer of who gives the credentials is no refusal.
        InvokeErrorKind::Credentials if error.retryable => return CloudErrorKind::Unavailable,
        InvokeErrorKind::Credentials => return CloudErrorKind::Denied,
        InvokeErrorKind::Transport | InvokeErrorKind::Response => return lost,
        InvokeErrorKind::Service => {}
    }
    if let Some(kind) = errors.iter().find_map(|errors| errors.kind_of(&error.code, &error.message)) {
        // A change whose outcome nobody knows stays one, whatever the service calls its failure.
        return if kind == CloudErrorKind::Unavailable { lost } else { kind };
    }
    let common = COMMON_CODES
        .iter()
        .find(|(_, codes)| codes.iter().any(|code| matches_entry(&error.code, &error.message, code)));
    match (common, error.status) {
        (Some((CloudErrorKind::Unavailable, _)), _) | (None, Some(500..)) => lost,
        (Some((kind, _)), _) => *kind,
        (None, Some(429)) => CloudErrorKind::Throttled,
        (None, status) => match kind_by_fragment(error) {
            // A read that says "gone" makes things anew: only a code that the binding knows says so.
            Some(CloudErrorKind::NotFound) if !changes => CloudErrorKind::Unavailable,
            Some(kind) => kind,
            None if error.retryable => lost,
            // An answer without a code is a proxy's, not the service's.
            None if status == Some(404) => lost,
            None if matches!(status, Some(403 | 401)) => CloudErrorKind::Denied,
            None => CloudErrorKind::Invalid,
        },
    }
}

/// Checks that an error is the one of a binding's entry.
///
/// An entry is a code, or `Code: words of the message`.
pub fn matches_entry(code: &str, message: &str, entry: &str) -> bool {
    let (named, words) = entry.split_once(": ").map_or((entry, None), |(named, words)| (named, Some(words)));
    code == named && words.is_none_or(|words| message.to_lowercase().contains(&words.to_lowercase()))
}

/// Returns the engine's error for a failed operation, `service:Operation`.
///
/// Calls that never left this process have a code of gpb's: no service has refused them, so that no waiting helps.
pub fn cloud_error(error: InvokeError, kind: CloudErrorKind, operation: &str) -> CloudError {
    let (code, message) = match error.kind {
        InvokeErrorKind::Input => ("GPB8106".to_owned(), format!("the request was not sent: {}", error.message)),
        _ => (error.code, error.message),
    };
    CloudError { kind, code, message, operation: Some(operation.to_owned()), request_id: error.request_id }
}

impl ErrorCodes {
    /// Returns the kind of a code, with its message, as the binding lists it.
    pub fn kind_of(&self, code: &str, message: &str) -> Option<CloudErrorKind> {
        let lists = [
            (CloudErrorKind::NotFound, &self.not_found),
            (CloudErrorKind::AlreadyExists, &self.already_exists),
            (CloudErrorKind::Throttled, &self.throttled),
            (CloudErrorKind::AlreadyExists, &self.held),
            (CloudErrorKind::Conflict, &self.conflict),
            (CloudErrorKind::Conflict, &self.in_use),
            (CloudErrorKind::NotReady, &self.not_ready),
            (CloudErrorKind::Denied, &self.denied),
            (CloudErrorKind::Invalid, &self.invalid),
            (CloudErrorKind::Quota, &self.quota),
            (CloudErrorKind::Unavailable, &self.unavailable),
        ];
        // An entry with words is about fewer errors than one without, so it is asked first.
        let find = |with_words: bool| {
            lists.iter().find(|(_, list)| {
                list.iter().any(|entry| entry.contains(": ") == with_words && matches_entry(code, message, entry))
            })
        };
        find(true).or_else(|| find(false)).map(|(kind, _)| *kind)
    }
}

fn kind_by_fragment(error: &InvokeError) -> Option<CloudErrorKind> {
    CODE_FRAGMENTS.iter().find(|(_, parts)| parts.iter().any(|part| error.code.contains(part))).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(code: &str, message: &str) -> InvokeError {
        InvokeError::new(InvokeErrorKind::Service, code, message)
    }

    fn check(error: &InvokeError, expected: CloudErrorKind) {
        let errors = ErrorCodes {
            not_ready: vec!["InvalidParameterValueException: cannot be assumed".into()],
            invalid: vec!["InvalidParameterValueException".into()],
            ..ErrorCodes::default()
        };
        assert_eq!(kind(error, &[&errors], true), expected, "{error}");
    }

    #[test]
    fn codes_have_kinds() {
        check(&service("ThrottlingException", ""), CloudErrorKind::Throttled);
        check(&service("InvalidVpcID.NotFound", ""), CloudErrorKind::NotFound);
        check(&service("NoSuchEntity", ""), CloudErrorKind::NotFound);
        check(&service("EntityAlreadyExists", ""), CloudErrorKind::AlreadyExists);
        check(&service("VpcLimitExceeded", ""), CloudErrorKind::Quota);
        check(&service("DependencyViolation", ""), CloudErrorKind::Conflict);
        check(&service("ValidationError", ""), CloudErrorKind::Invalid);
        check(&service("InvalidParameterValueException", "The role cannot be assumed by it"), CloudErrorKind::NotReady);
        check(&service("InvalidParameterValueException", "no"), CloudErrorKind::Invalid);
    }

    #[test]
    fn a_request_that_was_never_sent_is_no_refusal_of_a_service() {
        let error = InvokeError::new(InvokeErrorKind::Input, "BadInput", "`Name` is missing");
        let kind = kind(&error, &[], true);
        assert_eq!(kind, CloudErrorKind::Invalid);
        let error = cloud_error(error, kind, "iam:CreateRole");
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("GPB8106", "the request was not sent: `Name` is missing")
        );
    }

    #[test]
    fn a_change_without_an_answer_is_ambiguous() {
        let mut error = InvokeError::new(InvokeErrorKind::Transport, "Timeout", "");
        error.may_have_applied = true;
        assert_eq!(kind(&error, &[], true), CloudErrorKind::Ambiguous);
        assert_eq!(kind(&error, &[], false), CloudErrorKind::Unavailable);
        error.may_have_applied = false;
        assert_eq!(kind(&error, &[], true), CloudErrorKind::Unavailable);
    }

    /// A key without a client token would be made twice if the call were simply sent again.
    #[test]
    fn a_listed_failure_of_the_service_may_have_changed_something() {
        let errors = ErrorCodes { unavailable: vec!["KMSInternalException".into()], ..ErrorCodes::default() };
        let mut error = service("KMSInternalException", "");
        assert_eq!(kind(&error, &[&errors], true), CloudErrorKind::Unavailable);
        error.may_have_applied = true;
        assert_eq!(kind(&error, &[&errors], true), CloudErrorKind::Ambiguous);
        assert_eq!(kind(&error, &[&errors], false), CloudErrorKind::Unavailable);
    }

    #[test]
    fn a_slow_source_of_credentials_is_no_refusal() {
        let mut error = InvokeError::new(InvokeErrorKind::Credentials, "CredentialsTimeout", "");
        assert_eq!(kind(&error, &[], true), CloudErrorKind::Denied);
        error.retryable = true;
        assert_eq!(kind(&error, &[], true), CloudErrorKind::Unavailable);
    }
}
