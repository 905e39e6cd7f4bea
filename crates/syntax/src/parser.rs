//! Runs pest on a text and keeps what it found as one flat list of nodes.
//!
//! `benches/parse.rs` measures what pest takes of a whole check, and says why no faster parser stands here.

use super::tree::{NodeData, offset, trim};
use pest::{Parser as _, Token};

mod grammar {
    //! The rules of `grammar/gpb.pest`, which is named from the crate's `src`.

    /// The parser that pest derives from the grammar.
    #[derive(pest_derive::Parser)]
    #[grammar = "../../../grammar/gpb.pest"]
    pub struct Grammar;
}

pub(super) use grammar::Rule;

/// Returns the nodes of a whole file, each before what lies inside it.
///
/// `None` if the stack at hand is too small for how deep the text nests, or if the grammar does not match, which it is
/// written to do for any text.
pub(super) fn parse(text: &str) -> Option<Vec<NodeData>> {
    let tokens = grammar::Grammar::parse(Rule::file, text).ok()?.tokens();
    let mut nodes: Vec<NodeData> = Vec::with_capacity(tokens.len() / 2);
    // The node that is open now.
    let mut open = 0;
    for token in tokens {
        match token {
            Token::Start { rule, pos } => {
                let (id, at) = (offset(nodes.len()), offset(pos.pos()));
                nodes.push(NodeData { rule, start: at, end: at, parent: open, next: 0 });
                open = id;
            }
            Token::End { pos, .. } => {
                let next = offset(nodes.len());
                if let Some(node) = nodes.get_mut(open as usize) {
                    let (start, end) = trim(text, node.rule, node.start as usize, pos.pos());
                    (node.start, node.end, node.next) = (offset(start), offset(end), next);
                    open = node.parent;
                }
            }
        }
    }
    Some(nodes)
}
