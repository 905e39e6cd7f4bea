//! Sets of characters.

/// The characters that one place of a string may hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CharClass {
    /// Set for all characters but those below: `[^…]`.
    pub negated: bool,
    /// First and last character of each range.
    pub ranges: Vec<(char, char)>,
    /// Kinds, each with `true` for all characters but those of the kind.
    pub kinds: Vec<(CharKind, bool)>,
    /// Set where capitals and small letters are the same.
    pub any_case: bool,
}

/// A kind of characters: `\d`, `\p{L}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharKind {
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

impl CharClass {
    /// Returns the class of one character.
    pub fn one(char: char, any_case: bool) -> CharClass {
        CharClass { ranges: vec![(char, char)], any_case, ..CharClass::default() }
    }

    /// Returns the class of a kind, or of all other characters.
    pub fn kind(kind: CharKind, negated: bool) -> CharClass {
        CharClass { kinds: vec![(kind, negated)], ..CharClass::default() }
    }

    /// Returns the class of `.`: anything, or anything but the end of a line.
    pub fn dot(all: bool) -> CharClass {
        let ends = [('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')];
        CharClass { negated: true, ranges: if all { Vec::new() } else { ends.to_vec() }, ..CharClass::default() }
    }

    /// Checks whether a character is in the class.
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

/// A class with a table of its answers for ASCII.
#[derive(Debug, Clone)]
pub(super) struct ClassTable {
    ascii: u128,
    class: CharClass,
}

impl ClassTable {
    /// Computes the answers for ASCII.
    pub fn new(class: &CharClass) -> ClassTable {
        let holds = |code: &u8| class.has(char::from(*code));
        let ascii = (0..128).filter(holds).fold(0, |table, code| table | 1 << code);
        ClassTable { ascii, class: class.clone() }
    }

    /// Checks whether a character is in the class.
    pub fn has(&self, char: char) -> bool {
        if char.is_ascii() { self.ascii >> u32::from(char) & 1 == 1 } else { self.class.has(char) }
    }
}

impl CharKind {
    /// Returns the kind that `\p{…}` names.
    pub fn named(name: &str) -> Option<CharKind> {
        Some(match name {
            "L" | "Letter" | "Alpha" | "IsAlphabetic" | "IsLetter" => CharKind::Letter,
            "N" | "Nd" | "Number" => CharKind::Number,
            "Z" | "Zs" | "Separator" => CharKind::Separator,
            "M" | "Mn" | "Mark" => CharKind::Mark,
            "P" | "Punct" | "Punctuation" => CharKind::Punctuation,
            "S" | "Symbol" => CharKind::Symbol,
            "C" | "Other" => CharKind::Other,
            "Cc" | "Cntrl" => CharKind::Control,
            "Cf" => CharKind::Format,
            "Print" => CharKind::Print,
            "Graph" => CharKind::Graph,
            "ASCII" => CharKind::Ascii,
            _ => return None,
        })
    }

    fn has(self, char: char) -> bool {
        match self {
            CharKind::Digit => char.is_ascii_digit(),
            CharKind::Word => char.is_ascii_alphanumeric() || char == '_',
            CharKind::Space => char.is_whitespace() || char == '\u{FEFF}',
            CharKind::Letter => char.is_alphabetic(),
            CharKind::Number => char.is_numeric(),
            CharKind::Separator => char.is_whitespace() && !char.is_control(),
            CharKind::Mark => beyond_ascii(char),
            CharKind::Punctuation => char.is_ascii_punctuation() && !is_ascii_symbol(char) || beyond_ascii(char),
            CharKind::Symbol => is_ascii_symbol(char) || beyond_ascii(char),
            CharKind::Other => char.is_control() || is_format(char) || is_private(char),
            CharKind::Control => char.is_control(),
            CharKind::Format => is_format(char),
            CharKind::Print => !char.is_control(),
            CharKind::Graph => !char.is_control() && !char.is_whitespace(),
            CharKind::Ascii => char.is_ascii(),
        }
    }
}

fn is_ascii_symbol(char: char) -> bool {
    matches!(char, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
}

/// Checks for marks, punctuation and symbols of other scripts.
///
/// The standard library has no tables to tell them apart, so each of the three kinds takes them all.
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
