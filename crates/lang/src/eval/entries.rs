//! The entries between braces: fields, blocks and phrases become the values of names.

use super::expect::Expect;
use super::given::{Given, Givens};
use super::{Machine, Scope};
use crate::world::{Failed, Outcome};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Entry, Kind, Map, Value};
use gpb_syntax::ast::{Name, Stmt, When};
use indexmap::IndexMap;
use indexmap::map::Entry as MapEntry;

/// All that stands between two braces.
#[derive(Debug, Default)]
pub struct Entries<'p> {
    /// What gives names values, by name, in order.
    pub given: IndexMap<&'p str, Givens<'p>, foldhash::fast::RandomState>,
    /// The statements that are no entries: `after`, `protect`, …
    pub rest: Vec<(&'p Stmt, Scope<'p>)>,
}

impl<'p> Entries<'p> {
    fn give(&mut self, name: &'p str, given: Given<'p>) {
        match self.given.entry(name) {
            MapEntry::Vacant(place) => {
                place.insert(Givens::One(given));
            }
            MapEntry::Occupied(mut place) => place.get_mut().push(given),
        }
    }
}

impl<'p> Machine<'_, 'p> {
    /// Gathers the entries of a body: `if` is decided, `for` is unrolled.
    pub fn entries(&self, stmts: &'p [Stmt], scope: &Scope<'p>) -> Outcome<Entries<'p>> {
        let mut entries = Entries::default();
        self.gather(stmts, scope, &mut entries)?;
        Ok(entries)
    }

    fn gather(&self, stmts: &'p [Stmt], scope: &Scope<'p>, entries: &mut Entries<'p>) -> Outcome<()> {
        let mut scope = scope.clone();
        for stmt in stmts {
            match stmt {
                Stmt::Field(field) => {
                    entries.give(&field.head.text, Given::Field(field, scope.clone()));
                }
                Stmt::Block(block) => {
                    entries.give(&block.head.text, Given::Block(block, scope.clone()));
                }
                Stmt::When(when) => entries.give("when", Given::When(when, scope.clone())),
                Stmt::Let(binding) => scope = scope.bind(&binding.name.text, self.bound(binding, &scope)?),
                Stmt::If(group) => {
                    let branch = if self.decide(&group.condition, &scope)? { &group.then } else { &group.otherwise };
                    self.gather(branch, &scope, entries)?;
                }
                Stmt::For(group) => {
                    for (key, value) in self.turns(&group.over, &scope)? {
                        let inner = bind_turn(&scope, &group.names, key, value);
                        self.gather(&group.stmts, &inner, entries)?;
                    }
                }
                other => entries.rest.push((other, scope.clone())),
            }
        }
        Ok(())
    }

    /// Whether something exists: the condition must be known.
    pub fn decide(&self, condition: &'p gpb_syntax::ast::Expr, scope: &Scope<'p>) -> Outcome<bool> {
        self.decided(self.named(condition, scope)?.at(condition.span))
    }

    /// What a condition came to.
    pub fn decided(&self, value: Value) -> Outcome<bool> {
        let value = self.known(value, "what decides whether this exists")?;
        match value.kind {
            Kind::Bool(value) => Ok(value),
            _ => Err(self.not_a_condition(&value, value.span)),
        }
    }

    /// An object: all its entries, even after one has failed.
    pub fn object(&self, stmts: &'p [Stmt], scope: &Scope<'p>, expect: Expect<'_>, span: Span) -> Outcome<Value> {
        let entries = self.entries(stmts, scope)?.given;
        let mut map = Map::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
        let mut failed = None;
        for (name, given) in entries {
            let key = given.first().map_or(span, Given::head);
            match self.given(name, &given, expect.field(name)) {
                Ok(value) if value.is_absent() => {}
                Ok(value) => {
                    map.insert(self.shared(name), Entry { key, value });
                }
                Err(why) => failed = Some(why),
            }
        }
        failed.map_or_else(|| Ok(Value::map(map, span)), Err)
    }

    /// The value a name is given by one or more statements.
    pub fn given(&self, name: &str, given: &[Given<'p>], expect: Expect<'_>) -> Outcome<Value> {
        match given {
            [] => Err(Failed),
            [Given::Field(field, scope)] if field.label.is_none() => self.eval(&field.value, scope, expect),
            _ if given.iter().any(|one| one.label().is_some()) => self.labelled(name, given, expect),
            [Given::Block(block, scope)] if !expect.appends(&block.stmts) => {
                self.object(&block.stmts, scope, expect, block.span)
            }
            _ => self.appended(name, given, expect),
        }
    }

    /// Repeated blocks, and `when` statements: the elements of a list.
    fn appended(&self, name: &str, given: &[Given<'p>], expect: Expect<'_>) -> Outcome<Value> {
        if let [first, second, ..] = given
            && given.iter().any(|one| matches!(one, Given::Field(..)))
        {
            return Err(self.twice(name, second.head(), Some(first.head())));
        }
        let mut items = Vec::with_capacity(given.len());
        let mut failed = None;
        for one in given {
            let item = match one {
                Given::Block(block, scope) => self.object(&block.stmts, scope, expect.item(), block.span),
                Given::When(when, scope) => self.when(when, scope, expect.item()),
                Given::Field(..) => Err(Failed),
            };
            match item {
                Ok(item) => items.push(item),
                Err(why) => failed = Some(why),
            }
        }
        let span = given.iter().map(Given::head).reduce(Span::to).unwrap_or_default();
        failed.map_or_else(|| Ok(Value::list(items, span)), Err)
    }

    /// `name label = value` and `name label { … }`: the entries of a map.
    fn labelled(&self, name: &str, given: &[Given<'p>], expect: Expect<'_>) -> Outcome<Value> {
        let mut by_label: IndexMap<&'p str, Vec<&Given<'p>>> = IndexMap::new();
        let mut failed = None;
        for one in given {
            match one.label() {
                Some(label) => by_label.entry(&label.text).or_default().push(one),
                None => failed = Some(self.twice(name, one.head(), given.first().map(Given::head))),
            }
        }
        let mut map = Map::default();
        for (label, given) in by_label {
            let key = given.first().and_then(|one| one.label()).map_or_else(Span::default, |label| label.span);
            match self.entry(label, &given, expect.field(label)) {
                Ok(value) if value.is_absent() => {}
                Ok(value) => {
                    map.insert(label.into(), Entry { key, value });
                }
                Err(why) => failed = Some(why),
            }
        }
        let span = given.iter().map(Given::head).reduce(Span::to).unwrap_or_default();
        failed.map_or_else(|| Ok(Value::map(map, span)), Err)
    }

    fn entry(&self, label: &str, given: &[&Given<'p>], expect: Expect<'_>) -> Outcome<Value> {
        match given {
            [Given::Field(field, scope)] => self.eval(&field.value, scope, expect),
            [Given::Block(block, scope)] if !expect.appends(&block.stmts) => {
                self.object(&block.stmts, scope, expect, block.span)
            }
            _ if given.iter().all(|one| matches!(one, Given::Block(..))) && expect.appends(&[]) => {
                let blocks: Vec<Given<'p>> = given.iter().map(|one| (*one).clone()).collect();
                self.appended(label, &blocks, expect)
            }
            _ => {
                let spans: Vec<Span> = given.iter().filter_map(|one| one.label()).map(|label| label.span).collect();
                let last = spans.last().copied().unwrap_or_default();
                Err(self.twice(label, last, spans.first().copied()))
            }
        }
    }

    fn twice(&self, name: &str, at: Span, first: Option<Span>) -> Failed {
        let diagnostic =
            Diagnostic::error("GPB1409", format!("`{name}` is given a value twice")).at(at, "given again here");
        let diagnostic = match first.filter(|first| *first != at) {
            Some(first) => diagnostic.at(first, "first given here"),
            None => diagnostic,
        };
        self.report(diagnostic.help("keep one of them"))
    }

    /// `when cpu > 70% add 2 remove 1` as the object `{ metric, op, threshold, add, remove }`.
    fn when(&self, when: &'p When, scope: &Scope<'p>, expect: Expect<'_>) -> Outcome<Value> {
        let mut map = Map::default();
        let mut put = |name: &str, key: Span, value: Value| map.insert(name.into(), Entry { key, value });
        // A metric is a word, even where something in scope is called the same.
        let metric = match &*when.metric.kind {
            gpb_syntax::ast::ExprKind::Name(name) => Ok(Value::read_word(name.text.as_str(), name.span)),
            _ => self.eval(&when.metric, scope, Expect::Any),
        };
        put("metric", when.metric.span, metric?);
        put("op", when.span, Value::text(symbol(when.op), when.span));
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

fn symbol(op: gpb_syntax::ast::BinaryOp) -> &'static str {
    use gpb_syntax::ast::BinaryOp as Op;
    match op {
        Op::Less => "<",
        Op::LessEqual => "<=",
        Op::GreaterEqual => ">=",
        Op::Equal => "==",
        Op::NotEqual => "!=",
        _ => ">",
    }
}

/// A scope with the variables of one turn of a `for`: the element, or the key and the element.
pub fn bind_turn<'p>(scope: &Scope<'p>, names: &'p [Name], key: Option<Value>, value: Value) -> Scope<'p> {
    match (names, key) {
        ([name], _) => scope.bind(&name.text, value),
        ([first, second, ..], Some(key)) => scope.bind(&first.text, key).bind(&second.text, value),
        _ => scope.clone(),
    }
}
