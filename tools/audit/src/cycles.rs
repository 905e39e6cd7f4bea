//! Finds the largest import cycle of each crate.

use crate::Measurement;
use crate::imports::CrateImports;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of files that may import each other in a circle.
const BOUND_FILES: usize = 3;

/// Lists the cycles of every crate, the largest first, and the shortest way round in each that is too large.
///
/// A cycle is a strongly connected component: each of its files imports each other one, directly or by way of others.
pub fn measure(crates: &[CrateImports]) -> Measurement {
    let mut cycles: Vec<(&CrateImports, Vec<usize>)> =
        crates.iter().flat_map(|imports| components(imports).into_iter().map(move |files| (imports, files))).collect();
    cycles.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    let largest = cycles.first().map_or(0, |(_, files)| files.len());
    let mut places = Vec::new();
    for (imports, files) in &cycles {
        let paths = files.iter().filter_map(|file| imports.files.get(*file)).map(|file| file.path.as_str());
        places.push(format!("{} files in {}: {}", files.len(), imports.name, paths.collect::<Vec<_>>().join(", ")));
        if files.len() > BOUND_FILES {
            places.extend(
                way_round(imports, files).iter().map(|(from, to)| format!("  {}", imports.edge_text(*from, *to))),
            );
        }
    }
    let figure = format!("{largest} files in the largest, {} cycles", cycles.len());
    let broken = largest > BOUND_FILES;
    Measurement { title: "Import cycles", figure, bound: Some("at most 3 files"), broken, places }
}

/// Returns the components of two and more files, each in the order of the files.
fn components(imports: &CrateImports) -> Vec<Vec<usize>> {
    let graph: DiGraphMap<usize, ()> = imports.edges.keys().copied().collect();
    let mut found: Vec<Vec<usize>> = tarjan_scc(&graph).into_iter().filter(|files| files.len() > 1).collect();
    for files in &mut found {
        files.sort_unstable();
    }
    found.sort();
    found
}

/// Returns the edges of the shortest cycle inside a component.
fn way_round(imports: &CrateImports, component: &[usize]) -> Vec<(usize, usize)> {
    let inside: BTreeSet<usize> = component.iter().copied().collect();
    let ways = component.iter().filter_map(|start| shortest_from(imports, &inside, *start));
    ways.min_by_key(Vec::len).unwrap_or_default()
}

fn shortest_from(imports: &CrateImports, inside: &BTreeSet<usize>, start: usize) -> Option<Vec<(usize, usize)>> {
    let mut came_from = BTreeMap::<usize, usize>::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for (_, next) in imports.edges.range((file, 0)..=(file, usize::MAX)).map(|(edge, _)| *edge) {
            if next == start {
                let mut way = vec![(file, start)];
                let mut at = file;
                while let Some(before) = came_from.get(&at) {
                    way.push((*before, at));
                    at = *before;
                }
                way.reverse();
                return Some(way);
            }
            if inside.contains(&next) && !came_from.contains_key(&next) {
                came_from.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::measure;
    use crate::imports::CrateImports;
    use crate::source::testing::crate_of;

    /// Makes a crate whose files import each other in one circle.
    fn circle(files: usize) -> CrateImports {
        let name = |n: usize| format!("m{}", n % files);
        let root: Vec<String> = (0..files).map(|n| format!("mod {};", name(n))).collect();
        let mut texts = vec![("lib.rs".to_string(), root.concat())];
        texts.extend(
            (0..files)
                .map(|n| (format!("{}.rs", name(n)), format!("use crate::{}::f as g;\nfn f() {{}}", name(n + 1)))),
        );
        let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        CrateImports::of(&crate_of("gpb", &texts))
    }

    #[test]
    fn four_files_in_a_circle_are_too_many() {
        let measurement = measure(&[circle(4), circle(2)]);
        assert!(measurement.broken);
        assert_eq!(measurement.figure, "4 files in the largest, 2 cycles");
        let expected = [
            "4 files in gpb: m0.rs, m1.rs, m2.rs, m3.rs",
            "  m0.rs:1 → m1.rs (crate::m1::f)",
            "  m1.rs:1 → m2.rs (crate::m2::f)",
            "  m2.rs:1 → m3.rs (crate::m3::f)",
            "  m3.rs:1 → m0.rs (crate::m0::f)",
            "2 files in gpb: m0.rs, m1.rs",
        ];
        assert_eq!(measurement.places, expected);
    }

    #[test]
    fn three_are_not_and_a_chain_is_no_cycle() {
        assert!(!measure(&[circle(3)]).broken);
        let chain =
            crate_of("gpb", &[("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::f;"), ("b.rs", "fn f() {}")]);
        assert_eq!(measure(&[CrateImports::of(&chain)]).figure, "0 files in the largest, 0 cycles");
    }

    #[test]
    fn a_parent_and_its_child_are_a_cycle_and_said_apart() {
        let files =
            [("lib.rs", "mod a;"), ("a.rs", "mod b; struct A; use b::B;"), ("a/b.rs", "use super::A; struct B;")];
        let figure = measure(&[CrateImports::of(&crate_of("gpb", &files))]).figure;
        assert_eq!(figure, "2 files in the largest, 1 cycles");
    }
}
