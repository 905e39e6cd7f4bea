//! A resource type with its binding and the APIs that it calls.

use super::binding::{BindingFile, TagCalls, TypeBinding};
use super::shapes::{Api, ApiOperation};
use gpb_catalog::TypeDef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A type with its binding.
#[derive(Clone)]
pub struct BoundType {
    /// gpb's name of the type, such as `aws.sqs.queue`.
    pub ty: String,
    /// Its schema.
    pub def: Arc<TypeDef>,
    /// The file of its binding.
    pub file: Arc<BindingFile>,
    /// Its binding.
    pub binding: Arc<TypeBinding>,
    /// Its calls for tags, completed from the file; `None` for a type without tags.
    pub tags: Option<Arc<TagCalls>>,
    /// The services that it calls.
    pub apis: BTreeMap<String, Arc<Api>>,
    /// A template needs the account's number.
    pub needs_account: bool,
}

/// The way on which a type is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Driver {
    /// By a binding of its own, over the API of its service.
    Native,
    /// By AWS's own handlers, over Cloud Control.
    CloudControl,
}

impl BoundType {
    /// Returns the way on which the type is driven.
    pub fn driver(&self) -> Driver {
        if self.file.any_type.is_some() { Driver::CloudControl } else { Driver::Native }
    }

    /// Returns the service and the operation of a `call`.
    pub fn split<'a>(&'a self, call: &'a str) -> (&'a str, &'a str) {
        split(call, &self.file.service)
    }

    /// Returns the operation of a `call`, where its shapes are known.
    pub fn operation(&self, call: &str) -> Option<(&Api, &ApiOperation)> {
        let (service, operation) = self.split(call);
        let api = self.apis.get(service)?;
        Some((api, api.operations.get(operation)?))
    }
}

/// Splits `service:Operation`.
///
/// An operation alone is one of the file's own service.
pub fn split<'a>(call: &'a str, service: &'a str) -> (&'a str, &'a str) {
    call.split_once(':').unwrap_or((service, call))
}
