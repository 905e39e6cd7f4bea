//! Checks that downstream capacity suffices at maximum scale.
//!
//! What the units take of other resources is offered there.

use super::figures;
use super::scalable::Scaling;
use super::shared_capacity::{CapacityOffer, Consumption};
use crate::units::{approximate, count_as_float};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::{Address, Model, Need};
use std::collections::{BTreeMap, BTreeSet};

/// The most consumers named in one message.
const NAMED: usize = 4;

/// A resource or component that takes of an offer.
struct Consumer<'a> {
    by: &'a Address,
    /// The number of units that take.
    units: f64,
    /// The amount that each unit takes.
    each: f64,
    span: Span,
    scaling: Option<&'a Scaling>,
}

impl Consumer<'_> {
    fn amount(&self) -> f64 {
        self.units * self.each
    }
}

/// Returns the offers that are too small, and the needs that nothing offers.
pub fn check(
    model: &Model,
    offers: &[CapacityOffer],
    takings: &[Consumption],
    scalings: &[Scaling],
) -> Vec<Diagnostic> {
    let by_resource: BTreeMap<&Address, &Scaling> = scalings.iter().rev().map(|one| (&one.of, one)).collect();
    let by_component =
        if model.goals.needs.is_empty() { BTreeMap::new() } else { counted_unit_by_component(model, &by_resource) };
    let mut found = Vec::new();
    let mut consumers: BTreeMap<(&Address, &str), Vec<Consumer<'_>>> = BTreeMap::new();
    let whole = OfferIndex::new(model, offers);
    for need in &model.goals.needs {
        match whole.offers_of(need) {
            Some(offer) => {
                let scaling = by_resource.get(&need.by).or_else(|| by_component.get(need.by.as_str())).copied();
                let consumer = Consumer {
                    by: &need.by,
                    units: scaling.map_or(1.0, Scaling::peak),
                    each: approximate(need.amount),
                    span: need.span,
                    scaling,
                };
                consumers.entry((&offer.of, &*offer.what)).or_default().push(consumer);
            }
            None => found.push(whole.not_offered(need)),
        }
    }
    for taking in takings {
        let Some(scaling) = by_resource.get(&taking.by).copied() else { continue };
        let shares = count_as_float(taking.of.len().max(1));
        for place in &taking.of {
            let units = (scaling.peak() / shares).ceil();
            let consumer = Consumer {
                by: &taking.by,
                units,
                each: taking.each,
                span: scaling.spots.span_of("maximum"),
                scaling: Some(scaling),
            };
            consumers.entry((place, &*taking.what)).or_default().push(consumer);
        }
    }
    let mut blamed = BTreeSet::new();
    for offer in offers {
        if let Some(consumers) = consumers.get(&(&offer.of, &*offer.what)) {
            // The same consumers exceed all of several equal offers: one is reported.
            let who: Vec<&Address> = consumers.iter().map(|consumer| consumer.by).collect();
            if let Some(diagnostic) = insufficient_capacity(offer, consumers)
                && blamed.insert((who, offer.what.clone()))
            {
                found.push(diagnostic);
            }
        }
    }
    found
}

/// Finds the units of each component.
///
/// Those of the first of its resources whose units are counted.
fn counted_unit_by_component<'a>(
    model: &'a Model,
    by_resource: &BTreeMap<&Address, &'a Scaling>,
) -> BTreeMap<&'a str, &'a Scaling> {
    let mut by_component = BTreeMap::new();
    for resource in &model.resources {
        let Some(scaling) = by_resource.get(&resource.address).filter(|scaling| scaling.counted) else { continue };
        for component in &resource.components {
            by_component.entry(component.as_str()).or_insert(*scaling);
        }
    }
    by_component
}

fn insufficient_capacity(offer: &CapacityOffer, consumers: &[Consumer<'_>]) -> Option<Diagnostic> {
    let needed: f64 = consumers.iter().map(Consumer::amount).sum();
    if needed <= offer.amount {
        return None;
    }
    let mut largest: Vec<&Consumer<'_>> = consumers.iter().collect();
    largest.sort_by(|a, b| b.amount().total_cmp(&a.amount()).then_with(|| a.by.cmp(b.by)));
    let names: Vec<String> = largest.iter().take(NAMED).map(|consumer| format!("`{}`", consumer.by)).collect();
    let message = format!(
        "{} may need {} {what} of `{}`, which has {}",
        figures::list(&names),
        figures::number(needed),
        offer.of,
        figures::number(offer.amount),
        what = offer.what,
    );
    let mut diagnostic = Diagnostic::error("GPB6012", message);
    for consumer in largest.iter().take(NAMED) {
        diagnostic = diagnostic.with_label(consumer.span, consumption_text(consumer, &offer.what));
    }
    diagnostic = diagnostic
        .with_label(offer.spots.span_of("amount"), format!("{} {} here", figures::number(offer.amount), offer.what));
    Some(diagnostic.help(fixes(offer, &largest, needed)))
}

fn consumption_text(consumer: &Consumer<'_>, what: &str) -> String {
    let each = figures::number(consumer.each);
    match consumer.scaling {
        Some(scaling) if scaling.surge > 1.0 && !scaling.is_fixed => format!(
            "{} at the maximum, up to {} while they are replaced: here {} × {each} {what}",
            scaling.count_noun(scaling.maximum),
            figures::number(scaling.peak()),
            figures::number(consumer.units),
        ),
        Some(scaling) => format!("{} × {each} {what}", scaling.count_noun(consumer.units)),
        None => format!("{each} {what}"),
    }
}

fn fixes(offer: &CapacityOffer, consumers: &[&Consumer<'_>], needed: f64) -> String {
    let mut ways = vec![format!("have {} {} or more", figures::number(needed), offer.what)];
    if let [largest, others @ ..] = consumers {
        let rest: f64 = others.iter().map(|consumer| consumer.units * consumer.each).sum();
        let most = ((offer.amount - rest) / largest.units).floor();
        if largest.each > 1.0 && most >= 1.0 {
            let whose = if others.is_empty() { String::new() } else { format!(" of `{}`", largest.by) };
            ways.push(format!("let each{whose} take {} at most", figures::number(most)));
        }
    }
    let factor = offer.amount / needed;
    let fits = consumers.iter().filter_map(|consumer| {
        let scaling = consumer.scaling.filter(|scaling| scaling.maximum > 0.0)?;
        let most = (scaling.maximum * factor).floor();
        (most >= scaling.minimum).then(|| format!("`{}` {}", scaling.of, scaling.count_noun(most)))
    });
    let fits: Vec<String> = fits.collect();
    if !fits.is_empty() {
        ways.push(format!("make the maximum smaller: {}", figures::list(&fits)));
    }
    let text = ways.join(", or ");
    match &offer.source {
        Some(source) => format!("{text}; see {source}"),
        None => text,
    }
}

/// Finds offers by the resource, the component or the layer that makes them.
struct OfferIndex<'a> {
    by_address: BTreeMap<&'a str, Vec<&'a CapacityOffer>>,
}

impl<'a> OfferIndex<'a> {
    fn new(model: &'a Model, offers: &'a [CapacityOffer]) -> Self {
        let mut by_address: BTreeMap<&str, Vec<&CapacityOffer>> = BTreeMap::new();
        if model.goals.needs.is_empty() {
            return Self { by_address };
        }
        let by_resource: BTreeMap<&Address, &gpb_model::Resource> =
            model.resources.iter().map(|one| (&one.address, one)).collect();
        for offer in offers {
            by_address.entry(offer.of.as_str()).or_default().push(offer);
            let Some(resource) = by_resource.get(&offer.of) else { continue };
            let around = resource.components.iter().map(String::as_str).chain(resource.layer.as_deref());
            for name in around {
                by_address.entry(name).or_default().push(offer);
            }
        }
        Self { by_address }
    }

    fn offers_of(&self, need: &Need) -> Option<&'a CapacityOffer> {
        self.by_address.get(need.of.as_str())?.iter().find(|offer| *offer.what == *need.what).copied()
    }

    /// Reports a need of something that nothing is known to offer.
    ///
    /// It protects from nothing.
    fn not_offered(&self, need: &Need) -> Diagnostic {
        let offered: BTreeSet<&str> =
            self.by_address.get(need.of.as_str()).into_iter().flatten().map(|offer| &*offer.what).collect();
        let message = format!("nobody knows how many {} `{}` has", need.what, need.of);
        let diagnostic = Diagnostic::error("GPB6013", message).with_label(need.span, "needed here");
        let near = nearest(&need.what, offered.iter().copied());
        match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if offered.is_empty() => diagnostic
                .help("the facts of its type offer nothing, or cannot say how much before it is made: see docs/scaling.md for `offers`"),
            None => diagnostic.help(format!("it has {}", offered.into_iter().collect::<Vec<_>>().join(", "))),
        }
    }
}
