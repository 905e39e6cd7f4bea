//! Expressions.

use super::expect::Expect;
use super::{Key, Label, Machine, Scope, Unknowns};
use crate::index::{Declared, What};
use crate::ops;
use crate::world::{Failed, Outcome};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_catalog::regions;
use gpb_model::ty::Type;
use gpb_model::value::{Entry, Kind, Map, Value};
use gpb_syntax::ast::{BinaryOp, Expr, ExprKind, Name, TextPart};

impl<'p> Machine<'_, 'p> {
    /// The value of an expression. What is expected of it decides only how its blocks are read.
    pub fn eval(&self, expr: &'p Expr, scope: &Scope<'p>, expect: Expect<'_>) -> Outcome<Value> {
        self.budget.step(self, expr.span, 1)?;
        self.budget.deeper(self, expr.span, || self.eval_kind(expr, scope, expect))
    }

    fn eval_kind(&self, expr: &'p Expr, scope: &Scope<'p>, expect: Expect<'_>) -> Outcome<Value> {
        let span = expr.span;
        match &*expr.kind {
            ExprKind::Number(number) => Ok(Value::number(*number, span)),
            ExprKind::Quantity { amount, unit } => {
                if let Some(number) = unit::thousands(*amount, &unit.text) {
                    return Ok(Value::number(number, span));
                }
                let quantity = self.ok(unit::quantity(*amount, &unit.text, span))?;
                Ok(Value::new(Kind::Quantity(quantity), span))
            }
            ExprKind::Bool(value) => Ok(Value::bool(*value, span)),
            ExprKind::Text(parts) => self.text(parts, scope, span),
            ExprKind::Name(name) => self.name(name, scope),
            ExprKind::Tagged { tag, value } => {
                let value = self.eval(value, scope, Expect::Any)?;
                Ok(Value::tagged(tag.text.as_str(), tag.span, value))
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
                let (low, high) = (self.eval(low, scope, Expect::Any), self.eval(high, scope, Expect::Any));
                self.ok(ops::range(low?, high?, span))
            }
            ExprKind::If { condition, then, otherwise } => {
                self.choose(condition, [then, otherwise], scope, expect, span)
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, scope, expect, span),
            ExprKind::Policy(statements) => self.policy(statements, scope, span),
            ExprKind::Missing => Err(Failed),
        }
    }

    fn text(&self, parts: &'p [TextPart], scope: &Scope<'p>, span: Span) -> Outcome<Value> {
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
                TextPart::Hole(expr) => match self.named(expr, scope) {
                    Ok(value) => values.push(value),
                    Err(why) => failed = Some(why),
                },
            }
        }
        if let Some(why) = failed {
            return Err(why);
        }
        // Of a resource that is finished, nothing is said with what it does not have.
        if self.judge.borrow().is_some() && values.iter().any(Value::is_absent) {
            return Ok(Value::absent(span));
        }
        let value = self.ok(ops::text(values, span))?;
        self.budget.text(self, span, value.as_text().map_or(0, |text| text.len()))?;
        Ok(value)
    }

    /// An expression where a bare word can only be a name; one that is none has been reported by resolution.
    pub fn named(&self, expr: &'p Expr, scope: &Scope<'p>) -> Outcome<Value> {
        let value = self.eval(expr, scope, Expect::Any)?;
        let is_bare =
            matches!(&*expr.kind, ExprKind::Name(_)) && matches!(&value.kind, Kind::Word(word) if word.among.is_none());
        if is_bare && self.is_unknown(expr, scope) { Err(Failed) } else { Ok(value) }
    }

    fn is_unknown(&self, expr: &'p Expr, scope: &Scope<'p>) -> bool {
        match &*expr.kind {
            ExprKind::Name(name) => matches!(self.lookup(name, scope), Ok(None)),
            _ => false,
        }
    }

    fn name(&self, name: &'p Name, scope: &Scope<'p>) -> Outcome<Value> {
        let value = self.lookup(name, scope)?;
        Ok(value.map_or_else(|| Value::word(name.text.as_str(), name.span), |value| value.at(name.span)))
    }

    /// What a name stands for; `None` for a bare word.
    pub fn lookup(&self, name: &Name, scope: &Scope<'p>) -> Outcome<Option<Value>> {
        if let Some(value) = scope.local(&name.text) {
            if let Some(judge) = &*self.judge.borrow() {
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
        let module = scope.frame.around.module;
        if let Some(global) = self.world.names.constant(module, &name.text) {
            return self.constant(global.module, global.item, name.span).map(Some);
        }
        if name.text == "environment" {
            return self.environment_value(name.span).map(Some);
        }
        self.of_place(&name.text, scope, name.span)
    }

    /// `account`, `region` and `partition` of the current place.
    fn of_place(&self, name: &str, scope: &Scope<'p>, span: Span) -> Outcome<Option<Value>> {
        if !matches!(name, "account" | "region" | "partition") {
            return Ok(None);
        }
        let Some(place) = scope.place() else {
            // A fact stands nowhere, so there `region` is the word: a failure domain.
            if name == "region" && self.judge.borrow().is_some() {
                return Ok(None);
            }
            if self.unknown.get() != Unknowns::Nothing {
                return Err(Failed);
            }
            return Err(self.report(
                Diagnostic::error("GPB1410", format!("`{name}` has no value here"))
                    .at(span, "only what stands inside a stack has a place")
                    .help("pass it in as a parameter"),
            ));
        };
        match (name, &place.account) {
            ("region", _) => Ok(Some(Value::text(place.region.as_str(), span))),
            ("partition", _) => Ok(Some(Value::text(regions::partition(&place.region).unwrap_or("aws"), span))),
            (_, Some(account)) => Ok(Some(Value::text(account.as_str(), span))),
            (_, None) => Err(self.report(
                Diagnostic::error("GPB1802", "the account of this place is not written anywhere")
                    .at(span, "needed here")
                    .help("set `account = \"…\"`, twelve digits, in the environment"),
            )),
        }
    }

    fn environment_value(&self, span: Span) -> Outcome<Value> {
        let Some(environment) = self.ambient.borrow().clone() else {
            if self.unknown.get() != Unknowns::Nothing {
                return Err(Failed);
            }
            return Err(self.report(
                Diagnostic::error("GPB1410", "`environment` has no value here")
                    .at(span, "only what stands inside a stack has an environment")
                    .help("pass what you need as a parameter"),
            ));
        };
        let mut map = Map::default();
        let mut put = |name: &str, value: Value| {
            map.insert(name.into(), Entry { key: span, value });
        };
        put("name", Value::text(environment.name.as_str(), span));
        let mode = match environment.mode {
            gpb_model::Mode::Sandbox => "sandbox",
            gpb_model::Mode::Live => "live",
        };
        put("mode", Value::word(mode, span));
        put("region", Value::text(environment.place.region.as_str(), span));
        let goals = self.goals.borrow();
        let usage =
            goals.usage.iter().map(|(name, value)| (name.as_str().into(), Entry { key: span, value: value.clone() }));
        put("usage", Value::map(usage.collect(), span));
        if let Some(account) = &environment.place.account {
            put("account", Value::text(account.as_str(), span));
        }
        Ok(Value::map(map, span))
    }

    /// A name of a frame's own body.
    pub fn declared(
        &self,
        frame: &std::rc::Rc<super::Frame<'p>>,
        declared: &Declared<'p>,
        used: Span,
    ) -> Outcome<Value> {
        match declared.what {
            What::Let(binding) => {
                let key = Key::Slot(frame.id, declared.at);
                self.demand(key, Label::Name(&declared.name.text), used, || {
                    self.bound(binding, &Scope::of(frame.clone()))
                })
            }
            What::Param(binding) => self.param(frame, binding, declared.at, used),
            What::Layer(_) | What::Resource(_) | What::Use(_) => self.item(frame, declared, used),
        }
    }

    fn list(&self, items: &'p [Expr], scope: &Scope<'p>, expect: Expect<'_>, span: Span) -> Outcome<Value> {
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
        failed.map_or_else(|| Ok(Value::list(values, span)), Err)
    }

    fn binary(&self, op: BinaryOp, left: &'p Expr, right: &'p Expr, scope: &Scope<'p>, span: Span) -> Outcome<Value> {
        let may_be_word = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Coalesce);
        let side = |expr| if may_be_word { self.eval(expr, scope, Expect::Any) } else { self.named(expr, scope) };
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
        expect: Expect<'_>,
        span: Span,
    ) -> Outcome<Value> {
        let decided = self.named(condition, scope)?;
        match &decided.kind {
            Kind::Bool(true) => self.eval(then, scope, expect),
            Kind::Bool(false) => self.eval(otherwise, scope, expect),
            // A fact makes nothing: what would be of either is of no use to it, and may be long.
            Kind::Hole(hole) if self.judge.borrow().is_some() && hole.ty.may_be(&Type::Bool) => {
                let (then, otherwise) = (self.eval(then, scope, expect), self.eval(otherwise, scope, expect));
                Ok(hole.spread(gpb_model::ty::common([&then?, &otherwise?].into_iter()), span))
            }
            Kind::Hole(_) => {
                let (then, otherwise) = (self.eval(then, scope, expect), self.eval(otherwise, scope, expect));
                self.ok(ops::choose(decided, then?, otherwise?, span))
            }
            _ => Err(self.not_a_condition(&decided, condition.span)),
        }
    }

    /// A condition that is neither true nor false.
    pub fn not_a_condition(&self, value: &Value, span: Span) -> Failed {
        self.report(
            Diagnostic::error("GPB1407", format!("a condition is `true` or `false`, not {}", value.describe()))
                .at(span, value.describe())
                .help("compare it with something, or ask `is_set(x)`"),
        )
    }
}
