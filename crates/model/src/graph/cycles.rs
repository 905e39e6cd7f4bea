//! Dependency cycles: finds them and reports each as the path of places that makes it.

use super::dependency_graph::{Edge, Graph};
use crate::address::Address;
use crate::model::Model;
use crate::path::PropPath;
use gpb_base::diag::Diagnostic;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// One step of a cycle: `from` needs `to`, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleStep {
    /// The resource that needs the other.
    pub from: Address,
    /// The resource that is needed.
    pub to: Address,
    /// The reason.
    pub edge: Edge,
}

/// The most places that a search for the shortest cycle looks at.
///
/// After them the best so far will do.
const SEARCH_BUDGET: usize = 2_000_000;

/// The most steps of a cycle that are pointed at.
///
/// Of a longer one, its beginning is shown.
const SHOWN_STEPS: usize = 24;

impl Graph {
    /// Returns one cycle for each group of resources that need each other.
    ///
    /// The shortest, from the resource declared first.
    ///
    /// The groups are the strongly connected components, found by Kosaraju's algorithm; a breadth-first search from each
    /// resource finds the shortest cycle.
    pub fn cycles(&self) -> Vec<Vec<CycleStep>> {
        // Tarjan's algorithm recurses in petgraph; Kosaraju's does not, and a chain may be long.
        let mut groups = kosaraju_scc(&self.graph);
        groups.retain(|group| match group.as_slice() {
            [one] => self.graph.contains_edge(*one, *one),
            _ => true,
        });
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort_unstable();
        groups.iter().map(|group| self.shortest(group)).collect()
    }

    /// Returns a diagnostic for each cycle, its labels the places that make it.
    ///
    /// `display` spells a property of a type as the user writes it.
    pub fn diagnose(&self, model: &Model, display: &dyn Fn(&str, &PropPath) -> String) -> Vec<Diagnostic> {
        let cycles = self.cycles();
        if cycles.is_empty() {
            return Vec::new();
        }
        let kinds: BTreeMap<&Address, &str> = model.resources.iter().map(|r| (&r.address, &*r.ty)).collect();
        let display =
            |from: &Address, property: &PropPath| display(kinds.get(from).copied().unwrap_or_default(), property);
        cycles.iter().map(|steps| diagnostic(steps, &display)).collect()
    }

    /// Returns the number of the group of each resource that is part of a cycle.
    ///
    /// The resources of one cycle share it.
    pub fn groups(&self) -> BTreeMap<Address, usize> {
        let groups = kosaraju_scc(&self.graph).into_iter().filter(|group| group.len() > 1).enumerate();
        groups
            .flat_map(|(number, group)| group.into_iter().map(move |node| (number, node)))
            .filter_map(|(number, node)| Some((self.graph.node_weight(node)?.clone(), number)))
            .collect()
    }

    fn shortest(&self, group: &[NodeIndex]) -> Vec<CycleStep> {
        let inside: HashSet<NodeIndex> = group.iter().copied().collect();
        let mut budget = SEARCH_BUDGET;
        let mut best: Option<Vec<NodeIndex>> = None;
        for start in group {
            let limit = best.as_ref().map_or(usize::MAX, Vec::len);
            if let Some(found) = self.back_to(*start, &inside, limit, &mut budget) {
                best = Some(found);
            }
            // Nothing is shorter than a resource that needs itself; and a search has to end.
            if budget == 0 || best.as_ref().is_some_and(|cycle| cycle.len() == 1) {
                break;
            }
        }
        let cycle = best.unwrap_or_default();
        let ends = cycle.iter().cycle().skip(1);
        cycle.iter().zip(ends).filter_map(|(from, to)| self.step(*from, *to)).collect()
    }

    /// Returns the shortest way from a node back to itself, by breadth.
    ///
    /// It is shorter than `limit`.
    fn back_to(
        &self,
        start: NodeIndex,
        inside: &HashSet<NodeIndex>,
        limit: usize,
        budget: &mut usize,
    ) -> Option<Vec<NodeIndex>> {
        let mut came: HashMap<NodeIndex, (NodeIndex, usize)> = HashMap::new();
        let mut queue = VecDeque::from([(start, 1)]);
        while let Some((node, length)) = queue.pop_front() {
            if length >= limit {
                return None;
            }
            let mut targets: Vec<_> = self.graph.neighbors(node).filter(|to| inside.contains(to)).collect();
            targets.sort_unstable();
            // The first search always ends with a cycle; only the later ones, which look for better, are cut short.
            *budget = budget.saturating_sub(targets.len() + 1);
            if *budget == 0 && limit != usize::MAX {
                return None;
            }
            for to in targets {
                if to == start {
                    return Some(trace(start, node, &came));
                }
                if let Entry::Vacant(free) = came.entry(to) {
                    free.insert((node, length));
                    queue.push_back((to, length + 1));
                }
            }
        }
        None
    }

    fn step(&self, from: NodeIndex, to: NodeIndex) -> Option<CycleStep> {
        let edge = self.graph.edges_connecting(from, to).min_by_key(EdgeRef::id)?;
        Some(CycleStep {
            from: self.graph.node_weight(from)?.clone(),
            to: self.graph.node_weight(to)?.clone(),
            edge: edge.weight().clone(),
        })
    }
}

fn trace(start: NodeIndex, last: NodeIndex, came: &HashMap<NodeIndex, (NodeIndex, usize)>) -> Vec<NodeIndex> {
    let mut path = vec![last];
    let mut at = last;
    while at != start {
        let Some((before, _)) = came.get(&at) else { break };
        at = *before;
        path.push(at);
    }
    path.reverse();
    path
}

fn diagnostic(steps: &[CycleStep], display: &dyn Fn(&Address, &PropPath) -> String) -> Diagnostic {
    let mut names: Vec<String> = steps.iter().take(SHOWN_STEPS).map(|step| format!("`{}`", step.from)).collect();
    if steps.len() > SHOWN_STEPS {
        names.push(format!("… {} more", steps.len() - SHOWN_STEPS));
    }
    names.extend(steps.first().map(|step| format!("`{}`", step.from)));
    let message = match steps {
        [only] => format!("`{}` needs itself", only.from),
        _ => format!("dependency cycle: {}", names.join(" → ")),
    };
    let mut diagnostic = Diagnostic::error("GPB3001", message);
    for step in steps.iter().take(SHOWN_STEPS) {
        let Some(span) = step.edge.span else { continue };
        let through = match &step.edge.property {
            Some(property) => {
                format!("`{}` needs `{}` through `{}`", step.from, step.to, display(&step.from, property))
            }
            None => format!("`{}` comes after `{}`", step.from, step.to),
        };
        diagnostic = diagnostic.with_label(span, through);
    }
    diagnostic.help(
        "none of them can be made first; take one of these references away, or move it into a resource of its own \
         (a rule, an attachment or a policy) that comes after both",
    )
}
