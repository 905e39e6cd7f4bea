//! Strings that match a pattern, for the common part of regular expressions.
//!
//! A pattern that uses more is given up, and the caller tests the string anyway.

use std::iter::Peekable;
use std::str::Chars;

/// Returns a string that matches `pattern`, varied by `random`.
///
/// `None` where the pattern uses more than is understood here.
pub fn sample(pattern: &str, random: &mut fastrand::Rng) -> Option<String> {
    let mut parser = PatternParser { chars: pattern.chars().peekable(), depth: 0 };
    let node = parser.alternatives()?;
    if parser.chars.next().is_some() {
        return None;
    }
    let mut text = String::new();
    node.write(&mut text, random);
    Some(text)
}

enum PatternNode {
    /// One of these characters.
    Class(Vec<char>),
    Sequence(Vec<PatternNode>),
    Either(Vec<PatternNode>),
    Repeat(Box<PatternNode>, usize, usize),
}

/// Longer repetitions say nothing more.
const MAX_REPETITIONS: usize = 512;

impl PatternNode {
    fn write(&self, text: &mut String, random: &mut fastrand::Rng) {
        if text.len() > MAX_REPETITIONS {
            return;
        }
        match self {
            PatternNode::Class(chars) => text.extend(random.choice(chars)),
            PatternNode::Sequence(nodes) => nodes.iter().for_each(|node| node.write(text, random)),
            PatternNode::Either(nodes) => {
                if let Some(node) = nodes.first() {
                    node.write(text, random);
                }
            }
            PatternNode::Repeat(node, min, max) => {
                // Eight of a kind tell two samples apart; one that may be absent is left out.
                let count = if *min == 0 && *max == 1 { 0 } else { (*min).max(8.min(*max)) };
                (0..count).for_each(|_| node.write(text, random));
            }
        }
    }
}

struct PatternParser<'a> {
    chars: Peekable<Chars<'a>>,
    depth: usize,
}

impl PatternParser<'_> {
    fn eat(&mut self, wanted: char) -> bool {
        self.chars.next_if_eq(&wanted).is_some()
    }

    fn alternatives(&mut self) -> Option<PatternNode> {
        self.depth += 1;
        if self.depth > 32 {
            return None;
        }
        let mut nodes = vec![self.sequence()?];
        while self.eat('|') {
            nodes.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(PatternNode::Either(nodes))
    }

    fn sequence(&mut self) -> Option<PatternNode> {
        let mut nodes = Vec::new();
        while let Some(next) = self.chars.peek() {
            match next {
                '|' | ')' => break,
                '^' | '$' => {
                    self.chars.next();
                }
                _ => {
                    let atom = self.atom()?;
                    nodes.push(self.repeated(atom)?);
                }
            }
        }
        Some(PatternNode::Sequence(nodes))
    }

    fn atom(&mut self) -> Option<PatternNode> {
        match self.chars.next()? {
            '(' => {
                if self.eat('?') && !self.eat(':') {
                    return None;
                }
                let node = self.alternatives()?;
                self.eat(')').then_some(node)
            }
            '[' => self.class(),
            '.' => Some(PatternNode::Class(('a'..='z').collect())),
            '\\' => self.escape().map(PatternNode::Class),
            '*' | '+' | '?' | '{' => None,
            char => Some(PatternNode::Class(vec![char])),
        }
    }

    fn repeated(&mut self, atom: PatternNode) -> Option<PatternNode> {
        let (min, max) = match self.chars.peek() {
            Some('*') => (0, MAX_REPETITIONS),
            Some('+') => (1, MAX_REPETITIONS),
            Some('?') => (0, 1),
            Some('{') => {
                self.chars.next();
                let (min, max) = self.bounds()?;
                self.eat('?');
                return Some(PatternNode::Repeat(Box::new(atom), min, max));
            }
            _ => return Some(atom),
        };
        self.chars.next();
        self.eat('?');
        Some(PatternNode::Repeat(Box::new(atom), min, max))
    }

    /// `n}`, `n,}` or `n,m}`
    fn bounds(&mut self) -> Option<(usize, usize)> {
        let min = self.number()?;
        let max = match self.eat(',') {
            false => min,
            true if self.chars.peek() == Some(&'}') => MAX_REPETITIONS,
            true => self.number()?,
        };
        (self.eat('}') && min <= max).then_some((min.min(MAX_REPETITIONS), max.min(MAX_REPETITIONS)))
    }

    fn number(&mut self) -> Option<usize> {
        let mut digits = String::new();
        while let Some(digit) = self.chars.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok()
    }

    fn class(&mut self) -> Option<PatternNode> {
        let negated = self.eat('^');
        let mut chars = Vec::new();
        loop {
            let first = match self.chars.next()? {
                ']' => break,
                '\\' => self.escape()?,
                char => vec![char],
            };
            let [low] = first.as_slice() else {
                chars.extend(first);
                continue;
            };
            if !self.eat('-') {
                chars.push(*low);
                continue;
            }
            match self.chars.next()? {
                ']' => {
                    chars.extend([*low, '-']);
                    break;
                }
                '\\' => chars.extend(self.escape()?.last().map(|high| (*low..=*high).take(256)).into_iter().flatten()),
                high => chars.extend((*low..=high).take(256)),
            }
        }
        if negated {
            chars = ('a'..='z').chain('0'..='9').filter(|char| !chars.contains(char)).collect();
        }
        // Letters and digits read best, and are wanted everywhere.
        if chars.iter().any(char::is_ascii_alphanumeric) {
            chars.retain(char::is_ascii_alphanumeric);
        }
        (!chars.is_empty()).then_some(PatternNode::Class(chars))
    }

    fn escape(&mut self) -> Option<Vec<char>> {
        Some(match self.chars.next()? {
            'd' => ('0'..='9').collect(),
            'w' => ('a'..='z').chain('0'..='9').collect(),
            's' => vec![' '],
            'S' | 'D' => ('a'..='z').collect(),
            'W' => vec!['-'],
            't' => vec!['\t'],
            'n' => vec!['\n'],
            'r' => vec!['\r'],
            char if char.is_ascii_alphanumeric() => return None,
            char => vec![char],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepts(pattern: &str, text: &str) -> bool {
        regress::Regex::new(pattern).unwrap().find(text).is_some()
    }

    #[test]
    fn a_sample_is_accepted_by_its_pattern() {
        for pattern in [
            r"^vpc-[0-9a-f]{17}$",
            r"^arn:aws[a-zA-Z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-f0-9-]{36}$",
            r"[\w+=,.@-]{1,64}",
            r"^(?!foo)bar$|^x$",
            r"^https?://[^\s/]+/.*$",
            r"^[a-z]{2}-[a-z]+-\d(/[a-z]|)$",
            r"^\S{3,}$",
            r"^[A-Z0-9][A-Z0-9_]{0,9}?$",
        ] {
            let Some(text) = sample(pattern, &mut fastrand::Rng::with_seed(1)) else {
                assert!(pattern.contains("?!"), "{pattern} is not understood");
                continue;
            };
            assert!(accepts(pattern, &text), "{pattern} refuses {text}");
            assert_eq!(sample(pattern, &mut fastrand::Rng::with_seed(1)), Some(text));
        }
    }

    proptest! {
        #[test]
        fn no_pattern_does_harm(pattern in r"[\[\](){}?*+|\\a-z0-9,^$.:-]{0,40}") {
            let _ = sample(&pattern, &mut fastrand::Rng::with_seed(1));
        }
    }
}
