//! A resource type with its binding and the APIs that it calls.

use super::binding::{BindingFile, TagCalls, TypeBinding};
use super::shapes::{Api, ApiOperation};
use gpb_catalog::TypeDef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A type with its binding.
#[derive(Clone)]
pub struct BoundType {
    pub ty: String,
    pub def: Arc<TypeDef>,
    pub file: Arc<BindingFile>,
    pub binding: Arc<TypeBinding>,
    /// How its tags are written, the file's words filled in; `None` for a type without tags.
    pub tags: Option<Arc<TagCalls>>,
    /// The services it calls.
    pub apis: BTreeMap<String, Arc<Api>>,
    /// Some template needs to know the account.
    pub needs_account: bool,
}

impl BoundType {
    /// The service and the operation of a `call`.
    pub fn split<'a>(&'a self, call: &'a str) -> (&'a str, &'a str) {
        split(call, &self.file.service)
    }

    /// The operation, where its shapes are known.
    pub fn operation(&self, call: &str) -> Option<(&Api, &ApiOperation)> {
        let (service, operation) = self.split(call);
        let api = self.apis.get(service)?;
        Some((api, api.operations.get(operation)?))
    }
}

/// `service:Operation`, or an operation of the file's own service.
pub fn split<'a>(call: &'a str, service: &'a str) -> (&'a str, &'a str) {
    call.split_once(':').unwrap_or((service, call))
}
