use super::{Graph, output};
use crate::PropPath;
use crate::testing::{address, model, resource, to};
use crate::{Address, Model};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A model from lines `a: b c`: `a` refers to `b` and `c`; `a` is of layer `a`'s first word.
fn made_of(lines: &str) -> Model {
    model(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let (name, needs) = line.split_once(':').unwrap();
        let options: serde_json::Map<String, Json> =
            needs.split_whitespace().map(|other| (other.replace('.', "_"), to(other, "TaskId"))).collect();
        resource(name, "aws.run.task", json!({ "Options": options }))
    }))
}

/// Spells a property as users do.
fn written(_: &str, path: &PropPath) -> String {
    path.segments().map(str::to_lowercase).collect::<Vec<_>>().join(".")
}

fn order(lines: &str) -> String {
    let model = made_of(lines);
    let graph = Graph::build(&model);
    graph.order().iter().map(|address| address.as_str()).collect::<Vec<_>>().join(" ")
}

fn cycles(lines: &str) -> Vec<String> {
    let model = made_of(lines);
    let diagnostics = Graph::build(&model).diagnose(&model, &written);
    diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect()
}

#[test]
fn what_is_needed_comes_first_and_otherwise_what_is_declared_first() {
    assert_eq!(order("c: b\nb: a\na:\nd:"), "a b c d");
    assert_eq!(order("d:\nc:\nb:\na:"), "d c b a");
    assert_eq!(order("a: nobody b\nb:"), "b a");
}

#[test]
fn a_cycle_is_told_once_by_its_shortest_path() {
    assert_eq!(cycles("a: b\nb: c\nc: a\nd: a"), ["dependency cycle: `a` → `b` → `c` → `a`"]);
    assert_eq!(cycles("a: b c\nb: c\nc: a"), ["dependency cycle: `a` → `c` → `a`"]);
    assert_eq!(cycles("a: a"), ["`a` needs itself"]);
    assert_eq!(cycles("a: b\nb: a\nc: d\nd: c").len(), 2);
    assert_eq!(cycles("a: b\nb: c\nc:"), Vec::<String>::new());
}

#[test]
fn a_cycle_points_at_the_places_that_make_it() {
    let model = made_of("a: b\nb: a");
    let diagnostics = Graph::build(&model).diagnose(&model, &written);
    let labels: Vec<&str> = diagnostics[0].labels.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(labels, ["`a` needs `b` through `options.b`", "`b` needs `a` through `options.a`"]);
    assert_eq!(
        diagnostics[0].labels[0].span,
        *model.resources[0].spans.get(&crate::PropPath("Options".into())).unwrap()
    );
}

#[test]
fn after_makes_an_edge_without_a_property() {
    let mut model = made_of("a:\nb:");
    model.resources[0].after = vec![address("b")];
    let graph = Graph::build(&model);
    let edges: Vec<_> =
        graph.edges().map(|(from, to, edge)| (from.as_str(), to.as_str(), edge.property.is_some())).collect();
    assert_eq!(edges, [("a", "b", false)]);
    model.resources[1].after = vec![address("a")];
    let told = Graph::build(&model).diagnose(&model, &written);
    assert_eq!(told[0].labels[0].text, "`a` comes after `b`");
}

#[test]
fn a_value_that_was_read_makes_an_edge_unless_it_leads_back() {
    let mut model = made_of("a:\nb:\nc: b");
    let read = |from: &str| (address(from), crate::PropPath("Name".into()));
    model.resources[1].reads = vec![read("a")];
    let edges = |model: &Model| {
        let graph = Graph::build(model);
        graph.edges().map(|(from, to, _)| format!("{from} {to}")).collect::<Vec<_>>()
    };
    assert_eq!(edges(&model), ["c b", "b a"]);
    // Each takes a value from the other: both are known, and neither has to wait.
    model.resources[0].reads = vec![read("b")];
    assert_eq!(edges(&model), ["c b"]);
    model.resources[0].reads = vec![read("c")];
    assert_eq!(edges(&model), ["c b"]);
}

#[test]
fn levels_and_neighbours() {
    let model = made_of("a:\nb: a\nc: a\nd: c b\ne:");
    let graph = Graph::build(&model);
    let levels: Vec<Vec<&str>> =
        graph.levels().iter().map(|level| level.iter().map(|address| address.as_str()).collect()).collect();
    assert_eq!(levels, [vec!["a", "e"], vec!["b", "c"], vec!["d"]]);
    let names = |addresses: Vec<(&Address, &super::Edge)>| {
        addresses.iter().map(|(address, _)| address.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(graph.dependencies(&address("d")).collect()), ["b", "c"]);
    assert_eq!(names(graph.dependents(&address("a")).collect()), ["b", "c"]);
}

#[test]
fn graphs_are_drawn_by_layer() {
    let mut model = made_of("network.vpc:\ndata.bucket[\"a\"]: network.vpc\nlone: network.vpc");
    model.resources[0].existing = true;
    model.resources[2].after = vec![address("data.bucket[\"a\"]")];
    let graph = Graph::build(&model);
    insta::assert_snapshot!("dot", output::dot(&model, &graph));
    insta::assert_snapshot!("mermaid", output::mermaid(&model, &graph));
    insta::assert_json_snapshot!("json", output::json(&model, &graph));
}

#[test]
fn a_hundred_thousand_in_a_chain_do_not_exhaust_the_stack() {
    let names: Vec<Address> = (0..100_000).map(|n| address(&format!("n{n}"))).collect();
    let chain = names.iter().zip(names.iter().skip(1));
    let graph = Graph::from_edges(names.iter().cloned(), chain);
    assert_eq!(graph.order().first().copied(), names.last());
    assert_eq!(graph.levels().len(), 100_000);
    // With an edge from its end to its start it is one cycle, found though it is long.
    let cycle = names.iter().zip(names.iter().skip(1).chain(names.first()));
    assert_eq!(Graph::from_edges(names.iter().cloned(), cycle).cycles()[0].len(), 100_000);
}

proptest! {
    /// Every resource comes after all it needs, when that is possible; and it is, exactly when no cycle is told.
    #[test]
    fn the_order_respects_the_edges(count in 1..12usize, edges in proptest::collection::vec((0..12usize, 0..12usize), 0..24)) {
        let names: Vec<Address> = (0..count).map(|n| address(&format!("n{n}"))).collect();
        let edges: Vec<(&Address, &Address)> =
            edges.iter().filter_map(|(a, b)| Some((names.get(*a)?, names.get(*b)?))).collect();
        let graph = Graph::from_edges(names.clone(), edges.clone());
        let order = graph.order();
        prop_assert_eq!(order.len(), count);
        let rank: BTreeMap<&Address, usize> = order.into_iter().zip(0..).collect();
        let respects = edges.iter().all(|(from, to)| rank[to] < rank[from]);
        prop_assert_eq!(respects, graph.cycles().is_empty());
        for cycle in graph.cycles() {
            for (step, next) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
                prop_assert!(edges.contains(&(&step.from, &step.to)));
                prop_assert_eq!(&step.to, &next.from);
            }
        }
    }
}
