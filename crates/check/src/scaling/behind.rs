//! What stands behind: whether what the units take of others is there when there are as many as there can be.

use super::parts::{Offer, Scaling, Taking};
use super::say;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::{Address, Model, Need};
use std::collections::{BTreeMap, BTreeSet};

/// The most takers named in one message.
const NAMED: usize = 4;

/// One that takes of an offer.
struct Taker<'a> {
    by: &'a Address,
    /// By how many units, and what each takes.
    units: f64,
    each: f64,
    span: Span,
    scaling: Option<&'a Scaling>,
}

impl Taker<'_> {
    fn amount(&self) -> f64 {
        self.units * self.each
    }
}

pub fn check(model: &Model, offers: &[Offer], takings: &[Taking], scalings: &[Scaling]) -> Vec<Diagnostic> {
    let by_resource: BTreeMap<&Address, &Scaling> = scalings.iter().rev().map(|one| (&one.of, one)).collect();
    let by_component = if model.goals.needs.is_empty() { BTreeMap::new() } else { inside(model, &by_resource) };
    let mut found = Vec::new();
    let mut takers: BTreeMap<(&Address, &str), Vec<Taker<'_>>> = BTreeMap::new();
    let whole = Whole::of(model, offers);
    for need in &model.goals.needs {
        match whole.offers_of(need) {
            Some(offer) => {
                let scaling = by_resource.get(&need.by).or_else(|| by_component.get(need.by.as_str())).copied();
                let taker = Taker {
                    by: &need.by,
                    units: scaling.map_or(1.0, Scaling::peak),
                    each: super::decimal(need.amount),
                    span: need.span,
                    scaling,
                };
                takers.entry((&offer.of, &*offer.what)).or_default().push(taker);
            }
            None => found.push(whole.not_offered(need)),
        }
    }
    for taking in takings {
        let Some(scaling) = by_resource.get(&taking.by).copied() else { continue };
        let shares = super::decimal_of(taking.of.len().max(1));
        for place in &taking.of {
            let units = (scaling.peak() / shares).ceil();
            let taker = Taker {
                by: &taking.by,
                units,
                each: taking.each,
                span: scaling.spots.of("maximum"),
                scaling: Some(scaling),
            };
            takers.entry((place, &*taking.what)).or_default().push(taker);
        }
    }
    let mut blamed = BTreeSet::new();
    for offer in offers {
        if let Some(takers) = takers.get(&(&offer.of, &*offer.what)) {
            // The same takers exceed all of several equal offers: one is told of.
            let who: Vec<&Address> = takers.iter().map(|taker| taker.by).collect();
            if let Some(diagnostic) = exceeded(offer, takers)
                && blamed.insert((who, offer.what.clone()))
            {
                found.push(diagnostic);
            }
        }
    }
    found
}

/// What a component has units of: the first of its resources whose units are counted.
fn inside<'a>(model: &'a Model, by_resource: &BTreeMap<&Address, &'a Scaling>) -> BTreeMap<&'a str, &'a Scaling> {
    let mut by_component = BTreeMap::new();
    for resource in &model.resources {
        let Some(scaling) = by_resource.get(&resource.address).filter(|scaling| scaling.counted) else { continue };
        for component in &resource.components {
            by_component.entry(component.as_str()).or_insert(*scaling);
        }
    }
    by_component
}

fn exceeded(offer: &Offer, takers: &[Taker<'_>]) -> Option<Diagnostic> {
    let needed: f64 = takers.iter().map(Taker::amount).sum();
    if needed <= offer.amount {
        return None;
    }
    let mut largest: Vec<&Taker<'_>> = takers.iter().collect();
    largest.sort_by(|a, b| b.amount().total_cmp(&a.amount()).then_with(|| a.by.cmp(b.by)));
    let names: Vec<String> = largest.iter().take(NAMED).map(|taker| format!("`{}`", taker.by)).collect();
    let message = format!(
        "{} may need {} {what} of `{}`, which has {}",
        say::list(&names),
        say::number(needed),
        offer.of,
        say::number(offer.amount),
        what = offer.what,
    );
    let mut diagnostic = Diagnostic::error("GPB6012", message);
    for taker in largest.iter().take(NAMED) {
        diagnostic = diagnostic.at(taker.span, taken(taker, &offer.what));
    }
    diagnostic = diagnostic.at(offer.spots.of("amount"), format!("{} {} here", say::number(offer.amount), offer.what));
    Some(diagnostic.help(ways_out(offer, &largest, needed)))
}

fn taken(taker: &Taker<'_>, what: &str) -> String {
    let each = say::number(taker.each);
    match taker.scaling {
        Some(scaling) if scaling.surge > 1.0 && !scaling.is_fixed => format!(
            "{} at the maximum, up to {} while they are replaced: here {} × {each} {what}",
            scaling.of(scaling.maximum),
            say::number(scaling.peak()),
            say::number(taker.units),
        ),
        Some(scaling) => format!("{} × {each} {what}", scaling.of(taker.units)),
        None => format!("{each} {what}"),
    }
}

fn ways_out(offer: &Offer, takers: &[&Taker<'_>], needed: f64) -> String {
    let mut ways = vec![format!("have {} {} or more", say::number(needed), offer.what)];
    if let [largest, others @ ..] = takers {
        let rest: f64 = others.iter().map(|taker| taker.units * taker.each).sum();
        let most = ((offer.amount - rest) / largest.units).floor();
        if largest.each > 1.0 && most >= 1.0 {
            let whose = if others.is_empty() { String::new() } else { format!(" of `{}`", largest.by) };
            ways.push(format!("let each{whose} take {} at most", say::number(most)));
        }
    }
    let factor = offer.amount / needed;
    let fits = takers.iter().filter_map(|taker| {
        let scaling = taker.scaling.filter(|scaling| scaling.maximum > 0.0)?;
        let most = (scaling.maximum * factor).floor();
        (most >= scaling.minimum).then(|| format!("`{}` {}", scaling.of, scaling.of(most)))
    });
    let fits: Vec<String> = fits.collect();
    if !fits.is_empty() {
        ways.push(format!("make the maximum smaller: {}", say::list(&fits)));
    }
    let text = ways.join(", or ");
    match &offer.source {
        Some(source) => format!("{text}; see {source}"),
        None => text,
    }
}

/// The offers by the resource, the component or the layer that makes them.
struct Whole<'a> {
    by_address: BTreeMap<&'a str, Vec<&'a Offer>>,
}

impl<'a> Whole<'a> {
    fn of(model: &'a Model, offers: &'a [Offer]) -> Self {
        let mut by_address: BTreeMap<&str, Vec<&Offer>> = BTreeMap::new();
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

    fn offers_of(&self, need: &Need) -> Option<&'a Offer> {
        self.by_address.get(need.of.as_str())?.iter().find(|offer| *offer.what == *need.what).copied()
    }

    /// A need that nothing is known to answer protects from nothing.
    fn not_offered(&self, need: &Need) -> Diagnostic {
        let offered: BTreeSet<&str> =
            self.by_address.get(need.of.as_str()).into_iter().flatten().map(|offer| &*offer.what).collect();
        let message = format!("nobody knows how many {} `{}` has", need.what, need.of);
        let diagnostic = Diagnostic::error("GPB6013", message).at(need.span, "needed here");
        let near = nearest(&need.what, offered.iter().copied());
        match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if offered.is_empty() => diagnostic
                .help("the facts of its type offer nothing, or cannot say how much before it is made: see docs/scaling.md for `offers`"),
            None => diagnostic.help(format!("it has {}", offered.into_iter().collect::<Vec<_>>().join(", "))),
        }
    }
}
