//! The graph of steps: edges of four strengths, the breaking of cycles, and a topological order.

use super::step::{PlanStep, StepPhase};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// The strength of an edge. All but the hard ones are soft edges: preferences, dropped where they would form a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EdgeKind {
    /// Dependencies of a replacement are there before what it replaces is gone: where they cannot be, nothing breaks.
    Need,
    /// A name is free before it is taken. Names that must be unique are guessed in part, so this gives way first.
    Name,
    /// A deletion follows a user that stays as it is: its record may be out of date.
    UnchangedUse,
    /// A deletion follows those that the state remembers as users.
    Use,
    /// A deletion follows a user of a type that holds it: the cloud refuses it before.
    Held,
    /// A declared dependency, or the order of the two halves of a replacement.
    Hard,
}

#[derive(Debug)]
struct StepNode {
    change: usize,
    phase: StepPhase,
    before: BTreeMap<usize, EdgeKind>,
}

/// Steps and the edges between them, while they are collected.
#[derive(Debug, Default)]
pub(super) struct StepGraph {
    nodes: Vec<StepNode>,
}

impl StepGraph {
    /// Returns a graph without steps, with room for so many.
    pub fn with_capacity(steps: usize) -> Self {
        Self { nodes: Vec::with_capacity(steps) }
    }

    /// Adds a step and returns its number.
    pub fn add(&mut self, change: usize, phase: StepPhase) -> usize {
        self.nodes.push(StepNode { change, phase, before: BTreeMap::new() });
        self.nodes.len() - 1
    }

    /// Makes `later` wait for `earlier`; of two edges the stronger stays. A step that is absent makes no edge.
    pub fn edge(&mut self, earlier: Option<usize>, later: Option<usize>, kind: EdgeKind) {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier != later
            && let Some(node) = self.nodes.get_mut(later)
        {
            let slot = node.before.entry(earlier).or_insert(kind);
            *slot = kind.max(*slot);
        }
    }

    /// Returns what a step waits for, as changes with the strength of the edge.
    pub fn waits(&self, step: usize) -> impl Iterator<Item = (usize, EdgeKind)> {
        let before = self.nodes.get(step).into_iter().flat_map(|node| &node.before);
        before.filter_map(|(earlier, kind)| Some((self.nodes.get(*earlier)?.change, *kind)))
    }

    /// Checks that a step waits for another; a step that is absent neither waits nor is waited for.
    pub fn is_after(&self, later: Option<usize>, earlier: Option<usize>) -> bool {
        let later = later.and_then(|later| self.nodes.get(later));
        later.zip(earlier).is_some_and(|(later, earlier)| later.before.contains_key(&earlier))
    }

    /// Drops soft edges until no cycle is left.
    ///
    /// What the model asks for has no cycle, but together with what the state remembers it may: a user that must be
    /// changed before its old base goes, and cannot be changed before. Names give way first, then deletions that wait
    /// for changes, then those that wait for other deletions, and last what is known to be held; the cloud has the last
    /// word on whether something is still in use. What only spares a gap joins the rest where it fits.
    pub fn break_cycles(&mut self) {
        let has =
            |is: fn(EdgeKind) -> bool| self.nodes.iter().flat_map(|node| node.before.values()).any(|kind| is(*kind));
        let (is_soft, has_needs) = (has(|kind| kind != EdgeKind::Hard), has(is_need));
        if !is_soft {
            return;
        }
        let counts = |kind| !is_need(kind);
        self.drop_on_cycles(|kind| counts(kind) && kind != EdgeKind::UnchangedUse, |kind, _| kind == EdgeKind::Name);
        self.drop_on_cycles(counts, |kind, phase| {
            matches!(kind, EdgeKind::Use | EdgeKind::UnchangedUse) && phase == StepPhase::Create
        });
        self.drop_on_cycles(counts, |kind, _| !matches!(kind, EdgeKind::Need | EdgeKind::Held | EdgeKind::Hard));
        self.drop_on_cycles(counts, |kind, phase| kind == EdgeKind::Held && phase == StepPhase::Create);
        self.drop_on_cycles(counts, |kind, _| !matches!(kind, EdgeKind::Need | EdgeKind::Hard));
        if has_needs {
            self.drop_on_cycles(|_| true, |kind, _| is_need(kind));
        }
    }

    /// Drops the edges on a cycle of those that `counts` for which `drops` holds, given kind and phase of the earlier.
    ///
    /// An edge is on a cycle when both its ends are in one strongly connected component (Tarjan).
    fn drop_on_cycles(&mut self, counts: impl Fn(EdgeKind) -> bool, drops: impl Fn(EdgeKind, StepPhase) -> bool) {
        let mut graph = DiGraph::<(), (), usize>::with_capacity(self.nodes.len(), self.nodes.len());
        for _ in &self.nodes {
            graph.add_node(());
        }
        for (later, node) in self.nodes.iter().enumerate() {
            for (earlier, _) in node.before.iter().filter(|(_, kind)| counts(**kind)) {
                graph.add_edge((*earlier).into(), later.into(), ());
            }
        }
        for group in tarjan_scc(&graph).into_iter().filter(|group| group.len() > 1) {
            let group: BTreeMap<usize, StepPhase> = group
                .into_iter()
                .map(NodeIndex::index)
                .filter_map(|index| Some((index, self.nodes.get(index)?.phase)))
                .collect();
            for later in group.keys() {
                if let Some(node) = self.nodes.get_mut(*later) {
                    node.before.retain(|earlier, kind| !group.get(earlier).is_some_and(|phase| drops(*kind, *phase)));
                }
            }
        }
    }

    /// Returns the steps in topological order (Kahn); among those that could be next, the one that was added first.
    pub fn sorted(&self) -> Vec<PlanStep> {
        let mut waiting: Vec<usize> = self.nodes.iter().map(|node| node.before.len()).collect();
        let mut later = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for earlier in node.before.keys() {
                if let Some(later) = later.get_mut(*earlier) {
                    later.push(index);
                }
            }
        }
        let is_free = |(index, count): (usize, &usize)| (*count == 0).then_some(Reverse(index));
        let mut ready: BinaryHeap<Reverse<usize>> = waiting.iter().enumerate().filter_map(is_free).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(Reverse(index)) = ready.pop() {
            order.push(index);
            for after in later.get(index).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(*after) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(Reverse(*after));
                    }
                }
            }
        }
        // Hard edges form no cycle. Were there one all the same, its steps would stand here and a run would refuse them.
        let done: BTreeSet<usize> = order.iter().copied().collect();
        order.extend((0..self.nodes.len()).filter(|index| !done.contains(index)));
        let mut position = vec![0; self.nodes.len()];
        for (at, index) in order.iter().enumerate() {
            if let Some(slot) = position.get_mut(*index) {
                *slot = at;
            }
        }
        let step = |index: usize| {
            let node = self.nodes.get(index)?;
            let mut after: Vec<usize> =
                node.before.keys().filter_map(|earlier| position.get(*earlier).copied()).collect();
            after.sort_unstable();
            Some(PlanStep { change: node.change, phase: node.phase, after })
        };
        order.into_iter().filter_map(step).collect()
    }
}

fn is_need(kind: EdgeKind) -> bool {
    kind == EdgeKind::Need
}
