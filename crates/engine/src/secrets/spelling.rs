//! A spelling of text: how one character of a secret may stand in what a service writes.

/// A way to write characters. In each of them most characters may also stand as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As it is.
    Plain,
    /// Of URLs and forms: `%2F`, `+` for a space, also encoded twice: `%252F`.
    Url,
    /// Of a JSON string: `\"`, `\n`, `\u00e9`.
    Json,
    /// Of a JSON string inside of a JSON string: `\\\"`.
    NestedJson,
    /// Of XML and HTML: `&amp;`, `&#38;`, `&#x26;`, also encoded twice: `&amp;amp;`.
    Xml,
}

impl Spelling {
    /// Returns the spellings that a text can hold, by the marks that each of them needs.
    pub fn of(text: &str) -> impl Iterator<Item = Spelling> + '_ {
        let has = |mark: char| text.contains(mark);
        let marked = [
            (Spelling::Url, has('%') || has('+')),
            (Spelling::Json, has('\\')),
            (Spelling::NestedJson, text.contains("\\\\")),
            (Spelling::Xml, has('&')),
        ];
        let marked = marked.into_iter().filter(|(_, is_possible)| *is_possible);
        std::iter::once(Spelling::Plain).chain(marked.map(|(spelling, _)| spelling))
    }

    /// Returns the number of characters of `wanted` that the beginning of a text spells, and their length in bytes.
    pub fn spelt(self, text: &str, wanted: &str) -> (usize, usize) {
        let (mut count, mut length) = (0, 0);
        for character in wanted.chars() {
            let Some(bytes) = text.get(length..).and_then(|rest| self.character(rest, character)) else { break };
            count += 1;
            length += bytes;
        }
        (count, length)
    }

    /// Returns what a text says in this spelling; `None` where that is the text itself.
    pub fn read(self, text: &str) -> Option<String> {
        let mut read = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let (character, length) = self.encoded(rest).unwrap_or((next, next.len_utf8()));
            read.push(character);
            rest = rest.get(length..).unwrap_or_default();
        }
        (read != text).then_some(read)
    }

    /// Returns the character that an encoding at the beginning of a text stands for, and the length in bytes.
    fn encoded(self, text: &str) -> Option<(char, usize)> {
        let candidates = match self {
            Spelling::Plain => return None,
            Spelling::Url => percent_candidate(text),
            Spelling::Json | Spelling::NestedJson => json_candidates(text),
            Spelling::Xml => entity_candidate(text),
        };
        candidates.into_iter().find_map(|character| {
            let length = self.character(text, character)?;
            (length != character.len_utf8() || !text.starts_with(character)).then_some((character, length))
        })
    }

    /// Returns the number of bytes at the beginning of a text that stand for a character.
    fn character(self, text: &str, wanted: char) -> Option<usize> {
        let plain = || text.starts_with(wanted).then(|| wanted.len_utf8());
        match self {
            Spelling::Plain => plain(),
            Spelling::Url => percent(text, wanted).or_else(plain).or_else(|| {
                let is_space = wanted == ' ' && text.starts_with('+');
                is_space.then_some(1)
            }),
            Spelling::Json => escaped(text, wanted, "\\", "\\").or_else(plain),
            Spelling::NestedJson => escaped(text, wanted, "\\\\", "\\\\\\").or_else(plain),
            Spelling::Xml => entity(text, wanted).or_else(plain),
        }
    }
}

/// Returns the character that percent-encoded bytes at the beginning of a text may be.
fn percent_candidate(text: &str) -> Vec<char> {
    let (mut rest, mut bytes) = (text, Vec::new());
    while bytes.len() < 4 {
        let Some(after) = rest.strip_prefix("%25").or_else(|| rest.strip_prefix('%')) else { break };
        let Some(byte) = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) else { break };
        bytes.push(byte);
        rest = after.get(2..).unwrap_or_default();
    }
    let whole = (1..=bytes.len()).find_map(|count| std::str::from_utf8(bytes.get(..count)?).ok()?.chars().next());
    whole.or(text.starts_with('+').then_some(' ')).into_iter().chain(text.starts_with("%25").then_some('%')).collect()
}

/// Returns the characters that a JSON escape at the beginning of a text may be.
fn json_candidates(text: &str) -> Vec<char> {
    let letters = text.trim_start_matches('\\');
    if letters.len() == text.len() {
        return Vec::new();
    }
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix('u')?.get(..4)?, 16).ok();
    let first = unit(letters);
    let second = letters.get(5..).map(|rest| rest.trim_start_matches('\\')).and_then(unit);
    let units: Vec<u16> = first.into_iter().chain(second).collect();
    let written = char::decode_utf16(units).next().and_then(Result::ok);
    written.into_iter().chain(['"', '\n', '\r', '\t', '/', '\'', '\\']).collect()
}

/// Returns the characters that an entity at the beginning of a text may be.
fn entity_candidate(text: &str) -> Vec<char> {
    let Some(rest) = text.strip_prefix('&') else { return Vec::new() };
    let rest = rest.strip_prefix("amp;").filter(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '#'));
    let names = [rest.unwrap_or_default(), text.strip_prefix('&').unwrap_or_default()];
    let numbers = names.iter().filter_map(|name| {
        let name = name.get(..name.find(';')?)?.strip_prefix('#')?;
        let digits = name.strip_prefix(['x', 'X']);
        char::from_u32(digits.map_or_else(|| name.parse(), |digits| u32::from_str_radix(digits, 16)).ok()?)
    });
    numbers.chain(['<', '>', '"', '\'', '&']).collect()
}

/// Matches the bytes of a character, each as `%XX` or `%25XX`.
fn percent(text: &str, wanted: char) -> Option<usize> {
    let (mut rest, mut buffer) = (text, [0; 4]);
    for byte in wanted.encode_utf8(&mut buffer).bytes() {
        let digits = rest.strip_prefix("%25").filter(|after| is_hex(after, byte)).or_else(|| rest.strip_prefix('%'))?;
        rest = is_hex(digits, byte).then(|| digits.get(2..)).flatten()?;
    }
    Some(text.len() - rest.len())
}

fn is_hex(digits: &str, byte: u8) -> bool {
    digits.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) == Some(byte)
}

/// Matches a character that a JSON string escapes; `letter` comes before a letter, `mark` before a quotation mark.
fn escaped(text: &str, wanted: char, letter: &str, mark: &str) -> Option<usize> {
    if wanted == '\\' {
        let whole = format!("{mark}\\");
        return text.starts_with(&whole).then_some(whole.len());
    }
    if wanted == '"' {
        return text.strip_prefix(mark)?.starts_with('"').then_some(mark.len() + 1);
    }
    let rest = text.strip_prefix(letter)?;
    let short = match wanted {
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        '/' | '\'' => Some(wanted),
        _ => None,
    };
    if short.is_some_and(|short| rest.starts_with(short)) {
        return Some(letter.len() + 1);
    }
    let (mut after, mut units) = (text, [0; 2]);
    for unit in wanted.encode_utf16(&mut units) {
        let digits = after.strip_prefix(letter)?.strip_prefix('u')?;
        let is_unit = digits.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok()) == Some(*unit);
        after = is_unit.then(|| digits.get(4..)).flatten()?;
    }
    Some(text.len() - after.len())
}

/// Matches a character as an entity of XML, by its name or its number.
fn entity(text: &str, wanted: char) -> Option<usize> {
    let rest = text.strip_prefix('&')?;
    let rest = rest.strip_prefix("amp;").filter(|after| is_entity(after, wanted)).unwrap_or(rest);
    let end = rest.find(';').filter(|_| is_entity(rest, wanted))?;
    Some(text.len() - rest.len() + end + 1)
}

fn is_entity(rest: &str, wanted: char) -> bool {
    let Some(name) = rest.find(';').and_then(|end| rest.get(..end)) else { return false };
    let number = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => digits.parse().ok(),
        },
        None => None,
    };
    let named = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => number.and_then(char::from_u32),
    };
    named == Some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spelling: Spelling, text: &str, wanted: &str) {
        let whole = (wanted.chars().count(), text.len());
        assert_eq!(spelling.spelt(text, wanted), whole, "{text} is {wanted} in {spelling:?}");
    }

    #[test]
    fn each_spelling_is_read() {
        check(Spelling::Plain, "p/w \"é", "p/w \"é");
        check(Spelling::Url, "p%2Fw+%22%c3%A9", "p/w \"é");
        check(Spelling::Url, "p%252Fw%2520%2522é", "p/w \"é");
        check(Spelling::Url, "p/w%20\"é", "p/w \"é");
        check(Spelling::Json, "p\\/w \\\"\\u00e9", "p/w \"é");
        check(Spelling::Json, "\\\\a\\n\\ud83d\\ude00", "\\a\n😀");
        check(Spelling::NestedJson, "\\\\\\\\a\\\\n\\\\\\\"", "\\a\n\"");
        check(Spelling::Xml, "&lt;a&#38;&#x26;&quot;&apos;", "<a&&\"'");
        check(Spelling::Xml, "&amp;lt;a&amp;amp;&amp;#38;", "<a&&");
    }

    #[test]
    fn a_spelling_ends_where_the_text_says_something_else() {
        assert_eq!(Spelling::Plain.spelt("hunter3", "hunter2"), (6, 6));
        assert_eq!(Spelling::Url.spelt("%2", "/"), (0, 0));
        assert_eq!(Spelling::Json.spelt("\\u00", "é"), (0, 0));
        assert_eq!(Spelling::Xml.spelt("&#x;", "a"), (0, 0));
        assert_eq!(Spelling::Xml.spelt("&", "&"), (1, 1));
    }

    #[test]
    fn what_is_spelt_can_be_read() {
        for (spelling, text, read) in [
            (Spelling::Url, "p%2Fw+%22%c3%A9%", "p/w \"é%"),
            (Spelling::Url, "p%252Fw", "p/w"),
            (Spelling::Json, "p\\/w \\\"\\u00e9\\\\", "p/w \"é\\"),
            (Spelling::NestedJson, "p\\\\\\\"\\\\n", "p\"\n"),
            (Spelling::Xml, "&lt;a&#38;&amp;quot;&amp;b&", "<a&\"&b&"),
        ] {
            assert_eq!(spelling.read(text).as_deref(), Some(read), "{text} in {spelling:?}");
        }
        assert_eq!(Spelling::Plain.read("a%20b"), None);
        assert_eq!(Spelling::Url.read("a"), None);
    }

    #[test]
    fn only_the_spellings_that_a_text_can_hold_are_tried() {
        assert_eq!(Spelling::of("hunter2").collect::<Vec<_>>(), [Spelling::Plain]);
        assert_eq!(Spelling::of("a%20b").collect::<Vec<_>>(), [Spelling::Plain, Spelling::Url]);
    }
}
