//! `[...a, b]` and `{ ...base, k = v }`: lists and objects put into others.

use super::entries::BlockEntries;
use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::builtins::{self, CallArg};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{Type, type_of};
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind, Stmt};

impl<'p> Interpreter<'_, 'p> {
    /// Returns a list in which the elements of others stand.
    pub(super) fn spread_list(
        &self,
        items: &'p [Expr],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        let mut parts = Vec::new();
        let mut failed = None;
        for run in items.chunk_by(|left, right| !is_spread(left) && !is_spread(right)) {
            let part = match run {
                [one] if is_spread(one) => match &*one.kind {
                    ExprKind::Spread(list) => self.spread(list, scope, expect, &Type::list(Type::Any)),
                    _ => Err(AlreadyReported),
                },
                elements => self.elements(elements, scope, expect, span).map(Some),
            };
            match part {
                Ok(part) => parts.extend(part),
                Err(why) => failed = Some(why),
            }
        }
        if failed.is_none() && parts.is_empty() {
            return Ok(Value::list(Vec::new(), span));
        }
        failed.map_or_else(|| self.joined("concat", parts, scope, span), Err)
    }

    /// Returns an object with the entries of others before its own.
    pub(super) fn spread_object(
        &self,
        rest: &[(&'p Stmt, Scope<'p>)],
        fields: EvalResult<Value>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        let mut parts = Vec::new();
        let mut failed = None;
        for (stmt, scope) in rest {
            let Stmt::Spread { value, .. } = stmt else { continue };
            match self.spread(value, scope, expect, &Type::map(Type::Any)) {
                Ok(part) => parts.extend(part),
                Err(why) => failed = Some(why),
            }
        }
        parts.push(fields?);
        let scope = rest.first().map(|(_, scope)| scope);
        match (failed, scope) {
            (None, Some(scope)) => self.joined("merge", parts, scope, span),
            (failed, _) => Err(failed.unwrap_or(AlreadyReported)),
        }
    }

    /// Returns what is spread, of the kind of `ty`; none where it is absent, which spreads nothing.
    fn spread(
        &self,
        written: &'p Expr,
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        ty: &Type,
    ) -> EvalResult<Option<Value>> {
        let value = match &*written.kind {
            ExprKind::Name(_) => self.named(written, scope)?,
            _ => self.eval(written, scope, expect)?,
        };
        let value = value.with_span(written.span);
        let is_list = matches!(ty, Type::List(_));
        let fits = match &value.kind {
            ValueKind::Absent => return Ok(None),
            ValueKind::List(_) => is_list,
            ValueKind::Map(_) => !is_list,
            ValueKind::Unknown(unknown) => {
                unknown.ty.may_be(ty) || !is_list && matches!(unknown.ty.required(), Type::Object(_))
            }
            _ => false,
        };
        if fits {
            return Ok(Some(value));
        }
        let (wanted, into) = if is_list { ("a list", "a list") } else { ("an object or a map", "an object") };
        let message = format!("`...` puts {wanted} into {into}, not {}", value.describe());
        let diagnostic =
            Diagnostic::error("GPB1135", message).with_label(written.span, format!("{wanted} is expected"));
        Err(self.report(match &value.kind {
            ValueKind::Unknown(unknown) if is_list && unknown.ty.may_be(&Type::map(Type::Any)) => {
                diagnostic.help("the values of a map are `values(m)`, its keys `keys(m)`")
            }
            ValueKind::Map(_) => diagnostic.help("the values of a map are `values(m)`, its keys `keys(m)`"),
            _ if is_list => diagnostic.help("one element stands without `...`"),
            _ => diagnostic.help("one value stands behind a name: `name = value`"),
        }))
    }

    /// Joins parts by the function that does so, which also waits for what is not known.
    fn joined(&self, function: &str, parts: Vec<Value>, scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        let Some(builtin) = builtins::lookup(function) else { return Err(AlreadyReported) };
        if parts.iter().any(|part| matches!(part.kind, ValueKind::Unknown(_)) && self.is_symbolic(part)) {
            let mut types = parts.iter().map(type_of);
            let first = types.next().unwrap_or(Type::Any);
            let ty = if function == "concat" && types.all(|ty| ty == first) { first } else { builtin.result.clone() };
            return Ok(ops::symbol(function, &parts.iter().collect::<Vec<_>>(), ty, span));
        }
        let args = parts.into_iter().map(|value| CallArg { name: None, value }).collect();
        let value = self.with_context(scope, |cx| self.ok(builtins::call(builtin, args, cx, span)))?;
        self.measured_size(value, span)
    }

    /// Reports entries of another object behind some that are written, which would take their place.
    pub(super) fn spread_behind(&self, at: Span, entries: &BlockEntries<'p>) -> AlreadyReported {
        let first = entries.assignments.values().next().and_then(|given| given.first()).map(super::Assignment::head);
        let diagnostic = Diagnostic::error("GPB1136", "what is spread stands before the entries that are written")
            .with_label(at, "its entries would take the place of those above");
        let diagnostic = match first {
            Some(first) => diagnostic.with_label(first, "written first"),
            None => diagnostic,
        };
        self.report(diagnostic.help("write `...` first: what stands behind it takes the place of what it holds"))
    }
}

fn is_spread(item: &Expr) -> bool {
    matches!(*item.kind, ExprKind::Spread(_))
}
