//! From a `price` fact to what it asks of the price book. A fact that asks wrongly is a mistake of its author's.

use super::book::Sku;
use super::cost_range::{CostFigure, CostRange};
use gpb_base::diag::Diagnostic;
use gpb_base::unit::Dimension;
use gpb_model::Fact;
use gpb_model::value::{PropertyValue, ValueKind};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one `price` block comes to for one resource.
#[derive(Debug, Clone)]
pub struct PriceQuery {
    pub rate: PriceRate,
    pub quantity: CostRange,
    /// As the fact writes it.
    pub unit: Arc<str>,
    /// What the quantity is made of: `ACU × instances × 730 h`.
    pub says: Option<Arc<str>>,
    /// Where it is charged, when that is not the resource's own region.
    pub region: Option<Arc<str>>,
    /// From when on it is charged, and until when: `2027-03-01`.
    pub from: Option<Arc<str>>,
    pub until: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
pub enum PriceRate {
    /// Of the book.
    Sku(Sku),
    /// Of the fact itself: what somebody else than AWS asks, or a price of one's own.
    Fixed { usd: Decimal, source: Arc<str> },
}

/// Why a fact gives no price.
#[derive(Debug)]
pub enum PriceQueryError {
    /// It depends on what is unknown until apply.
    Unknown(String),
    /// It is wrong.
    Wrong(Diagnostic),
}

const FIELDS: [&str; 9] = ["sku", "usd", "source", "quantity", "unit", "says", "region", "from", "until"];

/// Reads a `price` fact.
///
/// # Errors
/// When it is wrong, or unknown until apply.
pub fn price(fact: &Fact) -> Result<PriceQuery, PriceQueryError> {
    fields(fact, &FIELDS)?;
    for (name, value) in &fact.fields {
        if !value.is_known() {
            return Err(PriceQueryError::Unknown(format!("its {name} is unknown until apply")));
        }
    }
    let rate = match (fact.field("sku"), fact.field("usd")) {
        (Some(value), None) => PriceRate::Sku(sku(fact, value)?),
        (None, Some(value)) => PriceRate::Fixed { usd: dollars(fact, value)?, source: required(fact, "source")? },
        (Some(_), Some(_)) => return Err(wrong(fact, "it has both a `sku` and a price of its own")),
        (None, None) => return Err(wrong(fact, "it has no `sku` and no `usd`")),
    };
    let unit = required(fact, "unit")?;
    let Some(value) = fact.field("quantity") else { return Err(wrong(fact, "it has no `quantity`")) };
    let quantity = quantity(fact, value, &unit)?;
    if !quantity.is_ordered() {
        let CostRange { minimum, expected, maximum } = quantity;
        let found = format!("{}, {} and {}", minimum.normalize(), expected.normalize(), maximum.normalize());
        return Err(PriceQueryError::Wrong(
            Diagnostic::error("GPB5006", format!("the quantities of `{}` are out of order: {found}", fact.name))
                .with_label(fact.span, format!("asked for `{}`", fact.of))
                .help("the minimum is at most the expected, and that at most the maximum; none is negative"),
        ));
    }
    Ok(PriceQuery {
        rate,
        quantity,
        unit,
        says: optional(fact, "says")?,
        region: optional(fact, "region")?,
        from: date(fact, "from")?,
        until: date(fact, "until")?,
    })
}

/// Refuses a field that a kind of fact does not have.
pub fn fields(fact: &Fact, known: &[&str]) -> Result<(), PriceQueryError> {
    let unknown = fact.fields.keys().find(|name| !known.contains(&name.as_ref()));
    unknown.map_or(Ok(()), |name| {
        let nearest = gpb_base::diag::nearest(name, known.iter().copied());
        let hint = nearest.map_or(String::new(), |nearest| format!("; did you mean `{nearest}`?"));
        Err(wrong(fact, &format!("a `{}` fact has no `{name}`{hint}", fact.kind)))
    })
}

/// A text that must be there.
pub fn required(fact: &Fact, name: &str) -> Result<Arc<str>, PriceQueryError> {
    optional(fact, name)?.ok_or_else(|| wrong(fact, &format!("it has no `{name}`")))
}

/// A text that may be there.
pub fn optional(fact: &Fact, name: &str) -> Result<Option<Arc<str>>, PriceQueryError> {
    match fact.field(name) {
        None => Ok(None),
        Some(value) if value.is_absent() => Ok(None),
        Some(value) => match value.as_text() {
            Some(text) => Ok(Some(text.clone())),
            None => Err(wrong(fact, &format!("its `{name}` is {}, and text is expected", value.describe()))),
        },
    }
}

pub fn wrong(fact: &Fact, why: &str) -> PriceQueryError {
    PriceQueryError::Wrong(
        Diagnostic::error("GPB5003", format!("the {} fact `{}` cannot be read: {why}", fact.kind, fact.name))
            .with_label(fact.span, format!("asked for `{}`", fact.of)),
    )
}

/// An object `{ item, attributes }`, as the library's `sku` makes it.
pub fn sku(fact: &Fact, value: &PropertyValue) -> Result<Sku, PriceQueryError> {
    let not = || wrong(fact, &format!("its `sku` is {}; `sku(\"item\", {{ … }})` makes one", value.describe()));
    let parts = value.as_map().ok_or_else(not)?;
    let item = parts.get("item").and_then(|entry| entry.value.as_text()).ok_or_else(not)?;
    let mut attributes = BTreeMap::new();
    if let Some(entry) = parts.get("attributes") {
        for (key, entry) in entry.value.as_map().ok_or_else(not)? {
            let text = match &entry.value.kind {
                ValueKind::Number(number) => number.normalize().to_string(),
                _ => entry.value.as_text().ok_or_else(not)?.to_string(),
            };
            attributes.insert(key.to_string(), text);
        }
    }
    Ok(Sku { item: item.to_string(), attributes })
}

/// A number or a quantity, or one for each column.
pub fn quantity(fact: &Fact, value: &PropertyValue, unit: &str) -> Result<CostRange, PriceQueryError> {
    let Some(parts) = value.as_map() else { return amount(fact, value, unit).map(CostRange::exactly) };
    let mut range = CostRange::default();
    for (column, name) in CostFigure::ALL.into_iter().zip(["minimum", "expected", "maximum"]) {
        let part = parts.get(name).ok_or_else(|| wrong(fact, &format!("its quantity has no `{name}`")))?;
        *range.get_mut(column) = amount(fact, &part.value, unit)?;
    }
    Ok(range)
}

/// A number counts in the fact's unit as it is; a quantity is brought to that unit, if it is of its dimension.
fn amount(fact: &Fact, value: &PropertyValue, unit: &str) -> Result<Decimal, PriceQueryError> {
    let quantity = match &value.kind {
        ValueKind::Number(number) => return Ok(*number),
        ValueKind::Quantity(quantity) => quantity,
        _ => return Err(wrong(fact, &format!("its quantity is {}", value.describe()))),
    };
    let size = match (quantity.dimension, first_word(unit).as_str()) {
        // A gigabyte on AWS's bills has 2^30 bytes.
        (Dimension::Bytes, "gb") => 1 << 30,
        (Dimension::Bytes, "mb" | "mibps") => 1 << 20,
        (Dimension::Duration, "hour") => 3_600,
        (Dimension::Duration, "minute") => 60,
        (Dimension::Duration, "second") | (Dimension::Acu, "acu") | (Dimension::Vcpu, "vcpu") => 1,
        (dimension, _) => {
            return Err(PriceQueryError::Wrong(
                Diagnostic::error("GPB5005", format!("{} is no quantity of {unit}", dimension.described()))
                    .with_label(fact.span, format!("`{}` counts in {unit}", fact.name))
                    .with_label(value.span, dimension.described())
                    .help("bring it to the unit of the price, or take the price that counts in what it measures"),
            ));
        }
    };
    Ok(quantity.amount.checked_div(Decimal::from(size)).unwrap_or_default().normalize())
}

/// `GB-month` counts gigabytes.
fn first_word(unit: &str) -> String {
    unit.split('-').next().unwrap_or_default().to_lowercase()
}

fn dollars(fact: &Fact, value: &PropertyValue) -> Result<Decimal, PriceQueryError> {
    match &value.kind {
        ValueKind::Number(number) => Ok(*number),
        ValueKind::Quantity(quantity) if quantity.dimension == Dimension::Money => Ok(quantity.amount),
        _ => Err(wrong(fact, &format!("its `usd` is {}", value.describe()))),
    }
}

/// A day, `2027-03-01`: text that sorts as time does.
fn date(fact: &Fact, name: &str) -> Result<Option<Arc<str>>, PriceQueryError> {
    let text = optional(fact, name)?;
    match &text {
        Some(day) if day.parse::<jiff::civil::Date>().is_err() || day.len() != 10 => {
            Err(wrong(fact, &format!("its `{name}` is `{day}`, and a day such as `2027-03-01` is expected")))
        }
        _ => Ok(text),
    }
}
