//! How the generated parts start a call and hand back its answer.

use std::future::Future;
use std::pin::Pin;
pub use std::sync::OnceLock;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::base64;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ProvideErrorKind;
use serde_json::Value as Json;

use crate::clients::Clients;
use crate::convert::{At, FromJson, ToJson};
use crate::error::Error;

/// What a call comes to.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Json, Error>> + Send + 'a>>;

/// A call under way, or why it was not begun.
pub type Started<'a> = Result<Answer<'a>, Error>;

/// An operation of a service. Each is a function of its own, since the futures of all of them in one function would make
/// a stack frame of megabytes.
pub type Operation<C> = for<'a> fn(&'a C, Json) -> Started<'a>;

/// A service this build carries.
pub struct Service {
    pub name: &'static str,
    pub versions: Versions,
    pub operations: fn() -> Vec<&'static str>,
    pub start: for<'a> fn(&'a Clients, &str, Json) -> Started<'a>,
}

/// Which version of the SDK crate a part was generated for, and which one is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    pub generated: &'static str,
    pub linked: &'static str,
}

/// Starts the operation of that name.
pub fn start<'a, C>(table: &[(&str, Operation<C>)], client: &'a C, name: &str, input: Json) -> Started<'a> {
    match table.iter().find(|(known, _)| *known == name) {
        Some((_, operation)) => operation(client, input),
        None => Err(Error::no_operation(name, table.iter().map(|(known, _)| *known))),
    }
}

/// The names in a table.
pub fn names<C>(table: &'static [(&'static str, Operation<C>)]) -> Vec<&'static str> {
    table.iter().map(|(name, _)| *name).collect()
}

/// The operation's input out of JSON.
pub fn read<B: FromJson>(input: Json) -> Result<B, Error> {
    let input = if input.is_null() { Json::Object(serde_json::Map::new()) } else { input };
    B::from_json(input, &At::top()).map_err(|refused| Error::refused(&refused))
}

/// The answer as JSON.
pub fn run<'a, O, E>(sent: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send + 'a) -> Answer<'a>
where
    O: ToJson,
    E: ProvideErrorMetadata + ProvideErrorKind + std::error::Error + 'static,
{
    Box::pin(async move { sent.await.map(|output| output.to_json()).map_err(|error| Error::of_sdk(&error)) })
}

/// The answer as JSON, with the stream that follows its head as base64 in the member `name`.
pub fn run_stream<'a, O, E>(
    sent: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send + 'a,
    name: &'static str,
    take: fn(&mut O) -> ByteStream,
) -> Answer<'a>
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
