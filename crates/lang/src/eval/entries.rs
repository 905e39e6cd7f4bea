//! The entries between braces: fields, blocks and phrases become the values of names.

use super::assignment::{Assignment, Assignments};
use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::policy;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use gpb_syntax::ast::{Ident, Stmt, WhenStmt};
use indexmap::IndexMap;
use indexmap::map::Entry as MapEntry;
use std::sync::Arc;

/// Holds all that stands between two braces.
#[derive(Debug, Default)]
pub struct BlockEntries<'p> {
    /// The statements that give names values, by name, in order.
    pub assignments: IndexMap<&'p str, Assignments<'p>, foldhash::fast::RandomState>,
    /// The statements that are no entries: `after`, `protect`, …
    pub rest: Vec<(&'p Stmt, Scope<'p>)>,
}

impl<'p> BlockEntries<'p> {
    fn give(&mut self, name: &'p str, given: Assignment<'p>) {
        match self.assignments.entry(name) {
            MapEntry::Vacant(place) => {
                place.insert(Assignments::One(given));
            }
            MapEntry::Occupied(mut place) => place.get_mut().push(given),
        }
    }
}

impl<'p> Interpreter<'_, 'p> {
    /// Gathers the entries of a body: `if` is decided, `for` is unrolled.
    pub fn entries(&self, stmts: &'p [Stmt], scope: &Scope<'p>) -> EvalResult<BlockEntries<'p>> {
        let mut entries = BlockEntries::default();
        self.gather(stmts, scope, &mut entries)?;
        Ok(entries)
    }

    fn gather(&self, stmts: &'p [Stmt], scope: &Scope<'p>, entries: &mut BlockEntries<'p>) -> EvalResult<()> {
        let mut scope = scope.clone();
        for stmt in stmts {
            match stmt {
                Stmt::Field(field) => {
                    entries.give(&field.head.text, Assignment::Field(field, scope.clone()));
                }
                Stmt::Block(block) => {
                    entries.give(&block.head.text, Assignment::Block(block, scope.clone()));
                }
                Stmt::When(when) => entries.give("when", Assignment::When(when, scope.clone())),
                Stmt::Let(binding) => scope = scope.bind(&binding.name.text, self.bound(binding, &scope)?),
                Stmt::If(group) => {
                    let branch = if self.decide(&group.condition, &scope)? { &group.then } else { &group.otherwise };
                    self.gather(branch, &scope, entries)?;
                }
                Stmt::For(group) => {
                    let over = self.named(&group.over, &scope)?;
                    // A statement that is not there may be the one that denies.
                    if over.is_absent() && group.stmts.iter().any(|stmt| matches!(stmt, Stmt::Policy(_))) {
                        return Err(self.report(policy::absent(&over.with_span(group.over.span))));
                    }
                    for (key, value) in self.iterations_of(&over, group.over.span)? {
                        let inner = bind_iteration(&scope, &group.names, key, value);
                        self.gather(&group.stmts, &inner, entries)?;
                    }
                }
                other => entries.rest.push((other, scope.clone())),
            }
        }
        Ok(())
    }

    /// Decides whether something exists: the condition must be known.
    pub fn decide(&self, condition: &'p gpb_syntax::ast::Expr, scope: &Scope<'p>) -> EvalResult<bool> {
        self.decided(self.named(condition, scope)?.with_span(condition.span))
    }

    /// Returns what a condition evaluated to.
    pub fn decided(&self, value: Value) -> EvalResult<bool> {
        let at = value.span;
        let value = self.settled(value, at);
        if self.is_symbolic(&value) {
            return Err(self.not_a_condition(&value, at));
        }
        let value = self.known(value, "what decides whether this exists")?;
        match value.kind {
            ValueKind::Bool(value) => Ok(value),
            _ => Err(self.not_a_condition(&value, value.span)),
        }
    }

    /// Evaluates an object: all its entries, even after one has failed.
    pub fn object(
        &self,
        stmts: &'p [Stmt],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        let entries = self.entries(stmts, scope)?.assignments;
        let mut map = ValueMap::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
        let mut failed = None;
        for (name, given) in entries {
            let key = given.first().map_or(span, Assignment::head);
            match self.given(name, &given, expect.field(name)) {
                // What is said of finished resources holds what they have; elsewhere `x.name` of it is absent too.
                Ok(value) if value.is_absent() && self.view.is_finished() => {}
                Ok(value) => {
                    map.insert(self.state.shared(name), ValueEntry { key, value });
                }
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or_else(|| Ok(Value::map(map, span)), Err)
    }

    /// Returns the value a name is given by one or more statements.
    pub fn given(&self, name: &str, given: &[Assignment<'p>], expect: Expectation<'_>) -> EvalResult<Value> {
        match given {
            [] => Err(AlreadyReported),
            [Assignment::Field(field, scope)] if field.label.is_none() => self.eval(&field.value, scope, expect),
            _ if given.iter().any(|one| one.label().is_some()) => self.labelled(name, given, expect),
            [Assignment::Block(block, scope)] if !expect.appends(&block.stmts) => {
                self.object(&block.stmts, scope, expect, block.span)
            }
            // Where one rule is expected, `when` is that rule, and a second one would be dropped.
            [Assignment::When(when, scope)] if expect.is_object() => self.when(when, scope, expect),
            [Assignment::When(first, _), second, ..] if expect.is_object() => {
                Err(self.twice(name, second.head(), Some(first.span)))
            }
            // One map is expected, and the second would make a list of it.
            [Assignment::Block(first, _), second, ..] if expect.is_map() => {
                Err(self.twice(name, second.head(), Some(first.head.span)))
            }
            _ => self.appended(name, given, expect),
        }
    }

    /// Evaluates repeated blocks and `when` statements: the elements of a list.
    fn appended(&self, name: &str, given: &[Assignment<'p>], expect: Expectation<'_>) -> EvalResult<Value> {
        if let [first, second, ..] = given
            && given.iter().any(|one| matches!(one, Assignment::Field(..)))
        {
            return Err(self.twice(name, second.head(), Some(first.head())));
        }
        let mut items = Vec::with_capacity(given.len());
        let mut failed = None;
        for one in given {
            let item = match one {
                Assignment::Block(block, scope) => self.object(&block.stmts, scope, expect.item(), block.span),
                Assignment::When(when, scope) => self.when(when, scope, expect.item()),
                Assignment::Field(..) => Err(AlreadyReported),
            };
            match item {
                Ok(item) => items.push(item),
                Err(why) => failed = Some(why),
            }
        }
        let span = given.iter().map(Assignment::head).reduce(Span::to).unwrap_or_default();
        failed.map_or_else(|| Ok(Value::list(items, span)), Err)
    }

    /// Evaluates `name label = value` and `name label { … }`: the entries of a map.
    fn labelled(&self, name: &str, given: &[Assignment<'p>], expect: Expectation<'_>) -> EvalResult<Value> {
        let mut by_label: IndexMap<&'p str, Vec<&Assignment<'p>>> = IndexMap::new();
        let mut failed = None;
        for one in given {
            match one.label() {
                Some(label) => by_label.entry(&label.text).or_default().push(one),
                None => failed = Some(self.twice(name, one.head(), given.first().map(Assignment::head))),
            }
        }
        let mut map = ValueMap::default();
        for (label, given) in by_label {
            let key = given.first().and_then(|one| one.label()).map_or_else(Span::default, |label| label.span);
            match self.entry(label, &given, expect.field(label)) {
                Ok(value) if value.is_absent() && self.view.is_finished() => {}
                Ok(value) => {
                    map.insert(label.into(), ValueEntry { key, value });
                }
                Err(why) => failed = Some(why),
            }
        }
        let span = given.iter().map(Assignment::head).reduce(Span::to).unwrap_or_default();
        failed.map_or_else(|| Ok(Value::map(map, span)), Err)
    }

    fn entry(&self, label: &str, given: &[&Assignment<'p>], expect: Expectation<'_>) -> EvalResult<Value> {
        match given {
            [Assignment::Field(field, scope)] => self.eval(&field.value, scope, expect),
            [Assignment::Block(block, scope)] if !expect.appends(&block.stmts) => {
                self.object(&block.stmts, scope, expect, block.span)
            }
            _ if given.iter().all(|one| matches!(one, Assignment::Block(..))) && expect.appends(&[]) => {
                let blocks: Vec<Assignment<'p>> = given.iter().map(|one| (*one).clone()).collect();
                self.appended(label, &blocks, expect)
            }
            _ => {
                let spans: Vec<Span> = given.iter().filter_map(|one| one.label()).map(|label| label.span).collect();
                let last = spans.last().copied().unwrap_or_default();
                Err(self.twice(label, last, spans.first().copied()))
            }
        }
    }

    /// Reports a name that is given a value twice.
    pub fn twice(&self, name: &str, at: Span, first: Option<Span>) -> AlreadyReported {
        let diagnostic =
            Diagnostic::error("GPB1409", format!("`{name}` is given a value twice")).with_label(at, "given again here");
        let diagnostic = match first.filter(|first| *first != at) {
            Some(first) => diagnostic.with_label(first, "first given here"),
            None => diagnostic,
        };
        self.report(diagnostic.help("keep one of them"))
    }

    /// Returns `when cpu > 70% add 2 remove 1` as the object `{ metric, op, threshold, add, remove }`.
    fn when(&self, when: &'p WhenStmt, scope: &Scope<'p>, expect: Expectation<'_>) -> EvalResult<Value> {
        let mut map = ValueMap::default();
        let mut put = |name: &str, key: Span, value: Value| map.insert(name.into(), ValueEntry { key, value });
        // A metric is a word, even where something in scope is called the same.
        let metric = match &*when.metric.kind {
            gpb_syntax::ast::ExprKind::Name(name) => Ok(Value::read_word(name.text.as_str(), name.span)),
            _ => self.eval(&when.metric, scope, Expectation::Any),
        };
        put("metric", when.metric.span, metric?);
        let op = when.op.symbol();
        if let Some(known) = expect.field("op").words().filter(|known| !known.iter().any(|one| **one == *op)) {
            return Err(self.report(operator_not_taken(op, when.op_span, known)));
        }
        put("op", when.op_span, Value::text(op, when.op_span));
        put("threshold", when.threshold.span, self.eval(&when.threshold, scope, expect.field("threshold"))?);
        for action in &when.actions {
            let value = self.eval(&action.value, scope, expect.field(&action.head.text))?;
            if put(&action.head.text, action.head.span, value).is_some() {
                return Err(self.twice(&action.head.text, action.head.span, None));
            }
        }
        Ok(Value::map(map, when.span))
    }
}

/// Returns the diagnostic for an operator that a rule does not take, as its type declares.
fn operator_not_taken(op: &str, span: Span, known: &[Arc<str>]) -> Diagnostic {
    let taken: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
    let diagnostic = Diagnostic::error("GPB1164", format!("this rule does not take `{op}`"))
        .with_label(span, format!("expected {}", taken.join(" or ")))
        .help("the rule's component says which comparisons it makes");
    let opposite = match op {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        _ => return diagnostic,
    };
    if known.iter().any(|one| **one == *opposite) {
        diagnostic.fix(format!("write `{opposite}`"), span, opposite)
    } else {
        diagnostic
    }
}

/// Returns a scope with the variables of one iteration of a `for`: the element, or the key and the element.
pub fn bind_iteration<'p>(scope: &Scope<'p>, names: &'p [Ident], key: Option<Value>, value: Value) -> Scope<'p> {
    match (names, key) {
        ([name], _) => scope.bind(&name.text, value),
        ([first, second, ..], Some(key)) => scope.bind(&first.text, key).bind(&second.text, value),
        _ => scope.clone(),
    }
}
