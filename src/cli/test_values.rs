//! The results of the checks and the plan as the conditions of tests see them: `plan.cost.expected`.

use gpb_base::source::Span;
use gpb_base::unit::{Dimension, Quantity};
use gpb_catalog::typed::value_of;
use gpb_catalog::{Catalog, Shape};
use gpb_check::cost::CostRange;
use gpb_check::recovery::{DurationEstimate, Verdict, VerdictRow};
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{Domain, Model};
use rust_decimal::Decimal;

/// The results of the checks and the plan of an environment.
pub struct TestedPlan<'a> {
    /// The environment.
    pub model: &'a Model,
    /// The cost, in US dollars a month.
    pub cost: CostRange,
    /// The verdicts on recovery.
    pub recovery: &'a [VerdictRow],
    /// The codes of errors, warnings and refusals, in their order.
    pub codes: [Vec<String>; 3],
}

impl TestedPlan<'_> {
    /// Returns it as a value.
    pub fn value(&self, span: Span) -> Value {
        let money = |amount: Decimal| quantity(Dimension::Money, amount, span);
        let cost = [
            ("minimum", money(self.cost.minimum)),
            ("expected", money(self.cost.expected)),
            ("maximum", money(self.cost.maximum)),
        ];
        let codes =
            |codes: &[String]| Value::list(codes.iter().map(|code| Value::text(code.as_str(), span)).collect(), span);
        let [errors, warnings, refused] = &self.codes;
        let managed = self.model.resources.iter().filter(|resource| !resource.existing).count();
        map(
            span,
            [
                ("cost", map(span, cost)),
                ("recovery", map(span, Domain::ALL.map(|domain| (domain.as_str(), self.recovery(domain, span))))),
                ("resources", Value::number(u64::try_from(managed).unwrap_or(u64::MAX), span)),
                ("outputs", self.outputs(span)),
                ("errors", codes(errors)),
                ("warnings", codes(warnings)),
                ("refused", codes(refused)),
            ],
        )
    }

    /// Returns the verdict on all that is lost with a failure domain, and below `of` those on each resource.
    fn recovery(&self, domain: Domain, span: Span) -> Value {
        let here = || self.recovery.iter().filter(|row| row.domain == domain);
        let parts = here().filter(|row| !row.subject.is_empty()).map(|row| (row.subject.as_str(), verdict(row, span)));
        let of = map(span, parts);
        let whole = here().find(|row| row.whole && row.subject.is_empty());
        let mut entries: Vec<(&str, Value)> = whole.map(|row| figures(row, span)).unwrap_or_default();
        // The whole is met where no part of it is not.
        let verdicts: Vec<Verdict> = here().filter_map(|row| row.verdict).collect();
        entries.retain(|(name, _)| *name != "met");
        if let Some(worst) = verdicts.iter().max() {
            entries.push(("met", Value::bool(is_met(*worst), span)));
        }
        entries.push(("of", of));
        map(span, entries)
    }

    fn outputs(&self, span: Span) -> Value {
        // What is in an output has no type of the catalog; any will do.
        let Some(def) = Catalog::embedded().names().next().and_then(|name| Catalog::embedded().get(name)) else {
            return Value::absent(span);
        };
        let value = |output: &gpb_model::Output| value_of(&def, &Shape::Json, &output.value, span);
        map(span, self.model.outputs.iter().map(|(name, output)| (name.as_str(), value(output))))
    }
}

fn verdict(row: &VerdictRow, span: Span) -> Value {
    map(span, figures(row, span))
}

/// Returns the figures of a row: a duration that nobody bounds or publishes is absent.
fn figures(row: &VerdictRow, span: Span) -> Vec<(&'static str, Value)> {
    let mut entries = Vec::new();
    let time = |estimate: &DurationEstimate| {
        let seconds = match estimate {
            DurationEstimate::Bounded { bound, .. } => Some(*bound),
            DurationEstimate::Typical { expected, .. } => Some(*expected),
            _ => None,
        };
        seconds.map_or_else(|| Value::absent(span), |seconds| quantity(Dimension::Duration, seconds, span))
    };
    entries.push(("rto", time(&row.rto)));
    entries.push(("rpo", row.rpo.as_ref().map_or_else(|| Value::absent(span), time)));
    if let Some(verdict) = row.verdict {
        entries.push(("verdict", Value::text(verdict.as_str(), span)));
        entries.push(("met", Value::bool(is_met(verdict), span)));
    }
    entries
}

fn is_met(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Proven | Verdict::Plausible)
}

fn quantity(dimension: Dimension, amount: Decimal, span: Span) -> Value {
    match Quantity::zero(dimension) {
        Some(zero) => Value::new(ValueKind::Quantity(Quantity { amount, ..zero }), span),
        None => Value::absent(span),
    }
}

fn map<'n>(span: Span, entries: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let entry = |(name, value): (&'n str, Value)| (name.into(), ValueEntry { key: span, value });
    Value::map(entries.into_iter().map(entry).collect::<ValueMap>(), span)
}
