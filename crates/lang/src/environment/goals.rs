//! Statements that demand something: recovery targets, derived stores, needs.

use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{Expectation, Scope, scalar};
use crate::expand::Expander;
use crate::policy_items;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_base::unit::Dimension;
use gpb_model::ty::{FieldType, ObjectType, Type};
use gpb_model::value::{Value, ValueKind, ValueMap};
use gpb_model::{Address, Derivation, Domain, Need, RecoveryTarget};
use gpb_syntax::ast;
use gpb_syntax::ast::{Expr, Ident, NamePath, Stmt};
use indexmap::IndexMap;
use rust_decimal::Decimal;
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
    Type::Object(Arc::new(ObjectType { name: Some(name.into()), fields, ..ObjectType::default() }))
}

impl<'p> Expander<'_, 'p> {
    /// Takes a statement that demands something of everything at or below `at`; any other is left alone.
    pub fn demanded(&self, stmt: &'p Stmt, scope: &Scope<'p>, at: &str) {
        // A failure has been reported where it happened.
        let _ = match stmt {
            Stmt::Recover(recover) => self.recover(recover, scope, at),
            Stmt::Derived { from, stmts, span } => self.derived(from, stmts, *span, scope, at),
            Stmt::Waive(waive) => {
                let home = self.cx.home_of(waive.span, scope.frame.module_cx.module);
                let waiver = policy_items::waiver(self.cx, home, waive, at);
                self.goals.borrow_mut().waivers.extend(waiver);
                Ok(())
            }
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

    fn fields(&self, stmts: &'p [Stmt], ty: &Type, scope: &Scope<'p>, span: Span) -> EvalResult<ValueMap> {
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

    /// Returns an item reached by a path in scope, the key of a `for` included.
    fn item_at(&self, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<Value> {
        let mut segments = path.segments.iter();
        let Some(ast::PathSegment::Name(head)) = segments.next() else { return Err(AlreadyReported) };
        let mut value = self.interpreter().lookup(head, scope)?.ok_or(AlreadyReported)?;
        for segment in segments {
            value = match segment {
                ast::PathSegment::Name(name) => self.interpreter().member_of(&value, name, false, name.span)?,
                ast::PathSegment::Index(index) => {
                    let key = self.interpreter().eval(index, scope, Expectation::Any)?;
                    if let Some(any) = self.interpreter().any_entry(&value) {
                        value = any;
                        continue;
                    }
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
pub fn amount(value: &Value) -> Option<(Decimal, Span)> {
    match &value.kind {
        ValueKind::Quantity(quantity) => Some((quantity.amount, value.span)),
        _ => None,
    }
}
