//! Expressions.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::memo::{CycleLabel, MemoKey};
use super::scope::{Frame, Scope};
use crate::body_index::{DeclKind, Declaration};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::node_id::NodeId;
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{BinaryOp, Expr, ExprKind, Ident, TextPart};
use std::rc::Rc;

impl<'p> Interpreter<'_, 'p> {
    /// Evaluates an expression. What is expected of it decides only how its blocks are read.
    pub fn eval(&self, expr: &'p Expr, scope: &Scope<'p>, expect: Expectation<'_>) -> EvalResult<Value> {
        self.state.meter.step(self.cx, expr.span, 1)?;
        self.state.meter.deeper(self.cx, expr.span, || self.eval_kind(expr, scope, expect))
    }

    fn eval_kind(&self, expr: &'p Expr, scope: &Scope<'p>, expect: Expectation<'_>) -> EvalResult<Value> {
        let span = expr.span;
        match &*expr.kind {
            ExprKind::Number(number) => Ok(Value::number(*number, span)),
            ExprKind::Quantity { amount, unit } => {
                if let Some(number) = unit::thousands(*amount, &unit.text) {
                    return Ok(Value::number(number, span));
                }
                let quantity = self.ok(unit::quantity(*amount, &unit.text, span))?;
                Ok(Value::new(ValueKind::Quantity(quantity), span))
            }
            ExprKind::Bool(value) => Ok(Value::bool(*value, span)),
            ExprKind::None => Ok(self.none(expr, expect)),
            ExprKind::Text(parts) => self.text(parts, scope, span),
            ExprKind::Name(name) => self.name(name, scope),
            ExprKind::Tagged { tag, value } => {
                let value = self.eval(value, scope, Expectation::Any)?;
                Ok(Value::tagged(tag.text.as_str(), tag.span, value))
            }
            ExprKind::List(items) => self.list(items, scope, expect, span),
            ExprKind::Object(stmts) => self.object(stmts, scope, expect, span),
            ExprKind::Call { callee, args } if self.reads_variable(callee, scope) => {
                self.variable(callee, args, scope, expect, span)
            }
            ExprKind::Call { callee, args } => {
                let value = self.call(callee, args, scope, span)?;
                match expect {
                    Expectation::Type(ty) => self.zero_of(expr, value, ty.required(), scope),
                    _ => Ok(value),
                }
            }
            ExprKind::Member { of, name, optional } => self.member(of, name, *optional, scope, span),
            ExprKind::Index { of, index } => self.index(of, index, scope, span),
            ExprKind::Not(inner) => {
                let value = self.named(inner, scope)?;
                self.ok(ops::not(value, span))
            }
            ExprKind::Negate(inner) => {
                let value = self.named(inner, scope)?;
                self.negated(value, span)
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, [left, right], scope, expect, span),
            ExprKind::Range { low, high } => {
                let (low, high) = (self.eval(low, scope, Expectation::Any), self.eval(high, scope, Expectation::Any));
                let (low, high) = (low?, high?);
                self.check_ends(&low, &high)?;
                self.ok(ops::range(low, high, span))
            }
            ExprKind::If { condition, then, otherwise } => {
                self.choose(condition, [then, otherwise], scope, expect, span)
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, scope, expect, span),
            ExprKind::Policy(statements) => self.policy(statements, scope, span),
            // What is spread is an element of a list, which reads it.
            ExprKind::Spread(_) | ExprKind::Missing => Err(AlreadyReported),
        }
    }

    pub(super) fn text(&self, parts: &'p [TextPart], scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        if let [TextPart::Text(text)] = parts {
            return Ok(Value::text(text.as_str(), span));
        }
        if parts.is_empty() {
            return Ok(Value::text("", span));
        }
        let mut values = Vec::with_capacity(parts.len());
        let mut failed = None;
        for part in parts {
            match part {
                TextPart::Text(text) => values.push(Value::text(text.as_str(), span)),
                TextPart::Interpolation(expr) => match self.named(expr, scope) {
                    Ok(value) => values.push(value),
                    Err(why) => failed = Some(why),
                },
            }
        }
        if let Some(why) = failed {
            return Err(why);
        }
        // Of a resource that is finished, nothing is said with what it does not have.
        if self.view.is_finished() && values.iter().any(Value::is_absent) {
            return Ok(Value::absent(span));
        }
        self.check_text_parts(&values)?;
        let value = self.ok(ops::text(values, span))?;
        self.state.meter.text(self.cx, span, value.as_text().map_or(0, |text| text.len()))?;
        Ok(value)
    }

    /// Evaluates an expression where a bare word can only be a name; one that is none has been reported by resolution.
    pub fn named(&self, expr: &'p Expr, scope: &Scope<'p>) -> EvalResult<Value> {
        let value = self.eval(expr, scope, Expectation::Any)?;
        let is_bare = matches!(&*expr.kind, ExprKind::Name(_))
            && matches!(&value.kind, ValueKind::Word(word) if word.among.is_none());
        if is_bare && self.is_unknown(expr, scope) { Err(AlreadyReported) } else { Ok(value) }
    }

    fn is_unknown(&self, expr: &'p Expr, scope: &Scope<'p>) -> bool {
        match &*expr.kind {
            ExprKind::Name(name) => matches!(self.lookup(name, scope), Ok(None)),
            _ => false,
        }
    }

    fn name(&self, name: &'p Ident, scope: &Scope<'p>) -> EvalResult<Value> {
        let unknown = &self.resolved.unknown;
        if !unknown.is_empty() && unknown.contains(&NodeId::new(name.span)) {
            return Err(AlreadyReported);
        }
        let value = self.lookup(name, scope)?;
        Ok(value.map_or_else(|| Value::word(name.text.as_str(), name.span), |value| value.with_span(name.span)))
    }

    /// Returns what a name stands for; none for a bare word.
    pub fn lookup(&self, name: &Ident, scope: &Scope<'p>) -> EvalResult<Option<Value>> {
        if let Some(value) = scope.local(&name.text) {
            self.view.is_used(&name.text);
            return Ok(Some(value.clone()));
        }
        let mut frame = Some(&scope.frame);
        while let Some(one) = frame {
            if let Some(value) = one.var(&name.text) {
                self.state.order.use_frame(one.id);
                return Ok(Some(value.clone()));
            }
            if let Some(declared) = one.index.names.get(name.text.as_str()) {
                return self.declared(one, declared, name.span).map(Some);
            }
            if one.placed
                && let Some(value) = self.of_place(&name.text, scope, name.span)?
            {
                return Ok(Some(value));
            }
            frame = one.parent.as_ref();
        }
        let module = scope.frame.module_cx.module;
        if let Some(global) = self.cx.names.constant(module, &name.text) {
            return self.constant(global.module, global.item, name.span).map(Some);
        }
        if name.text == "environment" {
            return self.environment(name.span).map(Some);
        }
        self.of_place(&name.text, scope, name.span)
    }

    /// Returns what a name of a frame's own body stands for.
    pub fn declared(&self, frame: &Rc<Frame<'p>>, declared: &Declaration<'p>, used: Span) -> EvalResult<Value> {
        match declared.what {
            DeclKind::Let(binding) => {
                let key = MemoKey::Slot(frame.id, declared.at);
                self.demand(key, CycleLabel::Name(&declared.name.text), used, || {
                    self.bound(binding, &Scope::new(frame.clone()))
                })
            }
            _ => self.view.declared(frame, declared, used),
        }
    }

    fn list(&self, items: &'p [Expr], scope: &Scope<'p>, expect: Expectation<'_>, span: Span) -> EvalResult<Value> {
        if items.iter().any(|item| matches!(*item.kind, ExprKind::Spread(_))) {
            return self.spread_list(items, scope, expect, span);
        }
        self.elements(items, scope, expect, span)
    }

    /// Returns the list of elements none of which is spread.
    pub(super) fn elements(
        &self,
        items: &'p [Expr],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        let mut values = Vec::with_capacity(items.len());
        let mut failed = None;
        for item in items {
            match self.eval(item, scope, expect.item()) {
                Ok(value) if value.is_absent() && self.is_left_out(item, expect) => {}
                Ok(value) if value.is_absent() && expect.item().is_required() => {
                    failed = Some(self.report(self.absent_element(item)));
                }
                Ok(value) => values.push(value),
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or_else(|| Ok(Value::list(values, span)), Err)
    }

    fn binary(
        &self,
        op: BinaryOp,
        [left, right]: [&'p Expr; 2],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        // What is chosen by `??` is read as the whole is.
        let inner = if op == BinaryOp::Coalesce { expect } else { Expectation::Any };
        let may_be_word = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Coalesce);
        let side = |expr| if may_be_word { self.eval(expr, scope, inner) } else { self.named(expr, scope) };
        if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual)
            && let Some((none, other)) = Self::compared_with_none(left, right)
        {
            let other = side(other)?;
            let none = self.none_beside(none, &other, scope)?;
            return self.operate(op, other, none, scope, span);
        }
        let first = side(left);
        if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce) {
            let first = first?;
            if let Some(value) = ops::decided(op, &first) {
                return Ok(value);
            }
            return self.ok(ops::binary(op, first, side(right)?, span));
        }
        let second = side(right);
        let (first, second) = self.with_one_unit([(left, first?), (right, second?)], scope)?;
        self.operate(op, first, second, scope, span)
    }

    fn choose(
        &self,
        condition: &'p Expr,
        [then, otherwise]: [&'p Expr; 2],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        let decided = self.settled(self.named(condition, scope)?, condition.span);
        match &decided.kind {
            ValueKind::Bool(true) => self.eval(then, scope, expect),
            ValueKind::Bool(false) if otherwise.is_omitted() => Ok(Value::absent(span)),
            ValueKind::Bool(false) => self.eval(otherwise, scope, expect),
            // A fact makes nothing: what would be of either is of no use to it, and may be long.
            ValueKind::Unknown(unknown) if self.view.is_finished() && unknown.ty.may_be(&Type::Bool) => {
                let (then, otherwise) = (self.eval(then, scope, expect), self.eval(otherwise, scope, expect));
                Ok(unknown.spread(gpb_model::ty::common([&then?, &otherwise?].into_iter()), span))
            }
            ValueKind::Unknown(_) => {
                let (then, otherwise) = (self.eval(then, scope, expect), self.eval(otherwise, scope, expect));
                self.ok(ops::choose(decided, then?, otherwise?, span))
            }
            _ => Err(self.not_a_condition(&decided, condition.span)),
        }
    }

    /// Reports a condition that is neither true nor false.
    pub fn not_a_condition(&self, value: &Value, span: Span) -> AlreadyReported {
        self.report(
            Diagnostic::error("GPB1407", format!("a condition is `true` or `false`, not {}", value.describe()))
                .with_label(span, value.describe())
                .help("compare it with something, or ask `is_set(x)`"),
        )
    }
}
