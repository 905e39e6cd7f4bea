//! Reads a text piece by piece: the rules in the last part of the grammar, one behind the other.
//!
//! A rule only looks at the text behind its start, so a piece is found as it would be within the whole.

use super::parser::{Grammar, Rule};
use super::tree::{NodeData, offset, trim};
use pest::{Parser as _, Token};

/// The number of bytes before a goal from which only one part of a body is read at a time, so that the goal is met.
const NEAR: usize = 64 * 1024;
/// The number of bytes that make a node, at the least; so much room is taken at once.
const BYTES_PER_NODE: usize = 4;

/// Returns the start of a line in the middle of a text that is likely to begin a resource in the body of a layer.
pub(super) fn middle(text: &str) -> Option<usize> {
    let half = text.len() / 2;
    let is_resource = |line: &str| line.trim_start_matches(' ').starts_with("resource ");
    let lines = text.get(half..)?.match_indices('\n').map(|(at, _)| half + at);
    let mut lines = lines.filter(|at| text.get(at + 1..).is_some_and(is_resource));
    lines.next()
}

/// The nodes of what has been read of a text.
pub(super) struct Pieces<'t> {
    text: &'t str,
    /// Offset behind what has been read, in bytes.
    pub at: usize,
    /// The nodes, each before what lies inside it.
    pub nodes: Vec<NodeData>,
    /// Index of the innermost node that is not closed yet: `file`, or a `body`.
    open: u32,
    /// The first node stands for a body whose beginning is not read.
    is_ahead: bool,
}

impl<'t> Pieces<'t> {
    /// Begins to read a text.
    pub fn of(text: &'t str) -> Option<Self> {
        let nodes = Vec::with_capacity(text.len() / BYTES_PER_NODE);
        let mut pieces = Self { text, at: 0, nodes, open: 0, is_ahead: false };
        pieces.push(Rule::file, 0);
        pieces.read(Rule::file_start)?;
        Some(pieces)
    }

    /// Reads a value that stands alone, from an offset to the end of a text.
    pub fn of_value(text: &'t str, from: usize) -> Option<Self> {
        let mut pieces = Self { text, at: from, nodes: Vec::new(), open: 0, is_ahead: false };
        pieces.read(Rule::outside_value)?;
        Some(pieces)
    }

    /// Reads the rest of a body, as if a part of it began at `at`; stops before what closes the body.
    pub fn ahead(text: &'t str, at: usize) -> Self {
        let nodes = Vec::with_capacity(text.len().saturating_sub(at) / BYTES_PER_NODE);
        let mut pieces = Self { text, at, nodes, open: 0, is_ahead: true };
        pieces.push(Rule::body, at);
        while pieces.step(text.len()).is_some() {}
        pieces
    }

    /// Reads up to `goal`, or to the end of the part of a body in which it lies.
    pub fn read_to(&mut self, goal: usize) -> Option<()> {
        while self.at < goal || goal == self.text.len() {
            if self.nodes.last().is_some_and(|node| node.rule == Rule::EOI) {
                self.close(self.at);
                break;
            }
            self.step(goal)?;
        }
        Some(())
    }

    /// Goes on behind what was read ahead, if a part of a body begins where that began.
    pub fn append(&mut self, start: usize, ahead: &Pieces<'_>) {
        let here = self.nodes.get(self.open as usize).is_some_and(|node| node.rule == Rule::body);
        if self.at != start || !here || ahead.open != 0 {
            return;
        }
        // The first node ahead is the body that is open here.
        let (open, shift) = (self.open, offset(self.nodes.len()) - 1);
        self.nodes.extend(ahead.nodes.iter().skip(1).map(|node| NodeData {
            parent: if node.parent == 0 { open } else { node.parent + shift },
            next: node.next + shift,
            ..*node
        }));
        self.at = ahead.at;
    }

    /// Reads the next piece.
    fn step(&mut self, goal: usize) -> Option<()> {
        if self.nodes.get(self.open as usize)?.rule == Rule::file {
            return self.read(Rule::file_run);
        }
        if self.is_ahead && self.open == 0 {
            return self.read(Rule::body_ahead);
        }
        let is_near = goal < self.text.len() && goal - self.at < NEAR;
        self.read(if is_near { Rule::body_step } else { Rule::body_run })
    }

    /// Reads one rule, and moves behind it.
    pub fn read(&mut self, rule: Rule) -> Option<()> {
        let start = self.at;
        let mut is_closed = false;
        for token in Grammar::parse(rule, self.text.get(start..)?).ok()?.tokens() {
            match token {
                Token::Start { rule, pos } => {
                    if let Some(rule) = node_of(rule) {
                        self.push(rule, start + pos.pos());
                    }
                }
                Token::End { rule, pos } => {
                    self.at = start + pos.pos();
                    is_closed |= rule == Rule::body_close;
                    if node_of(rule) == Some(rule) {
                        self.close(self.at);
                    }
                }
            }
        }
        if is_closed {
            // The body, and what it is the body of.
            self.close(self.at);
            self.close(self.at);
            let is_item = self.nodes.get(self.open as usize)?.rule == Rule::file;
            self.read(if is_item { Rule::item_after } else { Rule::entry_after })?;
        }
        Some(())
    }

    fn push(&mut self, rule: Rule, start: usize) {
        let (id, at) = (offset(self.nodes.len()), offset(start));
        self.nodes.push(NodeData { rule, start: at, end: at, parent: self.open, next: 0 });
        self.open = id;
    }

    fn close(&mut self, end: usize) {
        let next = offset(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(self.open as usize) {
            let (start, end) = trim(self.text, node.rule, node.start as usize, end);
            (node.start, node.end, node.next) = (offset(start), offset(end), next);
            self.open = node.parent;
        }
    }
}

/// Returns the rule of the node that a rule makes, if it makes one: a half makes the whole, and no piece makes any.
fn node_of(rule: Rule) -> Option<Rule> {
    // The pieces come last in the grammar.
    if rule < Rule::file_start {
        return Some(rule);
    }
    match rule {
        Rule::stack_open => Some(Rule::stack_item),
        Rule::extend_open => Some(Rule::extend_item),
        Rule::component_open => Some(Rule::component_item),
        Rule::environment_open => Some(Rule::environment_item),
        Rule::layer_open => Some(Rule::layer_stmt),
        Rule::body_open => Some(Rule::body),
        _ => None,
    }
}
