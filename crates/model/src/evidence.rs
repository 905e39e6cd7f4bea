//! Evidence: the properties that decided something.

use crate::address::Address;
use crate::path::PropPath;
use gpb_base::source::Span;

/// A property that decided something.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The resource that has it.
    pub resource: Address,
    /// In AWS's spelling.
    pub property: PropPath,
    /// Set where the program writes it.
    pub written: bool,
    /// The place where the program's author writes it.
    ///
    /// For a property that a component of the library writes, the argument it came from or the use of the component;
    /// for one that is not written, the resource's name.
    pub span: Span,
}
