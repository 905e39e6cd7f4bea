//! The concrete tree: every meaningful piece of the text, in one flat list.
//!
//! The lowering, the diagnostics and the formatter all read this one tree.

use super::parser;
pub(super) use super::parser::Rule;

/// The tree of one text, in the order of the text.
///
/// A node is followed by all that lies inside it.
#[derive(Debug)]
pub(super) struct SyntaxTree<'t> {
    /// The text that was parsed.
    pub text: &'t str,
    nodes: Vec<NodeData>,
}

#[derive(Debug)]
pub(super) struct NodeData {
    /// The grammar rule that made the node.
    pub rule: Rule,
    /// Offset of its first byte, in bytes.
    pub start: u32,
    /// Offset behind its last byte, in bytes.
    pub end: u32,
    /// Index of the node around it, in the list of nodes.
    pub parent: u32,
    /// Index of the next node that is not inside this one, in the list of nodes.
    pub next: u32,
}

/// Returns an offset or an index as `u32`: a file is far smaller than its limit.
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
    /// Returns the tree of `text`, read on two threads if `parallel`.
    ///
    /// `None` where [`parser::parse`] finds none.
    pub fn parse(text: &'t str, parallel: bool) -> Option<SyntaxTree<'t>> {
        parser::parse(text, parallel).map(|nodes| SyntaxTree { text, nodes })
    }

    /// Returns the tree of a value that stands alone, from an offset to the end of `text`.
    pub fn parse_value(text: &'t str, from: usize) -> Option<SyntaxTree<'t>> {
        parser::parse_value(text, from).map(|nodes| SyntaxTree { text, nodes })
    }

    /// Returns the tree of `text` as the grammar finds it in one piece.
    #[cfg(test)]
    pub fn parse_whole(text: &'t str) -> Option<SyntaxTree<'t>> {
        parser::parse_whole(text).map(|nodes| SyntaxTree { text, nodes })
    }

    /// Returns the node of the whole file.
    pub fn root(&'t self) -> Option<SyntaxNode<'t>> {
        (!self.nodes.is_empty()).then_some(SyntaxNode { tree: self, id: 0 })
    }

    /// Returns every node, in the order of the text.
    pub fn nodes(&'t self) -> impl Iterator<Item = SyntaxNode<'t>> {
        (0u32..).take(self.nodes.len()).map(|id| SyntaxNode { tree: self, id })
    }
}

/// Returns the range of a node without the blanks at its end, in bytes.
///
/// A rule may end with the blanks before an optional part that was not there; a node ends with its last sign, and
/// an empty node stands right behind what came before it.
pub(super) fn trim(text: &str, rule: Rule, start: usize, end: usize) -> (usize, usize) {
    if matches!(rule, Rule::text_raw | Rule::block_raw | Rule::block_line | Rule::escape) {
        return (start, end);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let bytes = text.as_bytes();
    // Most nodes end with a sign.
    if start < end && bytes.get(end - 1).is_some_and(|byte| !blank(byte)) {
        return (start, end);
    }
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

    /// Returns the grammar rule that made the node.
    pub fn rule(self) -> Rule {
        self.data().rule
    }

    /// Returns the offset of the node's first byte, in bytes.
    pub fn start(self) -> usize {
        self.data().start as usize
    }

    /// Returns the offset behind the node's last byte, in bytes.
    pub fn end(self) -> usize {
        self.data().end as usize
    }

    /// Returns the text that the node spans.
    pub fn text(self) -> &'t str {
        self.tree.text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// Returns the whole text that the node lies in.
    pub fn source(self) -> &'t str {
        self.tree.text
    }

    /// Checks that `rule` made the node.
    pub fn is(self, rule: Rule) -> bool {
        self.rule() == rule
    }

    /// Returns the node around this one.
    pub fn parent(self) -> Option<SyntaxNode<'t>> {
        (self.id != 0).then(|| SyntaxNode { tree: self.tree, id: self.data().parent })
    }

    /// Returns the nodes directly inside, in the order of the text.
    pub fn children(self) -> Children<'t> {
        Children { tree: self.tree, at: self.id + 1, end: self.data().next }
    }

    /// Returns the first child made by `rule`.
    pub fn child(self, rule: Rule) -> Option<SyntaxNode<'t>> {
        self.children().find(|child| child.is(rule))
    }

    /// Checks that a child made by `rule` is there.
    pub fn has(self, rule: Rule) -> bool {
        self.child(rule).is_some()
    }

    /// Returns the node and all that lies inside it, in the order of the text.
    pub fn descendants(self) -> impl Iterator<Item = SyntaxNode<'t>> {
        (self.id..self.data().next.max(self.id + 1)).map(move |id| SyntaxNode { tree: self.tree, id })
    }

    /// Returns the sibling after this one.
    pub fn after(self) -> Option<SyntaxNode<'t>> {
        let next = self.data().next;
        let next = ((next as usize) < self.tree.nodes.len()).then_some(SyntaxNode { tree: self.tree, id: next })?;
        (next.data().parent == self.data().parent).then_some(next)
    }

    /// Returns the node itself, or the last one inside it, that is a chain of operands.
    pub fn last_chain(self) -> Option<SyntaxNode<'t>> {
        let is_chain = |node: &SyntaxNode<'_>| matches!(node.rule(), Rule::chain | Rule::free_chain);
        Some(self).filter(is_chain).or_else(|| self.children().filter(is_chain).last())
    }

    /// Returns the operand before this operator.
    pub fn before_in_chain(self) -> Option<SyntaxNode<'t>> {
        self.parent()?.children().take_while(|child| child.id != self.id).last()
    }

    /// Returns the sibling before this one.
    ///
    /// That is what lies right before it in the text, or what that lies in.
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

/// Returns the names under which a file uses others, `net` of `use "net.gpb" as net`, in the order of the text.
pub(super) fn aliases(root: SyntaxNode<'_>) -> Vec<&str> {
    let named = root.children().filter(|item| item.is(Rule::use_item) && item.has(Rule::kw_as));
    named.filter_map(|item| item.child(Rule::name)).map(SyntaxNode::text).collect()
}
