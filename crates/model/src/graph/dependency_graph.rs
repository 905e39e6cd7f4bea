//! The graph itself: nodes are resources, edges go from the one that needs to the one that is needed.

use crate::address::Address;
use crate::model::Model;
use crate::path::PropPath;
use crate::property::PropertyValue;
use crate::resource::Resource;
use foldhash::{HashMap, HashSet};
use gpb_base::source::Span;
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{DfsPostOrder, EdgeRef};

/// The dependencies between resources.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub(super) graph: DiGraph<Address, Edge>,
    /// For look-ups only: its order means nothing and is never used.
    index: HashMap<Address, NodeIndex>,
}

/// The reason why one resource needs another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    /// The property that refers to it; `None` when `after` names it.
    pub property: Option<PropPath>,
    /// The place where that is written.
    pub span: Option<Span>,
}

impl Graph {
    /// Returns the graph of a model.
    ///
    /// A reference to a resource that the model does not have makes no edge.
    pub fn build(model: &Model) -> Graph {
        let mut graph = Graph::with_nodes(model.resources.iter().map(|resource| resource.address.clone()));
        let mut seen = HashSet::default();
        for resource in &model.resources {
            graph.connect(resource, &mut seen);
            seen.clear();
        }
        graph.connect_reads(model);
        graph
    }

    /// Returns a graph of bare names.
    ///
    /// Each pair is one that needs and one that is needed.
    pub fn from_edges<'a>(
        nodes: impl IntoIterator<Item = Address>,
        edges: impl IntoIterator<Item = (&'a Address, &'a Address)>,
    ) -> Graph {
        let mut graph = Graph::with_nodes(nodes);
        let mut seen = HashSet::default();
        for (from, to) in edges {
            if let (Some(&from), Some(&to)) = (graph.index.get(from), graph.index.get(to))
                && seen.insert((from, to))
            {
                graph.graph.add_edge(from, to, Edge::default());
            }
        }
        graph
    }

    /// Returns the number of resources.
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Checks whether it has no resource.
    pub fn is_empty(&self) -> bool {
        self.graph.node_count() == 0
    }

    /// Checks whether a resource is in it.
    pub fn contains(&self, address: &Address) -> bool {
        self.index.contains_key(address)
    }

    /// Returns the resources that one needs directly, in the order its text names them.
    pub fn dependencies<'a>(&'a self, address: &Address) -> impl Iterator<Item = (&'a Address, &'a Edge)> {
        self.neighbours(address, Direction::Outgoing)
    }

    /// Returns the resources that need one directly, in order of declaration.
    pub fn dependents<'a>(&'a self, address: &Address) -> impl Iterator<Item = (&'a Address, &'a Edge)> {
        self.neighbours(address, Direction::Incoming)
    }

    /// Returns all edges as the resource that needs, the one that is needed, and why.
    ///
    /// By declaration of the first.
    pub fn edges(&self) -> impl Iterator<Item = (&Address, &Address, &Edge)> {
        self.graph.edge_references().filter_map(|edge| {
            let from = self.graph.node_weight(edge.source())?;
            let to = self.graph.node_weight(edge.target())?;
            Some((from, to, edge.weight()))
        })
    }

    /// Returns every resource after all it needs; otherwise in order of declaration.
    ///
    /// In a cycle the order is arbitrary but fixed.
    pub fn order(&self) -> Vec<&Address> {
        self.post_order().into_iter().filter_map(|node| self.graph.node_weight(node)).collect()
    }

    /// Returns the resources by the length of the longest way down.
    ///
    /// Those of a level need only those of lower levels.
    pub fn levels(&self) -> Vec<Vec<&Address>> {
        let mut depth = vec![0usize; self.graph.node_count()];
        let mut levels: Vec<Vec<&Address>> = Vec::new();
        for node in self.post_order() {
            let below = self.graph.neighbors(node).filter_map(|to| depth.get(to.index()).copied());
            let mine = below.max().map_or(0, |deepest| deepest + 1);
            if let Some(slot) = depth.get_mut(node.index()) {
                *slot = mine;
            }
            if levels.len() <= mine {
                levels.resize_with(mine + 1, Vec::new);
            }
            if let (Some(level), Some(address)) = (levels.get_mut(mine), self.graph.node_weight(node)) {
                level.push(address);
            }
        }
        levels
    }

    fn with_nodes(nodes: impl IntoIterator<Item = Address>) -> Graph {
        let nodes = nodes.into_iter();
        let (count, _) = nodes.size_hint();
        let mut graph = Graph::default();
        graph.graph.reserve_exact_nodes(count);
        graph.index.reserve(count);
        for address in nodes {
            if !graph.index.contains_key(&address) {
                let node = graph.graph.add_node(address.clone());
                graph.index.insert(address, node);
            }
        }
        graph
    }

    /// Adds the dependencies of a resource.
    ///
    /// One edge a neighbour, for the first reason given.
    ///
    /// `seen` holds the neighbours it has, none yet.
    fn connect(&mut self, resource: &Resource, seen: &mut HashSet<NodeIndex>) {
        let Some(&from) = self.index.get(&resource.address) else { return };
        let mut add = |graph: &mut Graph, to: &Address, property: Option<PropPath>, span: Span| {
            if let Some(&to) = graph.index.get(to)
                && seen.insert(to)
            {
                graph.graph.add_edge(from, to, Edge { property, span: Some(span) });
            }
        };
        let mut at = Vec::new();
        for (name, value) in &resource.properties {
            at.clear();
            at.push(Segment::Key(name));
            visit(value, &mut at, &mut |to, segments| {
                let path = path_of(segments);
                let span = span_of(resource, &path);
                add(self, to, Some(path), span);
            });
        }
        for watched in &resource.lifecycle.watched {
            let mut found = Vec::new();
            watched.value.iter().for_each(|value| value.references(&mut found));
            for reference in found {
                add(self, &reference.to, None, watched.span);
            }
        }
        for to in &resource.after {
            add(self, to, None, resource.after_spans.get(to).copied().unwrap_or(resource.span));
        }
    }

    /// Adds an edge for each value that was taken from a written property, but for those that would close a cycle: the value
    /// is known, so two resources may each take one from the other.
    fn connect_reads(&mut self, model: &Model) {
        let mut added = HashSet::default();
        for resource in model.resources.iter().filter(|resource| !resource.reads.is_empty()) {
            let Some(&from) = self.index.get(&resource.address) else { continue };
            for (to, property) in &resource.reads {
                if let Some(&to) = self.index.get(to)
                    && from != to
                    && self.graph.find_edge(from, to).is_none()
                {
                    let span = span_of(resource, property);
                    self.graph.add_edge(from, to, Edge { property: Some(property.clone()), span: Some(span) });
                    added.insert((from, to));
                }
            }
        }
        if added.is_empty() {
            return;
        }
        let mut group_of = vec![0usize; self.graph.node_count()];
        for (number, group) in kosaraju_scc(&self.graph).into_iter().enumerate() {
            for node in group {
                if let Some(slot) = group_of.get_mut(node.index()) {
                    *slot = number;
                }
            }
        }
        self.graph.retain_edges(|graph, edge| {
            let Some((from, to)) = graph.edge_endpoints(edge) else { return false };
            !added.contains(&(from, to)) || group_of.get(from.index()) != group_of.get(to.index())
        });
    }

    fn neighbours<'a>(
        &'a self,
        address: &Address,
        direction: Direction,
    ) -> impl Iterator<Item = (&'a Address, &'a Edge)> {
        let node = self.index.get(address).copied();
        let mut found: Vec<_> = node
            .into_iter()
            .flat_map(|node| self.graph.edges_directed(node, direction))
            .filter_map(|edge| {
                let other = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
                Some((self.graph.node_weight(other)?, edge.weight()))
            })
            .collect();
        // petgraph gives the newest edge first.
        found.reverse();
        found.into_iter()
    }

    /// Returns the nodes after all they need.
    ///
    /// Iterative, so that a chain of any length fits the stack.
    fn post_order(&self) -> Vec<NodeIndex> {
        let mut order = Vec::with_capacity(self.graph.node_count());
        let mut walk = DfsPostOrder::empty(&self.graph);
        for node in self.graph.node_indices() {
            walk.move_to(node);
            while let Some(next) = walk.next(&self.graph) {
                order.push(next);
            }
        }
        order
    }
}

/// One step into a value.
#[derive(Clone, Copy)]
enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

fn visit<'a>(value: &'a PropertyValue, at: &mut Vec<Segment<'a>>, found: &mut dyn FnMut(&Address, &[Segment<'a>])) {
    match value {
        PropertyValue::Ref(reference) => found(&reference.to, at),
        PropertyValue::List(items) => {
            for (index, item) in items.iter().enumerate() {
                at.push(Segment::Index(index));
                visit(item, at, found);
                at.pop();
            }
        }
        PropertyValue::Map(entries) => {
            for (key, value) in entries {
                at.push(Segment::Key(key));
                visit(value, at, found);
                at.pop();
            }
        }
        PropertyValue::Concat(parts) | PropertyValue::Call { args: parts, .. } => {
            for part in parts {
                visit(part, at, found);
            }
        }
        PropertyValue::Bool(_)
        | PropertyValue::Int(_)
        | PropertyValue::Number(_)
        | PropertyValue::Text(_)
        | PropertyValue::Secret(_) => {}
    }
}

fn path_of(segments: &[Segment<'_>]) -> PropPath {
    segments.iter().fold(PropPath::default(), |path, segment| match segment {
        Segment::Key(key) => path.child(key),
        Segment::Index(index) => path.child(&index.to_string()),
    })
}

/// Returns the span of a property.
///
/// Its own, or that of the nearest property around it.
fn span_of(resource: &Resource, path: &PropPath) -> Span {
    if let Some(span) = resource.spans.get(path) {
        return *span;
    }
    let ends = path.0.rmatch_indices('/').map(|(end, _)| end);
    let mut around = ends.filter_map(|end| resource.spans.get(&PropPath(path.0.get(..end)?.into())));
    around.next().copied().unwrap_or(resource.span)
}
