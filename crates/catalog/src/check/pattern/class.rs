//! Sets of characters.

/// What one character of a text may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Class {
    pub negated: bool,
    pub ranges: Vec<(char, char)>,
    /// Kinds, and whether they are meant the other way round.
    pub kinds: Vec<(Kind, bool)>,
    pub any_case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Digit,
    Word,
    Space,
    Letter,
    Number,
    Separator,
    Mark,
    Punctuation,
    Symbol,
    Other,
    Control,
    Format,
    Print,
    Graph,
    Ascii,
}

impl Class {
    pub fn one(char: char, any_case: bool) -> Class {
        Class { ranges: vec![(char, char)], any_case, ..Class::default() }
    }

    pub fn kind(kind: Kind, negated: bool) -> Class {
        Class { kinds: vec![(kind, negated)], ..Class::default() }
    }

    /// `.`: anything, or anything but the end of a line.
    pub fn dot(all: bool) -> Class {
        let ends = [('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')];
        Class { negated: true, ranges: if all { Vec::new() } else { ends.to_vec() }, ..Class::default() }
    }

    pub fn has(&self, char: char) -> bool {
        let within = self.holds(char)
            || self.any_case && (self.holds(char.to_ascii_lowercase()) || self.holds(char.to_ascii_uppercase()));
        within != self.negated
    }

    fn holds(&self, char: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&char))
            || self.kinds.iter().any(|(kind, negated)| kind.has(char) != *negated)
    }
}

/// A class, with its answers for ASCII at hand.
#[derive(Debug, Clone)]
pub(super) struct Table {
    ascii: u128,
    class: Class,
}

impl Table {
    pub fn new(class: &Class) -> Table {
        let holds = |code: &u8| class.has(char::from(*code));
        let ascii = (0..128).filter(holds).fold(0, |table, code| table | 1 << code);
        Table { ascii, class: class.clone() }
    }

    pub fn has(&self, char: char) -> bool {
        if char.is_ascii() { self.ascii >> u32::from(char) & 1 == 1 } else { self.class.has(char) }
    }
}

impl Kind {
    /// By the name in `\p{…}`.
    pub fn named(name: &str) -> Option<Kind> {
        Some(match name {
            "L" | "Letter" | "Alpha" | "IsAlphabetic" | "IsLetter" => Kind::Letter,
            "N" | "Nd" | "Number" => Kind::Number,
            "Z" | "Zs" | "Separator" => Kind::Separator,
            "M" | "Mn" | "Mark" => Kind::Mark,
            "P" | "Punct" | "Punctuation" => Kind::Punctuation,
            "S" | "Symbol" => Kind::Symbol,
            "C" | "Other" => Kind::Other,
            "Cc" | "Cntrl" => Kind::Control,
            "Cf" => Kind::Format,
            "Print" => Kind::Print,
            "Graph" => Kind::Graph,
            "ASCII" => Kind::Ascii,
            _ => return None,
        })
    }

    fn has(self, char: char) -> bool {
        match self {
            Kind::Digit => char.is_ascii_digit(),
            Kind::Word => char.is_ascii_alphanumeric() || char == '_',
            Kind::Space => char.is_whitespace() || char == '\u{FEFF}',
            Kind::Letter => char.is_alphabetic(),
            Kind::Number => char.is_numeric(),
            Kind::Separator => char.is_whitespace() && !char.is_control(),
            Kind::Mark => beyond_ascii(char),
            Kind::Punctuation => char.is_ascii_punctuation() && !is_ascii_symbol(char) || beyond_ascii(char),
            Kind::Symbol => is_ascii_symbol(char) || beyond_ascii(char),
            Kind::Other => char.is_control() || is_format(char) || is_private(char),
            Kind::Control => char.is_control(),
            Kind::Format => is_format(char),
            Kind::Print => !char.is_control(),
            Kind::Graph => !char.is_control() && !char.is_whitespace(),
            Kind::Ascii => char.is_ascii(),
        }
    }
}

fn is_ascii_symbol(char: char) -> bool {
    matches!(char, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
}

/// Marks, punctuation and symbols of other scripts. The standard library has no tables to tell them apart, so each of the
/// three takes them all.
fn beyond_ascii(char: char) -> bool {
    !char.is_ascii() && !char.is_alphanumeric() && !char.is_whitespace() && !char.is_control() && !is_format(char)
}

fn is_format(char: char) -> bool {
    matches!(char, '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}'..='\u{E007F}')
}

fn is_private(char: char) -> bool {
    matches!(char, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}
