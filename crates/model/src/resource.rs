//! A resource of the model.

use crate::address::Address;
use crate::environment::Place;
use crate::names::TypeName;
use crate::path::PropPath;
use crate::property::{PropertyMap, PropertyValue};
use crate::spans::Spans;
use gpb_base::source::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A resource that the program declares.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its identity.
    pub address: Address,
    /// Its type.
    pub ty: TypeName,
    /// Read and not managed (`existing`): `properties` say which one is meant.
    pub existing: bool,
    /// Its account and region.
    pub place: Arc<Place>,
    /// The layer it was declared in.
    pub layer: Option<Arc<str>>,
    /// The component instances around it, outermost first: `data.main`.
    pub components: Vec<String>,
    /// By name in AWS's spelling.
    pub properties: PropertyMap,
    /// The place of each property in the text, by path.
    ///
    /// A path without an entry was written with its parent.
    pub spans: Spans,
    /// Named by `after`; references make the other edges.
    pub after: Vec<Address>,
    /// The place in the text where `after` names each of them.
    pub after_spans: BTreeMap<Address, Span>,
    /// The resources whose written properties a property's value was taken from, and that property: `b.bucket_name`.
    ///
    /// Such a value is known, so no reference stands in it. It is a dependency all the same, unless it leads back.
    pub reads: Vec<(Address, PropPath)>,
    /// Protection, ignored drift, order of replacement.
    pub lifecycle: Lifecycle,
    /// The declaration's head.
    pub span: Span,
    /// The variable that `for` bound and the `///` comment, for people.
    pub doc: Option<String>,
}

/// The rules of a resource for changes, as its `lifecycle` block sets them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lifecycle {
    /// `protect always` / `protect never`; without it, the type and the mode decide.
    pub protect: Option<bool>,
    /// `keep true` / `keep false`: it stays on AWS when gpb lets go of it. Without it, it is deleted.
    pub keep: Option<bool>,
    /// The values that it is made anew for: `replace_when image changes`.
    pub watched: Vec<WatchedValue>,
    /// Properties whose drift is left alone once the resource exists.
    pub ignore: Vec<PropPath>,
    /// The order of a replacement: `replace create_first`, `replace delete_first`.
    ///
    /// Without it, the catalog decides.
    pub replace: Option<Replacement>,
}

/// A value whose change makes a resource anew.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedValue {
    /// The expression as it is written: the value is remembered under it.
    pub label: String,
    /// The value; `None` where it is absent.
    pub value: Option<PropertyValue>,
    /// The place of the expression.
    pub span: Span,
}

/// The first part of the path of a watched value among a resource's properties; the second is its expression.
pub const WATCHED: &str = "@replace_when";

impl WatchedValue {
    /// Returns the path that stands for it among the properties: in differences, and for its place in the text.
    pub fn path(&self) -> PropPath {
        PropPath(WATCHED.into()).child(&self.label)
    }
}

/// The order of a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replacement {
    /// The new resource first: nothing is missing in between.
    CreateThenDelete,
    /// The old resource first: the two cannot be there at once.
    DeleteThenCreate,
}
