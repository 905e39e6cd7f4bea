//! The view that expressions have of what stands outside of them.

use super::scope::Frame;
use super::world::World;
use crate::body_index::Declaration;
use crate::compile_context::{AlreadyReported, EvalResult};
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::value::{InstanceHandle, ResourceHandle, Value};
use gpb_model::{Address, PropPath};
use gpb_syntax::ast::Ident;
use std::rc::Rc;
use std::sync::Arc;

/// Answers for an interpreter what stands outside of expressions: parameters, items, resources and the graph of them.
///
/// A failure has been reported where it happened, or is silent because something here is unknown.
pub trait ResourceView<'p> {
    /// Returns the value of a parameter, a layer, a resource or a component that a frame's body declares.
    fn declared(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<Value>;

    /// Returns a property of a resource: `queue.arn`.
    fn property(&self, handle: &ResourceHandle, name: &Ident, span: Span) -> EvalResult<Value>;

    /// Returns the type of the resource at an address, where there is one.
    fn type_at(&self, address: &Address) -> Option<Arc<TypeDef>>;

    /// Checks whether nothing is at a place below a property of a resource: neither written nor chosen by AWS.
    fn lacks(&self, _address: &Address, _path: &PropPath) -> bool {
        false
    }

    /// Returns an output, an item or a parameter of a layer or a component: `main.endpoint`.
    fn instance_member(&self, _of: &InstanceHandle, _name: &Ident, _span: Span) -> EvalResult<Value> {
        Err(AlreadyReported)
    }

    /// Returns the value of `environment`, where there is one.
    fn environment(&self, span: Span) -> Option<Value>;

    /// Returns the world that is evaluated, where no environment is: what nobody has given is then a symbol.
    fn world(&self) -> Option<&World> {
        None
    }

    /// Checks whether the resources are finished, which those that facts look at are.
    fn is_finished(&self) -> bool {
        false
    }

    /// Checks whether `of.name` are the tags of a resource: one that is not set is absent.
    fn is_tag(&self, _of: &Value, _name: &str) -> bool {
        false
    }

    /// Returns what a function of the graph evaluates to; called only where the resources are finished.
    fn call(&self, _function: &str, _args: &[Value], _span: Span) -> EvalResult<Value> {
        Err(AlreadyReported)
    }

    /// Notes that a variable is used.
    fn is_used(&self, _name: &str) {}
}
