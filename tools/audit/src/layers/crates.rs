//! Holds the dependencies between crates to the table `[crates]`.

use super::compare;
use crate::Measurement;
use crate::rules::{AuditRules, EdgeTable};
use crate::workspace::OwnCrate;

/// Lists the edges between crates that are not in the table, and the entries of the table that nothing uses.
pub fn measure(crates: &[OwnCrate], rules: &AuditRules) -> Measurement {
    let actual = edges(crates);
    let places = compare(&actual, &rules.crates, "crates", &|_, _| String::new());
    let figure = format!(
        "{} differences; {} crates, {} edges",
        places.len(),
        actual.len(),
        actual.values().map(std::collections::BTreeSet::len).sum::<usize>()
    );
    Measurement::none_allowed("Layers of crates", figure, places)
}

/// Returns the crates, each with those it depends on.
pub fn edges(crates: &[OwnCrate]) -> EdgeTable {
    crates.iter().map(|own| (own.name.clone(), own.dependencies.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::rules::AuditRules;
    use crate::workspace::OwnCrate;

    fn own(name: &str, dependencies: &[&str]) -> OwnCrate {
        let dependencies = dependencies.iter().map(ToString::to_string).collect();
        OwnCrate { name: name.to_string(), dependencies, files: Vec::new() }
    }

    fn places(rules: &str) -> Vec<String> {
        measure(&[own("base", &[]), own("lang", &["base"])], &AuditRules::parse(rules).unwrap()).places
    }

    #[test]
    fn the_true_table_holds() {
        assert!(places("[crates]\nbase = []\nlang = ['base']").is_empty());
    }

    #[test]
    fn each_difference_is_listed() {
        assert_eq!(places("[crates]\nlang = ['base']"), ["crates: `base` is not in the table"]);
        assert_eq!(places("[crates]\nbase = []\nlang = []"), ["crates: lang → base is not allowed"]);
        let unused = "[crates]\nbase = ['lang']\nlang = ['base']";
        assert_eq!(places(unused), ["crates: base → lang is allowed and nothing uses it"]);
        let gone = "[crates]\nbase = []\nlang = ['base']\nsim = []";
        assert_eq!(places(gone), ["crates: `sim` is in the table and does not exist"]);
    }
}
