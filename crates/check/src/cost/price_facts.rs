//! Reads `price` facts: what they ask of the price book.

use super::book::Sku;
use super::cost_range::{CostFigure, CostRange};
use crate::fact_reader::{FactReader, FactSyntax, FieldError};
use gpb_base::diag::Diagnostic;
use gpb_base::unit::{Dimension, Quantity};
use gpb_model::value::{Value, ValueKind};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The form of `price`, `free` and `saving` facts.
pub const SYNTAX: FactSyntax = FactSyntax { code: "GPB5003", page: "docs/cost.md", skips_unknown: false };

/// A query of the price book, made by one `price` block for one resource.
#[derive(Debug, Clone)]
pub struct PriceQuery {
    /// The price of a unit.
    pub rate: PriceRate,
    /// The number of units a month.
    pub quantity: CostRange,
    /// The unit, as the fact writes it.
    pub unit: Arc<str>,
    /// The formula of the quantity: `ACU × instances × 730 h`.
    pub says: Option<Arc<str>>,
    /// The region in which it is charged, when that is not the resource's own.
    pub region: Option<Arc<str>>,
    /// The day from which on it is charged: `2027-03-01`.
    pub from: Option<Arc<str>>,
    /// The day from which on it is charged no more.
    pub until: Option<Arc<str>>,
}

/// The price of a unit.
#[derive(Debug, Clone)]
pub enum PriceRate {
    /// A price of the book.
    Sku(Sku),
    /// A price of the fact itself: of another provider than AWS, or negotiated.
    Fixed {
        /// The US dollars for one unit.
        usd: Decimal,
        /// The source of the price.
        source: Arc<str>,
    },
}

/// Reasons for which a fact gives no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceQueryError {
    /// It depends on an unknown value, or the book has no such price.
    Unknown(String),
    /// It is malformed, which has been reported.
    Invalid,
}

impl From<FieldError> for PriceQueryError {
    fn from(error: FieldError) -> Self {
        match error {
            FieldError::Invalid => PriceQueryError::Invalid,
            FieldError::Unknown => PriceQueryError::Unknown("a field is unknown until apply".to_owned()),
        }
    }
}

const FIELDS: [&str; 9] = ["sku", "usd", "source", "quantity", "unit", "says", "region", "from", "until"];

/// Reads a `price` fact.
///
/// # Errors
/// When it is malformed, or unknown until apply.
pub fn price(fields: &mut FactReader<'_, '_>) -> Result<PriceQuery, PriceQueryError> {
    fields.refuse_unknown_fields(&FIELDS)?;
    let fact = fields.fact();
    if let Some((name, _)) = fact.fields.iter().find(|(_, value)| !value.is_known()) {
        return Err(PriceQueryError::Unknown(format!("its {name} is unknown until apply")));
    }
    let rate = match (fields.value("sku"), fields.value("usd")) {
        (Some(_), None) => PriceRate::Sku(sku(fields)?),
        (None, Some(_)) => PriceRate::Fixed { usd: dollars(fields)?, source: fields.text("source")?.clone() },
        (Some(_), Some(_)) => {
            return Err(fields.problem("usd", "is a price of its own, and there is a `sku` too").into());
        }
        (None, None) => return Err(fields.problem("sku", "is missing, and so is `usd`").into()),
    };
    let unit = fields.text("unit")?.clone();
    let quantity = quantity(fields, &unit)?;
    if !quantity.is_ordered() {
        let CostRange { minimum, expected, maximum } = quantity;
        let found = format!("{}, {} and {}", minimum.normalize(), expected.normalize(), maximum.normalize());
        let diagnostic =
            Diagnostic::error("GPB5006", format!("the quantities of `{}` are out of order: {found}", fact.name))
                .with_label(fact.span, format!("asked for `{}`", fact.of))
                .help("the minimum is at most the expected, and that at most the maximum; none is negative");
        return Err(fields.report(diagnostic).into());
    }
    Ok(PriceQuery {
        rate,
        quantity,
        unit,
        says: fields.optional_text("says")?.cloned(),
        region: fields.optional_text("region")?.cloned(),
        from: date(fields, "from")?,
        until: date(fields, "until")?,
    })
}

/// Reads the field `sku`.
///
/// An object `{ item, attributes }`, as the library's function `sku` makes it.
///
/// # Errors
/// When it is missing or of another form.
pub fn sku(fields: &mut FactReader<'_, '_>) -> Result<Sku, FieldError> {
    fields.required("sku", "made by `sku(\"item\", { … })`", |value| {
        let parts = value.as_map()?;
        let item = parts.get("item").and_then(|entry| entry.value.as_text())?;
        let mut attributes = BTreeMap::new();
        if let Some(entry) = parts.get("attributes") {
            for (key, entry) in entry.value.as_map()? {
                let text = match &entry.value.kind {
                    ValueKind::Number(number) => number.normalize().to_string(),
                    _ => entry.value.as_text()?.to_string(),
                };
                attributes.insert(key.to_string(), text);
            }
        }
        Some(Sku { item: item.to_string(), attributes })
    })
}

/// Reads the field `quantity`.
///
/// A number or a quantity, or an object with one for each of the three figures.
///
/// # Errors
/// When it is missing or of another form, or does not measure what `unit` counts.
pub fn quantity(fields: &mut FactReader<'_, '_>, unit: &str) -> Result<CostRange, FieldError> {
    let object = |value: &Value| value.as_map().is_some();
    if !fields.value("quantity").is_some_and(object) {
        return amount(fields, "quantity", unit).map(CostRange::exactly);
    }
    let mut range = CostRange::default();
    let Some(mut parts) = fields.optional_object("quantity")? else { return Ok(range) };
    for (column, name) in CostFigure::ALL.into_iter().zip(["minimum", "expected", "maximum"]) {
        *range.get_mut(column) = amount(&mut parts, name, unit)?;
    }
    Ok(range)
}

/// Reads an amount: a number counts in the fact's unit as it is.
///
/// A quantity is converted to that unit.
fn amount(fields: &mut FactReader<'_, '_>, name: &str, unit: &str) -> Result<Decimal, FieldError> {
    let (value, quantity) = fields.required(name, "a number or a quantity", |value| match &value.kind {
        ValueKind::Number(number) => Some((value, Err(*number))),
        ValueKind::Quantity(quantity) => Some((value, Ok(*quantity))),
        _ => None,
    })?;
    let Quantity { dimension, amount, .. } = match quantity {
        Ok(quantity) => quantity,
        Err(number) => return Ok(number),
    };
    let Some(size) = base_units(dimension, unit) else {
        let fact = fields.fact();
        let diagnostic = Diagnostic::error("GPB5005", format!("{} is not a quantity of {unit}", dimension.described()))
            .with_label(fact.span, format!("`{}` counts in {unit}", fact.name))
            .with_label(value.span, dimension.described())
            .help("convert it to the unit of the price, or take the price that counts in what it measures");
        return Err(fields.report(diagnostic));
    };
    Ok(amount.checked_div(Decimal::from(size)).unwrap_or_default().normalize())
}

/// Returns the number of base units of a dimension in the unit of a price.
///
/// `GB-month` counts gigabytes.
fn base_units(dimension: Dimension, unit: &str) -> Option<u32> {
    let first = unit.split('-').next().unwrap_or_default().to_lowercase();
    match (dimension, first.as_str()) {
        // A gigabyte on AWS's bills has 2^30 bytes.
        (Dimension::Bytes, "gb") => Some(1 << 30),
        (Dimension::Bytes, "mb" | "mibps") => Some(1 << 20),
        (Dimension::Duration, "hour") => Some(3_600),
        (Dimension::Duration, "minute") => Some(60),
        (Dimension::Duration, "second") | (Dimension::Acu, "acu") | (Dimension::Vcpu, "vcpu") => Some(1),
        _ => None,
    }
}

fn dollars(fields: &mut FactReader<'_, '_>) -> Result<Decimal, FieldError> {
    fields.required("usd", "a number or an amount of money", |value| match &value.kind {
        ValueKind::Number(number) => Some(*number),
        ValueKind::Quantity(quantity) if quantity.dimension == Dimension::Money => Some(quantity.amount),
        _ => None,
    })
}

/// Reads a day, `2027-03-01`: text that sorts as time does.
fn date(fields: &mut FactReader<'_, '_>, name: &str) -> Result<Option<Arc<str>>, FieldError> {
    let day = |value: &Value| {
        let text = value.as_text()?;
        (text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()).then(|| text.clone())
    };
    fields.optional(name, "a day such as `2027-03-01`", day)
}
