//! Reads values by the catalog's shapes.

use super::reader::BodyReader;
use super::{messages, untyped};
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_catalog::typed::type_of;
use gpb_catalog::{ListShape, ObjectShape, Shape, TextShape, secret_places};
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::ty::Type;
use gpb_model::value::{Unknown, Value, ValueKind, ValueMap};

impl BodyReader<'_> {
    /// Reads the value of a property; `None` if it is absent or was reported.
    pub(super) fn value(&mut self, value: &Value, shape: &Shape, path: &PropPath) -> Option<model::PropertyValue> {
        let read = self.read(value, shape, path);
        if read.is_none() && !value.is_absent() {
            self.reported.values.insert(path.clone());
        }
        read
    }

    fn read(&mut self, value: &Value, shape: &Shape, path: &PropPath) -> Option<model::PropertyValue> {
        let shape = self.def.resolve(shape);
        match (&value.kind, shape) {
            (ValueKind::Absent, _) => None,
            (ValueKind::Unknown(unknown), _) => self.unknown(unknown, value, shape, path),
            (ValueKind::Secret(secret), _) => {
                if self.keeps_secrets(path) {
                    return Some(model::PropertyValue::Secret(secret.as_ref().clone()));
                }
                self.refuse(messages::secret(&self.name(path), value))
            }
            (_, Shape::Any(shapes)) => match self.choose(value, shapes) {
                Some(shape) => self.read(value, shape, path),
                None => self.refuse(messages::mismatch(&self.name(path), "another type", value)),
            },
            (_, Shape::Json) => self.document(value, path),
            (ValueKind::Map(entries), Shape::Object(object)) if object.properties.is_empty() => {
                let _ = entries;
                self.document(value, path)
            }
            (ValueKind::Map(entries), Shape::Object(object)) => {
                Some(model::PropertyValue::Map(self.object(entries, object, path)))
            }
            (ValueKind::Map(entries), Shape::Map { value: each, .. }) => Some(self.map(entries, each, path)),
            (ValueKind::List(items), Shape::List(list)) => match self.maps_of_pairs(items, list, path) {
                Some(diagnostic) => self.refuse(diagnostic),
                None => Some(self.list(items, list, path)),
            },
            (ValueKind::Map(entries), Shape::List(list)) => self.map_for_list(value, entries, list, path),
            (_, Shape::Text(text)) => self.text(value, text, path),
            (ValueKind::Bool(bool), Shape::Bool) => Some(model::PropertyValue::Bool(*bool)),
            (ValueKind::Number(number), Shape::Int { .. }) => match untyped::number(*number) {
                int @ model::PropertyValue::Int(_) => Some(int),
                _ => self.refuse(messages::not_whole(&self.name(path), *number, value.span)),
            },
            (ValueKind::Number(number), Shape::Number { .. }) => Some(untyped::number(*number)),
            (ValueKind::Quantity(quantity), Shape::Int { .. } | Shape::Number { .. }) => {
                self.refuse(messages::quantity(&self.name(path), *quantity, value.span))
            }
            (ValueKind::Resource(handle), _) => {
                let wanted = noun_of(shape);
                self.refuse(
                    messages::mismatch(&self.name(path), wanted, value)
                        .help(format!("name a property of the `{}` that is {wanted}", handle.ty)),
                )
            }
            _ => self.refuse(self.mismatched(value, shape, path)),
        }
    }

    /// Returns the diagnostic for a value that a shape cannot hold.
    fn mismatched(&self, value: &Value, shape: &Shape, path: &PropPath) -> Diagnostic {
        let diagnostic = messages::mismatch(&self.name(path), noun_of(shape), value);
        match (&value.kind, shape) {
            (ValueKind::Text(text), Shape::Bool) if matches!(&**text, "true" | "false") => {
                messages::unquote(diagnostic, text, value.span)
            }
            (ValueKind::Word(word), Shape::Bool) => {
                match foreign::truth(&word.text) {
                    Some(truth) => diagnostic
                        .help(format!("a bool is `true` or `false`; did you mean `{truth}`?"))
                        .fix(format!("change to `{truth}`"), word.written, truth.to_string()),
                    None => diagnostic.help("a bool is `true` or `false`"),
                }
            }
            (_, Shape::Bool) => diagnostic.help("a bool is `true` or `false`"),
            (ValueKind::Text(text), Shape::Int { .. }) if text.parse::<i64>().is_ok() => {
                messages::unquote(diagnostic, text, value.span)
            }
            _ => diagnostic,
        }
    }

    /// Reads a document: keys stay as they are.
    pub(super) fn document(&mut self, value: &Value, path: &PropPath) -> Option<model::PropertyValue> {
        if let Some(secret) = value.find_secret().filter(|_| !self.keeps_secrets(path)) {
            let diagnostic = messages::secret(&self.name(path), secret);
            return self.refuse(diagnostic);
        }
        match untyped::strict(value) {
            Ok(value) => Some(value),
            Err(diagnostic) => self.refuse(diagnostic),
        }
    }

    /// Checks that AWS never returns the property: only there may a secret go.
    fn keeps_secrets(&self, path: &PropPath) -> bool {
        self.def.is_write_only(path)
            || secret_places::is_secret_safe(&self.def.aws)
                .is_some_and(|safe| safe.iter().any(|place| place.covers(path)))
    }

    fn unknown(
        &mut self,
        unknown: &Unknown,
        value: &Value,
        shape: &Shape,
        path: &PropPath,
    ) -> Option<model::PropertyValue> {
        if value.find_secret().is_some() && !self.keeps_secrets(path) {
            return self.refuse(messages::secret(&self.name(path), value));
        }
        let fits = match shape {
            Shape::Any(shapes) => {
                shapes.iter().any(|shape| unknown.ty.may_be(&type_of(self.def, shape)) || matches!(shape, Shape::Json))
            }
            Shape::Json => true,
            shape => unknown.ty.may_be(&type_of(self.def, shape)) || (unknown.ty == Type::Policy && is_open(shape)),
        };
        if fits {
            return Some(unknown.value.as_ref().clone());
        }
        let diagnostic = messages::mismatch(&self.name(path), noun_of(shape), value);
        self.refuse(match shape {
            Shape::Text(_) if unknown.ty.may_be(&Type::Number) || unknown.ty.may_be(&Type::Bool) => {
                diagnostic.help("make a string of it: `\"${…}\"` or `text(…)`")
            }
            Shape::Int { .. } | Shape::Number { .. } if unknown.ty.is_text() => {
                diagnostic.help("`number(…)` reads the number from it")
            }
            _ => diagnostic,
        })
    }

    fn text(&mut self, value: &Value, shape: &TextShape, path: &PropPath) -> Option<model::PropertyValue> {
        match &value.kind {
            ValueKind::Text(text) => Some(model::PropertyValue::Text(text.as_ref().into())),
            ValueKind::Word(word) if word.among.is_some() => {
                Some(model::PropertyValue::Text(word.text.as_ref().into()))
            }
            ValueKind::Word(word) if shape.one_of.iter().any(|one| **one == *word.text) => {
                Some(model::PropertyValue::Text(word.text.as_ref().into()))
            }
            ValueKind::Word(word)
                if shape.any_case && shape.one_of.iter().any(|one| one.eq_ignore_ascii_case(&word.text)) =>
            {
                Some(model::PropertyValue::Text(word.text.as_ref().into()))
            }
            ValueKind::Word(word) => self.refuse(messages::word(&self.name(path), word, shape, value.span, self.cx)),
            ValueKind::Resource(handle) => {
                let member = self.member_meant(&handle.ty, shape, path);
                self.refuse(messages::resource_as_text(&handle.ty, value.span, member.as_deref()))
            }
            _ => {
                let diagnostic = messages::mismatch(&self.name(path), "a string", value);
                self.refuse(match &value.kind {
                    ValueKind::Number(number) => {
                        messages::quote(diagnostic, &number.normalize().to_string(), value.span)
                    }
                    ValueKind::Bool(bool) => messages::quote(diagnostic, &bool.to_string(), value.span),
                    ValueKind::Quantity(_) => diagnostic.help("`text(…)` makes a string of it"),
                    ValueKind::Map(_) | ValueKind::List(_) => diagnostic.help("`json(…)` makes a string of JSON of it"),
                    ValueKind::Place(_) => diagnostic.help("name what is meant: `.region` or `.account`"),
                    _ => diagnostic,
                })
            }
        }
    }

    /// Returns the property of a resource that a string property wants.
    ///
    /// `None` where neither its name nor its form shows it.
    fn member_meant(&self, ty: &str, shape: &TextShape, path: &PropPath) -> Option<String> {
        let names = || path.segments().map(str::to_lowercase);
        let form = shape.pattern.as_deref().unwrap_or_default();
        let wants_arn = names().any(|name| name.ends_with("arn") || name.ends_with("arns"))
            || form.contains("arn:")
            || shape.format.as_deref() == Some("arn");
        if wants_arn || self.cx.facts.id_is_arn(ty) {
            return self.cx.facts.arn(ty);
        }
        names().any(|name| name.ends_with("id") || name.ends_with("ids")).then(|| "id".to_owned())
    }

    fn list(&mut self, items: &[Value], shape: &ListShape, path: &PropPath) -> model::PropertyValue {
        let mut out = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !item.is_absent()) {
            let at = path.child(&out.len().to_string());
            let before = self.spans.len();
            self.spans.push((at.clone(), item.span));
            match self.value(item, &shape.item, &at) {
                Some(value) => out.push(value),
                // The next item takes its place.
                None => self.spans.truncate(before),
            }
        }
        model::PropertyValue::List(out)
    }

    /// Returns the diagnostic of several maps where one map stands for a list of keys and values: `tags { … }` twice.
    fn maps_of_pairs(&self, items: &[Value], list: &ListShape, path: &PropPath) -> Option<Diagnostic> {
        let [first, again, ..] = items else { return None };
        let Shape::Object(item) = self.def.resolve(&list.item) else { return None };
        let is_plain = |value: &Value| value.as_map().is_some_and(|entries| !is_written_pair(entries, item));
        if !is_pair(item) || !items.iter().all(is_plain) {
            return None;
        }
        let name = self.name(path);
        Some(
            Diagnostic::error("GPB1409", format!("`{name}` is given a value twice"))
                .with_label(again.span, "given again here")
                .with_label(first.span, "first given here")
                .help("write all entries in one block"),
        )
    }

    fn map(&mut self, entries: &ValueMap, each: &Shape, path: &PropPath) -> model::PropertyValue {
        let mut out = Vec::with_capacity(entries.len());
        for (key, entry) in entries.iter().filter(|(_, entry)| !entry.value.is_absent()) {
            let at = path.child(key);
            self.spans.push((at.clone(), entry.value.span));
            if let Some(value) = self.value(&entry.value, each, &at) {
                out.push((key.as_ref().into(), value));
            }
        }
        model::PropertyValue::Map(out.into_iter().collect())
    }

    /// Reads a map where AWS has a list.
    ///
    /// `{ Name = "x" }` for a list of keys and values, an object for a list of one.
    fn map_for_list(
        &mut self,
        value: &Value,
        entries: &ValueMap,
        list: &ListShape,
        path: &PropPath,
    ) -> Option<model::PropertyValue> {
        match self.def.resolve(&list.item) {
            Shape::Object(item) if is_pair(item) && !is_written_pair(entries, item) => {
                Some(self.pairs(entries, item, path))
            }
            Shape::Object(_) => Some(self.list(std::slice::from_ref(value), list, path)),
            _ => self.refuse(messages::mismatch(&self.name(path), "a list", value)),
        }
    }

    fn pairs(&mut self, entries: &ValueMap, item: &ObjectShape, path: &PropPath) -> model::PropertyValue {
        let mut sorted: Vec<_> = entries.iter().filter(|(_, entry)| !entry.value.is_absent()).collect();
        sorted.sort_by_key(|(key, _)| *key);
        let mut out = Vec::with_capacity(sorted.len());
        for (key, entry) in sorted {
            let at = path.child(&out.len().to_string());
            let Some(shape) = item.by_aws("Value").map(|property| &property.shape) else { continue };
            self.spans.push((at.child("Key"), entry.key));
            self.spans.push((at.child("Value"), entry.value.span));
            self.spans.push((at.clone(), entry.value.span));
            if let Some(value) = self.value(&entry.value, shape, &at.child("Value")) {
                let key = model::PropertyValue::Text(key.as_ref().into());
                out.push(model::PropertyValue::Map(
                    [("Key".into(), key), ("Value".into(), value)].into_iter().collect(),
                ));
            }
        }
        model::PropertyValue::List(out)
    }

    /// Returns the one of several shapes that a value is meant for.
    ///
    /// Its outside alone decides: looking further would make reading deep values endless.
    fn choose<'s>(&self, value: &Value, shapes: &'s [Shape]) -> Option<&'s Shape> {
        let mut best: Option<(usize, &Shape)> = None;
        for shape in shapes {
            let score = self.score(value, self.def.resolve(shape));
            if score > 0 && best.is_none_or(|(most, _)| score > most) {
                best = Some((score, shape));
            }
        }
        best.map(|(_, shape)| shape)
    }

    /// Returns how well a shape fits a value; 0 is not at all.
    fn score(&self, value: &Value, shape: &Shape) -> usize {
        match (&value.kind, shape) {
            (ValueKind::Map(entries), Shape::Object(object)) => {
                let known = |name: &str| object.by_name(name).is_some() || object.by_aws(name).is_some();
                2 + entries.iter().filter(|(name, entry)| !entry.value.is_absent() && known(name)).count()
            }
            (ValueKind::Word(word), Shape::Text(text)) if text.one_of.iter().any(|one| **one == *word.text) => 3,
            (ValueKind::Map(_), Shape::Map { .. })
            | (ValueKind::List(_), Shape::List(_))
            | (ValueKind::Bool(_), Shape::Bool)
            | (
                ValueKind::Text(_) | ValueKind::Word(_) | ValueKind::Resource(_) | ValueKind::Secret(_),
                Shape::Text(_),
            )
            | (ValueKind::Number(_), Shape::Number { .. })
            | (ValueKind::Quantity(_), Shape::Int { .. } | Shape::Number { .. }) => 2,
            (ValueKind::Number(number), Shape::Int { .. }) => 3 * usize::from(number.is_integer()),
            (_, Shape::Any(shapes)) => usize::from(shapes.iter().any(|inner| {
                let inner = self.def.resolve(inner);
                !matches!(inner, Shape::Any(_)) && self.score(value, inner) > 0
            })),
            (ValueKind::Map(_), Shape::List(list)) => {
                usize::from(matches!(self.def.resolve(&list.item), Shape::Object(_)))
            }
            (_, Shape::Json) => 1,
            _ => 0,
        }
    }
}

fn is_open(shape: &Shape) -> bool {
    match shape {
        Shape::Object(object) => object.open || object.properties.is_empty(),
        Shape::Map { .. } | Shape::Json | Shape::Text(_) => true,
        _ => false,
    }
}

/// Checks for exactly `Key` and `Value`, AWS's form of maps.
fn is_pair(item: &ObjectShape) -> bool {
    item.properties.len() == 2 && item.by_aws("Key").is_some() && item.by_aws("Value").is_some()
}

/// Checks for `{ key = …, value = … }`: one element of the list as itself.
fn is_written_pair(entries: &ValueMap, item: &ObjectShape) -> bool {
    let has = |aws: &str| item.by_aws(aws).is_some_and(|property| entries.contains_key(property.name.as_str()));
    entries.len() == 2 && has("Key") && has("Value")
}

/// Returns the noun, with its article, of what a shape takes.
pub(super) fn noun_of(shape: &Shape) -> &'static str {
    match shape {
        Shape::Bool => "a bool",
        Shape::Int { .. } => "a whole number",
        Shape::Number { .. } => "a number",
        Shape::Text(_) => "a string",
        Shape::List(_) => "a list",
        Shape::Object(_) => "an object",
        Shape::Map { .. } => "a map",
        Shape::Nested(_) | Shape::Json | Shape::Any(_) => "another type",
    }
}
