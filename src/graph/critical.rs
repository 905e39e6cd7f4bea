//! The longest way through the graph when each resource takes a time of its own.

use super::Graph;
use crate::model::Address;
use std::collections::BTreeMap;
use std::time::Duration;

/// The chain of resources that bounds how soon everything can be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CriticalPath {
    pub total: Duration,
    /// From the first to be made to the last.
    pub path: Vec<Address>,
    /// For each resource, the time from its start until the last that waits for it is done: what is started first
    /// among several that are ready is the one with the most remaining.
    pub remaining: BTreeMap<Address, Duration>,
}

impl Graph {
    /// The critical path when a resource takes `weight`. In a graph with a cycle it is an estimate.
    pub fn critical_path(&self, weight: impl Fn(&Address) -> Duration) -> CriticalPath {
        let order = self.post_order();
        let mut remaining = vec![Duration::ZERO; self.graph.node_count()];
        let mut next = vec![None; self.graph.node_count()];
        for node in order.iter().rev() {
            let Some(address) = self.graph.node_weight(*node) else { continue };
            let after = self.graph.neighbors_directed(*node, petgraph::Direction::Incoming);
            let longest = after
                .filter_map(|dependent| Some((*remaining.get(dependent.index())?, dependent)))
                .max_by_key(|(time, dependent)| (*time, std::cmp::Reverse(*dependent)));
            let own = weight(address).saturating_add(longest.map_or(Duration::ZERO, |(time, _)| time));
            if let (Some(slot), Some(link)) = (remaining.get_mut(node.index()), next.get_mut(node.index())) {
                *slot = own;
                *link = longest.map(|(_, dependent)| dependent);
            }
        }
        let time = |node: petgraph::graph::NodeIndex| remaining.get(node.index()).copied().unwrap_or_default();
        let mut path = Vec::new();
        let mut at = order.iter().copied().max_by_key(|node| (time(*node), std::cmp::Reverse(*node)));
        let total = at.map(time).unwrap_or_default();
        // A cycle would lead round for ever; no path is longer than the graph.
        while let Some(node) = at.filter(|_| path.len() < order.len()) {
            path.extend(self.graph.node_weight(node).cloned());
            at = next.get(node.index()).copied().flatten();
        }
        let remaining = self.graph.node_indices().filter_map(|n| Some((self.graph.node_weight(n)?.clone(), time(n))));
        CriticalPath { total, path, remaining: remaining.collect() }
    }
}
