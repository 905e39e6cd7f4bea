//! One fact, or an object in one of its fields, and the mistakes found in it.

use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueKind, ValueMap};
use gpb_model::{Fact, FactFields};
use std::fmt;

/// The rules by which a check reads its facts.
#[derive(Debug, Clone, Copy)]
pub struct FactSyntax {
    /// The code of a malformed fact: `GPB4009`.
    pub code: &'static str,
    /// The page that describes the fields: `docs/recovery.md`.
    pub page: &'static str,
    /// A field that is unknown until apply is left out.
    ///
    /// Without this, it is malformed wherever a known value is required.
    pub skips_unknown: bool,
}

/// Says why a field gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldError {
    /// The field is malformed, and that has been reported.
    Invalid,
    /// The field is unknown until apply.
    Unknown,
}

/// Reads the fields of one fact, or of an object in it.
pub struct FactReader<'m, 'p> {
    fact: &'m Fact,
    fields: FieldSource<'m>,
    /// The fact, or the object.
    span: Span,
    syntax: FactSyntax,
    problems: &'p mut Vec<Diagnostic>,
}

/// The fields at hand.
#[derive(Clone, Copy)]
enum FieldSource<'m> {
    Fact(&'m FactFields),
    Object(&'m ValueMap),
}

impl<'m, 'p> FactReader<'m, 'p> {
    /// Starts with the fields of a fact; mistakes go to `problems`.
    pub fn new(fact: &'m Fact, syntax: FactSyntax, problems: &'p mut Vec<Diagnostic>) -> Self {
        Self { fact, fields: FieldSource::Fact(&fact.fields), span: fact.span, syntax, problems }
    }

    /// Returns a reader of the object `value`, which stands in the field `name`.
    ///
    /// # Errors
    /// When it is no object.
    pub fn within<'r>(&'r mut self, name: &str, value: &'m Value) -> Result<FactReader<'m, 'r>, FieldError> {
        match &value.kind {
            ValueKind::Map(map) => Ok(FactReader {
                fact: self.fact,
                fields: FieldSource::Object(map),
                span: if value.span == Span::default() { self.span } else { value.span },
                syntax: self.syntax,
                problems: self.problems,
            }),
            ValueKind::Unknown(_) if self.syntax.skips_unknown => Err(FieldError::Unknown),
            _ => Err(self.problem(name, format_args!("must hold objects, and holds {}", value.describe()))),
        }
    }

    /// Returns the fact.
    pub fn fact(&self) -> &'m Fact {
        self.fact
    }

    /// Returns a field's value; `None` where the field is not given.
    pub fn value(&self, name: &str) -> Option<&'m Value> {
        let value = match self.fields {
            FieldSource::Fact(fields) => fields.get(name),
            FieldSource::Object(map) => map.get(name).map(|entry| &entry.value),
        };
        value.filter(|value| !value.is_absent())
    }

    /// Refuses fields of other names; each is reported.
    ///
    /// # Errors
    /// When there is such a field.
    pub fn refuse_unknown_fields(&mut self, names: &[&str]) -> Result<(), FieldError> {
        let is_unknown = |name: &&str| !names.contains(name);
        let others: Vec<&'m str> = match self.fields {
            FieldSource::Fact(fields) => fields.keys().map(AsRef::as_ref).filter(is_unknown).collect(),
            FieldSource::Object(map) => map.keys().map(AsRef::as_ref).filter(is_unknown).collect(),
        };
        let mut result = Ok(());
        for name in others {
            let hint = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields are {}", names.join(", ")),
            };
            result = Err(self.problem(name, format_args!("is not a field of it; {hint}")));
        }
        result
    }

    /// Reports a malformed field.
    ///
    /// `what` continues the sentence that begins with its name: "must be a number".
    pub fn problem(&mut self, field: &str, what: impl fmt::Display) -> FieldError {
        let Fact { kind, name, of, span: whole, .. } = self.fact;
        let written = self.value(field).map(|value| value.span).filter(|span| *span != Span::default());
        let span = written.unwrap_or(self.span);
        let mut diagnostic =
            Diagnostic::error(self.syntax.code, format!("the fact `{kind} {name}` is malformed: `{field}` {what}"))
                .with_label(span, format!("as evaluated for `{of}`"));
        if span != *whole {
            diagnostic = diagnostic.with_label(*whole, "the fact");
        }
        let help = format!("{} describes the fields of a `{kind}` fact", self.syntax.page);
        self.report(diagnostic.help(help))
    }

    /// Reports a mistake in the fact.
    ///
    /// One mistake in the fact of many resources is reported once.
    pub fn report(&mut self, diagnostic: Diagnostic) -> FieldError {
        let is_same = |known: &Diagnostic| known.message == diagnostic.message && known.span() == diagnostic.span();
        if !self.problems.iter().any(is_same) {
            self.problems.push(diagnostic);
        }
        FieldError::Invalid
    }

    /// Reads a field where it is given.
    ///
    /// What is unknown until apply counts as not given, if the check skips that.
    ///
    /// # Errors
    /// When `parse` does not accept the value: it is not `expected`, such as "a number".
    pub fn optional<T>(
        &mut self,
        name: &str,
        expected: impl fmt::Display,
        parse: impl FnOnce(&'m Value) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        match self.read(name, expected, parse) {
            Err(FieldError::Unknown) => Ok(None),
            other => other,
        }
    }

    /// Reads a field that must be given.
    ///
    /// # Errors
    /// When it is missing, unknown until apply, or not accepted by `parse`: it is not `expected`, such as "a number".
    pub fn required<T>(
        &mut self,
        name: &str,
        expected: impl fmt::Display,
        parse: impl FnOnce(&'m Value) -> Option<T>,
    ) -> Result<T, FieldError> {
        match self.read(name, &expected, parse)? {
            Some(value) => Ok(value),
            None => Err(self.problem(name, format_args!("is missing; it must be {expected}"))),
        }
    }

    fn read<T>(
        &mut self,
        name: &str,
        expected: impl fmt::Display,
        parse: impl FnOnce(&'m Value) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match (parse(value), &value.kind) {
            (Some(found), _) => Ok(Some(found)),
            (None, ValueKind::Unknown(_)) if self.syntax.skips_unknown => Err(FieldError::Unknown),
            (None, _) => Err(self.problem(name, format_args!("must be {expected}, and is {}", value.describe()))),
        }
    }
}
