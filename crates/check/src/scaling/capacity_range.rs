//! Checks that a range of capacity is not inverted and that it begins inside.

use super::scalable::Scaling;
use gpb_base::diag::Diagnostic;

/// Returns the mistake in the range of a scaling, if there is one.
pub fn check(scaling: &Scaling) -> Option<Diagnostic> {
    inverted_range(scaling).or_else(|| outside(scaling))
}

/// Checks that the minimum is not above the maximum.
///
/// The other checks need a range.
pub fn is_sound(scaling: &Scaling) -> bool {
    scaling.minimum <= scaling.maximum
}

fn inverted_range(scaling: &Scaling) -> Option<Diagnostic> {
    if is_sound(scaling) {
        return None;
    }
    let (minimum, maximum) = (scaling.count_noun(scaling.minimum), scaling.count_noun(scaling.maximum));
    let message = format!("`{}` scales from {minimum} down to {maximum}", scaling.of);
    let diagnostic = Diagnostic::error("GPB6002", message)
        .with_label(scaling.spots.span_of("minimum"), format!("at least {minimum}"))
        .with_label(scaling.spots.span_of("maximum"), format!("at most {maximum}"));
    Some(diagnostic.help(format!("the maximum must be {} or more", super::figures::number(scaling.minimum))))
}

/// Reports a start outside of the range.
///
/// It is changed at once by the first rule, or by nothing at all.
fn outside(scaling: &Scaling) -> Option<Diagnostic> {
    let desired = scaling.desired.filter(|desired| *desired < scaling.minimum || *desired > scaling.maximum)?;
    let (nearest, side) = if desired < scaling.minimum {
        (scaling.minimum, "below the minimum")
    } else {
        (scaling.maximum, "above the maximum")
    };
    let message = format!(
        "`{}` starts with {}, {side} of {}",
        scaling.of,
        scaling.count_noun(desired),
        scaling.count_noun(nearest)
    );
    let range = format!("{}..{}", super::figures::number(scaling.minimum), super::figures::number(scaling.maximum));
    let diagnostic = Diagnostic::error("GPB6003", message)
        .with_label(scaling.spots.span_of("desired"), format!("starts with {}", super::figures::number(desired)))
        .with_label(
            scaling.spots.span_of(if desired < scaling.minimum { "minimum" } else { "maximum" }),
            format!("the range is {range}"),
        );
    Some(diagnostic.help(format!("start with {}", super::figures::number(nearest))))
}
