//! The fields of one fact.

use super::duration_estimate::DurationEstimate;
use super::facts::ProposedChange;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::unit::Dimension;
use gpb_model as model;
use gpb_model::value::{PropertyValue, ValueKind};
use gpb_model::{Domain, Fact};
use rust_decimal::Decimal;

/// Where a fact is known from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Citation {
    /// `A` the documentation, `S` a service level agreement, `B` something that quotes them, `C` the schema, `D` derived.
    pub grade: String,
    pub source: Option<String>,
}

pub struct RecoveryFactReader<'m, 'p> {
    pub fact: &'m Fact,
    pub problems: &'p mut Vec<Diagnostic>,
}

const GRADES: &[&str] = &["A", "S", "B", "C", "D"];

impl<'m> RecoveryFactReader<'m, '_> {
    /// Says what is wrong with a field; there is then nothing to go by.
    pub fn problem<T>(&mut self, field: &str, what: &str) -> Option<T> {
        let Fact { kind, name, of, .. } = self.fact;
        let span = self.fact.field(field).map_or(self.fact.span, |value| value.span);
        let mut diagnostic =
            Diagnostic::error("GPB4009", format!("the fact `{kind} {name}` is not well formed: `{field}` {what}"))
                .with_label(span, format!("as evaluated for `{of}`"));
        if span != self.fact.span {
            diagnostic = diagnostic.with_label(self.fact.span, "the fact");
        }
        if !self.problems.iter().any(|known| known.message == diagnostic.message && known.span() == Some(span)) {
            self.problems.push(diagnostic);
        }
        None
    }

    /// Refuses fields of other names.
    pub fn refuse_unknown_fields(&mut self, names: &[&str]) {
        let others: Vec<String> =
            self.fact.fields.keys().filter(|name| !names.contains(&name.as_ref())).map(ToString::to_string).collect();
        for name in others {
            let near = nearest(&name, names.iter().copied());
            let hint = near.map_or_else(
                || format!("the fields are {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.problem::<()>(&name, &format!("is no field of it; {hint}"));
        }
    }

    fn given(&self, name: &str) -> Option<&'m PropertyValue> {
        self.fact.field(name).filter(|value| !value.is_absent())
    }

    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        let value = self.given(name)?;
        match text(value) {
            Some(text) => Some(text),
            None => self.problem(name, &format!("must be text, and is {}", value.describe())),
        }
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        if self.given(name).is_none() {
            return self.problem(name, "is missing");
        }
        self.optional_text(name)
    }

    /// One text or several; none is none.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let Some(value) = self.given(name) else { return Some(Vec::new()) };
        let texts: Option<Vec<String>> = match value.as_list() {
            Some(items) => items.iter().map(text).collect(),
            None => text(value).map(|one| vec![one]),
        };
        texts.or_else(|| self.problem(name, "must be text, or a list of texts"))
    }

    /// A word among a few; the outer `None` is a mistake.
    #[allow(clippy::option_option)] // Absent and wrong are two things here.
    pub fn optional_word(&mut self, name: &str, among: &[&str]) -> Option<Option<String>> {
        let Some(value) = self.given(name) else { return Some(None) };
        match value.as_text() {
            Some(word) if among.contains(&word.as_ref()) => Some(Some(word.to_string())),
            _ => self.problem(name, &format!("must be one of {}", among.join(", "))),
        }
    }

    pub fn domains(&mut self) -> Option<Vec<Domain>> {
        let Some(value) = self.given("domains") else { return self.problem("domains", "is missing") };
        let domain = |value: &PropertyValue| value.as_text().and_then(|word| Domain::from_word(word));
        let domains: Option<Vec<Domain>> = match value.as_list() {
            Some(items) if !items.is_empty() => items.iter().map(domain).collect(),
            Some(_) => None,
            None => domain(value).map(|one| vec![one]),
        };
        domains.or_else(|| self.problem("domains", "must hold some of software, node, zone and region"))
    }

    /// A figure as the library's functions make it, or a duration that is declared; the outer `None` is a mistake.
    #[allow(clippy::option_option)] // Absent and wrong are two things here.
    pub fn number(&mut self, name: &str) -> Option<Option<DurationEstimate>> {
        let Some(value) = self.given(name) else { return Some(None) };
        match number(value) {
            Some(number) => Some(Some(number)),
            None => self.problem(
                name,
                "must be made by `bound`, `typical`, `regional`, `unpublished`, `nonzero` or `unbounded`",
            ),
        }
    }

    pub fn why(&mut self) -> Option<Citation> {
        if self.given("grade").is_none() {
            return self.problem("grade", "is missing: how good the source is");
        }
        let why = self.optional_why()?;
        // What is derived stands on other facts; everything else says where it is from.
        if why.source.is_none() && why.grade != "D" {
            return self.problem("source", "is missing");
        }
        Some(why)
    }

    pub fn optional_why(&mut self) -> Option<Citation> {
        let grade = self.optional_word("grade", GRADES)?.unwrap_or_default();
        let source = self.optional_text("source");
        if source.as_ref().is_some_and(|source| !source.starts_with("https://")) {
            return self.problem("source", "must be a public `https://` address");
        }
        Some(Citation { grade, source })
    }

    /// One change or several.
    pub fn changes(&mut self, name: &str) -> Option<Vec<ProposedChange>> {
        // What is proposed only under a condition that is unknown until apply is not proposed.
        let known = |value: &&PropertyValue| !matches!(value.kind, ValueKind::Unknown(_));
        let Some(value) = self.given(name).filter(known) else { return Some(Vec::new()) };
        let changes: Option<Vec<ProposedChange>> = match value.as_list() {
            Some(items) => items.iter().filter(known).map(|item| self.change(item)).collect(),
            None => self.change(value).map(|change| vec![change]),
        };
        changes.or_else(|| self.problem(name, "must be `{ say = \"…\", of = …, set = { … }, like = …, count = … }`"))
    }

    fn change(&self, value: &PropertyValue) -> Option<ProposedChange> {
        let fields = value.as_map()?;
        if fields.keys().any(|key| !["say", "of", "set", "like", "count"].contains(&key.as_ref())) {
            return None;
        }
        let field = |name: &str| fields.get(name).map(|entry| &entry.value).filter(|value| !value.is_absent());
        let resource = |value: &PropertyValue| match &value.kind {
            ValueKind::Resource(handle) => Some(handle.address.clone()),
            _ => None,
        };
        let set = match field("set") {
            Some(value) => Some(value.as_map().map(|_| value.clone())?),
            None => None,
        };
        let count = match field("count").map(|value| &value.kind) {
            Some(ValueKind::Number(count)) => *count,
            Some(_) => return None,
            None => Decimal::ONE,
        };
        Some(ProposedChange {
            of: field("of").and_then(resource).unwrap_or_else(|| self.fact.of.clone()),
            say: text(field("say")?)?,
            set,
            like: field("like").and_then(resource),
            count,
        })
    }
}

fn seconds(value: &PropertyValue) -> Option<Decimal> {
    match &value.kind {
        ValueKind::Quantity(quantity) if quantity.dimension == Dimension::Duration => Some(quantity.amount),
        _ => None,
    }
}

fn number(value: &PropertyValue) -> Option<DurationEstimate> {
    if !value.is_known() {
        return Some(DurationEstimate { unknown: true, ..DurationEstimate::none() });
    }
    if let Some(declared) = seconds(value) {
        return Some(DurationEstimate::bound(declared));
    }
    let fields = value.as_map()?;
    let known = ["kind", "at", "usual"];
    if fields.keys().any(|key| !known.contains(&key.as_ref())) {
        return None;
    }
    let at = |name: &str| fields.get(name).and_then(|entry| seconds(&entry.value));
    match fields.get("kind")?.value.as_text()?.as_ref() {
        "bound" => {
            let bound = at("at")?;
            let usual = at("usual");
            Some(DurationEstimate {
                expected: usual.unwrap_or(bound).min(bound),
                usual: usual.is_some(),
                ..DurationEstimate::bound(bound)
            })
        }
        "typical" => at("at").map(DurationEstimate::typical),
        "none" => Some(DurationEstimate { step: true, ..DurationEstimate::none() }),
        "regional" => Some(DurationEstimate::none()),
        "nonzero" => Some(DurationEstimate { nonzero: true, ..DurationEstimate::none() }),
        "unbounded" => Some(DurationEstimate::unbounded()),
        _ => None,
    }
}

/// Text for people; what is unknown until apply stands in angle brackets.
pub fn text(value: &PropertyValue) -> Option<String> {
    match &value.kind {
        ValueKind::Unknown(unknown) => Some(shown(&unknown.value)),
        ValueKind::Number(number) => Some(number.normalize().to_string()),
        ValueKind::Quantity(quantity) => Some(quantity.to_string()),
        ValueKind::Bool(bool) => Some(bool.to_string()),
        ValueKind::Resource(handle) => Some(handle.address.to_string()),
        _ => value.as_text().map(ToString::to_string),
    }
}

fn shown(value: &model::Value) -> String {
    match value {
        model::Value::Text(text) => text.to_string(),
        model::Value::Bool(bool) => bool.to_string(),
        model::Value::Int(int) => int.to_string(),
        model::Value::Number(number) => number.to_string(),
        model::Value::Concat(parts) => parts.iter().map(shown).collect(),
        model::Value::Ref(reference) if reference.path.0.is_empty() => format!("<{}>", reference.to),
        model::Value::Ref(reference) => format!("<{}.{}>", reference.to, reference.path),
        _ => "<known after apply>".to_owned(),
    }
}
