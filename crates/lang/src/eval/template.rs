//! Templates: files whose `${…}` see the values that a call gives them, and nothing else.

use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::builtins::{self, TemplateCall};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::ops::ANY_KEY;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueMap};
use gpb_syntax::ast::{Expr, ExprKind, Ident, TextPart};
use std::collections::BTreeMap;

/// The functions that read files, which a template does not call: their paths would be those of another file.
const READING: [&str; 4] = ["archive", "file", "file_base64", "template"];

impl<'p> Interpreter<'_, 'p> {
    /// Returns the text of a template with its values put in.
    pub(super) fn template(&self, call: TemplateCall, scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        let (path, text, vars) = match call {
            TemplateCall::Read { path, text, vars } => (path, text, vars),
            TemplateCall::Symbol(value) => return Ok(value),
        };
        let Some(file) = self.cx.program.templates.parsed(&path, &text) else {
            let message = "the program has more templates than are read".to_owned();
            return Err(self.state.meter.stop(self.cx, "GPB1403", span, message));
        };
        self.cx.reports.all(file.diagnostics.iter().cloned());
        let mut names =
            TemplateNames { interpreter: self, scope, found: BTreeMap::new(), bound: Vec::new(), failed: false };
        names.parts(&file.parts);
        // The names of a map whose keys nobody has given yet are not known.
        let is_open = vars.contains_key(ANY_KEY);
        // What a part that cannot be read would have used is not known.
        let is_broken = file.diagnostics.iter().any(Diagnostic::is_error);
        let known = is_open || names.are_given(&vars, !is_broken);
        if names.failed || !known || is_broken {
            return Err(AlreadyReported);
        }
        if is_open {
            return Ok(crate::ops::symbol(builtins::TEMPLATE, &[&Value::map(vars, span)], Type::String, span));
        }
        let mut inner = Scope { place: scope.shared_place(), ..self.root(scope.frame.module_cx.module) };
        for name in names.found.into_values() {
            if let Some(entry) = vars.get(name.text.as_str()) {
                inner = inner.bind(&name.text, entry.value.clone());
            }
        }
        Ok(self.text(&file.parts, &inner, span)?.with_span(span))
    }
}

/// The names that the expressions of a template need.
struct TemplateNames<'a, 'i, 'p> {
    interpreter: &'a Interpreter<'i, 'p>,
    scope: &'a Scope<'p>,
    /// The names so far, each where it is met first.
    found: BTreeMap<&'p str, &'p Ident>,
    /// The variables of the comprehensions around, innermost last.
    bound: Vec<&'p str>,
    failed: bool,
}

impl<'p> TemplateNames<'_, '_, 'p> {
    /// Reports the names that are not given, and, where the `whole` template was read, the values that nothing asks for.
    fn are_given(&self, vars: &ValueMap, whole: bool) -> bool {
        let mut given = true;
        for (name, written) in &self.found {
            if !vars.contains_key(*name) {
                self.interpreter.report(not_given(name, written.span, vars));
                given = false;
            }
        }
        for (name, entry) in vars.iter().filter(|(name, _)| whole && !self.found.contains_key(&***name)) {
            let diagnostic = Diagnostic::warning("GPB1223", format!("the template does not use `{name}`"));
            let diagnostic = diagnostic.with_label(entry.key, "given here");
            self.interpreter.report(diagnostic.help("leave it out, or put `${…}` with the name into the template"));
        }
        given
    }

    fn parts(&mut self, parts: &'p [TextPart]) {
        for part in parts {
            if let TextPart::Interpolation(value) = part {
                self.expr(value);
            }
        }
    }

    fn refuse(&mut self, what: &str, span: Span) {
        self.failed = true;
        self.interpreter.report(
            Diagnostic::error("GPB1222", format!("{what} has no place in a template"))
                .with_label(span, "a template chooses and joins values")
                .help("make the value in the program, and give it to the template by a name"),
        );
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &*expr.kind {
            ExprKind::Number(_)
            | ExprKind::Quantity { .. }
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Missing => {}
            ExprKind::Name(name) => {
                if !self.bound.contains(&name.text.as_str()) {
                    self.found.entry(&name.text).or_insert(name);
                }
            }
            ExprKind::Text(parts) => self.parts(parts),
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Call { callee, args } => {
                if self.callee(callee) {
                    for arg in args {
                        self.expr(&arg.value);
                    }
                }
            }
            ExprKind::Member { of, .. } => self.expr(of),
            ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Spread(inner) => self.expr(inner),
            ExprKind::Index { of: left, index: right }
            | ExprKind::Binary { left, right, .. }
            | ExprKind::Range { low: left, high: right } => {
                for side in [left, right] {
                    self.expr(side);
                }
            }
            ExprKind::If { condition, then, otherwise } => {
                for part in [condition, then, otherwise] {
                    self.expr(part);
                }
            }
            ExprKind::Comprehension(comprehension) => {
                self.expr(&comprehension.over);
                let outer = self.bound.len();
                self.bound.extend(comprehension.names.iter().map(|name| name.text.as_str()));
                let parts = [&comprehension.condition, &comprehension.key].into_iter().flatten();
                parts.chain([&comprehension.value]).for_each(|part| self.expr(part));
                self.bound.truncate(outer);
            }
            ExprKind::Object(_) => self.refuse("an object", expr.span),
            ExprKind::Policy(_) => self.refuse("a policy", expr.span),
            ExprKind::Tagged { .. } => self.refuse("a tagged value", expr.span),
        }
    }

    /// Checks that a template may call a function.
    fn callee(&mut self, callee: &'p Ident) -> bool {
        let own = self.interpreter.cx.names.function(self.scope.frame.module_cx.module, &callee.text);
        match builtins::lookup(&callee.text) {
            _ if own.is_some() => return true,
            Some(builtin) if READING.contains(&builtin.name) => self.refuse("a call that reads files", callee.span),
            Some(_) => return true,
            None => {
                self.failed = true;
                self.interpreter.report(builtins::unknown(&callee.text, callee.span, []));
            }
        }
        false
    }
}

/// Returns the diagnostic for a name that a template needs and is not given.
fn not_given(name: &str, span: Span, vars: &ValueMap) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB1221", format!("the template needs `{name}`, which it is not given"))
        .with_label(span, "not a name of `vars`");
    if let Some(near) = nearest(name, vars.keys().map(AsRef::as_ref)) {
        return diagnostic.help(format!("did you mean `{near}`?"));
    }
    diagnostic.help("a template sees the names of `vars` alone; for the signs themselves, write `\\${`")
}
