//! Expressions.

use super::expect::Expectation;
use super::{CycleLabel, Interpreter, MemoKey, Scope, SilentUnknowns};
use crate::body_index::{DeclKind, Declaration};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_catalog::regions;
use gpb_model::ty::Type;
use gpb_model::value::{PropertyMap, PropertyValue, ValueEntry, ValueKind};
use gpb_syntax::ast::{BinaryOp, Expr, ExprKind, Ident, TextPart};

impl<'p> Interpreter<'_, 'p> {
    /// The value of an expression. What is expected of it decides only how its blocks are read.
    pub fn eval(&self, expr: &'p Expr, scope: &Scope<'p>, expect: Expectation<'_>) -> EvalResult<PropertyValue> {
        self.budget.step(self, expr.span, 1)?;
        self.budget.deeper(self, expr.span, || self.eval_kind(expr, scope, expect))
    }

    fn eval_kind(&self, expr: &'p Expr, scope: &Scope<'p>, expect: Expectation<'_>) -> EvalResult<PropertyValue> {
        let span = expr.span;
        match &*expr.kind {
            ExprKind::Number(number) => Ok(PropertyValue::number(*number, span)),
            ExprKind::Quantity { amount, unit } => {
                if let Some(number) = unit::thousands(*amount, &unit.text) {
                    return Ok(PropertyValue::number(number, span));
                }
                let quantity = self.ok(unit::quantity(*amount, &unit.text, span))?;
                Ok(PropertyValue::new(ValueKind::Quantity(quantity), span))
            }
            ExprKind::Bool(value) => Ok(PropertyValue::bool(*value, span)),
            ExprKind::Text(parts) => self.text(parts, scope, span),
            ExprKind::Name(name) => self.name(name, scope),
            ExprKind::Tagged { tag, value } => {
                let value = self.eval(value, scope, Expectation::Any)?;
                Ok(PropertyValue::tagged(tag.text.as_str(), tag.span, value))
            }
            ExprKind::List(items) => self.list(items, scope, expect, span),
            ExprKind::Object(stmts) => self.object(stmts, scope, expect, span),
            ExprKind::Call { callee, args } => self.call(callee, args, scope, span),
            ExprKind::Member { of, name, optional } => self.member(of, name, *optional, scope, span),
            ExprKind::Index { of, index } => self.index(of, index, scope, span),
            ExprKind::Not(inner) => {
                let value = self.named(inner, scope)?;
                self.ok(ops::not(value, span))
            }
            ExprKind::Negate(inner) => {
                let value = self.named(inner, scope)?;
                self.ok(ops::negate(value, span))
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, scope, span),
            ExprKind::Range { low, high } => {
                let (low, high) = (self.eval(low, scope, Expectation::Any), self.eval(high, scope, Expectation::Any));
                self.ok(ops::range(low?, high?, span))
            }
            ExprKind::If { condition, then, otherwise } => {
                self.choose(condition, [then, otherwise], scope, expect, span)
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, scope, expect, span),
            ExprKind::Policy(statements) => self.policy(statements, scope, span),
            ExprKind::Missing => Err(AlreadyReported),
        }
    }

    fn text(&self, parts: &'p [TextPart], scope: &Scope<'p>, span: Span) -> EvalResult<PropertyValue> {
        if let [TextPart::Text(text)] = parts {
            return Ok(PropertyValue::text(text.as_str(), span));
        }
        if parts.is_empty() {
            return Ok(PropertyValue::text("", span));
        }
        let mut values = Vec::with_capacity(parts.len());
        let mut failed = None;
        for part in parts {
            match part {
                TextPart::Text(text) => values.push(PropertyValue::text(text.as_str(), span)),
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
        if self.fact_evaluator.borrow().is_some() && values.iter().any(PropertyValue::is_absent) {
            return Ok(PropertyValue::absent(span));
        }
        let value = self.ok(ops::text(values, span))?;
        self.budget.text(self, span, value.as_text().map_or(0, |text| text.len()))?;
        Ok(value)
    }

    /// An expression where a bare word can only be a name; one that is none has been reported by resolution.
    pub fn named(&self, expr: &'p Expr, scope: &Scope<'p>) -> EvalResult<PropertyValue> {
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

    fn name(&self, name: &'p Ident, scope: &Scope<'p>) -> EvalResult<PropertyValue> {
        let value = self.lookup(name, scope)?;
        Ok(value.map_or_else(|| PropertyValue::word(name.text.as_str(), name.span), |value| value.with_span(name.span)))
    }

    /// What a name stands for; `None` for a bare word.
    pub fn lookup(&self, name: &Ident, scope: &Scope<'p>) -> EvalResult<Option<PropertyValue>> {
        if let Some(value) = scope.local(&name.text) {
            if let Some(judge) = &*self.fact_evaluator.borrow() {
                judge.used(&name.text);
            }
            return Ok(Some(value.clone()));
        }
        let mut frame = Some(&scope.frame);
        while let Some(one) = frame {
            if let Some(value) = one.var(&name.text) {
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
            return self.environment_value(name.span).map(Some);
        }
        self.of_place(&name.text, scope, name.span)
    }

    /// `account`, `region` and `partition` of the current place.
    fn of_place(&self, name: &str, scope: &Scope<'p>, span: Span) -> EvalResult<Option<PropertyValue>> {
        if !matches!(name, "account" | "region" | "partition") {
            return Ok(None);
        }
        let Some(place) = scope.place() else {
            // A fact stands nowhere, so there `region` is the word: a failure domain.
            if name == "region" && self.fact_evaluator.borrow().is_some() {
                return Ok(None);
            }
            if self.unknown.get() != SilentUnknowns::Nothing {
                return Err(AlreadyReported);
            }
            return Err(self.report(
                Diagnostic::error("GPB1410", format!("`{name}` has no value here"))
                    .with_label(span, "only what stands inside a stack has a place")
                    .help("pass it in as a parameter"),
            ));
        };
        match (name, &place.account) {
            ("region", _) => Ok(Some(PropertyValue::text(place.region.as_str(), span))),
            ("partition", _) => Ok(Some(PropertyValue::text(regions::partition(&place.region).unwrap_or("aws"), span))),
            (_, Some(account)) => Ok(Some(PropertyValue::text(account.as_str(), span))),
            (_, None) => Err(self.report(
                Diagnostic::error("GPB1802", "the account of this place is not written anywhere")
                    .with_label(span, "needed here")
                    .help("set `account = \"…\"`, twelve digits, in the environment"),
            )),
        }
    }

    fn environment_value(&self, span: Span) -> EvalResult<PropertyValue> {
        let Some(environment) = self.ambient.borrow().clone() else {
            if self.unknown.get() != SilentUnknowns::Nothing {
                return Err(AlreadyReported);
            }
            return Err(self.report(
                Diagnostic::error("GPB1410", "`environment` has no value here")
                    .with_label(span, "only what stands inside a stack has an environment")
                    .help("pass what you need as a parameter"),
            ));
        };
        let mut map = PropertyMap::default();
        let mut put = |name: &str, value: PropertyValue| {
            map.insert(name.into(), ValueEntry { key: span, value });
        };
        put("name", PropertyValue::text(environment.name.as_str(), span));
        let mode = match environment.mode {
            gpb_model::Mode::Sandbox => "sandbox",
            gpb_model::Mode::Live => "live",
        };
        put("mode", PropertyValue::word(mode, span));
        put("region", PropertyValue::text(environment.place.region.as_str(), span));
        let goals = self.goals.borrow();
        let usage = goals
            .usage
            .iter()
            .map(|(name, value)| (name.as_str().into(), ValueEntry { key: span, value: value.clone() }));
        put("usage", PropertyValue::map(usage.collect(), span));
        if let Some(account) = &environment.place.account {
            put("account", PropertyValue::text(account.as_str(), span));
        }
        Ok(PropertyValue::map(map, span))
    }

    /// A name of a frame's own body.
    pub fn declared(
        &self,
        frame: &std::rc::Rc<super::Frame<'p>>,
        declared: &Declaration<'p>,
        used: Span,
    ) -> EvalResult<PropertyValue> {
        match declared.what {
            DeclKind::Let(binding) => {
                let key = MemoKey::Slot(frame.id, declared.at);
                self.demand(key, CycleLabel::Name(&declared.name.text), used, || {
                    self.bound(binding, &Scope::new(frame.clone()))
                })
            }
            DeclKind::Param(binding) => self.param(frame, binding, declared.at, used),
            DeclKind::Layer(_) | DeclKind::Resource(_) | DeclKind::Use(_) => self.item(frame, declared, used),
        }
    }

    fn list(
        &self,
        items: &'p [Expr],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let mut values = Vec::with_capacity(items.len());
        let mut failed = None;
        for item in items {
            match self.eval(item, scope, expect.item()) {
                // What was not given leaves no gap.
                Ok(value) if value.is_absent() => {}
                Ok(value) => values.push(value),
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or_else(|| Ok(PropertyValue::list(values, span)), Err)
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: &'p Expr,
        right: &'p Expr,
        scope: &Scope<'p>,
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let may_be_word = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Coalesce);
        let side = |expr| if may_be_word { self.eval(expr, scope, Expectation::Any) } else { self.named(expr, scope) };
        let first = side(left);
        if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce) {
            let first = first?;
            if let Some(value) = ops::decided(op, &first) {
                return Ok(value);
            }
            return self.ok(ops::binary(op, first, side(right)?, span));
        }
        let second = side(right);
        self.ok(ops::binary(op, first?, second?, span))
    }

    fn choose(
        &self,
        condition: &'p Expr,
        [then, otherwise]: [&'p Expr; 2],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<PropertyValue> {
        let decided = self.named(condition, scope)?;
        match &decided.kind {
            ValueKind::Bool(true) => self.eval(then, scope, expect),
            ValueKind::Bool(false) => self.eval(otherwise, scope, expect),
            // A fact makes nothing: what would be of either is of no use to it, and may be long.
            ValueKind::Unknown(unknown) if self.fact_evaluator.borrow().is_some() && unknown.ty.may_be(&Type::Bool) => {
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

    /// A condition that is neither true nor false.
    pub fn not_a_condition(&self, value: &PropertyValue, span: Span) -> AlreadyReported {
        self.report(
            Diagnostic::error("GPB1407", format!("a condition is `true` or `false`, not {}", value.describe()))
                .with_label(span, value.describe())
                .help("compare it with something, or ask `is_set(x)`"),
        )
    }
}
