//! Parses a pattern into its tree; none where the pattern uses something this engine does not know.

use super::class::{CharClass, CharKind};

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RegexNode {
    /// One character of a class.
    Set(CharClass),
    /// One after the other.
    Cat(Vec<RegexNode>),
    /// One of them.
    Alt(Vec<RegexNode>),
    /// The least and the greatest number of repetitions; none for any number.
    Repeat(Box<RegexNode>, u32, Option<u32>),
    /// The start of the string.
    Start,
    /// The end of the string.
    End,
    /// `\b`; false for its opposite.
    Boundary(bool),
    /// A part that must, or must not, match here without taking a character.
    Look {
        /// Set where it ends here; otherwise it starts here.
        behind: bool,
        /// Set where it must not match.
        negated: bool,
        /// The part.
        node: Box<RegexNode>,
    },
}

/// Deeper groups are not understood.
const MAX_DEPTH: usize = 50;

/// Returns the tree of a pattern.
pub(crate) fn parse(pattern: &str) -> Option<RegexNode> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parser = RegexParser { chars: &chars, at: 0, depth: 0, any_case: false, dot_all: false };
    let node = parser.alternatives()?;
    (parser.at == chars.len()).then_some(node)
}

struct RegexParser<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
    any_case: bool,
    dot_all: bool,
}

impl RegexParser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        Some(char)
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let found = text.chars().count() <= rest.len() && text.chars().zip(rest).all(|(wanted, char)| wanted == *char);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn alternatives(&mut self) -> Option<RegexNode> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let flags = (self.any_case, self.dot_all);
        let mut found = vec![self.sequence()?];
        while self.eat("|") {
            found.push(self.sequence()?);
        }
        (self.any_case, self.dot_all) = flags;
        self.depth -= 1;
        Some(if found.len() == 1 { found.swap_remove(0) } else { RegexNode::Alt(found) })
    }

    fn sequence(&mut self) -> Option<RegexNode> {
        let mut nodes = Vec::new();
        while let Some(char) = self.peek() {
            if char == '|' || char == ')' {
                break;
            }
            let node = self.atom()?;
            nodes.push(self.repeated(node)?);
        }
        Some(RegexNode::Cat(nodes))
    }

    fn repeated(&mut self, node: RegexNode) -> Option<RegexNode> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.counts() {
                Some((length, min, max)) => {
                    self.at += length - 1;
                    (min, max)
                }
                None => return Some(node),
            },
            _ => return Some(node),
        };
        self.at += 1;
        // Lazy and possessive repetitions choose between matches; whether there is one is all that is asked here.
        if !self.eat("?") {
            self.eat("+");
        }
        if max.is_some_and(|max| max < min) {
            return None;
        }
        let node = RegexNode::Repeat(Box::new(node), min, max);
        if matches!(self.peek(), Some('*' | '+' | '?')) { self.repeated(node) } else { Some(node) }
    }

    /// `{2}`, `{2,}` or `{2,8}` here: its length in characters and its bounds.
    ///
    /// Any other brace is a brace.
    fn counts(&self) -> Option<(usize, u32, Option<u32>)> {
        let rest = self.chars.get(self.at + 1..)?;
        let end = rest.iter().position(|char| *char == '}')?;
        let inside: String = rest.get(..end)?.iter().collect();
        let (min, max) = match inside.split_once(',') {
            None => (inside.parse().ok()?, Some(inside.parse().ok()?)),
            Some((min, "")) => (min.parse().ok()?, None),
            Some((min, max)) => (min.parse().ok()?, Some(max.trim().parse().ok()?)),
        };
        Some((end + 2, min, max))
    }

    fn atom(&mut self) -> Option<RegexNode> {
        Some(match self.next()? {
            '.' => RegexNode::Set(CharClass::dot(self.dot_all)),
            '^' => RegexNode::Start,
            '$' => RegexNode::End,
            '[' => RegexNode::Set(self.class()?),
            '(' => self.group()?,
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            char => RegexNode::Set(CharClass::one(char, self.any_case)),
        })
    }

    fn group(&mut self) -> Option<RegexNode> {
        for (opening, behind, negated) in
            [("?=", false, false), ("?!", false, true), ("?<=", true, false), ("?<!", true, true)]
        {
            if self.eat(opening) {
                let node = Box::new(self.alternatives()?);
                return self.eat(")").then_some(RegexNode::Look { behind, negated, node });
            }
        }
        if self.eat("?") && !self.eat(":") {
            if self.eat("<") {
                while self.next()? != '>' {}
            } else {
                return self.flags();
            }
        }
        let node = self.alternatives()?;
        self.eat(")").then_some(node)
    }

    /// `(?i)` and `(?s)`, to the end of the group around them.
    fn flags(&mut self) -> Option<RegexNode> {
        loop {
            match self.next()? {
                'i' => self.any_case = true,
                's' => self.dot_all = true,
                'm' | 'u' => {}
                ')' => return Some(RegexNode::Cat(Vec::new())),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<RegexNode> {
        match self.peek()? {
            'b' => Some(self.then(RegexNode::Boundary(true))),
            'B' => Some(self.then(RegexNode::Boundary(false))),
            'A' => Some(self.then(RegexNode::Start)),
            'Z' | 'z' => Some(self.then(RegexNode::End)),
            // A group said again: no table of states can tell.
            '1'..='9' => None,
            _ => {
                let mut class = self.escaped_class()?;
                class.any_case = self.any_case;
                Some(RegexNode::Set(class))
            }
        }
    }

    /// `node`, for the one character here.
    fn then(&mut self, node: RegexNode) -> RegexNode {
        self.at += 1;
        node
    }

    /// After a backslash, inside and outside of brackets.
    fn escaped_class(&mut self) -> Option<CharClass> {
        Some(match self.next()? {
            'd' => CharClass::kind(CharKind::Digit, false),
            'D' => CharClass::kind(CharKind::Digit, true),
            'w' => CharClass::kind(CharKind::Word, false),
            'W' => CharClass::kind(CharKind::Word, true),
            's' => CharClass::kind(CharKind::Space, false),
            'S' => CharClass::kind(CharKind::Space, true),
            'p' => CharClass::kind(self.property()?, false),
            'P' => CharClass::kind(self.property()?, true),
            'n' => CharClass::one('\n', false),
            'r' => CharClass::one('\r', false),
            't' => CharClass::one('\t', false),
            'f' => CharClass::one('\u{C}', false),
            'v' => CharClass::one('\u{B}', false),
            '0' => CharClass::one('\0', false),
            'x' => CharClass::one(self.code(2)?, false),
            'u' => CharClass::one(self.code(4)?, false),
            char if char.is_ascii_alphanumeric() => return None,
            char => CharClass::one(char, false),
        })
    }

    fn property(&mut self) -> Option<CharKind> {
        if !self.eat("{") {
            return CharKind::named(&self.next()?.to_string());
        }
        let mut name = String::new();
        loop {
            match self.next()? {
                '}' => return CharKind::named(&name),
                char => name.push(char),
            }
        }
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let braced = self.eat("{");
        let mut value = 0;
        for _ in 0..if braced { 6 } else { digits } {
            if braced && self.peek()? == '}' {
                break;
            }
            value = value * 16 + self.next()?.to_digit(16)?;
        }
        if braced && !self.eat("}") {
            return None;
        }
        // Half of a pair of code units: the bounds of what such ranges mean lie next to them.
        Some(char::from_u32(value).unwrap_or(if value < 0xDC00 { '\u{10000}' } else { '\u{10FFFF}' }))
    }

    fn class(&mut self) -> Option<CharClass> {
        let mut class = CharClass { any_case: self.any_case, ..CharClass::default() };
        class.negated = self.eat("^");
        let mut first = true;
        loop {
            // `[]…]` of other dialects; ECMA's `[]`, which nothing fits, no schema means.
            if self.peek()? == ']' && !first {
                self.at += 1;
                return Some(class);
            }
            first = false;
            if self.eat("&&") {
                return None;
            }
            let low = self.member()?;
            if self.peek()? == '-' && self.chars.get(self.at + 1).is_some_and(|char| *char != ']') {
                let back = self.at;
                self.at += 1;
                let high = self.member()?;
                if let (Some(low), Some(high)) = (single(&low), single(&high)) {
                    if low > high {
                        return None;
                    }
                    class.ranges.push((low, high));
                    continue;
                }
                // `[\w-.]`: a hyphen beside a kind stands for itself.
                self.at = back;
            }
            class.ranges.extend(low.ranges);
            class.kinds.extend(low.kinds);
        }
    }

    fn member(&mut self) -> Option<CharClass> {
        match self.next()? {
            '\\' if self.eat("b") => Some(CharClass::one('\u{8}', false)),
            '\\' => self.escaped_class(),
            '[' if self.peek() == Some(':') => None,
            char => Some(CharClass::one(char, false)),
        }
    }
}

fn single(class: &CharClass) -> Option<char> {
    match class.ranges.as_slice() {
        [(low, high)] if low == high && class.kinds.is_empty() && !class.negated => Some(*low),
        _ => None,
    }
}
