//! Lines of a binding's file, by what stands in them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys and strings of one type's binding, with their lines.
pub(super) struct SourceLines {
    words: Vec<SourceWord>,
    /// The line of the type's first key.
    start: Option<usize>,
}

fn table<'a, 'i>(value: Option<&'a Spanned<DeValue<'i>>>) -> Option<&'a DeTable<'i>> {
    match value?.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// A key or a string of the file.
struct SourceWord {
    /// The key of the binding that it stands under, such as `create`.
    part: String,
    text: String,
    line: usize,
}

impl SourceLines {
    /// Reads the lines of a type's binding.
    pub fn new(text: &str, name: &str) -> SourceLines {
        let mut lines = SourceLines { words: Vec::new(), start: None };
        let Ok(file) = DeTable::parse(text) else { return lines };
        let Some(types) = table(file.get_ref().get("types")) else { return lines };
        let Some(binding) = table(types.get(name)) else { return lines };
        for (key, value) in binding {
            let part = key.get_ref().to_string();
            lines.add(text, &part, &part, key.span().start);
            lines.walk(text, &part, value);
        }
        lines.start = lines.words.iter().map(|word| word.line).min();
        lines
    }

    /// Returns the line of a word below a key of the binding; else of the key, else of the type.
    pub fn find(&self, place: &str, token: &str) -> Option<usize> {
        let parts: Vec<&str> = place.split([',', ' ', '.']).filter(|part| !part.is_empty()).collect();
        let is_part = |word: &&SourceWord| parts.contains(&word.part.as_str());
        let is_token = |word: &&SourceWord| word.text == token;
        let holds = |word: &&SourceWord| !token.is_empty() && word.text.contains(token);
        let words = || self.words.iter();
        let found = words().filter(is_part).find(is_token).or_else(|| words().filter(is_part).find(holds));
        let found = found.or_else(|| words().find(is_token)).or_else(|| words().find(holds));
        found.or_else(|| words().find(is_part)).map(|word| word.line).or(self.start)
    }

    fn add(&mut self, source: &str, part: &str, text: &str, at: usize) {
        let line = source.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
        self.words.push(SourceWord { part: part.to_owned(), text: text.to_owned(), line });
    }

    fn walk(&mut self, source: &str, part: &str, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) => self.add(source, part, text, value.span().start),
            DeValue::Array(items) => items.iter().for_each(|item| self.walk(source, part, item)),
            DeValue::Table(table) => {
                for (key, value) in table {
                    self.add(source, part, key.get_ref(), key.span().start);
                    self.walk(source, part, value);
                }
            }
            _ => {}
        }
    }
}
