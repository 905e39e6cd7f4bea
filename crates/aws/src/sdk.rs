//! The official SDKs as the way to AWS's APIs.

#![expect(clippy::disallowed_methods, reason = "the SDKs read AWS_PROFILE themselves; an error has to name it")]

use super::invoke::{Invoke, InvokeError, InvokeErrorKind};
use async_trait::async_trait;
use gpb_aws_facade::config::{self, Target};
use gpb_aws_facade::{Clients, Error, ErrorKind};
use gpb_model::Place;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Performs operations with the SDKs.
///
/// Each place has clients and credentials of its own, made when it is first called.
#[derive(Debug, Default)]
pub struct Sdk {
    clients: Mutex<BTreeMap<Place, Arc<Clients>>>,
}

#[async_trait]
impl Invoke for Sdk {
    async fn invoke(&self, place: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError> {
        let clients = self.clients(place).await;
        let answer = gpb_aws_facade::invoke(&clients, service, operation, input).await;
        answer.map_err(|error| invoke_error(error, place))
    }

    fn carries(&self, service: &str) -> bool {
        gpb_aws_facade::operations().iter().any(|(name, _)| *name == service)
    }
}

impl Sdk {
    async fn clients(&self, place: &Place) -> Arc<Clients> {
        let mut known = self.clients.lock().await;
        if let Some(found) = known.get(place) {
            return Arc::clone(found);
        }
        let target =
            Target { region: place.region.to_string(), profile: place.profile.clone(), role: place.role.clone() };
        let made = Arc::new(config::load(&target).await);
        known.insert(place.clone(), Arc::clone(&made));
        made
    }
}

/// Returns the error in the engine's terms.
///
/// One about credentials names the ways on.
fn invoke_error(error: Error, place: &Place) -> InvokeError {
    let message = match error.kind {
        ErrorKind::Credentials => credentials_message(&error, place, std::env::var("AWS_PROFILE").ok()),
        _ => error.message,
    };
    InvokeError {
        kind: kind(error.kind),
        code: error.code,
        message,
        status: error.status,
        retryable: error.retryable,
        may_have_applied: error.may_have_applied,
        request_id: error.request_id,
    }
}

fn kind(kind: ErrorKind) -> InvokeErrorKind {
    match kind {
        ErrorKind::Service => InvokeErrorKind::Service,
        ErrorKind::Transport => InvokeErrorKind::Transport,
        ErrorKind::Response => InvokeErrorKind::Response,
        ErrorKind::Input => InvokeErrorKind::Input,
        ErrorKind::Credentials => InvokeErrorKind::Credentials,
        ErrorKind::Unsupported => InvokeErrorKind::Unsupported,
    }
}

/// Explains the missing credentials: which, why, and the ways on.
///
/// `chosen` is the profile that the environment asks for.
fn credentials_message(error: &Error, place: &Place, chosen: Option<String>) -> String {
    let why = &error.message;
    if let (Some(role), true) = (&place.role, error.code == "CredentialsFailed") {
        return format!(
            "the role {role} cannot be assumed ({why}): its trust policy must name the identity that assumes it, which \
             must be allowed `sts:AssumeRole`"
        );
    }
    // Where nothing was found, the reasons are those of every place where nothing was.
    let why = if error.code == "NoCredentials" { String::new() } else { format!(" ({why})") };
    match place.profile.clone().or(chosen.filter(|name| !name.is_empty())) {
        Some(profile) => format!(
            "the profile `{profile}` gives no credentials{why}: see that `aws configure list-profiles` names it, and sign \
             on with `aws sso login --profile {profile}` if it uses single sign-on"
        ),
        None => format!(
            "no credentials were found{why}: name a `profile` in the spec, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY; `aws sso login` renews a session that has ended"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind, code: &str) -> Error {
        Error {
            kind,
            code: code.into(),
            message: "detail".into(),
            status: Some(400),
            retryable: true,
            may_have_applied: true,
            request_id: Some("42".into()),
        }
    }

    fn place(role: Option<&str>, profile: Option<&str>) -> Place {
        let (role, profile) = (role.map(str::to_owned), profile.map(str::to_owned));
        Place { account: None, region: "eu-west-1".into(), role, profile }
    }

    #[test]
    fn an_error_of_a_service_passes_as_it_is() {
        let found = invoke_error(error(ErrorKind::Service, "NoSuchEntity"), &place(None, None));
        let expected = InvokeError {
            kind: InvokeErrorKind::Service,
            code: "NoSuchEntity".into(),
            message: "detail".into(),
            status: Some(400),
            retryable: true,
            may_have_applied: true,
            request_id: Some("42".into()),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn missing_credentials_name_the_ways_on() {
        let said = |code: &str, place: &Place, chosen: Option<&str>| {
            credentials_message(&error(ErrorKind::Credentials, code), place, chosen.map(str::to_owned))
        };
        let none = said("NoCredentials", &place(None, None), None);
        assert!(none.starts_with("no credentials were found: name a `profile`"), "{none}");
        assert!(said("NoCredentials", &place(None, Some("dev")), Some("x")).contains("aws sso login --profile dev"));
        assert!(said("NoCredentials", &place(None, None), Some("x")).contains("aws sso login --profile x"));
        assert!(said("NoCredentials", &place(None, None), Some("")).contains("set AWS_PROFILE"));
        let failed = said("CredentialsFailed", &place(None, Some("dev")), None);
        assert!(failed.starts_with("the profile `dev` gives no credentials (detail): see"), "{failed}");
        let role = said("CredentialsFailed", &place(Some("arn:r"), None), None);
        assert!(role.starts_with("the role arn:r cannot be assumed (detail)"), "{role}");
    }

    #[tokio::test]
    async fn a_place_keeps_its_clients() {
        let sdk = Sdk::default();
        let here = place(None, None);
        let there = Place { region: "us-east-1".into(), ..here.clone() };
        let first = sdk.clients(&here).await;
        assert!(Arc::ptr_eq(&first, &sdk.clients(&here).await));
        assert!(!Arc::ptr_eq(&first, &sdk.clients(&there).await));
    }
}
