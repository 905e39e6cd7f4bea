//! Validates values of every shape but objects and strings.

use super::word_lists::{plural, some_of};
use super::{Validator, ViolationKind, noun};
use crate::secret_places;
use crate::types::{ListShape, Shape};
use gpb_model::{PropertyMap, PropertyValue};
use std::collections::BTreeSet;

impl<'a> Validator<'a> {
    pub(super) fn value(&mut self, shape: &'a Shape, value: &'a PropertyValue) {
        let def = self.def;
        match (def.resolve(shape), value) {
            (_, PropertyValue::Ref(_)) | (Shape::Bool, PropertyValue::Bool(_)) => {}
            (_, PropertyValue::Call { args, .. }) => self.no_secrets(args),
            (Shape::Any(shapes), _) => self.any(shapes, value),
            (Shape::Json, PropertyValue::Map(_) | PropertyValue::List(_)) => {
                self.no_secrets(std::slice::from_ref(value));
            }
            (Shape::Json, PropertyValue::Text(text)) => self.document(text),
            (Shape::Text(_) | Shape::Json, PropertyValue::Secret(_)) => self.secret(),
            (Shape::Text(_) | Shape::Json, PropertyValue::Concat(parts)) => self.no_secrets(parts),
            (Shape::Text(text), PropertyValue::Text(value)) => self.text(text, value),
            (Shape::Int { min, max, one_of }, PropertyValue::Int(int)) => self.int(*min, *max, one_of, *int),
            (Shape::Int { min, max, one_of }, PropertyValue::Number(number)) => match whole(number.to_f64()) {
                Some(int) => self.int(*min, *max, one_of, int),
                None => self.wrong_type(shape, value),
            },
            (Shape::Number { min, max }, PropertyValue::Number(number)) => {
                self.number(*min, *max, number.to_f64(), &number.to_string());
            }
            #[expect(clippy::cast_precision_loss, reason = "bounds of numbers are far below where it would matter")]
            (Shape::Number { min, max }, PropertyValue::Int(int)) => {
                self.number(*min, *max, *int as f64, &int.to_string());
            }
            (Shape::List(list), PropertyValue::List(items)) => self.list(list, items),
            (Shape::Object(object), PropertyValue::Map(entries)) => self.object(object, entries),
            (Shape::Map { key_pattern, value }, PropertyValue::Map(entries)) => {
                self.map(key_pattern.as_deref(), value, entries);
            }
            (shape, value) => self.wrong_type(shape, value),
        }
    }

    fn wrong_type(&mut self, shape: &Shape, value: &PropertyValue) {
        let (name, expected) = (self.name(), noun(self.def, shape));
        let found = match value {
            PropertyValue::Bool(bool) => bool.to_string(),
            PropertyValue::Int(int) => format!("the number {int}"),
            PropertyValue::Number(number) => format!("the number {number}"),
            PropertyValue::Text(_) | PropertyValue::Concat(_) => "a string".into(),
            PropertyValue::List(_) => "a list".into(),
            PropertyValue::Map(_) => "an object".into(),
            PropertyValue::Ref(_) | PropertyValue::Call { .. } => "a value known only later".into(),
            PropertyValue::Secret(_) => "a secret".into(),
        };
        let violation = self.violation(ViolationKind::WrongType, format!("`{name}` must be {expected}, not {found}"));
        self.found.push(match (shape, value) {
            (Shape::Text(_), PropertyValue::Int(int)) => {
                violation.nearest(Some(format!("\"{int}\""))).help(format!("write \"{int}\""))
            }
            (Shape::Text(_), PropertyValue::Bool(bool)) => {
                violation.nearest(Some(format!("\"{bool}\""))).help(format!("write \"{bool}\""))
            }
            (Shape::Int { .. }, PropertyValue::Text(text)) if text.parse::<i64>().is_ok() => {
                violation.nearest(Some(text.as_str())).help(format!("write {text}, without quotes"))
            }
            (Shape::Bool, PropertyValue::Text(text)) if text == "true" || text == "false" => {
                violation.nearest(Some(text.as_str())).help(format!("write {text}, without quotes"))
            }
            (Shape::List(_), _) => violation.help("put it in brackets: `[…]`"),
            _ => violation,
        });
    }

    /// Accepts a value that fits one of the shapes.
    ///
    /// For a value that fits none, reports the nearest miss.
    fn any(&mut self, shapes: &'a [Shape], value: &'a PropertyValue) {
        let mut best: Option<Vec<super::Violation>> = None;
        for shape in shapes {
            let mut attempt = Validator { def: self.def, path: self.path.clone(), found: Vec::new() };
            attempt.value(shape, value);
            if attempt.found.iter().all(|violation| violation.kind.is_warning()) {
                self.found.extend(attempt.found);
                return;
            }
            let here = attempt.here();
            let misses_all = |found: &[super::Violation]| {
                found.iter().any(|one| one.kind == ViolationKind::WrongType && one.path == here)
            };
            let rank = |found: &[super::Violation]| (misses_all(found), found.len());
            if best.as_deref().is_none_or(|best| rank(&attempt.found) < rank(best)) {
                best = Some(attempt.found);
            }
        }
        let here = self.here();
        match best {
            // No shape is nearer than another: all of them are named.
            Some(found) if found.iter().any(|one| one.kind == ViolationKind::WrongType && one.path == here) => {
                self.wrong_type(&Shape::Any(shapes.to_vec()), value);
            }
            Some(found) => self.found.extend(found),
            None => {}
        }
    }

    /// Checks a document that is given as its text.
    ///
    /// JSON, or YAML, which AWS takes in a few places and whose keys show it.
    fn document(&mut self, text: &str) {
        let is_json = text.trim_start().starts_with(['{', '[']);
        let message = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) if is_json => return,
            _ if !is_json && text.lines().any(|line| line.contains(": ") || line.trim_end().ends_with(':')) => return,
            Err(error) if is_json => format!("is not valid JSON: {error}"),
            _ => "is a document, not a string".to_owned(),
        };
        let name = self.name();
        let violation = self
            .violation(ViolationKind::Format, format!("`{name}` {message}"))
            .help("write the document itself, `{ … }` or `policy { … }`; gpb makes its text");
        self.found.push(violation);
    }

    fn int(&mut self, min: Option<i64>, max: Option<i64>, one_of: &[i64], value: i64) {
        if !one_of.is_empty() && !one_of.contains(&value) {
            let name = self.name();
            let violation =
                self.violation(ViolationKind::NotInEnum, format!("`{name}` may not be {value}")).help(some_of(one_of));
            self.found.push(violation);
        }
        let bound = match (min, max) {
            (Some(min), _) if value < min => format!("at least {min}"),
            (_, Some(max)) if value > max => format!("at most {max}"),
            _ => return,
        };
        let name = self.name();
        self.report(ViolationKind::Bounds, format!("`{name}` must be {bound}, not {value}"));
    }

    fn number(&mut self, min: Option<f64>, max: Option<f64>, value: f64, shown: &str) {
        let bound = match (min, max) {
            (Some(min), _) if value < min => format!("at least {min}"),
            (_, Some(max)) if value > max => format!("at most {max}"),
            _ => return,
        };
        let name = self.name();
        self.report(ViolationKind::Bounds, format!("`{name}` must be {bound}, not {shown}"));
    }

    fn list(&mut self, shape: &'a ListShape, items: &'a [PropertyValue]) {
        let count = items.len() as u64;
        let bound = match (shape.min, shape.max) {
            (Some(min), _) if count < min => Some(format!("at least {}", plural(min, "item"))),
            (_, Some(max)) if count > max => Some(format!("at most {}", plural(max, "item"))),
            _ => None,
        };
        if let Some(bound) = bound {
            let name = self.name();
            self.report(ViolationKind::Bounds, format!("`{name}` must have {bound}, not {count}"));
        }
        let mut seen = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            self.within(index.to_string(), |checker| {
                if shape.unique && !seen.insert(serde_json::Value::from(item.clone()).to_string()) {
                    let name = checker.name();
                    checker.report(ViolationKind::NotUnique, format!("`{name}` repeats an earlier item"));
                }
                checker.value(&shape.item, item);
            });
        }
    }

    fn map(&mut self, key_pattern: Option<&str>, shape: &'a Shape, entries: &'a PropertyMap) {
        for (key, value) in entries {
            self.within(key, |checker| {
                if let Some(pattern) = key_pattern {
                    checker.check_pattern(pattern, key, "the key");
                }
                checker.value(shape, value);
            });
        }
    }

    fn secret(&mut self) {
        let safe = secret_places::is_secret_safe(&self.def.aws).unwrap_or_default();
        if self.def.write_only.iter().chain(safe).any(|place| self.covered_by(place)) {
            return;
        }
        let name = self.name();
        let violation = self
            .violation(
                ViolationKind::SecretInPlainProperty,
                format!("a secret may not go into `{name}`: AWS shows its value to anyone who may read the resource"),
            )
            .help("pass the secret's name or ARN where the service takes one, and let the service read it");
        self.found.push(violation);
    }

    /// Reports a secret inside a larger value, which is shown with it.
    fn no_secrets(&mut self, values: &[PropertyValue]) {
        if values.iter().any(PropertyValue::holds_secret) {
            self.secret();
        }
    }
}

/// Returns the whole number that a double is: `3.0`.
fn whole(float: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "nothing is cut off within these bounds")]
    (float.fract() == 0.0 && float.abs() < 9.0e15).then_some(float as i64)
}
