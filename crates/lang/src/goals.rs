//! Statements that demand something: recovery targets, budgets, usage, needs.

use super::compile_context::{AlreadyReported, EvalResult};
use super::eval::{BlockEntries, Expectation, Scope, scalar};
use super::expand::Expander;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_base::unit::Dimension;
use gpb_model::ty::{FieldType, ObjectType, Type};
use gpb_model::value::{PropertyMap, PropertyValue, ValueKind};
use gpb_model::{Address, Budget, Derivation, Domain, Need, RecoveryTarget};
use gpb_syntax::ast;
use gpb_syntax::ast::{Expr, Ident, NamePath, Stmt};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The type of what stands in `recover from zone { … }`.
static TARGET: LazyLock<Type> = LazyLock::new(|| {
    let duration = Type::Dimension(Dimension::Duration);
    let fields = [
        ("rpo", duration.clone(), "how much may be lost"),
        ("rto", duration.clone(), "how long it may take"),
        ("decide", duration, "how long people take to decide"),
        ("guaranteed", Type::Bool, "only what is bounded counts, not what is typical"),
    ];
    object("recovery target", fields)
});

/// The type of what stands in `derived from x { … }`.
static DERIVED: LazyLock<Type> = LazyLock::new(|| {
    object("derived store", [("rebuild", Type::Dimension(Dimension::Duration), "how long making it again takes")])
});

fn object<const N: usize>(name: &str, fields: [(&str, Type, &str); N]) -> Type {
    let field = |(name, ty, doc): (&str, Type, &str)| {
        let ty = Type::Optional(Arc::new(ty));
        (Arc::from(name), FieldType { ty, default: None, doc: Some(doc.into()), span: None })
    };
    let fields: IndexMap<Arc<str>, FieldType> = fields.into_iter().map(field).collect();
    Type::Object(Arc::new(ObjectType { name: Some(name.into()), fields, span: None }))
}

impl<'p> Expander<'_, 'p> {
    /// Takes a statement that demands something of everything at or below `at`; any other is left alone.
    pub fn demanded(&self, stmt: &'p Stmt, scope: &Scope<'p>, at: &str) {
        // A failure has been reported where it happened.
        let _ = match stmt {
            Stmt::Recover(recover) => self.recover(recover, scope, at),
            Stmt::Derived { from, stmts, span } => self.derived(from, stmts, *span, scope, at),
            Stmt::Needs { amount, what, of, span } => self.need(amount, what, of, *span, scope, at),
            _ => Ok(()),
        };
    }

    fn recover(&self, recover: &'p ast::RecoverStmt, scope: &Scope<'p>, at: &str) -> EvalResult<()> {
        let head = recover.domains.iter().map(|domain| domain.span).reduce(Span::to).unwrap_or(recover.span);
        let fields = self.fields(&recover.stmts, &TARGET, scope, recover.span)?;
        let seconds = |name: &str| fields.get(name).and_then(|entry| amount(&entry.value));
        if seconds("rpo").is_none() && seconds("rto").is_none() {
            return Err(self.report(
                Diagnostic::error("GPB1911", "this recovery target demands nothing")
                    .with_label(head, "neither `rpo` nor `rto` is given")
                    .help("write how much may be lost and how long it may take: `{ rpo 0s  rto 1min }`"),
            ));
        }
        for word in recover.domains.iter().filter(|word| !word.text.is_empty()) {
            let Some(domain) = Domain::from_word(&word.text) else {
                self.unknown_domain(word);
                continue;
            };
            let target = RecoveryTarget {
                scope: at.to_owned(),
                domain,
                rpo: seconds("rpo"),
                rto: seconds("rto"),
                decide: seconds("decide"),
                guaranteed: fields.get("guaranteed").is_some_and(|entry| entry.value.kind == ValueKind::Bool(true)),
                span: word.span,
            };
            self.goals.borrow_mut().targets.push(target);
        }
        Ok(())
    }

    fn unknown_domain(&self, word: &Ident) {
        let words: Vec<&str> = Domain::ALL.iter().map(|domain| domain.as_str()).collect();
        let diagnostic = Diagnostic::error("GPB1910", format!("there is no failure domain `{}`", word.text))
            .with_label(word.span, "unknown domain");
        self.report(match nearest(&word.text, words.iter().copied()) {
            Some(near) => {
                let fix = format!("change it to `{near}`");
                diagnostic.help(format!("did you mean `{near}`?")).fix(fix, word.span, near)
            }
            None => diagnostic.help(format!("the domains are {}", words.join(", "))),
        });
    }

    fn fields(&self, stmts: &'p [Stmt], ty: &Type, scope: &Scope<'p>, span: Span) -> EvalResult<PropertyMap> {
        let value = self.interpreter().object(stmts, scope, Expectation::Type(ty), span)?;
        let value = self.interpreter().conform(value, ty, scope, None)?;
        let value = self.interpreter().known(value, "what is demanded")?;
        Ok(value.as_map().cloned().unwrap_or_default())
    }

    fn derived(
        &self,
        from: &'p NamePath,
        stmts: &'p [Stmt],
        span: Span,
        scope: &Scope<'p>,
        at: &str,
    ) -> EvalResult<()> {
        let fields = self.fields(stmts, &DERIVED, scope, span)?;
        let rebuild = fields.get("rebuild").and_then(|entry| amount(&entry.value)).map(|(amount, _)| amount);
        let from = Address::new(self.address_at(from, scope)?);
        self.goals.borrow_mut().derived.push(Derivation { scope: at.to_owned(), from, rebuild, span });
        Ok(())
    }

    fn need(
        &self,
        written: &'p Expr,
        what: &Ident,
        of: &'p NamePath,
        span: Span,
        scope: &Scope<'p>,
        at: &str,
    ) -> EvalResult<()> {
        let value = self.interpreter().eval(written, scope, Expectation::Any)?;
        let value = self
            .interpreter()
            .known(self.interpreter().conform(value, &Type::Number, scope, None)?, "what is needed")?;
        let ValueKind::Number(amount) = value.kind else { return Err(AlreadyReported) };
        let of = Address::new(self.address_at(of, scope)?);
        let need = Need { by: Address::new(at), amount, what: what.text.to_string(), of, span };
        self.goals.borrow_mut().needs.push(need);
        Ok(())
    }

    /// Returns the address of the resource, component or layer that a path in scope leads to.
    fn address_at(&self, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<String> {
        let value = self.item_at(path, scope)?;
        match &value.kind {
            ValueKind::Resource(handle) => Ok(handle.address.to_string()),
            ValueKind::Instance(handle) => {
                Ok(self.expansion.instance(handle.id).ok_or(AlreadyReported)?.address.to_string())
            }
            _ => Err(self.report(
                Diagnostic::error("GPB1913", "this must be a resource, a component or a layer")
                    .with_label(path.span, value.describe())
                    .help("name the item itself, not one of its properties"),
            )),
        }
    }

    /// Returns the `usage { … }` of an environment or a resource: names and values, all known.
    pub fn usage(&self, entries: &BlockEntries<'p>) -> BTreeMap<String, PropertyValue> {
        let read = || -> EvalResult<BTreeMap<String, PropertyValue>> {
            let Some(given) = entries.assignments.get("usage") else { return Ok(BTreeMap::new()) };
            let value =
                self.interpreter().known(self.interpreter().given("usage", given, Expectation::Any)?, "usage")?;
            let Some(map) = value.as_map() else {
                return Err(self.report(
                    Diagnostic::error("GPB1914", "`usage` is an object of names and amounts")
                        .with_label(value.span, value.describe())
                        .help("write `usage { users = 10_000 }`"),
                ));
            };
            Ok(map.iter().map(|(name, entry)| (name.to_string(), entry.value.clone())).collect())
        };
        read().unwrap_or_default()
    }

    /// Reads the budgets of an environment.
    pub fn budgets(&self, stmts: &'p [Stmt], scope: &Scope<'p>) {
        for stmt in stmts {
            if let Stmt::Budget(budget) = stmt
                && let Ok(budget) = self.budget_of(budget, scope)
            {
                self.goals.borrow_mut().budgets.push(budget);
            }
        }
    }

    fn budget_of(&self, budget: &'p ast::BudgetStmt, scope: &Scope<'p>) -> EvalResult<Budget> {
        if !budget.per.text.is_empty() && budget.per.text != "month" {
            return Err(self.report(
                Diagnostic::error("GPB1912", format!("a budget is for a month, not for a `{}`", budget.per.text))
                    .with_label(budget.per.span, "expected `month`")
                    .fix("change it to `month`", budget.per.span, "month"),
            ));
        }
        let at = budget.at.as_ref().map(|(value, driver)| self.driver(value, driver, scope)).transpose()?;
        let money = Type::Dimension(Dimension::Money);
        let written = self.interpreter().eval(&budget.amount, scope, Expectation::Any)?;
        let is_range = matches!(written.kind, ValueKind::Range(_));
        let ty = if is_range { Type::Range(Arc::new(money)) } else { money };
        let value = self.interpreter().known(self.interpreter().conform(written, &ty, scope, None)?, "a budget")?;
        let (low, high) = match &value.kind {
            ValueKind::Range(range) => (amount(&range.low), amount(&range.high)),
            _ => (Some((Decimal::ZERO, value.span)), amount(&value)),
        };
        let (low, high) = (low.ok_or(AlreadyReported)?.0, high.ok_or(AlreadyReported)?.0);
        Ok(Budget { at, low, high, span: budget.amount.span })
    }

    /// Returns `100k users`, a driver that the environment's `usage` gives a value too, so that a misspelt one is found.
    fn driver(&self, value: &'p Expr, driver: &Ident, scope: &Scope<'p>) -> EvalResult<(String, Decimal)> {
        let value = self.interpreter().eval(value, scope, Expectation::Any)?;
        let value = self
            .interpreter()
            .known(self.interpreter().conform(value, &Type::Number, scope, None)?, "the usage of a budget")?;
        let ValueKind::Number(number) = value.kind else { return Err(AlreadyReported) };
        let goals = self.goals.borrow();
        if goals.usage.contains_key(driver.text.as_str()) {
            return Ok((driver.text.to_string(), number));
        }
        let diagnostic = Diagnostic::error("GPB1912", format!("the environment has no usage `{}`", driver.text))
            .with_label(driver.span, "not in its `usage` block");
        Err(self.report(match nearest(&driver.text, goals.usage.keys().map(String::as_str)) {
            Some(near) => {
                let fix = format!("change it to `{near}`");
                diagnostic.help(format!("did you mean `{near}`?")).fix(fix, driver.span, near)
            }
            None => diagnostic.help(format!("add `usage {{ {} = … }}` to the environment", driver.text)),
        }))
    }

    /// Returns an item reached by a path in scope, the key of a `for` included.
    fn item_at(&self, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<PropertyValue> {
        let mut segments = path.segments.iter();
        let Some(ast::PathSegment::Name(head)) = segments.next() else { return Err(AlreadyReported) };
        let mut value = self.interpreter().lookup(head, scope)?.ok_or(AlreadyReported)?;
        for segment in segments {
            value = match segment {
                ast::PathSegment::Name(name) => self.interpreter().member_of(&value, name, false, name.span)?,
                ast::PathSegment::Index(index) => {
                    let key = self.interpreter().eval(index, scope, Expectation::Any)?;
                    let text = scalar(&key).ok_or(AlreadyReported)?;
                    let found = value.as_map().and_then(|map| map.get(text.as_str())).map(|entry| entry.value.clone());
                    found.ok_or_else(|| {
                        self.report(
                            Diagnostic::error("GPB1705", format!("there is no key `{text}` here"))
                                .with_label(index.span, "unknown key"),
                        )
                    })?
                }
            };
        }
        Ok(value)
    }
}

/// Returns the amount of a quantity, and where it is written.
fn amount(value: &PropertyValue) -> Option<(Decimal, Span)> {
    match &value.kind {
        ValueKind::Quantity(quantity) => Some((quantity.amount, value.span)),
        _ => None,
    }
}
