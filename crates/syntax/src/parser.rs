//! Runs pest on a text and keeps what it found as one flat list of nodes.
//!
//! A text is read in pieces, a few entries at a time: pest keeps eighty bytes for each node of what it reads at once, and
//! those of a large file would be most of the memory of a check. `benches/parse.rs` measures what pest takes of a whole
//! check, and says why no faster parser stands here.

use super::pieces::{self, Pieces};
use super::tree::NodeData;
use gpb_base::threads::join_if;

mod grammar {
    //! The rules of `grammar/gpb.pest`, which is named from the crate's `src`.

    /// The parser that pest derives from the grammar.
    #[derive(pest_derive::Parser)]
    #[grammar = "../../../grammar/gpb.pest"]
    pub struct Grammar;
}

pub(super) use grammar::{Grammar, Rule};

/// Returns the nodes of a whole file, each before what lies inside it.
///
/// With `parallel`, the second half may be read on a second thread; the nodes are the same. `None` if the stack at hand is
/// too small for how deep the text nests, or if the grammar does not match, which it is written to do for any text.
pub(super) fn parse(text: &str, parallel: bool) -> Option<Vec<NodeData>> {
    let middle = pieces::middle(text).filter(|_| parallel);
    let (ahead, here) = join_if(
        middle.is_some(),
        || middle.map(|middle| Pieces::ahead(text, middle)),
        || {
            let mut pieces = Pieces::of(text)?;
            middle.map_or(Some(()), |middle| pieces.read_to(middle))?;
            Some(pieces)
        },
    );
    let mut pieces = here?;
    if let (Some(middle), Some(ahead)) = (middle, ahead) {
        pieces.append(middle, &ahead);
    }
    pieces.read_to(text.len())?;
    Some(pieces.nodes)
}

/// Returns the nodes of a value that stands alone, from an offset to the end of a text.
pub(super) fn parse_value(text: &str, from: usize) -> Option<Vec<NodeData>> {
    Pieces::of_value(text, from).map(|pieces| pieces.nodes)
}

/// Returns the nodes of a whole file as the rule `file` finds them, in one piece.
#[cfg(test)]
pub(super) fn parse_whole(text: &str) -> Option<Vec<NodeData>> {
    let mut pieces = Pieces::of(text)?;
    pieces.nodes.clear();
    pieces.at = 0;
    pieces.read(Rule::file)?;
    Some(pieces.nodes)
}
