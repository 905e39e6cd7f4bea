//! Prints recovery verdicts for people.

use super::change::push;
use super::state::table as lines;
use super::styles::{Styles, paint};
use gpb_check::recovery::{FactSummary, Verdict, VerdictRow, VerdictTrace};

/// The maximum length of a reason in the table, in characters.
const WHY: usize = 90;

/// Prints the verdicts, a line for each resource and domain, the whole last.
pub fn table(environment: &str, rows: &[VerdictRow], styles: &Styles) -> String {
    let mut cells: Vec<[String; 8]> = rows.iter().map(|row| cells(environment, row)).collect();
    // A subject is named once, in the first of its lines.
    for at in (1..cells.len()).rev() {
        let same = cells.get(at).zip(cells.get(at - 1)).is_some_and(|(this, last)| this[0] == last[0]);
        if let Some(row) = cells.get_mut(at).filter(|_| same) {
            row[0].clear();
        }
    }
    let texts: Vec<[&str; 8]> = cells.iter().map(|row| row.each_ref().map(String::as_str)).collect();
    let head = ["SUBJECT", "LOSS OF", "RPO TARGET", "RPO", "RTO TARGET", "RTO", "VERDICT", "WHY"];
    let mut out = lines(head, &texts, styles);
    let count = |verdict| rows.iter().filter(|row| !row.whole && row.verdict == Some(verdict)).count();
    let order = [Verdict::Proven, Verdict::Plausible, Verdict::Unproven, Verdict::Refuted];
    let counts: Vec<String> = order.into_iter().map(|verdict| format!("{} {verdict}", count(verdict))).collect();
    push(&mut out, &paint(styles.strong, format!("\n{}", counts.join(", "))));
    out
}

/// Returns the cells of a row.
fn cells(environment: &str, row: &VerdictRow) -> [String; 8] {
    let subject = match (row.whole, row.subject.as_str()) {
        (true, "") => format!("all of {environment}"),
        (true, scope) => format!("all of {scope}"),
        (false, address) => address.to_owned(),
    };
    let given = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        subject,
        row.domain.as_str().to_owned(),
        given(&row.target_rpo),
        row.rpo.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        given(&row.target_rto),
        row.rto.to_string(),
        row.verdict.map_or("-", Verdict::as_str).to_owned(),
        shortened(&row.why),
    ]
}

/// Cuts a reason that is too long for the table.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(WHY) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// Prints the facts and times that verdicts follow from.
pub fn chains(chains: &[VerdictTrace], styles: &Styles) -> String {
    let mut out = String::new();
    for (index, chain) in chains.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        one(chain, styles, &mut out);
    }
    out
}

/// Prints one verdict with its reasons.
fn one(chain: &VerdictTrace, styles: &Styles, out: &mut String) {
    let row = &chain.row;
    let verdict = row.verdict.map_or("no target", Verdict::as_str);
    let head = format!("{} ({}), loss of {}: {verdict}", row.subject, row.what, row.domain);
    push(out, &paint(styles.strong, head));
    let against = |target: &Option<String>, verdict: Option<Verdict>| match (target, verdict) {
        (Some(target), Some(verdict)) => format!(", {target} demanded: {verdict}"),
        _ => String::new(),
    };
    if let Some(rpo) = &row.rpo {
        push(out, &format!("  loses    {rpo}{}", against(&row.target_rpo, row.rpo_verdict)));
    }
    push(out, &format!("  is back  {}{}", row.rto, against(&row.target_rto, row.rto_verdict)));
    push(
        out,
        &format!(
            "           = detect {} + decide {} + recover {} + redirect {}",
            chain.detect, chain.decide, chain.recover, chain.redirect
        ),
    );
    if !chain.derived_from.is_empty() {
        push(out, &format!("  derived from {}", chain.derived_from.join(", ")));
    }
    for fact in &chain.considered {
        considered(fact, styles, out);
    }
    for (index, change) in chain.changes.iter().enumerate() {
        push(out, &format!("  {} {change}", if index == 0 { "change: " } else { "or:     " }));
    }
}

/// Prints a fact that was considered, with its evidence and source.
fn considered(fact: &FactSummary, styles: &Styles, out: &mut String) {
    let figures = match &fact.rpo {
        Some(rpo) => format!("loses {rpo}, back {}, {}", fact.rto, fact.mode),
        None => format!("back {}, {}", fact.rto, fact.mode),
    };
    let line = format!("  {} [{}] {}", fact.fact, fact.state, fact.says);
    push(out, &if fact.state == "does not hold" { paint(styles.dim, line) } else { line });
    push(out, &paint(styles.dim, format!("      {figures}")));
    for evidence in &fact.evidence {
        push(out, &paint(styles.dim, format!("      {evidence}")));
    }
    let source = fact.source.as_deref().unwrap_or("derived from the others");
    push(out, &paint(styles.dim, format!("      grade {}: {source}", fact.grade)));
}
