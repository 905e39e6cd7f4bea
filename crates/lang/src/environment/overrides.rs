//! The overrides of an environment.

use super::moves::nearest_address;
use crate::eval::Scope;
use crate::expand::{Expander, OverrideBlock};
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Override};
use gpb_syntax::ast::Stmt;
use std::cell::Cell;
use std::rc::Rc;

impl<'p> Expander<'_, 'p> {
    /// Reads the overrides among some statements.
    pub(super) fn read_overrides(&self, stmts: &'p [Stmt], scope: &Scope<'p>) {
        for stmt in stmts {
            let Stmt::Override { path, stmts, .. } = stmt else { continue };
            let Ok(address) = self.address(path, scope) else { continue };
            let overridden = OverrideBlock { stmts, scope: scope.clone(), span: path.span, met: Cell::new(false) };
            let first = self.overrides.borrow_mut().insert(Address::new(address), Rc::new(overridden));
            if let Some(first) = first {
                self.report(
                    Diagnostic::error("GPB1409", "one resource is overridden twice")
                        .with_label(path.span, "overridden again here")
                        .with_label(first.span, "first overridden here")
                        .help("put both into one `override`"),
                );
            }
        }
    }

    /// Returns the overrides of resources that there are.
    pub(super) fn applied_overrides(&self) -> Vec<Override> {
        let overrides = self.overrides.borrow();
        let known = overrides.iter().filter(|(address, _)| self.expansion.by_address(address).is_some());
        let made = known.map(|(address, overridden)| Override {
            address: address.clone(),
            properties: self.overridden_properties(address, overridden),
            span: overridden.span,
        });
        made.collect()
    }

    fn overridden_properties(&self, address: &Address, overridden: &OverrideBlock<'p>) -> Vec<String> {
        let Some(node) = self.expansion.by_address(address) else { return Vec::new() };
        let Ok(entries) = self.interpreter().entries(overridden.stmts, &overridden.scope) else { return Vec::new() };
        let root = &node.def.root;
        let aws = entries.assignments.keys().filter_map(|name| root.by_name(name).or_else(|| root.by_aws(name)));
        aws.map(|property| property.aws.to_string()).collect()
    }

    /// Refuses the overrides of what is not there.
    pub(super) fn check_overrides(&self) {
        for (address, overridden) in self.overrides.borrow().iter() {
            if overridden.met.get() || self.expansion.by_address(address).is_some() {
                continue;
            }
            let diagnostic = Diagnostic::error("GPB1903", format!("there is no resource `{address}` to override"))
                .with_label(overridden.span, "unknown address");
            self.report(nearest_address(diagnostic, address.as_str(), self.expansion.addresses(), overridden.span));
        }
    }
}
