//! Holds the table of crates in `ARCHITECTURE.md` to the table `[crates]`.
//!
//! The table is the one whose first heading is `crate` and whose last is `may depend on`. A row names one crate in
//! backticks in its first cell, and those it may depend on, each in backticks, in its last; `–` stands for none.

use crate::Measurement;
use crate::rules::{AuditRules, EdgeTable};
use std::collections::BTreeSet;

/// The first and the last heading of the table.
const HEADINGS: [&str; 2] = ["crate", "may depend on"];

/// Lists the rows that differ from the rules.
pub fn measure(page: &str, rules: &AuditRules) -> Measurement {
    let places = match rows(page) {
        Ok(table) => differences(&table, &rules.crates),
        Err(problem) => vec![problem],
    };
    let figure = format!("{} differences between ARCHITECTURE.md and audit.toml", places.len());
    Measurement::none_allowed("Architecture table", figure, places)
}

fn differences(page: &EdgeTable, rules: &EdgeTable) -> Vec<String> {
    let mut found = Vec::new();
    let names: BTreeSet<&String> = page.keys().chain(rules.keys()).collect();
    for name in names {
        match (page.get(name), rules.get(name)) {
            (Some(_), None) => found.push(format!("ARCHITECTURE.md: `{name}` is not in audit.toml")),
            (None, Some(_)) => found.push(format!("ARCHITECTURE.md: no row for `{name}`")),
            (Some(page), Some(rules)) if page != rules => {
                let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                found.push(format!("ARCHITECTURE.md: `{name}` → {}; audit.toml has {}", list(page), list(rules)));
            }
            _ => {}
        }
    }
    found
}

/// Reads the table of crates; the error says which row is not of its form.
fn rows(page: &str) -> Result<EdgeTable, String> {
    let mut lines = page.lines().skip_while(|line| !is_heading(line));
    if lines.next().is_none() {
        return Err(format!("ARCHITECTURE.md: no table with the headings `{} | … | {}`", HEADINGS[0], HEADINGS[1]));
    }
    let mut table = EdgeTable::new();
    for line in lines.skip(1).take_while(|line| line.trim_start().starts_with('|')) {
        let cells = cells(line);
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else { continue };
        let [name] = code_words(first)[..] else {
            return Err(format!("ARCHITECTURE.md: a row wants one crate in backticks in its first cell: {line}"));
        };
        let dependencies = code_words(last);
        if dependencies.is_empty() && *last != "–" {
            return Err(format!("ARCHITECTURE.md: a row wants crates in backticks or – in its last cell: {line}"));
        }
        let dependencies = dependencies.into_iter().map(String::from).collect();
        if table.insert(name.to_string(), dependencies).is_some() {
            return Err(format!("ARCHITECTURE.md: `{name}` has two rows"));
        }
    }
    Ok(table)
}

fn is_heading(line: &str) -> bool {
    let cells = cells(line);
    cells.len() > 1 && cells.first() == Some(&HEADINGS[0]) && cells.last() == Some(&HEADINGS[1])
}

fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let inner = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
    inner.map(|inner| inner.split('|').map(str::trim).collect()).unwrap_or_default()
}

/// Returns what stands in backticks.
fn code_words(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::rules::AuditRules;

    fn places(rows: &str) -> Vec<String> {
        let page = format!(
            "# A\n\n| a | b |\n|---|---|\n\n| crate | does | may depend on |\n|---|---|---|\n{rows}\n\nEnd `x`."
        );
        let rules = AuditRules::parse("[crates]\ngpb-base = []\ngpb-lang = ['gpb-base']").unwrap();
        measure(&page, &rules).places
    }

    #[test]
    fn the_same_table_holds() {
        assert!(places("| `gpb-base` | spans | – |\n| `gpb-lang` | evaluates | `gpb-base` |").is_empty());
    }

    #[test]
    fn each_difference_is_listed() {
        let missing = "ARCHITECTURE.md: no row for `gpb-lang`";
        assert_eq!(places("| `gpb-base` | spans | – |"), [missing]);
        let more = "ARCHITECTURE.md: `gpb-sim` is not in audit.toml";
        assert_eq!(places("| `gpb-base` | | – |\n| `gpb-lang` | | `gpb-base` |\n| `gpb-sim` | | – |"), [more]);
        let differs = "ARCHITECTURE.md: `gpb-base` → gpb-lang; audit.toml has ";
        assert_eq!(places("| `gpb-base` | | `gpb-lang` |\n| `gpb-lang` | | `gpb-base` |"), [differs]);
    }

    #[test]
    fn a_row_of_another_form_is_no_row() {
        assert_eq!(places("| gpb-base | | – |").len(), 1);
        assert_eq!(places("| `gpb-base` | | nothing |").len(), 1);
        assert_eq!(places("| `gpb-base` | | – |\n| `gpb-base` | | – |"), ["ARCHITECTURE.md: `gpb-base` has two rows"]);
    }

    #[test]
    fn a_page_without_the_table_does_not_pass() {
        assert_eq!(measure("| folder | may know about |", &AuditRules::default()).places.len(), 1);
    }
}
