//! Requirements: conditions that have to hold, each with its reason.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{RequireId, Type};
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind, RequireStmt, TextPart};

/// The number of letters from which a value is not written out in a message.
const LONG_VALUE: usize = 40;

/// The one of whom something is required: who uses a component, sets a stack's parameters, or writes an object.
pub struct RequiredOf<'a> {
    /// The place of the use, the environment or the object.
    pub head: Span,
    /// Returns the place of what was given under a name.
    pub given: &'a dyn Fn(&str) -> Option<Span>,
}

impl<'p> Interpreter<'_, 'p> {
    /// Holds a scope against a requirement. Without an environment only the types of what is written are checked.
    ///
    /// # Errors
    /// The condition cannot be decided, which has been reported, or does not hold, which is reported here.
    pub fn require(&self, stmt: &'p RequireStmt, scope: &Scope<'p>, of: &RequiredOf<'_>) -> EvalResult<()> {
        match self.unmet(stmt, scope, of)? {
            Some(diagnostic) => Err(self.report(diagnostic)),
            None => Ok(()),
        }
    }

    /// Holds an object against a requirement of its type.
    pub(super) fn type_requirement(&self, id: RequireId, object: &Value) -> Result<(), Vec<Diagnostic>> {
        let (Some(requirement), Some(entries)) = (self.cx.types.requirement(id), object.as_map()) else {
            return Ok(());
        };
        let mut scope = self.root(requirement.module);
        for field in requirement.fields {
            if let Some(entry) = entries.get(field.name.text.as_str()) {
                scope = scope.bind(&field.name.text, entry.value.clone());
            }
        }
        // What is not given has the key of the whole object.
        let is_given = |name: &str| entries.get(name).filter(|entry| entry.key != object.span);
        let given = |name: &str| is_given(name).filter(|entry| !entry.value.is_absent()).map(|entry| entry.value.span);
        match self.unmet(requirement.stmt, &scope, &RequiredOf { head: object.span, given: &given }) {
            Ok(None) => Ok(()),
            Ok(Some(diagnostic)) => Err(vec![diagnostic]),
            Err(AlreadyReported) => Err(Vec::new()),
        }
    }

    /// Returns what is wrong where a requirement does not hold.
    fn unmet(&self, stmt: &'p RequireStmt, scope: &Scope<'p>, of: &RequiredOf<'_>) -> EvalResult<Option<Diagnostic>> {
        let condition = self.named(&stmt.condition, scope)?;
        let is_open = self.view.world().is_some();
        // The reason is read where the condition does not hold; what is absent under it may be what made it hold.
        if is_open && condition.kind != ValueKind::Bool(true) {
            self.reason(stmt, scope)?;
        }
        match &condition.kind {
            ValueKind::Bool(true) => Ok(None),
            // A world only assumes what nobody has given.
            ValueKind::Bool(false) if is_open => Ok(None),
            ValueKind::Bool(false) => Ok(Some(self.broken(stmt, scope, of)?)),
            ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Bool) => {
                if self.is_symbolic(&condition) {
                    return Ok(None);
                }
                Err(self.report(
                    Diagnostic::error("GPB1416", "it is unknown until apply whether this requirement holds")
                        .with_label(stmt.condition.span, condition.describe())
                        .help("a plan promises what it shows, so a requirement may ask only for what is known before apply"),
                ))
            }
            _ => Err(self.not_a_condition(&condition, stmt.condition.span)),
        }
    }

    fn broken(&self, stmt: &'p RequireStmt, scope: &Scope<'p>, of: &RequiredOf<'_>) -> EvalResult<Diagnostic> {
        let reason = self.reason(stmt, scope)?;
        let mut read = Vec::new();
        read_names(&stmt.condition, &mut read);
        let (mut values, mut places, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for expr in read {
            let written = self.cx.program.sources.slice(expr.span);
            if seen.contains(&written) {
                continue;
            }
            seen.push(written);
            let value = self.cx.reports.muted(|| self.named(expr, scope)).ok();
            let told = value.and_then(|value| told(&value)).map(|value| format!("`{written}` is {value}"));
            let at = root_name(expr).and_then(|name| (of.given)(name));
            if let Some(at) = at.filter(|at| !places.iter().any(|(place, _)| place == at)) {
                places.push((at, told.clone().unwrap_or_else(|| format!("`{written}` is given here"))));
            }
            values.extend(told);
        }
        let message = if values.is_empty() { reason } else { format!("{reason}: {}", values.join(", ")) };
        if places.is_empty() {
            places.push((of.head, "this does not meet what is required".to_owned()));
        }
        let diagnostic = Diagnostic::error("GPB1414", message);
        let diagnostic = places.into_iter().fold(diagnostic, |told, (at, text)| told.with_label(at, text));
        Ok(diagnostic.with_label(stmt.condition.span, "required here"))
    }

    /// Returns the reason as a string; what only apply knows of it is left open.
    fn reason(&self, stmt: &'p RequireStmt, scope: &Scope<'p>) -> EvalResult<String> {
        let value = self.eval(&stmt.reason, scope, Expectation::Type(&Type::String))?;
        let value = self.conform(value, &Type::String, scope, None)?;
        Ok(value.as_text().map_or_else(
            || self.cx.program.sources.slice(stmt.reason.span).trim_matches('"').to_owned(),
            ToString::to_string,
        ))
    }
}

/// Returns a value as a message shows it, where it is short enough to say something.
fn told(value: &Value) -> Option<String> {
    if value.is_absent() {
        return Some("not given".to_owned());
    }
    let text = value.to_string();
    (value.is_known() && text.chars().count() < LONG_VALUE).then_some(text)
}

/// Returns the name that `a.b.c` begins with.
fn root_name(expr: &Expr) -> Option<&str> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Member { of, .. } => root_name(of),
        _ => None,
    }
}

/// Collects the names that an expression reads, each with the members behind it.
fn read_names<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match &*expr.kind {
        ExprKind::Name(_) => found.push(expr),
        ExprKind::Member { of, .. } if root_name(of).is_some() => found.push(expr),
        ExprKind::Member { of: inner, .. } | ExprKind::Not(inner) | ExprKind::Negate(inner) => read_names(inner, found),
        ExprKind::Tagged { value, .. } | ExprKind::Spread(value) => read_names(value, found),
        ExprKind::Index { of: left, index: right }
        | ExprKind::Binary { left, right, .. }
        | ExprKind::Range { low: left, high: right } => {
            for side in [left, right] {
                read_names(side, found);
            }
        }
        ExprKind::If { condition, then, otherwise } => {
            for part in [condition, then, otherwise] {
                read_names(part, found);
            }
        }
        ExprKind::List(items) => items.iter().for_each(|item| read_names(item, found)),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| read_names(&arg.value, found)),
        ExprKind::Comprehension(comprehension) => read_names(&comprehension.over, found),
        ExprKind::Text(parts) => {
            for part in parts {
                if let TextPart::Interpolation(inner) = part {
                    read_names(inner, found);
                }
            }
        }
        ExprKind::Number(_)
        | ExprKind::Quantity { .. }
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Object(_)
        | ExprKind::Policy(_)
        | ExprKind::Missing => {}
    }
}
