//! Prints the cost of an environment: by layer, by resource, by price line.

use super::change::push;
use super::styles::{Styles, paint};
use gpb_check::cost::money::{dollars, grouped};
use gpb_check::cost::{BudgetVerdict, CostChange, CostFigure, CostLine, CostRange, Estimate, ResourceCost};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The maximum width of the text before the three columns, in characters.
const WIDEST: usize = 76;

/// Prints the whole table.
///
/// It has layers, resources and lines that cost something, then budgets, parts that are priced by use alone, the number of
/// free resources, and parts without a price.
pub fn human(estimate: &Estimate, at: Option<&str>, verdicts: &[BudgetVerdict], styles: &Styles) -> String {
    let mut out = String::new();
    let shown: Vec<&ResourceCost> = estimate.resources.iter().filter(|cost| costs(&cost.total)).collect();
    let width = shown.iter().flat_map(|cost| texts(cost)).map(|text| text.chars().count()).max().unwrap_or(0);
    let table = CostTable { width: width.clamp(24, WIDEST), styles };
    let at = at.map_or(String::new(), |at| format!(" at {at}"));
    let dated = estimate.dated.as_ref().map_or(String::new(), |(oldest, newest)| {
        if oldest == newest { format!("; prices of {oldest}") } else { format!("; prices of {oldest} to {newest}") }
    });
    let title = format!("{}{at}: dollars a month of 730 hours{dated}", estimate.environment);
    push(&mut out, &paint(styles.strong, title));
    out.push('\n');
    push(&mut out, &table.head());
    for (layer, total) in estimate.layers().into_iter().filter(|(_, total)| costs(total)) {
        push(&mut out, &table.row(0, &paint(styles.strong, layer.unwrap_or("(no layer)")), &total));
        for cost in shown.iter().filter(|cost| cost.layer.as_deref() == layer) {
            push(&mut out, &table.row(2, cost.address.as_str(), &cost.total));
            for line in cost.lines.iter().filter(|line| costs(&line.cost)) {
                push(&mut out, &table.row(4, &paint(styles.dim, described(line)), &line.cost));
            }
        }
    }
    push(&mut out, &table.row(0, &paint(styles.strong, "total"), &estimate.total));
    budgets(&mut out, verdicts, styles);
    by_use(&mut out, estimate);
    if !estimate.free.is_empty() {
        let (noun, verb) = if estimate.free.len() == 1 { ("resource", "costs") } else { ("resources", "cost") };
        push(&mut out, &format!("\n{} {noun} {verb} nothing by themselves.", estimate.free.len()));
    }
    unpriced(&mut out, estimate, styles);
    out
}

/// Prints the difference between two estimates.
pub fn difference(before: &Estimate, after: &Estimate, moved: &[CostChange], styles: &Styles) -> String {
    let mut out = String::new();
    let width = moved.iter().map(|moved| moved.address.as_str().chars().count()).max().unwrap_or(0).clamp(24, WIDEST);
    let figure = |spread: Option<&CostRange>| spread.map_or("-".to_owned(), |spread| dollars(spread.expected));
    let row = |name: &str, before: Option<&CostRange>, after: Option<&CostRange>, change: Decimal| {
        format!("{name:width$} {:>15} {:>15} {:>15}", figure(before), figure(after), signed(change))
    };
    push(&mut out, &paint(styles.dim, format!("{:width$} {:>15} {:>15} {:>15}", "", "before", "after", "change")));
    for moved in moved {
        push(&mut out, &row(moved.address.as_str(), moved.before.as_ref(), moved.after.as_ref(), moved.expected()));
    }
    let change = after.total.expected.saturating_sub(before.total.expected);
    push(&mut out, &paint(styles.strong, row("total", Some(&before.total), Some(&after.total), change)));
    unpriced(&mut out, after, styles);
    out
}

/// Returns the line under a plan: the cost as declared, and as applied.
pub fn summary(total: &CostRange, before: Option<&CostRange>, unpriced: usize) -> String {
    let mut text = format!(
        "Cost: {} a month expected ({} to {})",
        dollars(total.expected),
        dollars(total.minimum),
        dollars(total.maximum)
    );
    match before {
        Some(before) => {
            let change = total.expected.saturating_sub(before.expected);
            match signed(change).as_str() {
                "+$0.00" => text.push_str(", as what is applied"),
                change => drop(write!(text, ", {change} against what is applied")),
            }
        }
        None => text.push_str("; nothing is applied yet"),
    }
    match unpriced {
        0 => {}
        1 => text.push_str("; 1 part has no price"),
        count => {
            let _ = write!(text, "; {count} parts have no price");
        }
    }
    text.push('.');
    text
}

/// Formats an amount of US dollars with its sign: `+$32.85`.
pub fn signed(amount: Decimal) -> String {
    let text = dollars(amount);
    if text.starts_with('-') { text } else { format!("+{text}") }
}

/// A table with a text and three figures in each row.
struct CostTable<'a> {
    width: usize,
    styles: &'a Styles,
}

impl CostTable<'_> {
    fn head(&self) -> String {
        let width = self.width;
        paint(self.styles.dim, format!("{:width$} {:>15} {:>15} {:>15}", "", "minimum", "expected", "maximum"))
    }

    /// Returns a row.
    ///
    /// Escape sequences of colours do not count to the width of its text.
    fn row(&self, indent: usize, text: &str, figures: &CostRange) -> String {
        let visible = anstream::adapter::strip_str(text).to_string().chars().count() + indent;
        let pad = self.width.saturating_sub(visible);
        let mut row = format!("{:indent$}{text}{:pad$}", "", "");
        if visible > self.width {
            row.push('\n');
            let _ = write!(row, "{:1$}", "", self.width);
        }
        for column in CostFigure::ALL {
            let _ = write!(row, " {:>15}", dollars(figures.get(column)));
        }
        row
    }
}

/// Returns the texts before the figures of a resource and of its price lines.
fn texts(cost: &ResourceCost) -> Vec<String> {
    let lines = cost.lines.iter().filter(|line| costs(&line.cost)).map(|line| format!("    {}", described(line)));
    std::iter::once(format!("  {}", cost.address)).chain(lines).collect()
}

/// Describes a price line: `hours: 730 gateway-hour × $0.045`.
fn described(line: &CostLine) -> String {
    let rate = match line.sku.rates.as_slice() {
        [(_, usd)] => format!("${usd}"),
        [(_, usd), ..] => format!("${usd} and less"),
        [] => String::new(),
    };
    let free = if line.free.expected.is_zero() {
        String::new()
    } else {
        format!(", {} of it free", quantity(line.free.expected))
    };
    let beyond = if line.beyond { ", beyond the book's last tier" } else { "" };
    format!("{}: {} {} × {rate}{free}{beyond}", line.name, quantity(line.quantity.expected), line.unit)
}

/// Formats a quantity with three decimals at most.
fn quantity(figure: Decimal) -> String {
    grouped(&figure.round_dp(3).normalize().to_string())
}

/// Checks that something may cost anything.
fn costs(spread: &CostRange) -> bool {
    !spread.maximum.is_zero()
}

/// Prints the verdicts on budgets.
fn budgets(out: &mut String, verdicts: &[BudgetVerdict], styles: &Styles) {
    if verdicts.is_empty() {
        return;
    }
    out.push('\n');
    push(out, &paint(styles.strong, "budgets"));
    for verdict in verdicts {
        let at = verdict.at.as_ref().map_or(String::new(), |at| format!("at {at}: "));
        let word = match (verdict.fits, verdict.unpriced) {
            (false, _) => paint(styles.alert, "exceeded"),
            (true, 0) if verdict.cost.expected < verdict.low => "fits, below its low end".to_owned(),
            (true, 0) => "fits".to_owned(),
            (true, _) => "fits as far as prices are known".to_owned(),
        };
        let (low, high) = (dollars(verdict.low), dollars(verdict.high));
        push(out, &format!("  {at}{} expected of {low} to {high}: {word}", dollars(verdict.cost.expected)));
    }
}

/// Prints the prices by use where no usage is declared.
///
/// Their cost is unknown, not zero.
fn by_use(out: &mut String, estimate: &Estimate) {
    let mut unused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for cost in &estimate.resources {
        let lines = cost.lines.iter().filter(|line| line.quantity.maximum.is_zero());
        let names: Vec<&str> = lines.map(|line| line.name.as_ref()).collect();
        if !names.is_empty() {
            unused.insert(cost.address.as_str(), names);
        }
    }
    if unused.is_empty() {
        return;
    }
    push(out, "\nCharged by use, and no `usage` is declared:");
    for (address, names) in unused {
        push(out, &format!("  {address}: {}", names.join(", ")));
    }
}

/// Prints the parts without a price.
fn unpriced(out: &mut String, estimate: &Estimate, styles: &Styles) {
    if estimate.unpriced.is_empty() {
        return;
    }
    out.push('\n');
    push(out, &paint(styles.alert, "Without a price, and in no sum:"));
    for unpriced in &estimate.unpriced {
        let price = unpriced.price.as_ref().map_or(String::new(), |price| format!(" {price}"));
        push(out, &format!("  {}{price} ({}): {}", unpriced.address, unpriced.ty, unpriced.why));
    }
}
