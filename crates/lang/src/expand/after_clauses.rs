//! `after`: what must be there first though nothing refers to it.

use super::expander::Expander;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{Expectation, ModuleContext, OrderedOutput, Scope, scalar};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::Address;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{NamePath, PathSegment};
use std::collections::BTreeSet;
use std::rc::Rc;

impl<'p> Expander<'_, 'p> {
    /// Returns everything the bodies around a resource come after. All has been expanded by now.
    pub fn afters(&self, module_cx: &ModuleContext<'p>) -> Vec<(Address, Span)> {
        let mut found = Vec::new();
        let mut after = module_cx.after.as_ref();
        while let Some(one) = after {
            let addresses = one.found.get_or_init(|| {
                let Some(frame) = one.frame.upgrade() else { return Vec::new() };
                let scope = Scope { locals: one.locals.clone(), ..Scope::new(frame) };
                self.after_paths(one.paths, &scope)
            });
            found.extend(addresses.iter().cloned());
            after = one.outer.as_ref();
        }
        found
    }

    /// Returns what the outputs bring that a resource uses. All has been expanded by now.
    pub fn output_order(&self, outputs: &[Rc<OrderedOutput<'p>>]) -> Vec<(Address, Span)> {
        let found = |output: &Rc<OrderedOutput<'p>>| {
            output.found.get_or_init(|| self.after_paths(output.paths, &Scope::new(output.frame.clone()))).clone()
        };
        outputs.iter().flat_map(found).collect()
    }

    /// Returns what the paths lead to, each with the path that does.
    pub fn after_paths(&self, paths: &'p [NamePath], scope: &Scope<'p>) -> Vec<(Address, Span)> {
        let mut named = Vec::new();
        for path in paths {
            if let Ok(value) = self.resolve_after(path, scope) {
                let mut found = Vec::new();
                // A failure has been reported; the other paths still count.
                let _ = self.addresses_of(&value, path, &mut found);
                named.extend(found.into_iter().map(|address| (address, path.span)));
            }
        }
        named
    }

    /// Returns what a path of names and keys leads to.
    fn resolve_after(&self, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<Value> {
        let mut segments = path.segments.iter();
        let Some(PathSegment::Name(head)) = segments.next() else { return Err(AlreadyReported) };
        // An unknown head has been reported by resolution.
        let mut value = self.interpreter().lookup(head, scope)?.ok_or(AlreadyReported)?;
        let keys = segments.clone().take_while(|segment| matches!(segment, PathSegment::Index(_))).count();
        if keys > 0 && matches!(value.kind, ValueKind::Resource(_) | ValueKind::Instance(_)) {
            value = self.interpreter().of_all_iterations(head, keys, scope)?.unwrap_or(value);
        }
        for segment in segments {
            value = match segment {
                PathSegment::Name(name) if matches!(value.kind, ValueKind::Instance(_)) => {
                    self.interpreter().member_of(&value, name, false, name.span)?
                }
                PathSegment::Name(name) => {
                    return Err(self.not_an_item(path, &format!("`{}` is not an item", name.text)));
                }
                PathSegment::Index(index) => {
                    let key = self.interpreter().eval(index, scope, Expectation::Any)?;
                    self.keyed_item(&value, &key)?
                }
            };
        }
        Ok(value)
    }

    fn keyed_item(&self, of: &Value, key: &Value) -> EvalResult<Value> {
        if let Some(any) = self.interpreter().any_entry(of) {
            return Ok(any);
        }
        if self.interpreter().is_symbolic(key) {
            return Err(AlreadyReported);
        }
        let text = scalar(key).ok_or_else(|| self.interpreter().no_key(key))?;
        let found = of.as_map().and_then(|map| map.get(text.as_str()));
        found.map(|entry| entry.value.clone()).ok_or_else(|| self.interpreter().no_iteration(of, &text, key.span))
    }

    fn addresses_of(&self, value: &Value, path: &NamePath, found: &mut Vec<Address>) -> EvalResult<()> {
        match &value.kind {
            ValueKind::Resource(handle) => found.push(handle.address.clone()),
            ValueKind::Instance(handle) => {
                let instance = self.expansion.instance(handle.id).ok_or(AlreadyReported)?;
                found.extend(below(self.expansion.addresses(), &instance.address).cloned());
            }
            ValueKind::Map(map) => {
                for entry in map.values() {
                    self.addresses_of(&entry.value, path, found)?;
                }
            }
            ValueKind::List(items) => {
                for item in items.iter() {
                    self.addresses_of(item, path, found)?;
                }
            }
            // An item of a branch that was not taken.
            ValueKind::Absent => {}
            _ => return Err(self.not_an_item(path, &value.describe())),
        }
        Ok(())
    }

    fn not_an_item(&self, path: &NamePath, found: &str) -> AlreadyReported {
        self.report(
            Diagnostic::error("GPB1707", "`after` needs a resource, a component or a layer")
                .with_label(path.span, found.to_owned())
                .help("name the item itself, not one of its properties"),
        )
    }
}

/// Returns the addresses inside a layer or a component, or that of a resource itself.
pub fn below<'a>(all: &'a BTreeSet<Address>, prefix: &str) -> impl Iterator<Item = &'a Address> {
    let start = Address::new(prefix);
    let prefix = prefix.to_owned();
    let inside = move |address: &Address| {
        let rest = address.as_str().strip_prefix(prefix.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
    };
    let start_text = start.as_str().to_owned();
    all.range(start..).take_while(move |address| address.as_str().starts_with(&start_text)).filter(move |a| inside(a))
}
