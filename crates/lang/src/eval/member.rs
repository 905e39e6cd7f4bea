//! `of.name` and `of[index]`, through resources, instances and what is not known yet.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::{Scope, scalar};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::ops;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_catalog::Shape;
use gpb_catalog::typed::type_of;
use gpb_model as model;
use gpb_model::value::{Unknown, Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind, Ident};

/// Returns the first key of what a `for` made, where `key` is none of them.
fn keyed_without(of: &Value, key: &str) -> Option<std::sync::Arc<str>> {
    let iterations = of.as_map().filter(|iterations| !iterations.contains_key(key))?;
    let is_item = |value: &Value| matches!(value.kind, ValueKind::Resource(_) | ValueKind::Instance(_));
    let all = iterations.values().all(|entry| is_item(&entry.value));
    iterations.first().filter(|_| all).map(|(first, _)| first.clone())
}

/// Returns a property that another reads: its words are read by the catalog where they are written, and are strings here.
fn words_as_text(value: Value) -> Value {
    match &value.kind {
        ValueKind::Word(word) if word.among.is_none() => Value::text(word.text.clone(), value.span),
        ValueKind::List(items) if items.iter().any(|item| matches!(item.kind, ValueKind::Word(_))) => {
            Value::list(items.iter().cloned().map(words_as_text).collect(), value.span)
        }
        _ => value,
    }
}

impl<'p> Interpreter<'_, 'p> {
    pub(super) fn member(
        &self,
        of: &'p Expr,
        name: &'p Ident,
        optional: bool,
        scope: &Scope<'p>,
        span: Span,
    ) -> EvalResult<Value> {
        let (expr, written) = (of, of.span);
        let of = self.named(of, scope)?;
        if self.is_unset_tag(expr, &of, &name.text, scope) {
            return Ok(Value::absent(span));
        }
        let any_key = self.any_entry(&of).is_some();
        if let Some(first) = keyed_without(&of, &name.text).filter(|_| !optional && !any_key) {
            let (of, name) = (self.cx.program.sources.slice(written), (&name.text, name.span));
            let message = format!("`{of}` is made by a `for`, once for each key, and no key is `{}`", name.0);
            let help = format!("one of them is `{of}[\"{first}\"].{0}`, all are `[for x in {of}: x.{0}]`", name.0);
            return Err(
                self.report(Diagnostic::error("GPB1701", message).with_label(name.1, "none of the keys").help(help))
            );
        }
        self.member_of(&of, name, optional, span)
    }

    /// Returns `of.name` of any value.
    pub fn member_of(&self, of: &Value, name: &Ident, optional: bool, span: Span) -> EvalResult<Value> {
        if name.text.is_empty() {
            // Only the beginning is written, which has been reported.
            return Err(AlreadyReported);
        }
        match &of.kind {
            ValueKind::Resource(handle) => Ok(words_as_text(self.view.property(handle, name, span)?)),
            ValueKind::Instance(handle) => self.view.instance_member(handle, name, span),
            ValueKind::Unknown(unknown) => match self.below(unknown, &name.text, name.span, span)? {
                Some(value) => Ok(value),
                None => {
                    if let Some(value) = self.member_of_any_place(unknown, &name.text, span) {
                        Ok(value)
                    } else {
                        let value = self.ok(ops::member(of, &name.text, name.span, optional, span))?;
                        Ok(self.realized(value))
                    }
                }
            },
            _ => match self.any_entry(of) {
                Some(any) => Ok(any.with_span(span)),
                None => self.ok(ops::member(of, &name.text, name.span, optional, span)),
            },
        }
    }

    pub(super) fn index(&self, of: &'p Expr, index: &'p Expr, scope: &Scope<'p>, span: Span) -> EvalResult<Value> {
        let expr = of;
        let of = self.indexed(of, 1, scope);
        let index = self.eval(index, scope, Expectation::Any);
        let (of, index) = (of?, index?);
        if index.as_text().is_some_and(|key| self.is_unset_tag(expr, &of, key, scope)) {
            return Ok(Value::absent(span));
        }
        self.element(&of, &index, span)
    }

    /// Checks for a tag that a resource does not have, `r.tags.owner`, where tags are read as a map.
    fn is_unset_tag(&self, tags: &'p Expr, value: &Value, key: &str, scope: &Scope<'p>) -> bool {
        let ExprKind::Member { of, name, .. } = &*tags.kind else { return false };
        self.view.is_finished()
            && value.as_map().is_some_and(|entries| !entries.contains_key(key))
            && self.named(of, scope).is_ok_and(|of| self.view.is_tag(&of, &name.text))
    }

    /// Returns the value that so many indexes follow.
    ///
    /// In the `for` that makes an item, its name alone is the item of this iteration, and with a key that of another.
    fn indexed(&self, of: &'p Expr, keys: usize, scope: &Scope<'p>) -> EvalResult<Value> {
        match &*of.kind {
            ExprKind::Index { of: inner, index } => {
                let inner = self.indexed(inner, keys + 1, scope);
                let index = self.eval(index, scope, Expectation::Any);
                self.element(&inner?, &index?, of.span)
            }
            ExprKind::Name(name) => {
                let value = self.named(of, scope)?;
                if !matches!(value.kind, ValueKind::Resource(_) | ValueKind::Instance(_)) {
                    return Ok(value);
                }
                Ok(self.of_all_iterations(name, keys, scope)?.unwrap_or(value))
            }
            _ => self.named(of, scope),
        }
    }

    /// Returns what a name with so many keys stands for outside of the `for` it is declared in: all that the `for` makes.
    pub fn of_all_iterations(&self, head: &Ident, keys: usize, scope: &Scope<'p>) -> EvalResult<Option<Value>> {
        let mut frame = scope.frame.parent.as_ref();
        while let Some(outer) = frame {
            if let Some(declared) = outer.index.names.get(head.text.as_str()).filter(|declared| declared.keyed == keys)
            {
                return self.declared(outer, declared, head.span).map(Some);
            }
            frame = outer.parent.as_ref();
        }
        Ok(None)
    }

    fn element(&self, of: &Value, index: &Value, span: Span) -> EvalResult<Value> {
        if let ValueKind::Unknown(unknown) = &of.kind {
            let segment = scalar(index);
            if let Some(value) = segment.map(|key| self.below(unknown, &key, index.span, span)).transpose()?.flatten() {
                return Ok(value);
            }
        }
        if let Some(found) = self.symbolic_index(of, index, span)? {
            return Ok(found);
        }
        if let Some(key) = scalar(index).filter(|key| keyed_without(of, key).is_some()) {
            return Err(self.no_iteration(of, &key, index.span));
        }
        self.ok(ops::index(of, index, span))
    }

    /// Returns a part of a property that is unknown: the catalog says whether there is one and what it will be.
    fn below(&self, unknown: &Unknown, name: &str, at: Span, span: Span) -> EvalResult<Option<Value>> {
        let model::PropertyValue::Ref(reference) = &*unknown.value else { return Ok(None) };
        let Some(def) = self.view.type_at(&reference.to) else { return Ok(None) };
        let def = &*def;
        let Some(shape) = def.shape_at(&reference.path) else { return Ok(None) };
        let made = |segment: &str, shape: &Shape| {
            let path = reference.path.child(segment);
            if self.view.lacks(&reference.to, &path) {
                return Some(Value::absent(span));
            }
            // A part of what may be absent may be absent.
            let ty = if unknown.ty.is_optional() { type_of(def, shape).optional() } else { type_of(def, shape) };
            Some(Value::reference(reference.to.clone(), path, ty, span))
        };
        match shape {
            Shape::Object(object) => {
                if let Some(property) = object.by_name(name).or_else(|| object.by_aws(name)) {
                    return Ok(made(&property.aws, &property.shape));
                }
                let names: Vec<&str> = object.properties.iter().map(|property| property.name.as_str()).collect();
                Err(self.no_property(&def.display(&reference.path), name, at, &names))
            }
            Shape::Map { value, .. } => Ok(made(name, value)),
            Shape::List(list) if name.parse::<u32>().is_ok() => Ok(made(name, &list.item)),
            _ => Ok(None),
        }
    }

    /// Reports a property that does not exist.
    pub fn no_property(&self, of: &str, name: &str, at: Span, names: &[&str]) -> AlreadyReported {
        let diagnostic =
            Diagnostic::error("GPB1702", format!("`{of}` has no property `{name}`")).with_label(at, "unknown property");
        let near = nearest(name, names.iter().copied());
        self.report(match near {
            Some(near) => {
                diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), at, near)
            }
            None if names.len() <= 12 => diagnostic.help(format!("it has {}", names.join(", "))),
            None => diagnostic,
        })
    }
}
