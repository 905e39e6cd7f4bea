//! Evaluation: from expressions to values, on demand, each thing once.
//!
//! Nothing here is evaluated in the order it was written: a `let`, a parameter, a property is computed when it is first
//! needed and remembered, so forward references need no care and only true cycles are refused.
//!
//! An [`Interpreter`] evaluates expressions. What lies outside of them (parameters, resources, the graph that facts look
//! at) it sees through a [`ResourceView`], of which expansion has one and facts another. Where no environment is expanded, what nobody has given is a
//! symbol, and a [`World`] decides the conditions on symbols.

mod absence;
mod ambient;
mod assignment;
mod bindings;
mod call;
mod comprehension;
mod conversion;
mod demand;
mod entries;
mod expect;
mod expr;
mod frames;
mod interpreter;
mod member;
mod memo;
mod meter;
mod output_order;
mod policy;
mod property_path;
mod requirement;
mod resource_view;
mod scope;
mod size;
mod state;
mod symbolic_access;
mod symbolic_operators;
mod symbols;
mod variable;
mod world;

pub use ambient::environment_value;
pub use assignment::Assignment;
pub use call::is_optional;
pub use entries::{BlockEntries, bind_iteration};
pub use expect::Expectation;
pub use interpreter::Interpreter;
pub use memo::{CycleLabel, MemoKey};
pub use output_order::{MetOrder, OrderedOutput};
pub use requirement::RequiredOf;
pub use resource_view::ResourceView;
pub use scope::{Frame, InstanceId, ModuleContext, Scope, key_segment, scalar};
pub use state::EvalState;
pub use symbols::{any_environment, any_place, symbol_at, symbol_of};
pub use world::{BranchCoverage, OptionalChoice, World, param_symbol, waits_for_apply};
