//! The collections that `for` iterates over, and the comprehensions of lists and maps.

use super::entries::bind_iteration;
use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::{Scope, scalar};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::ops::ANY_KEY;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use gpb_syntax::ast::Comprehension;
use std::sync::Arc;

/// The iterations of a loop: the key of each (the index in a list) and its element.
pub type Iterations = Vec<(Option<Value>, Value)>;

impl<'p> Interpreter<'_, 'p> {
    /// Returns the iterations of a loop over a value: its length must be known, its elements need not.
    pub fn iterations_of(&self, value: &Value, span: Span) -> EvalResult<Iterations> {
        match &value.kind {
            ValueKind::List(items) => {
                let numbered = items.iter().enumerate();
                Ok(numbered.map(|(at, item)| (Some(Value::number(at as u64, item.span)), item.clone())).collect())
            }
            ValueKind::Map(entries) => {
                // An absent entry is none.
                let given = entries.iter().filter(|(_, entry)| !entry.value.is_absent());
                let iterations =
                    given.map(|(key, entry)| (Some(Value::text(key.clone(), entry.key)), entry.value.clone()));
                Ok(iterations.collect())
            }
            ValueKind::Absent => Ok(Vec::new()),
            ValueKind::Unknown(unknown) if self.is_symbolic(value) => self.any_iteration(unknown, value.span),
            ValueKind::Unknown(_) => Err(self.report(
                Diagnostic::error("GPB1405", "how often this repeats is unknown until apply")
                    .with_label(span, value.describe())
                    .help("iterate over something that is known before: a list you write, or the resources themselves"),
            )),
            _ => Err(self.report(
                Diagnostic::error("GPB1406", format!("`for` cannot iterate over {}", value.describe()))
                    .with_label(span, "expected a list or a map")
                    .help("`range(n)` is the list of the numbers from 0 to n-1"),
            )),
        }
    }

    pub(super) fn comprehension(
        &self,
        comprehension: &'p Comprehension,
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        let over = self.named(&comprehension.over, scope)?;
        if let Some(unknown) = self.open(&over) {
            return Ok(unknown.with_span(span));
        }
        let mut open = None;
        let mut sampled = self.is_sampled(&over);
        let mut items = Vec::new();
        let mut map = ValueMap::default();
        let mut failed = None;
        for (key, value) in self.iterations_of(&over, comprehension.over.span)? {
            self.state.meter.step(self.cx, span, 1)?;
            // With one name a map gives its values, as `for` over a map of resources reads best.
            let inner = bind_iteration(scope, &comprehension.names, key, value);
            let found = self.iteration(comprehension, &inner, expect, (&mut open, &mut sampled));
            match found {
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
            return Ok(unknown.with_span(span));
        }
        if let Some(world) = self.view.world().filter(|_| sampled) {
            world.sample(&items, span);
        }
        Ok(if comprehension.key.is_some() { Value::map(map, span) } else { Value::list(items, span) })
    }

    /// Checks whether a collection may have more or fewer elements than it shows.
    fn is_sampled(&self, over: &Value) -> bool {
        match &over.kind {
            ValueKind::Unknown(_) => self.is_symbolic(over),
            ValueKind::Map(entries) => entries.contains_key(ANY_KEY),
            ValueKind::List(items) => self.view.world().is_some_and(|world| world.is_sampled(items)),
            _ => false,
        }
    }

    /// Returns an unknown list where a value is unknown.
    ///
    /// A fact makes nothing, so what it iterates over, and what it picks, may be unknown until apply: then so is the list.
    fn open(&self, value: &Value) -> Option<Value> {
        match &value.kind {
            ValueKind::Unknown(unknown) if self.view.is_finished() => {
                Some(unknown.spread(Type::List(Arc::new(Type::Any)), value.span))
            }
            _ => None,
        }
    }

    fn iteration(
        &self,
        comprehension: &'p Comprehension,
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        (open, sampled): (&mut Option<Value>, &mut bool),
    ) -> EvalResult<Option<(Option<Value>, Value)>> {
        if let Some(condition) = &comprehension.condition {
            let holds = self.named(condition, scope)?.with_span(condition.span);
            if let Some(unknown) = self.open(&holds) {
                *open = Some(unknown);
                return Ok(None);
            }
            if self.is_symbolic(&holds) {
                // Whether an element is picked is not known, so all that are picked stand for any number of them.
                *sampled = true;
            } else if !self.decided(holds)? {
                return Ok(None);
            }
        }
        let Some(key) = &comprehension.key else {
            let value = self.eval(&comprehension.value, scope, expect.item())?;
            if value.is_absent() {
                if self.is_left_out(&comprehension.value, expect) {
                    return Ok(None);
                }
                if expect.item().is_required() {
                    return Err(self.report(self.absent_element(&comprehension.value)));
                }
            }
            return Ok(Some((None, value)));
        };
        let key = self.eval(key, scope, Expectation::Any)?.with_span(key.span);
        let key = if self.is_symbolic(&key) { Value::text(ANY_KEY, key.span) } else { self.known(key, "a key")? };
        let value = self.eval(&comprehension.value, scope, expect.entry())?;
        Ok(Some(value).filter(|value| !(value.is_absent() && self.view.is_finished())).map(|value| (Some(key), value)))
    }

    fn insert(&self, map: &mut ValueMap, key: &Value, value: Value) -> EvalResult<()> {
        let Some(text) = scalar(key) else { return Err(self.no_key(key)) };
        let span = key.span;
        if let Some(first) = map.get(text.as_str()).filter(|_| text != ANY_KEY || self.view.world().is_none()) {
            let first = first.key;
            return Err(self.report(
                Diagnostic::error("GPB1409", format!("duplicate key `{text}`"))
                    .with_label(span, "each key must be different")
                    .with_label(first, "first made here"),
            ));
        }
        map.insert(text.into(), ValueEntry { key: span, value });
        Ok(())
    }

    /// Reports a key that no iteration of a `for` has.
    pub fn no_iteration(&self, of: &Value, key: &str, at: Span) -> AlreadyReported {
        let keys: Vec<&str> = of.as_map().into_iter().flatten().map(|(key, _)| &**key).collect();
        let diagnostic =
            Diagnostic::error("GPB1705", format!("there is no key `{key}` here")).with_label(at, "unknown key");
        let more = if keys.len() > 12 { ", …" } else { "" };
        let listed = || keys.iter().copied().take(12).collect::<Vec<_>>().join(", ");
        // Of names as short as one letter each is near any other.
        self.report(match nearest(key, keys.iter().copied()).filter(|_| key.chars().count() > 2) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("the keys are {}{more}", listed())),
        })
    }

    /// Reports a value that cannot be a key.
    pub fn no_key(&self, key: &Value) -> AlreadyReported {
        self.report(
            Diagnostic::error("GPB1703", format!("{} cannot be a key", key.describe()))
                .with_label(key.span, "a key is a string or a number")
                .help("say which part of each element is its key: `for s in subnets key s.name { … }`"),
        )
    }
}
