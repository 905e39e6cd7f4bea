//! Starts the calls of the generated parts, and returns their answers as JSON.

use std::future::Future;
use std::pin::Pin;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::base64;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ProvideErrorKind;
use serde_json::Value as Json;

use crate::clients::Clients;
use crate::convert::{FromJson, InputPath, ToJson};
use crate::error::Error;

/// A call in progress, which gives the output as JSON.
pub type CallFuture<'a> = Pin<Box<dyn Future<Output = Result<Json, Error>> + Send + 'a>>;

/// A call in progress, or the reason that it was not begun.
pub type CallResult<'a> = Result<CallFuture<'a>, Error>;

/// An operation of a service.
///
/// Each is a function of its own, since the futures of all of them in one function would make a stack frame of megabytes.
pub type OperationFn<C> = for<'a> fn(&'a C, Json) -> CallResult<'a>;

/// A service that this build carries.
pub struct Service {
    /// The SDK's name of it, such as `elasticloadbalancingv2`.
    pub name: &'static str,
    /// The versions of its SDK crate.
    pub versions: Versions,
    /// Lists the names of its operations, in order.
    pub operations: fn() -> Vec<&'static str>,
    /// Starts the operation of a name with an input.
    pub start: for<'a> fn(&'a Clients, &str, Json) -> CallResult<'a>,
}

/// The two versions of an SDK crate, which must be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// The version that the part was generated for.
    pub generated: &'static str,
    /// The version that is linked.
    pub linked: &'static str,
}

/// Starts the operation of that name.
///
/// # Errors
/// An unknown operation, or a refused input.
pub fn start<'a, C>(table: &[(&str, OperationFn<C>)], client: &'a C, name: &str, input: Json) -> CallResult<'a> {
    match table.iter().find(|(known, _)| *known == name) {
        Some((_, operation)) => operation(client, input),
        None => Err(Error::no_operation(name, table.iter().map(|(known, _)| *known))),
    }
}

/// Lists the names in a table.
pub fn names<C>(table: &'static [(&'static str, OperationFn<C>)]) -> Vec<&'static str> {
    table.iter().map(|(name, _)| *name).collect()
}

/// Reads the operation's input from JSON.
///
/// # Errors
/// The place that does not fit, and the reason.
pub fn read<B: FromJson>(input: Json) -> Result<B, Error> {
    let input = if input.is_null() { Json::Object(serde_json::Map::new()) } else { input };
    B::from_json(input, &InputPath::top()).map_err(|error| Error::bad_input(&error))
}

/// Runs a call, and returns its answer as JSON.
pub fn run<'a, O, E>(sent: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send + 'a) -> CallFuture<'a>
where
    O: ToJson,
    E: ProvideErrorMetadata + ProvideErrorKind + std::error::Error + 'static,
{
    Box::pin(async move { sent.await.map(|output| output.to_json()).map_err(|error| Error::of_sdk(&error)) })
}

/// Runs a call whose answer's head is followed by a stream.
///
/// The stream is base64 in the member `name`.
pub fn run_stream<'a, O, E>(
    sent: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send + 'a,
    name: &'static str,
    take: fn(&mut O) -> ByteStream,
) -> CallFuture<'a>
where
    O: ToJson + Send + Sync + 'a,
    E: ProvideErrorMetadata + ProvideErrorKind + std::error::Error + 'static,
{
    Box::pin(async move {
        let mut output = sent.await.map_err(|error| Error::of_sdk(&error))?;
        let bytes = take(&mut output).collect().await.map_err(|error| Error::broken_stream(&error))?;
        let mut json = output.to_json();
        if let Json::Object(members) = &mut json {
            members.insert(name.to_owned(), Json::String(base64::encode(bytes.into_bytes())));
        }
        Ok(json)
    })
}
