//! The concrete tree: every piece of the text that means something, with its place, in one flat list.
//!
//! The lowering, the diagnostics and the formatter all read this one tree.

use super::parser;
pub(super) use super::parser::Rule;

/// The tree of one text, in the order of the text: a node is followed by all that lies inside it.
#[derive(Debug)]
pub(super) struct SyntaxTree<'t> {
    pub text: &'t str,
    nodes: Vec<NodeData>,
}

#[derive(Debug)]
pub(super) struct NodeData {
    pub rule: Rule,
    pub start: u32,
    pub end: u32,
    pub parent: u32,
    /// The first node after this one that does not lie inside it.
    pub next: u32,
}

/// A place in the text, or the number of a node: a file is far smaller than `u32::MAX`.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A node, with the tree it belongs to.
#[derive(Clone, Copy)]
pub(super) struct SyntaxNode<'t> {
    tree: &'t SyntaxTree<'t>,
    id: u32,
}

impl<'t> SyntaxTree<'t> {
    /// Returns the tree of `text`.
    ///
    /// `None` where [`parser::parse`] finds none.
    pub fn parse(text: &'t str) -> Option<SyntaxTree<'t>> {
        parser::parse(text).map(|nodes| SyntaxTree { text, nodes })
    }

    pub fn root(&'t self) -> Option<SyntaxNode<'t>> {
        (!self.nodes.is_empty()).then_some(SyntaxNode { tree: self, id: 0 })
    }

    /// Every node, in the order of the text.
    pub fn nodes(&'t self) -> impl Iterator<Item = SyntaxNode<'t>> {
        (0u32..).take(self.nodes.len()).map(|id| SyntaxNode { tree: self, id })
    }
}

/// A rule may end with the blanks before an optional part that was not there; a node ends with its last sign, and
/// an empty node stands right behind what came before it.
pub(super) fn trim(text: &str, rule: Rule, start: usize, end: usize) -> (usize, usize) {
    if matches!(rule, Rule::text_raw | Rule::block_raw | Rule::block_line | Rule::escape) {
        return (start, end);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let bytes = text.as_bytes();
    let floor = if start == end { 0 } else { start };
    let before = bytes.get(floor..end).unwrap_or_default();
    let end = end - before.iter().rev().take_while(|byte| blank(byte)).count();
    (start.min(end), end)
}

impl<'t> SyntaxNode<'t> {
    fn data(self) -> &'t NodeData {
        // Every id was made from an index of this very list.
        &self.tree.nodes[self.id as usize]
    }

    pub fn rule(self) -> Rule {
        self.data().rule
    }

    pub fn start(self) -> usize {
        self.data().start as usize
    }

    pub fn end(self) -> usize {
        self.data().end as usize
    }

    pub fn text(self) -> &'t str {
        self.tree.text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// The whole text the node lies in.
    pub fn source(self) -> &'t str {
        self.tree.text
    }

    pub fn is(self, rule: Rule) -> bool {
        self.rule() == rule
    }

    pub fn parent(self) -> Option<SyntaxNode<'t>> {
        (self.id != 0).then(|| SyntaxNode { tree: self.tree, id: self.data().parent })
    }

    pub fn children(self) -> Children<'t> {
        Children { tree: self.tree, at: self.id + 1, end: self.data().next }
    }

    /// The first child made by `rule`.
    pub fn child(self, rule: Rule) -> Option<SyntaxNode<'t>> {
        self.children().find(|child| child.is(rule))
    }

    pub fn has(self, rule: Rule) -> bool {
        self.child(rule).is_some()
    }

    /// The node and all that lies inside it, in the order of the text.
    pub fn descendants(self) -> impl Iterator<Item = SyntaxNode<'t>> {
        (self.id..self.data().next.max(self.id + 1)).map(move |id| SyntaxNode { tree: self.tree, id })
    }

    /// The sibling after this one.
    pub fn after(self) -> Option<SyntaxNode<'t>> {
        let next = self.data().next;
        let next = ((next as usize) < self.tree.nodes.len()).then_some(SyntaxNode { tree: self.tree, id: next })?;
        (next.data().parent == self.data().parent).then_some(next)
    }

    /// The sibling before this one: what lies right before it in the text, or what that lies in.
    pub fn before(self) -> Option<SyntaxNode<'t>> {
        let parent = self.parent()?;
        let mut before = SyntaxNode { tree: self.tree, id: self.id.checked_sub(1)? };
        while before != parent {
            let around = before.parent()?;
            if around == parent {
                return Some(before);
            }
            before = around;
        }
        None
    }
}

impl PartialEq for SyntaxNode<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

pub(super) struct Children<'t> {
    tree: &'t SyntaxTree<'t>,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = SyntaxNode<'t>;

    fn next(&mut self) -> Option<SyntaxNode<'t>> {
        if self.at >= self.end {
            return None;
        }
        let node = SyntaxNode { tree: self.tree, id: self.at };
        self.at = node.data().next;
        Some(node)
    }
}
