//! Finds cycles of references.

use crate::compile_context::CompileContext;
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::Ident;
use indexmap::IndexMap;
use std::collections::HashSet;

/// A graph of functions calling functions, or components using components.
#[derive(Debug, Default)]
pub struct ReferenceGraph {
    nodes: IndexMap<NodeId, ReferenceNode>,
}

#[derive(Debug, Default)]
struct ReferenceNode {
    name: String,
    span: Option<Span>,
    /// The items it refers to, each with the place of the reference.
    needs: Vec<(NodeId, Span)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checkpoint {
    Open,
    Done,
}

impl ReferenceGraph {
    /// Adds an item, or names one that is referred to already.
    pub fn node(&mut self, key: NodeId, name: &Ident) {
        let node = self.nodes.entry(key).or_default();
        name.text.as_str().clone_into(&mut node.name);
        node.span = Some(name.span);
    }

    /// Adds a reference of an item to another.
    pub fn edge(&mut self, from: NodeId, to: NodeId, span: Span) {
        if let Some(node) = self.nodes.get_mut(&from) {
            node.needs.push((to, span));
        }
    }

    /// Reports each cycle once, as the path of the references in it.
    ///
    /// Returns everything on a cycle.
    pub fn report(&self, cx: &CompileContext<'_>, code: &'static str, what: &str, why: &str) -> HashSet<NodeId> {
        let mut marks: IndexMap<NodeId, Checkpoint> = IndexMap::new();
        let mut on_cycles = HashSet::new();
        for start in self.nodes.keys() {
            for cycle in self.cycles_from(*start, &mut marks) {
                on_cycles.extend(cycle.iter().map(|(key, _)| *key));
                cx.reports.add(self.describe(&cycle, code, what).help(why));
            }
        }
        on_cycles
    }

    /// Searches depth first, without recursion.
    ///
    /// A chain of functions may be as long as the program.
    fn cycles_from(&self, start: NodeId, marks: &mut IndexMap<NodeId, Checkpoint>) -> Vec<Vec<(NodeId, Span)>> {
        let mut found = Vec::new();
        if marks.contains_key(&start) {
            return found;
        }
        // Each step: the node, and how many of its needs have been followed.
        let mut path: Vec<(NodeId, usize)> = vec![(start, 0)];
        marks.insert(start, Checkpoint::Open);
        while let Some((key, followed)) = path.last_mut() {
            let next = self.nodes.get(key).and_then(|node| node.needs.get(*followed)).copied();
            *followed += 1;
            match next {
                None => {
                    marks.insert(*key, Checkpoint::Done);
                    path.pop();
                }
                Some((to, _)) => match marks.get(&to) {
                    None if self.nodes.contains_key(&to) => {
                        marks.insert(to, Checkpoint::Open);
                        path.push((to, 0));
                    }
                    Some(Checkpoint::Open) => found.push(self.cycle_of(&path, to)),
                    _ => {}
                },
            }
        }
        found
    }

    /// Returns the part of the path from `to` on.
    ///
    /// Each node comes with the place of its reference to the next.
    fn cycle_of(&self, path: &[(NodeId, usize)], to: NodeId) -> Vec<(NodeId, Span)> {
        let start = path.iter().position(|(key, _)| *key == to).unwrap_or(0);
        let steps = path.iter().skip(start).filter_map(|(key, followed)| {
            let (_, span) = self.nodes.get(key)?.needs.get(followed.checked_sub(1)?)?;
            Some((*key, *span))
        });
        steps.collect()
    }

    fn describe(&self, cycle: &[(NodeId, Span)], code: &'static str, what: &str) -> Diagnostic {
        let first = cycle.first().map(|(key, _)| *key);
        let name = |key: Option<NodeId>| key.and_then(|key| self.nodes.get(&key)).map_or("", |node| node.name.as_str());
        let mut diagnostic = Diagnostic::error(code, format!("the {what} `{}` needs itself", name(first)));
        for (index, (key, span)) in cycle.iter().enumerate() {
            let to = cycle.get(index + 1).map_or(first, |(key, _)| Some(*key));
            diagnostic = diagnostic.with_label(*span, format!("`{}` needs `{}` here", name(Some(*key)), name(to)));
        }
        diagnostic
    }
}
