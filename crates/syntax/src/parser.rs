//! What the functions made of the grammar stand on: a place in the text, and the nodes made so far.

use super::tree::{Data, offset, trim};

#[allow(clippy::all, clippy::pedantic, non_snake_case, non_camel_case_types, unused_parens)]
mod rules {
    //! Made by the build script from `grammar/gpb.pest`.
    use super::Parser;

    include!(concat!(env!("OUT_DIR"), "/grammar.rs"));

    pub(super) fn whole(p: &mut Parser<'_>) -> bool {
        file::<0, false>(p)
    }
}

#[cfg(test)]
pub(super) use rules::ALL_RULES;
pub(super) use rules::Rule;

/// The nodes of a whole file, each before what lies inside it. `None` if the grammar does not match, which it always does.
pub(super) fn parse(text: &str) -> Option<Vec<Data>> {
    // Most texts need less. What is never touched costs nothing, and to grow a long list is to copy it each time.
    let nodes = Vec::with_capacity(text.len() / 3 + 16);
    let mut parser = Parser { text, at: 0, nodes, parent: 0 };
    rules::whole(&mut parser).then_some(parser.nodes)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Data>,
    /// The node that is open now.
    parent: u32,
}

/// Where to go back to when an attempt fails.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    nodes: usize,
}

/// A node whose end is not known yet, and the one it lies in.
#[derive(Clone, Copy)]
struct Open {
    id: u32,
    parent: u32,
}

/// Nodes are made neither inside atomic rules nor inside guards.
const fn makes_nodes(atomicity: u8, quiet: bool) -> bool {
    atomicity != 2 && !quiet
}

impl Parser<'_> {
    #[inline]
    fn mark(&self) -> Mark {
        Mark { at: self.at, nodes: self.nodes.len() }
    }

    /// Undoes an attempt; always `false`, as the attempt's result is.
    #[inline]
    fn back(&mut self, mark: Mark) -> bool {
        self.at = mark.at;
        self.nodes.truncate(mark.nodes);
        false
    }

    #[inline]
    fn open<const A: u8, const Q: bool>(&mut self, rule: Rule) -> Open {
        let open = Open { id: offset(self.nodes.len()), parent: self.parent };
        if makes_nodes(A, Q) {
            let at = offset(self.at);
            self.nodes.push(Data { rule, start: at, end: at, parent: self.parent, next: 0 });
            self.parent = open.id;
        }
        open
    }

    #[inline]
    fn close<const A: u8, const Q: bool>(&mut self, open: Open, matched: bool) -> bool {
        if !makes_nodes(A, Q) {
            return matched;
        }
        self.parent = open.parent;
        if !matched {
            self.nodes.truncate(open.id as usize);
            return false;
        }
        let next = offset(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(open.id as usize) {
            let (start, end) = trim(self.text, node.rule, node.start as usize, self.at);
            (node.start, node.end, node.next) = (offset(start), offset(end), next);
        }
        true
    }

    #[inline]
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn next_in(&self, set: &[bool; 256]) -> bool {
        self.next().is_some_and(|byte| set[usize::from(byte)])
    }

    /// The length is a constant, so that no call is needed to compare a few bytes.
    #[inline]
    fn string<const N: usize>(&mut self, wanted: &[u8; N]) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let found = rest.first_chunk() == Some(wanted);
        self.at += if found { N } else { 0 };
        found
    }

    #[inline]
    fn byte(&mut self, wanted: impl Fn(&u8) -> bool) -> bool {
        let found = self.next().is_some_and(|byte| wanted(&byte));
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn any(&mut self) -> bool {
        let Some(byte) = self.next() else { return false };
        // The first byte of a character tells how many there are.
        self.at += match byte {
            0..0xC0 => 1,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        true
    }

    /// Goes on to the first of `ends`, or to the end of the text. `begins` are the bytes that any of them begins with.
    fn skip_until(&mut self, begins: &[bool; 256], ends: &[&str]) -> bool {
        let text = self.text.as_bytes();
        loop {
            let rest = text.get(self.at..).unwrap_or_default();
            let Some(next) = rest.iter().position(|byte| begins[usize::from(*byte)]) else {
                self.at = text.len();
                return true;
            };
            self.at += next;
            let rest = rest.get(next..).unwrap_or_default();
            if ends.iter().any(|end| rest.starts_with(end.as_bytes())) {
                return true;
            }
            self.at += 1;
        }
    }

    #[inline]
    fn at_start(&self) -> bool {
        self.at == 0
    }

    #[inline]
    fn at_end(&self) -> bool {
        self.at == self.text.len()
    }
}
