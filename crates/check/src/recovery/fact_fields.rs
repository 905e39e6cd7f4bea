//! Reads the fields that only facts of recovery have.

use super::duration_estimate::DurationEstimate;
use super::recovery_facts::{Citation, ProposedChange};
use crate::fact_reader::{FactReader, FieldError, prose};
use gpb_base::unit::Dimension;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{Domain, Fact};
use rust_decimal::Decimal;

const GRADES: [(&str, &str); 5] = [("A", "A"), ("S", "S"), ("B", "B"), ("C", "C"), ("D", "D")];

/// Reads the failure domains of a fact.
pub fn domains(fields: &mut FactReader<'_, '_>) -> Result<Vec<Domain>, FieldError> {
    fields.words("domains", &Domain::ALL.map(|domain| (domain.as_str(), domain)))
}

/// Reads a figure as the library's functions make it, or a declared duration.
pub fn duration(fields: &mut FactReader<'_, '_>, name: &str) -> Result<Option<DurationEstimate>, FieldError> {
    let expected = "made by `bound`, `typical`, `regional`, `unpublished`, `nonzero` or `unbounded`";
    fields.optional(name, expected, estimate)
}

/// Reads the source of a fact that must have one.
///
/// Only derived facts stand on others.
pub fn citation(fields: &mut FactReader<'_, '_>) -> Result<Citation, FieldError> {
    if fields.value("grade").is_none() {
        return Err(fields.problem("grade", "is missing: how good the source is"));
    }
    let citation = optional_citation(fields)?;
    if citation.source.is_none() && citation.grade != "D" {
        return Err(fields.problem("source", "is missing"));
    }
    Ok(citation)
}

/// Reads the source of a fact that may have one.
pub fn optional_citation(fields: &mut FactReader<'_, '_>) -> Result<Citation, FieldError> {
    let grade = fields.optional_word("grade", &GRADES)?.unwrap_or_default().to_owned();
    let source = fields.optional_prose("source")?;
    if source.as_ref().is_some_and(|source| !source.starts_with("https://")) {
        return Err(fields.problem("source", "must be a public `https://` address"));
    }
    Ok(Citation { grade, source })
}

/// Reads one change or several.
///
/// A change under a condition that is unknown until apply is not proposed.
pub fn changes(fields: &mut FactReader<'_, '_>, name: &str) -> Result<Vec<ProposedChange>, FieldError> {
    let fact = fields.fact();
    let is_known = |value: &&Value| !matches!(value.kind, ValueKind::Unknown(_));
    let several = |value: &Value| match value.as_list() {
        Some(items) => items.iter().filter(is_known).map(|item| change(fact, item)).collect(),
        None if is_known(&value) => change(fact, value).map(|change| vec![change]),
        None => Some(Vec::new()),
    };
    let expected = "`{ say = \"…\", of = …, set = { … }, like = …, count = … }`";
    Ok(fields.optional(name, expected, several)?.unwrap_or_default())
}

fn change(fact: &Fact, value: &Value) -> Option<ProposedChange> {
    let fields = value.as_map()?;
    if fields.keys().any(|key| !["say", "of", "set", "like", "count"].contains(&key.as_ref())) {
        return None;
    }
    let field = |name: &str| fields.get(name).map(|entry| &entry.value).filter(|value| !value.is_absent());
    let resource = |value: &Value| match &value.kind {
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
        of: field("of").and_then(resource).unwrap_or_else(|| fact.of.clone()),
        say: prose(field("say")?)?,
        set,
        like: field("like").and_then(resource),
        count,
    })
}

fn seconds(value: &Value) -> Option<Decimal> {
    match &value.kind {
        ValueKind::Quantity(quantity) if quantity.dimension == Dimension::Duration => Some(quantity.amount),
        _ => None,
    }
}

fn estimate(value: &Value) -> Option<DurationEstimate> {
    if !value.is_known() {
        return Some(DurationEstimate::unknown());
    }
    if let Some(declared) = seconds(value) {
        return Some(DurationEstimate::bounded(declared));
    }
    let fields = value.as_map()?;
    if fields.keys().any(|key| !["kind", "at", "usual"].contains(&key.as_ref())) {
        return None;
    }
    let at = |name: &str| fields.get(name).and_then(|entry| seconds(&entry.value));
    match fields.get("kind")?.value.as_text()?.as_ref() {
        "bound" => {
            let bound = at("at")?;
            Some(DurationEstimate::usually(at("usual").unwrap_or(bound), bound))
        }
        "typical" => at("at").map(DurationEstimate::typical),
        "none" => Some(DurationEstimate::failover()),
        "regional" => Some(DurationEstimate::unpublished()),
        "nonzero" => Some(DurationEstimate::above_zero()),
        "unbounded" => Some(DurationEstimate::unbounded()),
        _ => None,
    }
}
