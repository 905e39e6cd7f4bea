//! What `for` goes over, and the comprehensions of lists and maps.

use super::entries::bind_turn;
use super::expect::Expect;
use super::{Machine, Scope};
use crate::world::{Failed, Outcome};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Entry, Kind, Map, Value};
use gpb_syntax::ast::{Comprehension, Expr};
use std::sync::Arc;

/// The key of each turn (the index in a list) and its element.
pub type Turns = Vec<(Option<Value>, Value)>;

impl<'p> Machine<'_, 'p> {
    /// The turns of a loop: its length must be known, its elements need not.
    pub fn turns(&self, over: &'p Expr, scope: &Scope<'p>) -> Outcome<Turns> {
        let value = self.named(over, scope)?;
        self.turns_of(&value, over.span)
    }

    pub fn turns_of(&self, value: &Value, span: Span) -> Outcome<Turns> {
        match &value.kind {
            Kind::List(items) => {
                let numbered = items.iter().enumerate();
                Ok(numbered.map(|(at, item)| (Some(Value::number(at as u64, item.span)), item.clone())).collect())
            }
            Kind::Map(entries) => {
                let turns =
                    entries.iter().map(|(key, entry)| (Some(Value::text(key.clone(), entry.key)), entry.value.clone()));
                Ok(turns.collect())
            }
            Kind::Absent => Ok(Vec::new()),
            Kind::Hole(_) => Err(self.report(
                Diagnostic::error("GPB1405", "how often this repeats is unknown until apply")
                    .at(span, value.describe())
                    .help("go over something that is known before: a list you write, or the resources themselves"),
            )),
            _ => Err(self.report(
                Diagnostic::error("GPB1406", format!("`for` cannot go over {}", value.describe()))
                    .at(span, "expected a list or a map")
                    .help("`range(n)` is the list of the numbers from 0 to n-1"),
            )),
        }
    }

    pub(super) fn comprehension(
        &self,
        comprehension: &'p Comprehension,
        scope: &Scope<'p>,
        expect: Expect<'_>,
        span: Span,
    ) -> Outcome<Value> {
        let over = self.named(&comprehension.over, scope)?;
        if let Some(unknown) = self.open(&over) {
            return Ok(unknown.at(span));
        }
        let mut open = None;
        let mut items = Vec::new();
        let mut map = Map::default();
        let mut failed = None;
        for (key, value) in self.turns_of(&over, comprehension.over.span)? {
            self.budget.step(self, span, 1)?;
            // With one name a map gives its values, as `for` over a map of resources reads best.
            let inner = bind_turn(scope, &comprehension.names, key, value);
            let turn = self.turn(comprehension, &inner, expect, &mut open);
            match turn {
                Ok(None) => {}
                Ok(Some((None, value))) => items.push(value),
                Ok(Some((Some(key), value))) => {
                    if let Err(why) = self.insert(&mut map, &key, value) {
                        failed = Some(why);
                    }
                }
                Err(why) => failed = Some(why),
            }
        }
        if let Some(why) = failed {
            return Err(why);
        }
        if let Some(unknown) = open {
            return Ok(unknown.at(span));
        }
        Ok(if comprehension.key.is_some() { Value::map(map, span) } else { Value::list(items, span) })
    }

    /// A fact makes nothing, so what it goes over, and what it picks, may be unknown until apply: then so is the list.
    fn open(&self, value: &Value) -> Option<Value> {
        match &value.kind {
            Kind::Hole(hole) if self.judge.borrow().is_some() => {
                Some(hole.spread(Type::List(Arc::new(Type::Any)), value.span))
            }
            _ => None,
        }
    }

    fn turn(
        &self,
        comprehension: &'p Comprehension,
        scope: &Scope<'p>,
        expect: Expect<'_>,
        open: &mut Option<Value>,
    ) -> Outcome<Option<(Option<Value>, Value)>> {
        if let Some(condition) = &comprehension.condition {
            let holds = self.named(condition, scope)?.at(condition.span);
            if let Some(unknown) = self.open(&holds) {
                *open = Some(unknown);
                return Ok(None);
            }
            if !self.decided(holds)? {
                return Ok(None);
            }
        }
        let Some(key) = &comprehension.key else {
            let value = self.eval(&comprehension.value, scope, expect.item())?;
            return Ok(Some(value).filter(|value| !value.is_absent()).map(|value| (None, value)));
        };
        let key = self.known(self.eval(key, scope, Expect::Any)?.at(key.span), "a key")?;
        let value = self.eval(&comprehension.value, scope, Expect::Any)?;
        Ok(Some(value).filter(|value| !value.is_absent()).map(|value| (Some(key), value)))
    }

    fn insert(&self, map: &mut Map, key: &Value, value: Value) -> Outcome<()> {
        let Some(text) = scalar(key) else { return Err(self.no_key(key)) };
        let span = key.span;
        if let Some(first) = map.get(text.as_str()) {
            let first = first.key;
            return Err(self.report(
                Diagnostic::error("GPB1409", format!("the key `{text}` comes up twice"))
                    .at(span, "each key must be another")
                    .at(first, "first made here"),
            ));
        }
        map.insert(text.into(), Entry { key: span, value });
        Ok(())
    }

    /// A value that cannot be a key.
    pub fn no_key(&self, key: &Value) -> Failed {
        self.report(
            Diagnostic::error("GPB1703", format!("{} cannot be a key", key.describe()))
                .at(key.span, "a key is text or a number")
                .help("say which part of each element is its key: `for s in subnets key s.name { … }`"),
        )
    }
}

/// A value as a key: text, a word, a number, a quantity.
pub fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.to_string()),
        Kind::Word(word) => Some(word.text.to_string()),
        Kind::Number(number) => Some(number.normalize().to_string()),
        Kind::Quantity(quantity) => Some(quantity.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
