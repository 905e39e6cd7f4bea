//! Holds the imports between the top folders of a crate to the tables `[folders.<crate>]`.
//!
//! A crate with two and more top folders has a table that lists each of them. A file beside the root file is listed where it
//! is to be held to the table as well; the root file never is: it declares and re-exports the rest.

use super::compare;
use crate::Measurement;
use crate::imports::CrateImports;
use crate::rules::{AuditRules, EdgeTable};
use std::collections::{BTreeMap, BTreeSet};

/// Folders that are no layer: what a generator wrote belongs to the files around it.
const NO_LAYERS: [&str; 1] = ["generated"];

/// Lists the imports between folders that are not in a table, and the entries of the tables that nothing uses.
pub fn measure(crates: &[CrateImports], rules: &AuditRules) -> Measurement {
    let mut places = Vec::new();
    let mut count: usize = 0;
    for imports in crates {
        let allowed = rules.folders.get(&imports.name);
        let (actual, sites) = edges(imports, allowed);
        count += actual.values().map(BTreeSet::len).sum::<usize>();
        if actual.is_empty() && allowed.is_none() {
            continue;
        }
        let place = |from: &str, to: &str| {
            let site = sites.get(&(from.to_string(), to.to_string()));
            site.map_or(String::new(), |(from, to)| format!(": {}", imports.edge_text(*from, *to)))
        };
        let about = format!("folders of {}", imports.name);
        places.extend(compare(&actual, allowed.unwrap_or(&EdgeTable::new()), &about, &place));
    }
    let known = |name: &String| crates.iter().any(|imports| imports.name == *name);
    let gone = rules.folders.keys().filter(|name| !known(name));
    places.extend(gone.map(|name| format!("folders of {name}: there is no such crate")));
    let figure = format!("{} differences; {count} edges", places.len());
    Measurement::none_allowed("Layers of folders", figure, places)
}

/// Maps an edge between two parts of a crate to one between two of their files.
type SitesByParts = BTreeMap<(String, String), (usize, usize)>;

/// Returns the parts of a crate with those they import from, and a pair of files for each edge.
///
/// The parts are the folders, where there are two and more of them, and the files that `allowed` lists.
pub fn edges(imports: &CrateImports, allowed: Option<&EdgeTable>) -> (EdgeTable, SitesByParts) {
    let all: BTreeSet<_> = imports.files.iter().filter_map(|file| file.part.as_ref()).collect();
    let folders: BTreeSet<&str> = all.iter().filter(|part| part.is_folder).map(|part| part.name.as_str()).collect();
    let layers: BTreeSet<&str> = folders.into_iter().filter(|name| !NO_LAYERS.contains(name)).collect();
    let several = layers.len() > 1;
    let listed = |name: &str| allowed.is_some_and(|table| table.contains_key(name));
    let is_part = |name: &str| (several && layers.contains(name)) || listed(name);
    let mut table: EdgeTable =
        all.iter().filter(|part| is_part(&part.name)).map(|part| (part.name.clone(), BTreeSet::new())).collect();
    let mut sites = SitesByParts::new();
    for (from, to) in imports.edges.keys() {
        let part = |index: &usize| Some(imports.files.get(*index)?.part.as_ref()?.name.clone());
        let (Some(from_part), Some(to_part)) = (part(from), part(to)) else { continue };
        if from_part == to_part || !table.contains_key(&to_part) {
            continue;
        }
        if let Some(targets) = table.get_mut(&from_part) {
            targets.insert(to_part.clone());
            sites.entry((from_part, to_part)).or_insert((*from, *to));
        }
    }
    (table, sites)
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::imports::CrateImports;
    use crate::rules::AuditRules;
    use crate::source::testing::crate_of;

    fn places(rules: &str) -> Vec<String> {
        let files = [
            ("src/lib.rs", "mod a; mod b; mod c; mod generated; pub use a::A;"),
            ("src/a/mod.rs", "use crate::b::B; pub struct A;"),
            ("src/b/mod.rs", "use crate::c::C; pub struct B;"),
            ("src/c.rs", "pub struct C;"),
            ("src/generated/mod.rs", "use crate::a::A;"),
        ];
        measure(&[CrateImports::of(&crate_of("gpb", &files))], &AuditRules::parse(rules).unwrap()).places
    }

    #[test]
    fn the_true_table_holds_with_and_without_the_single_file() {
        assert!(places("[folders.gpb]\na = ['b']\nb = []").is_empty());
        assert!(places("[folders.gpb]\na = ['b']\nb = ['c']\nc = []").is_empty());
    }

    #[test]
    fn each_difference_is_listed() {
        let expected = "folders of gpb: a → b is not allowed: src/a/mod.rs:1 → src/b/mod.rs (crate::b::B)";
        assert_eq!(places("[folders.gpb]\na = []\nb = []"), [expected]);
        let unused = "folders of gpb: b → a is allowed and nothing uses it";
        assert_eq!(places("[folders.gpb]\na = ['b']\nb = ['a']"), [unused]);
        let gone = "folders of gpb: `d` is in the table and does not exist";
        assert_eq!(places("[folders.gpb]\na = ['b']\nb = []\nd = []"), [gone]);
    }

    #[test]
    fn a_crate_with_folders_needs_a_table_and_a_table_a_crate() {
        let missing = ["folders of gpb: `a` is not in the table", "folders of gpb: `b` is not in the table"];
        assert_eq!(places(""), missing);
        let rules = "[folders.gpb]\na = ['b']\nb = []\n[folders.gone]\na = []";
        assert_eq!(places(rules), ["folders of gone: there is no such crate"]);
    }
}
