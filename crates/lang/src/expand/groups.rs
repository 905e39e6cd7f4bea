//! `for`, `if` and `in`, expanded when something inside is first needed.

use crate::eval::{Around, Expect, Frame, Key, Label, Machine, Scope, bind_turn, key_segment, scalar};
use crate::index::Declared;
use crate::world::{Failed, Outcome};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Entry, Map, Value};
use gpb_syntax::ast::{Expr, For, Stmt};
use indexmap::IndexMap;
use std::rc::Rc;
use std::sync::Arc;

/// What a group was expanded to.
#[derive(Debug, Clone)]
pub enum Group<'p> {
    /// The chosen branch of an `if`, the body of an `in`.
    One(Rc<Frame<'p>>),
    /// The turns of a `for`, by key.
    Many(Rc<IndexMap<Arc<str>, Turn<'p>>>),
}

/// One turn of a `for`.
#[derive(Debug, Clone)]
pub struct Turn<'p> {
    pub key: Value,
    pub frame: Rc<Frame<'p>>,
}

impl<'p> Machine<'_, 'p> {
    /// The expansion of the group at a statement of a frame.
    pub fn group(&self, frame: &Rc<Frame<'p>>, at: usize, used: Span) -> Outcome<Group<'p>> {
        let slot = (frame.id, at);
        if let Some(group) = self.expansion.groups.borrow().get(&slot) {
            return Ok(group.clone());
        }
        let stmt = frame.stmts.get(at).ok_or(Failed)?;
        let label = match stmt {
            Stmt::For(_) => "for",
            Stmt::If(_) => "if",
            _ => "in",
        };
        self.demand(Key::Slot(frame.id, at), Label::Name(label), used, || {
            let group = self.expand_group(frame, stmt)?;
            self.expansion.groups.borrow_mut().insert(slot, group);
            Ok(Value::absent(used))
        })?;
        self.expansion.groups.borrow().get(&slot).cloned().ok_or(Failed)
    }

    fn expand_group(&self, frame: &Rc<Frame<'p>>, stmt: &'p Stmt) -> Outcome<Group<'p>> {
        let scope = Scope::of(frame.clone());
        match stmt {
            Stmt::If(group) => {
                let branch = if self.decide(&group.condition, &scope)? { &group.then } else { &group.otherwise };
                let inner = self.inner_frame(frame, branch, frame.around.clone());
                Ok(Group::One(self.expansion.frame(inner)))
            }
            Stmt::In { place, stmts, .. } => {
                let place = self.place(place, &scope)?;
                let inner = self.inner_frame(frame, stmts, frame.around.clone());
                Ok(Group::One(self.expansion.frame(Frame { placed: true, place: Some(place), ..inner })))
            }
            Stmt::For(group) => self.unroll(frame, group, &scope),
            _ => Err(Failed),
        }
    }

    /// A frame inside another, sharing its place.
    pub(super) fn inner_frame(&self, parent: &Rc<Frame<'p>>, stmts: &'p [Stmt], around: Rc<Around<'p>>) -> Frame<'p> {
        let index = self.world.indexes.of(stmts);
        let (parent, place) = (Some(parent.clone()), parent.place.clone());
        Frame { id: 0, parent, stmts, index, vars: None, around, placed: false, place }
    }

    fn unroll(&self, frame: &Rc<Frame<'p>>, group: &'p For, scope: &Scope<'p>) -> Outcome<Group<'p>> {
        let mut turns: IndexMap<Arc<str>, Turn<'p>> = IndexMap::new();
        let mut failed = None;
        let over = self.named(&group.over, scope)?;
        let is_map = over.as_map().is_some();
        for (number, element) in self.turns_of(&over, group.over.span)? {
            self.budget.step(self, group.span, 1)?;
            let bound = bind_turn(scope, &group.names, number.clone(), element.clone());
            let key = self.turn_key(group.key.as_ref(), &bound, number.filter(|_| is_map), &element);
            let Ok((text, key)) = key else {
                failed = Some(Failed);
                continue;
            };
            if let Some(first) = turns.get(&text) {
                let diagnostic = Diagnostic::error("GPB1704", format!("the key `{text}` comes up twice in this `for`"))
                    .at(key.span, "each turn needs a key of its own")
                    .help("keys are the identities of what the turns make: use `key` to name a part that is unique");
                let (first, over) = (first.key.span, group.over.span);
                failed = Some(self.report(if first != key.span {
                    diagnostic.at(first, "it comes up here first")
                } else if over.to(key.span) != over {
                    diagnostic.at(over, "gone over here")
                } else {
                    diagnostic
                }));
                continue;
            }
            let keys: Arc<str> = format!("{}{}", frame.around.keys, key_segment(&text)).into();
            let around = Rc::new(Around { keys, ..(*frame.around).clone() });
            let inner = self.inner_frame(frame, &group.stmts, around);
            let inner = self.expansion.frame(Frame { vars: bound.locals, ..inner });
            turns.insert(text, Turn { key, frame: inner });
        }
        failed.map_or_else(|| Ok(Group::Many(Rc::new(turns))), Err)
    }

    fn turn_key(
        &self,
        written: Option<&'p Expr>,
        scope: &Scope<'p>,
        map_key: Option<Value>,
        element: &Value,
    ) -> Outcome<(Arc<str>, Value)> {
        let key = match (written, map_key) {
            (Some(written), _) => self.eval(written, scope, Expect::Any)?.at(written.span),
            (None, Some(key)) => key,
            (None, None) => element.clone(),
        };
        let key = self.known(key, "the key of a turn")?;
        match scalar(&key) {
            Some(text) => Ok((text.into(), key)),
            None => Err(self.no_key(&key)),
        }
    }

    /// What a name stands for that is declared inside a group: a map of the turns of a `for`, the item of the branch
    /// that was chosen, nothing where the other was.
    pub(super) fn in_group(&self, frame: &Rc<Frame<'p>>, declared: &Declared<'p>, used: Span) -> Outcome<Value> {
        let name = declared.name.text.as_str();
        match self.group(frame, declared.at, used)? {
            Group::One(inner) => match inner.index.names.get(name) {
                Some(found) => self.item(&inner, found, used),
                None => Ok(Value::absent(used)),
            },
            Group::Many(turns) => {
                self.demand(Key::Keyed(frame.id, name), Label::Name(name), used, || self.keyed(&turns, name, used))
            }
        }
    }

    fn keyed(&self, turns: &IndexMap<Arc<str>, Turn<'p>>, name: &str, used: Span) -> Outcome<Value> {
        let mut map = Map::with_capacity_and_hasher(turns.len(), foldhash::fast::RandomState::default());
        for (key, turn) in turns {
            let Some(found) = turn.frame.index.names.get(name) else { continue };
            let value = self.item(&turn.frame, found, used)?;
            if !value.is_absent() {
                map.insert(key.clone(), Entry { key: turn.key.span, value });
            }
        }
        Ok(Value::map(map, used))
    }
}
